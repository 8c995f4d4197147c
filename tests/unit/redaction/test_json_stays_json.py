"""Whatever is hidden in a JSON text, a program can still read it."""

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crmsnap.redaction.redactor import Redactor
from crmsnap.redaction.values import redacted_values

TOLD = (
    "pat-eu1-3f1c5a7e-9b2d-4c8f-a1e0-6d4b2c9f8e71",
    'p/s\\s"wörd&%canary',
    "becret-canary",  # behind a backslash its first letter is an escape
    "1234abcd-canary",  # behind `\\u`, too
    "canary-ends-with-\\",
    '"canary"-in-quotes"',
)
PIECES = (
    *TOLD,
    *(secret[:9] for secret in TOLD),
    *[
        "\\",
        '"',
        "'",
        "\x08",
        "\t",
        "\n",
        "\r",
        "\x1b[1m",
        "/",
        "%",
        "&",
        "<",
        ">",
        "=",
        ":",
        ",",
        "-",
        "ሴ",
        "😀",
        "\u200b",
        "ü",
    ],
    " ",
    "\\u",
    "\\n",
    "-----BEGIN PRIVATE KEY-----",
    "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nMIIEcanary",
    "<Token-0>",
    "Bearer ",
    "Basic ",
    "Authorization: Basic ",
    "secret_access_key",
    "x-amz-signature",
    "X-Amz-Credential=",
    "?sig=",
    "cookie",
    "cookie: a=b",
    "https://u:",
    "@host",
    "AKIAIOSFODNN7CANARYX",
    "IQoJb3JpZ2luX2VjEHoaDGV1LWNlbnRyYWwtMSJHMEUC",
    "0123456789012345678901234567890",
    "%22",
    "&#34;",
)
texts = st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=8).map("".join)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)


@pytest.fixture(scope="module")
def redactor() -> Redactor:
    redactor = Redactor()
    for secret in TOLD:
        redactor.learn(secret)
    return redactor


@given(value=values, indent=st.sampled_from([None, 2]), ascii_only=st.booleans())
@example(
    value={"note": "-----BEGIN PRIVATE KEY----- was shown", "b": "x-y"},
    indent=None,
    ascii_only=True,
)
@example(value={"note": "see <Token-1>", "b": "x<y"}, indent=None, ascii_only=True)
@example(value=["\becret-canary", "\u1234abcd-canary"], indent=None, ascii_only=True)
@example(value={"x-amz-signature": 12, "session_token": 10**20}, indent=2, ascii_only=True)
@example(value=["X-Amz-Signature=", 5], indent=None, ascii_only=True)
def test_a_redacted_json_text_is_still_json(
    redactor: Redactor, value: Any, indent: int | None, ascii_only: bool
) -> None:
    """One customer's note about a key must not spoil the answer for the program that reads it."""
    shown = redactor.redacted(json.dumps(value, indent=indent, ensure_ascii=ascii_only))
    assert _shape(json.loads(shown)) == _shape(value)


@given(value=values)
def test_redacted_values_keep_their_shape(redactor: Redactor, value: Any) -> None:
    """A report is redacted before it is kept: what is a number stays one, what is a list too."""
    redacted = redacted_values(value, redactor.redacted)
    assert _shape(json.loads(json.dumps(redacted))) == _shape(value)
    assert not any(secret in repr(redacted) for secret in TOLD[:1])


def test_every_text_of_a_value_is_redacted(redactor: Redactor) -> None:
    """Also those in lists in dicts, and names."""
    secret = TOLD[0]
    value = {"a": [1, (secret, None)], f"b {secret}": {"c": f"{secret} d"}}
    assert redacted_values(value, redactor.redacted) == {
        "a": [1, ["***", None]],
        "b ***": {"c": "*** d"},
    }


def _shape(value: Any) -> Any:
    """What redacting leaves as it is: two names may become one, so names do not count."""
    match value:
        case str():
            return "text"
        case list():
            return [_shape(one) for one in value]
        case dict():
            return "names"
    return value

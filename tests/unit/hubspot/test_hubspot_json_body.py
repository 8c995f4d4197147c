"""Bodies as JSON: strict, but for half an emoji."""

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmsnap.hubspot.json_body import NotJson, decoded, without_lone_surrogates

decode = msgspec.json.Decoder(msgspec.Raw).decode


@pytest.mark.parametrize(
    ("wire", "repaired", "replaced"),
    [
        (rb'"\ud83d\ude00"', rb'"\ud83d\ude00"', 0),
        (rb'"\uD83D\uDE00"', rb'"\uD83D\uDE00"', 0),
        (rb'"\ud83d"', rb'"\ufffd"', 1),
        (rb'"\ude00"', rb'"\ufffd"', 1),
        (rb'"\ud83d\ud83d\ude00"', rb'"\ufffd\ud83d\ude00"', 1),
        (rb'"\ude00\ud83d"', rb'"\ufffd\ufffd"', 2),
        (rb'"\ud83dA"', rb'"\ufffdA"', 1),
        (rb'"\\ud83d"', rb'"\\ud83d"', 0),
        (rb'"\\\ud83d"', rb'"\\\ufffd"', 1),
        (rb'"\n\ud83d\t"', rb'"\n\ufffd\t"', 1),
        (rb'"\u00e9"', rb'"\u00e9"', 0),
    ],
)
def test_only_lone_surrogates_are_replaced(wire: bytes, repaired: bytes, replaced: int) -> None:
    """Everything else stays byte for byte, escaped backslashes before a `u` above all."""
    assert without_lone_surrogates(wire) == (repaired, replaced)
    assert decoded(decode, wire)[1] == replaced


@given(st.text(st.characters(exclude_categories=()) | st.sampled_from('\ud83d\ude00\\"u\n')))
def test_any_text_survives_but_for_its_lone_surrogates(text: str) -> None:
    """Python's own JSON takes everything, so it is the judge of what was meant."""
    wire = json.dumps(text).encode()
    raw, _ = decoded(decode, wire)
    meant = json.loads(wire)
    expected = "".join("\ufffd" if "\ud800" <= sign <= "\udfff" else sign for sign in meant)
    assert msgspec.json.decode(raw) == expected


@pytest.mark.parametrize(
    "wire",
    [
        b"",
        b"{",
        b'{"a":}',
        b"[1,]",
        b"NaN",
        b"'a'",
        b'"\xff"',
        b'"\xed\xa0\xbd"',
        b"[" * 9_999,
        b"1 2",
    ],
)
def test_anything_else_that_is_wrong_is_no_json(wire: bytes) -> None:
    """The reader of raw values lets bad bytes pass inside them, so the encoding is checked first."""
    with pytest.raises(NotJson):
        decoded(decode, wire)


@pytest.mark.parametrize("padding", [0, 1, 65_530, 65_535, 65_536, 200_000])
def test_the_encoding_is_checked_across_its_pieces(padding: int) -> None:
    """A sign of four bytes may lie on a border; a wrong byte is named by its place in the whole body."""
    good = b'"' + b"x" * padding + "é😀".encode() + b'"'
    raw, _ = decoded(decode, good)
    assert bytes(raw) == good
    for cut in (good[:-2], good[:-1] + b'\xff"'):
        with pytest.raises(UnicodeDecodeError) as expected:
            cut.decode()
        with pytest.raises(NotJson, match=f"no UTF-8 at byte {expected.value.start}$"):
            decoded(decode, cut)


def test_a_value_of_the_wrong_shape_is_not_shown() -> None:
    """The message says where and what kind; a value may be somebody's diagnosis."""
    with pytest.raises(NotJson) as raised:
        decoded(msgspec.json.Decoder(dict[str, int]).decode, b'{"a": "hiv positive"}')
    assert "Expected `int`, got `str`" in str(raised.value)
    assert "hiv" not in str(raised.value)

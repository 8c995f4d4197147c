"""From the JSON objects of any API to flat maps of names to texts, the form that all records have.

Numbers stay as HubSpot wrote them: `90071992547409931` is no float, and `1.10` no `1.1`. So JSON is
taken apart layer by layer, and a number is never parsed.
"""

import re
from collections.abc import Iterable, Iterator

import msgspec
import orjson

from crmsnap.errors import UnexpectedAnswer

Flat = dict[str, str]
"""Names in snake_case to texts; null is absent."""


def flat(item: msgspec.Raw) -> Flat:
    """A JSON object with its names in snake_case and each value as text.

    Text is itself, a number its own text, a truth value `true` or `false`, anything nested compact JSON
    with sorted names. Two names that would become one keep apart: the second stays as it was.
    """
    members = members_of(item)
    found: Flat = {}
    for name, value in members.items():
        text = text_of(value)
        if text is not None:
            snake = snake_case(name)
            clashes = snake != name and (snake in members or snake in found)
            found[name if clashes else snake] = text
    return found


def plain(item: msgspec.Raw) -> Flat:
    """The same with the names as they came: property names are HubSpot's own."""
    texts = ((name, text_of(value)) for name, value in members_of(item).items())
    return {name: text for name, text in texts if text is not None}


def array_of(texts: Iterable[str]) -> str:
    """A JSON array of values that are JSON already."""
    return f"[{','.join(texts)}]"


def members_of(item: msgspec.Raw) -> dict[str, msgspec.Raw]:
    """The members of a JSON object, each still as it came."""
    try:
        return _object(item)
    except RecursionError as error:
        raise _too_deep() from error
    except msgspec.DecodeError as error:
        raise UnexpectedAnswer(
            "HubSpot gave something else where a JSON object was due",
            cause=str(error),
            remedy="sync again; if it stays, report this with the name of the stream",
        ) from error


def text_of(value: msgspec.Raw) -> str | None:
    """A JSON value as text; None for null."""
    first = bytes(value)[:1]
    if first == b'"':
        return _text(value)
    if first == b"n":
        return None
    try:
        return "".join(_canonical(value))
    except RecursionError as error:
        raise _too_deep() from error


def snake_case(name: str) -> str:
    """`metaDescription` as `meta_description`, `folderIdV2` as `folder_id_v2`."""
    return _HUMP.sub("_", name).lower()


_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")

_object = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_array = msgspec.json.Decoder(list[msgspec.Raw]).decode
_text = msgspec.json.Decoder(str).decode


def _canonical(value: msgspec.Raw) -> Iterator[str]:
    """The pieces of compact JSON with sorted names, numbers untouched."""
    raw = bytes(value)
    if raw[:1] == b"{":
        separator = "{"
        for name, member in sorted(_object(raw).items()):
            yield f"{separator}{_quoted(name)}:"
            yield from _canonical(member)
            separator = ","
        yield "}" if separator == "," else "{}"
    elif raw[:1] == b"[":
        separator = "["
        for element in _array(raw):
            yield separator
            yield from _canonical(element)
            separator = ","
        yield "]" if separator == "," else "[]"
    elif raw[:1] == b'"':
        yield _quoted(_text(raw))
    else:
        yield raw.decode()


def _too_deep() -> UnexpectedAnswer:
    return UnexpectedAnswer(
        "HubSpot gave a value that is nested too deep",
        cause="it cannot be written as JSON with sorted names",
        remedy="report this with the name of the stream",
    )


def _quoted(text: str) -> str:
    return orjson.dumps(text).decode()

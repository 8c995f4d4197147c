"""A JSON object as a flat map of names to texts: what a record or an event is kept as.

HubSpot's older APIs give numbers, booleans and nested objects where the generic one gives text. A number
stays as it was written: through a float, an id of 17 digits would come out as another one.
"""

import re
from collections.abc import Mapping

import msgspec

Fields = Mapping[str, msgspec.Raw]
"""Members of an object, not yet taken apart."""


def snake_case(name: str) -> str:
    """`emailCampaignId` as `email_campaign_id`."""
    return _WORD.sub("_", name).lower()


def flat(fields: Fields) -> dict[str, str]:
    """The members by their names in snake_case, nulls left out, what is nested as compact JSON text.

    Raise `msgspec.DecodeError` for a text that is none.
    """
    return {
        _own_name(name, fields): text
        for name, raw in fields.items()
        for text in (_text(raw),)
        if text is not None
    }


_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")

_object = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_array = msgspec.json.Decoder(list[msgspec.Raw]).decode
_string = msgspec.json.Decoder(str).decode


def _own_name(name: str, fields: Fields) -> str:
    """An object that has both `linkId` and `link_id` keeps them apart."""
    wanted = snake_case(name)
    return name if wanted in fields else wanted


def _text(raw: msgspec.Raw) -> str | None:
    match bytes(raw).strip():
        case b"null":
            return None
        case text if text.startswith(b'"'):
            return _string(text)
        case text:
            return _compact(text).decode()


def _compact(text: bytes) -> bytes:
    """JSON without spaces, members by name, non-ASCII and the digits of numbers as they were."""
    text = text.strip()
    if text.startswith(b"{"):
        members = (
            msgspec.json.encode(name) + b":" + _compact(bytes(raw))
            for name, raw in sorted(_object(text).items())
        )
        return b"{" + b",".join(members) + b"}"
    if text.startswith(b"["):
        return b"[" + b",".join(_compact(bytes(raw)) for raw in _array(text)) + b"]"
    return msgspec.json.encode(_string(text)) if text.startswith(b'"') else text

"""How versions of a value look on the wire, and who set them."""

import json

import orjson

SOURCES: tuple[tuple[str, str | None, int | None], ...] = (
    ("CRM_UI", "userId:880011", 880011),
    ("IMPORT", "import-2024-05", None),
    ("FORM", "7c1f2a90-4e11-4c7c-9a57-1d1f0b0c9e11", None),
    ("INTEGRATION", "33221", None),
    ("API", None, None),
    ("CALCULATED", None, None),
    ("MIGRATION", "ContactMigration", 880042),
)
"""Type, id and user of what set a value. Only the type is always there."""


def _source_json(kind: str, source_id: str | None, user: int | None) -> bytes:
    members: dict[str, object] = {"sourceType": kind}
    if source_id is not None:
        members["sourceId"] = source_id
    if user is not None:
        members |= {"sourceLabel": "CRM", "updatedByUserId": user}
    return b"," + orjson.dumps(members)[1:-1]


ENCODED_SOURCES = tuple(_source_json(*source) for source in SOURCES)


def source_json(source: int) -> bytes:
    """The members of an entry after its timestamp, with the comma before them."""
    return ENCODED_SOURCES[source % len(ENCODED_SOURCES)]


def entry_json(value: str, at: str, source: int) -> bytes:
    """One entry of a history."""
    return b'{"value":%b,"timestamp":"%b"%b}' % (text_json(value), at.encode(), source_json(source))


def text_json(text: str | None) -> bytes:
    """A text as JSON. UTF-8 as HubSpot sends it; a lone surrogate, which UTF-8 has not, is escaped."""
    try:
        return orjson.dumps(text)
    except orjson.JSONEncodeError:
        return json.dumps(text).encode()

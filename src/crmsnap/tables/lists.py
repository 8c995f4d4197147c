"""LISTS: lists of contacts, companies and other records, which HubSpot's pages now call segments.

The table keeps its name, and LISTID is the id of today's lists API, not that of the old one.
"""

from collections.abc import Iterator

import msgspec

from crmsnap.state.reader import StateReader
from crmsnap.streams.documents import ListDocument
from crmsnap.streams.lists import LISTS as LISTS_STREAM
from crmsnap.tables.columns import ingested_at
from crmsnap.tables.documents import decoded
from crmsnap.tables.spans import whole
from crmsnap.tables.table import Column, Row, Span, Table

_decode = msgspec.json.Decoder(ListDocument).decode

_CLASSIC_ID = None
"""HubSpot maps an old id to a new one, never back."""


def rows(reader: StateReader, span: Span) -> Iterator[Row]:
    """One row per list, by id."""
    for found, ingested in sorted(
        decoded(reader, span.stream, _decode), key=lambda pair: int(pair[0].id)
    ):
        yield (
            found.id,
            _CLASSIC_ID,
            found.name,
            found.object_type,
            found.processing_type,
            found.size,
            found.created_at,
            found.updated_at,
            found.filters_updated_at,
            found.created_by_user_id,
            found.updated_by_user_id,
            ingested,
        )


LISTS = Table(
    name="LISTS",
    grain="one list (segment)",
    columns=(
        Column("LISTID", "NUMBER", "Id of the list. Joins LIST_MEMBERSHIPS.", certainty="seen"),
        Column(
            "CLASSICLISTID",
            "NUMBER",
            "Id of the list in the retired lists API; always NULL, because HubSpot no longer gives it.",
            nullable=True,
            certainty="seen",
        ),
        Column("NAME", "VARCHAR", "Name of the list.", certainty="seen"),
        Column(
            "OBJECTTYPEID",
            "VARCHAR",
            "Type of its members: `0-1` contacts, `0-2` companies.",
            certainty="published",
        ),
        Column(
            "LISTTYPE",
            "VARCHAR",
            "How members come: `MANUAL` by hand, `DYNAMIC` by filters, `SNAPSHOT` by filters once.",
            certainty="seen",
        ),
        Column(
            "SIZE",
            "NUMBER",
            "Number of members as HubSpot counted them.",
            nullable=True,
            certainty="seen",
        ),
        Column(
            "CREATEDAT", "TIMESTAMP", "When the list was created.", nullable=True, certainty="seen"
        ),
        Column("UPDATEDAT", "TIMESTAMP", "When the list was last changed.", nullable=True),
        Column(
            "FILTERSUPDATEDAT", "TIMESTAMP", "When its filters were last changed.", nullable=True
        ),
        Column(
            "CREATEDBYUSERID",
            "NUMBER",
            "User who made the list. Joins OWNERS.USERIDINCLUDINGINACTIVE.",
            nullable=True,
        ),
        Column(
            "UPDATEDBYUSERID",
            "NUMBER",
            "User who last changed the list. Joins OWNERS.USERIDINCLUDINGINACTIVE.",
            nullable=True,
        ),
        ingested_at("seen"),
    ),
    key=("LISTID",),
    streams=(LISTS_STREAM,),
    spans=whole("lists"),
    rows=rows,
)

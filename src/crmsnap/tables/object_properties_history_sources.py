"""OBJECT_PROPERTIES_HISTORY_SOURCES: former and current values with who or what set them.

HubSpot's export has no such columns, so OBJECT_PROPERTIES_HISTORY keeps its six, and this table has the
same rows with more. It doubles the largest table: it is written only on request, and can stand in for it.
"""

from collections.abc import Iterator

from crmsnap.state.reader import StateReader
from crmsnap.streams.objects import OBJECT_HISTORY_SOURCES
from crmsnap.tables.columns import ingested_at
from crmsnap.tables.object_properties_history import (
    OBJECT_PROPERTIES_HISTORY,
    Versions,
    version_groups,
)
from crmsnap.tables.spans import histories
from crmsnap.tables.table import Column, Group, Row, Span, Table

_UNKNOWN = (None, None, None, None)


def rows(reader: StateReader, span: Span) -> Iterator[Group]:
    """One group per record with versions, by id; in it by property name, time and value."""
    return version_groups(reader, span, _cells)


def _cells(versions: Versions) -> list[Row]:
    return [
        (name, version[1], version[0], *(version[2:] or _UNKNOWN)) for name, version in versions
    ]


OBJECT_PROPERTIES_HISTORY_SOURCES = Table(
    name="OBJECT_PROPERTIES_HISTORY_SOURCES",
    grain="one value that a property of a live record had or has, with its source",
    columns=(
        *OBJECT_PROPERTIES_HISTORY.columns[:-1],
        Column(
            "SOURCETYPE",
            "VARCHAR",
            "What kind of thing set the value: `CRM_UI`, `IMPORT`, `INTEGRATION`, `CALCULATED`.",
            nullable=True,
        ),
        Column(
            "SOURCEID",
            "VARCHAR",
            "Which one: a user as `userId:<n>`, an import, a form, an app.",
            nullable=True,
        ),
        Column("SOURCELABEL", "VARCHAR", "What HubSpot calls it.", nullable=True),
        Column(
            "UPDATEDBYUSERID",
            "NUMBER",
            "The user who set it, where a user did. Joins OWNERS.USERID.",
            nullable=True,
        ),
        ingested_at(),
    ),
    key=OBJECT_PROPERTIES_HISTORY.key,
    streams=(*OBJECT_PROPERTIES_HISTORY.streams, OBJECT_HISTORY_SOURCES),
    spans=histories,
    rows=rows,
    optional=True,
)

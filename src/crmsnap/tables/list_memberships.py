"""LIST_MEMBERSHIPS: who is in which list now; who has left is no row.

HubSpot's membership rows do not say the members' type; it is the list's.
"""

from collections.abc import Iterator

import msgspec

from crmsnap.errors import StateError
from crmsnap.state.reader import StateReader
from crmsnap.streams.documents import ListDocument
from crmsnap.streams.lists import LISTS
from crmsnap.streams.memberships import MEMBERSHIPS
from crmsnap.tables.columns import ingested_at, object_type_id
from crmsnap.tables.documents import decoded
from crmsnap.tables.spans import stretches
from crmsnap.tables.table import Column, Row, Span, Table

_decode = msgspec.json.Decoder(ListDocument).decode


def lists_by_type(reader: StateReader) -> dict[str, list[int]]:
    """The ids of the lists of each object type, as far as lists were read."""
    found: dict[str, list[int]] = {}
    for one, _ in decoded(reader, "lists", _decode):
        found.setdefault(one.object_type, []).append(int(one.id))
    return found


def rows(reader: StateReader, span: Span) -> Iterator[Row]:
    """One row per member, by list, then by record."""
    of_list: tuple[int, str] | None = None
    for list_id, object_id, joined_at, ingested in reader.memberships(
        span.stream, span.low, span.high
    ):
        if of_list is None or of_list[0] != list_id:
            of_list = list_id, _type_of(reader, list_id)
        yield of_list[1], list_id, object_id, joined_at, ingested


LIST_MEMBERSHIPS = Table(
    name="LIST_MEMBERSHIPS",
    grain="one record that is in one list now",
    columns=(
        object_type_id(),
        Column("LISTID", "NUMBER", "The list. Joins LISTS.", certainty="seen"),
        Column(
            "OBJECTID",
            "ID",
            "The member. Joins OBJECTS on OBJECTTYPEID and OBJECTID.",
            certainty="seen",
        ),
        Column("UPDATEDAT", "TIMESTAMP", "When the record joined the list.", nullable=True),
        ingested_at(),
    ),
    key=("LISTID", "OBJECTID"),
    streams=(LISTS, MEMBERSHIPS),
    spans=stretches("memberships"),
    rows=rows,
)


def _type_of(reader: StateReader, list_id: int) -> str:
    """The type of a list's members; other lists are not looked at, so that theirs may change."""
    found = reader.document("lists", f"{list_id}")
    if found is None:
        raise StateError(
            f"the state has members of list {list_id} and not the list",
            cause="lists and their members were not read by one run",
            remedy="sync with --full",
        )
    return _decode(found.body).object_type

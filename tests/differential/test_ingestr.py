"""ingestr (PyPI 0.14.155, the last one in Python, with a source of its own on dlt) and crmsnap read the same account.

It reads by HubSpot's search and writes CSV, where null and the empty text look alike.
"""

import csv
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from tests.differential.comparison import (
    ABSENT,
    BEGINS_WITH_A_DATE,
    EPOCH,
    RIGHT,
    WHOLE,
    Cell,
    Defect,
    Table,
    assert_explained,
    compare,
    meaning,
)
from tests.differential.environments import environment_of
from tests.differential.older_lists import older_lists
from tests.differential.peer import Ran, Sides, Way
from tests.differential.truth import OWNER_FIELDS

pytestmark = [pytest.mark.full, pytest.mark.timeout(900)]  # the first run installs the reader

TYPES = ("contacts", "companies", "deals")


@dataclass(frozen=True)
class Reading:
    """What a run wrote."""

    ran: Ran
    rows: list[dict[str, str]]


@pytest.fixture(scope="module")
def readings(way: Way) -> Mapping[str, Reading]:
    """A run for each table, as ingestr has it."""
    return {table: read(way, table) for table in (*TYPES, "owners")}


def read(way: Way, table: str) -> Reading:
    file = way.folder / f"{table}.csv"
    ran = way.run(
        older_lists(way.account),
        environment_of("ingestr") / "ingestr",
        *("ingest", "--yes", "--progress", "log"),
        *("--source-uri", f"hubspot://?api_key={way.account.token}", "--source-table", table),
        *("--dest-uri", f"csv://{file}", "--dest-table", f"main.{table}"),
        INGESTR_DISABLE_TELEMETRY="true",
        RUNTIME__DLTHUB_TELEMETRY="false",
    )
    assert ran.exit_code == 0, ran.stdout + ran.stderr
    with file.open(newline="", encoding="utf-8") as text:
        return Reading(ran, list(csv.DictReader(text)))


@pytest.mark.parametrize("type_", TYPES)
def test_both_have_the_same_records(
    readings: Mapping[str, Reading], sides: Sides, type_: str
) -> None:
    """None missing, none twice."""
    ids = Counter(one["id"] for one in readings[type_].rows)
    assert ids == Counter(sides.truth[type_].rows.keys()) == Counter(sides.ours[type_].rows.keys())


def _empty_text(cell: Cell) -> Any:
    return None if cell.raw == "" else RIGHT


def _nobody_has_it(cell: Cell) -> Any:
    values = (record.get(cell.name) for record in cell.table.rows.values())
    return ABSENT if cell.raw is None and all(value is None for value in values) else RIGHT


def _renamed(cell: Cell) -> Any:
    """dlt's names of columns do not end with an underscore."""
    return ABSENT if cell.name.endswith("_") else RIGHT


def _unreadable_time(cell: Cell) -> Any:
    """Unless all values of the column are such texts: then dlt takes it for a text column."""
    if not cell.raw or not _is_time_column(cell):
        return RIGHT
    seconds = int(cell.raw) if WHOLE.fullmatch(cell.raw) else None
    if seconds is None:
        return None if isinstance(meaning("datetime", cell.raw), str) else RIGHT
    return None if seconds > YEAR_9999_ENDS else RIGHT


def _milliseconds_as_seconds(cell: Cell) -> Any:
    if not WHOLE.fullmatch(cell.raw or "") or not _is_time_column(cell):
        return RIGHT
    seconds = int(cell.raw)
    if seconds == 0 or seconds > YEAR_9999_ENDS:
        return RIGHT
    return (EPOCH + timedelta(seconds=seconds)).isoformat()


YEAR_9999_ENDS = 253_402_300_799
"""The last second that Python's datetime knows."""


def _is_time_column(cell: Cell) -> bool:
    return cell.type == "datetime" and any(
        BEGINS_WITH_A_DATE.match(record.get(cell.name) or "") for record in cell.table.rows.values()
    )


EMPTY_TEXT = Defect("null and the empty text are one", _empty_text)
NOBODY_HAS_IT = Defect("a property that no record has a value of is no column", _nobody_has_it)
RENAMED = Defect("a name that ends with an underscore is not found again", _renamed)
UNREADABLE_TIME = Defect("a time that is not read leaves its column", _unreadable_time)
AS_SECONDS = Defect("milliseconds are taken for seconds", _milliseconds_as_seconds)
DEFECTS = {
    "contacts": [RENAMED, EMPTY_TEXT, NOBODY_HAS_IT, UNREADABLE_TIME, AS_SECONDS],
    "companies": [EMPTY_TEXT, NOBODY_HAS_IT],
    "deals": [EMPTY_TEXT, NOBODY_HAS_IT],
}
INVENTED = {
    "contacts": {"id", "companies", "deals", "products", "quotes", "tickets"}
    | {"favourite_colour__cx", "odd_date__v_text"},
    "companies": {"id", "products"},
    "deals": {"id", "companies", "contacts", "products", "quotes", "tickets"},
}
"""Its columns that are no properties: the id again, associations, and what defects made."""


@pytest.mark.parametrize("type_", TYPES)
def test_every_value_is_the_same_but_for_known_defects(
    readings: Mapping[str, Reading], sides: Sides, type_: str
) -> None:
    """Cell by cell; the raw answer says which of the two is wrong."""
    truth = sides.truth[type_]
    theirs = {one["id"]: _nulls(one) for one in readings[type_].rows}
    found = compare(truth, sides.ours[type_], Table(truth.types, theirs), DEFECTS[type_])
    assert_explained(found, DEFECTS[type_])
    assert found.invented == INVENTED[type_]


@pytest.mark.parametrize(
    ("column", "name", "defect"),
    [
        ("favourite_colour__cx", "favourite_colour__c_", RENAMED),
        ("odd_date__v_text", "odd_date", UNREADABLE_TIME),
    ],
)
def test_values_that_left_their_column_are_in_another_one(
    readings: Mapping[str, Reading], sides: Sides, column: str, name: str, defect: Defect
) -> None:
    """So they are not lost, but a query by HubSpot's name misses them; ours keeps the name."""
    truth = sides.truth["contacts"]
    moved = {
        id_: record[name]
        for id_, record in truth.rows.items()
        if defect.becomes(Cell(name, truth.types[name], record[name], record, truth)) is not RIGHT
        and record[name] is not None
    }
    assert moved
    assert moved == {one["id"]: one[column] for one in readings["contacts"].rows if one[column]}
    type_, ours = truth.types[name], sides.ours["contacts"].rows
    assert all(meaning(type_, ours[id_][name]) == meaning(type_, raw) for id_, raw in moved.items())


def _no_column(cell: Cell) -> Any:
    return ABSENT if cell.name in ("archived", "userIdIncludingInactive") else RIGHT


OWNER_DEFECTS = [Defect("two fields of an owner are dropped", _no_column)]


def test_active_owners_are_the_same_and_archived_ones_are_missing(
    readings: Mapping[str, Reading], sides: Sides
) -> None:
    """Defect: archived owners are never asked for, so `hubspot_owner_id` of old records joins nothing."""
    truth, ours = sides.truth["owners"], sides.ours["owners"]
    theirs = {
        one["id"]: {OWNER_COLUMNS.get(name, name): value for name, value in _nulls(one).items()}
        for one in readings["owners"].rows
    }
    archived = {id_ for id_, owner in truth.rows.items() if owner["archived"]}
    assert archived
    assert theirs.keys() == truth.rows.keys() - archived
    assert ours.rows.keys() == truth.rows.keys()
    assert_explained(
        compare(truth, ours, Table(OWNER_FIELDS, theirs), OWNER_DEFECTS), OWNER_DEFECTS
    )


OWNER_COLUMNS = {
    "first_name": "firstName",
    "last_name": "lastName",
    "created_at": "createdAt",
    "updated_at": "updatedAt",
    "user_id": "userId",
}


def _nulls(row: Mapping[str, str]) -> dict[str, str | None]:
    """A blank cell is taken for null: most of them are."""
    return {name: value or None for name, value in row.items()}


def test_ingestr_talks_to_hubspot_alone(readings: Mapping[str, Reading]) -> None:
    """And so to nobody: HubSpot's address is the sandbox on this machine."""
    assert all(reading.ran.asked for reading in readings.values())
    assert not [host for reading in readings.values() for host in reading.ran.refused]

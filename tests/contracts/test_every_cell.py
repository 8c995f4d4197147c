"""Every table of a snapshot equals the account, cell by cell: DuckDB reads ours, plain HTTP theirs."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest
from pydantic import SecretStr

from crmsnap.bootstrap import Known, RunClock, open_tools
from crmsnap.config import ConnectionSettings
from crmsnap.model import Selection
from crmsnap.publish.manifest import Manifest, PublishedTable
from crmsnap.sandbox.server import Options, running
from crmsnap.sync import Request, run_sync
from tests.oracle.expected import Expected, Row
from tests.oracle.other_types import OTHER_TYPES
from tests.oracle.reading import Reading

NOW_MS = 1_795_312_800_000  # 2026-11-22T02:00:00Z
DAY = "2026-11-22"
STARTED = "2026-11-22 02:00:00.000"

EVERY_TABLE = Selection(tables=("*", "OBJECT_PROPERTIES_HISTORY_SOURCES"))

FIXED = (
    "ASSOCIATIONS",
    "ASSOCIATION_DEFINITIONS",
    "LISTS",
    "LIST_MEMBERSHIPS",
    "OBJECTS",
    "OBJECT_AND_EVENT_TYPE_DEFINITIONS",
    "OBJECT_PROPERTIES",
    "OBJECT_PROPERTIES_HISTORY",
    "OBJECT_PROPERTIES_HISTORY_SOURCES",
    "OBJECT_WITH_OBJECT_PROPERTIES",
    "OWNERS",
    "OWNER_TEAM",
    "PIPELINES",
    "PIPELINE_STAGES",
    "PROPERTY_DEFINITIONS",
    "TEAMS",
)


@dataclass(frozen=True)
class Copied:
    """A snapshot, and the account that it was made of."""

    folder: Path
    manifest: Manifest
    expected: Expected

    def table(self, name: str) -> PublishedTable:
        return next(table for table in self.manifest.tables if table.name == name)

    def rows(self, name: str) -> list[Row]:
        """The rows of a table as DuckDB reads them: NULL is None, the empty text is not."""
        with duckdb.connect() as db:
            read = db.execute(
                f"SELECT * FROM read_csv('{self.folder / name}/*.csv.gz', all_varchar=true,"
                " header=true, allow_quoted_nulls=false, quote='\"', escape='\"', delim=',',"
                " max_line_size=100000000)"
            )
            columns = [column[0] for column in read.description]
            assert columns == [column.name for column in self.table(name).columns]
            return [dict(zip(columns, row, strict=True)) for row in read.fetchall()]


@pytest.fixture(
    scope="module", params=[1, *(pytest.param(n, marks=pytest.mark.full) for n in (7, 23))]
)
def copied(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Copied]:
    """A whole copy of an account whose clock stands still."""
    folder = tmp_path_factory.mktemp("copied")
    options = Options(contacts=200, seed=request.param, now_ms=NOW_MS, frozen=True)
    with running(options) as account:
        settings = ConnectionSettings(
            to=str(folder / "snapshots"),
            token=SecretStr(account.token),
            base_url=account.url,
            allow_other_host=True,
        )
        with open_tools(
            Known(None, settings), folder / "home", RunClock(), lambda _: None
        ) as tools:
            report = run_sync(Request(selection=EVERY_TABLE), tools)
        reading = Reading(account.url, account.token)
        day = folder / "snapshots" / DAY
        yield Copied(day, report.manifest, Expected(reading, STARTED, declared_fields(day)))
        reading.close()


def declared_fields(day: Path) -> dict[str, str]:
    """What the product declares of fields that HubSpot gives no definition of: `<type> <field>` -> type."""
    with duckdb.connect() as db:
        return dict(
            db.execute(
                "SELECT OBJECTTYPEID || ' ' || NAME, TYPE FROM"
                f" read_csv('{day}/PROPERTY_DEFINITIONS/*.csv.gz', all_varchar=true, header=true)"
            ).fetchall()
        )


@pytest.mark.parametrize("name", FIXED)
def test_every_cell_of_a_table_equals_the_account(copied, name):
    """No row more, no row less, no value changed on the way."""
    assert_same(ours_of(copied, name), copied.expected.table(name))


def test_every_cell_of_a_types_own_table_equals_the_account(copied):
    """Typed columns, with the raw text beside where a text may fail to parse."""
    generic = (*copied.expected.reading.crm_types(), "0-4")
    for object_type in [one for one in generic if one not in OTHER_TYPES]:
        table = about(copied, "OBJECTS_", object_type)
        assert_same(copied.rows(table.name), copied.expected.objects_of(object_type))
        assert table.unparsed == copied.expected.unparsed_of(object_type)


def test_every_pair_with_associations_has_its_own_table(copied):
    """The same rows as in the table of all pairs, and no pair without a row has a table."""
    types = copied.expected.association_types()
    found = {}
    for from_type in types:
        for to_type in types:
            rows = [
                tuple(
                    row[name]
                    for name in ("FROMOBJECTID", "TOOBJECTID", "COMBINEDASSOCIATIONTYPEID")
                )
                for row in copied.expected.associations_of(from_type, to_type)
            ]
            if rows:
                found[f"{from_type}__{to_type}"] = sorted(rows)
    ours = {}
    for table in copied.manifest.tables:
        if table.name.startswith("ASSOCIATIONS_"):
            ours[table.about.id] = sorted(
                tuple(row[column] for column in table.key) for row in copied.rows(table.name)
            )
    assert ours == found


def test_every_cell_of_an_event_types_table_equals_the_account(copied):
    """Typed by the event's definition; a key that nobody declared is a column too."""
    names = [
        name for name in copied.expected.reading.event_names() if copied.expected.events_of(name)
    ]
    assert len(names) > 10
    for name in names:
        expected = copied.expected.events_of(name)
        table = about(copied, "EVENTS_", expected[0]["EVENTTYPEID"])
        assert_same(copied.rows(table.name), expected)


def test_every_cell_of_a_mail_events_table_equals_the_account(copied):
    """Under the contact who has the recipient's address, in the share's names."""
    expected = copied.expected.mail_events()
    assert len(expected) == 12
    for type_id, rows in expected.items():
        table = about(copied, "EVENTS_", type_id)
        ours = copied.rows(table.name)
        others = ours[0].keys() - rows[0].keys()
        assert {name for row in ours for name in others if row[name] is not None} == set()
        assert_same([{name: row[name] for name in rows[0]} for row in ours], rows)


def test_every_cell_of_types_with_an_api_of_their_own_equals_what_it_says(copied):
    """Fields in snake_case and as text; one that nobody declared is a column too."""
    for object_type in OTHER_TYPES:
        table = about(copied, "OBJECTS_", object_type)
        expected = copied.expected.others_of(object_type)
        assert expected
        rows = [row for row in copied.rows(table.name) if not made_up_id(row)]
        others = rows[0].keys() - expected[0].keys()
        assert {name for row in rows for name in others if row[name] is not None} == set()
        assert_same([{name: row[name] for name in expected[0]} for row in rows], expected)


def test_every_submission_without_an_id_is_there(copied):
    """HubSpot gives some submissions no id: they are told apart by what was sent, and when."""
    table = about(copied, "OBJECTS_", "0-15")
    assert table.rows == copied.expected.reading.truth()["other_types"]["0-15"]
    assert sum(map(made_up_id, copied.rows(table.name))) > 10


def ours_of(copied: Copied, name: str) -> list[Row]:
    """Our rows, less what the plain reading cannot know."""
    rows = [row for row in copied.rows(name) if not made_up_id(row)]
    if name == "ASSOCIATION_DEFINITIONS":
        # The labels answer has no names: they are checked by a test of their own.
        rows = [{column: cell for column, cell in row.items() if column != "NAME"} for row in rows]
    if name == "PROPERTY_DEFINITIONS":
        # Some are of fields that HubSpot gives no definition of, or of the union.
        no_definitions = {*OTHER_TYPES, "0-4"} - {"0-72"}
        rows = [
            row
            for row in rows
            if row["OBJECTTYPEID"] not in no_definitions
            and not str(row["OBJECTTYPEID"]).startswith("email:")
            and row["NAME"] != "deal_id"
        ]
    if name == "OBJECT_AND_EVENT_TYPE_DEFINITIONS":
        # Standard types and mail events stand in no answer.
        rows = [row for row in rows if not str(row["OBJECTTYPEID"]).startswith(("0-", "email:"))]
    return rows


def test_associations_of_custom_types_have_the_names_of_their_schemas(copied):
    """The labels answer has no names; HubSpot's own are known from its clients."""
    names = copied.expected.association_names()
    ours = {
        (row["FROMOBJECTTYPEID"], row["TOOBJECTTYPEID"], row["ASSOCIATIONTYPEID"]): row["NAME"]
        for row in copied.rows("ASSOCIATION_DEFINITIONS")
    }
    assert len(names) > 5
    assert {key: ours[key] for key in names if key in ours} == {
        key: name for key, name in names.items() if key in ours
    }
    assert ours["0-1", "0-3", "4"] == "contact_to_deal"


def made_up_id(row: Row) -> bool:
    """Whether the row is about a submission that HubSpot gave no id."""
    return str(row.get("OBJECTID")).startswith("sent-")


def about(copied: Copied, prefix: str, id_: Any) -> PublishedTable:
    """The table of a family that is about a type."""
    return next(
        table
        for table in copied.manifest.tables
        if table.name.startswith(prefix) and table.about and table.about.id == id_
    )


def assert_same(ours: list[Row], expected: list[Row]) -> None:
    """The same rows in any order; the first differences are shown, not all of them."""
    if ours and expected:
        assert ours[0].keys() == expected[0].keys(), "a column that nobody checks, or one too few"
    found, wanted = Counter(map(_frozen, ours)), Counter(map(_frozen, expected))
    missing, unexpected = list(wanted - found)[:2], list(found - wanted)[:2]
    assert (missing, unexpected) == ([], [])


def _frozen(row: Row) -> tuple[tuple[str, str | None], ...]:
    return tuple(sorted(row.items()))

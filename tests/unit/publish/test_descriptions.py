"""Tables as other readers need them described, over days whose columns differ."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from crmsnap.destinations.folder import Folder
from crmsnap.publish.descriptions import descriptions, with_first_days
from crmsnap.publish.manifest import Manifest
from crmsnap.publish.publish import publish
from crmsnap.tables.ddl import ENGINES
from crmsnap.tables.ddl.described import Described, Place
from crmsnap.tables.table import Kind, Table
from tests.unit.publish.made_up_tables import (
    FACTS,
    READER,
    StandStill,
    a_table,
    column,
    forget,
    ignore,
    own,
    threads,
)


def publish_day(destination: Folder, day: str, *tables: Table) -> Manifest:
    """The snapshot of one day."""
    return publish(
        tables,
        READER,
        destination,
        facts=replace(FACTS, day=day),
        remember=forget,
        open_executor=threads,
        observe=ignore,
        stop=StandStill(),
    )


def pets(kinds: Mapping[str, Kind], cells: Mapping[str, str]) -> Table:
    """The table of one type with one record."""
    return own("2-1", kinds, {1: dict(cells)})


def teams() -> Table:
    """A table whose columns never change."""
    return a_table(
        "TEAMS", (column("TEAMID", "NUMBER"), column("NAME")), [(1, "a")], key=("TEAMID",)
    )


@pytest.fixture
def days(tmp_path: Path) -> tuple[Folder, Manifest]:
    """Four days: on the third a property came that stands before another one, the second broke off."""
    destination = Folder(tmp_path / "it's [here]")
    publish_day(destination, "2026-11-18", teams(), pets({"name": "VARCHAR"}, {"NAME": "Rex"}))
    publish_day(destination, "2026-11-19", pets({"name": "VARCHAR"}, {"NAME": "Rex"}))
    publish_day(destination, "2026-11-20", teams(), pets({"name": "VARCHAR"}, {"NAME": "lost"}))
    (destination.root / "2026-11-20" / "_MANIFEST.json").unlink()
    both: dict[str, Kind] = {"age": "NUMBER", "name": "VARCHAR"}
    newer = pets(both, {"AGE": "7", "UNPARSED_AGE": "7", "NAME": "Rex"})
    publish_day(destination, "2026-11-21", teams(), newer)
    return destination, publish_day(destination, "2026-11-22", teams(), newer)


def named(tables: tuple[Described, ...]) -> dict[str, Described]:
    """Tables by their names."""
    return {table.name: table for table in tables}


def test_a_table_is_described_with_exactly_its_parts(days: tuple[Folder, Manifest]) -> None:
    """What is read of one day is what its manifest lists."""
    destination, manifest = days
    table = named(descriptions(manifest))["TEAMS"]
    (path,) = table.paths
    assert (destination.root / "2026-11-22" / path).is_file()


def test_only_tables_of_the_catalogue_keep_their_columns_on_days_to_come(
    days: tuple[Folder, Manifest],
) -> None:
    """Somebody adds a property tomorrow: until then the columns of that type's table are sure."""
    found = named(descriptions(days[1]))
    assert found["TEAMS"].until is None
    assert found["OBJECTS_2_1"].until == "2026-11-22"


def test_the_first_day_with_the_same_columns_is_found(days: tuple[Folder, Manifest]) -> None:
    """An unbroken row of complete days, for each table its own."""
    destination, manifest = days
    found = named(with_first_days(descriptions(manifest), destination, manifest))
    assert found["OBJECTS_2_1"].since == "2026-11-21"
    # A day without the table ends the row, whatever came before.
    assert found["TEAMS"].since == "2026-11-21"


def test_days_without_a_change_belong_to_the_row(tmp_path: Path) -> None:
    """The first of all, where nothing ever changed."""
    destination = Folder(tmp_path)
    for day in ("2026-11-19", "2026-11-20", "2026-11-21"):
        manifest = publish_day(destination, day, teams())
    found = named(with_first_days(descriptions(manifest), destination, manifest))
    assert found["TEAMS"].since == "2026-11-19"


def test_duckdb_reads_every_complete_day_by_the_names_of_columns(
    days: tuple[Folder, Manifest],
) -> None:
    """A column that came later is NULL before; the day that broke off has no rows."""
    destination, manifest = days
    place = Place(destination.url)
    with duckdb.connect() as database:
        for table in descriptions(manifest):
            for statement in ENGINES["duckdb"].of_table(place, table):
                database.execute(statement.sql)
        rows = database.execute(
            'select "DAY"::varchar, PROPERTY_NAME, PROPERTY_AGE from OBJECTS_2_1 order by all'
        ).fetchall()
    assert rows == [
        ("2026-11-18", "Rex", None),
        ("2026-11-19", "Rex", None),
        ("2026-11-21", "Rex", 7.0),
        ("2026-11-22", "Rex", 7.0),
    ]

"""Our side of the comparison: what stands in the published CSV, read by DuckDB, which tells null from empty."""

import json
from pathlib import Path
from typing import Any

import duckdb

from tests.builders.snapshot import manifest
from tests.differential.comparison import Table
from tests.differential.truth import OWNER_FIELDS

TYPE_IDS = {"contacts": "0-1", "companies": "0-2", "deals": "0-3"}


def records(day: Path, type_: str, types: Any) -> Table:
    """The records of OBJECT_WITH_OBJECT_PROPERTIES of one type."""
    found = _rows(
        day,
        "OBJECT_WITH_OBJECT_PROPERTIES",
        f"SELECT OBJECTID, PROPERTIES FROM @ WHERE OBJECTTYPEID = '{TYPE_IDS[type_]}'",
    )
    return Table(types, {id_: json.loads(properties) for id_, properties in found})


def owners(day: Path) -> Table:
    """The owners of OWNERS, under HubSpot's names of its columns."""
    columns = [name.upper() for name in OWNER_FIELDS]
    columns[0] = "OWNERID"
    found = _rows(day, "OWNERS", f"SELECT {', '.join(columns)} FROM @")
    return Table(OWNER_FIELDS, {row[0]: dict(zip(OWNER_FIELDS, row, strict=True)) for row in found})


def left_out(day: Path, type_: str) -> frozenset[str]:
    """The properties of a type that the manifest names as left out."""
    listed = manifest(day)["crmsnap"]["sensitive"]
    return frozenset(
        name for entry in listed if entry["type"] == TYPE_IDS[type_] for name in entry["names"]
    )


def _rows(day: Path, table: str, sql: str) -> list[tuple[Any, ...]]:
    source = (
        f"read_csv('{day}/{table}/*.csv.gz', all_varchar=true, header=true,"
        " allow_quoted_nulls=false, quote='\"', escape='\"')"
    )
    with duckdb.connect() as database:
        return database.execute(sql.replace("@", source)).fetchall()

"""SQL over a snapshot: what it may read, what it may not, and that values come back as they were."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from crmsnap.destinations.folder import Folder
from crmsnap.errors import SnapshotError, UsageError
from crmsnap.model import Part
from crmsnap.publish.manifest import Manifest, PublishedTable
from crmsnap.query.answer import answer
from tests.unit.publish.made_up_tables import a_table, column, own, publish_into

HOSTILE = [
    *("", None, "plain", "a\nb", "a\r\nb", "\r", "\0", '"', '""', "\\", "a\\", "\\N", "NULL", "NA"),
    *("#", "# comment", "'; drop table x; --", "{}", "007", "1e5", "true", " x ", "日本語", "😀"),
    *("\ufeffa", "\x85", "\u2028", "x" * 65_536, ",", "\t", "2026-11-22"),
]


@pytest.fixture
def snapshot(tmp_path: Path) -> tuple[Folder, Manifest]:
    """A snapshot of a few made-up tables."""
    owners = a_table(
        "OWNERS",
        (
            column("OWNERID", "NUMBER"),
            column("EMAIL", nullable=True),
            column("ARCHIVED", "BOOLEAN"),
            column("CREATEDAT", "TIMESTAMP"),
        ),
        [
            (1, "a@example.com", True, "2026-11-20 08:15:30.123"),
            (2, None, False, "2026-11-21 00:00:00.000"),
        ],
        key=("OWNERID",),
    )
    texts = a_table(
        "TEXTS",
        (column("N", "NUMBER"), column("BEFORE", nullable=True), column("VALUE", nullable=True)),
        [(n, text, HOSTILE[-n]) for n, text in enumerate(HOSTILE)],
        key=("N",),
    )
    deals = own(
        "0-3",
        {"amount": "NUMBER", "closed": "DATE", "won": "BOOLEAN"},
        {
            1: {"AMOUNT": "12.5", "CLOSED": "2026-11-22", "WON": True},
            9007199254740993: {"AMOUNT": "1" + "0" * 400, "UNPARSED_AMOUNT": "1e400"},
        },
    )
    destination = Folder(tmp_path / "snapshots")
    return destination, publish_into(destination, [owners, texts, deals])


Ask = Callable[[str], tuple[Sequence[str], list[tuple[Any, ...]]]]


@pytest.fixture
def fetched() -> list[str]:
    """The tables whose parts were fetched."""
    return []


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where parts go."""
    into = tmp_path / "fetched [parts]"
    into.mkdir()
    return into


@pytest.fixture
def ask(snapshot: tuple[Folder, Manifest], folder: Path, fetched: list[str]) -> Ask:
    """Columns and rows of a query."""
    destination, manifest = snapshot

    def observe(table: PublishedTable, part: Part) -> None:
        fetched.append(table.name)

    def asked(sql: str) -> tuple[Sequence[str], list[tuple[Any, ...]]]:
        with answer(destination, manifest, sql, folder, observe) as found:
            return found.columns, [row for batch in found.batches for row in batch]

    return asked


def test_values_have_the_types_of_the_manifest(ask: Ask) -> None:
    """Numbers, booleans and times, not texts."""
    assert ask("select * from owners order by ownerid") == (
        ("OWNERID", "EMAIL", "ARCHIVED", "CREATEDAT"),
        [
            (1, "a@example.com", True, datetime(2026, 11, 20, 8, 15, 30, 123000)),  # noqa: DTZ001 - UTC, as published
            (2, None, False, datetime(2026, 11, 21)),  # noqa: DTZ001 - UTC, as published
        ],
    )


def test_a_property_that_no_type_can_hold_harms_no_other_row(ask: Ask) -> None:
    """Somebody types 1e400 into an amount: the table can still be read, and the text is there."""
    _, rows = ask(
        "select objectid, property_amount, property_unparsed_amount, property_closed, property_won"
        " from objects_0_3 order by objectid::bigint"
    )
    assert rows[0] == ("1", 12.5, None, date(2026, 11, 22), True)
    assert rows[1] == ("9007199254740993", float("inf"), "1e400", None, None)


def test_hostile_values_come_back_and_null_is_not_the_empty_string(ask: Ask) -> None:
    """Whatever somebody typed into a CRM, it is a value and nothing else."""
    _, rows = ask("from texts order by n")
    assert rows == [(n, text, HOSTILE[-n]) for n, text in enumerate(HOSTILE)]


@pytest.mark.parametrize(
    ("sql", "tables"),
    [
        ('select 1 from "Owners", main.TEXTS', {"OWNERS", "TEXTS"}),
        ("with owners as (select 1) select * from owners", set()),
        ("describe owners", {"OWNERS"}),
        ("pivot owners on archived", {"OWNERS"}),
        ("select (select count(*) from texts)", {"TEXTS"}),
        ("create temp table x as from owners; select count(*) from x", {"OWNERS"}),
        ("select 'owners'", set()),
        ("select 1", set()),
    ],
)
def test_only_tables_that_are_used_are_fetched(
    ask: Ask, fetched: list[str], sql: str, tables: set[str]
) -> None:
    """An account's snapshot has gigabytes, most questions need one table of it."""
    ask(sql)
    assert set(fetched) == tables


@pytest.mark.parametrize(
    "sql",
    [
        "select * from read_text('/etc/hostname')",
        "select * from glob('/etc/*')",
        "select * from read_csv('/etc/passwd')",
        "select * from '/etc/passwd.csv'",
        "copy (select 1) to 'OUTSIDE/x.csv'",
        "attach 'OUTSIDE/x.db' as x",
        "export database 'OUTSIDE/x'",
        "select * from 'https://127.0.0.1:9/x.parquet'",
        "select * from read_json('s3://bucket/x.json')",
        "install httpfs",
        "install httpfs from 'http://127.0.0.1:9'",
        "force install spatial from community",
        "load httpfs",
        "select st_point(1, 2)",
        "create secret (type s3, key_id 'a', secret 'b')",
        "set enable_external_access = true",
        "set autoload_known_extensions = true",
        "reset lock_configuration",
        "set allowed_directories = ['/']",
        "pragma enable_profiling",
        "call pragma_version()",
        "select * from manifest",
        "select * from sql",
    ],
)
def test_nothing_but_the_tables_can_be_reached(
    ask: Ask, folder: Path, tmp_path: Path, sql: str
) -> None:
    """No file, no network, no extension, no variable of ours: it is refused in a sentence."""
    outside = tmp_path / "outside"
    outside.mkdir()
    with pytest.raises(UsageError) as refused:
        ask(sql.replace("OUTSIDE", str(outside)))
    assert "Failed to download" not in refused.value.message + refused.value.cause
    assert not list(folder.iterdir())
    assert not list(outside.iterdir())


def test_settings_that_forbid_extensions_are_final(ask: Ask) -> None:
    """What is not downloaded by a statement is not downloaded in its middle either."""
    _, rows = ask(
        "select name, value from duckdb_settings() where name in ('autoinstall_known_extensions',"
        " 'autoload_known_extensions', 'enable_external_access', 'lock_configuration') order by 1"
    )
    assert dict(rows) == {
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "enable_external_access": "false",
        "lock_configuration": "true",
    }
    _, rows = ask("select distinct install_mode from duckdb_extensions() where loaded")
    assert rows == [("STATICALLY_LINKED",)]


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("selec 1", "Parser Error"),
        ("select nothing from owners", "Binder Error"),
        ("select 'x'::int", "Conversion Error"),
        ("", "no SQL"),
        ("-- only a comment", "no SQL"),
    ],
)
def test_wrong_sql_is_said_in_duckdbs_words(ask: Ask, sql: str, said: str) -> None:
    """Without a traceback and without its drawing of the line."""
    with pytest.raises(UsageError) as wrong:
        ask(sql)
    assert said in wrong.value.message
    assert "LINE 1" not in wrong.value.message + wrong.value.cause


def test_a_table_that_does_not_exist_is_said_with_its_neighbour(ask: Ask) -> None:
    """A slip of the finger is the usual reason."""
    with pytest.raises(UsageError) as wrong:
        ask("select * from ownrs")
    assert wrong.value.message == "there is no table 'ownrs'"
    assert "OWNERS" in wrong.value.remedy


def the_part(snapshot: tuple[Folder, Manifest]) -> Path:
    destination, manifest = snapshot
    (key,) = (
        part.key for table in manifest.tables if table.name == "OWNERS" for part in table.parts
    )
    return destination.root / key


def test_a_changed_part_is_never_read(snapshot: tuple[Folder, Manifest], ask: Ask) -> None:
    """Same size, other bytes: an answer from it would be wrong in silence."""
    part = the_part(snapshot)
    data = bytearray(part.read_bytes())
    data[-1] ^= 1
    part.write_bytes(bytes(data))
    with pytest.raises(SnapshotError, match="is not what was written"):
        ask("select 1 from owners")


def test_a_missing_part_is_said(snapshot: tuple[Folder, Manifest], ask: Ask) -> None:
    """Not as a table with fewer rows."""
    the_part(snapshot).unlink()
    with pytest.raises(SnapshotError, match="is missing"):
        ask("select 1 from owners")

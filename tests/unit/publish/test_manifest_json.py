"""The manifest as a file: a Data Package that proves itself."""

import json
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import frictionless
import pytest

from crmsnap.destinations.folder import Folder
from crmsnap.errors import SnapshotError
from crmsnap.model import Gap, Selection
from crmsnap.publish.layout import manifest_key
from crmsnap.publish.manifest import About, Manifest, RunFacts, SensitiveProperties, TypeCount
from crmsnap.publish.manifest_json import from_bytes, to_bytes
from crmsnap.publish.publish import publish
from crmsnap.tables.table import UNPARSED, Kind, Span, Value
from tests.unit.publish.made_up_tables import (
    DAY,
    FACTS,
    INGESTED,
    READER,
    StandStill,
    a_table,
    column,
    forget,
    ignore,
    own,
    publish_into,
    threads,
)

KEY = manifest_key(DAY)
FULL_FACTS = RunFacts(
    run="run-1",
    connection="acme",
    account="4711",
    day=DAY,
    window_start="2026-11-22 02:00:00.000",
    window_end="2026-11-22 02:10:00.000",
    selection=Selection(types=("0-1",), tables=("OBJECTS",)),
    counts=(TypeCount("0-1", 2000, 1999), TypeCount("2-5", None, 3)),
    gaps=(Gap("teams", "missing-scope", "Équipes: not readable.", ("settings.users.teams.read",)),),
    sensitive=(SensitiveProperties("0-1", ("illness",)),),
    compression="small",
)
COLUMNS = (
    *(column("ID", "ID"), column("NAME", nullable=True), column("SIZE", "NUMBER", nullable=True)),
    *(column("ON", "BOOLEAN", nullable=True), column("AT", "TIMESTAMP"), column("MORE", "JSON")),
    column("BORN", "DATE", nullable=True),
)
ROWS = [
    (1, "a\r\nb", 17, True, INGESTED, '{"a":"b"}', "2026-11-22"),
    (2**60, None, None, None, INGESTED, "[]", None),
]


def a_manifest(root: Path, facts: RunFacts = FULL_FACTS) -> Manifest:
    tables = [
        a_table("THINGS", COLUMNS, ROWS, key=("ID",), items_per_span=1, weight=50_000),
        a_table("EMPTY", COLUMNS, [], key=("ID",), order=("AT", "ID")),
    ]
    return publish(
        tables,
        READER,
        Folder(root),
        facts=facts,
        remember=forget,
        open_executor=threads,
        observe=ignore,
        stop=StandStill(),
    )


def test_what_was_written_is_read_back(tmp_path: Path) -> None:
    """Every fact, so that verify needs nothing but the file."""
    manifest = a_manifest(tmp_path)
    assert from_bytes((tmp_path / KEY).read_bytes(), KEY) == manifest
    assert manifest.facts == FULL_FACTS


def test_a_table_of_a_family_says_what_it_is_about_and_what_did_not_parse(tmp_path: Path) -> None:
    """Over all ranges, for the columns that have any; a column names its property."""
    sizes: list[dict[str, Value]] = [{"SIZE": UNPARSED}, {"SIZE": "1", "ON": UNPARSED}]
    records = {number: sizes[number % 3 > 0] for number in range(1, 7)}
    kinds: dict[str, Kind] = {"size": "NUMBER", "on": "BOOLEAN", "name": "VARCHAR"}
    table = own("2-5", kinds, records)
    table = replace(table, spans=lambda _: iter(Span("", n, n + 1, 50_000) for n in range(6)))
    publish_into(Folder(tmp_path), [table])
    data = (tmp_path / KEY).read_bytes()
    (resource,) = json.loads(data)["resources"]
    ours = resource["crmsnap"]
    family = "OBJECTS_<PLURAL>"
    assert ours["about"] == {"family": family, "id": "2-5", "wanted": "OBJECTS_2_5"}
    assert ours["unparsed"] == {"PROPERTY_ON": 4, "PROPERTY_SIZE": 2}
    assert len(ours["parts"]) == 6
    fields = {
        field["name"]: field["crmsnap"].get("property") for field in resource["schema"]["fields"]
    }
    assert fields["PROPERTY_SIZE"] == fields["PROPERTY_UNPARSED_SIZE"] == "size"
    assert fields["OBJECTID"] is None
    (found,) = from_bytes(data, KEY).tables
    assert found.about == About(family, "2-5", "OBJECTS_2_5")
    assert found.unparsed == ours["unparsed"]


def test_a_manifest_of_an_older_version_is_still_read(tmp_path: Path) -> None:
    """One without what later versions say of a table, as any table says nothing of it."""
    data = to_bytes(a_manifest(tmp_path))
    assert b'"about"' not in data
    assert b'"unparsed"' not in data
    assert b'"property"' not in data
    assert {(table.about, len(table.unparsed)) for table in from_bytes(data, KEY).tables} == {
        (None, 0)
    }


# frictionless leaves files to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_it_is_a_valid_data_package_whose_tables_can_be_read(tmp_path: Path) -> None:
    """Judged by a tool that knows nothing of us."""
    a_manifest(tmp_path)
    package = frictionless.Package(str(tmp_path / KEY))
    assert package.name == "acme-2026-11-22"
    assert len(package.get_resource("things").paths) == 2
    report = package.validate()
    assert report.valid, report.flatten(["message"])
    rows = package.get_resource("things").read_rows()
    assert [row["ID"] for row in rows] == ["1", str(2**60)]
    assert rows[0]["NAME"] == "a\r\nb"
    assert rows[0]["AT"].isoformat() == "2026-11-22T02:00:00"


def test_the_checksum_is_the_one_that_the_format_page_describes(tmp_path: Path) -> None:
    """Anybody can compute it with a JSON library."""
    a_manifest(tmp_path)
    descriptor = json.loads((tmp_path / KEY).read_bytes())
    said = descriptor["crmsnap"].pop("sha256")
    text = json.dumps(descriptor, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert sha256(text.encode()).hexdigest() == said


def test_everything_but_run_and_times_follows_from_the_state(tmp_path: Path) -> None:
    """Two runs over one state differ in nothing else."""
    other = replace(FULL_FACTS, run="run-2", window_end="2026-11-22 02:11:00.000")
    one = to_bytes(a_manifest(tmp_path / "one")).decode().splitlines()
    two = to_bytes(a_manifest(tmp_path / "two", other)).decode().splitlines()
    differing = {
        line.partition(":")[0].strip()
        for line, line_two in zip(one, two, strict=True)
        if line != line_two
    }
    assert differing == {'"run"', '"window_end"', '"created"', '"sha256"'}


def test_every_changed_byte_is_noticed(tmp_path: Path) -> None:
    """One bit of each byte: of names, numbers, and the spaces between them."""
    data = to_bytes(a_manifest(tmp_path))
    for position in range(len(data)):
        changed = bytearray(data)
        changed[position] ^= 1 << (position % 8)
        with pytest.raises(SnapshotError, match=r"is damaged|has layout"):
            from_bytes(bytes(changed), KEY)


def test_a_space_too_many_is_noticed(tmp_path: Path) -> None:
    """The checksum covers what the JSON says; the form of the file is part of the format."""
    data = to_bytes(a_manifest(tmp_path))
    for changed in (data + b"\n", data.replace(b'"day":', b'"day": ', 1), b" " + data):
        with pytest.raises(SnapshotError, match="is damaged"):
            from_bytes(changed, KEY)


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"null", b'{"crmsnap": 1}', b"[" * 100_000])
def test_anything_else_is_called_damaged(data: bytes) -> None:
    """A foreign file under our name is no crash."""
    with pytest.raises(SnapshotError, match=r"_MANIFEST\.json is damaged"):
        from_bytes(data, KEY)


def test_a_newer_layout_is_refused_by_name(tmp_path: Path) -> None:
    """Reading it half would be worse than not at all."""
    descriptor = json.loads(to_bytes(a_manifest(tmp_path)))
    descriptor["crmsnap"]["layout"] = 2
    del descriptor["crmsnap"]["sha256"]
    text = json.dumps(descriptor, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    descriptor["crmsnap"]["sha256"] = sha256(text.encode()).hexdigest()
    newer = json.dumps(descriptor, ensure_ascii=False, indent=1) + "\n"
    with pytest.raises(SnapshotError, match="has layout 2") as raised:
        from_bytes(newer.encode(), KEY)
    assert raised.value.remedy == "use a newer crmsnap"


def test_facts_without_details_make_a_valid_manifest_too(tmp_path: Path) -> None:
    """The smallest run: no gaps, no counts, everything selected."""
    manifest = a_manifest(tmp_path, FACTS)
    assert from_bytes(to_bytes(manifest), KEY) == manifest

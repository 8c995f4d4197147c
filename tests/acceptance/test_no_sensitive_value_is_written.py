"""Sensitive values reach nothing that a run writes or says, with a token that could read them all.

Every sensitive value of the sandbox carries a marker: properties of objects, their histories, properties
of events, what was sent through forms, passwords of pages, keys of previews.
"""

import gzip
import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from crmsnap.state.folder import open_stream
from crmsnap.state.stream_file import RunMark
from tests.builders.command import PATIENCE_SECONDS, Crmsnap, Ended
from tests.builders.everything_written import places_of
from tests.builders.sandbox_process import sandbox

MARKER = b"SENSITIVE-CANARY-"
WITH_SENSITIVE_VALUES = ("contacts", "companies", "deals", "tickets", "appointments", "custom")
NAMES = (*WITH_SENSITIVE_VALUES, "pets", "dogovory", "escape_room", "field_visits", "mashari")


TABLES = ("--tables", "*,OBJECT_PROPERTIES_HISTORY_SOURCES")


@dataclass(frozen=True)
class Copied:
    """Three runs: the first day, a day of changes, and one that fails in the middle of an account of its own."""

    crmsnap: Crmsnap
    ended: tuple[Ended, ...]
    failed: Path
    """Where the third one worked."""


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Copied:
    """The account gives sensitive values unasked, and the token has every scope that opens them."""
    folder, failing = tmp_path_factory.mktemp("sensitive"), tmp_path_factory.mktemp("failing")
    opens_all = ("--token", f"pat-all={','.join(sorted(_scopes()))}")
    with sandbox(*opens_all) as account, sandbox(*opens_all) as broken:
        for one in (account, broken):
            one.post("/_sandbox/knobs", {"unasked_sensitive": True})
        # Half a page of contacts: what could not be read must not be quoted either.
        half = {"kind": "truncate", "mode": "json"}
        rule = {"family": "objects", "path": "/0-1", "from": 3, "to": 500, "effect": half}
        broken.post("/_sandbox/faults", {"rules": [rule]})
        # It tries again for most of a minute, in which the others have work to do.
        with Crmsnap(failing, broken).start_sync(*TABLES, "--json") as third:
            crmsnap = Crmsnap(folder, account)
            first = crmsnap.sync(*TABLES, "--json")
            account.post("/_sandbox/advance", {"days": 1, "changed": 0.2, "created": 0.1})
            second = crmsnap.sync(*TABLES)
            said = third.communicate(timeout=PATIENCE_SECONDS)
    return Copied(crmsnap, (first, second, Ended(third.returncode, *said)), failing)


def _scopes() -> set[str]:
    from crmsnap.extract.needed_scopes import all_scopes

    return {
        *(needed.name for needed in all_scopes()),
        *(
            f"crm.objects.{name}.{kind}.read.v2"
            for name in NAMES
            for kind in ("sensitive", "highly_sensitive")
        ),
        "tickets.sensitive.v2",
        "tickets.highly_sensitive.v2",
    }


def test_no_sensitive_value_is_in_any_file(copied):
    """Neither in the snapshots nor in the state, packed or not, nor in the name of a file."""
    # 3: gaps, of types whose scopes only this sandbox knows.
    assert [ended.exit_code for ended in copied.ended[:2]] == [3, 3], copied.ended[1].stderr
    assert len(list(copied.crmsnap.snapshots.rglob("_MANIFEST.json"))) == 2
    assert places_of(MARKER, copied.crmsnap.folder, copied.failed) == []


def test_no_sensitive_value_is_said(copied):
    """Neither in events nor in reports nor in errors; the third run failed in the middle of records."""
    assert copied.ended[2].exit_code not in (0, 3)
    for ended in copied.ended:
        assert MARKER.decode() not in ended.stdout + ended.stderr


def test_the_definitions_stay_and_say_so(copied):
    """The hole is to be seen: a row in PROPERTY_DEFINITIONS and a name in the manifest."""
    day = next(copied.crmsnap.snapshots.iterdir())
    closed = {
        entry["type"]: set(entry["names"])
        for entry in json.loads((day / "_MANIFEST.json").read_bytes())["crmsnap"]["sensitive"]
    }
    assert "national_id" in closed["0-1"]
    assert (
        "zoning_permit" in closed["0-2"]
    )  # no classification, on a type that allows sensitive data
    assert "password" in closed["0-25"]
    assert "preview_key" in closed["0-29"]
    assert "zone_of_treatment" in closed["0-1"]  # archived
    (part,) = (day / "PROPERTY_DEFINITIONS").iterdir()
    definitions = gzip.decompress(part.read_bytes())
    assert b'"0-1","national_id"' in definitions
    assert b'"0-1","zone_of_treatment"' in definitions
    (part,) = (day / "OBJECTS_CONTACTS").iterdir()
    assert b"NATIONAL_ID" not in gzip.decompress(part.read_bytes()).split(b"\n", 1)[0]


def test_what_was_sent_in_a_field_that_nobody_defines_is_a_gap(copied):
    """A property that was deleted may have been sensitive: nobody can know any more."""
    for day in copied.crmsnap.snapshots.iterdir():
        gaps = json.loads((day / "_MANIFEST.json").read_bytes())["crmsnap"]["gaps"]
        assert "objects/0-15/values" in {gap["stream"] for gap in gaps}


def test_a_key_that_may_not_list_sensitive_properties_lets_no_value_through(tmp_path):
    """Not to know which are sensitive is not to know that none is; the manifest says what is missing."""
    with sandbox(contacts=60) as account:
        account.post(
            "/_sandbox/faults",
            [{"family": "properties", "query": "dataSensitivity", "effect": {"kind": "forbid"}}],
        )
        crmsnap = Crmsnap(tmp_path, account)
        ended = crmsnap.sync("--types", "0-1,0-3,0-15", "--exclude-tables", "EVENTS_*")
    assert ended.exit_code == 0, ended.stderr
    assert places_of(MARKER, tmp_path) == []
    (day,) = crmsnap.snapshots.iterdir()
    gaps = {
        one["stream"]
        for one in json.loads((day / "_MANIFEST.json").read_bytes())["crmsnap"]["gaps"]
    }
    assert gaps == {
        "objects/0-15/values",
        "properties/0-1/sensitive",
        "properties/0-3/sensitive",
    }
    (part,) = (day / "OBJECTS_FORM_SUBMISSIONS").iterdir()
    values = gzip.decompress(part.read_bytes())
    assert b"firstname" in values
    assert b"how_did_you_hear" not in values


def test_the_search_finds_a_marker_that_is_planted(copied, tmp_path):
    """In a part, in a packed row of the state, in a plain file, in the name of one."""
    folder = tmp_path / "copy"
    shutil.copytree(copied.crmsnap.folder, folder)
    part = next(folder.rglob("*.csv.gz"))
    part.write_bytes(gzip.compress(gzip.decompress(part.read_bytes()) + MARKER))
    (folder / "log").write_bytes(b"x" * 1_000 + MARKER)
    (folder / MARKER.decode()).touch()
    state = next(folder.rglob("runs.sqlite")).parent
    with open_stream(state, "objects/9-9", RunMark("planted", "2026-11-22 02:00:00.000")) as file:
        body = b'{"secret":"' + b"a" * 500 + MARKER + b'"}'
        file.save([(1, None, body)], "end")
    assert sorted(name.partition(":")[0] for name in places_of(MARKER, folder)) == sorted(
        [
            MARKER.decode(),
            "log",
            part.relative_to(folder).as_posix(),
            (state / "objects/9-9.sqlite").relative_to(folder).as_posix(),
        ]
    )


def test_the_search_reads_what_is_written(copied):
    """An ordinary value of a contact is found in the parts and in the state: they hold values."""
    day = next(copied.crmsnap.snapshots.iterdir())
    parts = [gzip.decompress(path.read_bytes()) for path in Path(day, "OBJECTS_CONTACTS").iterdir()]
    email = next(cell for cell in parts[0].split(b'"') if b"@" in cell)
    places = places_of(email, copied.crmsnap.folder)
    assert any("OBJECT_PROPERTIES/" in place and "unpacked" in place for place in places)
    assert any("objects/0-1.sqlite" in place for place in places)

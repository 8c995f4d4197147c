"""Erasing records from published days: all of their rows go, no other byte changes, and no day is half of both."""

import gzip
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from crmsnap.destinations.folder import Folder
from crmsnap.destinations.interface import Destination
from crmsnap.errors import SnapshotError
from crmsnap.publish.erase import DayErased, Erasing, holding, rewrite
from crmsnap.publish.erase_rows import with_engagements
from crmsnap.publish.layout import manifest_key, untagged
from crmsnap.publish.manifest import Manifest
from crmsnap.publish.prune_days import OurDays, Owner
from crmsnap.publish.published import read_manifest
from crmsnap.publish.revise import revise
from crmsnap.publish.verify import verify
from crmsnap.state.written import Written
from crmsnap.tables.table import Table
from tests.unit.publish.made_up_account import Account
from tests.unit.publish.made_up_days import Killed, Watched, alone, files
from tests.unit.publish.made_up_tables import (
    DAY,
    StandStill,
    a_table,
    column,
    ignore,
    publish_into,
)

OURS = Owner("acme", "4711")
CONTACT = ("0-1", "7")


def an_event() -> Table:
    """Occurrences of several records of one type."""
    columns = (
        *(column("EVENTTYPEID"), column("ID"), column("OBJECTTYPEID")),
        *(column("OBJECTID", "ID"), column("PROPERTY_URL")),
    )
    rows = [("6-1", f"e{n}", "0-1", 7 if n % 3 else 12, 'x,"\n7\r\n') for n in range(9)]
    return a_table("EVENTS_VISITED", columns, rows, key=("ID",))


def account_without(*records: tuple[str, str]) -> list[Table]:
    """The tables of the account as they would be if these records had never been in it."""

    def stays(type_id: object, id_: object) -> bool:
        return (str(type_id), str(id_)) not in records

    account = Account()
    for rows in (account.records, account.wide, account.long, account.history):
        rows[:] = [row for row in rows if stays(row[0], row[1])]  # type: ignore[assignment,call-overload]  # lists of tuples
    account.own = {
        type_id: {id_: cells for id_, cells in own.items() if stays(type_id, id_)}
        for type_id, own in account.own.items()
    }
    account.associations = [
        row for row in account.associations if stays(*row[1:3]) and stays(*row[3:5])
    ]
    account.pairs = {
        pair: [
            row
            for row in rows
            if stays(pair.split("__")[0], row[1]) and stays(pair.split("__")[1], row[2])
        ]
        for pair, rows in account.pairs.items()
    }
    account.memberships = [row for row in account.memberships if stays(row[0], row[2])]
    return account.tables()


def texts(destination: Destination, manifest: Manifest) -> dict[str, bytes]:
    """Every table's rows as they lie in its parts, in one."""
    return {
        table.name: b"".join(gzip.decompress(destination.get(part.key)) for part in table.parts)
        for table in manifest.tables
    }


def manifest_of(destination: Destination, day: str = DAY) -> Manifest:
    found = read_manifest(destination, day)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home and a destination with one day, to be copied by each test."""
    folder = tmp_path_factory.mktemp("published")
    destination = Folder(folder / "snapshots")
    publish_into(destination, [*Account().tables(), an_event()])
    return folder


@pytest.fixture
def destination(tmp_path: Path, published: Path) -> Folder:
    shutil.copytree(published / "snapshots", tmp_path / "snapshots")
    return Folder(tmp_path / "snapshots")


def erased(
    destination: Destination,
    home: Path,
    *records: tuple[str, str],
    owner: Owner = OURS,
    tag: str = "0123abcd",
) -> list[DayErased]:
    """Erase records from every day."""
    with Written(home, destination.url) as written:
        tools = Erasing(OurDays(destination, owner, None), written, StandStill(), alone, tag)
        return list(rewrite(with_engagements(records), tools))


@pytest.mark.parametrize(
    "record",
    [
        CONTACT,
        ("0-1", "12"),
        ("0-1", str(2**60)),
        ("0-27", "501"),
        ("0-28", "0f8c-guid"),
        ("0-3", "9"),
    ],
    ids="-".join,
)
def test_a_day_becomes_what_it_would_be_without_the_record(
    tmp_path: Path, destination: Folder, record: tuple[str, str]
):
    """Of every kind: with histories, with texts that did not parse, an engagement, an id that is no number."""
    expected = Folder(tmp_path / "expected")
    gone = [record, ("0-4", record[1])] if record[0] == "0-27" else [record]
    wanted = texts(expected, publish_into(expected, account_without(*gone)))
    (day,) = erased(destination, tmp_path / "home", record)
    assert day.verdict == "rewritten"
    found = texts(destination, manifest_of(destination))
    found.pop("EVENTS_VISITED")
    assert found == wanted
    assert verify(destination, None, ignore).problems == ()


def test_events_of_the_record_go_too(tmp_path: Path, destination: Folder):
    """Other rows stay as the bytes that they were, also with quotes and line breaks in them."""
    before = texts(destination, manifest_of(destination))["EVENTS_VISITED"]
    erased(destination, tmp_path / "home", CONTACT)
    after = texts(destination, manifest_of(destination))["EVENTS_VISITED"]
    kept = before.split(b'"6-1"')
    assert after == kept[0] + b"".join(b'"6-1"' + row for row in kept[1:] if b",12," in row)


def test_the_manifest_says_what_was_erased_and_counts_what_is_left(
    tmp_path: Path, destination: Folder
):
    """By type and number, and never by id."""
    erased(destination, tmp_path / "home", CONTACT)
    facts = manifest_of(destination).facts
    assert (facts.revision, dict(facts.erased)) == (2, {"0-1": 1})
    erased(destination, tmp_path / "home", ("0-1", "12"))
    facts = manifest_of(destination).facts
    assert (facts.revision, dict(facts.erased)) == (3, {"0-1": 2})
    (contacts,) = (count for count in facts.counts if count.type == "0-1")
    # What the run made of its counts is as true as before.
    assert (contacts.ours, contacts.verdict, contacts.reason) == (1, "not counted", "no count")


def test_parts_that_do_not_hold_it_are_not_touched(tmp_path: Path, destination: Folder):
    """They keep their names and bytes; those that held it are gone, and nothing else is left behind."""
    before = files(destination)
    (held,) = holding(OurDays(destination, OURS, None), [CONTACT], StandStill())
    changed = {key for table in held.tables for key in table.parts}
    erased(destination, tmp_path / "home", CONTACT)
    after = files(destination)
    listed = {part.key for part in manifest_of(destination).parts}
    assert set(after) == listed | {manifest_key(DAY)}
    for key in set(before) - changed - {manifest_key(DAY)}:
        assert after[key] == before[key]
    assert changed.isdisjoint(after)


def test_what_is_only_shown_changes_nothing(tmp_path: Path, destination: Folder):
    """By table, with rows and parts."""
    before = files(destination)
    (held,) = holding(OurDays(destination, OURS, None), [CONTACT], StandStill())
    rows = {table.name: table.rows for table in held.tables}
    assert rows["OBJECTS"] == 1
    assert rows["ASSOCIATIONS"] == 3
    assert rows["LIST_MEMBERSHIPS"] == 1
    assert rows["EVENTS_VISITED"] == 6
    assert "ASSOCIATION_DEFINITIONS" not in rows
    assert files(destination) == before


def test_an_id_of_another_type_or_inside_a_text_is_no_row_about_it(
    tmp_path: Path, destination: Folder
):
    """`7` stands in texts and in longer ids; a deal 7 there is not."""
    before = files(destination)
    assert [day.verdict for day in erased(destination, tmp_path / "home", ("0-3", "7"))] == [
        "clean"
    ]
    assert [day.verdict for day in erased(destination, tmp_path / "home", ("0-1", "1"))] == [
        "clean"
    ]
    assert files(destination) == before


def test_a_table_that_loses_its_last_row_keeps_its_header(tmp_path: Path, destination: Folder):
    """A loader still finds its columns."""
    erased(destination, tmp_path / "home", ("0-3", "9"))
    table = next(one for one in manifest_of(destination).tables if one.name == "OBJECTS_0_3")
    assert (table.rows, len(table.parts)) == (0, 1)
    text = gzip.decompress(destination.get(table.parts[0].key))
    assert text.count(b"\n") == 1
    assert verify(destination, None, ignore).ok


def test_a_day_of_another_connection_is_left_and_said(tmp_path: Path, destination: Folder):
    """Nobody's record is looked for there."""
    before = files(destination)
    (day,) = erased(destination, tmp_path / "home", CONTACT, owner=Owner("other"))
    assert (day.verdict, day.reason) == ("left", "it belongs to connection acme")
    assert files(destination) == before


def test_a_deleted_objects_row_stays(tmp_path: Path):
    """It tells that a record is gone, and holds nothing of it but its id."""
    destination = Folder(tmp_path / "snapshots")
    columns = (column("OBJECTTYPEID"), column("OBJECTID", "ID"), column("REASON"))
    rows = [("0-1", 7, "VANISHED")]
    gone = a_table("DELETED_OBJECTS", columns, rows, key=("OBJECTTYPEID", "OBJECTID"))
    publish_into(destination, [gone])
    assert [day.verdict for day in erased(destination, tmp_path / "home", CONTACT)] == ["clean"]


@pytest.mark.parametrize("stride", [6, pytest.param(1, marks=pytest.mark.full)])
def test_killed_at_any_step_a_day_is_the_old_or_the_new_one_and_doing_it_again_ends_it(
    tmp_path: Path, published: Path, stride: int
):
    """Before the swap the old one, behind it the new one; what no manifest lists is swept then."""
    goal = shutil.copytree(published / "snapshots", tmp_path / "goal")
    erased(Folder(goal), tmp_path / "home-of-goal", CONTACT)
    wanted, before = files(Folder(goal)), files(Folder(published / "snapshots"))
    for step in count(0, stride):
        folder = tmp_path / str(step)
        there = Folder(shutil.copytree(published / "snapshots", folder / "snapshots"))
        killed = True
        with suppress(Killed):
            erased(Watched(there, _kill_at(step)), folder / "home", CONTACT)
            killed = False
        now = there.get(manifest_key(DAY))
        whole = wanted if now == wanted[manifest_key(DAY)] else before
        assert whole.items() <= files(there).items()
        erased(there, folder / "home", CONTACT)
        assert files(there) == wanted
        shutil.rmtree(folder)
        if not killed:
            break
    assert step > 20


def _kill_at(step: int) -> Callable[[str, str], None]:
    steps = count()

    def before(operation: str, key: str) -> None:
        if operation in {"create", "replace", "delete"} and next(steps) == step:
            raise Killed

    return before


def test_of_two_revisions_at_once_the_second_is_refused(tmp_path: Path, destination: Folder):
    """The manifest is swapped only if it is the one that was read."""
    days = OurDays(destination, OURS, None)
    old = days.whole(DAY)
    manifest = old.manifest
    new = replace(manifest, facts=replace(manifest.facts, revision=2))
    with Written(tmp_path / "home", destination.url) as written:
        revise(destination, old, new, written)
        with pytest.raises(SnapshotError, match="changed meanwhile"):
            revise(destination, old, new, written)
    assert manifest_of(destination).facts.revision == 2


def test_no_other_run_or_erasure_writes_a_part_of_the_same_name(
    tmp_path: Path, destination: Folder, published: Path
):
    """Of two machines that erase the same record the slower one is refused, and sweeps what it wrote: were they
    the other one's parts, its day would be broken."""
    shutil.copytree(published / "snapshots", tmp_path / "other")
    other = Folder(tmp_path / "other")
    before = set(files(destination))
    erased(destination, tmp_path / "home", CONTACT, tag="aaaaaaaa")
    erased(other, tmp_path / "home-of-other", CONTACT, tag="bbbbbbbb")
    mine, theirs = (set(files(there)) - before for there in (destination, other))
    assert mine
    assert mine.isdisjoint(theirs)
    assert {untagged(key) for key in mine} == {untagged(key) for key in theirs}
    assert verify(destination, None, ignore).ok


def test_a_revision_keeps_parts_that_both_list(tmp_path: Path, destination: Folder):
    """Only what the new manifest does not list goes."""
    days = OurDays(destination, OURS, None)
    old = days.whole(DAY)
    new = replace(
        old.manifest,
        facts=replace(old.manifest.facts, revision=2),
        tables=tuple(table for table in old.manifest.tables if table.name != "TEAMS"),
    )
    with Written(tmp_path / "home", destination.url) as written:
        revised = revise(destination, old, new, written)
    (gone,) = [table for table in old.manifest.tables if table.name == "TEAMS"]
    assert revised.swept == tuple(part.key for part in gone.parts)
    assert set(files(destination)) == {*(part.key for part in new.parts), manifest_key(DAY)}

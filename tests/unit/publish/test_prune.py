"""Removing days: what goes, in which order, and what is left when something is not as it should be."""

from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from crmsnap.destinations.folder import Folder
from crmsnap.destinations.interface import Destination
from crmsnap.destinations.memory import memory
from crmsnap.errors import AccessDenied, Busy, DestinationError
from crmsnap.publish.layout import manifest_key
from crmsnap.publish.prune import BEGUN, planned, prune
from crmsnap.publish.prune_days import Owner
from crmsnap.publish.prune_plan import Decision, Keep
from crmsnap.publish.remove import AT_ONCE, DENIED, DIFFERS, Left
from crmsnap.state.written import Written
from tests.unit.publish.made_up_days import (
    Files,
    Killed,
    Watched,
    files,
    ignored,
    manifest_file,
    part_files,
    prune_by,
    pruning,
    publish_day,
    put,
)

OLD, NEW = "2026-11-01", "2026-11-22"
KEEP = Keep(7)


@pytest.fixture
def written(tmp_path: Path) -> Iterator[Written]:
    with Written(tmp_path / "home", "memory://") as record:
        yield record


def verdicts(report: object) -> dict[str, str]:
    return {day.day: day.verdict for day in report.days}  # type: ignore[attr-defined]  # any report


def test_a_day_goes_with_its_parts_and_nothing_else(written: Written):
    """Foreign files in its folder stay, whatever their names."""
    destination = memory()
    old = publish_day(destination, OLD)
    new = publish_day(destination, NEW)
    foreign = {
        f"{OLD}/T/part-00000-ffffffffffffffff.csv.gz": b"a part of nobody",
        f"{OLD}/T/_MANIFEST.json": b"{}",
        f"{OLD}/notes + ä.txt": b"mine",
        f"{OLD}-old/_MANIFEST.json": old[manifest_key(OLD)],
        "2026-11-1/_MANIFEST.json": old[manifest_key(OLD)],
    }
    for key, data in foreign.items():
        put(destination, key, data)
    report = prune_by(KEEP, pruning(destination, written))
    assert verdicts(report) == {OLD: "removed", NEW: "stays"}
    assert (report.exit_code, report.days[0].parts) == (0, 2)
    assert report.days[0].bytes == sum(map(len, old.values()))
    assert files(destination) == foreign | new


def test_the_manifest_goes_first(written: Written):
    """A reader must never take half a day for a whole one."""
    destination = memory()
    publish_day(destination, OLD)
    publish_day(destination, NEW)
    deleted: list[str] = []

    def note(operation: str, key: str) -> None:
        if operation == "delete":
            deleted.append(key)

    prune_by(KEEP, pruning(Watched(destination, note), written))
    assert deleted[0] == manifest_key(OLD)
    assert len(deleted) == 3


def test_planning_changes_nothing(written: Written):
    """A dry run is what people trust."""
    destination = memory()
    before = publish_day(destination, OLD) | publish_day(destination, NEW)
    changing: list[str] = []

    def note(operation: str, key: str) -> None:
        if operation in ("delete", "create", "replace"):
            changing.append(key)

    days = pruning(Watched(destination, note), written).days
    report = planned(days, [Decision(OLD, "goes", "said so")])
    assert (report.days[0].parts, changing) == (2, [])
    assert files(destination) == before
    assert written.unfinished_prunes() == {}


def test_other_connections_and_accounts_are_left(written: Written):
    """Two accounts may share a bucket by mistake; neither may lose a day by the other's rules."""
    destination = memory()
    publish_day(destination, "2026-11-01", owner=Owner("other", "4711"))
    publish_day(destination, "2026-11-02", owner=Owner("acme", "1"))
    publish_day(destination, NEW)
    before = files(destination)
    report = prune_by(KEEP, pruning(destination, written))
    assert [day.reason for day in report.days[:2]] == [
        "it belongs to connection other",
        "it belongs to account 1",
    ]
    assert files(destination) == before


def test_without_a_state_the_newest_day_says_whose_account_it_is(written: Written):
    """Another machine may prune; the name of a connection alone could have been given twice."""
    destination = memory()
    publish_day(destination, "2026-11-02", owner=Owner("acme", "1"))
    publish_day(destination, "2026-11-03")
    publish_day(destination, NEW)
    report = prune_by(KEEP, pruning(destination, written, owner=Owner("acme")))
    assert list(verdicts(report).values()) == ["left", "removed", "stays"]


def damaged(destination: Destination) -> str:
    parts = part_files(OLD, b"a", b"b")
    for key, data in parts.items():
        put(destination, key, data)
    put(destination, manifest_key(OLD), manifest_file(OLD, parts).replace(b'"T"', b'"U"'))
    return "is damaged"


def moved(destination: Destination) -> str:
    put(destination, manifest_key(OLD), manifest_file("2026-11-02", {}))
    return "is the manifest of 2026-11-02"


def lacking_a_part(destination: Destination) -> str:
    whole = publish_day(destination, OLD)
    destination.delete(next(iter(whole)))
    return "is missing"


def with_a_shorter_part(destination: Destination) -> str:
    parts = part_files(OLD, b"abc", b"def")
    put(destination, manifest_key(OLD), manifest_file(OLD, parts))
    for key in parts:
        put(destination, key, b"ab")
    return "has another size"


def listing_a_foreign_file(destination: Destination) -> str:
    """Its checksum is right: anybody can compute one."""
    foreign = {f"{OLD}/photo.jpg": b"mine"}
    put(destination, f"{OLD}/photo.jpg", b"mine")
    put(destination, manifest_key(OLD), manifest_file(OLD, foreign))
    return "no name of a part"


def listing_a_file_of_another_day(destination: Destination) -> str:
    foreign = part_files("2026-11-02", b"mine")
    (key,) = foreign
    put(destination, key, b"mine")
    put(destination, manifest_key(OLD), manifest_file(OLD, {f"{OLD}/../{key}": b"mine"}))
    return "no name of a part"


def without_a_manifest(destination: Destination) -> str:
    for key, data in part_files(OLD, b"a").items():
        put(destination, key, data)
    return "it has no manifest"


@pytest.mark.parametrize(
    "spoil",
    [
        damaged,
        moved,
        lacking_a_part,
        with_a_shorter_part,
        listing_a_foreign_file,
        listing_a_file_of_another_day,
        without_a_manifest,
    ],
)
def test_a_day_that_is_not_a_whole_snapshot_is_left_and_the_reason_told(written: Written, spoil):
    """It is evidence, or somebody's own: a person has to look."""
    destination = memory()
    reason = spoil(destination)
    publish_day(destination, NEW)
    before = files(destination)
    report = prune_by(KEEP, pruning(destination, written))
    assert report.days[0].verdict == "left"
    assert reason in report.days[0].reason
    assert report.exit_code == 0
    assert files(destination) == before


def test_a_part_that_somebody_exchanged_stays(written: Written):
    """The same name and size, another content: that is not what we wrote."""
    destination = memory()
    whole = publish_day(destination, OLD, b"our part", b"our other")
    publish_day(destination, NEW)
    key = next(iter(whole))
    destination.delete(key)
    put(destination, key, b"not ours")
    report = prune_by(KEEP, pruning(destination, written))
    assert report.days[0].left == (Left(key, DIFFERS, "it is not what was published"),)
    assert report.exit_code == 1
    assert [one for one in files(destination) if one.startswith(OLD)] == [key]
    assert written.unfinished_prunes() == {}


def test_a_day_that_changed_after_it_was_planned_is_left(written: Written):
    """People may take their time before they say yes."""
    destination = memory()
    whole = publish_day(destination, OLD)
    publish_day(destination, NEW)
    tools = pruning(destination, written)
    plan = planned(tools.days, [Decision(OLD, "goes", "")])
    destination.delete(next(iter(whole)))
    report = prune(plan, tools, ignored)
    assert report.days[0].verdict == "left"
    assert manifest_key(OLD) in files(destination)


def test_the_day_of_a_run_that_can_go_on_is_left(written: Written):
    """That run relies on parts which lie there already."""
    destination = memory()
    publish_day(destination, OLD)
    publish_day(destination, NEW)
    report = prune_by(KEEP, pruning(destination, written, unfinished=OLD))
    assert (report.days[0].verdict, report.days[0].reason) == (
        "left",
        "a run of this day has not ended",
    )


def denying(*words: str):
    """Denies the removal of keys that hold one of these words, as a policy would."""

    def before(operation: str, key: str) -> None:
        if operation == "delete" and any(word in key for word in words):
            raise AccessDenied(f"not allowed to remove {key}", cause="no s3:DeleteObject")

    return before


def test_a_denied_manifest_leaves_the_day_whole_and_the_next_day_goes(written: Written):
    """Object Lock or a policy may protect some days: the rest goes on, each asked once."""
    destination = memory()
    protected = publish_day(destination, OLD)
    publish_day(destination, "2026-11-02")
    new = publish_day(destination, NEW)
    watched = Watched(destination, denying(OLD))
    report = prune_by(KEEP, pruning(watched, written))
    assert verdicts(report) == {OLD: "left", "2026-11-02": "removed", NEW: "stays"}
    assert report.left == (Left(manifest_key(OLD), DENIED, "no s3:DeleteObject"),)
    assert report.exit_code == 5
    assert files(destination) == protected | new
    assert written.unfinished_prunes() == {}


def test_denied_parts_are_told_and_removed_as_soon_as_that_is_allowed(written: Written):
    """Without its manifest nobody else could know that they may go."""
    destination = memory()
    publish_day(destination, OLD)
    new = publish_day(destination, NEW)
    report = prune_by(KEEP, pruning(Watched(destination, denying("/T/")), written))
    assert (report.days[0].verdict, len(report.left), report.exit_code) == ("removed", 2, 5)
    report = prune_by(KEEP, pruning(destination, written))
    assert [(day.day, day.reason) for day in report.of("removed")] == [(OLD, BEGUN)]
    assert (report.exit_code, files(destination)) == (0, new)


def test_a_store_that_fails_ends_the_prune_which_says_how_far_it_came(written: Written):
    """Every further day would fail after the same long retries."""
    destination = memory()
    publish_day(destination, OLD)
    publish_day(destination, "2026-11-02")
    publish_day(destination, "2026-11-03")
    publish_day(destination, NEW)

    def failing(operation: str, key: str) -> None:
        if operation == "delete" and key == manifest_key("2026-11-02"):
            raise DestinationError("the store is gone")

    report = prune_by(KEEP, pruning(Watched(destination, failing), written))
    assert list(verdicts(report).values()) == ["removed", "goes", "goes", "stays"]
    assert (str(report.error), report.exit_code) == ("the store is gone", 1)
    report = prune_by(KEEP, pruning(destination, written))
    assert report.exit_code == 0
    assert {key.split("/")[0] for key in files(destination)} == {NEW}


def test_a_lost_lease_ends_the_prune_before_its_next_day(written: Written):
    """Another machine works on the connection by then, and may publish what we would remove."""
    destination = memory()
    publish_day(destination, OLD)
    publish_day(destination, "2026-11-02")
    publish_day(destination, NEW)
    asked = []

    def assure() -> None:
        asked.append(None)
        if len(asked) == 2:
            raise Busy("another run took connection acme over")

    report = prune_by(KEEP, replace(pruning(destination, written), assure=assure))
    assert list(verdicts(report).values()) == ["removed", "goes", "stays"]
    assert report.exit_code == 75


def killed_at(number: int):
    """Is killed before its n-th operation."""
    count = 0

    def before(operation: str, key: str) -> None:
        nonlocal count
        count += 1
        if count == number:
            raise Killed

    return before


def test_killed_at_any_step_no_day_is_torn_and_the_next_prune_finishes(tmp_path: Path):
    """A day has its manifest and every part, or no manifest; and nothing is left at the end."""
    ended_by_itself = False
    steps = 0
    while not ended_by_itself:
        steps += 1
        destination = memory()
        old = publish_day(destination, OLD)
        new = publish_day(destination, NEW)
        with Written(tmp_path / str(steps), "memory://") as record:
            try:
                prune_by(KEEP, pruning(Watched(destination, killed_at(steps)), record))
                ended_by_itself = True
            except Killed:
                there = files(destination)
                assert manifest_key(OLD) not in there or old.items() <= there.items()
        with Written(tmp_path / str(steps), "memory://") as record:
            assert prune_by(KEEP, pruning(destination, record)).exit_code == 0
            assert files(destination) == new
            assert record.unfinished_prunes() == {}
    assert steps > 12  # every look and every removal was a place to be killed at


def test_a_day_that_was_published_again_keeps_what_its_new_manifest_lists(written: Written):
    """A purge was killed, and the day is synced once more: what both have in common must stay."""
    destination = memory()
    publish_day(destination, OLD, b"same", b"only before")
    first_kept = publish_day(destination, NEW)

    def kill(operation: str, key: str) -> None:
        if operation == "delete" and "/T/" in key:
            raise Killed

    with pytest.raises(Killed):
        prune_by(KEEP, pruning(Watched(destination, kill), written))
    again = publish_day(destination, OLD, b"same", b"only now")
    report = prune(
        planned(pruning(destination, written).days, ()), pruning(destination, written), ignored
    )
    assert report.of("removed")[0].day == OLD
    assert files(destination) == first_kept | again


def test_what_was_begun_waits_while_a_run_of_that_day_can_go_on(written: Written):
    """The run may rely on parts of the same names."""
    destination = memory()
    parts = part_files(OLD, b"one")
    (key,) = parts
    put(destination, key, b"one")
    written.begin_prune(OLD, manifest_file(OLD, parts))
    publish_day(destination, NEW)
    before = files(destination)
    prune_by(KEEP, pruning(destination, written, unfinished=OLD))
    assert files(destination) == before
    assert list(written.unfinished_prunes()) == [OLD]


def test_two_prunes_at_once_remove_the_same_and_fail_neither(tmp_path: Path):
    """On two machines; whoever comes second finds nothing."""
    destination = memory()
    publish_day(destination, OLD)
    new = publish_day(destination, NEW)
    with Written(tmp_path / "a", "memory://") as one, Written(tmp_path / "b", "memory://") as two:
        reports = []

        def second(operation: str, key: str) -> None:
            if operation == "delete" and key == manifest_key(OLD) and not reports:
                reports.append(None)
                reports[0] = prune_by(KEEP, pruning(destination, two))

        first = prune_by(KEEP, pruning(Watched(destination, second), one))
        assert (first.exit_code, reports[0].exit_code) == (0, 0)
        assert files(destination) == new
        assert (one.unfinished_prunes(), two.unfinished_prunes()) == ({}, {})


def test_a_folder_loses_the_day_s_folder_too(tmp_path: Path):
    """Empty folders of days would look like runs that broke off."""
    folder = Folder(tmp_path / "snapshots")
    publish_day(folder, OLD)
    publish_day(folder, NEW)
    with Written(tmp_path / "home", folder.url) as record:
        assert prune_by(KEEP, pruning(folder, record)).exit_code == 0
    assert [path.name for path in (tmp_path / "snapshots").iterdir()] == [NEW]


def test_the_report_is_json_for_programs(written: Written):
    """Files that stay are in it with their code and reason."""
    destination = memory()
    publish_day(destination, OLD)
    publish_day(destination, NEW)
    report = prune_by(KEEP, pruning(Watched(destination, denying(OLD)), written)).as_dict()
    assert report["exit_code"] == 5
    assert report["days"][0] == {  # type: ignore[index]  # a list of days
        "day": OLD,
        "verdict": "left",
        "reason": "its manifest stays",
        "parts": 2,
        "bytes": report["days"][0]["bytes"],  # type: ignore[index]  # a list of days
        "left": ({"key": manifest_key(OLD), "code": "denied", "reason": "no s3:DeleteObject"},),
    }


def test_many_parts_are_removed_several_at_once(written: Written):
    """Two requests a part, each of some hundredths of a second on S3."""
    destination = memory()
    old: Files = publish_day(destination, OLD, *(b"%d" % n for n in range(300)))
    new = publish_day(destination, NEW)
    tools = pruning(destination, written)
    parallel = replace(tools, at_once=AT_ONCE)
    assert len(old) == 301
    assert sha256(b"0").hexdigest()[:16] in next(iter(old))
    assert prune_by(KEEP, parallel).exit_code == 0
    assert files(destination) == new

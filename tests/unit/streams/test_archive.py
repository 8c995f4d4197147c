"""HubSpot's archive: who is in it, who has left it, and when it is not worth reading."""

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from crmsnap.errors import BadRequest
from crmsnap.extract.read import save_page
from crmsnap.hubspot.auth import StaticToken
from crmsnap.hubspot.client import Client
from crmsnap.hubspot.limits import Limits
from crmsnap.hubspot.transport import HttpTransport
from crmsnap.state.folder import open_reader, open_stream
from crmsnap.state.reader import stream_path
from crmsnap.state.stream_file import RunMark
from crmsnap.streams.changed.archived import TRACKED, UNTRACKED
from crmsnap.streams.changed.scan import Position, Scan, Way, begin
from crmsnap.streams.documents import TypeDocument
from crmsnap.streams.objects import read, scan_of
from crmsnap.streams.record_rows import Wanted
from crmsnap.streams.stream import Page
from tests.builders.account_state import scope_of
from tests.builders.scans import first_scan
from tests.unit.hubspot.host import Even, Got, Host, RealClock, Reply, VirtualClock, running

STREAM = "objects/0-2"
TODAY = RunMark("run-2", "2026-11-21 05:00:00.000")
AT = "2026-11-20T18:00:00.000Z"
ARCHIVED_AT = "2026-11-20 18:00:00.000"
WANTED = Wanted("0-2", ("name",), frozenset(), merge_names=("hs_merged_object_ids",))


@pytest.fixture
def host() -> Iterator[Host]:
    with running() as host:
        yield host


@pytest.fixture
def client(host: Host) -> Iterator[Client]:
    clock = VirtualClock()
    with HttpTransport(RealClock()) as transport:
        yield Client(transport, StaticToken("pat"), Limits(clock), clock, Even(), base_url=host.url)


@pytest.fixture
def scan(tmp_path: Path) -> Scan:
    """The second run's pass over companies 1 to 4."""
    first = first_scan(tmp_path, WANTED)
    with open_stream(tmp_path, STREAM, RunMark("run-1", first.started_at)) as file:
        file.save([(id_, ARCHIVED_AT, b"{}") for id_ in (1, 2, 3, 4)], "end")
        file.finish()
    return replace(
        first,
        started_at=TODAY.ingested_at,
        way="changes",
        first=False,
        live=10_000,  # so many that a search is worth a call
        changed_since=("hs_lastmodifieddate", 0),
    )


def record(id_: int, *, archived: bool = False, merged: str | None = None) -> dict[str, object]:
    dates = {"archived": True, "archivedAt": AT} if archived else {"updatedAt": AT}
    return {"id": str(id_), "properties": {"hs_merged_object_ids": merged}, **dates}


REFUSED = Reply({"category": "VALIDATION_ERROR", "message": "no such search"}, 400)


def _only_counts(got: Got) -> bool:
    """Whether a search asks how many there are; the archive is what is looked at here."""
    return bool(json.loads(got.body)["limit"] == 1)


def answers(
    archive: Callable[[int], Reply],
    live: tuple[int, ...] = (),
    into: Mapping[int, int] | None = None,
    late: tuple[int, ...] = (),
) -> Callable[[Got], Reply]:
    """A host with an archive, by the id behind which it is asked for, and a list of the live.

    By its id each is given, or `into` which record it was merged, or not found; those that were archived
    too late for the list of the archive are found there by their ids.
    """
    leads = {id_: id_ for id_ in live} | dict(into or {})

    def answer(got: Got) -> Reply:
        url = urlsplit(got.target)
        query = parse_qs(url.query)
        is_archived = query.get("archived") == ["true"]
        if is_archived and not url.path.endswith("/batch/read"):
            return archive(int(query.get("after", ["0"])[0]))
        if url.path.endswith("/search"):
            return REFUSED if _only_counts(got) else Reply({"total": 0, "results": []})
        if url.path.endswith("/batch/read"):
            asked = [int(one["id"]) for one in json.loads(got.body)["inputs"]]
            there = dict.fromkeys(late) if is_archived else leads
            found = [
                record(id_, archived=True) if is_archived else record(leads[id_])
                for id_ in asked
                if id_ in there
            ]
            missing = [str(id_) for id_ in asked if id_ not in there]
            error = {"category": "OBJECT_NOT_FOUND", "context": {"ids": missing}}
            return Reply({"results": found, "errors": [error]}, 207)
        if url.path.endswith("/0-2"):
            return Reply({"results": [record(id_) for id_ in live]})
        return Reply(record(leads[int(url.path.rpartition("/")[2])]))

    return answer


def endless(after: int) -> Reply:
    """An archive that has always one more page."""
    page = [record(after + number, archived=True) for number in range(1, 101)]
    return Reply({"results": page, "paging": {"next": {"after": str(after + 100)}}})


def saved(scan: Scan, client: Client, way: Way = "changes", run: RunMark = TODAY) -> list[Page]:
    """A whole pass, each page in the state before the next one is read."""
    pages = []
    with open_stream(scan.so_far.folder, STREAM, run) as file:
        for page in read(scan, client, begin(way).text):
            save_page(file, page)
            pages.append(page)
        file.finish(keeps=True)
    return pages


def deletions(scan: Scan, run: RunMark = TODAY) -> list[tuple[object, ...]]:
    reader = open_reader(scan.so_far.folder, (STREAM,), run.run_id)
    return [found[:4] for found in reader.deletions(STREAM)]


def in_archive(scan: Scan) -> dict[int, str]:
    """Who is known to be in the archive, each with the run that wrote it."""
    with closing(sqlite3.connect(stream_path(scan.so_far.folder, STREAM))) as db:
        return dict(db.execute("SELECT id, ingested_at FROM archive"))


def note(pages: list[Page]) -> list[str]:
    return [page.note for page in pages if page.note is not None]


def test_only_who_was_ours_is_told_as_deleted(scan, client, host):
    """The archive of an old account is full of strangers."""
    page = {"results": [record(2, archived=True), record(77, archived=True)]}
    host.answer(answers(lambda _: Reply(page)))
    assert note(saved(scan, client)) == [TRACKED]
    assert deletions(scan) == [(2, "ARCHIVED", ARCHIVED_AT, None)]


def test_a_survivor_in_the_archive_tells_who_was_merged_into_it(scan, client, host):
    """No search and no list gives it any more."""
    page = {"results": [record(2, archived=True, merged="3;99")]}
    host.answer(answers(lambda _: Reply(page)))
    saved(scan, client)
    assert deletions(scan) == [(2, "ARCHIVED", ARCHIVED_AT, None), (3, "MERGED", None, 2)]


def test_who_left_the_archive_is_live_again(scan, client, host):
    """Also one that was never ours: it was archived before the first run."""
    host.answer(answers(lambda _: Reply({"results": [record(77, archived=True)]})))
    saved(scan, client)
    host.answer(answers(lambda _: Reply({"results": []}), live=(77,)))
    later = RunMark("run-3", "2026-11-22 05:00:00.000")
    pages = saved(replace(scan, started_at=later.ingested_at), client, run=later)
    assert [row[0] for page in pages for row in page.rows] == [77]
    assert in_archive(scan) == {}


def test_who_stays_in_the_archive_is_written_once(scan, client, host):
    """Ten thousand rows would be written each day, to say that nothing happened."""
    host.answer(answers(lambda _: Reply({"results": [record(2, archived=True)]})))
    saved(scan, client)
    later = RunMark("run-3", "2026-11-22 05:00:00.000")
    saved(replace(scan, started_at=later.ingested_at), client, run=later)
    assert in_archive(scan) == {2: TODAY.ingested_at}


def test_who_left_the_archive_is_asked_for_once(scan, client, host):
    """Also where it is not live: it was removed for good."""
    host.answer(answers(lambda _: Reply({"results": [record(2, archived=True)]})))
    saved(scan, client)
    host.answer(answers(lambda _: Reply({"results": []})))
    later = RunMark("run-3", "2026-11-22 05:00:00.000")
    saved(replace(scan, started_at=later.ingested_at), client, run=later)
    assert in_archive(scan) == {}
    assert deletions(scan, later) == [(2, "ARCHIVED", ARCHIVED_AT, None)]


def test_who_vanished_and_then_shows_in_the_archive_was_archived(scan, client, host):
    """It was archived behind the page that it would have been on."""
    with open_stream(scan.so_far.folder, STREAM, TODAY) as file:
        file.save([(id_, ARCHIVED_AT, b"{}") for id_ in (1, 2, 3)], "end", whole=[()])
        file.finish(keeps=True)
    assert deletions(scan) == [(4, "VANISHED", None, None)]
    host.answer(answers(lambda _: Reply({"results": [record(4, archived=True)]})))
    later = RunMark("run-3", "2026-11-22 05:00:00.000")
    saved(replace(scan, started_at=later.ingested_at), client, run=later)
    assert deletions(scan, later) == [(4, "ARCHIVED", ARCHIVED_AT, None)]


def test_an_archive_longer_than_the_list_is_left_alone(scan, client, host):
    """A sweep costs less then, and meets everything: who is not met vanished."""
    host.answer(answers(endless, live=(3, 4)))
    pages = saved(replace(scan, live=4), client)
    assert note(pages) == [f"{UNTRACKED} {TODAY.ingested_at}"]
    assert len(pages) < 15
    assert any(page.whole for page in pages)
    assert deletions(scan) == [
        (1, "ARCHIVED", ARCHIVED_AT, None),
        (2, "ARCHIVED", ARCHIVED_AT, None),
    ]


def test_an_archive_that_may_not_be_listed_is_left_alone(scan, client, host):
    """Not every type has one."""
    host.answer(answers(lambda _: Reply({"status": "error", "message": "no"}, 400), live=(3, 4)))
    assert note(saved(scan, client)) == [f"{UNTRACKED} {TODAY.ingested_at}"]
    assert [one[:2] for one in deletions(scan)] == [(1, "VANISHED"), (2, "VANISHED")]


def test_who_is_in_no_list_is_asked_for_by_id(scan, client, host):
    """It was merged into a record that does not say so, or the list dropped it."""
    empty = Reply({"results": []})
    host.answer(answers(lambda _: empty, live=(3, 4), into={1: 3, 2: 2}))
    saved(scan, client, way="sweep")
    assert deletions(scan) == [(1, "MERGED", None, 3)]
    assert set(scan.so_far.times((1, 2, 3, 4))) == {2, 3, 4}


@pytest.mark.parametrize("way", ["list", "sweep", "ids"])
def test_who_was_archived_behind_the_archive_pass_did_not_vanish(scan, client, host, way):
    """What happened to it stays, as HubSpot goes on to serve that; of who vanished it goes."""
    host.answer(answers(lambda _: Reply({"results": []}), live=(3, 4), late=(1,)))
    saved(scan, client, way=way)
    assert deletions(scan) == [(1, "ARCHIVED", ARCHIVED_AT, None), (2, "VANISHED", None, None)]
    assert in_archive(scan) == {1: TODAY.ingested_at}


def test_who_was_archived_between_search_and_batch_did_not_vanish(scan, client, host):
    """Search lags behind: it gives records that are not live any more."""
    found = Reply({"total": 2, "results": [{"id": "1"}, {"id": "2"}]})
    empty = Reply({"results": []})
    rest = answers(lambda _: empty, live=(3, 4), late=(1,))
    host.answer(lambda got: found if got.target.endswith("/search") else rest(got))
    saved(scan, client)
    assert deletions(scan) == [(1, "ARCHIVED", ARCHIVED_AT, None), (2, "VANISHED", None, None)]


def test_who_a_run_missed_that_was_given_up_is_asked_for_by_the_next(scan, client, host):
    """It had met everything else, and was killed before it asked."""
    given_up = RunMark("run-given-up", "2026-11-20 17:00:00.000")
    with open_stream(scan.so_far.folder, STREAM, given_up) as file:
        file.save([(id_, ARCHIVED_AT, b"{}") for id_ in (2, 3, 4)], "end", whole=[()])
    host.answer(answers(lambda _: Reply({"results": []}), live=(2, 3, 4), late=(1,)))
    saved(replace(scan, since="2026-11-20 05:00:00.000"), client)
    assert deletions(scan) == [(1, "ARCHIVED", ARCHIVED_AT, None)]


@pytest.mark.parametrize(
    ("tried", "way"),
    [("2026-11-20 05:00:00.000", "ids"), ("2026-11-14 05:00:00.000", "sweep")],
)
def test_an_archive_that_was_too_long_is_tried_again(tmp_path, tried, way):
    """Sweeps by ids alone move the time of the newest sweep each day: it says nothing of the archive."""
    with open_stream(tmp_path, STREAM, TODAY) as file:
        file.save([], "end", whole=[()], note=f"{UNTRACKED} {tried}")
        file.finish(keeps=True)
    scope = scope_of(
        open_reader(tmp_path, (STREAM,), TODAY.run_id), started_at="2026-11-21 06:00:00.000"
    )
    assert scan_of(scope, TypeDocument("0-2", "company")).then == way


def test_a_cursor_that_expired_is_no_missing_archive(scan, client, host):
    """The engine starts such a pass again."""
    host.answer(answers(lambda _: Reply({"status": "error", "message": "no"}, 400)))
    with pytest.raises(BadRequest):
        next(read(scan, client, Position("changes", "archive", "500").text))

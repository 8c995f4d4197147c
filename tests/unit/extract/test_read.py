"""The engine that reads streams: order, gaps, and what one failing stream does to the others."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import cast

import pytest

from crmsnap.errors import BadRequest, GapAppeared, HubSpotError, MissingScope, Unavailable
from crmsnap.extract.discover import discover
from crmsnap.extract.full import extract
from crmsnap.extract.read import Reading, read_all, unread
from crmsnap.extract.wanted import with_earlier
from crmsnap.hubspot.client import Client
from crmsnap.model import Gap, Progress, StreamBegan, StreamEnded
from crmsnap.state.folder import open_reader
from crmsnap.state.stream_file import RunMark
from crmsnap.streams.stream import END, Page, Scope, Stream, Task


class Nobody:
    """A client that is handed on and never asked."""

    def counted_as(self, _: str) -> "Nobody":
        return self


NOBODY = cast(Client, Nobody())
"""The streams of these tests ask nobody."""


def a_stream(
    name: str,
    *pages: str,
    after: tuple[Stream, ...] = (),
    error: HubSpotError | None = None,
    probe: Callable[[Client], object] | None = None,
    defines: bool = False,
) -> Stream:
    """A stream of one document a page, which may end in an error."""

    def tasks(_: Scope) -> Iterator[Task]:
        yield Task(name, partial(_read, pages, error), probe=probe)

    return Stream(
        name=name,
        description=name,
        endpoint="",
        scopes=(),
        tasks=tasks,
        after=after,
        defines=defines,
    )


def _read(
    pages: Sequence[str], error: HubSpotError | None, _: Client, position: str | None
) -> Iterator[Page]:
    left = pages[pages.index(position) + 1 :] if position in pages else pages
    for key in left:
        yield Page([(key, b"{}")], key)
    if error is not None:
        raise error


class Watched:
    """A reading whose progress is kept."""

    def __init__(self, folder: Path, workers: int = 4) -> None:
        self.seen: list[Progress] = []
        self.gaps: list[Gap] = []
        self._lock = threading.Lock()
        self.reading = Reading(
            client=NOBODY,
            folder=folder,
            run=RunMark("run-1", "2026-11-22 02:00:00.000"),
            observe=self._observe,
            declare=self.gaps.append,
            workers=workers,
        )
        self.scope = Scope(
            reader=open_reader(folder, (), "run-1"),
            types=frozenset(),
            values=True,
            histories=True,
            started_at="2026-11-22 02:00:00.000",
        )

    def _observe(self, event: Progress) -> None:
        with self._lock:
            self.seen.append(event)

    def names(self, kind: type) -> list[str]:
        return [event.stream for event in self.seen if isinstance(event, kind)]


def test_a_stream_waits_for_those_that_it_asks_by(tmp_path):
    """Associations are asked for by the ids of records."""
    first = a_stream("first", "a", "b", "c")
    second = a_stream("second", "a", after=(first,))
    third = a_stream("third", "a", after=(second, first))
    watched = Watched(tmp_path)
    extract([third], watched.scope, watched.reading, allow_gaps=False)
    order = [
        (type(event).__name__, event.stream)
        for event in watched.seen
        if isinstance(event, StreamBegan | StreamEnded)
    ]
    assert order == [
        (kind, name)
        for name in ("first", "second", "third")
        for kind in ("StreamBegan", "StreamEnded")
    ]


def test_streams_come_once_and_after_what_they_need():
    """Two tables may need one stream."""
    first = a_stream("first")
    second = a_stream("second", after=(first,))
    assert with_earlier([second, first, second]) == [first, second]


def test_a_failing_stream_stops_the_others_after_their_page(tmp_path):
    """What they have read is kept, and the error is the one that happened."""
    started = threading.Event()

    def endless(_: Client, position: str | None) -> Iterator[Page]:
        number = int(position or 0)
        while True:
            number += 1
            started.set()
            yield Page([(str(number), b"{}")], str(number))

    def failing(_: Client, __: str | None) -> Iterator[Page]:
        assert started.wait(10)
        raise Unavailable("HubSpot is down")
        yield

    long = Stream("long", "", "", (), lambda _: iter([Task("long", endless)]))
    broken = Stream("broken", "", "", (), lambda _: iter([Task("broken", failing)]))
    watched = Watched(tmp_path)
    with pytest.raises(Unavailable, match="HubSpot is down"):
        extract([long, broken], watched.scope, watched.reading, allow_gaps=True)
    assert "long" not in watched.names(StreamEnded)
    reader = open_reader(tmp_path, ("long",), "run-1")
    assert reader.streams == ()  # begun, kept, and not visible as finished


def test_a_finished_stream_is_not_read_again(tmp_path):
    """The next run of the same day goes on with what is missing."""
    watched = Watched(tmp_path)
    stream = a_stream("owners", "a", "b")
    for _ in range(2):
        extract([stream], watched.scope, watched.reading, allow_gaps=False)
    assert watched.names(StreamBegan) == ["owners"]


def test_a_stream_whose_last_page_was_saved_is_only_finished(tmp_path):
    """Killed between the last page and the mark of its end: no call is needed."""
    calls: list[str | None] = []

    def once(_: Client, position: str | None) -> Iterator[Page]:
        calls.append(position)
        yield Page([("a", b"{}")], END)
        raise Unavailable("killed here")

    stream = Stream("owners", "", "", (), lambda _: iter([Task("owners", once)]))
    watched = Watched(tmp_path)
    with pytest.raises(Unavailable):
        extract([stream], watched.scope, watched.reading, allow_gaps=False)
    extract([stream], watched.scope, watched.reading, allow_gaps=False)
    assert calls == [None]
    assert open_reader(tmp_path, ("owners",), "run-1").streams == ("owners",)


def test_a_refusal_in_discovery_is_a_declared_gap(tmp_path):
    """Known before anything is copied: the other streams go on."""

    def refuse(_: Client) -> object:
        raise MissingScope("HubSpot refused to read teams", scopes=("settings.users.teams.read",))

    watched = Watched(tmp_path)
    streams = [a_stream("teams", "a", probe=refuse), a_stream("owners", "a")]
    scope = discover(streams, watched.scope, watched.reading)
    extract(streams, scope, watched.reading, allow_gaps=False)
    assert [(gap.stream, gap.reason, gap.scopes) for gap in watched.gaps] == [
        ("teams", "missing-scope", ("settings.users.teams.read",))
    ]
    assert watched.names(StreamEnded) == ["owners"]


def test_a_refusal_of_a_definition_is_a_gap_of_what_it_defines(tmp_path):
    """Without the properties of a type its records cannot be asked for."""
    refused = MissingScope("no", scopes=("crm.schemas.leads.read",))

    def tasks(_: Scope) -> Iterator[Task]:
        yield Task("properties/0-136", partial(_read, (), refused), gap="objects/0-136")

    stream = Stream("properties/<type>", "", "", (), tasks, defines=True)
    watched = Watched(tmp_path)
    scope = discover([stream], watched.scope, watched.reading)
    assert [gap.stream for gap in watched.gaps] == ["objects/0-136"]
    assert scope.gaps == {"objects/0-136"}


def test_a_refusal_in_the_middle_withholds_the_day(tmp_path):
    """A hole that appears while reading must not be published as if nothing had happened."""
    stream = a_stream("owners", "a", error=MissingScope("no", scopes=("crm.objects.owners.read",)))
    watched = Watched(tmp_path)
    with pytest.raises(GapAppeared, match="owners became unreadable") as raised:
        extract([stream], watched.scope, watched.reading, allow_gaps=False)
    assert "--allow-gaps" in raised.value.remedy


def test_the_refusal_that_withheld_a_day_is_a_gap_when_the_run_goes_on(tmp_path):
    """Else a scope that nothing can try beforehand would withhold every day for ever."""
    stream = a_stream("owners", "a", error=MissingScope("no", scopes=("crm.objects.owners.read",)))
    watched = Watched(tmp_path)
    with pytest.raises(GapAppeared):
        extract([stream], watched.scope, watched.reading, allow_gaps=False)
    known = [gap.stream for gap in watched.gaps]
    scope = extract([stream], watched.scope, watched.reading, known=known, allow_gaps=False)
    assert known == ["owners"]
    assert scope.reader.streams == ()


def test_a_refusal_in_the_middle_is_declared_where_the_operator_allows_it(tmp_path):
    """`--allow-gaps`: better a day with a hole that is named than no day."""
    refused = MissingScope("no", scopes=("crm.objects.owners.read",))
    watched = Watched(tmp_path)
    scope = extract(
        [a_stream("owners", "a", error=refused)], watched.scope, watched.reading, allow_gaps=True
    )
    assert [gap.stream for gap in watched.gaps] == ["owners"]
    assert scope.reader.streams == ()


def test_what_a_page_may_not_read_is_declared_and_the_stream_goes_on(tmp_path):
    """One pair of types, one pipeline: smaller than the stream."""
    gap = Gap("pipelines/0-136", "missing-scope", "no")

    def read(_: Client, __: str | None) -> Iterator[Page]:
        yield Page([], "0-136", gaps=[gap])
        yield Page([("0-3 default", b"{}")], END)

    stream = Stream("pipelines", "", "", (), lambda _: iter([Task("pipelines", read)]))
    watched = Watched(tmp_path)
    scope = extract([stream], watched.scope, watched.reading, allow_gaps=False)
    assert watched.gaps == [gap]
    assert [document.key for document in scope.reader.documents("pipelines")] == ["0-3 default"]


def test_a_saved_cursor_that_hubspot_no_longer_knows_begins_the_stream_again(tmp_path):
    """Cursors may expire between two runs; a run must not fail on it for ever."""

    def read(_: Client, position: str | None) -> Iterator[Page]:
        if position == "stale":
            raise BadRequest("after is not valid")
        yield Page([("a", b"{}")], END if position is None and attempts else "stale")
        if not attempts:
            attempts.append(1)
            raise Unavailable("killed here")

    attempts: list[int] = []
    stream = Stream("owners", "", "", (), lambda _: iter([Task("owners", read)]))
    watched = Watched(tmp_path)
    with pytest.raises(Unavailable):
        extract([stream], watched.scope, watched.reading, allow_gaps=False)
    scope = extract([stream], watched.scope, watched.reading, allow_gaps=False)
    assert [document.key for document in scope.reader.documents("owners")] == ["a"]


def test_a_cursor_of_this_run_is_not_taken_for_an_old_one(tmp_path):
    """Also where a page brought no row, as in a sweep: nothing is read twice for an error that stays."""

    def read(_: Client, position: str | None) -> Iterator[Page]:
        asked.append(position)
        if position is None:
            yield Page([("a", b"{}")], "1")
            raise Unavailable("killed here")
        yield Page([], "2", met=[("a",)])
        raise BadRequest("no")

    asked: list[str | None] = []
    stream = Stream("owners", "", "", (), lambda _: iter([Task("owners", read)]))
    watched = Watched(tmp_path)
    with pytest.raises(Unavailable):
        extract([stream], watched.scope, watched.reading, allow_gaps=False)
    with pytest.raises(BadRequest):
        extract([stream], watched.scope, watched.reading, allow_gaps=False)
    assert asked == [None, "1"]


def test_another_error_is_no_gap(tmp_path):
    """A host that is down must not look like a missing scope."""
    stream = a_stream("owners", error=Unavailable("HubSpot is down"))
    watched = Watched(tmp_path)
    with pytest.raises(Unavailable):
        extract([stream], watched.scope, watched.reading, allow_gaps=True)


def test_many_streams_are_read_at_once(tmp_path):
    """Each waits for HubSpot most of the time: four of them meet at one barrier."""
    barrier = threading.Barrier(4)

    def meet(_: Client, __: str | None) -> Iterator[Page]:
        barrier.wait(10)
        yield Page([("a", b"{}")], END)

    stream = Stream(
        "objects/<type>", "", "", (), lambda _: (Task(f"owners{n}", meet) for n in range(4))
    )
    watched = Watched(tmp_path, workers=4)
    read_all([stream], lambda s: list(s.tasks(watched.scope)), watched.reading, lambda *_: None)
    assert sorted(watched.names(StreamEnded)) == [f"owners{n}" for n in range(4)]


def test_a_stream_that_is_taken_back_is_built_on_by_nobody(tmp_path):
    """A run that was given up after a sweep had found records leaves nothing that the next one takes for whole."""
    watched = Watched(tmp_path)
    stream = a_stream("owners", "a", "b")
    scope = extract([stream], watched.scope, watched.reading, allow_gaps=False)
    assert scope.reader.finished("owners") is not None
    (task,) = stream.tasks(scope)
    unread(task, watched.reading)
    assert scope.reader.finished("owners") is None
    assert open_reader(tmp_path, ("owners",), "run-1").streams == ()


def test_a_run_goes_on_in_another_way_from_the_beginning(tmp_path):
    """Its position was reached by a pass that kept what it did not meet: the lists before it would be gone."""
    watched = Watched(tmp_path)
    positions: list[str | None] = []

    def read(_: Client, position: str | None) -> Iterator[Page]:
        positions.append(position)
        yield Page([("a", b"{}")], "1")
        if len(positions) < 2:
            raise Unavailable("killed here")

    for keeps in (True, False):
        stream = Stream(
            "lists", "", "", (), lambda _, keeps=keeps: iter([Task("lists", read, keeps=keeps)])
        )
        with suppress(Unavailable):
            extract([stream], watched.scope, watched.reading, allow_gaps=False)
    assert positions == [None, None]

"""Whoever watches a run, without one."""

import json
from threading import Thread

import pytest

from crmsnap.cli.watch.json_lines import JsonLines
from crmsnap.cli.watch.lines import Lines
from crmsnap.model import StepBegan, StreamAdvanced, StreamBegan, StreamEnded, TableEnded


class Clock:
    """Time that stands still unless it is moved."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_lines_tell_rows_time_and_rate_of_a_finished_stream(
    clock: Clock, capsys: pytest.CaptureFixture[str]
):
    """The rate counts only what this run read, not what an earlier one had left."""
    lines = Lines(clock)
    lines.observe(StreamBegan("objects/0-1", 1000, 5000))
    lines.observe(StreamAdvanced("objects/0-1", 3000))
    clock.sleep(4)
    lines.observe(StreamEnded("objects/0-1", 5000))
    assert capsys.readouterr().err == "read objects/0-1: 5,000 rows in 4.0 s, 1,000 rows/s\n"


def test_lines_tell_of_steps_and_tables(clock: Clock, capsys: pytest.CaptureFixture[str]):
    """One line each, names escaped."""
    lines = Lines(clock)
    lines.observe(StepBegan("publish"))
    lines.observe(TableEnded("EVENTS_\x1b", 1, 999, 1))
    assert capsys.readouterr().err == "publish ...\nwrote EVENTS_\\x1b: 1 row, 999 B, 1 part\n"


def test_json_lines_show_every_event_but_only_one_page_a_second(
    clock: Clock, capsys: pytest.CaptureFixture[str]
):
    """A million records are ten thousand pages, which nobody wants to read."""
    lines = JsonLines(clock)
    lines.observe(StreamBegan("owners", 0, None))
    for rows in (100, 200, 300):
        lines.observe(StreamAdvanced("owners", rows))
        clock.sleep(0.5)
    lines.observe(StreamEnded("owners", 300))
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(event["event"], event["rows"]) for event in events] == [
        ("stream-began", 0),
        ("stream-advanced", 100),
        ("stream-advanced", 300),
        ("stream-ended", 300),
    ]


def test_events_of_many_threads_come_as_whole_lines(
    clock: Clock, capsys: pytest.CaptureFixture[str]
):
    """A program reads them line by line."""
    lines = JsonLines(clock)

    def observe(number: int) -> None:
        for _ in range(50):
            lines.observe(StreamEnded(f"stream-{number}", number))

    threads = [Thread(target=observe, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    written = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert len(written) == 400

"""On a terminal: a bar per stream that is being read, its rate and time left, and the calls used.

An account has hundreds of streams; those that have ended leave only a sum behind.
"""

import sys
from collections.abc import Callable
from threading import Lock
from types import TracebackType
from typing import TYPE_CHECKING, Self

from rich import progress as rich_progress
from rich.console import Console, Group
from rich.live import Live
from rich.progress import (
    BarColumn,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from crmsnap.cli.text import count, escaped, size
from crmsnap.cli.watch.silence import Silence
from crmsnap.model import (
    Progress,
    StepBegan,
    StreamAdvanced,
    StreamBegan,
    StreamEnded,
    TableEnded,
)

if TYPE_CHECKING:
    from crmsnap.hubspot.usage import Usage

PICTURES_PER_SECOND = 5


class Bars(Silence):
    """Draws on stderr, so that stdout stays the result's."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._bars = rich_progress.Progress(
            TextColumn("  {task.description}", markup=False),
            BarColumn(bar_width=24),
            _Rows(),
            _Rate(),
            TimeRemainingColumn(),
        )
        self._tasks: dict[str, TaskID] = {}
        self._step = ""
        self._streams = self._rows = self._tables = self._bytes = 0
        self._usage: Callable[[], Usage] | None = None
        self._live = Live(
            console=Console(file=sys.stderr),
            get_renderable=self._picture,
            refresh_per_second=PICTURES_PER_SECOND,
            transient=True,
        )

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._live.stop()

    def ask(self, usage: "Callable[[], Usage]") -> None:
        """Where to ask how many calls were used."""
        self._usage = usage

    def observe(self, event: Progress) -> None:
        """Take an event."""
        with self._lock:
            match event:
                case StepBegan(step):
                    self._step = step
                case StreamBegan(stream, rows, expected):
                    self._tasks[stream] = self._bars.add_task(
                        escaped(stream), total=expected, completed=rows
                    )
                case StreamAdvanced(stream, rows):
                    if stream in self._tasks:
                        self._bars.update(self._tasks[stream], completed=rows)
                case StreamEnded(stream, rows):
                    if stream in self._tasks:
                        self._bars.remove_task(self._tasks.pop(stream))
                    self._streams += 1
                    self._rows += rows
                case TableEnded(bytes=table_bytes):
                    self._tables += 1
                    self._bytes += table_bytes

    def _picture(self) -> Group:
        facts = [count(self._streams, "stream") + f" read, {count(self._rows, 'row')}"]
        if self._tables:
            facts.append(f"{count(self._tables, 'table')} written, {size(self._bytes)}")
        if self._usage is not None:
            facts.append(_calls(self._usage()))
        return Group(Text.assemble((self._step, "bold"), "  ", "  |  ".join(facts)), self._bars)


def _calls(usage: "Usage") -> str:
    used = count(usage.total_calls, "call")
    if usage.daily_limit is None or usage.daily_remaining is None:
        return used
    spent = usage.daily_limit - usage.daily_remaining
    return f"{used}, {spent / usage.daily_limit:.0%} of the day's {usage.daily_limit:,}"


class _Rows(ProgressColumn):
    """`2,000 / 10,000`, or only the first where nobody knows the second."""

    def render(self, task: Task) -> Text:
        done = f"{task.completed:,.0f}"
        return Text(done if task.total is None else f"{done} / {task.total:,.0f}")


class _Rate(ProgressColumn):
    """Records a second."""

    def render(self, task: Task) -> Text:
        return Text("" if task.speed is None else f"{task.speed:,.0f} records/s")

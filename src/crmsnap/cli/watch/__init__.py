"""Whoever watches a run: bars on a terminal, lines without one, JSON lines for programs.

Events come from many threads at once, so every watcher holds a lock while it writes.
"""

import sys
from typing import TYPE_CHECKING

from crmsnap.cli.watch.silence import Silence

if TYPE_CHECKING:
    from crmsnap.cli.watch.watcher import Watcher
    from crmsnap.model import Clock


def watcher(clock: "Clock", *, json: bool, quiet: bool) -> "Watcher":
    """The watcher that fits the options and the place where stderr goes."""
    if json:
        from crmsnap.cli.watch.json_lines import JsonLines

        return JsonLines(clock)
    if quiet:
        return Silence()
    if sys.stderr.isatty():
        from crmsnap.cli.watch.bars import Bars

        return Bars()
    from crmsnap.cli.watch.lines import Lines

    return Lines(clock)

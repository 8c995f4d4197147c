"""What other users of this machine can see of a running command: arguments and environment, by /proc."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

PAUSE_SECONDS = 0.05


@dataclass
class Seen:
    """What was seen of a process and of all that it started."""

    arguments: set[bytes] = field(default_factory=set)
    environments: set[bytes] = field(default_factory=set)


@contextmanager
def watched(pid: int) -> Iterator[Seen]:
    """Look again and again for as long as the block lasts."""
    seen, ended = Seen(), threading.Event()
    _look(pid, seen)

    def watch() -> None:
        while not ended.wait(PAUSE_SECONDS):
            _look(pid, seen)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield seen
    finally:
        ended.set()
        thread.join()


def _look(pid: int, seen: Seen) -> None:
    process = Path("/proc") / str(pid)
    with suppress(OSError):  # it has ended
        seen.arguments.add((process / "cmdline").read_bytes())
        seen.environments.add((process / "environ").read_bytes())
        for task in (process / "task").iterdir():
            for child in (task / "children").read_text().split():
                _look(int(child), seen)

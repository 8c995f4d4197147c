"""Tasks that a worker can import by name, as it does those of the product."""

import os
import signal
from pathlib import Path

from crmsnap.destinations.folder import Folder
from crmsnap.errors import StateDamaged
from crmsnap.state.reader import StateReader
from crmsnap.state.written import RememberPuts


def add(one: int, two: int) -> int:
    return one + two


def count_up(file: Path) -> int:
    """Another result at each call, which tells whether it was called."""
    with file.open("a") as text:
        text.write("x")
    return file.stat().st_size


def refuse() -> None:
    raise StateDamaged("a file is damaged", cause="a bit", remedy="delete it")


def fail() -> None:
    raise ZeroDivisionError("a mistake of ours")


def remember(puts: RememberPuts, key: str) -> int:
    puts([key])
    return os.getpid()


def folder_of(reader: StateReader) -> Path:
    return reader.folder


def root_of(destination: Folder) -> Path:
    return destination.root


def import_missing() -> None:
    import not_installed_here  # noqa: F401 - to fail is all it does


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)

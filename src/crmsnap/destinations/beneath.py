"""The way to a file below a folder, taken step by step so that no link leads out of it.

Looking first and opening then would leave a moment in which somebody puts a link there. So each folder is
opened from the one above it, and refused if it is a link (openat and O_NOFOLLOW, open(2)); what is open
stays the same folder, whatever happens to its name.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_STEP = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_OPEN_FOLDERS = Path("/proc/self/fd")


@contextmanager
def folder_of(root: Path, key: str, *, make: bool = False) -> Iterator[Path]:
    """The folder of a key below `root`, as a path that stays this folder; `make` makes what is missing.

    Raise `OSError`: ENOENT for a folder that is missing, ENOTDIR or ELOOP for a link in place of one.
    The root itself may be a link, since the user has named it.
    """
    *segments, _ = key.split("/")
    folder = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for segment in segments:
            if make:
                _make(segment, folder)
            below = os.open(segment, _STEP, dir_fd=folder)
            os.close(folder)
            folder = below
        # Where there is no /proc, its name has to do.
        is_named = _OPEN_FOLDERS.is_dir()
        yield _OPEN_FOLDERS / str(folder) if is_named else root.joinpath(*segments)
    finally:
        os.close(folder)


def open_unlinked(path: Path) -> int:
    """A descriptor of a file that is no link itself. Raise `OSError`: ELOOP for a link."""
    return os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)


def _make(segment: str, folder: int) -> None:
    with suppress(FileExistsError):
        os.mkdir(segment, dir_fd=folder)
        os.fsync(folder)

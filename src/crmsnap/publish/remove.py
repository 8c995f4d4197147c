"""Removing files that are known by size and hash: several at once, and none that is something else."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from crmsnap.destinations.interface import Destination
from crmsnap.errors import AccessDenied, DestinationError
from crmsnap.model import Clock

AT_ONCE = 16
"""Two small requests a file, so waiting takes longer than working."""

VERSIONS_MAX = 100
"""A part is written once: more versions of it than a few come from somewhere else."""

DENIED = "denied"
DIFFERS = "differs"


@dataclass(frozen=True, slots=True)
class File:
    """A file as it has to be so that it may be removed."""

    key: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Left:
    """A file that should have gone and did not."""

    key: str
    code: str
    """`denied` or `differs`."""
    reason: str


RemoveOne = Callable[[File], bool]
"""Removes a file if it still is what it has to be, and says whether it is gone; one that is not there
is gone. Raises `AccessDenied` with the store's reason."""


Erase = Callable[[str, str | None], None]
"""Removes the current version of a key for good, if it still has this `e_tag`."""


def remover(destination: Destination) -> RemoveOne:
    """Removes by key; a bucket with versions keeps what is removed as a version."""

    def remove(file: File) -> bool:
        found = destination.head(file.key)
        if found is None:
            return True
        if (found.bytes, found.sha256) != (file.bytes, file.sha256):
            return False
        destination.delete(file.key)
        return True

    return remove


def version_remover(destination: Destination, erase: Erase) -> RemoveOne:
    """Removes for good, version by version, as long as what comes to light is what was published."""

    def remove(file: File) -> bool:
        for _ in range(VERSIONS_MAX):
            found = destination.head(file.key)
            if found is None:
                return True
            if (found.bytes, found.sha256) != (file.bytes, file.sha256):
                return False
            try:
                erase(file.key, found.e_tag)
            except DestinationError:
                # A reply that was lost, or another prune: what counts is what lies there now.
                now = destination.head(file.key)
                if now is not None and now.e_tag == found.e_tag:
                    raise
        raise DestinationError(
            f"{file.key} is still there",
            cause=f"{VERSIONS_MAX} versions of it were removed",
            remedy="see what writes it again, then prune again",
        )

    return remove


def remove_all(
    files: Sequence[File], remove_one: RemoveOne, clock: Clock, at_once: int = AT_ONCE
) -> tuple[Left, ...]:
    """Remove files; return those that stay. A denial is not the end, every other error is."""

    def remove(file: File) -> Left | None:
        clock.sleep(0)
        return remove_file(file, remove_one)

    with ThreadPoolExecutor(at_once) as pool:
        tasks = [pool.submit(remove, file) for file in files]
        try:
            found = [task.result() for task in tasks]
        finally:
            for task in tasks:
                task.cancel()
    return tuple(left for left in found if left is not None)


def remove_file(file: File, remove_one: RemoveOne) -> Left | None:
    """Remove one file; return why it stays, if it does."""
    try:
        gone = remove_one(file)
    except AccessDenied as error:
        return Left(file.key, DENIED, error.cause or error.message)
    if gone:
        return None
    return Left(file.key, DIFFERS, "it is not what was published")

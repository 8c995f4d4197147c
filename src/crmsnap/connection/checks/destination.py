"""Questions about a place that is no bucket of AWS: a folder, or a store of another kind.

They are asked through the destination itself, as a sync would.
"""

import shutil
from collections.abc import Callable, Generator
from hashlib import sha256
from pathlib import Path

from crmsnap.connection.check import OTHERWISE, PERMISSION, Check, Observe, Question, asked
from crmsnap.connection.checks.leftovers import ours_among
from crmsnap.connection.checks.target import CANARIES
from crmsnap.connection.questions import (
    CREATE_ONLY,
    DESTINATION_QUESTIONS,
    FREE_SPACE,
    LIST_FILES,
    READ,
    REMOVE,
    REPLACE,
    WRITE,
)
from crmsnap.destinations.interface import Destination
from crmsnap.errors import AlreadyThere, DestinationError

FREE_BYTES_WANTED = 1_000_000_000
"""Below it people should know: a small account's first day takes less, a large one's more."""

_NOBODY_REPLACES = "nothing has to be changed: a sync replaces no file"
_CHOOSE_ANOTHER = (
    "let the user that runs crmsnap write, read, list and delete there, or choose another place"
)
_FIRST, _OTHER, _THIRD = b"first\n", b"other\n", b"third\n"


def run_destination_checks(
    destination: Destination, folder: Path | None, observe: Observe, *, new_id: Callable[[], str]
) -> tuple[Check, ...]:
    """Ask what a sync needs of a destination; `folder` is where its files are, if they are on a disk."""
    return asked(_checks(destination, folder, new_id()), DESTINATION_QUESTIONS, observe)


def _checks(
    destination: Destination, folder: Path | None, name: str
) -> Generator[Check, None, None]:
    key = f"{CANARIES}/{name}"
    yield _room(folder)
    try:
        destination.create(key, _FIRST, sha256=_sha256(_FIRST))
    except DestinationError as error:
        yield _crossed(WRITE, error)
        return
    try:
        yield WRITE.ok("a file was written")
        yield _read(destination, key)
        yield _listed(destination, key)
        yield _created_once(destination, key)
        yield _replaced(destination, key)
    finally:
        removed = _removed(destination, key)
    yield _with_leftovers(destination, key, removed)


def _room(folder: Path | None) -> Check:
    if folder is None:
        return FREE_SPACE.skipped("it is not a folder on a disk")
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    disk = shutil.disk_usage(existing)
    if not disk.total:  # /proc and its like
        return FREE_SPACE.skipped(f"{existing} is on no disk")
    free = disk.free
    answer = f"{free / 1_000_000_000:,.1f} GB are free"
    if free < FREE_BYTES_WANTED:
        return FREE_SPACE.warning(answer, "make room, or choose a folder on another disk")
    return FREE_SPACE.ok(answer)


def _read(destination: Destination, key: str) -> Check:
    try:
        content = destination.get(key)
    except DestinationError as error:
        return _crossed(READ, error)
    if content != _FIRST:
        return READ.failed(
            "something else came back than was written",
            "do not use this place",
            exit_code=OTHERWISE,
        )
    return READ.ok("what was written came back")


def _listed(destination: Destination, key: str) -> Check:
    try:
        keys = [found.key for found in destination.list(f"{CANARIES}/")]
    except DestinationError as error:
        return _crossed(LIST_FILES, error)
    if key not in keys:
        # Nothing is decided by a listing alone, so that is no reason to refuse.
        return LIST_FILES.warning(
            "the file that was written is not listed yet",
            "nothing has to be changed; days may be shown late",
        )
    return LIST_FILES.ok("the file that was written is listed")


def _created_once(destination: Destination, key: str) -> Check:
    try:
        destination.create(key, _OTHER, sha256=_sha256(_OTHER))
    except AlreadyThere:
        return CREATE_ONLY.ok("the second write of one name was refused")
    except DestinationError as error:
        return _crossed(CREATE_ONLY, error)
    return CREATE_ONLY.failed(
        "a file was overwritten all the same",
        "choose another place: two runs could overwrite each other here",
        exit_code=OTHERWISE,
    )


def _replaced(destination: Destination, key: str) -> Check:
    try:
        found = destination.head(key)
        tag = found.e_tag if found is not None else None
        if tag is None:
            return REPLACE.warning("the place gives files no tag", _NOBODY_REPLACES)
        destination.replace(key, _OTHER, sha256=_sha256(_OTHER), e_tag=tag)
    except DestinationError as error:
        return REPLACE.warning(f"{error.message}: {error.cause}", _NOBODY_REPLACES)
    try:
        destination.replace(key, _THIRD, sha256=_sha256(_THIRD), e_tag=tag)
    except AlreadyThere:
        return REPLACE.ok("it does, and refuses when the file was changed")
    except DestinationError as error:
        return REPLACE.warning(f"{error.message}: {error.cause}", _NOBODY_REPLACES)
    return REPLACE.warning(
        "a file was replaced although it had changed",
        _NOBODY_REPLACES,
    )


def _removed(destination: Destination, key: str) -> Check:
    try:
        destination.delete(key)
    except DestinationError as error:
        crossed = _crossed(REMOVE, error)
        return REMOVE.failed(
            f"{crossed.answer}; left behind: {key}", crossed.advice, exit_code=crossed.exit_code
        )
    return REMOVE.ok("they may")


def _with_leftovers(destination: Destination, key: str, removed: Check) -> Check:
    """The answer about removing, with the names of what earlier checks left: its age nobody knows."""
    if removed.verdict != "ok":
        return removed
    try:
        there = ours_among(found.key for found in destination.list(f"{CANARIES}/"))
    except DestinationError:
        return removed  # the question about listing says why
    left = ", ".join(other for other in there if other != key)
    if not left:
        return removed
    return REMOVE.warning(
        f"they may, and an earlier check left {left}",
        "remove it, unless another check runs just now",
    )


def _crossed(question: Question, error: DestinationError) -> Check:
    code = PERMISSION if error.exit_code == PERMISSION else OTHERWISE
    answer = ": ".join(part for part in (error.message, error.cause) if part)
    return question.failed(answer, error.remedy or _CHOOSE_ANOTHER, exit_code=code)


def _sha256(data: bytes) -> str:
    return sha256(data).hexdigest()

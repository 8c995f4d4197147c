"""Whether a destination can be written at all, and create-only, asked before hours of reading.

One empty file in a folder of its own: always the same key, so that a destination that allows no
removal keeps one such file and not one a day. It stays, too, in a bucket that keeps versions, where each
removal would leave a version and a marker: a create-only write of a key that is there is refused only
to those who may write. Whatever else has its name or lies beside it is left.
"""

from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from itertools import count

from crmsnap.destinations.interface import Destination
from crmsnap.destinations.key import finished_key
from crmsnap.errors import AlreadyThere, DestinationError

_FOLDER = ".crmsnap/"
_KEY = f"{_FOLDER}write-test"
_OTHER = b"written by mistake\n"
_THIRD = b"replaced by mistake\n"
_OURS = frozenset(sha256(data).hexdigest() for data in (b"", _OTHER, _THIRD))
_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class WriteTest:
    """What was found out of a destination that can be written."""

    create_only: bool
    """Whether a second write of the same name was refused: on it everything rests when two runs meet."""
    warnings: tuple[str, ...] = ()
    """What stays behind although it should have gone."""


def try_to_write(destination: Destination, *, removes: bool = True) -> WriteTest:
    """Write an empty file and remove it again, with what killed runs left of theirs.

    Raise `DestinationError` if nothing can be written; the right to remove is not needed to publish, and
    is not tried where `removes` is false.
    """
    key = _our_key(destination)
    _write_empty(destination, key)
    holds = _second_write_is_refused(destination, key)
    if not removes:
        return WriteTest(holds)
    try:
        _remove_ours(destination, key)
    except DestinationError as error:
        return WriteTest(holds, (f"{key} stays: {error.message}: {error.cause}",))
    return WriteTest(holds)


def try_to_replace(destination: Destination, *, removes: bool = True) -> None:
    """Replace the empty file, and see that one which was changed meanwhile is not replaced.

    Raise `DestinationError` where that does not hold: then nobody could replace a day safely.
    """
    key = _our_key(destination)
    _write_empty(destination, key)
    first = _e_tag(destination, key)
    _replace(destination, key, _OTHER, first)
    second = _e_tag(destination, key)
    try:
        _replace(destination, key, _THIRD, first)
    except AlreadyThere:
        _replace(destination, key, b"", second)
    else:
        raise DestinationError(
            f"a file at {destination.url} is replaced although it was changed meanwhile",
            cause="the store ignores If-Match",
            remedy="keep the day as it is, or use a store with conditional writes",
        )
    if removes:
        with suppress(DestinationError):
            _remove_ours(destination, key)


def _replace(destination: Destination, key: str, data: bytes, e_tag: str) -> None:
    destination.replace(key, data, sha256=sha256(data).hexdigest(), e_tag=e_tag)


def _e_tag(destination: Destination, key: str) -> str:
    found = destination.head(key)
    return "" if found is None or found.e_tag is None else found.e_tag


def _our_key(destination: Destination) -> str:
    """The usual key, or another one while somebody's own file lies there: poor stores would overwrite it."""
    key = _KEY
    for number in count(2):
        found = destination.head(key)
        if found is None or found.sha256 in _OURS:
            break
        key = f"{_KEY}-{number}"
    return key


def _second_write_is_refused(destination: Destination, key: str) -> bool:
    for _ in range(_ATTEMPTS):  # another run may remove the file between two of our writes
        try:
            destination.create(key, _OTHER, sha256=sha256(_OTHER).hexdigest())
        except AlreadyThere:
            return True
        with suppress(DestinationError):
            destination.delete(key)
        _write_empty(destination, key)
    return False


def _write_empty(destination: Destination, key: str) -> None:
    with suppress(AlreadyThere):  # another run tries at this very moment
        destination.create(key, b"", sha256=sha256(b"").hexdigest())


def _remove_ours(destination: Destination, key: str) -> None:
    found = destination.head(key)
    if found is not None and found.sha256 in _OURS and not found.keeps_versions:
        destination.delete(key)
    for other in list(destination.list(_FOLDER)):
        is_unfinished = other.key != key == finished_key(other.key)
        # Stores refuse such a key: only folders leave these. A power cut may have left a piece of one.
        if is_unfinished and other.bytes <= len(_OTHER):
            destination.delete(other.key)

"""Whether a destination can be written at all, and create-only, asked before hours of reading.

One empty file in a folder of its own: always the same key, so that a destination that allows no
removal keeps one such file and not one a day. Whatever else has its name or lies beside it is left.
"""

from contextlib import suppress
from hashlib import sha256
from itertools import count

from crmsnap.destinations.interface import Destination
from crmsnap.destinations.key import finished_key
from crmsnap.errors import AlreadyThere, DestinationError

_FOLDER = ".crmsnap/"
_KEY = f"{_FOLDER}write-test"
_OTHER = b"written by mistake\n"
_OURS = frozenset(sha256(data).hexdigest() for data in (b"", _OTHER))
_ATTEMPTS = 3


def try_to_write(destination: Destination, *, removes: bool = True) -> bool:
    """Write an empty file and remove it again, with what killed runs left of theirs.

    Return whether a second write of the same name was refused, on which everything rests when two
    runs meet. Raise `DestinationError` if nothing can be written; the right to remove is not needed to
    publish, and is not tried where `removes` is false.
    """
    key = _our_key(destination)
    _write_empty(destination, key)
    holds = _second_write_is_refused(destination, key)
    if removes:
        with suppress(DestinationError):
            _remove_ours(destination, key)
    return holds


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
    if found is not None and found.sha256 in _OURS:
        destination.delete(key)
    for other in list(destination.list(_FOLDER)):
        is_unfinished = other.key != key == finished_key(other.key)
        if is_unfinished and other.bytes in (0, len(_OTHER)):
            destination.delete(other.key)  # stores refuse such a key: only folders leave these

"""Whether a destination can be written at all, and create-only, asked before hours of reading.

One empty file in a folder of its own: always the same key, so that a destination that allows no
removal keeps one such file and not one a day.
"""

from contextlib import suppress
from hashlib import sha256

from crmsnap.destinations.interface import Destination
from crmsnap.errors import AlreadyThere, DestinationError

_FOLDER = ".crmsnap/"
_KEY = f"{_FOLDER}write-test"
_OTHER = b"written by mistake\n"
_ATTEMPTS = 3


def try_to_write(destination: Destination) -> bool:
    """Write an empty file and remove it again, with what killed runs left of theirs.

    Return whether a second write of the same name was refused, on which everything rests when two
    runs meet. Raise `DestinationError` if nothing can be written; the right to remove is not needed to
    publish.
    """
    _write_empty(destination)
    holds = _second_write_is_refused(destination)
    with suppress(DestinationError):
        for found in list(destination.list(_FOLDER)):
            if found.key.startswith(_KEY) and found.bytes in (0, len(_OTHER)):
                destination.delete(found.key)
    return holds


def _second_write_is_refused(destination: Destination) -> bool:
    for _ in range(_ATTEMPTS):  # another run may remove the file between two of our writes
        try:
            destination.create(_KEY, _OTHER, sha256=sha256(_OTHER).hexdigest())
        except AlreadyThere:
            return True
        with suppress(DestinationError):
            destination.delete(_KEY)
        _write_empty(destination)
    return False


def _write_empty(destination: Destination) -> None:
    with suppress(AlreadyThere):  # another run tries at this very moment
        destination.create(_KEY, b"", sha256=sha256(b"").hexdigest())

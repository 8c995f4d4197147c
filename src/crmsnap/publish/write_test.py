"""Whether a destination can be written at all, asked before hours of reading.

One empty file in a folder of its own: always the same key, so that a destination that allows no
removal keeps one such file and not one a day.
"""

from contextlib import suppress
from hashlib import sha256

from crmsnap.destinations.interface import Destination
from crmsnap.errors import DestinationError

_FOLDER = ".crmsnap/"
_KEY = f"{_FOLDER}write-test"


def try_to_write(destination: Destination) -> None:
    """Write an empty file and remove it again, with what killed runs left of theirs.

    Raise `DestinationError` if it cannot be written; the right to remove is not needed to publish.
    """
    destination.create(_KEY, b"", sha256=sha256(b"").hexdigest())
    with suppress(DestinationError):
        for found in list(destination.list(_FOLDER)):
            if found.key.startswith(_KEY) and found.bytes == 0:
                destination.delete(found.key)

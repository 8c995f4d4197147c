"""Which keys there may be: the same on every store, so that a bucket can be copied to a folder."""

import re

from crmsnap.errors import DestinationError

SEGMENT_BYTES_MAX = 240
"""Local file systems take 255 bytes a name; the rest is for the `#<n>` of unfinished files."""

_UNFINISHED = re.compile(r"#[0-9]+$")


def check_key(key: str) -> None:
    """Raise `DestinationError` unless the key stays below the destination's prefix, by its plain text."""
    for segment in key.split("/"):
        if (
            segment in {"", ".", ".."}
            or not segment.isprintable()
            or len(segment.encode("utf-8", "replace")) > SEGMENT_BYTES_MAX
        ):
            raise DestinationError(
                f"{key!r} cannot be the name of a file",
                cause="a segment is empty, a dot, too long, or holds a sign that cannot be printed",
            )
    if _UNFINISHED.search(key):
        raise DestinationError(
            f"{key!r} cannot be the name of a file",
            cause="names that end in # and digits belong to files that were never finished",
        )


def finished_key(key: str) -> str:
    """The key that an unfinished file was meant for; any other key as it is."""
    return _UNFINISHED.sub("", key)

"""Removing what a crashed run left behind: parts, and files that were never finished.

Only keys that this connection recorded before it wrote them, only once the day has its manifest,
and only what the manifest does not list: an earlier sweep could take a part away on which another
run of the same day relies.
"""

from collections.abc import Collection

from crmsnap.destinations.interface import Destination
from crmsnap.destinations.key import finished_key
from crmsnap.publish.layout import day_prefix, manifest_key
from crmsnap.publish.published import read_manifest


def sweep(destination: Destination, day: str, remembered: Collection[str]) -> tuple[str, ...]:
    """Remove the remembered keys of a day that its manifest does not list; return what was removed.

    Files that were never finished go with the key that they were meant for. A day without a
    manifest is left alone.
    """
    manifest = read_manifest(destination, day)
    if manifest is None:
        return ()
    listed = {part.key for part in manifest.parts} | {manifest_key(day)}
    ours = frozenset(remembered)
    strays = [
        found.key
        for found in destination.list(day_prefix(day))
        if found.key not in listed and finished_key(found.key) in ours
    ]
    for key in strays:
        destination.delete(key)
    return tuple(strays)

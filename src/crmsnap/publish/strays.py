"""Removing what crashed runs left behind: parts, and files that were never finished.

Only keys that this connection recorded before it wrote them, and only once nobody can rely on them:
of a complete day what its manifest does not list, and all of a day that no run will complete any more. The
record may be lost in a power cut; but what was never finished of a file that the manifest lists is known by that.
"""

from collections.abc import Collection
from datetime import date

from crmsnap.destinations.interface import Destination
from crmsnap.destinations.key import finished_key
from crmsnap.errors import DestinationError
from crmsnap.publish.layout import day_prefix, hash_in, manifest_key
from crmsnap.publish.published import read_manifest
from crmsnap.state.written import Written

SAFE_DAYS = 2
"""A day so much older than the run's own is given up when it has no manifest: a run on another machine
that began before it would have to be that late."""


def tidy_day(destination: Destination, day: str, written: Written, today: str) -> tuple[str, ...]:
    """Remove the strays of a day, and forget what is remembered of it; return what was removed.

    `today` is the day of the run that has just been published, after which no other of this machine
    can go on. A day that somebody may still complete is left, and stays remembered.
    """
    ours = written.keys(day)
    if destination.head(manifest_key(day)) is not None:
        removed = remove_strays(destination, day, ours)
    elif _age(day, today) < SAFE_DAYS or has_other_parts(destination, day, ours):
        return ()
    else:
        removed = _remove(destination, day, ours, frozenset())
    written.forget(day)
    return removed


def remove_strays(
    destination: Destination, day: str, remembered: frozenset[str]
) -> tuple[str, ...]:
    """Remove the remembered keys of a day that its manifest does not list; return what was removed.

    Files that were never finished go with the key that they were meant for, listed or not. A day without a
    manifest is left alone. Raise `SnapshotError` if the manifest is damaged.
    """
    manifest = read_manifest(destination, day)
    if manifest is None:
        return ()
    listed = {part.key for part in manifest.parts} | {manifest_key(day)}
    return _remove(destination, day, remembered, listed)


def has_other_parts(destination: Destination, day: str, remembered: frozenset[str]) -> bool:
    """Whether somebody else writes parts of this day: both may rely on one that both of them wrote."""
    return any(
        hash_in(found.key, day) is not None and found.key not in remembered
        for found in destination.list(day_prefix(day))
    )


def _age(day: str, today: str) -> int:
    return (date.fromisoformat(today) - date.fromisoformat(day)).days


def _remove(
    destination: Destination, day: str, remembered: frozenset[str], listed: Collection[str]
) -> tuple[str, ...]:
    known = remembered.union(listed)
    strays = [
        found.key
        for found in destination.list(day_prefix(day))
        if found.key not in listed
        and finished_key(found.key) in known
        and _is_what_we_wrote(destination, found.key, day)
    ]
    return tuple(key for key in strays if _deleted(destination, key))


def _deleted(destination: Destination, key: str) -> bool:
    try:
        destination.delete(key)
    except DestinationError:
        if key == finished_key(key):
            raise
        return False  # only folders leave unfinished files: elsewhere it is somebody's own
    return True


def _is_what_we_wrote(destination: Destination, key: str, day: str) -> bool:
    """Whether a part has the content of its name; a file that was never finished may have any."""
    named = hash_in(key, day)
    if named is None:
        return key != finished_key(key)
    found = destination.head(key)
    return found is not None and found.sha256 is not None and found.sha256.startswith(named)

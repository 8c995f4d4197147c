"""A new revision of a published day: its parts first, then its manifest swapped, then what no manifest lists.

Readers find the old manifest or the new one, and each has all of its parts until the other is there. Whoever is
killed leaves parts that the day's manifest does not list; they are remembered, and the next sync removes them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

from crmsnap.destinations.interface import Destination
from crmsnap.errors import AlreadyThere, SnapshotError
from crmsnap.publish.manifest import Manifest
from crmsnap.publish.manifest_json import to_bytes
from crmsnap.publish.prune_days import WholeDay
from crmsnap.publish.strays import remove_strays
from crmsnap.state.written import Written


@dataclass(frozen=True, slots=True)
class Revised:
    """A day that has a new revision."""

    manifest: Manifest
    swept: tuple[str, ...]
    """The files of the old one that are gone."""
    keeps_versions: bool
    """Whether the store said that what is replaced stays as an earlier version."""


def revise(
    destination: Destination,
    old: WholeDay,
    manifest: Manifest,
    written: Written,
    assure: Callable[[], None] = lambda: None,
) -> Revised:
    """Put a manifest, whose parts are all there, in the place of the one that a day has.

    `assure` is called right before, and may raise to change nothing. Raise `SnapshotError` if the day's
    manifest is not the old one any more.
    """
    key = old.manifest_file.key
    found = destination.head(key)
    if found is None or found.sha256 != old.manifest_file.sha256 or found.e_tag is None:
        raise _changed(key, destination)
    written.remember([*(file.key for file in old.part_files), key])
    data = to_bytes(manifest)
    assure()
    try:
        destination.replace(key, data, sha256=sha256(data).hexdigest(), e_tag=found.e_tag)
    except AlreadyThere as error:
        raise _changed(key, destination) from error
    day = manifest.facts.day
    removed = remove_strays(destination, day, written.keys(day))
    return Revised(manifest, removed, found.keeps_versions)


def _changed(key: str, destination: Destination) -> SnapshotError:
    return SnapshotError(
        f"{key} at {destination.url} was changed meanwhile",
        cause="another run or another machine has revised or removed this day",
        remedy="look at it with `crmsnap verify`, then do it again",
    )

"""What a destination already holds: days, and the manifest of one."""

from dataclasses import dataclass

from crmsnap.destinations.interface import Destination
from crmsnap.errors import NotThere, SnapshotError
from crmsnap.publish.layout import is_day, manifest_key
from crmsnap.publish.manifest import Manifest, RunFacts
from crmsnap.publish.manifest_json import from_bytes


@dataclass(frozen=True, slots=True)
class Day:
    """A folder of a sync day."""

    day: str
    complete: bool
    """Whether it has its manifest; without one it is no snapshot."""


def days(destination: Destination) -> list[Day]:
    """The days at a destination, oldest first."""
    return [
        Day(name, complete=destination.head(manifest_key(name)) is not None)
        for name in day_folders(destination)
    ]


def newest_complete_day(destination: Destination) -> str | None:
    """The newest day that has its manifest, None if there is none."""
    for name in reversed(day_folders(destination)):
        if destination.head(manifest_key(name)) is not None:
            return name
    return None


def day_folders(destination: Destination) -> list[str]:
    """The names of the folders that look like days, oldest first."""
    return [name for name in destination.folders("") if is_day(name)]


def read_manifest(destination: Destination, day: str) -> Manifest | None:
    """The manifest of a day, None if it has none. Raise `SnapshotError` if it is damaged."""
    try:
        data = destination.get(manifest_key(day))
    except NotThere:
        return None
    return manifest_of(day, data)


def newer_revision(destination: Destination, manifest: Manifest) -> Manifest | None:
    """The manifest that a day has by now, None if it has none or still this one.

    Whoever misses a part asks: what only an older revision listed is removed.
    """
    there = read_manifest(destination, manifest.facts.day)
    return None if there is None or there.facts == manifest.facts else there


def manifest_of(day: str, data: bytes) -> Manifest:
    """The manifest in a day's file. Raise `SnapshotError` if it is damaged, or that of another day."""
    key = manifest_key(day)
    manifest = from_bytes(data, key)
    if manifest.facts.day != day:
        raise SnapshotError(
            f"{key} is the manifest of {manifest.facts.day}",
            cause="somebody moved or copied it",
            remedy="give the folder its own name back",
        )
    return manifest


def published(destination: Destination, facts: RunFacts) -> Manifest | None:
    """The manifest that a run finds on its day, None if the day is still to be published.

    Raise `SnapshotError` if the day was made for another connection or with another selection.
    """
    manifest = read_manifest(destination, facts.day)
    if manifest is None:
        return None
    refuse_others(destination, manifest, facts)
    if manifest.facts.selection != facts.selection:
        raise SnapshotError(
            f"{facts.day} at {destination.url} was published with another selection",
            cause="a published day is never rewritten",
            remedy="sync with the same types and tables, or to another destination, or tomorrow;"
            " or replace the day with --replace",
        )
    return manifest


def refuse_others(destination: Destination, manifest: Manifest, facts: RunFacts) -> None:
    """Raise `SnapshotError` if a day was made for another connection than that of this run."""
    there = manifest.facts
    if (there.connection, there.account) != (facts.connection, facts.account):
        raise SnapshotError(
            f"{facts.day} at {destination.url} belongs to connection {there.connection}",
            cause=f"this is connection {facts.connection} of account {facts.account}",
            remedy="give every connection a folder or prefix of its own",
        )

"""Looking at a day before it may be removed: whether it is a whole snapshot of this connection.

A manifest proves itself and names whose it is; a listing shows that its parts are there. Whatever
is not as it should be is a reason to leave the whole day alone.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from crmsnap.destinations.answer import OddKey
from crmsnap.destinations.interface import Destination
from crmsnap.errors import NotThere, SnapshotError
from crmsnap.publish.layout import day_prefix, hash_in, manifest_key
from crmsnap.publish.manifest import Manifest
from crmsnap.publish.published import day_folders, manifest_of
from crmsnap.publish.remove import File


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose snapshots may be removed."""

    connection: str
    account: str | None = None
    """None where no state says it: then the account of the first day that is looked at."""


@dataclass(frozen=True, slots=True)
class WholeDay:
    """A whole snapshot: its manifest, and the files of which it consists."""

    manifest: Manifest
    data: bytes = field(repr=False)
    """The manifest's file."""

    @property
    def manifest_file(self) -> File:
        """The file with which the day is complete."""
        sha256 = hashlib.sha256(self.data).hexdigest()
        return File(manifest_key(self.manifest.facts.day), len(self.data), sha256)

    @property
    def part_files(self) -> tuple[File, ...]:
        """The parts, each key once."""
        parts = {part.key: File(part.key, part.bytes, part.sha256) for part in self.manifest.parts}
        return tuple(parts.values())


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found of a day, without the manifest: there may be hundreds of days."""

    trouble: str
    parts: int = 0
    bytes: int = 0
    """Of the parts and the manifest."""


class OurDays:
    """The days of one connection at a destination; each is looked at once, when it is asked for."""

    def __init__(self, destination: Destination, owner: Owner, unfinished: str | None) -> None:
        """`unfinished`: the day of a run that can still go on there."""
        self._destination = destination
        self._owner = owner
        self.unfinished = unfinished
        self._looked: dict[str, Looked] = {}

    @property
    def destination(self) -> Destination:
        """Where they are."""
        return self._destination

    def names(self) -> tuple[str, ...]:
        """Every folder that has the name of a day, oldest first."""
        return tuple(day_folders(self._destination))

    def trouble(self, day: str) -> str:
        """Why the day may not be touched; empty when it is a whole snapshot of this connection."""
        return self.looked(day).trouble

    def looked(self, day: str) -> Looked:
        """What was found of the day when it was first asked for."""
        if day not in self._looked:
            try:
                whole = self.whole(day)
            except SnapshotError as error:
                self._looked[day] = Looked(error.message)
            else:
                files = (whole.manifest_file, *whole.part_files)
                self._looked[day] = Looked("", len(files) - 1, sum(file.bytes for file in files))
        return self._looked[day]

    def whole(self, day: str) -> WholeDay:
        """The day as it is now. Raise `SnapshotError` with the reason why it may not be touched."""
        if day == self.unfinished:
            raise SnapshotError("a run of this day has not ended")
        try:
            data = self._destination.get(manifest_key(day))
        except NotThere:
            raise SnapshotError("it has no manifest") from None
        whole = WholeDay(manifest_of(day, data), data)
        facts = whole.manifest.facts
        if facts.connection != self._owner.connection:
            raise SnapshotError(f"it belongs to connection {facts.connection}")
        if facts.account != (self._owner.account or facts.account):
            raise SnapshotError(f"it belongs to account {facts.account}")
        try:
            there = {found.key: found.bytes for found in self._destination.list(day_prefix(day))}
        except OddKey as error:
            raise SnapshotError(
                f"its folder cannot be listed: {error.cause}", remedy=error.remedy
            ) from None
        for why_not in _misfits(day, whole.part_files, there):
            raise SnapshotError(f"it is damaged: {why_not}")
        self._owner = Owner(facts.connection, facts.account)
        return whole


def _misfits(day: str, files: tuple[File, ...], there: dict[str, int]) -> Iterator[str]:
    for file in files:
        # A manifest's checksum is no signature: it could be made to list somebody's own files.
        if hash_in(file.key, day) != file.sha256[:16]:
            yield f"its manifest lists {file.key}, which is no name of a part"
        elif file.key not in there:
            yield f"{file.key} is missing"
        elif there[file.key] != file.bytes:
            yield f"{file.key} has another size than its manifest says"

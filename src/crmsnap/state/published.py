"""`published.sqlite`: what the newest snapshot at each destination was made of, range by range.

It only saves work: without it, or where it is damaged, everything is built anew.
"""

from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec

from crmsnap.errors import StateError
from crmsnap.model import Part
from crmsnap.state.needs import Need
from crmsnap.state.packing import checksum
from crmsnap.state.reader import StateReader
from crmsnap.state.runs import read_runs
from crmsnap.state.sqlite import RUNS_FILE, damage_named, open_for_reading, open_for_writing

PUBLISHED = "published.sqlite"

KeyValue = str | int | bool | None


@dataclass(frozen=True, slots=True)
class RangePublished:
    """A range as it lies at a destination."""

    parts: tuple[Part, ...]
    first: tuple[KeyValue, ...]
    """Sort key of the first row of all; empty if there was no row."""
    last: tuple[KeyValue, ...]
    replaced: int
    """Lone surrogates that became U+FFFD."""
    unparsed: dict[str, int]
    """Column -> texts that were not of its kind."""
    answers: tuple[tuple[Need, str], ...]
    """What was asked of the state when it was built: the same answers would give the same range."""


def remembered_ranges(reader: StateReader, destination: str, started_at: str) -> "PublishedRanges":
    """The memory for a run that began at `started_at`, as published: of its destination, and of the one used
    last beside it.

    Of no other once somebody has vanished: ranges name ids, and the next run there has to learn it too.
    """
    runs = read_runs(reader.folder / RUNS_FILE)
    others = [run.destination for run in runs if run.destination != destination]
    vanished = any(
        deletion.reason == "VANISHED"
        for name in reader.family("objects")
        for deletion in reader.deletions(f"objects/{name}", started_at)
    )
    return PublishedRanges(reader.folder, destination, () if vanished else tuple(others[:1]))


Ranges = Mapping[bytes, RangePublished]
"""By a digest of what a range is made of, beside the state: its table, settings and stretches."""

_decode = msgspec.json.Decoder(RangePublished).decode


@dataclass(frozen=True, slots=True)
class PublishedRanges:
    """The memory of one connection for one destination."""

    folder: Path
    destination: str
    beside: tuple[str, ...] = ()
    """Other destinations whose ranges stay remembered."""

    def recall(self) -> Ranges:
        """What is remembered; a row that is not what was written is left out."""
        path = self.folder / PUBLISHED
        if not path.exists():
            return {}
        try:
            with open_for_reading(path) as db, damage_named(path):
                rows = db.execute(
                    "SELECT made_of, checksum, body FROM ranges WHERE destination = ?",
                    (self.destination,),
                ).fetchall()
            return {
                made_of: _decode(body)
                for made_of, digest, body in rows
                if checksum(body, made_of.hex()) == digest
            }
        except (StateError, msgspec.DecodeError):
            return {}  # damaged, or written by another version

    def remember(self, ranges: Ranges) -> None:
        """Remember the ranges of a snapshot in place of those of the one before, and of places no longer used.

        The snapshot is published by then: what cannot be remembered is built again another day.
        """
        try:
            self._replace(ranges)
        except StateError:
            for file in self.folder.glob(f"{PUBLISHED}*"):  # what SQLite keeps beside it, too
                with suppress(OSError):
                    file.unlink()
            with suppress(StateError):
                self._replace(ranges)

    def _replace(self, ranges: Ranges) -> None:
        path = self.folder / PUBLISHED
        rows = []
        for made_of, found in ranges.items():
            body = msgspec.json.encode(found)
            rows.append((self.destination, made_of, checksum(body, made_of.hex()), body))
        with closing(open_for_writing(path, "published")) as db, damage_named(path), db:
            db.execute("BEGIN IMMEDIATE")
            marks = ", ".join("?" * len(self.beside))
            db.execute(
                f"DELETE FROM ranges WHERE destination = ? OR destination NOT IN ({marks})",  # noqa: S608 - only marks
                (self.destination, *self.beside),
            )
            db.executemany("INSERT INTO ranges VALUES (?, ?, ?, ?)", rows)

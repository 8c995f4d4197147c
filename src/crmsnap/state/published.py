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
from crmsnap.state.sqlite import damage_named, open_for_reading, open_for_writing

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


Ranges = Mapping[bytes, RangePublished]
"""By a digest of what a range is made of, beside the state: its table, settings and stretches."""

_decode = msgspec.json.Decoder(RangePublished).decode


@dataclass(frozen=True, slots=True)
class PublishedRanges:
    """The memory of one connection for one destination."""

    folder: Path
    destination: str

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
        """Remember the ranges of a snapshot in place of those of the one before.

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
            db.execute("DELETE FROM ranges WHERE destination = ?", (self.destination,))
            db.executemany("INSERT INTO ranges VALUES (?, ?, ?, ?)", rows)

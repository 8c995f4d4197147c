"""How much of a snapshot was copied, and how much was built."""

from collections.abc import Callable
from dataclasses import dataclass

from crmsnap.model import Progress, TableEnded
from crmsnap.publish.publish import PartPublished, TablePublished


@dataclass(frozen=True, slots=True)
class Amount:
    """A number of parts, and their size."""

    parts: int = 0
    bytes: int = 0

    def and_one(self, bytes_: int) -> "Amount":
        """With one part more, of so many bytes."""
        return Amount(self.parts + 1, self.bytes + bytes_)


class Tally:
    """Adds up the parts of a snapshot as they come, and tells whoever watches of its tables."""

    def __init__(self, observe: Callable[[Progress], None]) -> None:
        self._observe = observe
        self.copied = Amount()
        """Parts of an earlier snapshot that did not change: nothing was made or sent for them."""
        self.built = Amount()
        """Parts that were made from the state and sent."""

    def take(self, event: PartPublished | TablePublished) -> None:
        """Take what has come into account."""
        if isinstance(event, TablePublished):
            table = event.table
            self._observe(TableEnded(table.name, table.rows, table.bytes, len(table.parts)))
        elif event.copied:
            self.copied = self.copied.and_one(event.part.bytes)
        else:
            self.built = self.built.and_one(event.part.bytes)

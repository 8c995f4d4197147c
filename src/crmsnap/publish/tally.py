"""How much of a snapshot was copied, and how much was built."""

from dataclasses import dataclass

from crmsnap.publish.publish import PartPublished, TablePublished


@dataclass(frozen=True, slots=True)
class Amount:
    """A number of parts, and their size."""

    parts: int = 0
    bytes: int = 0


class Tally:
    """Adds up the parts of a snapshot as they come."""

    def __init__(self) -> None:
        self.copied = Amount()
        """Parts of an earlier snapshot: nothing was made or sent for them."""
        self.built = Amount()

    def count(self, event: PartPublished | TablePublished) -> None:
        """Take a part into account; tables are made of parts."""
        if not isinstance(event, PartPublished):
            return
        size = event.part.bytes
        if event.copied:
            self.copied = Amount(self.copied.parts + 1, self.copied.bytes + size)
        else:
            self.built = Amount(self.built.parts + 1, self.built.bytes + size)

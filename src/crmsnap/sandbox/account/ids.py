"""Where record ids come from: ascending with the index, never reused, and readable backwards.

HubSpot's ids only look random. They grow with time, leave gaps, have different lengths within one
type, and some are larger than 2^53, where a reader that goes through floats loses the last digit.
"""

from dataclasses import dataclass

MASK_60 = (1 << 60) - 1


def mix(*numbers: int) -> int:
    """A well mixed number of 60 bits: the same arguments give the same number in every process."""
    state = 0x9E3779B97F4A7C15
    for number in numbers:
        state = (state ^ number) * 0xBF58476D1CE4E5B9 & 0xFFFFFFFFFFFFFFFF
        state ^= state >> 29
        state = state * 0x94D049BB133111EB & 0xFFFFFFFFFFFFFFFF
        state ^= state >> 32
    return state & MASK_60


@dataclass(frozen=True, slots=True)
class IdSpace:
    """The ids of one object type: index i owns the ids from `first + i * step`, and uses one of them."""

    first: int
    step: int
    seed: int

    def record_id(self, index: int) -> int:
        """The id of the record with this index."""
        return self.first + index * self.step + (index * 2654435761 ^ self.seed) % self.step

    def index_of(self, record_id: int) -> int | None:
        """The index that owns this id, None when no record ever has it."""
        index = (record_id - self.first) // self.step
        return index if index >= 0 and self.record_id(index) == record_id else None

    def first_index_after(self, record_id: int) -> int:
        """The lowest index whose id is greater than this number, which need not be an id."""
        index = max((record_id - self.first) // self.step, 0)
        return index if self.record_id(index) > record_id else index + 1


def owner_count(contacts: int) -> int:
    """How many owners an account of this size has."""
    return max(12, contacts // 100)


def owner_id(seed: int, index: int) -> int:
    """The id of the owner with this index: what `hubspot_owner_id` properties hold."""
    return 40_100_000 + index * 97 + mix(seed, 0x0131, index) % 97

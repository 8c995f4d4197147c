"""The possible values of a property, made once, so that a record only has to choose.

A pool has a prime number of entries, and neighbouring properties have different primes: two
properties of one record are chosen independently although both are chosen by the same number.
"""

from dataclasses import dataclass

from crmsnap.sandbox.account import hostile
from crmsnap.sandbox.account.ids import mix
from crmsnap.sandbox.account.property import Property
from crmsnap.sandbox.account.values import Facts, make_value

PRIMES = tuple(
    number
    for number in range(101, 400)
    if all(number % divisor for divisor in range(2, int(number**0.5) + 1))
)

IN_TURN: dict[str, tuple[str | None, ...]] = {
    "texts": hostile.TEXTS,
    "numbers": hostile.NUMBERS,
    "times": hostile.TIMES,
    "membership": ("active", None, "lapsed", "trial", None, "", "founder"),
}
"""Values that are handed out by index, so that a small account has every one of them."""

BY_FIRST, BY_SECOND, BY_INDEX = range(3)


@dataclass(frozen=True, slots=True)
class Pool:
    """The values that a property can have, None among them, and what chooses one."""

    values: tuple[str | None, ...]
    chosen_by: int
    """Which number of a record chooses: its first or second word, or its index."""


def make_pool(found: Property, position: int, type_number: int, facts: Facts) -> Pool:
    """The pool of a property that is not derived from other values of its record."""
    maker, _, argument = found.values.partition(":")
    if maker == "in_turn":
        return Pool(IN_TURN[argument], BY_INDEX)
    size = PRIMES[(position * 7 + type_number) % len(PRIMES)]
    filled = round(size * found.filled / 100)
    # Multiplying by a number that has no factor in common with the size scatters the empty entries.
    entries = (
        make_value(found.values, mix(facts.seed, type_number, position, entry), facts)
        if entry * 31 % size < filled
        else None
        for entry in range(size)
    )
    return Pool(tuple(entries), (BY_FIRST, BY_SECOND)[position % 2])

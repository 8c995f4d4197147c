"""What became of the properties of a type since its records were read: which of them have to be read again.

A property that was defined since then has values only of records that were changed since, or that HubSpot
fills in itself: search finds those. One that was there before, and was not read, may have had values that
were taken away; their history is no value that search could find, so that all records are read.
"""

from dataclasses import dataclass

import msgspec

from crmsnap.streams.record_rows import FORM, Wanted

ADDED_MAX = 20
"""So many names are searched one by one; with more of them all records are read."""


@dataclass(frozen=True, slots=True)
class Drift:
    """What rows lack that were read for something else."""

    retyped: frozenset[str] = frozenset()
    """Read before, and of another type or in another form now: records that have one are read again."""
    added: tuple[str, ...] = ()
    """Not read before: records that have one are read again."""
    everything: bool = False
    """Whether every record is read again."""


READ_AGAIN = Drift(everything=True)


class _Asked(msgspec.Struct):
    """What rows were read for: `Wanted.asked`, taken apart."""

    form: int
    names: tuple[str, ...]
    types: tuple[str, ...]
    dates: frozenset[str]
    histories: frozenset[str]
    sources: bool


_asked = msgspec.json.Decoder(_Asked).decode


def drift_of(asked: str, wanted: Wanted, recent: frozenset[str]) -> Drift:
    """What differs between what rows were read for and what is wanted; `recent`: names that were defined since.

    What is no longer wanted is no part of it: that leaves the rows without a call. A name that was there before
    and was defined since is another property under an old name: its old values are taken back, and records
    that have one now are searched.
    """
    try:
        before = _asked(asked)
    except msgspec.DecodeError:
        return READ_AGAIN  # nobody knows what the rows hold
    types = dict(zip(before.names, before.types, strict=False))
    now = dict(zip(wanted.names, wanted.types, strict=False))
    added = tuple(name for name in wanted.names if name not in types or name in recent)
    histories = {*wanted.history_names} - before.histories - recent
    tells_more = bool(wanted.history_names) and wanted.sources and not before.sources
    if before.form != FORM or histories or tells_more or len(added) > ADDED_MAX:
        return READ_AGAIN
    return Drift(
        retyped=frozenset(
            name
            for name in now.keys() & types.keys()
            if name in recent
            or now[name] != types[name]
            or (name in wanted.dates) != (name in before.dates)
        ),
        added=added,
    )

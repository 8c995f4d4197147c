"""Who is gone for good: records that vanished, with all that were ever merged into one of them.

A merge makes one record of two, and a deletion for privacy takes what both did.
"""

from collections.abc import Iterable

from crmsnap.state.reader import StateReader


def vanished(
    reader: StateReader, object_type: str, among: Iterable[int | str] | None = None
) -> frozenset[int | str]:
    """The ids of a type's records that vanished, all or those among some, and of who was merged into them."""
    deletions = list(reader.deletions(f"objects/{object_type}"))
    chosen = None if among is None else set(among)
    found = {
        one.id
        for one in deletions
        if one.reason == "VANISHED" and (chosen is None or one.id in chosen)
    }
    merged: dict[int | str, list[int | str]] = {}
    for one in deletions if found else ():
        if one.survivor is not None:
            merged.setdefault(one.survivor, []).append(one.id)
    left = list(found)
    while left:
        losers = [id_ for id_ in merged.get(left.pop(), ()) if id_ not in found]
        found.update(losers)
        left += losers
    return frozenset(found)

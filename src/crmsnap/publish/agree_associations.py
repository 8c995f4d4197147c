"""Does the table of all associations say what the tables of pairs say? Row by row, read side by side.

The rows of a pair's table are those of ASSOCIATIONS with its two types, which stand in its name, in the
same order. So one walk through ASSOCIATIONS is a walk through all of them.
"""

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from itertools import groupby, zip_longest

from crmsnap.publish.problems import Problems
from crmsnap.publish.read_table import Line, ReadTable, picker
from crmsnap.tables.associations_of_pair import ASSOCIATIONS_OF_PAIR
from crmsnap.tables.spans import split_pair

ASSOCIATIONS = "ASSOCIATIONS"

Pair = tuple[str, ...]
"""From type and to type."""


def types_of(read: ReadTable) -> Pair | None:
    """The types of a pair's table; None for any other table."""
    about = read.table.about
    return (
        split_pair(about.id)
        if about is not None and about.family == ASSOCIATIONS_OF_PAIR.name
        else None
    )


def pair_tables(tables: Mapping[str, ReadTable]) -> dict[Pair, ReadTable]:
    """The tables of pairs, by their types."""
    return {pair: read for read in tables.values() if (pair := types_of(read)) is not None}


def agree_associations(
    tables: Mapping[str, ReadTable],
    problems: Problems,
    watch: Callable[[str, list[Line]], None],
    *,
    of_all_pairs: bool,
) -> None:
    """Read ASSOCIATIONS and the tables of pairs, and note where they disagree.

    `watch` is told the rows of ASSOCIATIONS. `of_all_pairs` says that every pair must have a table.
    """
    together = tables[ASSOCIATIONS]
    apart = pair_tables(tables)
    left = dict(apart)
    found = Problems()
    of_pair = picker(together.positions("FROMOBJECTTYPEID", "TOOBJECTTYPEID"))
    for pair, lines in groupby(_watched(together, watch), of_pair):
        if (read := left.pop(pair, None)) is not None:
            _compare(together, read, lines, found)
        elif of_all_pairs:
            named = " to ".join(pair)
            found.add(
                "associations-disagree",
                "",
                f"the associations from {named} have no table of their own",
            )
    for read in left.values():
        _compare(together, read, iter(()), found)
    if together.whole and all(read.whole for read in apart.values()):
        problems.take(found)  # else the damage explains whatever was found here


def _watched(read: ReadTable, watch: Callable[[str, list[Line]], None]) -> Iterator[Line]:
    for batch in read.batches():
        watch(read.table.name, batch)
        yield from batch


def _compare(
    together: ReadTable, read: ReadTable, lines: Iterator[Line], problems: Problems
) -> None:
    """Compare the rows of one pair, and note the first that differs; its table is read to the end."""
    ids = dict(zip(read.table.key, ("FROMOBJECTID", "TOOBJECTID"), strict=False))
    names = [ids.get(column.name, column.name) for column in read.table.columns]
    expected = map(picker(together.positions(*names)), lines)
    both = zip_longest(expected, map(tuple, read.lines()))
    differing = next(((one, other) for one, other in both if one != other), None)
    deque(both, maxlen=0)
    if differing is not None:
        one, other = differing
        from_id, to_id = (names.index(name) for name in ("FROMOBJECTID", "TOOBJECTID"))
        line = one or other
        problems.add(
            "associations-disagree",
            "",
            f"{ASSOCIATIONS} and {read.table.name} differ"
            f" at the association of {line[from_id]} with {line[to_id]}",
        )

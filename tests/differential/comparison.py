"""What it means that two readers of one account agree, and how a known defect of one is told apart from a difference.

HubSpot's raw answer decides who is right. A defect is declared as a function from that answer to the wrong value
that the reader makes of it, so a difference counts as known only when it is exactly the one foretold, and a defect
that has been mended makes the test fail.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

Row = Mapping[str, Any]


class _Word:
    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return self._text


ABSENT: Final = _Word("no such column")
"""Instead of a value, where a reader has no place for it at all."""
RIGHT: Final = _Word("right")
"""What a defect foretells for a cell that it does not concern."""


@dataclass(frozen=True)
class Table:
    """Rows of one type by id; a value is what its source says, not yet comparable."""

    types: Mapping[str, str]
    """Every property with the type that HubSpot gives it."""
    rows: Mapping[str, Row]


@dataclass(frozen=True)
class Cell:
    """One value as HubSpot answers it, with everything that a defect may depend on."""

    name: str
    type: str
    raw: Any
    record: Row
    table: Table


@dataclass(frozen=True)
class Defect:
    """A mistake of a reader that its users have to live with."""

    title: str
    becomes: Callable[[Cell], Any]
    """The value that the reader makes of a cell; RIGHT where it does well."""


@dataclass
class Outcome:
    """What a comparison found."""

    right: int = 0
    known: Counter[str] = field(default_factory=Counter)
    """Cells by the title of the defect that they show."""
    invented: frozenset[str] = frozenset()
    """Names in their rows that HubSpot does not have."""
    ours_wrong: list[str] = field(default_factory=list)
    unexplained: list[str] = field(default_factory=list)


def compare(truth: Table, ours: Table, theirs: Table, defects: Sequence[Defect] = ()) -> Outcome:
    """Every cell of the records that all three have, ours and theirs against the truth."""
    known = {name for row in truth.rows.values() for name in row}
    names = {name for row in theirs.rows.values() for name in row}
    found = Outcome(invented=frozenset(names - known))
    for id_ in truth.rows.keys() & ours.rows.keys() & theirs.rows.keys():
        record = truth.rows[id_]
        for name, type_ in truth.types.items():
            cell = Cell(name, type_, record.get(name), record, truth)
            mine, other = ours.rows[id_].get(name), theirs.rows[id_].get(name, ABSENT)
            place = f"{name} of {id_}: HubSpot {cell.raw!r}, ours {mine!r}, theirs {other!r}"
            if not _is_published_form(mine, cell):
                found.ours_wrong.append(place)
            foretold = next(
                (
                    (defect.title, value)
                    for defect in defects
                    if (value := defect.becomes(cell)) is not RIGHT
                ),
                None,
            )
            if foretold is None and meaning(type_, other) == meaning(type_, mine):
                found.right += 1
            elif foretold is not None and _same(other, foretold[1]):
                found.known[foretold[0]] += 1
            else:
                found.unexplained.append(f"{place}, foretold {foretold}")
    return found


def assert_explained(found: Outcome, defects: Sequence[Defect]) -> None:
    """Ours is right everywhere, theirs but for these defects, and each of them still shows."""
    assert not found.ours_wrong
    assert not found.unexplained
    assert set(found.known) == {defect.title for defect in defects}
    assert found.right > sum(found.known.values())


def _is_published_form(mine: str | None, cell: Cell) -> bool:
    """HubSpot's own text, and times in the documented form of the table."""
    if cell.raw is None or cell.type in ("date", "datetime"):
        return bool(meaning(cell.type, mine) == meaning(cell.type, cell.raw))
    return mine == (str(cell.raw).lower() if isinstance(cell.raw, bool) else str(cell.raw))


def _same(value: object, foretold: object) -> bool:
    return type(value) is type(foretold) and value == foretold


def meaning(type_: str, value: Any) -> Any:
    """What a value says, whatever form a reader gives it; unreadable text means itself.

    A number is a number with all its digits, a time is its milliseconds since 1970 (the unit of HubSpot's
    APIs), and null is not the empty text.
    """
    if value is None or value is ABSENT:
        return value
    if isinstance(value, bool):
        return str(value).lower()
    text = repr(value) if isinstance(value, float) else str(value)
    if type_ == "number" and NUMBER.fullmatch(text):
        return Decimal(text)
    if type_ in ("date", "datetime"):
        return _milliseconds(text)
    return text


NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
WHOLE = re.compile(r"-?\d+")
BEGINS_WITH_A_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _milliseconds(text: str) -> int | str:
    if WHOLE.fullmatch(text):
        return int(text)
    if not BEGINS_WITH_A_DATE.match(text):
        return text
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (aware - EPOCH) // timedelta(milliseconds=1)

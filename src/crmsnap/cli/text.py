"""Text for a terminal: aligned columns, sizes for people, and nothing that could steer the terminal."""

import unicodedata
from collections.abc import Sequence

_STEERING = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Control, format (also bidirectional overrides), surrogate, line and paragraph separators."""


def escaped(text: str) -> str:
    """The text with every character that a terminal would act upon written as its escape.

    Names come from a CRM where anybody may have typed anything, escape sequences included.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        character.encode("unicode_escape").decode("ascii")
        if unicodedata.category(character) in _STEERING
        else character
        for character in text
    )


def columns(rows: Sequence[Sequence[str]], *, right: Sequence[int] = ()) -> str:
    """Rows as lines with aligned cells; `right` names the columns that end flush. Never cut off."""
    widths = [max(map(len, cells)) for cells in zip(*rows, strict=True)]
    lines = (
        "  ".join(
            cell.rjust(width) if at in right else cell.ljust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )
    return "\n".join(lines)


def fitting(rows: Sequence[Sequence[str]], width: int) -> tuple[list[Sequence[str]], int]:
    """The rows with as many columns as fit side by side, and how many are left out."""
    widths = [max(map(len, cells)) for cells in zip(*rows, strict=True)]
    kept, used = 0, -2
    while kept < len(widths) and (used := used + 2 + widths[kept]) <= width:
        kept += 1
    return [row[:kept] for row in rows], len(widths) - kept


def size(number: int) -> str:
    """Bytes as people say them: `812 B`, `12.3 kB`, `4.0 GB`."""
    if number < 1000:
        return f"{number} B"
    value = float(number)
    for unit in ("kB", "MB", "GB"):
        value /= 1000
        if value < 999.95:
            return f"{value:.1f} {unit}"
    return f"{value / 1000:.1f} TB"


def count(number: int, noun: str) -> str:
    """`1 row`, `2,000 rows`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def duration(seconds: float) -> str:
    """`8.4 s`, `3 min 20 s`, `2 h 5 min`."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    return f"{minutes // 60} h {minutes % 60} min"

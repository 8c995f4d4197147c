"""The few forms of Markdown that the reference pages are made of."""

import re
from collections.abc import Iterable, Sequence

_OTHER_SIGNS = re.compile(r"[^a-z0-9]+")


def table_of(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; its cells are Markdown already."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def cell(text: str) -> str:
    """Text as it may stand in a cell: a bare `|` would start a new one."""
    return text.replace("|", "\\|")


def codes(names: Iterable[str], joint: str = ", ") -> str:
    """Names in code type."""
    return joint.join(f"`{name}`" for name in names)


def file_name(table: str) -> str:
    """`objects-plural.md` for `OBJECTS_<PLURAL>`: safe in any store, file system and link."""
    return _OTHER_SIGNS.sub("-", table.lower()).strip("-") + ".md"

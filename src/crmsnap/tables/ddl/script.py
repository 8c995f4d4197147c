"""Statements as a script that people read before they run it."""

from collections.abc import Iterable, Iterator

from crmsnap.tables.ddl.described import Statement
from crmsnap.tables.ddl.quoting import one_line


def script(about: Iterable[str], statements: Iterable[Statement]) -> Iterator[str]:
    """The script in pieces: what it is about, then each statement behind what its reader cannot do."""
    yield _comments(about)
    for statement in statements:
        yield f"\n{_comments(statement.limits)}{statement.sql};\n"


def _comments(lines: Iterable[str]) -> str:
    return "".join(f"-- {one_line(line)}\n" for line in lines)

"""Names and texts as they may stand in SQL.

Names of tables and columns are ASCII by construction, but descriptions, folders and schemas are not:
nothing that comes from an account or a command line may end a literal, a comment or a statement.
"""

import unicodedata

COMMENT_CHARS_MAX = 255
"""A column's comment in the AWS Glue Data Catalog has at most 255 characters (AWS Glue API, "Column")."""

_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Control and format characters (also bidirectional overrides), surrogates, line separators."""


def one_line(text: str) -> str:
    """The text as one visible line: what breaks a line, or cannot be seen, is a space."""
    return "".join(
        " " if unicodedata.category(character) in _INVISIBLE else character for character in text
    ).strip()


def comment_text(text: str) -> str:
    """The text as a comment in a catalogue, cut where the strictest of them ends."""
    line = one_line(text)
    return line if len(line) <= COMMENT_CHARS_MAX else line[: COMMENT_CHARS_MAX - 3] + "..."


def doubled(text: str, quote: str) -> str:
    """Between quotes; a quote inside is doubled, as the SQL standard has it."""
    return f"{quote}{_without_nul(text).replace(quote, quote * 2)}{quote}"


def backslashed(text: str, quote: str) -> str:
    """Between quotes; backslashes and quotes inside stand behind a backslash."""
    escaped = _without_nul(text).replace("\\", "\\\\").replace(quote, f"\\{quote}")
    return f"{quote}{escaped}{quote}"


def _without_nul(text: str) -> str:
    # The clients of most engines are written in C, where NUL ends a text.
    return text.replace("\0", " ")

"""Numbers in paths, parameters and bodies."""

DIGITS_MAX = 25
"""More than any id has, and few enough for `int`."""


def whole_number(text: str) -> int | None:
    """The number that a text of digits is, None for anything else: signs, spaces, other digits too."""
    is_number = text.isascii() and text.isdigit() and len(text) <= DIGITS_MAX
    return int(text) if is_number else None

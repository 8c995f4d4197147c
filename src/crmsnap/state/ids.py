"""Which ids are numbers: one rule for what is kept, in which order it is published, and how it is proved.

An id is text and reads back as it came. SQLite keeps whole numbers in 64 bits and sorts them before all
texts; `007` and 2^63 are texts to it, and so they are everywhere.
"""

_DIGITS_MAX = 19
"""2^63 - 1 has so many."""


def number_of(text: str) -> int | None:
    """The number that an id is kept and sorted as; None for an id that is only text."""
    if len(text) > _DIGITS_MAX or not (text.isascii() and text.isdecimal()):
        return None
    number = int(text)
    return number if number < 2**63 and str(number) == text else None

"""Values whose texts are redacted one by one, before anything puts quotes and commas around them."""

from collections.abc import Callable
from typing import Any


def redacted_values(value: Any, redacted: Callable[[str], str]) -> Any:
    """The same value with every text in it redacted by itself: numbers stay, tuples become lists."""
    match value:
        case str():
            return redacted(value)
        case dict():
            return {
                redacted_values(key, redacted): redacted_values(one, redacted)
                for key, one in value.items()
            }
        case list() | tuple():
            return [redacted_values(one, redacted) for one in value]
    return value

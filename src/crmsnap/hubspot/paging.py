"""Following a cursor to its end: the end is the page without one, never a short or an empty page."""

from collections.abc import Callable, Iterator
from typing import TypeVar

from crmsnap.errors import UnexpectedAnswer

P = TypeVar("P")


def follow(
    fetch: Callable[[str | None], P], cursor_of: Callable[[P], str | None], start: str | None
) -> Iterator[P]:
    """Yield the page at `start` (None: the first) and all pages after it.

    Raises `UnexpectedAnswer` when a cursor comes back or goes back: following it would never end.
    """
    after = start
    # Opaque cursors can go round in circles; numbers only grow, so of them the last one is enough.
    opaque: set[str] = set()
    while True:
        page = fetch(after)
        yield page
        after = advanced(after, cursor_of(page))
        if after is None:
            return
        if after in opaque:
            raise stuck(f"the cursor {after[:80]!r} came a second time")
        if not _is_number(after):
            opaque.add(after)


def advanced(after: str | None, following: str | None) -> str | None:
    """The cursor of the next page, once it is sure that it lies behind the one just used."""
    if following is None or after is None:
        return following
    if following == after:
        raise stuck(f"the cursor {after[:80]!r} came a second time")
    if _is_number(after) and _is_number(following) and int(following) < int(after):
        raise stuck(f"the cursor went back from {after} to {following}")
    return following


def stuck(cause: str) -> UnexpectedAnswer:
    """The error for paging that leads nowhere."""
    return UnexpectedAnswer(
        "HubSpot's pages do not come to an end",
        cause=cause,
        remedy="sync again; if it stays, report this with the name of the stream",
    )


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()

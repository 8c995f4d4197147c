"""Questions about the state: what a task asked of it decided what the task wrote.

A reader can be told to note them. Whoever gets the same answers later would write the same again.
"""

from typing import Literal, NamedTuple

About = Literal["rows", "documents", "document", "deletions", "names", "kinds", "family", "stream"]
"""What a question is about. kinds: the types within a stream; family and stream: which there are."""


class Need(NamedTuple):
    """One question."""

    about: About
    stream: str
    """The stream, or the family."""
    apart: str = ""
    """The type within the stream, or the document's key."""
    low: int | str | None = None
    """Of rows: keys greater than this, up to `high`; None: no border."""
    high: int | str | None = None


def unnoted(_: Need) -> None:
    """Where nobody wants to know what is asked."""

"""Which streams a run needs: those of its tables and those that they ask by, earlier ones first."""

from collections.abc import Iterable

from crmsnap.streams.stream import Stream


def with_earlier(streams: Iterable[Stream]) -> list[Stream]:
    """These streams and all that have to be read before them, each once, in an order that works."""
    ordered: dict[Stream, None] = {}
    for stream in streams:
        _add(stream, ordered)
    return list(ordered)


def _add(stream: Stream, ordered: dict[Stream, None]) -> None:
    for earlier in stream.after:
        _add(earlier, ordered)
    ordered.setdefault(stream)

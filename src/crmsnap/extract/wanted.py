"""Which streams a run needs: those of its tables, those that they ask by, in the order of asking."""

from collections.abc import Iterable

from crmsnap.streams.stream import Stream


def in_levels(streams: Iterable[Stream]) -> list[list[Stream]]:
    """These streams and all that have to be read before them; each level needs only earlier ones."""
    levels: dict[Stream, int] = {}
    for stream in streams:
        _level(stream, levels)
    return [
        [stream for stream, level in levels.items() if level == wanted]
        for wanted in range(max(levels.values(), default=-1) + 1)
    ]


def _level(stream: Stream, levels: dict[Stream, int]) -> int:
    if stream not in levels:
        below = max((_level(earlier, levels) for earlier in stream.after), default=-1)
        levels[stream] = below + 1
    return levels[stream]

"""Answers to questions about the state, short enough to be remembered and compared another day.

Of rows they are the digests that their spans keep, so that nothing is read to find them unchanged.
"""

from collections.abc import Callable, Iterable, Mapping
from hashlib import blake2b
from types import MappingProxyType

from crmsnap.state.needs import About, Need
from crmsnap.state.reader import StateReader
from crmsnap.state.spans import Stretch, key_order

NOTHING = "nothing"
"""The answer where the run has not read the stream."""

UNKNOWN = None
"""The answer where the state cannot tell whether something changed."""


class Answers:
    """Answers about a state that nobody writes; each question is looked up once."""

    def __init__(self, reader: StateReader) -> None:
        self._reader = reader
        self._known: dict[Need, str | None] = {}
        self._stretches: dict[tuple[str, str], list[Stretch] | None] = {}
        self._marks: dict[str, dict[str, bytes]] = {}

    def __call__(self, need: Need) -> str | None:
        """The answer; `UNKNOWN` is like no other one, not even itself."""
        if need not in self._known:
            self._known[need] = self._found(need)
        return self._known[need]

    def _found(self, need: Need) -> str | None:
        if need.about == "family":
            return " ".join(self._reader.family(need.stream))
        if need.stream not in self._reader.streams:
            return NOTHING
        if need.about == "rows":
            return self._of_rows(need)
        if need.about == "document":
            return self._mark(need).hex()
        return _ANSWERS[need.about](self._reader, need)

    def _of_rows(self, need: Need) -> str | None:
        which = (need.stream, need.apart)
        if which not in self._stretches:
            self._stretches[which] = self._reader.stretches(*which)
        stretches = self._stretches[which]
        if stretches is None:
            return UNKNOWN
        return _digest(stretch.digest for stretch in stretches if _overlaps(stretch, need))

    def _mark(self, need: Need) -> bytes:
        if need.stream not in self._marks:
            self._marks[need.stream] = dict(self._reader.document_marks(need.stream))
        return self._marks[need.stream].get(need.apart, b"")


def _overlaps(stretch: Stretch, need: Need) -> bool:
    return _reaches(stretch.low, need.high) and _reaches(need.low, stretch.high)


def _reaches(low: int | str | None, high: int | str | None) -> bool:
    return low is None or high is None or key_order(low) < key_order(high)


def _documents(reader: StateReader, need: Need) -> str:
    return _digest(mark for _, mark in reader.document_marks(need.stream))


def _deletions(reader: StateReader, need: Need) -> str:
    return _digest(reader.deletion_marks(need.stream))


def _names(reader: StateReader, need: Need) -> str:
    return repr(reader.seen_names(need.stream))


def _kinds(reader: StateReader, _: Need) -> str:
    return repr((reader.email_event_types(), reader.email_event_names()))


def _stream(_reader: StateReader, _: Need) -> str:
    return "read"


_ANSWERS: Mapping[About, Callable[[StateReader, Need], str]] = MappingProxyType(
    {
        "documents": _documents,
        "deletions": _deletions,
        "names": _names,
        "kinds": _kinds,
        "stream": _stream,
    }
)


def _digest(pieces: Iterable[bytes]) -> str:
    digest = blake2b(digest_size=16)
    for piece in pieces:
        digest.update(len(piece).to_bytes(4, "big") + piece)
    return digest.hexdigest()

"""A text as it was before somebody escaped, coloured or wrapped it, and where each letter stands.

`pat%2Dna1`, a `pat-na1` with a colour in its middle, and a `pat-` whose rest is on the next line are the
same secret: they are searched in the plain text, and replaced where they stand.
"""

import re
from bisect import bisect_right
from dataclasses import dataclass

_ENCODED = (
    r"%(?:25)*([0-9A-Fa-f]{2})"  # in a URL, however often
    r"|\\+u([0-9A-Fa-f]{4})|\\+x([0-9A-Fa-f]{2})"  # in JSON, and in Python's repr
    r"|&#x([0-9A-Fa-f]{2});|&#([0-9]{2,3});"  # in HTML
    r'|\\+([/"])'  # in JSON
)
_INVISIBLE = (
    r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)"  # colours and links of a terminal
    r"|\\+(?:x1b|u001b|033)\[[0-9;]*[A-Za-z]"  # the same, escaped
    "|[\u00ad\u200b-\u200f\u2060\ufeff\x00]"
)
_BREAKS = (
    r"\\?(?:\r\n|\r|\n)[ \t]*"  # with indentation, and the backslash that a shell wants
    r"|%0[ADad]"
    r"|\\+[rn]"
)
_BLANK = r"\\+([nrtbf])"
_SPELLED = re.compile(f"{_INVISIBLE}|{_ENCODED}|{_BLANK}")
_SPELLED_OR_BROKEN = re.compile(f"{_INVISIBLE}|{_BREAKS}|{_ENCODED}")
_ODD = re.compile("[%\\\\&\x1b\r\n\u00ad\u200b-\u200f\u2060\ufeff\x00]")
"""One of them stands in every text that is not plain already: most lines have none."""


@dataclass(frozen=True, slots=True)
class _Run:
    """Letters that stand side by side in the source, or one that is spelled otherwise there."""

    start: int
    """In the source."""
    end: int
    as_is: bool


class PlainText:
    """The plain text of a source."""

    _starts: list[int]
    _runs: list[_Run]

    def __init__(self, source: str, *, joined: bool) -> None:
        end = len(source.rstrip("\r\n")) if joined else len(source)
        if not _ODD.search(source, 0, end):
            self.text = source[:end]
            self._starts = [0]
            self._runs = [_Run(0, end, as_is=True)]
            return
        pieces: list[str] = []
        self._starts = []
        self._runs = []
        size = behind = 0

        def add(piece: str, run: _Run) -> None:
            nonlocal size
            if piece:
                pieces.append(piece)
                self._starts.append(size)
                self._runs.append(run)
                size += len(piece)

        for found in (_SPELLED_OR_BROKEN if joined else _SPELLED).finditer(source):
            add(source[behind : found.start()], _Run(behind, found.start(), as_is=True))
            add(_letter(found), _Run(found.start(), found.end(), as_is=False))
            behind = found.end()
        add(source[behind:], _Run(behind, len(source), as_is=True))
        self.text = "".join(pieces)

    def in_source(self, start: int, end: int) -> tuple[int, int]:
        """Where the source has what the plain text has from `start` up to `end`."""
        first, first_start = self._run_at(start)
        last, last_start = self._run_at(end - 1)
        return (
            first.start + (start - first_start if first.as_is else 0),
            last.start + end - last_start if last.as_is else last.end,
        )

    def _run_at(self, index: int) -> tuple[_Run, int]:
        at = bisect_right(self._starts, index) - 1
        return self._runs[at], self._starts[at]


def _letter(found: "re.Match[str]") -> str:
    """What is spelled out; nothing for what only stands between letters."""
    spelled = found[found.lastindex or 0]
    match found.lastindex:
        case None:
            return ""
        case 1 | 2 | 3 | 4:
            return chr(int(spelled, 16))
        case 5:
            return chr(int(spelled))
        case 6:
            return spelled
    return {"n": "\n", "r": "\r"}.get(spelled, " ")

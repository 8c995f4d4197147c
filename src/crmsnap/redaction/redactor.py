"""Takes secrets out of text: those that it was told, in whatever form, and what looks like one."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from threading import Lock

from crmsnap.redaction.forms import SECRET_LENGTH_MIN, forms_of
from crmsnap.redaction.patterns import likely_secrets
from crmsnap.redaction.plain_text import PlainText

HIDDEN = "***"

_PREFIX_MIN = 5
"""So many letters at the end of a text may be the beginning of a secret, and wait for what follows."""
_ESCAPE = r"\\(?:u[0-9A-Fa-f]{4}|[^\r\n\x1b])"
_LAYOUT = re.compile(r"(\x1b\[[0-?]*[ -/]*[@-~]|[\r\n\"])|" + _ESCAPE)
"""What stays of a hidden text: colours, line breaks, and quotes that no backslash makes a letter."""
_ESCAPES = re.compile(_ESCAPE)


class Redactor:
    """Knows the secrets of one process; told them by many threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._shown: frozenset[str] = frozenset()
        self._forms = _Forms(())
        """Replaced as a whole, so that reading needs no lock."""

    def learn(self, secret: str) -> None:
        """Take this secret out of all text from here on; one of fewer than 8 letters cannot be."""
        if len(secret) >= SECRET_LENGTH_MIN and secret not in self._shown:
            with self._lock:
                self._forms = _Forms({*self._forms.all, *forms_of(secret)})

    def show(self, secret: str) -> None:
        """Leave this one: a token of the sandbox, which opens nothing."""
        with self._lock:
            self._shown |= {secret}
            self._forms = _Forms({*self._forms.all} - forms_of(secret))

    def redacted(self, text: str) -> str:
        """The text with `***` in place of every secret; its lines and colours stay, and JSON stays JSON."""
        return _without(self._spans(text), text)

    def without_told(self, text: str) -> str:
        """The text without the secrets that it was told; what only looks like one stays."""
        return _without(sorted(self._known_in(text)), text)

    def shown(self, text: str) -> tuple[str, str]:
        """The beginning of a text that can be shown now, redacted; and as it is, its end, which may be the
        beginning of a secret.
        """
        spans = self._spans(text)
        end = len(text) - self._held_back(text)
        if any(start < end < stop for start, stop in spans):
            end = len(text)  # it is hidden already
        return _without([span for span in spans if span[1] <= end], text[:end]), text[end:]

    def _spans(self, text: str) -> list[tuple[int, int]]:
        return sorted({*self._known_in(text), *self._likely_in(text)})

    def _held_back(self, text: str) -> int:
        """How much at the end of a text may be a secret that goes on in the next one."""
        forms = self._forms
        if not forms.all:
            return 0
        plain = PlainText(text, joined=True)
        start = forms.begun_in(plain.text)
        return 0 if start is None else len(text) - plain.in_source(start, len(plain.text))[0]

    def __reduce__(self) -> "tuple[type[Redactor], tuple[()]]":
        # Workers show nothing by themselves, and a secret that need not travel stays here.
        return Redactor, ()

    def _known_in(self, text: str) -> Iterator[tuple[int, int]]:
        forms = self._forms
        if not forms.all:
            return
        plain = PlainText(text, joined=True)
        for start, end in forms.found_in(plain.text):
            yield plain.in_source(start, end)

    def _likely_in(self, text: str) -> Iterator[tuple[int, int]]:
        plain = PlainText(text, joined=False)
        for found in likely_secrets(plain.text):
            if found["secret"] not in self._shown:
                yield plain.in_source(*found.span("secret"))


class _Forms:
    """All forms of all secrets, ready to be looked for in many lines."""

    def __init__(self, forms: Iterable[str]) -> None:
        self.all = tuple(sorted(forms))
        self._any = re.compile("|".join(map(re.escape, self.all)))
        self._longest = max(map(len, self.all), default=0)
        self._beginnings = {form[:_PREFIX_MIN] for form in self.all}

    def found_in(self, text: str) -> Iterator[tuple[int, int]]:
        """Where they stand, those that overlap, too."""
        if not self._any.search(text):
            return
        for form in self.all:  # the regex would pass over one that begins within another
            at = text.find(form)
            while at >= 0:
                yield at, at + len(form)
                at = text.find(form, at + 1)

    def begun_in(self, text: str) -> int | None:
        """Where the first one starts that goes on behind the text; None if none does."""
        first = max(0, len(text) - self._longest)
        starts = []
        for beginning in self._beginnings:
            at = text.find(beginning, first)
            while at >= 0:
                starts.append(at)
                at = text.find(beginning, at + 1)
        return next((start for start in sorted(starts) if self._goes_on(text[start:])), None)

    def _goes_on(self, beginning: str) -> bool:
        at = bisect_left(self.all, beginning)
        return at < len(self.all) and self.all[at].startswith(beginning)


def _without(spans: Sequence[tuple[int, int]], text: str) -> str:
    """The text with what the sorted spans cover taken out; they may overlap."""
    pieces, behind = [], 0
    for start, end in _with_whole_escapes(spans, text):
        if end <= behind:
            continue
        if start >= behind:
            pieces += [text[behind:start], HIDDEN]
        pieces += _LAYOUT.findall(text, max(start, behind), end)
        behind = end
    return "".join([*pieces, text[behind:]])


def _with_whole_escapes(spans: Sequence[tuple[int, int]], text: str) -> Sequence[tuple[int, int]]:
    """The spans, longer where one begins or ends within an escape: half of `\\n` would spoil a JSON text."""
    if not spans or "\\" not in text:
        return spans
    escapes = [found.span() for found in _ESCAPES.finditer(text)]
    starts = [start for start, _ in escapes]

    def around(index: int) -> tuple[int, int]:
        at = bisect_left(starts, index) - 1
        start, end = escapes[at] if at >= 0 else (index, index)
        return (start, end) if index < end else (index, index)

    return sorted((around(start)[0], around(end)[1]) for start, end in spans)

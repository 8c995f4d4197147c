"""What of an API's answer becomes a row of the state: one rule for all types with an API of their own."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import orjson

from crmsnap.errors import UnexpectedAnswer
from crmsnap.hubspot.times import epoch_ms, held, held_ms
from crmsnap.model import Choice
from crmsnap.state.ids import number_of
from crmsnap.state.shapes import DELETIONS, FIELD_NAMES
from crmsnap.state.stream_file import Entry, Key
from crmsnap.streams.documents import TypeDocument
from crmsnap.streams.earlier import digest_of
from crmsnap.streams.known_types import names_of, properties, wanted_properties
from crmsnap.streams.other_types.flat import Flat
from crmsnap.streams.stream import Page, Scope


class Found(NamedTuple):
    """One thing that an API gave, as a record."""

    id: str
    updated_at: str | None
    """The API's own text or milliseconds; None where it has no such time."""
    values: Flat


@dataclass(frozen=True, slots=True)
class Keeping:
    """What is kept of the records of one type."""

    values: bool
    """Whether property values are wanted at all."""
    defined: frozenset[str]
    """Properties that have a definition."""
    wanted: frozenset[str]
    """Those of them that are copied."""
    dates: frozenset[str]
    """Those of them whose text becomes milliseconds since the epoch."""
    chosen: Choice
    """Which fields are copied that nobody has declared."""

    @property
    def asked(self) -> str:
        """What decides what is kept: records that were read by other rules are read again."""
        chosen = self.chosen.only, self.chosen.never
        names = sorted(self.defined), sorted(self.wanted), sorted(self.dates)
        return digest_of(self.values, *names, *chosen)

    def keeps(self, name: str) -> bool:
        """Whether the value of a field is copied."""
        if not self.values:
            return False
        return name in self.wanted or (name not in self.defined and self.chosen.takes(name))

    def kept(self, record: Found) -> dict[str, str]:
        """The values of a record that are copied, dates in their published form."""
        kept = {name: text for name, text in record.values.items() if self.keeps(name)}
        for name in self.dates & kept.keys():
            kept[name] = epoch_ms(kept[name]) or kept[name]
        return kept

    def page(self, found: Iterable[Found], position: str) -> Page:
        """Records as rows of the state; beside them the names that nobody has declared."""
        rows: list[Entry] = []
        undeclared: set[str] = set()
        for record in found:
            kept = self.kept(record)
            undeclared |= kept.keys() - self.defined
            body = orjson.dumps(kept, option=orjson.OPT_SORT_KEYS)
            rows.append((key_of(record.id), _time(record.updated_at), body))
        names: list[Entry] = [(name,) for name in sorted(undeclared)]
        return Page(rows, position, {FIELD_NAMES: names} if names else None)


def without(page: Page, keys: Sequence[Key]) -> Page:
    """A page with the removal of records that are there no more, and the word that they have vanished."""
    told: list[Entry] = [(*key, "VANISHED", None, None) for key in keys]
    return page._replace(removed=keys, beside={**(page.beside or {}), DELETIONS: told})


def keeping_of(scope: Scope, known: TypeDocument) -> Keeping:
    """What a run keeps of the records of a type."""
    wanted = wanted_properties(scope, known)
    return Keeping(
        values=scope.values,
        defined=frozenset(definition.name for definition in properties(scope, known.id)),
        wanted=frozenset(definition.name for definition in wanted),
        dates=frozenset()
        if scope.iso_dates
        else frozenset(one.name for one in wanted if one.type in ("date", "datetime")),
        chosen=scope.properties.within(*names_of(known)),
    )


def required(values: Flat, name: str) -> str:
    """A field without which a thing is no record."""
    try:
        return values[name]
    except KeyError as error:
        raise UnexpectedAnswer(
            f"HubSpot gave something without {name}",
            cause=f"it has only {', '.join(sorted(values)) or 'nothing'}"[:300],
            remedy="sync again; if it stays, report this with the name of the stream",
        ) from error


def key_of(text: str) -> int | str:
    """An id as the state has it: a whole number as such, so that rows are in the order of numbers; anything else as text."""
    number = number_of(text)
    return text if number is None else number


def _time(text: str | None) -> str | None:
    """A time in its published form; old APIs give milliseconds."""
    if not text:
        return None
    if text.isascii() and text.isdigit():
        return held_ms(int(text))
    return held(text)

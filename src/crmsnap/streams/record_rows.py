"""Records of the generic objects API as rows of the state: what of an answer is kept, and in which form.

Bodies hold HubSpot's own text. Nothing that was not asked for is kept, also when it comes.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from operator import attrgetter, itemgetter
from typing import Any

import msgspec
import orjson

from crmsnap.errors import UnexpectedAnswer
from crmsnap.hubspot.endpoints import objects
from crmsnap.hubspot.object_types import CONTACT
from crmsnap.hubspot.times import epoch_ms, held, published
from crmsnap.state.ids import number_of
from crmsnap.state.shapes import HISTORIES
from crmsnap.state.stream_file import Entry
from crmsnap.streams.stream import Page

HISTORY_VALUES_CONTACTS = 45
HISTORY_VALUES = 20
"""How many values of a property the export holds: the newest 45 for contacts, 20 for other types."""


def history_values_max(object_type: str) -> int:
    """How many values of each property of a type are kept."""
    return HISTORY_VALUES_CONTACTS if object_type == CONTACT else HISTORY_VALUES


FORM = 1
"""Goes up when rows keep something else of the same answers: then every record is read again."""

SOURCE_FIELDS = ("source_type", "source_id", "source_label", "updated_by_user_id")
"""What a version has behind its time and value where sources are wanted."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is read of one object type's records."""

    object_type: str
    names: tuple[str, ...]
    """Properties whose values are read: live, not sensitive, chosen; in code point order."""
    dates: frozenset[str]
    """Those of them whose text becomes milliseconds since the epoch."""
    history_names: tuple[str, ...] = ()
    """Those of them whose histories are read."""
    sources: bool = False
    """Whether a history says who or what set each value."""
    types: tuple[str, ...] = ()
    """HubSpot's type of each of `names`: rows that were read before another one came may hold other text."""
    merge_names: tuple[str, ...] = ()
    """Properties that tell which records were merged into one: read in any case, kept if they are in `names`."""

    @property
    def asked_names(self) -> tuple[str, ...]:
        """Every property that is asked for, in code point order."""
        return tuple(sorted({*self.names, *self.merge_names}))

    @property
    def asked(self) -> str:
        """What rows that were read for this hold: another text, other rows."""
        return orjson.dumps(
            {
                "form": FORM,
                "names": self.names,
                "types": self.types,
                "dates": sorted(self.dates),
                "histories": self.history_names,
                "sources": self.sources,
            }
        ).decode()


def page_of(wanted: Wanted, records: Sequence[objects.Record], position: str) -> Page:
    """Records as rows of the state."""
    body = partial(_body, frozenset(wanted.names), wanted.dates)
    rows: list[Entry] = [
        (
            id_of(wanted.object_type, record.id),
            updated_at(wanted.object_type, record),
            body(record.properties),
        )
        for record in records
    ]
    if not wanted.history_names:
        return Page(rows, position)
    history = partial(_history, wanted, frozenset(wanted.history_names))
    beside: list[Entry] = [
        (row[0], history(record)) for row, record in zip(rows, records, strict=True)
    ]
    return Page(rows, position, {HISTORIES: beside})


def updated_at(object_type: str, record: objects.Record) -> str | None:
    """When a record was last changed; None if HubSpot does not say, or says a time that no table can hold."""
    try:
        return record.updated_at and held(record.updated_at)
    except UnexpectedAnswer as error:
        raise _naming(object_type, record, error) from error


def _naming(object_type: str, record: objects.Record, error: UnexpectedAnswer) -> UnexpectedAnswer:
    """The same error with the record: without it, nobody finds the one that ends every run."""
    cause = f"in record {record.id} of type {object_type}: {error.cause}"
    return UnexpectedAnswer(error.message, cause=cause, remedy=error.remedy)


def joined(pages: Sequence[Page], position: str) -> Page:
    """Several pages as one, with the position behind the last."""
    rows = [row for page in pages for row in page.rows]
    beside = [page.beside[HISTORIES] for page in pages if page.beside is not None]
    if not beside:
        return Page(rows, position)
    return Page(rows, position, {HISTORIES: [entry for entries in beside for entry in entries]})


def id_of(object_type: str, text: str) -> int:
    """The number that a record is kept under; `UnexpectedAnswer` for a text that is none."""
    # Text that is no plain number, or beyond SQLite's 64 bits, cannot be a CRM record's id: better to
    # stop than to publish it as another one.
    number = number_of(text)
    if number is None:
        raise UnexpectedAnswer(
            f"HubSpot gave a record of type {object_type} an id that is no plain number",
            cause="ids of the generic objects API are whole numbers",
            remedy="report this with the object type",
        )
    return number


_values = msgspec.json.Decoder(dict[str, str | None]).decode


def _body(names: frozenset[str], dates: frozenset[str], raw: msgspec.Raw) -> bytes:
    """Properties as they are kept: no nulls, nothing unasked, dates in their published form."""
    try:
        values = _values(raw)
    except msgspec.ValidationError as error:
        raise UnexpectedAnswer(
            "HubSpot gave a property value that is neither text nor null",
            cause=str(error),
            remedy="report this: the API promises text",
        ) from error
    kept = {name: value for name, value in values.items() if value is not None}
    if not names.issuperset(kept):
        # `createdate` and two others come unasked, and a sensitive one must not slip through.
        kept = {name: value for name, value in kept.items() if name in names}
    for name in dates.intersection(kept):
        kept[name] = epoch_ms(kept[name]) or kept[name]
    return orjson.dumps(kept, option=orjson.OPT_SORT_KEYS)


def _history(wanted: Wanted, names: frozenset[str], record: objects.Record) -> bytes:
    """A record's histories as they are kept, by property name."""
    try:
        histories = objects.histories(record, sources=wanted.sources)
    except msgspec.DecodeError as error:
        raise UnexpectedAnswer(
            "HubSpot gave a property history that cannot be read",
            cause=str(error),
            remedy="sync again; if it stays, report this",
        ) from error
    fields = SOURCE_FIELDS if wanted.sources else ()
    count = history_values_max(wanted.object_type)
    try:
        kept = {
            name: _newest(versions, epoch_ms if name in wanted.dates else None, fields)[:count]
            for name, versions in histories.items()
            if versions and name in names
        }
    except UnexpectedAnswer as error:
        raise _naming(wanted.object_type, record, error) from error
    return orjson.dumps(kept, option=orjson.OPT_SORT_KEYS)


def _newest(
    versions: Sequence[objects.Version],
    convert: Callable[[str], str | None] | None,
    fields: Sequence[str],
) -> list[tuple[Any, ...]]:
    """(time, value, what the fields hold), newest first.

    Equal (time, value) pairs count once, also where one moment came in two forms.
    """
    times = [published(version.timestamp) for version in versions]
    values = [version.value for version in versions]
    if convert is not None:
        values = [value and (convert(value) or value) for value in values]
    beside = [map(attrgetter(field), versions) for field in fields]
    # sorted() is stable, so versions of the same millisecond stay in the API's order.
    newest = sorted(zip(times, values, *beside, strict=True), key=itemgetter(0), reverse=True)
    if not fields:
        return list(dict.fromkeys(newest))
    first: dict[tuple[Any, ...], tuple[Any, ...]] = {}
    for version in newest:
        first.setdefault(version[:2], version)
    return list(first.values())

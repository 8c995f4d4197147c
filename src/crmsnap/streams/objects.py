"""The records of every object type, with their properties and, where wanted, their histories.

HubSpot has no way to ask for "all properties": each is named. Names that fit the URL are read by the
list, whose page is one call; else the list gives the ids and a batch read, with the names in its body,
gives the records. Both hand out each record whole, so that no row is torn between two versions.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from operator import itemgetter

import msgspec
import orjson

from crmsnap.errors import UnexpectedAnswer
from crmsnap.hubspot.client import Client
from crmsnap.hubspot.endpoints import objects
from crmsnap.hubspot.times import epoch_ms, published
from crmsnap.state.shapes import HISTORIES
from crmsnap.state.stream_file import Entry
from crmsnap.streams.known_types import is_open, properties, readable_types
from crmsnap.streams.properties import PROPERTIES
from crmsnap.streams.stream import END, Page, Scope, Stream, Task
from crmsnap.streams.types import TYPES

PAGE_RECORDS = 100
PAGE_RECORDS_WITH_HISTORY = 50
"""Page limits of list and batch read (docs: "retrieve records", "batch read")."""

HISTORY_VALUES_CONTACTS = 45
HISTORY_VALUES = 20
"""How many values of a property the export holds: the newest 45 for contacts, 20 for other types."""

_values = msgspec.json.Decoder(dict[str, str | None]).decode


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is read of one object type's records."""

    object_type: str
    names: tuple[str, ...]
    """Properties whose values are read: live, not sensitive; in code point order."""
    dates: frozenset[str]
    """Those of them whose text becomes milliseconds since the epoch."""
    histories: bool

    @property
    def history_names(self) -> tuple[str, ...]:
        """Properties whose histories are read."""
        return self.names if self.histories else ()

    @property
    def history_values_max(self) -> int:
        """How many values of each property are kept."""
        return HISTORY_VALUES_CONTACTS if self.object_type == "0-1" else HISTORY_VALUES


def tasks(scope: Scope) -> Iterator[Task]:
    """One pass for each readable type whose properties could be listed."""
    listed = frozenset(scope.reader.family("properties"))
    for known in readable_types(scope):
        if known.id not in listed:
            continue
        wanted = _wanted(scope, known.id, allows_sensitive=known.allows_sensitive)
        yield Task(
            stream=f"objects/{known.id}",
            read=partial(read, wanted),
            probe=partial(_probe, known.id),
            expected=known.count,
        )


def read(wanted: Wanted, client: Client, position: str | None) -> Iterator[Page]:
    """The records from a position (the id of the last record before it) on."""
    fits = objects.fits_url(client, wanted.object_type, wanted.names, wanted.history_names)
    fetch = partial(_list if fits else _list_then_batch, wanted, client)
    after = position
    while True:
        records, after = fetch(after)
        yield page_of(wanted, records, after or END)
        if after is None:
            return


def _nothing(_: Scope) -> Iterator[Task]:
    """The passes of what is only an instruction to the pass over the records; pickled by its name."""
    return iter(())


OBJECTS = Stream(
    name="objects/<type>",
    description="The live records of an object type with their property values.",
    endpoint="GET /crm/objects/{version}/{type}, POST /crm/objects/{version}/{type}/batch/read",
    scopes=("crm.objects.<type>.read",),
    tasks=tasks,
    after=(TYPES, PROPERTIES),
)

OBJECT_VALUES = Stream(
    name="objects/<type>, values",
    description="The property values of the same records: without it only ids and times are read.",
    endpoint="GET /crm/objects/{version}/{type}?properties=",
    scopes=("crm.objects.<type>.read",),
    tasks=_nothing,
    after=(OBJECTS,),
)

OBJECT_HISTORIES = Stream(
    name="objects/<type>, histories",
    description="The property histories of the same records, read in the same pass.",
    endpoint="GET /crm/objects/{version}/{type}?propertiesWithHistory=",
    scopes=("crm.objects.<type>.read",),
    tasks=_nothing,
    after=(OBJECTS,),
)


def _wanted(scope: Scope, object_type: str, *, allows_sensitive: bool) -> Wanted:
    definitions = [
        definition
        for definition in properties(scope, object_type)
        if not definition.archived and is_open(definition, allows_sensitive=allows_sensitive)
    ]
    if not (scope.values or scope.histories):
        return Wanted(object_type, (), frozenset(), histories=False)
    return Wanted(
        object_type,
        names=tuple(sorted(definition.name for definition in definitions)),
        dates=frozenset()
        if scope.iso_dates
        else frozenset(d.name for d in definitions if d.type in ("date", "datetime")),
        histories=scope.histories,
    )


def _probe(object_type: str, client: Client) -> object:
    return objects.page(client, object_type, properties=(), limit=1, after=None)


def _list(
    wanted: Wanted, client: Client, after: str | None
) -> tuple[Sequence[objects.Record], str | None]:
    page = objects.page(
        client,
        wanted.object_type,
        properties=wanted.names,
        history=wanted.history_names,
        limit=PAGE_RECORDS_WITH_HISTORY if wanted.histories else PAGE_RECORDS,
        after=after,
    )
    return page.results, page.after


def _list_then_batch(
    wanted: Wanted, client: Client, after: str | None
) -> tuple[Sequence[objects.Record], str | None]:
    page = objects.page(client, wanted.object_type, properties=(), limit=PAGE_RECORDS, after=after)
    ids = [record.id for record in page.results]
    size = PAGE_RECORDS_WITH_HISTORY if wanted.histories else PAGE_RECORDS
    records: list[objects.Record] = []
    for start in range(0, len(ids), size):
        # Ids that are missing now were archived or merged since the list named them: not live, not copied.
        batch = objects.batch_read(
            client,
            wanted.object_type,
            ids=ids[start : start + size],
            properties=wanted.names,
            history=wanted.history_names,
        )
        records += batch.results
    return records, page.after


def page_of(wanted: Wanted, records: Sequence[objects.Record], position: str) -> Page:
    """Records as rows of the state."""
    body = partial(_body, frozenset(wanted.names), wanted.dates)
    rows: list[Entry] = [
        (
            _id(wanted.object_type, record.id),
            record.updated_at and published(record.updated_at),
            body(record.properties),
        )
        for record in records
    ]
    if not wanted.histories:
        return Page(rows, position)
    history = partial(_history, frozenset(wanted.names), wanted.dates, wanted.history_values_max)
    beside: list[Entry] = [
        (row[0], history(_histories(record))) for row, record in zip(rows, records, strict=True)
    ]
    return Page(rows, position, {HISTORIES: beside})


def _id(object_type: str, text: str) -> int:
    # Text that is no plain number, or beyond SQLite's 64 bits, cannot be a CRM record's id: better to
    # stop than to publish it as another one.
    number = int(text) if text.isascii() and text.isdigit() else -1
    if not 0 <= number < 2**63 or str(number) != text:
        raise UnexpectedAnswer(
            f"HubSpot gave a record of type {object_type} an id that is no plain number",
            cause="ids of the generic objects API are whole numbers",
            remedy="report this with the object type",
        )
    return number


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


def _histories(record: objects.Record) -> dict[str, list[objects.Version]]:
    try:
        return objects.histories(record)
    except msgspec.DecodeError as error:
        raise UnexpectedAnswer(
            "HubSpot gave a property history that cannot be read",
            cause=str(error),
            remedy="sync again; if it stays, report this",
        ) from error


def _history(
    names: frozenset[str],
    dates: frozenset[str],
    values_max: int,
    histories: dict[str, list[objects.Version]],
) -> bytes:
    """Histories as they are kept: newest first, at most `values_max`, equal (time, value) pairs once."""
    kept = {
        name: _newest(versions, values_max, epoch_ms if name in dates else None)
        for name, versions in histories.items()
        if versions and name in names
    }
    return orjson.dumps(kept, option=orjson.OPT_SORT_KEYS)


def _newest(
    versions: list[objects.Version], values_max: int, convert: Callable[[str], str | None] | None
) -> list[tuple[str, str | None]]:
    values = [version.value for version in versions]
    if convert is not None:
        values = [value and (convert(value) or value) for value in values]
    times = [published(version.timestamp) for version in versions]
    # sorted() is stable, so versions of the same millisecond stay in the API's order. Equal pairs count
    # once, also where one moment came in two forms.
    newest = sorted(zip(times, values, strict=True), key=itemgetter(0), reverse=True)
    return list(dict.fromkeys(newest))[:values_max]

"""The records of every object type, with their properties and, where wanted, their histories.

HubSpot has no way to ask for "all properties": each is named. Names that fit the URL are read by the
list, whose page is one call; else the list gives the ids and a batch read, with the names in its body,
gives the records. Both hand out each record whole, so that no row is torn between two versions.
"""

from collections.abc import Iterator, Sequence
from functools import partial
from math import ceil

from crmsnap.errors import UnexpectedAnswer
from crmsnap.hubspot.client import Client
from crmsnap.hubspot.endpoints import objects
from crmsnap.streams.documents import TypeDocument
from crmsnap.streams.known_types import names_of, readable_types, wanted_properties
from crmsnap.streams.properties import PROPERTIES
from crmsnap.streams.record_rows import Wanted, joined, page_of
from crmsnap.streams.stream import END, Page, Scope, Stream, Task
from crmsnap.streams.types import TYPES

PAGE_RECORDS = 100
PAGE_RECORDS_WITH_HISTORY = 50
"""Page limits of list and batch read (docs: "retrieve records", "batch read")."""


def tasks(scope: Scope) -> Iterator[Task]:
    """One pass for each readable type whose properties could be listed."""
    listed = frozenset(scope.reader.family("properties"))
    for known in readable_types(scope):
        if known.id not in listed or not scope.reads(known.id):
            continue
        yield Task(
            stream=f"objects/{known.id}",
            read=partial(read, _wanted(scope, known)),
            probe=partial(_probe, known.id),
            expected=known.count,
        )


def read(wanted: Wanted, client: Client, position: str | None) -> Iterator[Page]:
    """The records from a position (the id of the last record before it) on."""
    fits = objects.fits_url(client, wanted.object_type, wanted.names, wanted.history_names)
    fetch = partial(_list if fits else _list_then_batch, wanted, client)
    while position != END:
        page = fetch(position)
        yield page
        position = page.position


def calls_of(scope: Scope, known: TypeDocument, client: Client, records: int) -> int:
    """How many calls it takes to read so many records of a type."""
    wanted = _wanted(scope, known)
    pages = max(1, ceil(records / PAGE_RECORDS))
    if not objects.fits_url(client, wanted.object_type, wanted.names, wanted.history_names):
        return pages + ceil(records / _page_records(wanted))
    return max(1, ceil(records / _page_records(wanted)))


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

OBJECT_HISTORY_SOURCES = Stream(
    name="objects/<type>, sources",
    description="Who or what set each value of these histories, read in the same pass.",
    endpoint="GET /crm/objects/{version}/{type}?propertiesWithHistory=",
    scopes=("crm.objects.<type>.read",),
    tasks=_nothing,
    after=(OBJECTS,),
)


def _wanted(scope: Scope, known: TypeDocument) -> Wanted:
    if not (scope.values or scope.histories):
        return Wanted(known.id, names=(), dates=frozenset())
    definitions = wanted_properties(scope, known)
    has_history = scope.histories and scope.histories_of.takes(*names_of(known))
    return Wanted(
        known.id,
        names=tuple(sorted(definition.name for definition in definitions)),
        dates=frozenset()
        if scope.iso_dates
        else frozenset(d.name for d in definitions if d.type in ("date", "datetime")),
        history_names=tuple(
            sorted(
                definition.name
                for definition in definitions
                if has_history and (scope.calculated_histories or not definition.calculated)
            )
        ),
        sources=scope.sources,
    )


def _page_records(wanted: Wanted) -> int:
    return PAGE_RECORDS_WITH_HISTORY if wanted.history_names else PAGE_RECORDS


def _probe(object_type: str, client: Client) -> object:
    return objects.page(client, object_type, properties=(), limit=1, after=None)


def _list(wanted: Wanted, client: Client, after: str | None) -> Page:
    page = objects.page(
        client,
        wanted.object_type,
        properties=wanted.names,
        history=wanted.history_names,
        limit=_page_records(wanted),
        after=after,
    )
    return page_of(wanted, page.results, page.after or END)


def _list_then_batch(wanted: Wanted, client: Client, after: str | None) -> Page:
    page = objects.page(client, wanted.object_type, properties=(), limit=PAGE_RECORDS, after=after)
    position = page.after or END
    ids = [record.id for record in page.results]
    size = _page_records(wanted)
    # Taken apart batch by batch: with 1,500 names and their histories an answer has megabytes, most of
    # them nulls.
    batches = [
        page_of(wanted, _batch(wanted, client, ids[start : start + size]), position)
        for start in range(0, len(ids), size)
    ]
    return joined(batches, position)


def _batch(wanted: Wanted, client: Client, ids: Sequence[str]) -> list[objects.Record]:
    """Those of these records that are live: some were archived or merged since the list named them.

    A batch that says nothing of an id is asked for it again, so that no record is lost in silence.
    """
    read = partial(
        objects.batch_read,
        client,
        wanted.object_type,
        properties=wanted.names,
        history=wanted.history_names,
    )
    batch = read(ids=ids)
    if not batch.silent:
        return batch.results
    again = read(ids=batch.silent)
    for id_ in again.silent:
        if objects.live_id(client, wanted.object_type, id_) == id_:
            raise UnexpectedAnswer(
                f"HubSpot leaves record {id_} of type {wanted.object_type} out of batches",
                cause="the record is live, but two batch reads neither gave it nor called it missing",
                remedy="sync again; if it stays, report it to HubSpot with the type and id",
            )
    return [*batch.results, *again.results]

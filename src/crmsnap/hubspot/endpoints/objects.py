"""Records of any object type, standard or custom; types are addressed by id (`0-1`, `2-123`).

There is no "all properties": each has to be named, in the URL of a list or in the body of a batch read.
Values stay undecoded bytes, as most readers only pass them on.
(developers.hubspot.com: "Understanding the CRM APIs".)
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec

from crmsnap.errors import NotFound, UnexpectedAnswer
from crmsnap.hubspot.client import Client
from crmsnap.hubspot.cursor import Paging, after_of
from crmsnap.hubspot.paging import advanced
from crmsnap.hubspot.paths import (
    OBJECT_BATCH,
    OBJECT_LIST,
    OBJECT_READ,
    OBJECT_SEARCH,
    OBJECT_SWEEP,
)

URL_MAX_CHARACTERS = 12_000
"""HubSpot answers 414 from about 16,200 on, as measured in PostHog's pull request 31617."""
SEARCH_PAGE_IDS = 200
"""The page limit of search (docs: "Search the CRM")."""
CURSOR_CHARACTERS = 32
"""Room for `&after=` and an id, which come with the second page."""


class Version(msgspec.Struct, frozen=True):
    """A value that a property has or had."""

    value: str | None
    timestamp: str


class SourcedVersion(Version, frozen=True, rename="camel"):
    """A version with who or what set it."""

    source_type: str | None = None
    source_id: str | None = None
    source_label: str | None = None
    updated_by_user_id: int | None = None


class Record(msgspec.Struct, frozen=True, rename="camel"):
    """A record, its values as the JSON object that came: texts and nulls by property name."""

    id: str
    properties: msgspec.Raw
    properties_with_history: msgspec.Raw = msgspec.Raw(b"null")
    """For `histories`: taken apart only when its turn comes, as a page of them fills megabytes."""
    created_at: str | None = None
    updated_at: str | None = None
    archived: bool = False
    archived_at: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Records of a list, and the cursor of the next page; None: this is the last one."""

    results: list[Record]
    after: str | None


@dataclass(frozen=True, slots=True)
class Found:
    """Ids that a search found, ascending as numbers or as texts."""

    ids: tuple[str, ...]
    total: int
    """How many its query finds, those before `ids` left out."""
    offset: str | None
    """Where the same query goes on; None: here it ends."""
    times: tuple[str | None, ...] = ()
    """When the record of each id was last changed, as far as the index has heard."""


@dataclass(frozen=True, slots=True)
class Batch:
    """The records that were found, and what became of the other ids."""

    results: list[Record]
    missing: tuple[str, ...]
    """Those that HubSpot says it cannot find: archived or deleted."""
    silent: tuple[str, ...]
    """Those of which it says nothing: merged into a record that may be among the results, or forgotten."""


def histories(
    record: Record, *, sources: bool
) -> Mapping[str, Sequence[Version]] | Mapping[str, Sequence[SourcedVersion]]:
    """The versions of every property of a record, as they came; none if they were not asked for.

    Raise `msgspec.DecodeError` for anything that is no history.
    """
    decode = _decode_sourced_histories if sources else _decode_histories
    return decode(record.properties_with_history) or {}


def page(
    client: Client,
    object_type: str,
    *,
    properties: Sequence[str],
    history: Sequence[str] = (),
    archived: bool = False,
    sweeps: bool = False,
    limit: int,
    after: str | None,
) -> Page:
    """A page of at most `limit` records: up to 100, up to 50 with history; `sweeps`: counted as part of one."""
    answer = client.ask(
        OBJECT_SWEEP if sweeps else OBJECT_LIST,
        _decode_page,
        path={"type": object_type},
        query=_list_query(properties, history, limit=limit, archived=archived, after=after),
    )
    return Page(answer.results, advanced(after, after_of(answer.paging)))


def batch_read(
    client: Client,
    object_type: str,
    *,
    ids: Sequence[str],
    properties: Sequence[str],
    history: Sequence[str] = (),
    archived: bool = False,
) -> Batch:
    """The live ones, or else the archived ones, of up to 100 records, up to 50 with history."""
    answer = client.ask(
        OBJECT_BATCH,
        _decode_batch,
        path={"type": object_type},
        query=[("archived", "true" if archived else "false")],
        body={
            "inputs": [{"id": id_} for id_ in ids],
            "properties": list(properties),
            "propertiesWithHistory": list(history),
        },
    )
    # 207 is a good answer with `errors` for ids that do not exist; any other error is no such answer.
    for error in answer.errors:
        if error.category != "OBJECT_NOT_FOUND":
            raise UnexpectedAnswer(
                f"HubSpot left records of type {object_type} out of a batch",
                cause=f"the batch has an error of category {error.category or 'unknown'}",
                remedy="sync again; if it stays, report this",
            )
    named = {id_ for error in answer.errors for id_ in (error.context or {}).get("ids", ())}
    left = [id_ for id_ in ids if id_ not in {record.id for record in answer.results}]
    return Batch(
        answer.results,
        missing=tuple(id_ for id_ in left if id_ in named),
        silent=tuple(id_ for id_ in left if id_ not in named),
    )


def search_ids(
    client: Client,
    object_type: str,
    condition: Mapping[str, str],
    *,
    above: str | None,
    offset: str = "0",
) -> Found:
    """Up to 200 ids of live records that meet a condition: those behind an id, in search's own order.

    Search gives 10,000 results at most (docs: "Search the CRM"), so reading goes on by `above`, and by
    `offset` only where a page is empty. The filter has to be `GT` with the id as it was received: whether
    ids are compared as numbers or as texts is not documented.
    """
    filters = [dict(condition)]
    if above is not None:
        filters.append({"propertyName": "hs_object_id", "operator": "GT", "value": above})
    answer = client.ask(
        OBJECT_SEARCH,
        _decode_found,
        path={"type": object_type},
        body={
            "filterGroups": [{"filters": filters}],
            "properties": [],
            "sorts": [{"propertyName": "hs_object_id", "direction": "ASCENDING"}],
            "limit": SEARCH_PAGE_IDS,
            "after": offset,
        },
    )
    return Found(
        tuple(found.id for found in answer.results),
        answer.total,
        advanced(offset, after_of(answer.paging)),
        tuple(found.updated_at for found in answer.results),
    )


def live_id(client: Client, object_type: str, id_: str) -> str | None:
    """The id of the live record that an id leads to: another one where it was merged; None: there is none."""
    try:
        record = client.ask(
            OBJECT_READ,
            _decode_record,
            path={"type": object_type, "id": id_},
            query=[("archived", "false")],
        )
    except NotFound:
        return None
    return record.id


def fits_url(
    client: Client, object_type: str, properties: Sequence[str], history: Sequence[str]
) -> bool:
    """Whether a list can name all these properties in its URL, which must stay below 12,000 characters."""
    query = _list_query(properties, history, limit=100, archived=False, after=None)
    url = client.url_of(OBJECT_LIST, path={"type": object_type}, query=query)
    return len(url) + CURSOR_CHARACTERS < URL_MAX_CHARACTERS


def count(client: Client, object_type: str, *, up_to: int | None = None) -> int:
    """How many live records search knows, all or up to an id; its index lags some moments behind."""
    filters = (
        [{"propertyName": "hs_object_id", "operator": "LTE", "value": str(up_to)}] if up_to else []
    )
    answer = client.ask(
        OBJECT_SEARCH,
        _decode_total,
        path={"type": object_type},
        body={
            "filterGroups": [{"filters": filters}] if filters else [],
            "properties": [],
            "sorts": [],
            "limit": 1,
            "after": "0",
        },
    )
    return answer.total


class _PageAnswer(msgspec.Struct):
    results: list[Record]
    paging: Paging | None = None


class _BatchError(msgspec.Struct):
    category: str | None = None
    context: dict[str, list[str]] | None = None


class _BatchAnswer(msgspec.Struct):
    results: list[Record]
    errors: list[_BatchError] = []


class _TotalAnswer(msgspec.Struct):
    total: int


class _FoundRecord(msgspec.Struct, rename="camel"):
    id: str
    updated_at: str | None = None


class _FoundAnswer(_TotalAnswer):
    results: list[_FoundRecord]
    paging: Paging | None = None


_decode_histories = msgspec.json.Decoder(dict[str, list[Version]] | None).decode
_decode_sourced_histories = msgspec.json.Decoder(dict[str, list[SourcedVersion]] | None).decode
_decode_record = msgspec.json.Decoder(Record).decode
_decode_page = msgspec.json.Decoder(_PageAnswer).decode
_decode_batch = msgspec.json.Decoder(_BatchAnswer).decode
_decode_found = msgspec.json.Decoder(_FoundAnswer).decode
_decode_total = msgspec.json.Decoder(_TotalAnswer).decode


def _list_query(
    properties: Sequence[str],
    history: Sequence[str],
    *,
    limit: int,
    archived: bool,
    after: str | None,
) -> list[tuple[str, str]]:
    query = [("limit", str(limit)), ("archived", "true" if archived else "false")]
    if properties:
        query.append(("properties", ",".join(properties)))
    if history:
        query.append(("propertiesWithHistory", ",".join(history)))
    if after is not None:
        query.append(("after", after))
    return query

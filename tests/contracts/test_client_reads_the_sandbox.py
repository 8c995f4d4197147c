"""Our client reads every family of the sandbox to its end and finds what the sandbox says there is.

The sandbox is in turn read by HubSpot's own clients, so the two sides cannot share a mistake.
"""

import itertools
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import urllib3

from crmsnap.errors import BadRequest, BadToken, DailyLimitReached, MissingScope
from crmsnap.hubspot.auth import StaticToken
from crmsnap.hubspot.client import Client
from crmsnap.hubspot.endpoints import (
    account,
    associations,
    events,
    lists,
    objects,
    owners,
    pipelines,
    properties,
    teams,
    types,
)
from crmsnap.hubspot.limits import Limits
from crmsnap.hubspot.object_types import STANDARD_TYPES
from crmsnap.hubspot.paging import follow
from crmsnap.hubspot.paths import OBJECT_LIST
from crmsnap.hubspot.transport import HttpTransport
from crmsnap.sandbox.server import Address, Options, running
from tests.unit.hubspot.host import Even, RealClock

CONTACTS = 230
"""Three pages of 100, and every oddity of the account exists from 200 on."""

NARROW, OAUTH, STRANGER = "narrow", "oauth-narrow", "nobody"
PATHS = ("2026-09", "2026-03", "2025-09", "legacy")
HTML_404 = {"path": "/20", "effect": {"kind": "status", "status": 404, "html": True}}


@contextmanager
def client_of(address: Address, *, token: str = "", version: str = "2026-09") -> Iterator[Client]:
    clock = RealClock()
    with HttpTransport(clock, deadline_seconds=2) as transport:
        yield Client(
            transport,
            StaticToken(token or address.token),
            Limits(clock),
            clock,
            Even(),
            base_url=address.url,
            api_version=version,
        )


def control(address: Address, method: str, path: str, body: Any = None) -> Any:
    content = None if body is None else json.dumps(body).encode()
    with urllib3.PoolManager() as pool:
        answer = pool.request(method, f"{address.url}/_sandbox/{path}", body=content)
        assert answer.status == 200, answer.data
        return answer.json()


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Address]:
    tokens = ("pat-sandbox", f"{NARROW}=crm.objects.contacts.read", f"{OAUTH}=oauth")
    with running(Options(contacts=CONTACTS, frozen=True, tokens=tokens)) as address:
        yield address


@pytest.fixture(scope="module")
def truth(sandbox: Address) -> dict[str, Any]:
    found: dict[str, Any] = control(sandbox, "GET", "truth")
    return found


@pytest.fixture(scope="module", params=PATHS)
def client(request: pytest.FixtureRequest, sandbox: Address) -> Iterator[Client]:
    """A client for each generation of paths; for the legacy ones the dated ones are missing."""
    legacy = request.param == "legacy"
    if legacy:
        control(sandbox, "POST", "faults", [HTML_404])
    with client_of(sandbox, version="2026-09" if legacy else request.param) as client:
        yield client
    if legacy:
        control(sandbox, "DELETE", "faults")


@pytest.fixture(scope="module")
def reader(sandbox: Address) -> Iterator[Client]:
    with client_of(sandbox) as client:
        yield client


def all_records(client: Client, object_type: str, **settings: Any) -> list[objects.Record]:
    def fetch(after: str | None) -> objects.Page:
        wanted = {"properties": (), "limit": 100} | settings
        return objects.page(client, object_type, after=after, **wanted)

    return [
        record for page in follow(fetch, lambda page: page.after, None) for record in page.results
    ]


def open_names(client: Client, object_type: str) -> list[str]:
    return [found.name for found in properties.definitions(client, object_type, archived=False)]


def test_the_account_says_who_it_is(client: Client) -> None:
    """Its id names the connection, its zone is where the day of the limit ends."""
    details = account.details(client)
    assert details.portal_id.isdigit()
    assert details.time_zone == "America/New_York"
    usage = account.daily_usage(client)
    assert usage is not None
    assert usage.used > 0
    assert usage.resets_at


def test_all_types_of_the_account_are_found(client: Client, truth: dict[str, Any]) -> None:
    """From three answers together: standard ones by the library, custom ones by their schemas."""
    schemas = {schema.object_type_id: schema for schema in types.schemas(client, archived=False)}
    enabled = {id_ for id_, on in types.enabled(client).items() if on}
    assert enabled | set(schemas) == set(truth["types"])
    assert all(schema.fully_qualified_name and schema.plural for schema in schemas.values())
    counts = types.record_counts(client)
    assert {id_: counts[id_].count for id_ in truth["types"]} == truth["types"]
    archived = types.schemas(client, archived=True)
    assert archived
    assert all(schema.archived for schema in archived)


def test_records_of_every_type_are_read_to_the_end(client: Client, truth: dict[str, Any]) -> None:
    """As many as there are, each once, ids ascending."""
    for object_type, number in truth["types"].items():
        ids = [int(record.id) for record in all_records(client, object_type)]
        assert len(ids) == number, object_type
        assert ids == sorted(set(ids))


def test_the_catalogue_knows_the_standard_types(reader: Client, truth: dict[str, Any]) -> None:
    """All that the sandbox serves, but three whose ids HubSpot does not publish."""
    known = {standard.id for standard in STANDARD_TYPES if standard.source == "crm"}
    served = {id_ for id_ in truth["types"] if id_.startswith("0-")}
    labels = {types.record_counts(reader)[id_].plural for id_ in served - known}
    assert known <= served
    assert labels == {"Contracts", "Partner clients", "Partner services"}


def test_values_come_as_text_or_null_for_every_name(client: Client) -> None:
    """By list and by batch alike: what is empty is null, not absent."""
    names = open_names(client, "0-1")
    listed = {record.id: record for record in all_records(client, "0-1", properties=names)}
    ids = list(listed)[:100]
    batch = objects.batch_read(client, "0-1", ids=[*ids[:99], "1"], properties=names)
    assert (batch.missing, batch.silent) == (("1",), ())
    for record in batch.results:
        values = json.loads(bytes(record.properties))
        assert values == json.loads(bytes(listed[record.id].properties))
        assert set(names) <= set(values)
        assert all(value is None or isinstance(value, str) for value in values.values())
    assert objects.fits_url(client, "0-1", names, ())


def test_histories_come_with_either_way_of_reading(client: Client) -> None:
    """Newest first, with times and sources; at most fifty records at once."""
    names = open_names(client, "0-1")
    page = objects.page(client, "0-1", properties=names, history=names, limit=50, after=None)
    histories = [objects.histories(record, sources=True) for record in page.results]
    versions = [len(found) for history in histories if history for found in history.values()]
    assert max(versions) > 45
    batch = objects.batch_read(
        client, "0-1", ids=[record.id for record in page.results], properties=[], history=names
    )
    assert [objects.histories(record, sources=True) for record in batch.results] == histories
    with pytest.raises(BadRequest):
        objects.page(client, "0-1", properties=names, history=names, limit=51, after=None)


def test_archived_records_are_read_apart(client: Client) -> None:
    """They have a time of archiving, and are in no live list."""
    archived = all_records(client, "0-1", archived=True)
    assert archived
    assert all(record.archived and record.archived_at for record in archived)
    live = {record.id for record in all_records(client, "0-1")}
    assert live.isdisjoint(record.id for record in archived)


def test_search_counts_live_records(reader: Client, truth: dict[str, Any]) -> None:
    """The second figure beside our own count."""
    for object_type in ("0-1", "0-2", "0-46"):
        assert objects.count(reader, object_type) == truth["types"][object_type]


def test_definitions_say_what_is_sensitive(client: Client) -> None:
    """Only the open class comes unasked; archived ones have their own answer."""
    found = properties.definitions(client, "0-1", archived=False)
    assert {definition.data_sensitivity for definition in found} == {"non_sensitive"}
    assert any(definition.options for definition in found)
    closed = properties.definitions(client, "0-1", archived=False, data_sensitivity="sensitive")
    assert closed
    assert not {d.name for d in closed} & {d.name for d in found}
    assert all(d.archived for d in properties.definitions(client, "0-1", archived=True))


def test_associations_of_every_pair_are_read_to_the_end(
    client: Client, truth: dict[str, Any]
) -> None:
    """Records with 1,500 links to one type page within their result; rows are links times types."""
    records = {
        object_type: [record.id for record in all_records(client, object_type)]
        for object_type in {pair.split("/")[0] for pair in truth["associations"]}
    }
    longest = 0
    for pair, rows in truth["associations"].items():
        from_type, to_type = pair.split("/")
        defined = {
            (kind.category, kind.type_id)
            for kind in associations.labels(client, from_type, to_type)
        }
        found: dict[str, list[associations.Target]] = {}
        for start in range(0, len(records[from_type]), 1_000):
            ids = records[from_type][start : start + 1_000]
            found |= associations.read(client, from_type, to_type, ids)
        assert list(found) == records[from_type]
        targets = list(itertools.chain.from_iterable(found.values()))
        assert sum(len(target.types) for target in targets) == rows, pair
        assert {kind for target in targets for kind in target.types} <= defined
        longest = max(longest, *map(len, found.values()))
    assert longest >= 1_500


def test_owners_active_and_archived_are_read_to_the_end(
    client: Client, truth: dict[str, Any]
) -> None:
    """Two passes; archived ones have lost their user."""
    found = []
    for archived in (False, True):

        def fetch(after: str | None, archived: bool = archived) -> owners.OwnerPage:
            return owners.page(client, archived=archived, after=after)

        found += [o for page in follow(fetch, lambda page: page.after, None) for o in page.results]
    assert len({owner.id for owner in found}) == len(found) == truth["owners"]
    assert any(owner.archived and owner.user_id is None for owner in found)
    assert any(owner.type == "QUEUE" for owner in found)
    named = {team.id for owner in found for team in owner.teams or []}
    known = {team.id for team in teams.teams(client)}
    assert named & known
    assert named - known, "a team that was deactivated is only known through its owners"
    assert known - named, "a team without owners is only known through its own answer"


def test_pipelines_come_with_their_stages(client: Client) -> None:
    """And a type without any says so with an error."""
    deals = pipelines.pipelines(client, "0-3")
    assert all(stage.metadata for pipeline in deals for stage in pipeline.stages)
    assert any(pipeline.archived for pipeline in deals) or any(
        stage.archived for pipeline in deals for stage in pipeline.stages
    )
    with pytest.raises(BadRequest):
        pipelines.pipelines(client, "0-1")


def test_lists_and_their_members_are_read_to_the_end(client: Client, truth: dict[str, Any]) -> None:
    """Found by offset, members by cursor; the size that HubSpot tells is the number that comes."""
    found: list[lists.List] = []
    offset: int | None = 0
    while offset is not None:
        page = lists.page(client, offset)
        found += page.lists
        offset = page.next_offset
    assert {one.list_id for one in found} == set(truth["lists"])
    for one in found:
        members = [
            record_id
            for page in follow(
                lambda after, id_=one.list_id: lists.members(client, id_, after),
                lambda page: page.after,
                None,
            )
            for record_id, _ in page.results
        ]
        assert len(set(members)) == len(members) == truth["lists"][one.list_id]
        assert one.additional_properties["hs_list_size"] == str(len(members))


def test_events_of_every_type_are_read_to_the_end(client: Client, truth: dict[str, Any]) -> None:
    """Types that never occurred answer an empty page; custom ones have a definition."""
    names = events.types(client)
    assert set(truth["events"]) <= set(names)

    def fetch_definitions(after: str | None) -> events.DefinitionPage:
        return events.definitions(client, after)

    definitions = [
        definition
        for page in follow(fetch_definitions, lambda page: page.after, None)
        for definition in page.results
    ]
    assert any(definition.properties for definition in definitions)
    assert {d.name for d in definitions if not d.archived} <= set(names)
    for name in names:

        def fetch(after: str | None, name: str = name) -> events.EventPage:
            return events.page(
                client, name, occurred_after=None, occurred_before=None, after=after, limit=400
            )

        ids = [e.id for page in follow(fetch, lambda page: page.after, None) for e in page.results]
        assert len(set(ids)) == len(ids) == truth["events"].get(name, 0), name


def test_a_missing_scope_is_named_by_either_kind_of_token(sandbox: Address) -> None:
    """Private apps get a list of scopes, OAuth tokens a sentence that holds them."""
    with client_of(sandbox, token=NARROW) as narrow:
        assert objects.page(narrow, "0-1", properties=(), limit=1, after=None).results
        with pytest.raises(MissingScope) as raised:
            owners.page(narrow, archived=False, after=None)
    assert "crm.objects.owners.read" in raised.value.scopes
    assert raised.value.correlation_id
    with client_of(sandbox, token=OAUTH) as oauth, pytest.raises(MissingScope) as raised:
        properties.definitions(oauth, "0-136", archived=False)
    assert raised.value.scopes


def test_an_unknown_token_is_told_apart_from_a_missing_scope(sandbox: Address) -> None:
    """One is a wrong secret, the other a box to tick."""
    with client_of(sandbox, token=STRANGER) as stranger, pytest.raises(BadToken):
        account.details(stranger)


TRANSIENT: dict[str, dict[str, Any]] = {
    "bad gateway": {"kind": "status", "status": 502, "html": True},
    "unavailable": {"kind": "status", "status": 503, "headers": {"Retry-After": "0"}},
    "web page": {"kind": "html200"},
    "null": {"kind": "body", "value": None},
    "a list": {"kind": "body", "value": []},
    "no results": {"kind": "no_results"},
    "reset": {"kind": "reset"},
    "hang": {"kind": "hang"},
    "short": {"kind": "truncate", "mode": "length"},
    "chunk": {"kind": "truncate", "mode": "chunk"},
    "gzip": {"kind": "truncate", "mode": "gzip"},
    "trailer": {"kind": "truncate", "mode": "gzip_trailer"},
    "checksum": {"kind": "truncate", "mode": "crc"},
    "half": {"kind": "truncate", "mode": "json"},
    "garbage": {"kind": "truncate", "mode": "garbage"},
}


@pytest.mark.parametrize("effect", TRANSIENT.values(), ids=TRANSIENT)
def test_a_fault_on_the_way_changes_nothing(
    sandbox: Address, truth: dict[str, Any], effect: dict[str, Any]
) -> None:
    """Whatever happens to the second page, the same records come."""
    with client_of(sandbox) as client:
        account.details(client)
        control(sandbox, "POST", "faults", [{"family": "objects", "nth": 2, "effect": effect}])
        try:
            records = all_records(client, "0-1", properties=("email",))
            (rule,) = control(sandbox, "GET", "faults")["rules"]
        finally:
            control(sandbox, "DELETE", "faults")
    assert len({record.id for record in records}) == len(records) == truth["types"]["0-1"]
    assert rule["fired"] == 1
    assert client.usage.retries == 1


def test_a_daily_limit_stops_everything() -> None:
    """Not one more call, and the error says when the pool is filled again."""
    with running(Options(contacts=200, frozen=True, daily=20)) as address:
        with client_of(address) as client:
            account.daily_usage(client)
            with pytest.raises(DailyLimitReached) as raised:
                _times(20, lambda: account.details(client))
            assert client.usage.daily_remaining == 4
        requests = control(address, "GET", "stats")["requests"]
    assert "T05:00:00" in raised.value.remedy
    assert requests == {"account-info": {"200": 16}}


def test_the_rate_that_hubspot_allows_is_used() -> None:
    """190 calls in ten rolling seconds: at least 85 % of them are used, and no call in a hundred refused.

    Sixteen threads and answers that take 200 ms, over a whole window and a bit.
    """
    options = Options(contacts=200, frozen=True, tier="professional", latency_ms=200)
    with running(options) as address, client_of(address) as client:
        account.details(client)
        times = _calls_of_threads(
            16, 12.5, lambda: client.get(OBJECT_LIST, path={"type": "0-1"}, query=[("limit", "1")])
        )
        answered = control(address, "GET", "stats")["requests"]["objects"]
    warm = min(times) + 1.5
    used = sum(warm <= time < warm + 10 for time in times)
    assert used >= 0.85 * 190
    assert answered.get("429", 0) < 0.01 * answered["200"]


def _times(number: int, call: Callable[[], object]) -> None:
    for _ in range(number):
        call()


def _calls_of_threads(threads: int, seconds: float, call: Callable[[], object]) -> list[float]:
    """When calls came back that threads made as fast as they were let."""
    end = time.monotonic() + seconds
    times: list[float] = []

    def work() -> None:
        while time.monotonic() < end:
            call()
            times.append(time.monotonic())

    workers = [threading.Thread(target=work) for _ in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return times

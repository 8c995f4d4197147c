"""One call with everything that can happen to it, over HTTP on loopback."""

import threading
from datetime import UTC, datetime

import pytest

from crmsnap.errors import (
    BadRequest,
    BadToken,
    DailyLimitReached,
    HubSpotError,
    MissingScope,
    NotFound,
    Suspended,
    Unavailable,
    UnexpectedAnswer,
    UriTooLong,
)
from crmsnap.hubspot.client import Client
from crmsnap.hubspot.endpoints import objects, owners
from crmsnap.hubspot.paths import ASSOCIATION_LABELS, OBJECT_LIST, OBJECT_SEARCH, OWNERS
from tests.unit.hubspot.conftest import MakeClient
from tests.unit.hubspot.host import Got, Host, Reply, VirtualClock, packed, page

CONTACTS = {"type": "0-1"}
EMPTY = Reply({"results": []})
LIMIT_HEADERS = {
    "X-HubSpot-RateLimit-Max": "190",
    "X-HubSpot-RateLimit-Interval-Milliseconds": "10000",
    "X-HubSpot-RateLimit-Daily": "250000",
    "X-HubSpot-RateLimit-Daily-Remaining": "249999",
}


def test_a_call_carries_the_token_and_its_query(client: Client, host: Host) -> None:
    """The whole request as HubSpot sees it: dated path, bearer token, gzip wanted."""
    host.answer(EMPTY)
    answer = client.get(OBJECT_LIST, path=CONTACTS, query=[("properties", "a,b"), ("after", "1 2")])
    (got,) = host.got
    assert got.method == "GET"
    assert got.target == "/crm/objects/2026-09/0-1?properties=a%2Cb&after=1+2"
    assert got.headers["authorization"] == "Bearer pat-secret"
    assert got.headers["accept-encoding"] == "gzip"
    assert got.headers["user-agent"].startswith("crmsnap/")
    assert answer.status == 200
    assert answer.body == b'{"results": []}'


def test_a_body_goes_out_as_json(client: Client, host: Host) -> None:
    """Property names that do not fit a URL travel in the body."""
    host.answer(Reply({"total": 3}))
    client.post(OBJECT_SEARCH, path=CONTACTS, body={"limit": 1})
    (got,) = host.got
    assert (got.method, got.body) == ("POST", b'{"limit":1}')
    assert got.headers["content-type"] == "application/json"


def test_hubspots_clock_is_the_date_header(client: Client, host: Host) -> None:
    """The day of a snapshot is HubSpot's day, whatever this machine believes."""
    with pytest.raises(RuntimeError, match="first answer"):
        client.server_date()
    host.answer(Reply(headers={"Date": "Mon, 23 Nov 2026 23:59:59 GMT"}))
    answer = client.get(OWNERS)
    assert answer.date == client.server_date() == datetime(2026, 11, 23, 23, 59, 59, tzinfo=UTC)


def test_a_missing_dated_path_falls_back_once_and_is_remembered(client: Client, host: Host) -> None:
    """Families get their dated paths at different times; the others must not pay for it."""

    def only_2026_03(got: Got) -> Reply:
        return EMPTY if "2026-03" in got.target else page(status=404)

    host.answer(only_2026_03)
    for _ in range(2):
        client.get(OBJECT_LIST, path=CONTACTS)
    assert [got.target for got in host.got] == [
        "/crm/objects/2026-09/0-1",
        "/crm/objects/2026-03/0-1",
        "/crm/objects/2026-03/0-1",
    ]


def test_the_legacy_path_is_the_last_resort(client: Client, host: Host) -> None:
    """And it costs no retry: nothing failed."""
    host.answer(lambda got: EMPTY if "/v3/" in got.target else page(status=404))
    client.get(OBJECT_LIST, path=CONTACTS)
    assert host.got[-1].target == "/crm/v3/objects/0-1"
    assert client.usage.retries == 0


def test_a_missing_thing_is_not_a_missing_path(client: Client, host: Host) -> None:
    """404 with JSON is HubSpot speaking: falling back would only ask the same again."""
    host.answer(Reply({"message": "resource not found", "correlationId": "c-1"}, 404))
    with pytest.raises(NotFound) as raised:
        client.get(OBJECT_LIST, path=CONTACTS)
    assert raised.value.correlation_id == "c-1"
    assert len(host.got) == 1


def test_a_host_without_any_path_is_a_wrong_base_url(client: Client, host: Host) -> None:
    """Taken for "the account has none of this" it would be a silent hole."""
    host.answer(page(status=404))
    with pytest.raises(UnexpectedAnswer, match="no page") as raised:
        client.get(OBJECT_LIST, path=CONTACTS)
    assert "base URL" in raised.value.remedy


def test_another_version_can_be_asked_for(make_client: MakeClient, host: Host) -> None:
    """The next dated version comes every half year."""
    make_client(api_version="2027-03").get(OWNERS)
    assert host.got[0].target == "/crm/owners/2027-03"


def test_variables_cannot_leave_their_segment(client: Client, host: Host) -> None:
    """Custom types may be called anything; the path stays the one that was meant."""
    client.get(OBJECT_LIST, path={"type": "../../x?y"})
    assert host.got[0].target == "/crm/objects/2026-09/..%2F..%2Fx%3Fy"


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (Reply({"message": "no", "correlationId": "c-1"}, 400), BadRequest),
        (Reply({"message": "no", "correlationId": "c-1"}, 401), BadToken),
        (Reply({"message": "no", "correlationId": "c-1"}, 403), MissingScope),
        (Reply({"message": "no", "correlationId": "c-1"}, 404), NotFound),
        (Reply({"message": "no", "correlationId": "c-1"}, 405), NotFound),
        (Reply({"message": "no", "correlationId": "c-1"}, 414), UriTooLong),
        (Reply({"message": "no", "correlationId": "c-1"}, 302), UnexpectedAnswer),
        (Reply({"message": "no", "correlationId": "c-1"}, 418), UnexpectedAnswer),
        (
            Reply({"message": "no", "correlationId": "c-1", "policyName": "DAILY"}, 429),
            DailyLimitReached,
        ),
    ],
)
def test_a_final_refusal_is_one_call_and_one_error(
    client: Client, host: Host, reply: Reply, kind: type[HubSpotError]
) -> None:
    """Each has HubSpot's correlation id, which its support asks for, and says what to do."""
    host.answer(reply)
    with pytest.raises(kind) as raised:
        client.get(OBJECT_LIST, path=CONTACTS)
    assert type(raised.value) is kind
    assert raised.value.correlation_id == "c-1"
    assert raised.value.remedy
    assert len(host.got) == 1


def test_the_correlation_id_may_be_a_header(client: Client, host: Host) -> None:
    """Bodies without one exist."""
    host.answer(Reply({"message": "no"}, 400, {"X-HubSpot-Correlation-Id": "from-header"}))
    with pytest.raises(BadRequest) as raised:
        client.get(OWNERS)
    assert raised.value.correlation_id == "from-header"


@pytest.mark.parametrize(
    "body",
    [
        {
            "category": "MISSING_SCOPES",
            "message": "This app hasn't been granted all required scopes to make this call.",
            "errors": [
                {
                    "message": "One or more of the following scopes are required.",
                    "context": {"requiredGranularScopes": ["crm.lists.read", "crm.lists.write"]},
                }
            ],
        },
        {
            "message": "You do not have permissions to view_schema object type ObjectTypeId"
            "{legacyObjectType=LEAD} in portal 1 (requires one of [crm.lists.read, crm.lists.write])"
        },
    ],
    ids=["private app", "OAuth"],
)
def test_a_missing_scope_is_named(client: Client, host: Host, body: dict[str, object]) -> None:
    """The operator has to know which box to tick, whichever shape the refusal has."""
    host.answer(Reply(body, 403))
    with pytest.raises(MissingScope) as raised:
        client.get(OBJECT_LIST, path=CONTACTS)
    assert raised.value.scopes == ("crm.lists.read", "crm.lists.write")


@pytest.mark.parametrize("errors", [["a text"], [None], {}, [{"context": None}], [{"context": []}]])
def test_error_bodies_may_have_any_shape(client: Client, host: Host, errors: object) -> None:
    """HubSpot promises none of their fields."""
    host.answer(Reply({"message": 7, "errors": errors, "correlationId": None}, 403))
    with pytest.raises(MissingScope) as raised:
        client.get(OWNERS)
    assert raised.value.scopes == ()


def test_a_passing_failure_is_not_seen_by_the_caller(
    client: Client, host: Host, clock: VirtualClock
) -> None:
    """Web pages of gateways, a lock, a full window: wait and try again."""
    host.answer(EMPTY)
    client.get(OWNERS)
    host.answer(
        page("<html>bad gateway</html>", 502),
        Reply({"message": "locked"}, 423),
        Reply({"message": "x", "policyName": "TEN_SECONDLY_ROLLING"}, 429),
        Reply({"message": "soon"}, 503, {"Retry-After": "20"}),
        EMPTY,
    )
    started = clock.now
    assert client.get(OWNERS).status == 200
    usage = client.usage
    assert usage.retries == 4
    assert usage.calls == {"owners": {200: 2, 502: 1, 423: 1, 429: 1, 503: 1}}
    assert clock.now - started >= 2 + 5 + 20
    assert usage.waited_seconds == pytest.approx(clock.now - 1000, abs=0.1)


@pytest.mark.parametrize(
    "reply",
    [
        page("<html>hello</html>"),
        Reply("null"),
        Reply("[]"),
        Reply('{"results": null}'),
        Reply('{"total": 0}'),
        Reply('{"results": [}'),
        Reply('{"results": []'),
        Reply('{"results": []} trailing'),
        Reply('{"results": [NaN]}'),
        Reply(b'{"results": [], "x": "\xff"}'),
        Reply("[" * 100_000 + "]" * 100_000),
        Reply(""),
        Reply(b"\x1f\x8b no gzip", headers={"Content-Encoding": "gzip"}),
        Reply('{"results": []}', length=1000, close=True),
        Reply('{"results": []}', headers={"Date": "yesterday"}),
    ],
)
def test_what_is_no_hubspot_answer_is_tried_again_and_then_named(
    client: Client, host: Host, reply: Reply
) -> None:
    """Status 200 says nothing: a captive portal's page must never count as an empty account."""
    host.answer(reply, EMPTY)
    assert owners.page(client, archived=False, after=None).results == []
    assert client.usage.retries == 1
    host.answer(reply)
    with pytest.raises((UnexpectedAnswer, Unavailable)) as raised:
        owners.page(client, archived=False, after=None)
    assert raised.value.remedy


def test_an_outage_ends_in_an_error_that_says_so(client: Client, host: Host) -> None:
    """After every retry, with HubSpot's words and its correlation id."""
    host.answer(EMPTY)
    client.get(OWNERS)
    host.answer(Reply({"message": "internal error", "correlationId": "c-9"}, 500))
    with pytest.raises(Unavailable, match="failed to read owners") as raised:
        client.get(OWNERS)
    assert "500: internal error" in raised.value.cause
    assert raised.value.correlation_id == "c-9"
    assert 6 <= len(host.got) - 1 <= 12


def test_a_host_that_never_answered_is_given_up_within_seconds(
    make_client: MakeClient, clock: VirtualClock
) -> None:
    """It is more likely a wrong setting than an outage."""
    client = make_client(base_url="http://127.0.0.1:1")
    with pytest.raises(Unavailable, match="cannot be reached"):
        client.get(OWNERS)
    assert clock.now - 1000 < 5
    assert client.usage.calls == {"owners": {0: 3}}


def test_a_day_long_wait_ends_the_run_for_now(client: Client, host: Host) -> None:
    """477: the account moves to another data centre. The next run goes on where this one stopped."""
    host.answer(Reply({"message": "migrating"}, 477, {"Retry-After": "86400"}))
    with pytest.raises(Suspended, match=r"24\.0 hours") as raised:
        client.get(OWNERS)
    assert raised.value.exit_code == 75
    assert len(host.got) == 1


def test_after_the_daily_limit_no_thread_sends_anything(client: Client, host: Host) -> None:
    """Sixteen threads that go on until refused would be sixteen errors of sixteen."""
    host.answer(Reply({"policyName": "DAILY", "correlationId": "c-2"}, 429))
    with pytest.raises(DailyLimitReached):
        client.get(OWNERS)
    caught: list[HubSpotError] = []

    def call() -> None:
        try:
            client.get(OBJECT_SEARCH, path=CONTACTS)
        except HubSpotError as error:
            caught.append(error)

    threads = [threading.Thread(target=call) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [type(error) for error in caught] == [DailyLimitReached] * 8
    assert len(host.got) == 1


def test_the_share_of_the_day_is_kept_by_headers(make_client: MakeClient, host: Host) -> None:
    """80 % by default: the rest of the pool belongs to the account's other integrations."""
    host.answer(Reply(headers=LIMIT_HEADERS | {"X-HubSpot-RateLimit-Daily-Remaining": "125000"}))
    client = make_client(daily_share=0.5)
    client.get(OWNERS)
    with pytest.raises(DailyLimitReached, match="daily limit"):
        client.get(OWNERS)
    assert len(host.got) == 1
    assert (client.usage.daily_limit, client.usage.daily_remaining) == (250_000, 125_000)


def test_half_an_emoji_costs_neither_the_page_nor_the_record(client: Client, host: Host) -> None:
    """HubSpot passes on lone surrogates, which no strict JSON reader takes; they are counted."""
    wire = (
        rb'{"results": [{"id": "1", "properties": {"a": "\ud83d", "b": "\ud83d\ude00 \\ud83d"}}]}'
    )
    host.answer(Reply(wire))
    found = objects.page(client, "0-1", properties=["a", "b"], limit=1, after=None)
    assert bytes(found.results[0].properties) == rb'{"a": "\ufffd", "b": "\ud83d\ude00 \\ud83d"}'
    assert client.usage.replaced_surrogates == 1
    assert client.usage.retries == 0


def test_the_token_is_in_no_error(make_client: MakeClient, host: Host) -> None:
    """Errors end up in logs, reports and tickets; a host may send the token back to us."""
    ours = "pat-na1-very-own"
    client = make_client(token=ours)
    for status in (400, 401, 403, 404, 414, 418, 429, 500):
        host.answer(Reply({"message": f"bad token {ours}", "correlationId": ours}, status))
        with pytest.raises(HubSpotError) as raised:
            client.get(OWNERS)
        error = raised.value
        assert ours not in f"{error!r} {error} {error.as_dict()}"
    assert ours not in repr(vars(client))


def test_pages_are_unpacked(client: Client, host: Host) -> None:
    """As HubSpot sends them: gzip."""
    host.answer(packed({"results": [{"id": "1", "properties": {"a": None}}], "paging": None}))
    found = objects.page(client, "0-1", properties=["a"], limit=1, after=None)
    assert [record.id for record in found.results] == ["1"]


def test_kinds_learn_their_limits_from_their_own_answers(
    client: Client, host: Host, clock: VirtualClock
) -> None:
    """An association's 150 must not slow the lists' 190."""
    host.answer(
        Reply({"results": []}, headers=LIMIT_HEADERS | {"X-HubSpot-RateLimit-Max": "1000000"})
    )
    client.get(ASSOCIATION_LABELS, path={"from": "0-1", "to": "0-2"})
    host.answer(Reply({"results": []}, headers=LIMIT_HEADERS))
    client.get(OWNERS)
    started = clock.now
    for _ in range(100):
        client.get(ASSOCIATION_LABELS, path={"from": "0-1", "to": "0-2"})
    # The first of these answers said 190; until then the million counted.
    assert 5 < clock.now - started < 6

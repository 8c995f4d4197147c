"""What every call goes through, over HTTP."""

import gzip
import socket
import time
from urllib.parse import urlsplit

import orjson
import pytest

LIST = "/crm/v3/objects/contacts"


def test_an_unknown_route_is_an_html_page(client) -> None:
    """HubSpot's web server answers it, not its API; the reader tells it from a 404 in JSON."""
    answer = client.get("/crm/v9/anything")
    assert (answer.status, answer.headers["content-type"]) == (404, "text/html;charset=utf-8")
    assert b"<title>Error 404 Not Found</title>" in answer.data
    assert client.stats() == {"unknown": {"404": 1}}


def test_a_wrong_method_is_405(client) -> None:
    """With the methods that would do."""
    answer = client.ask("DELETE", LIST)
    assert (answer.status, answer.headers["allow"]) == (405, "GET")


@pytest.mark.parametrize("token", ["", "other"])
def test_a_token_nobody_knows_is_401(client, token: str) -> None:
    """No token and a wrong one look the same."""
    answer = client.get(LIST, authorization=f"Bearer {token}" if token else "")
    assert answer.status == 401
    assert answer.json()["category"] == "INVALID_AUTHENTICATION"
    assert answer.json()["correlationId"] == answer.headers["x-hubspot-correlation-id"]
    assert "x-hubspot-ratelimit-max" not in answer.headers


def test_a_private_app_is_told_which_scope_is_missing(start_sandbox) -> None:
    """Any one of the named scopes would do."""
    client = start_sandbox(tokens=("full", "narrow=crm.schemas.deals.read"))
    refused = client.get("/properties/contacts", authorization="Bearer narrow")
    assert refused.status == 403
    assert refused.json()["category"] == "MISSING_SCOPES"
    assert refused.json()["errors"][0]["context"] == {
        "requiredGranularScopes": ["crm.schemas.contacts.read"]
    }
    assert client.get("/properties/deals", authorization="Bearer narrow").status == 200
    assert client.get("/properties/contacts").status == 200


def test_an_oauth_token_gets_a_403_without_category(start_sandbox) -> None:
    """Its scopes stand in the message only."""
    client = start_sandbox(tokens=("oauth-narrow=",))
    refused = client.get("/properties/contacts", authorization="Bearer oauth-narrow")
    assert refused.status == 403
    assert set(refused.json()) == {"status", "message", "correlationId"}
    assert (
        "view_schema object type ObjectTypeId{legacyObjectType=CONTACT}"
        in refused.json()["message"]
    )
    assert "(requires one of [crm.schemas.contacts.read])" in refused.json()["message"]


def test_the_handler_sees_the_decoded_call(client) -> None:
    """Repeated parameters keep their order; empty ones stay."""
    seen = client.post("/crm/objects/2026-03/a%2Fb/search?p=1&q=&p=%C3%A9", {"limit": 5}).json()
    assert seen["path"] == {"version": "2026-03", "type": "a/b"}
    assert seen["query"] == {"p": ["1", "é"], "q": [""]}
    assert seen["body"] == {"limit": 5}
    assert seen["scopes"] == ["*"]


@pytest.mark.parametrize("body", [b"{", b"\xff", b"[1]", b'"text"', b"NaN", b"[" * 5000])
def test_a_body_that_is_no_json_object_is_400(client, body: bytes) -> None:
    """HubSpot answers 400 where other frameworks say 422 or fail."""
    answer = client.post(f"{LIST}/search", body)
    assert answer.status == 400
    assert answer.json()["category"] == "VALIDATION_ERROR"


def test_a_long_url_is_414_and_a_nearly_long_one_is_not(client) -> None:
    """About 600 property names."""
    fits = f"{LIST}?properties="
    assert client.get(fits + "x" * (16_000 - len(fits))).status == 200
    assert client.get(fits + "x" * (16_001 - len(fits))).status == 414


def test_a_large_answer_is_compressed_for_who_accepts_it(client) -> None:
    """The text is the same either way; small answers stay plain."""
    plain = client.get(f"{LIST}?limit=30")
    packed = client.pool.request(
        "GET",
        f"{client.url}{LIST}?limit=30",
        headers={"authorization": "Bearer full", "accept-encoding": "gzip"},
        decode_content=False,
    )
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert len(packed.data) < len(plain.data)
    small = client.get(f"{LIST}?limit=1", **{"accept-encoding": "gzip"})
    assert "content-encoding" not in small.headers


def test_every_answer_has_the_sandbox_clock_in_its_date_header(start_sandbox) -> None:
    """A reader takes its day from there; uvicorn's own header would be another clock."""
    client = start_sandbox()
    assert client.get(LIST).headers.getlist("date") == ["Sun, 22 Nov 2026 12:00:00 GMT"]
    client.post("/_sandbox/clock", {"advance_ms": 86_400_000})
    assert client.get(LIST).headers["date"] == "Mon, 23 Nov 2026 12:00:00 GMT"
    assert client.get("/nowhere").headers["date"] == "Mon, 23 Nov 2026 12:00:00 GMT"


def test_correlation_ids_differ(client) -> None:
    """They name one answer."""
    ids = {client.get(LIST).headers["x-hubspot-correlation-id"] for _ in range(5)}
    assert len(ids) == 5


def test_a_full_window_is_429_with_its_headers(start_sandbox) -> None:
    """Remaining 0 comes with the refusal too."""
    client = start_sandbox(tier="starter")
    answers = [client.get(LIST) for _ in range(101)]
    assert [answer.status for answer in answers] == [200] * 100 + [429]
    assert answers[0].headers["x-hubspot-ratelimit-remaining"] == "99"
    assert answers[-1].headers["x-hubspot-ratelimit-remaining"] == "0"
    assert answers[-1].json()["errorType"] == "RATE_LIMIT"
    assert client.stats() == {"objects": {"200": 100, "429": 1}}


def test_search_answers_have_no_rate_headers(client) -> None:
    """As documented for the search endpoints."""
    answer = client.post(f"{LIST}/search", {})
    assert answer.status == 200
    assert not [name for name in answer.headers if "ratelimit" in name.lower()]


def test_latency_is_spent_without_blocking_others(start_sandbox) -> None:
    """Ten slow answers at once take as long as one."""
    client = start_sandbox(latency_seconds=0.3)
    target = urlsplit(client.url)
    request = f"GET {LIST} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer full\r\n\r\n".encode()
    started = time.monotonic()
    callers = [socket.create_connection((target.hostname, target.port)) for _ in range(10)]
    for caller in callers:
        caller.sendall(request)
    for caller in callers:
        assert caller.recv(12) == b"HTTP/1.1 200"
        caller.close()
    assert 0.3 <= time.monotonic() - started < 1.5


def test_control_needs_no_token_and_is_not_counted(start_sandbox) -> None:
    """Looking must not change what is looked at, nor take time."""
    client = start_sandbox(latency_seconds=5)
    answer = client.get("/_sandbox/stats", authorization="")
    assert (answer.status, answer.json()) == (200, {"requests": {}})
    assert "x-hubspot-ratelimit-max" not in answer.headers


def test_statistics_start_again_after_a_reset(client) -> None:
    """One run at a time can be judged."""
    client.get(LIST)
    client.post(f"{LIST}/search", {})
    assert client.stats() == {"objects": {"200": 1}, "search": {"200": 1}}
    assert client.post("/_sandbox/stats/reset", None).json() == {"requests": {}}
    assert client.stats() == {}


@pytest.mark.parametrize("body", [{}, {"advance_ms": -1}, {"advance_ms": "1"}])
def test_the_clock_takes_only_a_positive_number(client, body) -> None:
    """It never goes back."""
    assert client.post("/_sandbox/clock", body).status == 400
    assert client.get("/_sandbox/clock").json() == {"now": "2026-11-22T12:00:00.000Z"}


def test_a_control_answer_is_json(client) -> None:
    """Tests and scripts read it."""
    answer = client.get("/_sandbox/faults")
    assert answer.headers["content-type"] == "application/json;charset=utf-8"
    assert orjson.loads(answer.data) == {"rules": []}

"""Every effect of a fault plan, as a client meets it."""

import gzip
import json
import re
import socket
import time
import zlib
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
import urllib3

LIST = "/crm/v3/objects/contacts"


def rule(kind: str, **parameters: Any) -> dict[str, Any]:
    """A rule for the first request to the objects family."""
    return {"family": "objects", "nth": 1, "effect": {"kind": kind, **parameters}}


def raw(client, path: str, *, accept_gzip: bool = False, seconds: float = 5.0) -> bytes:
    """Every byte the server sends until it closes; ConnectionResetError when it resets."""
    return b"".join(pieces(client, path, accept_gzip=accept_gzip, seconds=seconds))


def pieces(
    client, path: str, *, accept_gzip: bool = False, seconds: float = 5.0
) -> Iterator[bytes]:
    """The bytes as they arrive."""
    target = urlsplit(client.url)
    encoding = "accept-encoding: gzip\r\n" if accept_gzip else ""
    request = f"GET {path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer full\r\nconnection: close\r\n{encoding}\r\n"
    with socket.create_connection((target.hostname, target.port), timeout=seconds) as connection:
        connection.sendall(request.encode())
        while piece := connection.recv(65536):
            yield piece


def split(answer: bytes) -> tuple[str, bytes]:
    """Head and body."""
    head, _, body = answer.partition(b"\r\n\r\n")
    return head.decode().lower(), body


def declared(head: str) -> int:
    """The Content-Length of a head."""
    found = re.search(r"content-length: (\d+)", head)
    assert found
    return int(found[1])


@pytest.mark.parametrize(
    ("status", "key", "value"),
    [
        (400, "category", "VALIDATION_ERROR"),
        (401, "category", "INVALID_AUTHENTICATION"),
        (403, "category", "MISSING_SCOPES"),
        (404, "category", "OBJECT_NOT_FOUND"),
        (423, "category", "LOCKED"),
        (429, "policyName", "TEN_SECONDLY_ROLLING"),
        (477, "category", "MIGRATION_IN_PROGRESS"),
        (500, "message", "internal error"),
        (524, "message", "internal error"),
    ],
)
def test_a_status_comes_with_hubspots_body_for_it(
    client, status: int, key: str, value: str
) -> None:
    """A plan need not spell out what HubSpot would say."""
    client.faults(rule("status", status=status, headers={"Retry-After": "2"}))
    answer = client.get(LIST)
    assert (answer.status, answer.json()[key]) == (status, value)
    assert answer.headers["retry-after"] == "2"
    assert answer.json()["correlationId"] == answer.headers["x-hubspot-correlation-id"]
    assert client.get(LIST).status == 200
    assert client.fired() == [1]
    assert client.stats() == {"objects": {str(status): 1, "200": 1}}


def test_a_status_may_be_a_gateways_page_a_json_value_or_a_text(client) -> None:
    """Duplicate keys and endless depth are texts that no JSON encoder would write."""
    client.faults(
        rule("status", status=502, html=True),
        {"family": "objects", "nth": 2, "effect": {"kind": "status", "status": 503, "body": ["x"]}},
        {
            "family": "objects",
            "nth": 3,
            "effect": {"kind": "status", "status": 200, "text": '{"a":1,"a":NaN}'},
        },
    )
    page, value, text = client.get(LIST), client.get(LIST), client.get(LIST)
    assert page.headers["content-type"] == "text/html;charset=utf-8"
    assert b"<html>" in page.data
    assert (value.status, value.json()) == (503, ["x"])
    assert (text.status, text.data) == (200, b'{"a":1,"a":NaN}')


def test_a_redirect_names_its_target(client) -> None:
    """A reader must not carry its token to another host."""
    client.faults(rule("status", status=302, headers={"Location": "http://elsewhere.invalid/"}))
    answer = client.get(LIST)
    assert (answer.status, answer.headers["location"]) == (302, "http://elsewhere.invalid/")


def test_a_good_status_may_hold_a_web_page(client) -> None:
    """Captive portals do that."""
    client.faults(rule("html200"))
    answer = client.get(LIST)
    assert (answer.status, answer.headers["content-type"]) == (200, "text/html;charset=utf-8")


@pytest.mark.parametrize("value", [None, [], 7, {"results": None}])
def test_a_good_status_may_hold_any_json(client, value: Any) -> None:
    """`null` and a list pass a reader that only asks for keys that exist."""
    client.faults(rule("body", value=value))
    assert client.get(LIST).json() == value


def test_a_page_may_lack_its_results(client) -> None:
    """Not the same as an empty list."""
    client.faults(rule("no_results"))
    assert client.get(LIST).json() == {"paging": {"next": {"after": "10"}}}


def test_a_page_may_lose_records_behind_its_cursor(client) -> None:
    """Only a count finds that out."""
    client.faults(rule("missing", records=3))
    page = client.get(LIST).json()
    assert ids(page) == list(range(1, 8))
    assert page["paging"]["next"]["after"] == "10"


def test_a_short_page_goes_on_where_it_ended(client) -> None:
    """Whoever stops at a short page loses the rest; whoever goes on loses nothing."""
    client.faults({"family": "objects", "every": 2, "effect": {"kind": "short_page", "limit": 3}})
    sizes = [len(page["results"]) for page in pages(client)]
    assert sizes == [10, 3, 10, 3, 4]
    assert client.fired() == [2]


def test_a_short_page_of_a_search_is_asked_for_in_its_body(client) -> None:
    """Search has its limit there."""
    client.faults({"family": "search", "nth": 1, "effect": {"kind": "short_page", "limit": 3}})
    assert client.post(f"{LIST}/search", {"limit": 200}).json()["body"] == {"limit": 3}


def test_a_record_may_come_again_on_the_next_page(client) -> None:
    """Records that are created during a scan push others over the border."""
    client.faults(rule("duplicate"))
    assert [ids(page)[0] for page in pages(client)] == [1, 10, 20]
    assert client.fired() == [2]


def test_the_duplicate_is_of_the_page_before_also_when_streams_interleave(client) -> None:
    """Two types are paged at the same time with the same cursors."""
    client.faults(rule("duplicate"))
    client.get(f"{LIST}?limit=10")
    client.get("/crm/v3/objects/deals?limit=5")
    assert ids(client.get(f"{LIST}?limit=10&after=10").json())[0] == 10
    assert ids(client.get("/crm/v3/objects/deals?after=10").json())[0] == 11


@pytest.mark.parametrize(
    ("becomes", "after"),
    [("integer", 20), ("repeated", "10"), ("backward", "5"), ("unknown", "no-such-cursor")],
)
def test_a_cursor_may_be_anything(client, becomes: str, after: Any) -> None:
    """An integer is fine, a cursor that does not move on is not."""
    client.faults(rule("after", becomes=becomes))
    page = client.get(f"{LIST}?after=10").json()
    assert page["paging"]["next"]["after"] == after
    assert client.fired() == [1]


def test_an_effect_that_has_nothing_to_act_on_does_not_count_as_fired(client) -> None:
    """A test must not pass because its fault never happened."""
    client.faults(
        rule("after", becomes="integer"),
        {"family": "objects", "nth": 2, "effect": {"kind": "missing"}},
    )
    assert "paging" not in client.get(f"{LIST}?after=20").json()
    assert client.get(f"{LIST}?limit=1000").status == 400
    assert client.fired() == [0, 0]


def test_a_reset_comes_in_the_middle_of_the_body(client) -> None:
    """Status and headers were fine."""
    client.faults(rule("reset", at=0.25))
    received = b""
    with pytest.raises(ConnectionResetError):  # noqa: PT012 - the bytes before it matter
        for piece in pieces(client, LIST):
            received += piece
    if received:  # what the kernel had not handed over yet may be lost with the reset
        head, body = split(received)
        assert head.startswith("http/1.1 200")
        assert len(body) == declared(head) // 4
    assert client.stats() == {"objects": {"200": 1}}


def test_a_body_may_be_shorter_than_its_length(client) -> None:
    """An orderly close, half a page."""
    client.faults(rule("truncate", mode="length"))
    head, body = split(raw(client, LIST))
    assert len(body) == declared(head) // 2


def test_a_chunked_body_may_lack_its_end(client) -> None:
    """The last chunk has length 0; it never comes."""
    client.faults(rule("truncate", mode="chunk"))
    head, body = split(raw(client, LIST))
    assert "transfer-encoding: chunked" in head
    assert body
    assert not body.endswith(b"0\r\n\r\n")


def test_a_gzip_body_may_end_in_the_middle_or_before_its_trailer(client) -> None:
    """HTTP is satisfied: Content-Length fits what was sent."""
    client.faults(
        rule("truncate", mode="gzip"),
        {"family": "objects", "nth": 2, "effect": {"kind": "truncate", "mode": "gzip_trailer"}},
    )
    for _ in range(2):
        head, body = split(raw(client, LIST, accept_gzip=True))
        assert declared(head) == len(body)
        assert "content-encoding: gzip" in head
        with pytest.raises(EOFError):
            gzip.decompress(body)
    whole = zlib.decompressobj(wbits=31).decompress(body)
    assert len(json.loads(whole)["results"]) == 10


def test_a_gzip_body_may_have_a_wrong_checksum(client) -> None:
    """Its length is right."""
    client.faults(rule("truncate", mode="crc"))
    _, body = split(raw(client, LIST))
    with pytest.raises(gzip.BadGzipFile, match="CRC check failed"):
        gzip.decompress(body)


@pytest.mark.parametrize("mode", ["json", "garbage"])
def test_a_complete_body_may_hold_broken_json(client, mode: str) -> None:
    """Cut in the middle, or followed by something else."""
    client.faults(rule("truncate", mode=mode))
    answer = client.get(LIST)
    assert answer.status == 200
    with pytest.raises(ValueError):  # noqa: PT011 - any JSON error will do
        answer.json()


def test_a_slow_answer_arrives_evenly_and_complete(client) -> None:
    """No read timeout fires, since every read returns something."""
    client.faults(rule("slow", bytes_per_second=2000))
    started = time.monotonic()
    arrived = list(pieces(client, LIST, seconds=1.0))
    assert 0.3 < time.monotonic() - started < 3
    assert len(arrived) > 3
    assert len(json.loads(split(b"".join(arrived))[1])["results"]) == 10


def test_a_hanging_request_gets_nothing(client) -> None:
    """Counted under status 0, which no answer has."""
    client.faults(rule("hang"))
    with pytest.raises(TimeoutError):
        raw(client, LIST, seconds=0.3)
    assert client.stats() == {"objects": {"0": 1}}
    assert client.get(LIST).status == 200


def test_a_bomb_is_small_on_the_wire(client) -> None:
    """A thousandth of what it grows to."""
    client.faults(rule("bomb", megabytes=5))
    packed = client.pool.request(
        "GET", client.url + LIST, headers={"authorization": "Bearer full"}, decode_content=False
    )
    assert packed.headers["content-encoding"] == "gzip"
    assert len(packed.data) < 50_000
    assert gzip.decompress(packed.data) == b" " * 5_000_000


def test_a_right_that_is_taken_away_stays_away(client) -> None:
    """From the second request on, and only for this family."""
    client.faults({"family": "objects", "nth": 2, "effect": {"kind": "forbid", "scopes": ["s"]}})
    answers = [client.get(LIST) for _ in range(4)]
    assert [answer.status for answer in answers] == [200, 403, 403, 403]
    assert answers[1].json()["errors"][0]["context"] == {"requiredGranularScopes": ["s"]}
    assert client.get("/properties/contacts").status == 200
    assert client.fired() == [3]


def test_forbid_names_the_operations_own_scopes(client) -> None:
    """The body is the one that a missing scope gets."""
    client.faults({"nth": 1, "effect": {"kind": "forbid"}})
    refused = client.get("/properties/deals").json()
    assert refused["errors"][0]["context"] == {"requiredGranularScopes": ["crm.schemas.deals.read"]}


def test_a_revoked_token_is_gone_for_every_family(start_sandbox) -> None:
    """Other tokens go on."""
    client = start_sandbox(tokens=("full", "other"))
    client.faults(rule("token_revoked"))
    assert client.get(LIST).json()["category"] == "INVALID_AUTHENTICATION"
    assert client.get("/properties/contacts").status == 401
    assert client.get(LIST, authorization="Bearer other").status == 200


def test_an_expired_token_says_since_when(client) -> None:
    """The OAuth form of 401."""
    client.faults(rule("token_expired", seconds_ago=60))
    refused = client.get(LIST)
    assert (refused.status, refused.json()["category"]) == (401, "EXPIRED_AUTHENTICATION")
    assert refused.json()["context"] == {"expire time": ["2026-11-22T11:59:00.000Z"]}
    assert client.get(LIST).status == 200


def test_the_daily_limit_lasts_until_midnight_of_the_account(start_sandbox) -> None:
    """Five in the morning UTC, seventeen hours from noon."""
    client = start_sandbox()
    client.faults(rule("daily_limit"))
    assert client.get(LIST).json()["policyName"] == "DAILY"
    refused = client.get("/properties/contacts")
    assert (refused.status, refused.json()["policyName"]) == (429, "DAILY")
    assert refused.headers["x-hubspot-ratelimit-daily-remaining"] == "0"
    client.post("/_sandbox/clock", {"advance_ms": 17 * 3_600_000})
    assert client.get(LIST).status == 200
    assert client.fired() == [1]


def test_clearing_the_plan_ends_the_faults(client) -> None:
    """One sandbox serves many tests."""
    client.faults({"effect": {"kind": "status", "status": 500}})
    assert client.get(LIST).status == 500
    assert client.ask("DELETE", "/_sandbox/faults").json() == {"rules": []}
    assert client.get(LIST).status == 200


def test_control_is_spared(client) -> None:
    """Otherwise a plan could not be ended."""
    client.faults({"family": "*", "effect": {"kind": "hang"}})
    assert client.get("/_sandbox/stats").status == 200


def ids(page: dict[str, Any]) -> list[int]:
    """The ids of a page."""
    return [int(record["id"]) for record in page["results"]]


def pages(client) -> Iterator[dict[str, Any]]:
    """Every page until `after` is absent."""
    after = ""
    while True:
        answer: urllib3.BaseHTTPResponse = client.get(f"{LIST}?{after}")
        page = answer.json()
        yield page
        if "paging" not in page:
            return
        after = f"after={page['paging']['next']['after']}"

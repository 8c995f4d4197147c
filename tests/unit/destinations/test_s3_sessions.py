"""Keys that end while a run goes on: how they are renewed, and what becomes of a renewal that fails."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest

from crmsnap.destinations.interface import Destination
from crmsnap.destinations.retry import Passing
from crmsnap.destinations.s3 import AwsKeys, S3Options
from crmsnap.destinations.url import open_destination
from crmsnap.errors import AccessDenied, DestinationError
from tests.unit.destinations.scripted_s3 import (
    Answer,
    ScriptedS3,
    head_answer,
    listing,
    refusal,
)
from tests.unit.destinations.watched_clock import WatchedClock

DATA = b"some part"
HASH = sha256(DATA).hexdigest()
KEY = "2026-11-22/OWNERS/part-00000-x.csv.gz"
EXPIRED = refusal(400, "ExpiredToken")


class Sessions:
    """Gives numbered sessions, or raises what is put in their way."""

    def __init__(self, seconds: float, *refused: DestinationError | None) -> None:
        self.given = 0
        self._seconds = seconds
        self._refused = list(refused)

    def __call__(self) -> AwsKeys:
        refused = self._refused.pop(0) if self._refused else None
        if refused is not None:
            raise refused
        self.given += 1
        end = datetime.now(UTC) + timedelta(seconds=self._seconds)
        return AwsKeys(f"ASIA{self.given}", "secret", f"token{self.given}", end)


def opened(store: ScriptedS3, keys: Callable[[], AwsKeys]) -> Destination:
    options = S3Options(
        endpoint_url=store.url, keys=keys, allow_http=True, bucket_owner="222222222222"
    )
    return open_destination("s3://acme-lake/hub", options, WatchedClock(), lambda: 0.0)


def create(destination: Destination) -> None:
    destination.create(KEY, DATA, sha256=HASH)


def soon() -> None:
    """obstore keeps a session for a tenth of a second, however short it is."""
    time.sleep(0.15)


def tokens(store: ScriptedS3) -> list[str]:
    return [request.headers["x-amz-security-token"] for request in store.requests]


def test_one_session_serves_many_requests(store: ScriptedS3) -> None:
    """STS is not asked for every part, nor once more for listings."""
    sessions = Sessions(3600)
    destination = opened(store, sessions)
    store.answers = [listing()]
    assert list(destination.list("")) == []
    for _ in range(20):
        create(destination)
    assert sessions.given == 1


def test_a_session_that_is_about_to_end_is_renewed_before(store: ScriptedS3) -> None:
    """So that a part which takes minutes to send is still in time."""
    sessions = Sessions(60)
    destination = opened(store, sessions)
    create(destination)
    soon()
    create(destination)
    assert sessions.given == 2
    assert tokens(store) == ["token1", "token2"]


def test_a_session_that_the_store_ended_early_is_renewed_and_the_part_sent_again(
    store: ScriptedS3,
) -> None:
    """A revoked session, or a clock that differs: the store's word counts."""
    store.answers = [EXPIRED]
    create(opened(store, Sessions(3600)))
    assert tokens(store) == ["token1", "token2"]
    assert [request.body for request in store.requests] == [DATA, DATA]


def test_a_head_that_meets_the_end_of_a_session_is_explained_by_a_listing(
    store: ScriptedS3,
) -> None:
    """HEAD gets 400 without a word, so another request has to find out why."""
    store.answers = [Answer(400), EXPIRED, listing(), head_answer(HASH, len(DATA))]
    assert opened(store, Sessions(3600)).head(KEY) is not None
    assert [request.method for request in store.requests] == ["HEAD", "GET", "GET", "HEAD"]
    assert tokens(store) == ["token1", "token1", "token2", "token2"]


def test_a_head_that_nobody_explains_is_tried_again(store: ScriptedS3) -> None:
    """400 is also what S3 says to a body that came too slowly."""
    store.answers = [Answer(400), listing(), head_answer(HASH, len(DATA))]
    assert opened(store, Sessions(3600)).head(KEY) is not None


def test_a_renewal_that_fails_in_passing_is_tried_again(store: ScriptedS3) -> None:
    """STS is a service over the network like the store itself."""
    sessions = Sessions(60, None, Passing("STS was busy"), None)
    destination = opened(store, sessions)
    create(destination)
    soon()
    create(destination)
    assert sessions.given == 2
    assert tokens(store) == ["token1", "token2"]


def test_a_renewal_that_is_refused_ends_the_run_with_its_own_reason(store: ScriptedS3) -> None:
    """The store's client would call it a failed request; the customer has to hear about the role."""
    refused = AccessDenied("the role cannot be assumed", remedy="look at its trust policy")
    destination = opened(store, Sessions(60, None, refused, refused))
    create(destination)
    soon()
    with pytest.raises(AccessDenied, match="the role cannot be assumed") as raised:
        create(destination)
    assert "trust policy" in raised.value.remedy
    assert len(store.requests) == 1

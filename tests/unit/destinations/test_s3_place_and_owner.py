"""Whose bucket, in which region, encrypted how: what every request says about it."""

import pickle
from dataclasses import replace
from functools import partial
from hashlib import sha256

import pytest

from crmsnap.destinations.interface import Destination
from crmsnap.destinations.retry import Passing
from crmsnap.destinations.s3 import AwsKeys, S3Options
from crmsnap.destinations.url import open_destination
from crmsnap.errors import DestinationError
from tests.unit.destinations.scripted_s3 import (
    OK,
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
KMS_KEY = "arn:aws:kms:eu-central-1:222222222222:key/1234"
ELSEWHERE = refusal(400, "AuthorizationHeaderMalformed", extra="<Region>eu-west-3</Region>")


def options(store: ScriptedS3) -> S3Options:
    return S3Options(
        endpoint_url=store.url,
        region="eu-central-1",
        keys=partial(AwsKeys, "AKIATEST", "secret"),
        allow_http=True,
    )


def no_luck() -> float:
    return 0.0


def opened(asked: S3Options) -> Destination:
    return open_destination("s3://acme-lake/hub", asked, WatchedClock(), no_luck)


def create(destination: Destination) -> None:
    destination.create(KEY, DATA, sha256=HASH)


def regions(store: ScriptedS3) -> list[str]:
    """The region that each request was signed for."""
    return [request.headers["authorization"].split("/")[2] for request in store.requests]


def test_every_request_for_a_file_names_the_owner_that_the_bucket_must_have(
    store: ScriptedS3,
) -> None:
    """A bucket that was removed and made again by somebody else gets nothing."""
    destination = opened(replace(options(store), bucket_owner="222222222222"))
    store.answers = [OK, Answer(404), head_answer(HASH, 9), OK, head_answer(HASH, 9), OK]
    create(destination)
    destination.copy(KEY, "2026-11-23/x", sha256=HASH)
    destination.head(KEY)
    destination.delete(KEY)
    assert [request.method for request in store.requests] == [
        *("PUT", "HEAD", "HEAD", "PUT", "HEAD", "DELETE")
    ]
    for request in store.requests:
        assert request.headers["x-amz-expected-bucket-owner"] == "222222222222"
        signed = request.headers["authorization"].partition("SignedHeaders=")[2].partition(",")[0]
        assert "x-amz-expected-bucket-owner" in signed.split(";")


def test_a_listing_names_no_owner(store: ScriptedS3) -> None:
    """The client would send the name unsigned, which S3 refuses; sessions are pinned to the owner too."""
    destination = opened(replace(options(store), bucket_owner="222222222222"))
    store.answers = [listing(), listing()]
    assert list(destination.list("")) == []
    assert destination.folders("") == ()
    for request in store.requests:
        assert "x-amz-expected-bucket-owner" not in request.headers


def test_without_an_owner_none_is_named(store: ScriptedS3) -> None:
    """Stores beside AWS may not know accounts."""
    create(opened(options(store)))
    assert "x-amz-expected-bucket-owner" not in store.requests[0].headers


@pytest.mark.parametrize(
    ("asked", "sent"),
    [
        ({}, {}),
        ({"encryption": "AES256"}, {"x-amz-server-side-encryption": "AES256"}),
        ({"encryption": "aws:kms"}, {"x-amz-server-side-encryption": "aws:kms"}),
        (
            {"encryption": "aws:kms", "kms_key": KMS_KEY},
            {
                "x-amz-server-side-encryption": "aws:kms",
                "x-amz-server-side-encryption-aws-kms-key-id": KMS_KEY,
            },
        ),
        ({"kms_key": KMS_KEY}, {}),
    ],
)
def test_encryption_is_asked_for_as_set(
    store: ScriptedS3, asked: dict[str, str], sent: dict[str, str]
) -> None:
    """With each write and each copy; a key alone is the bucket's default, and only named in policies."""
    destination = opened(replace(options(store), **asked))  # type: ignore[arg-type]  # by name
    store.answers = [OK, Answer(404), head_answer(HASH, 9)]
    create(destination)
    destination.copy(KEY, "2026-11-23/x", sha256=HASH)
    for request in (store.requests[0], store.requests[3]):
        assert sent == {
            name: value
            for name, value in request.headers.items()
            if name.startswith("x-amz-server-side")
        }


def test_a_bucket_elsewhere_is_found_once(store: ScriptedS3) -> None:
    """The answer names the region; from then on every request goes there, also from other processes."""
    destination = opened(options(store))
    store.answers = [ELSEWHERE]
    create(destination)
    destination.delete(KEY)
    pickle.loads(pickle.dumps(destination)).delete(KEY)  # noqa: S301 - our own bytes
    assert regions(store) == ["eu-central-1", "eu-west-3", "eu-west-3", "eu-west-3"]


def test_a_redirect_that_names_no_region_makes_us_ask(store: ScriptedS3) -> None:
    """obstore shows nothing of a redirect's body."""
    asked = replace(options(store), find_region=partial(str, "ap-south-1"))
    store.answers = [Answer(301)]
    create(opened(asked))
    assert regions(store) == ["eu-central-1", "ap-south-1"]


def test_a_head_that_is_redirected_is_sent_again_too(store: ScriptedS3) -> None:
    """HEAD is often the first request of a run."""
    asked = replace(options(store), find_region=partial(str, "ap-south-1"))
    store.answers = [Answer(301), head_answer(HASH, 9)]
    assert opened(asked).head(KEY) is not None
    assert regions(store) == ["eu-central-1", "ap-south-1"]


def test_a_store_that_sends_us_on_for_ever_is_refused(store: ScriptedS3) -> None:
    """The region is learned once: two answers that contradict each other are a wrong setting."""
    store.answers = [ELSEWHERE, refusal(400, "AuthorizationHeaderMalformed")]
    with pytest.raises(DestinationError, match="could not write") as raised:
        create(opened(options(store)))
    assert "another region" in raised.value.cause
    assert len(store.requests) == 2


def test_a_region_that_nobody_gave_is_asked_for_once(store: ScriptedS3) -> None:
    """Once for all processes: a worker gets the destination with what is known."""
    asked: list[None] = []

    def ask() -> str:
        asked.append(None)
        return "eu-south-2"

    destination = opened(replace(options(store), region=None, find_region=ask))
    create(destination)
    destination.delete(KEY)
    assert regions(store) == ["eu-south-2", "eu-south-2"]
    assert len(asked) == 1


def test_a_store_that_tells_no_region_gets_the_usual_one(store: ScriptedS3) -> None:
    """Most stores beside AWS take any."""
    create(opened(replace(options(store), region=None, find_region=no_region)))
    assert regions(store) == ["us-east-1"]


def no_region() -> None:
    return None


def test_asking_for_the_region_is_tried_again(store: ScriptedS3) -> None:
    """It is a request over the network like every other."""
    answers: list[str | Passing] = [Passing("not reached"), "eu-south-2"]

    def ask() -> str:
        answer = answers.pop(0)
        if isinstance(answer, Passing):
            raise answer
        return answer

    create(opened(replace(options(store), region=None, find_region=ask)))
    assert regions(store) == ["eu-south-2"]

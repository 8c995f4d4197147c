"""A bucket that is elsewhere (A06), gone, or somebody else's by now (A07); a clock that is wrong (A10)."""

from hashlib import sha256

import pytest

from crmsnap.destinations.interface import Destination
from crmsnap.errors import AccessDenied, DestinationError
from tests.aws.server import OTHER_CUSTOMER, AwsServer
from tests.builders.customer_bucket import CustomerBucket, customer_bucket

DATA = b"some part"


def create(destination: Destination, key: str) -> None:
    destination.create(key, DATA, sha256=sha256(DATA).hexdigest())


@pytest.fixture
def in_paris(aws: AwsServer, monkeypatch: pytest.MonkeyPatch) -> CustomerBucket:
    """A bucket in another region than the one that a connection names."""
    made = customer_bucket(aws, region="eu-west-3")
    made.keys_into(monkeypatch)
    return made


def puts(aws: AwsServer) -> int:
    return aws.counts().get("PutObject", 0)


def test_a_wrong_region_is_learned_once(in_paris: CustomerBucket) -> None:
    """The first refusal names the right one; a run is not ended by a wrong AWS_REGION."""
    destination, before = in_paris.opened(), puts(in_paris.aws)
    for number in range(5):
        create(destination, f"part-{number}")
    assert len(in_paris.keys()) == 5
    assert puts(in_paris.aws) - before == 6


def test_a_region_that_nobody_named_is_asked_for(in_paris: CustomerBucket) -> None:
    """HeadBucket tells it to everybody, so that not even the first request goes astray."""
    destination, before = in_paris.opened(region=None), puts(in_paris.aws)
    create(destination, "part")
    assert puts(in_paris.aws) - before == 1


def test_a_redirect_is_not_followed_but_understood(in_paris: CustomerBucket) -> None:
    """301 names no region that the client shows, so HeadBucket is asked; its host is never trusted."""
    destination = in_paris.opened()
    with in_paris.aws.fault(
        "redirect", operation="PutObject", bucket=in_paris.bucket, region="eu-west-3", times=1
    ):
        create(destination, "part")
    assert in_paris.keys() == ["hs/part"]


def test_looking_and_listing_find_the_region_too(in_paris: CustomerBucket) -> None:
    """A run begins by looking, and HEAD gets no body with its refusal."""
    create(in_paris.opened(), "part")
    found = in_paris.opened().head("part")
    assert found is not None
    assert [one.key for one in in_paris.opened().list("")] == ["part"]
    assert in_paris.opened().head("none") is None


def test_a_bucket_that_is_gone_is_named(customer: CustomerBucket) -> None:
    """Waiting would not bring it back."""
    destination = customer.opened()
    create(destination, "a")
    with (
        customer.aws.fault("remove_bucket", operation="PutObject", bucket=customer.bucket, times=1),
        pytest.raises(DestinationError) as raised,
    ):
        create(destination, "b")
    assert "no such bucket" in raised.value.cause


def test_a_bucket_that_somebody_else_made_again_gets_nothing(customer: CustomerBucket) -> None:
    """Names of buckets are free for everybody as soon as they are removed."""
    destination = customer.opened()
    create(destination, "a")
    open_to_all = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": "*",
                "Action": "s3:*",
                "Resource": [
                    f"arn:aws:s3:::{customer.bucket}",
                    f"arn:aws:s3:::{customer.bucket}/*",
                ],
            }
        ],
    }
    with (
        customer.aws.fault(
            "recreate_bucket",
            operation="PutObject",
            bucket=customer.bucket,
            account=OTHER_CUSTOMER,
            policy=open_to_all,
            times=1,
        ),
        pytest.raises(AccessDenied),
    ):
        create(destination, "b")
    found = customer.aws.admin(OTHER_CUSTOMER).list_objects_v2(Bucket=customer.bucket)
    assert found.get("Contents", []) == []


@pytest.mark.parametrize("minutes", [-20, 20])
def test_a_wrong_clock_is_named(customer: CustomerBucket, minutes: int) -> None:
    """The remedy is in the machine's settings, and no right of the customer's is missing."""
    destination = customer.opened()
    create(destination, "a")
    customer.aws.set_clock(minutes)
    try:
        for call in (lambda: create(destination, "b"), lambda: destination.head("a")):
            with pytest.raises(AccessDenied) as raised:
                call()
            assert "clock" in raised.value.remedy
    finally:
        customer.aws.set_clock(0)
    assert customer.keys() == ["hs/a"]

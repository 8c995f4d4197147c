"""Sessions that end in the middle of a run (A02), and ones that are no longer given (A03)."""

import time
from concurrent.futures import ProcessPoolExecutor
from hashlib import sha256
from multiprocessing import get_context

import pytest

from crmsnap.destinations.interface import Destination
from crmsnap.errors import AccessDenied
from tests.aws.server import AwsServer
from tests.builders.customer_bucket import CustomerBucket


def create(destination: Destination, key: str) -> None:
    data = key.encode()
    destination.create(key, data, sha256=sha256(data).hexdigest())


def create_some(destination: Destination, first: int) -> None:
    """Parts over more than one of the short sessions."""
    for number in range(first, first + 5):
        create(destination, f"part-{number:05}")
        time.sleep(0.3)


def assumed(aws: AwsServer) -> int:
    return aws.counts().get("AssumeRole", 0)


def test_a_run_outlives_its_sessions(customer: CustomerBucket) -> None:
    """A chained role gets an hour at most, whatever is asked; here an hour is a second."""
    before = assumed(customer.aws)
    with customer.aws.fault("short_session", seconds=1):
        create_some(customer.opened(), 0)
    assert len(customer.keys()) == 5
    assert assumed(customer.aws) - before >= 3


def test_a_worker_renews_its_own_sessions(customer: CustomerBucket) -> None:
    """Parts are written by processes that live as long as the run."""
    destination = customer.opened()
    create(destination, "warm-up")
    with (
        customer.aws.fault("short_session", seconds=1),
        ProcessPoolExecutor(1, get_context("spawn")) as processes,
    ):
        processes.submit(create_some, destination, 0).result()
    assert len(customer.keys()) == 6


@pytest.mark.parametrize("operation", ["PutObject", "HeadObject", "ListObjectsV2", "DeleteObject"])
def test_a_session_that_ends_early_ends_no_call(customer: CustomerBucket, operation: str) -> None:
    """The customer revoked all sessions: a new one is asked for, and the same call is sent again."""
    destination = customer.opened()
    create(destination, "a")
    with customer.aws.fault(
        "expire_session", operation=operation, bucket=customer.bucket, times=1
    ) as fault:
        create(destination, "b")
        assert destination.head("b") is not None
        assert [found.key for found in destination.list("")] == ["a", "b"]
        destination.delete("a")
        assert fault.fired == 1
    assert customer.keys() == ["hs/b"]


def test_a_role_that_is_gone_ends_the_run_and_names_itself(customer: CustomerBucket) -> None:
    """The customer ended the connection; what is there stays, and the error is about the role."""
    destination = customer.opened()
    create(destination, "a")
    with (
        customer.aws.fault("delete_role", operation="PutObject", role=customer.role),
        pytest.raises(AccessDenied) as raised,
    ):
        create(destination, "b")
    assert raised.value.exit_code == 5
    assert customer.keys() == ["hs/a"]


def test_a_trust_that_was_edited_stops_the_next_session(customer: CustomerBucket) -> None:
    """With another external id in it, the role is not ours any more."""
    destination = customer.opened()
    create(destination, "a")
    customer.aws.change_role(
        customer.role,
        trust={
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"AWS": customer.our_user.arn},
                    "Action": "sts:AssumeRole",
                    "Condition": {"StringEquals": {"sts:ExternalId": "somebody else's"}},
                }
            ],
        },
    )
    assert customer.aws.expire_sessions() > 0
    with pytest.raises(AccessDenied, match="cannot be assumed") as raised:
        create(destination, "b")
    assert customer.role in raised.value.message
    assert "external id" in raised.value.remedy
    assert customer.keys() == ["hs/a"]

"""A store and an STS that are busy (A04): every refusal costs one more request, and no more than that."""

from dataclasses import dataclass, field
from hashlib import sha256

import pytest

from crmsnap.destinations.interface import Destination
from crmsnap.destinations.retry import ATTEMPTS, Passing
from tests.aws.server import AwsServer
from tests.builders.customer_bucket import CustomerBucket

PARTS = 25


@dataclass
class WatchedClock:
    slept: list[float] = field(default_factory=list)

    def monotonic(self) -> float:
        return sum(self.slept)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


def create(destination: Destination, key: str) -> None:
    data = key.encode()
    destination.create(key, data, sha256=sha256(data).hexdigest())


def counted(aws: AwsServer, operation: str) -> int:
    return aws.counts().get(operation, 0)


@pytest.mark.parametrize("effect", ["slow_down", "internal_error", "request_timeout"])
@pytest.mark.parametrize("share", [0.01, 0.2, 0.6])
def test_every_part_arrives_at_a_busy_store(
    customer: CustomerBucket, effect: str, share: float
) -> None:
    """One retry layer: with two, the requests would multiply just when the store asks for fewer."""
    destination, before = customer.opened(), counted(customer.aws, "PutObject")
    # The seed makes each share fire, and lets no part fail as often as ends a run.
    with customer.aws.fault(
        effect, operation="PutObject", bucket=customer.bucket, share=share, seed=6
    ) as fault:
        for number in range(PARTS):
            create(destination, f"part-{number:05}")
        refused = fault.fired
    assert len(customer.keys()) == PARTS
    assert counted(customer.aws, "PutObject") - before == PARTS + refused


def test_waiting_grows_while_the_store_is_busy(customer: CustomerBucket) -> None:
    """Full jitter with all the luck there is shows its limits."""
    clock = WatchedClock()
    destination = customer.opened(clock, lambda: 1.0)
    with customer.aws.fault(
        "slow_down", operation="PutObject", bucket=customer.bucket, times=ATTEMPTS - 1
    ):
        create(destination, "part")
    assert clock.slept == [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 20.0]


def test_a_store_that_stays_busy_ends_the_run(customer: CustomerBucket) -> None:
    """After a bounded number of requests, with a reason."""
    destination, before = customer.opened(), counted(customer.aws, "PutObject")
    with (
        customer.aws.fault("slow_down", operation="PutObject", bucket=customer.bucket),
        pytest.raises(Passing) as raised,
    ):
        create(destination, "part")
    assert "SlowDown" in raised.value.cause
    assert counted(customer.aws, "PutObject") - before == ATTEMPTS


def test_every_other_call_survives_a_busy_store(customer: CustomerBucket) -> None:
    """Reading, listing, copying, replacing and removing are refused like writing."""
    destination = customer.opened()
    create(destination, "a")
    found = destination.head("a")
    assert found is not None
    assert found.e_tag is not None
    hash_a, hash_c = sha256(b"a").hexdigest(), sha256(b"c").hexdigest()
    with customer.aws.fault("slow_down", bucket=customer.bucket, share=0.6, seed=6) as fault:
        destination.copy("a", "b", sha256=hash_a)
        destination.replace("a", b"c", sha256=hash_c, e_tag=found.e_tag)
        assert destination.get("a") == b"c"
        assert destination.get("b") == b"a"
        assert [one.key for one in destination.list("")] == ["a", "b"]
        destination.delete("a")
        assert destination.head("a") is None
        assert fault.fired > 5
    assert customer.keys() == ["hs/b"]


@pytest.mark.parametrize("effect", ["slow_down", "internal_error"])
def test_a_busy_sts_is_asked_again(customer: CustomerBucket, effect: str) -> None:
    """By our own retry layer: boto3 has one, too, which is switched off."""
    before = counted(customer.aws, "AssumeRole")
    with customer.aws.fault(effect, operation="AssumeRole", times=2):
        create(customer.opened(), "part")
    assert counted(customer.aws, "AssumeRole") - before == 3

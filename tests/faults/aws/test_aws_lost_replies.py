"""Connections that break (A05): nobody knows whether the call took effect, and it must not matter."""

from hashlib import sha256

import pytest

from crmsnap.destinations.interface import Destination
from crmsnap.errors import AlreadyThere
from tests.builders.customer_bucket import CustomerBucket

DATA = b"some part"
HASH = sha256(DATA).hexdigest()


def create(destination: Destination, key: str, data: bytes = DATA) -> None:
    destination.create(key, data, sha256=sha256(data).hexdigest())


@pytest.mark.parametrize("effect", ["lose_reply", "lose_request", "conflict", "conflict_with_twin"])
def test_a_part_is_there_once_whatever_became_of_the_answer(
    customer: CustomerBucket, effect: str
) -> None:
    """412 with our own checksum is a success; 409 may have left an object behind, or none."""
    destination = customer.opened()
    with customer.aws.fault(effect, operation="PutObject", bucket=customer.bucket, nth=1):
        create(destination, "part")
    assert customer.keys() == ["hs/part"]
    assert customer.stored("part") == DATA


@pytest.mark.parametrize("effect", ["lose_reply", "lose_request", "conflict"])
def test_a_manifest_is_replaced_once_whatever_became_of_the_answer(
    customer: CustomerBucket, effect: str
) -> None:
    """The e-tag no longer fits after our own effect."""
    destination = customer.opened()
    create(destination, "manifest", b"old")
    found = destination.head("manifest")
    assert found is not None
    assert found.e_tag is not None
    with customer.aws.fault(effect, operation="PutObject", bucket=customer.bucket, nth=1):
        destination.replace("manifest", DATA, sha256=HASH, e_tag=found.e_tag)
    assert customer.stored("manifest") == DATA
    with pytest.raises(AlreadyThere):
        destination.replace("manifest", b"late", sha256=HASH, e_tag=found.e_tag)


@pytest.mark.parametrize("effect", ["lose_reply", "lose_request"])
def test_a_copy_and_a_removal_survive_a_broken_connection(
    customer: CustomerBucket, effect: str
) -> None:
    """The second copy finds its own first one; the second removal finds nothing."""
    destination = customer.opened()
    create(destination, "a")
    with customer.aws.fault(effect, operation="CopyObject", bucket=customer.bucket, nth=1):
        destination.copy("a", "b", sha256=HASH)
    with customer.aws.fault(effect, operation="DeleteObject", bucket=customer.bucket, nth=1):
        destination.delete("a")
    assert customer.keys() == ["hs/b"]
    assert customer.stored("b") == DATA


def test_a_body_that_breaks_off_is_read_again(customer: CustomerBucket) -> None:
    """Half a part must not be taken for a part."""
    destination = customer.opened()
    create(destination, "part", bytes(100_000))
    with customer.aws.fault("cut_reply", operation="GetObject", bucket=customer.bucket, nth=1):
        assert destination.get("part") == bytes(100_000)


def test_a_listing_that_breaks_off_is_read_again(customer: CustomerBucket) -> None:
    """Nothing is missing, and nothing comes twice."""
    destination = customer.opened()
    for number in range(20):
        create(destination, f"part-{number:05}")
    with customer.aws.fault("cut_reply", operation="ListObjectsV2", bucket=customer.bucket, nth=1):
        keys = [found.key for found in destination.list("")]
    assert keys == [f"part-{number:05}" for number in range(20)]

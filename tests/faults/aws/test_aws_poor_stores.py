"""Stores that keep wrong bytes (A11), know no conditions (A12) or list late (A13), and the largest part (A16)."""

from hashlib import sha256

import pytest

from crmsnap.destinations.answer import Unsupported
from crmsnap.destinations.interface import Destination
from crmsnap.errors import AlreadyThere, DestinationError
from tests.builders.customer_bucket import CustomerBucket

DATA = b"some part"
HASH = sha256(DATA).hexdigest()


def create(destination: Destination, key: str, data: bytes = DATA) -> None:
    destination.create(key, data, sha256=sha256(data).hexdigest())


def test_a_byte_that_the_store_got_wrong_is_noticed_and_sent_again(
    customer: CustomerBucket,
) -> None:
    """Before any manifest lists the part: checksums in the request cannot show what is kept."""
    destination = customer.opened()
    with customer.aws.fault("flip_byte", operation="PutObject", bucket=customer.bucket, nth=1):
        create(destination, "part")
    assert customer.stored("part") == DATA


def test_a_store_that_gets_every_byte_wrong_is_refused(customer: CustomerBucket) -> None:
    """And keeps nothing of ours."""
    with (
        customer.aws.fault("flip_byte", operation="PutObject", bucket=customer.bucket),
        pytest.raises(DestinationError) as raised,
    ):
        create(customer.opened(), "part")
    assert "other bytes" in raised.value.cause
    assert customer.keys() == []


def test_a_store_without_conditions_is_refused_and_the_way_out_is_named(
    customer: CustomerBucket,
) -> None:
    """Silently writing without them could overwrite another run's manifest."""
    with (
        customer.aws.fault("not_implemented", operation="PutObject", bucket=customer.bucket),
        pytest.raises(Unsupported) as raised,
    ):
        create(customer.opened(), "part")
    assert "unsafe_single_writer" in raised.value.remedy
    assert customer.keys() == []


def test_one_writer_can_do_without_conditions(customer: CustomerBucket) -> None:
    """No condition is sent, so the store has nothing to refuse, and nothing is overwritten."""
    destination = customer.opened(unsafe_single_writer=True)
    with customer.aws.fault(
        "not_implemented", operation="PutObject", bucket=customer.bucket
    ) as fault:
        create(destination, "part")
        with pytest.raises(AlreadyThere):
            create(destination, "part", b"other")
        assert fault.fired == 1
    assert customer.stored("part") == DATA


def test_one_writer_overwrites_nothing_where_conditions_are_ignored(
    customer: CustomerBucket,
) -> None:
    """A store that says yes to everything."""
    destination = customer.opened(unsafe_single_writer=True)
    with customer.aws.fault("ignore_conditions", operation="PutObject", bucket=customer.bucket):
        create(destination, "part")
        with pytest.raises(AlreadyThere):
            create(destination, "part", b"other")
    assert customer.stored("part") == DATA


def test_a_listing_that_comes_late_decides_nothing(customer: CustomerBucket) -> None:
    """Whether a day is published, HEAD says; only what is denied to HEAD is looked up in a listing."""
    destination = customer.opened()
    with customer.aws.fault("late_list", operation="ListObjectsV2", seconds=3600) as fault:
        create(destination, "manifest")
        assert destination.head("none") is None
        assert list(destination.list("")) == []
        assert fault.fired > 0
        found = destination.head("manifest")
        assert found is not None
        assert found.sha256 == HASH
        with pytest.raises(AlreadyThere):
            create(destination, "manifest", b"a second run")
        destination.copy("manifest", "copy", sha256=HASH)
    assert customer.stored("manifest") == DATA
    assert customer.keys() == ["hs/copy", "hs/manifest"]


def test_the_largest_part_is_one_request(customer: CustomerBucket) -> None:
    """The published policy lets nobody abort an upload in pieces, which would stay and be billed."""
    before = customer.aws.counts()
    create(customer.opened(), "part", bytes(15_000_000))
    after = customer.aws.counts()
    assert after["PutObject"] - before.get("PutObject", 0) == 1
    assert not {"CreateMultipartUpload", "UploadPart"} & set(after)

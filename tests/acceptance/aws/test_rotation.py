"""An external id is changed without a day on which the role cannot be assumed."""

import pytest

from tests.acceptance.aws.conftest import Customer, Document, Service
from tests.builders.command import assert_refused


@pytest.fixture
def connected(crmsnap_service: Service, customer: Customer) -> Document:
    """A connection that is connected."""
    policies = crmsnap_service.connect("acme", *customer.flags)["policies"]
    customer.make_role(trust=policies["trust"], policy=policies["permissions"])
    document = crmsnap_service.connect("acme")
    assert document["connected"]
    return document


def test_the_next_id_takes_over_when_it_is_proven(
    crmsnap_service: Service, customer: Customer, connected: Document
) -> None:
    """The customer trusts both, then only the new one; each call says what to paste."""
    rotated = crmsnap_service.connect("acme", "--rotate-external-id")
    assert rotated["external_id"] == connected["external_id"]
    both = rotated["policies"]["trust"]["Statement"][0]["Condition"]["StringEquals"]
    assert both == {"sts:ExternalId": [rotated["external_id"], rotated["next_external_id"]]}
    customer.change(trust=rotated["policies"]["trust"])
    after = crmsnap_service.connect("acme")
    assert after["connected"]
    assert after["external_id"] == rotated["next_external_id"]
    assert after["next_external_id"] is None
    customer.change(trust=after["policies"]["trust"])
    assert crmsnap_service.connect("acme")["connected"]


def test_until_the_role_trusts_the_next_id_the_old_one_stays(
    crmsnap_service: Service, connected: Document
) -> None:
    """A customer on holiday loses no day."""
    rotated = crmsnap_service.connect("acme", "--rotate-external-id")
    ended = crmsnap_service("connect", "aws", "acme", "--json")
    assert ended.exit_code == 5
    assert ended.json["external_id"] == connected["external_id"]
    assert ended.json["next_external_id"] == rotated["next_external_id"]
    again = crmsnap_service.connect("acme", "--rotate-external-id")
    assert again["next_external_id"] == rotated["next_external_id"]


def test_people_are_told_to_take_the_old_id_out(
    crmsnap_service: Service, customer: Customer, connected: Document
) -> None:
    """An id that is no longer used should open nothing."""
    rotated = crmsnap_service.connect("acme", "--rotate-external-id")
    customer.change(trust=rotated["policies"]["trust"])
    ended = crmsnap_service("connect", "aws", "acme")
    assert ended.exit_code == 0, ended.stderr
    told = ended.stdout.partition("Take the old one out")[2]
    assert rotated["next_external_id"] in told
    assert connected["external_id"] not in told


def test_only_an_id_that_is_there_can_be_changed(
    crmsnap_service: Service, customer: Customer
) -> None:
    """The first one is made by connecting."""
    ended = crmsnap_service("connect", "aws", "acme", *customer.flags, "--rotate-external-id")
    assert_refused(ended, "usage", 2, "no external id yet")


def test_no_edit_changes_the_id(
    crmsnap_service: Service, customer: Customer, connected: Document
) -> None:
    """It stays the connection's; what was proven of the role and the place before is not proven any more."""
    role = "arn:aws:iam::333333333333:role/other"
    for flags in (
        ("--role", role),
        ("--to", f"s3://{customer.bucket}/elsewhere"),
    ):
        changed = crmsnap_service.connect("acme", *flags, "--no-check")
        assert changed["external_id"] == connected["external_id"]
        assert not changed["connected"]

"""A connection that syncs goes on as it is until another place or role for it is proven."""

from typing import Any

import pytest

from tests.acceptance.aws.conftest import Customer, Service
from tests.aws.server import AwsServer
from tests.builders.command import assert_refused


@pytest.fixture
def connected(crmsnap_service: Service, customer: Customer) -> dict[str, Any]:
    """What is shown of `acme` once it is connected."""
    policies = crmsnap_service.connect("acme", *customer.flags)["policies"]
    customer.make_role(trust=policies["trust"], policy=policies["permissions"])
    assert crmsnap_service.connect("acme")["connected"]
    return shown(crmsnap_service)


def shown(service: Service) -> dict[str, Any]:
    """Settings and link of `acme` as they are now."""
    found: dict[str, Any] = service("connections", "show", "acme", "--json").json
    return found


@pytest.fixture
def new_place(aws: AwsServer) -> str:
    """Another bucket of the same customer."""
    return f"s3://{aws.bucket()}/new"


def test_a_place_that_is_not_proven_changes_nothing(
    crmsnap_service: Service, customer: Customer, connected: dict[str, Any], new_place: str
) -> None:
    """Its policy is not pasted yet: the night's sync would fail there, or write for somebody else."""
    document = crmsnap_service.connect("acme", "--to", new_place, "--no-check")
    assert (document["to"], document["connected"]) == (new_place, False)
    assert shown(crmsnap_service) == connected
    ended = crmsnap_service("connect", "aws", "acme", "--to", new_place)
    assert_refused(ended, ended.code or "", ended.exit_code, "stays as it was", f"--to {new_place}")
    assert ended.exit_code != 0
    assert shown(crmsnap_service) == connected
    assert crmsnap_service("check", "acme", "--json").json["checks"]
    assert shown(crmsnap_service)["to"] == customer.place


def test_the_command_that_is_shown_proves_the_place_and_goes_over(
    crmsnap_service: Service, customer: Customer, connected: dict[str, Any], new_place: str
) -> None:
    """The external id stays; what was proven of the old place is forgotten, and proven of the new one."""
    flags = ("--to", new_place, "--token-env", "OTHER", "--narrow")
    policies = crmsnap_service.connect("acme", *flags, "--no-check")["policies"]
    customer.change(policy=policies["permissions"])
    said = crmsnap_service("connect", "aws", "acme", *flags, "--no-check").stdout
    again = said.rstrip().rpartition("crmsnap connect aws ")[2].split()
    assert crmsnap_service.connect(*again)["connected"]
    after = shown(crmsnap_service)
    assert after["to"] == new_place
    assert after["settings"]["token_env"] == "OTHER"
    assert after["connected_at"] > connected["connected_at"]
    assert after["external_id"] == connected["external_id"]
    assert crmsnap_service.connect("acme")["connected"]


def test_a_folder_is_written_to_until_the_bucket_is_proven(
    crmsnap_service: Service, customer: Customer
) -> None:
    """Whoever began on this machine loses no day."""
    assert crmsnap_service("connections", "add", "acme", "--to", "./here").exit_code == 0
    policies = crmsnap_service.connect("acme", *customer.flags)["policies"]
    assert shown(crmsnap_service)["to"].endswith("/here")
    customer.make_role(trust=policies["trust"], policy=policies["permissions"])
    assert crmsnap_service.connect("acme", *customer.flags)["connected"]
    assert shown(crmsnap_service)["to"] == customer.place

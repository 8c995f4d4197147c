"""From an empty machine to proven days in a customer's bucket, with the commands that the README names.

One process a command, as people run them; the bucket, the role and their account are on a strict AWS.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.acceptance.aws.conftest import Customer
from tests.aws.server import AwsServer, Keys
from tests.builders.command import Crmsnap, Ended
from tests.builders.sandbox_process import DAY, SandboxAccount, sandbox

TABLES = "OWNERS,OBJECTS,OBJECT_PROPERTIES,OBJECTS_CONTACTS"


@dataclass(frozen=True)
class Machine:
    """A machine with nothing on it but crmsnap and the keys of its operator."""

    command: Crmsnap
    variables: dict[str, str]

    def __call__(self, *arguments: str) -> Ended:
        ended = self.command(*arguments, **self.variables)
        assert ended.exit_code == 0, (arguments, ended.stdout, ended.stderr)
        return ended


@pytest.fixture(scope="module")
def account() -> Iterator[SandboxAccount]:
    with sandbox(contacts=60) as running:
        yield running


@pytest.fixture
def machine(account: SandboxAccount, aws: AwsServer, service: Keys, tmp_path: Path) -> Machine:
    variables = {
        "HUBSPOT_TOKEN": account.token,
        "AWS_ACCESS_KEY_ID": service.access_key_id,
        "AWS_SECRET_ACCESS_KEY": service.secret_access_key,
        "AWS_ENDPOINT_URL": aws.url,
        "AWS_REGION": aws.region,
    }
    return Machine(Crmsnap(tmp_path, account), variables)


def test_connect_check_sync_verify_query_and_prune(
    machine: Machine, customer: Customer, account: SandboxAccount, aws: AwsServer
) -> None:
    """Everything that was promised to a HubSpot admin and an AWS admin, in the order of its use."""
    policies = machine("connect", "aws", "acme", *customer.flags, "--json").json["policies"]
    customer.make_role(trust=policies["trust"], policy=policies["permissions"])
    assert machine("connect", "aws", "acme", "--json").json["connected"]
    sandbox_host = ("--set", f"base_url={account.url}", "--set", "allow_other_host=true")
    machine("connections", "edit", "acme", *sandbox_host)
    verdicts = {check["verdict"] for check in machine("check", "acme", "--json").json["checks"]}
    assert "failed" not in verdicts

    report = machine("sync", "acme", "--tables", TABLES, "--json").json_lines[-1]
    assert report["outcome"] == "published"
    asked = {"assume-role-without-id", "assume-role-with-wrong-id", "assume-role"}
    assert {report["checked"].get(name) for name in asked} == {"ok"}
    again = machine("sync", "acme", "--tables", TABLES, "--json").json_lines[-1]
    assert again["outcome"] == "already published"

    assert "is proven" in machine("verify", "acme").stdout
    counted = machine("query", "select count(*) as n from objects_contacts", "acme", "--json")
    assert counted.json[0]["n"] == report["tables"]["OBJECTS_CONTACTS"]
    assert "OBJECTS_CONTACTS" in machine("ddl", "--for", "duckdb", "acme").stdout.upper()
    kept = machine("prune", "acme", "--keep-days", "1", "--json").json
    assert not kept["done"]
    assert machine("runs", "acme", "--json").json[0]["day"] == DAY

    assert aws.counts().get("CreateMultipartUpload", 0) == 0
    keys = {
        one["Key"]
        for one in aws.admin("222222222222").list_objects_v2(Bucket=customer.bucket)["Contents"]
    }
    assert f"hs/{DAY}/_MANIFEST.json" in keys
    assert all(key.startswith(f"hs/{DAY}/") for key in keys), keys

"""`crmsnap check`: one look tells everything that has to be changed, to people and to programs."""

from pathlib import Path

import pytest

from tests.acceptance.aws.conftest import Customer, Service
from tests.aws.server import AwsServer, Keys
from tests.builders.command import Crmsnap, Ended
from tests.builders.sandbox_process import SandboxAccount, sandbox


@pytest.fixture
def crmsnap(tmp_path: Path, aws: AwsServer, service: Keys, account: SandboxAccount) -> Service:
    """The command with an account and AWS behind it."""
    return Service(Crmsnap(tmp_path, account), aws, service)


@pytest.fixture
def connected(crmsnap: Service, customer: Customer) -> Service:
    """A connection `acme` whose role was made as it was told."""
    configure(crmsnap, customer)
    policies = crmsnap.connect("acme", "--no-check")["policies"]
    customer.make_role(trust=policies["trust"], policy=policies["permissions"])
    return crmsnap


def configure(crmsnap: Service, customer: Customer, more: str = "") -> None:
    """The configuration file; the test's AWS speaks plain HTTP on this machine."""
    crmsnap.crmsnap.write_config(
        f'[connections.acme]\nto = "{customer.place}"\ntables = ["OWNERS"]\n'
        "[connections.acme.s3]\n"
        f'role_arn = "{customer.role_arn}"\nallow_http = true\n{more}\n'
    )


def check(crmsnap: Service, *arguments: str, **variables: str) -> Ended:
    return crmsnap("check", *arguments, "--base-url", crmsnap.crmsnap.account.url, **variables)


def verdicts(ended: Ended) -> dict[str, str]:
    return {check["name"]: check["verdict"] for check in ended.json["checks"]}


def test_a_connection_that_works_says_so(connected: Service) -> None:
    """HubSpot first, then the role, then the bucket; a line for each question."""
    ended = check(connected, "acme")
    assert ended.exit_code == 0, ended.stdout
    lines = ended.stdout.splitlines()
    names = [line.split(":")[0].split()[-1] for line in lines if line.startswith("✓")]
    assert names[:4] == ["hubspot-token", "hubspot-account", "hubspot-scopes", "aws-keys"]
    assert {"assume-role", "put-object", "bucket-owner", "clock"} <= set(names)
    assert lines[-1] == "everything is as it should be"


def test_a_missing_right_ends_with_5_and_says_what_to_change(
    connected: Service, customer: Customer
) -> None:
    """The sign, the word and the advice: nobody needs colours to find it."""
    customer.change(
        policy={
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Action": ["s3:GetObject", "s3:DeleteObject"],
                    "Resource": f"arn:aws:s3:::{customer.bucket}/hs/*",
                }
            ],
        }
    )
    ended = check(connected, "acme")
    assert ended.exit_code == 5
    crosses = [line for line in ended.stdout.splitlines() if line.startswith("✗ failed")]
    assert [line.split(":")[0].split()[-1] for line in crosses] == ["list-bucket", "put-object"]
    assert "statement Objects, field Action, allow s3:PutObject" in ended.stdout


def test_programs_get_every_check_as_a_value(connected: Service) -> None:
    """The same names, questions, answers and advice as on the terminal, and the tables."""
    ended = check(connected, "acme", "--json")
    assert ended.exit_code == 0, ended.stderr
    report = ended.json
    assert (report["connection"], report["verdict"], report["exit_code"]) == ("acme", "ok", 0)
    assert {"name", "question", "verdict", "answer", "advice", "found", "exit_code"} == set(
        report["checks"][0]
    )
    assert [(table["name"], table["state"]) for table in report["tables"]] == [("OWNERS", "read")]


def test_a_wrong_token_hides_nothing_of_the_bucket(connected: Service) -> None:
    """Two people mend two things at once."""
    ended = check(connected, "acme", "--json", HUBSPOT_TOKEN="pat-wrong")
    assert ended.exit_code == 5
    found = verdicts(ended)
    assert found["hubspot-token"] == "failed"
    assert found["hubspot-scopes"] == "skipped"
    assert found["put-object"] == "ok"


def test_a_terminal_that_knows_no_signs_gets_plain_ones(connected: Service) -> None:
    """Windows services and old cron jobs write ASCII."""
    ended = check(connected, "acme", PYTHONIOENCODING="ascii")
    assert ended.exit_code == 0
    assert ended.stdout.startswith("+ ok ")
    assert ended.stdout.isascii()


def test_a_folder_needs_no_connection(crmsnap: Service, tmp_path: Path) -> None:
    """Before anything is configured: a token and a folder."""
    ended = check(crmsnap, "--to", str(tmp_path / "snapshots"), "--json")
    assert ended.exit_code == 0, ended.stdout
    found = verdicts(ended)
    assert found["create-only"] == found["free-space"] == "ok"
    assert "assume-role" not in found


def test_a_place_that_is_missing_is_a_configuration_error(crmsnap: Service) -> None:
    """4, and the token was looked at all the same."""
    ended = check(crmsnap, "--json")
    assert ended.exit_code == 4
    assert verdicts(ended) | {"destination": "failed"} == verdicts(ended)
    assert verdicts(ended)["hubspot-token"] == "ok"


def test_a_token_without_a_scope_is_a_warning_that_names_it(
    crmsnap: Service, tmp_path: Path
) -> None:
    """A sync publishes the other tables, with a declared gap."""
    with sandbox("--frozen", "--token", "poor=crm.objects.owners.read", contacts=5) as poor:
        ended = crmsnap(
            "check", "--to", str(tmp_path / "s"), "--base-url", poor.url, HUBSPOT_TOKEN="poor"
        )
    assert ended.exit_code == 0, ended.stdout
    (line,) = [line for line in ended.stdout.splitlines() if "hubspot-scopes" in line]
    assert line.startswith("! warning")
    assert "crm.objects.contacts.read" in ended.stdout


def test_another_accounts_token_is_noticed_before_a_sync(crmsnap: Service, tmp_path: Path) -> None:
    """The state under this name belongs to somebody else."""
    with sandbox("--frozen", "--seed", "4711", contacts=5) as other:
        crmsnap.crmsnap.write_config(
            f'[connections.acme]\nto = "{tmp_path / "s"}"\nbase_url = "{other.url}"\n'
            'tables = ["OWNERS"]\n'
        )
        assert crmsnap("sync", "acme", HUBSPOT_TOKEN=other.token).exit_code == 0
    ended = check(crmsnap, "acme", "--json")
    assert ended.exit_code == 4
    assert verdicts(ended)["hubspot-account"] == "failed"

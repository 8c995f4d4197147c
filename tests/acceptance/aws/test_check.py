"""`crmsnap check`: one look tells everything that has to be changed, to people and to programs."""

import os
import signal
from io import StringIO
from pathlib import Path

import pytest

from tests.acceptance.aws.conftest import Customer
from tests.acceptance.aws.with_account import WithAccount
from tests.aws.server import AwsServer, Keys
from tests.builders.command import Crmsnap, Ended, assert_refused
from tests.builders.sandbox_process import SandboxAccount, sandbox


@pytest.fixture
def crmsnap(tmp_path: Path, aws: AwsServer, service: Keys, account: SandboxAccount) -> WithAccount:
    """The command with an account and AWS behind it."""
    return WithAccount(tmp_path, aws, service, account)


@pytest.fixture
def connected(crmsnap: WithAccount, customer: Customer) -> WithAccount:
    """A connection `acme` whose role was made as it was told."""
    crmsnap.set_up(customer)
    return crmsnap


def check(crmsnap: WithAccount, *arguments: str, **variables: str) -> Ended:
    return crmsnap.asked("check", *arguments, **variables)


def verdicts(ended: Ended) -> dict[str, str]:
    return {check["name"]: check["verdict"] for check in ended.json["checks"]}


def test_a_connection_that_works_says_so(connected: WithAccount) -> None:
    """HubSpot first, then the role, then the bucket; a line for each question."""
    ended = check(connected, "acme")
    assert ended.exit_code == 0, ended.stdout
    lines = ended.stdout.splitlines()
    names = [line.split(":")[0].split()[-1] for line in lines if line.startswith("+")]
    assert names[:4] == ["hubspot-token", "hubspot-account", "hubspot-scopes", "aws-keys"]
    assert {"assume-role", "put-object", "bucket-owner", "clock"} <= set(names)
    assert lines[-1] == "everything is as it should be"


def test_a_missing_right_ends_with_5_and_says_what_to_change(
    connected: WithAccount, customer: Customer
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
    crosses = [line for line in ended.stdout.splitlines() if line.startswith("x failed")]
    assert [line.split(":")[0].split()[-1] for line in crosses] == ["list-bucket", "put-object"]
    assert "statement Objects, field Action, allow s3:PutObject" in ended.stdout


def test_programs_get_every_check_as_a_value(connected: WithAccount) -> None:
    """The same names, questions, answers and advice as on the terminal, and the tables."""
    ended = check(connected, "acme", "--json")
    assert ended.exit_code == 0, ended.stderr
    report = ended.json
    assert (report["connection"], report["verdict"], report["exit_code"]) == ("acme", "ok", 0)
    assert {"name", "question", "verdict", "answer", "advice", "found", "exit_code"} == set(
        report["checks"][0]
    )
    assert [(table["name"], table["state"]) for table in report["tables"]] == [("OWNERS", "read")]


def test_a_wrong_token_hides_nothing_of_the_bucket(connected: WithAccount) -> None:
    """Two people mend two things at once."""
    ended = check(connected, "acme", "--json", HUBSPOT_TOKEN="pat-wrong")
    assert ended.exit_code == 5
    found = verdicts(ended)
    assert found["hubspot-token"] == "failed"
    assert found["hubspot-scopes"] == "skipped"
    assert found["put-object"] == "ok"


@pytest.mark.parametrize(("encoding", "sign"), [("utf-8", "✓"), ("ascii", "+")])
def test_a_terminal_gets_the_signs_that_it_knows(
    tmp_path: Path, account: SandboxAccount, encoding: str, sign: str
) -> None:
    """Old cron jobs write ASCII; the word beside the sign says the same."""
    crmsnap = Crmsnap(tmp_path, account)
    crmsnap.write_config('[connections.acme]\nto = "./snapshots"\ntables = ["OWNERS"]\n')
    ended = crmsnap("check", "acme", "--base-url", account.url, PYTHONIOENCODING=encoding)
    assert ended.exit_code == 0, ended.stderr
    assert ended.stdout.startswith(f"{sign} ok ")


def test_a_folder_needs_no_connection(crmsnap: WithAccount, tmp_path: Path) -> None:
    """Before anything is configured: a token and a folder."""
    ended = check(crmsnap, "--to", str(tmp_path / "snapshots"), "--json")
    assert ended.exit_code == 0, ended.stdout
    found = verdicts(ended)
    assert found["create-only"] == found["free-space"] == "ok"
    assert "assume-role" not in found


def test_a_place_that_is_missing_is_a_configuration_error(crmsnap: WithAccount) -> None:
    """4, and the token was looked at all the same."""
    ended = check(crmsnap, "--json")
    assert ended.exit_code == 4
    assert verdicts(ended) | {"destination": "failed"} == verdicts(ended)
    assert verdicts(ended)["hubspot-token"] == "ok"


def test_a_token_without_a_scope_is_a_warning_that_names_it(
    crmsnap: WithAccount, tmp_path: Path
) -> None:
    """A sync publishes the other tables, with a declared gap."""
    with sandbox("--frozen", "--token", "poor=crm.objects.owners.read", contacts=5) as poor:
        crmsnap.account = poor
        ended = check(crmsnap, "--to", str(tmp_path / "s"), HUBSPOT_TOKEN="poor")
    assert ended.exit_code == 0, ended.stdout
    (line,) = [line for line in ended.stdout.splitlines() if "hubspot-scopes" in line]
    assert line.startswith("! warning")
    assert "crm.objects.contacts.read" in ended.stdout


def test_another_accounts_token_is_noticed_before_a_sync(
    crmsnap: WithAccount, tmp_path: Path
) -> None:
    """The state under this name belongs to somebody else."""
    crmsnap.write_config(f'[connections.acme]\nto = "{tmp_path / "s"}"\ntables = ["OWNERS"]\n')
    assert crmsnap.asked("sync", "acme").exit_code == 0
    with sandbox("--frozen", "--seed", "4711", contacts=5) as other:
        crmsnap.account = other
        ended = check(crmsnap, "acme", "--json", HUBSPOT_TOKEN=other.token)
    assert ended.exit_code == 4
    assert verdicts(ended)["hubspot-account"] == "failed"


def test_who_stops_a_check_is_told_to_check_again(
    connected: WithAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And not to sync: nothing was begun that could go on."""
    write = StringIO.write

    class Impatient(StringIO):
        """Somebody who presses Ctrl-C at the first line about the bucket."""

        def write(self, text: str) -> int:
            if "aws-keys" in text:
                os.kill(os.getpid(), signal.SIGINT)
            return write(self, text)

    monkeypatch.setattr("tests.acceptance.aws.conftest.StringIO", Impatient)
    ended = check(connected, "acme")
    assert_refused(ended, "interrupted", 130, "the check was stopped", "check again")
    assert "sync again" not in ended.stderr

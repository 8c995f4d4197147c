"""What can be wrong between here and HubSpot: each with its code, exit code and remedy."""

from pathlib import Path

import pytest

from tests.builders.command import Crmsnap, assert_refused
from tests.builders.other_hosts import own_certificate, web_page
from tests.builders.sandbox_process import DAY, sandbox
from tests.builders.snapshot import manifest, rows

OWNERS = ("--tables", "OWNERS")


def test_no_token(crmsnap: Crmsnap):
    """The message says where a token can come from, and no option is among it."""
    ended = crmsnap.sync(*OWNERS, HUBSPOT_TOKEN="")
    assert_refused(ended, "configuration", 4, "no HubSpot token", "HUBSPOT_TOKEN", "token_file")


def test_wrong_token(crmsnap: Crmsnap):
    """HubSpot answers 401; the token itself is not repeated."""
    ended = crmsnap.sync(*OWNERS, HUBSPOT_TOKEN="pat-na1-wrong")
    assert_refused(ended, "hubspot-token", 5, "does not accept the token")
    assert "pat-na1-wrong" not in ended.stderr


def test_a_token_that_is_none(crmsnap: Crmsnap):
    """A pasted line break or space would make a broken header; it is refused before any call."""
    ended = crmsnap.sync(*OWNERS, HUBSPOT_TOKEN="pat two words")
    assert_refused(ended, "configuration", 4, "copy the token again")
    assert "two words" not in ended.stderr


def test_a_token_without_one_scope_leaves_a_declared_gap(tmp_path: Path):
    """The rest is published; exit 3 asks the operator for the scope, and the manifest remembers it.

    Said with --quiet too: only when all is well there is nothing to say.
    """
    narrow = "narrow=crm.objects.contacts.read,crm.schemas.contacts.read"
    with sandbox("--frozen", "--token", narrow) as account:
        crmsnap = Crmsnap(tmp_path, account)
        ended = crmsnap.sync("--quiet", "--tables", "OWNERS,OBJECTS", "--types", "contacts")
        assert ended.exit_code == 3, ended.stderr
        assert "crm.objects.owners.read" in ended.stdout
        (gap,) = manifest(crmsnap.snapshots / DAY)["crmsnap"]["gaps"]
        assert (gap["stream"], gap["reason"]) == ("owners", "missing-scope")
        assert (
            len(rows(crmsnap.snapshots / DAY, "OBJECTS"))
            == account.get("/_sandbox/truth")["types"]["0-1"]
        )


def test_a_gap_of_a_published_day_is_not_blamed_on_another_token(tmp_path: Path):
    """This one may read it: the day was published before, and can be published again."""
    narrow = "narrow=crm.objects.contacts.read,crm.schemas.contacts.read"
    with sandbox("--frozen", "--token", narrow, "--token", "whole") as account:
        crmsnap = Crmsnap(tmp_path, account)
        chosen = ("--tables", "OWNERS", "--types", "contacts")
        assert "the token may not read it" in crmsnap.sync(*chosen).stdout
        again = crmsnap.sync(*chosen, HUBSPOT_TOKEN="whole")
        assert "it could not be read then" in again.stdout
        assert "--replace" in again.stdout
        assert "the token may not" not in again.stdout
        replaced = crmsnap.sync(*chosen, "--replace", HUBSPOT_TOKEN="whole")
        assert (replaced.exit_code, "could not be read" in replaced.stdout) == (0, False)


def test_an_unreachable_host(crmsnap: Crmsnap):
    """Said at once, not after minutes of retries."""
    ended = crmsnap.sync(*OWNERS, "--base-url", "http://127.0.0.1:1")
    assert_refused(ended, "hubspot-unavailable", 1, "127.0.0.1:1", "base URL")


@pytest.mark.parametrize(
    ("url", "code", "exit_code", "said"),
    [
        ("http://8.8.8.8", "configuration", 4, "use https"),
        ("http://169.254.169.254", "configuration", 4, "use https"),
        ("https://169.254.169.254", "configuration", 4, "keys of this machine"),
        ("https://me:hunter22@127.0.0.1", "usage", 2, "a user or a password"),
    ],
)
def test_a_base_url_that_must_not_be_called(
    crmsnap: Crmsnap, url: str, code: str, exit_code: int, said: str
):
    """Typing a host says that the token may go there, and not that anybody on the way may read it."""
    ended = crmsnap.sync(*OWNERS, "--base-url", url)
    assert_refused(ended, code, exit_code, said)
    assert "allow_other_host" not in ended.stderr
    assert "hunter22" not in ended.stderr


def test_the_token_does_not_pass_a_proxy_in_the_clear(crmsnap: Crmsnap):
    """A proxy reads what goes through it without TLS."""
    ended = crmsnap.sync(
        *OWNERS, "--base-url", "http://sandbox.example", HTTP_PROXY="http://127.0.0.1:9"
    )
    assert_refused(ended, "configuration", 4, "through the proxy", "NO_PROXY")


def test_a_host_that_answers_with_a_web_page(crmsnap: Crmsnap):
    """A captive portal says 200 to everything."""
    with web_page() as url:
        ended = crmsnap.sync(*OWNERS, "--base-url", url)
    assert_refused(ended, "hubspot-unexpected-answer", 1, "web page")


def test_a_certificate_that_nobody_signed(crmsnap: Crmsnap):
    """The remedy is the certificate's file, never to switch verification off; and it works."""
    certificate = own_certificate(crmsnap.folder / "own.pem")
    with web_page(certificate) as url:
        crmsnap.write_config(
            f'[connections.acme]\nto = "./s"\nbase_url = "{url}"\nallow_other_host = true\n'
        )
        ended = crmsnap("sync", "acme", *OWNERS)
        assert_refused(ended, "hubspot-unavailable", 1, "cannot be trusted", "ca_file")
        crmsnap.write_config(
            f'[connections.acme]\nto = "./s"\nbase_url = "{url}"\nallow_other_host = true\nca_file = "own.pem"\n'
        )
        ended = crmsnap("sync", "acme", *OWNERS)
    assert_refused(ended, "hubspot-unexpected-answer", 1, "web page")


def test_the_days_calls_are_used_up_in_the_middle(tmp_path: Path):
    """Exit 75 defers the run; the next day it goes on, publishes the day for which it began, and then today."""
    with sandbox("--frozen", "--daily", "300") as account:
        crmsnap = Crmsnap(tmp_path, account)
        whole = ("--types", "contacts,deals")
        ended = crmsnap.sync(*whole)
        assert_refused(ended, "hubspot-daily-limit", 75, "calls")
        assert not (crmsnap.snapshots / DAY / "_MANIFEST.json").exists()
        assert crmsnap("runs", "--json").json[0]["status"] == "deferred"
        account.post("/_sandbox/advance", {"days": 1})
        lines = crmsnap.sync(*whole, "--json").json_lines
    report, today = (line for line in lines if line["event"] == "report")
    assert report["outcome"] == "published"
    assert (report["day"], report["resumed"]) == (DAY, True)
    assert today["day"] == "2026-11-21"  # it came to today's run, which reads what changed
    assert today["outcome"] == "published"


def test_something_becomes_unreadable_in_the_middle(crmsnap: Crmsnap):
    """The day is withheld rather than published with a hole; --allow-gaps publishes and declares it."""
    with sandbox("--frozen") as account:
        mine = Crmsnap(crmsnap.folder, account)
        forbid = {"family": "owners", "from": 2, "to": 99, "effect": {"kind": "forbid"}}
        account.post("/_sandbox/faults", [forbid])
        ended = mine.sync(*OWNERS)
        assert_refused(ended, "gap-appeared", 1, "owners", "--allow-gaps")
        assert not (mine.snapshots / DAY).exists()
        account.post("/_sandbox/faults", [forbid])
        ended = mine.sync(*OWNERS, "--allow-gaps")
        assert ended.exit_code == 3, ended.stderr
        assert manifest(mine.snapshots / DAY)["crmsnap"]["gaps"][0]["stream"] == "owners"

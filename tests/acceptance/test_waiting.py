"""`crmsnap sync --wait`: it goes on by itself when HubSpot's day begins anew."""

import json
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.builders.command import Crmsnap, Ended, assert_refused
from tests.builders.sandbox_process import SandboxAccount, sandbox

SHORTLY_BEFORE_MIDNIGHT = "2026-11-20T04:59:54Z"
"""In the account's zone, New York; the clock goes on from there."""
CALLS = 220
"""A day: less than one copy takes, and more than half of it, with the share that is left to others."""
CONFIG = """
[connections.acme]
to = "{place}/acme"
base_url = "{spent}"
allow_other_host = true
types = ["contacts"]
token = "pat-sandbox"

[connections.beta]
to = "{place}/beta"
base_url = "{other}"
allow_other_host = true
tables = ["OWNERS"]
token = "pat-sandbox"
"""


@pytest.fixture
def spent() -> Iterator[SandboxAccount]:
    """An account whose calls do not last for a copy, until its next day begins."""
    with sandbox("--now", SHORTLY_BEFORE_MIDNIGHT, "--daily", str(CALLS), contacts=50) as running:
        yield running


@pytest.fixture
def crmsnaps(tmp_path: Path, spent: SandboxAccount, account: SandboxAccount) -> Crmsnap:
    """Two connections: the first one has to wait."""
    crmsnap = Crmsnap(tmp_path, spent)
    crmsnap.write_config(CONFIG.format(place=crmsnap.snapshots, spent=spent.url, other=account.url))
    return crmsnap


def of_connections(ended: Ended) -> list[tuple[str, str]]:
    """What became of whom, in order, without progress."""
    return [
        (line["connection"], line.get("outcome", line["event"]))
        for line in ended.json_lines
        if line["event"] in ("waiting", "report")
    ]


def refused(account: SandboxAccount) -> int:
    """Calls that met the daily limit."""
    by_status: dict[str, dict[str, int]] = account.get("/_sandbox/stats")["requests"]
    return sum(statuses.get("429", 0) for statuses in by_status.values())


def test_a_copy_goes_on_by_itself_when_the_day_begins_anew(
    crmsnaps: Crmsnap, spent: SandboxAccount
):
    """The other connection is copied meanwhile; the limit is not even touched, since a share is left."""
    ended = crmsnaps("sync", "--all", "--wait", "--json", HUBSPOT_TOKEN="")
    found = of_connections(ended)
    assert found[:3] == [("acme", "waiting"), ("beta", "published"), ("acme", "published")], found
    assert refused(spent) == 0
    assert (crmsnaps.snapshots / "acme" / "2026-11-20" / "_MANIFEST.json").exists()


def test_ctrl_c_ends_the_wait(crmsnaps: Crmsnap):
    """And nothing is lost: the next sync goes on."""
    with crmsnaps.start("sync", "acme", "--wait", "--json", HUBSPOT_TOKEN="") as process:
        assert process.stdout is not None
        said: list[dict[str, Any]] = []
        for line in process.stdout:
            said.append(json.loads(line))
            if said[-1]["event"] == "waiting":
                break
        process.send_signal(signal.SIGINT)
        _, stderr = process.communicate(timeout=30)
    assert said[-1]["error"]["code"] == "hubspot-daily-limit"
    assert_refused(Ended(process.returncode, "", stderr), "interrupted", 130, "sync again")
    (run,) = crmsnaps("runs", "--json", HUBSPOT_TOKEN="").json
    assert run["status"] == "deferred"


def test_without_waiting_it_is_deferred_and_says_when_to_come_again(crmsnaps: Crmsnap):
    """75 for the scheduler."""
    ended = crmsnaps("sync", "acme", HUBSPOT_TOKEN="")
    assert_refused(ended, "hubspot-daily-limit", 75, "2026-11-20T05:00:00")


def test_a_later_command_knows_when_the_day_begins_anew(tmp_path: Path):
    """HubSpot refuses its first call, and says to nobody when it ends: the run that was put off was told."""
    with sandbox("--frozen", "--now", "2026-11-20T04:00:00Z", contacts=50) as account:
        spent = {"family": "associations", "effect": {"kind": "daily_limit"}}
        account.post("/_sandbox/faults", [spent])
        crmsnap = Crmsnap(tmp_path, account)
        chosen = ("--types", "contacts", "--tables", "OBJECTS,ASSOCIATIONS")
        assert_refused(crmsnap.sync(*chosen), "hubspot-daily-limit", 75, "2026-11-20T05:00:00")
        (run,) = crmsnap("runs", "--json").json
        assert run["error"]["code"] == "hubspot-daily-limit"
        assert run["report"] is None
        shown = crmsnap("runs", "show").stdout
        assert "hubspot-daily-limit" in shown
        assert "2026-11-20T05:00:00" in shown
        before = refused(account)
        again = crmsnap.sync(*chosen, "--json")
        assert_refused(again, "hubspot-daily-limit", 75, "2026-11-20T05:00:00")
        assert again.json_lines[-1]["error"]["resets_at"] == "2026-11-20T05:00:00.000Z"
        assert refused(account) == before + 1
        account.delete("/_sandbox/faults")
        account.post("/_sandbox/clock", {"advance_ms": 3_601_000})
        assert crmsnap.sync(*chosen).exit_code == 0
        shown = crmsnap("runs", "show").stdout
        assert "hubspot-daily-limit" not in shown

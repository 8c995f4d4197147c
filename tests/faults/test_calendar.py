"""Days, zones and clocks: the sync day is HubSpot's, in UTC, whatever this machine believes."""

from pathlib import Path

import pytest

from tests.builders.command import Crmsnap, wait_until
from tests.builders.sandbox_process import sandbox
from tests.builders.snapshot import manifest
from tests.servers.debian import programs

pytestmark = (
    pytest.mark.full
)  # minutes of CPU together; what they find is also looked at by smaller tests

OWNERS = ("--tables", "OWNERS")


@pytest.mark.parametrize(
    ("now", "day"),
    [
        ("2028-02-29T23:59:59Z", "2028-02-29"),
        ("2026-12-31T23:59:59Z", "2026-12-31"),
        ("2024-03-31T01:30:00Z", "2024-03-31"),
        ("2024-10-27T00:30:00Z", "2024-10-27"),
    ],
)
def test_a_day_is_that_of_the_runs_beginning(now: str, day: str, tmp_path: Path):
    """Also at the end of a leap day or a year, and while clocks are changed: midnight comes while it reads."""
    effect = {"kind": "status", "status": 503, "headers": {"Retry-After": "2"}}
    with sandbox("--frozen", "--now", now, contacts=20) as account:
        crmsnap = Crmsnap(tmp_path, account)
        account.post("/_sandbox/faults", [{"family": "owners", "nth": 1, "effect": effect}])
        with crmsnap.start_sync(*OWNERS, "--quiet", TZ="Europe/Berlin") as process:
            wait_until(lambda: account.get("/_sandbox/faults")["rules"][0]["fired"], process)
            account.post("/_sandbox/clock", {"advance_ms": 3_600_000})
            process.communicate()
    assert process.returncode == 0
    document = manifest(crmsnap.snapshots / day)["crmsnap"]
    assert document["day"] == document["window_start"][:10] == day
    assert document["window_end"] > document["window_start"]


def test_a_zone_of_this_machine_moves_no_day(tmp_path: Path):
    """Apia is fourteen hours ahead; there, it is tomorrow already."""
    with sandbox("--frozen", contacts=20) as account:
        crmsnap = Crmsnap(tmp_path, account)
        report = crmsnap.sync(*OWNERS, "--json", TZ="Pacific/Apia").json_lines[-1]
    assert report["day"] == "2026-11-20"


def test_days_without_a_run_are_missing_and_never_made_up(tmp_path: Path):
    """The host was down for five days: one run now, and nothing pretends to be yesterday."""
    with sandbox("--frozen", contacts=20) as account:
        crmsnap = Crmsnap(tmp_path, account)
        assert crmsnap.sync(*OWNERS).exit_code == 0
        account.post("/_sandbox/advance", {"days": 5})
        assert crmsnap.sync(*OWNERS).exit_code == 0
    days = sorted(day.parent.name for day in crmsnap.snapshots.glob("*/_MANIFEST.json"))
    assert days == ["2026-11-20", "2026-11-25"]


@pytest.mark.full
@pytest.mark.parametrize("wrong", ["-1d", "+1y"])
def test_a_wrong_clock_of_this_machine_changes_no_day(wrong: str, tmp_path: Path):
    """A day back, a year ahead: a day is neither published twice nor skipped."""
    programs(["faketime"], ["faketime"])
    with sandbox("--frozen", contacts=20) as account:
        crmsnap = Crmsnap(tmp_path, account)
        assert crmsnap.sync(*OWNERS).exit_code == 0
        crmsnap.under = ("faketime", "-f", wrong)
        assert crmsnap.sync(*OWNERS, "--json").json_lines[-1]["outcome"] == "already published"
        account.post("/_sandbox/advance", {"days": 1})
        report = crmsnap.sync(*OWNERS, "--json").json_lines[-1]
    assert (report["outcome"], report["day"]) == ("published", "2026-11-21")

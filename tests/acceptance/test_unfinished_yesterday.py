"""A run that was stopped yesterday: its day is published, and today follows in the same command."""

import re
from pathlib import Path

from tests.builders.command import Crmsnap
from tests.builders.sandbox_process import DAY, sandbox

TODAY = "2026-11-21"
OWNERS = ("--tables", "OWNERS")


def test_yesterday_is_ended_and_today_follows(tmp_path: Path):
    """A snapshot is named after the day on which its run began; nobody has to sync twice for today's."""
    with sandbox("--frozen", contacts=20) as account:
        crmsnap = Crmsnap(tmp_path, account)
        account.post(
            "/_sandbox/faults", [{"family": "owners", "from": 2, "effect": {"kind": "forbid"}}]
        )
        assert crmsnap.sync(*OWNERS).code == "gap-appeared"
        account.delete("/_sandbox/faults")
        account.post("/_sandbox/advance", {"days": 1})
        ended = crmsnap.sync(*OWNERS)
        assert ended.exit_code == 0, ended.stderr
        assert re.findall(r"published (\S+) at", ended.stdout) == [DAY, TODAY]
        for day in (DAY, TODAY):
            verified = crmsnap("verify", str(crmsnap.snapshots), "--day", day)
            assert verified.exit_code == 0, verified.stdout
        again = crmsnap.sync(*OWNERS, "--json").json_lines[-1]
    assert (again["outcome"], again["day"]) == ("already published", TODAY)

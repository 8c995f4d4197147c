"""`crmsnap estimate`: what a first run takes, told before it."""

import pytest

from tests.builders.command import Crmsnap, assert_refused
from tests.builders.sandbox_process import sandbox

NOBODY_COUNTS = {
    "objects/0-11": "conversations",
    "objects/0-15": "form-submissions",
    "events/<event type>": "events",
    "email-events": "email-events",
}
"""What stands apart as a range, and the family under which the sandbox counts its calls."""
AT_MOST_OFF = 0.15


@pytest.mark.parametrize(
    "selection",
    [
        pytest.param((), marks=pytest.mark.full),
        ("--types", "contacts,companies,deals"),
        pytest.param(
            ("--tables", "OBJECT_WITH_OBJECT_PROPERTIES,OWNERS,LIST_MEMBERSHIPS"),
            marks=pytest.mark.full,
        ),
        ("--tables", "ASSOCIATIONS_CONTACTS_TO_DEALS,ASSOCIATIONS_PETS_TO_CONTACTS"),
    ],
    ids=["everything", "three types", "three tables", "two pairs"],
)
def test_a_run_takes_about_as_many_calls_as_the_estimate_says(tmp_path, selection):
    """Within 15 %; events and the like apart, between the two ends of their range."""
    with sandbox("--seed", "5", contacts=1_200) as account:
        crmsnap = Crmsnap(tmp_path, account)
        if selection:
            key = selection[0].removeprefix("--")
            crmsnap.write_config(
                f'[connections.acme]\n{key} = "{selection[1]}"\nbase_url = "{account.url}"\nallow_other_host = true\n'
                f'to = "{crmsnap.snapshots}"\n'
            )
        base = () if selection else ("--base-url", account.url)
        told = crmsnap("estimate", *base, "--json").json
        account.post("/_sandbox/stats/reset", {})
        ended = crmsnap("sync") if selection else crmsnap.sync()
        assert ended.exit_code == 0, ended.stderr
        used = {
            family: sum(by_status.values())
            for family, by_status in account.get("/_sandbox/stats")["requests"].items()
            if family != "_sandbox"
        }
    apart = {name: used.get(NOBODY_COUNTS[name], 0) for name in told["apart"]["ranges"]}
    known = sum(used.values()) - sum(apart.values())
    assert abs(told["calls"] - known) <= AT_MOST_OFF * known, (told, used)
    for name, ends in told["apart"]["ranges"].items():
        assert ends["low"] * 0.9 <= apart[name] + 1
        assert ends["high"] is None or apart[name] <= ends["high"] * 1.1 + 1


def test_nothing_is_copied_and_nothing_is_kept(tmp_path, account):
    """It is asked before anybody has decided anything."""
    crmsnap = Crmsnap(tmp_path, account)
    shown = crmsnap("estimate", "--base-url", account.url, "--config", "/dev/null")
    assert shown.exit_code == 0, shown.stderr
    assert "together" in shown.stdout
    assert "of the day's" in shown.stdout
    assert "nothing was copied" in shown.stdout
    assert not crmsnap.home.exists() or not list(crmsnap.home.rglob("*.sqlite"))
    assert not crmsnap.snapshots.exists()


def test_a_name_that_means_nothing_is_refused_as_by_a_run(tmp_path, account):
    """An estimate of something else than what is copied would be worse than none."""
    crmsnap = Crmsnap(tmp_path, account)
    crmsnap.write_config(
        f'[connections.acme]\ntypes = "contcts"\nbase_url = "{account.url}"\nallow_other_host = true\nto = "x"\n'
    )
    assert_refused(crmsnap("estimate", "acme"), "usage", 2, "contacts")

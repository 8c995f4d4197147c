"""An agency's customers: connections that commands make, from the first command to the last."""

from pathlib import Path

from tests.builders.command import Crmsnap, assert_refused
from tests.builders.sandbox_process import DAY


def add(crmsnap: Crmsnap, name: str, *more: str) -> None:
    """Make a connection of the account to a folder of its own."""
    ended = crmsnap(
        *("connections", "add", name, "--to", f"./{name}"),
        *("--set", f"base_url={crmsnap.account.url}", "--set", "allow_other_host=true"),
        *("--set", "tables=OWNERS", *more),
    )
    assert ended.exit_code == 0, ended.stderr


def test_a_connection_that_a_command_made_is_copied_from_anywhere(crmsnap: Crmsnap, tmp_path: Path):
    """Its relative paths start where it was made; the token is found where it was said to be."""
    add(crmsnap, "acme", "--token-env", "ACME_TOKEN")
    elsewhere = Crmsnap(tmp_path / "elsewhere", crmsnap.account)
    elsewhere.folder.mkdir()
    elsewhere.home = crmsnap.home
    ended = elsewhere("sync", "acme", ACME_TOKEN=crmsnap.account.token, HUBSPOT_TOKEN="")
    assert ended.exit_code == 0, ended.stderr
    assert (crmsnap.folder / "acme" / DAY / "_MANIFEST.json").is_file()
    (shown,) = elsewhere("connections", "--json").json
    assert shown["last_run"]["status"] == "published"


def test_a_disabled_one_is_left_out_by_all_and_refused_by_name(crmsnap: Crmsnap):
    """Whoever names it has to learn why nothing is copied."""
    for name in ("acme", "other"):
        add(crmsnap, name)
    crmsnap("connections", "disable", "acme")
    assert crmsnap("sync", "--all").exit_code == 0
    assert not (crmsnap.folder / "acme").exists()
    ended = crmsnap("sync", "acme")
    assert_refused(ended, "usage", 2, "acme is disabled", "crmsnap connections enable acme")
    crmsnap("connections", "enable", "acme")
    assert crmsnap("sync", "acme").exit_code == 0


def test_removing_says_what_remains_and_leaves_it(crmsnap: Crmsnap):
    """Snapshots, the state and the history belong to the customer, not to the connection."""
    add(crmsnap, "acme")
    assert crmsnap("sync", "acme").exit_code == 0
    assert_refused(crmsnap("connections", "remove", "acme"), "usage", 2, "--yes")
    ended = crmsnap("connections", "remove", "acme", "--yes")
    for remains in (crmsnap.folder / "acme", crmsnap.home / "acme"):
        assert str(remains) in ended.stdout
        assert remains.is_dir()
    assert crmsnap("connections", "--json").json == []
    (run,) = crmsnap("runs", "acme", "--json").json
    assert run["status"] == "published"

"""What can be wrong in crmsnap.toml and its variables: named with file, key and what was meant."""

import pytest

from tests.builders.command import Crmsnap, assert_refused

CONNECTION = '[connections.acme]\nto = "./snapshots"\n'


def test_an_unknown_key(crmsnap: Crmsnap):
    """It would be ignored silently otherwise, and something else be copied than was meant."""
    crmsnap.write_config(CONNECTION + "worker = 3\n")
    ended = crmsnap("config", "check")
    assert_refused(ended, "configuration", 4, "crmsnap.toml: connections.acme.worker", "'workers'")


def test_a_wrong_type(crmsnap: Crmsnap):
    """The place is named, the value is not: it may be a secret."""
    crmsnap.write_config(CONNECTION + 'workers = "many"\n')
    ended = crmsnap("config", "check")
    assert_refused(ended, "configuration", 4, "crmsnap.toml: connections.acme.workers", "integer")
    assert "many" not in ended.stderr


def test_a_file_that_is_no_toml(crmsnap: Crmsnap):
    """The line is named."""
    crmsnap.write_config("[connections.acme]\nto = ./snapshots\n")
    assert_refused(crmsnap("config", "check"), "configuration", 4, "not TOML", "line 2")


def test_a_file_that_does_not_exist(crmsnap: Crmsnap):
    """--config is not a wish."""
    ended = crmsnap("sync", "--config", "nowhere.toml")
    assert_refused(ended, "configuration", 4, "nowhere.toml", "crmsnap init")


def test_a_wrong_variable(crmsnap: Crmsnap):
    """The variable is named, not the file."""
    name = "CRMSNAP_CONNECTIONS__ACME__DAILY_SHARE"
    ended = crmsnap("config", "check", **{name: "8"})
    assert_refused(ended, "configuration", 4, f"the variable {name}", "less than or equal to 1")


def test_a_mistyped_variable(crmsnap: Crmsnap):
    """It would set nothing."""
    ended = crmsnap("config", "check", CRMSNAP_CONNECTION__ACME__TO="./x")
    assert_refused(ended, "configuration", 4, "CRMSNAP_CONNECTION__ACME__TO", "did you mean")


def test_an_unknown_connection(crmsnap: Crmsnap):
    """A typo in a crontab."""
    crmsnap.write_config(CONNECTION)
    assert_refused(crmsnap("sync", "acne"), "configuration", 4, "'acne'", "did you mean 'acme'?")


def test_no_destination(crmsnap: Crmsnap):
    """Nothing is guessed: a copy of all customers is not put just anywhere."""
    ended = crmsnap("sync", "--base-url", crmsnap.account.url)
    assert_refused(ended, "configuration", 4, "no destination", "--to ./snapshots")


def test_several_connections_and_none_named(crmsnap: Crmsnap):
    """Syncing all by accident may cost a day's API calls."""
    crmsnap.write_config(CONNECTION + CONNECTION.replace("acme", "zeta"))
    assert_refused(crmsnap("sync"), "usage", 2, "acme, zeta", "--all")


def test_two_connections_that_overlap_stop_no_other(crmsnap: Crmsnap):
    """Whoever wrote two lines that do not fit still sees his connections, and uses the rest."""
    crmsnap.write_config(
        '[connections.outer]\nto = "./all"\n[connections.inner]\nto = "./all/inner"\n'
        '[connections.other]\nto = "./other"\n'
    )
    token = {"HUBSPOT_TOKEN": crmsnap.account.token}
    listed = crmsnap("connections", "--json").json
    assert [one["name"] for one in listed] == ["outer", "inner", "other"]
    assert [one["refused"] is None for one in listed] == [False, False, True]
    ended = crmsnap("config", "check", **token)
    assert_refused(ended, "configuration", 4, "connections outer and inner overlap", "lies in")
    assert "other: ok" in ended.stdout
    for command in ("sync", "verify"):
        for name in ("outer", "inner"):
            ended = crmsnap(command, name, **token)
            assert_refused(ended, "configuration", 4, "connections outer and inner overlap")
    assert_refused(crmsnap("verify", "other"), "snapshot", 1, "no complete day")


def test_two_sources_of_a_token(crmsnap: Crmsnap):
    """One of them would win unseen."""
    crmsnap.write_config(CONNECTION + 'token_env = "A"\ntoken_file = "b"\n')
    assert_refused(crmsnap("sync"), "configuration", 4, "token_env and token_file")


@pytest.mark.parametrize("mode", [0o640, 0o604])
def test_a_token_file_that_others_can_read(crmsnap: Crmsnap, mode: int):
    """As ssh does with keys."""
    token = crmsnap.folder / "token"
    token.write_text(crmsnap.account.token + "\n")
    token.chmod(mode)
    crmsnap.write_config(CONNECTION + 'token_file = "token"\n')
    ended = crmsnap("config", "check")
    assert_refused(ended, "configuration", 4, "other users", "chmod 600")
    assert crmsnap.account.token not in ended.stderr


def test_a_configuration_with_a_token_that_others_can_read(crmsnap: Crmsnap):
    """A token in the configuration makes that a secret file."""
    crmsnap.write_config(CONNECTION + f'token = "{crmsnap.account.token}"\n')
    (crmsnap.folder / "crmsnap.toml").chmod(0o644)
    assert_refused(crmsnap("config", "check"), "configuration", 4, "other users", "chmod 600")


def test_an_unknown_option_or_command(crmsnap: Crmsnap):
    """Typer's own words, and its exit code."""
    ended = crmsnap("synk")
    assert ended.exit_code == 2
    assert "Did you mean 'sync'?" in ended.stderr
    assert crmsnap("sync", "--token", "x").exit_code == 2

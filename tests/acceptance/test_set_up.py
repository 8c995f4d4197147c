"""From nothing to a configuration that is right, without a question asked."""

import tomllib

from tests.builders.command import Crmsnap, assert_refused
from tests.builders.sandbox_process import DAY


def test_init_writes_a_file_that_sync_can_use(crmsnap: Crmsnap):
    """What it prints as the next commands works as it stands."""
    ended = crmsnap("init", "--to", "./mine", "--name", "acme", "--token-env", "ACME_TOKEN")
    assert ended.exit_code == 0, ended.stderr
    assert "export ACME_TOKEN=" in ended.stdout
    token = {"ACME_TOKEN": crmsnap.account.token, "HUBSPOT_TOKEN": ""}
    assert "acme: ok" in crmsnap("config", "check", **token).stdout
    ended = crmsnap(
        "sync", "acme", "--base-url", crmsnap.account.url, "--tables", "OWNERS", **token
    )
    assert ended.exit_code == 0, ended.stderr
    assert (crmsnap.folder / "mine" / DAY / "_MANIFEST.json").exists()


def test_every_setting_that_init_shows_can_be_switched_on(crmsnap: Crmsnap):
    """The commented lines are not prose: without their # they are valid."""
    crmsnap("init")
    lines = (crmsnap.folder / "crmsnap.toml").read_text().splitlines()
    shown = [
        line.removeprefix("# ")
        for line in lines
        if " = " in line or line.lstrip("# ").startswith("[")
    ]
    keys = tomllib.loads("\n".join(shown))["connections"]["hubspot"]
    assert {"workers", "compression", "ca_file"} < keys.keys()
    assert "endpoint_url" in keys["s3"]
    # Three ways to give a token exclude each other, and the empty examples stand for nothing.
    kept = [line for line in shown if not line.endswith('""') and not line.startswith("token")]
    crmsnap.write_config("\n".join(kept))
    ended = crmsnap("config", "check")
    assert ended.exit_code == 0, ended.stderr


def test_init_does_not_replace_a_configuration(crmsnap: Crmsnap):
    """Unless told to."""
    crmsnap("init", "--name", "precious")
    assert_refused(crmsnap("init"), "usage", 2, "exists already", "--force")
    assert crmsnap("init", "--force").exit_code == 0
    assert "precious" not in (crmsnap.folder / "crmsnap.toml").read_text()


def test_init_refuses_a_name_that_sync_would_refuse(crmsnap: Crmsnap):
    """Nothing is written then."""
    assert_refused(crmsnap("init", "--name", "My Account"), "configuration", 4, "lower-case")
    assert not (crmsnap.folder / "crmsnap.toml").exists()


def test_config_show_prints_what_is_in_force_and_no_secret(crmsnap: Crmsnap):
    """Variables and file together, as `sync` sees them; for pasting into a question."""
    crmsnap.write_config(
        '[connections.acme-eu]\nto = "./a"\ntoken = "pat-very-secret"\nproxy = "http://me:pass@proxy"\n'
    )
    ended = crmsnap("config", "show", CRMSNAP_CONNECTIONS__ACME_EU__TYPES="0-1,deals")
    connection = ended.json["connections"]["acme-eu"]
    assert connection["to"] == str(crmsnap.folder / "a")
    assert connection["types"] == ["0-1", "deals"]
    assert connection["token"] == connection["proxy"] == "**********"
    assert "very-secret" not in ended.stdout
    assert "pass" not in ended.stdout


def test_config_schema_is_a_json_schema_with_every_key(crmsnap: Crmsnap):
    """Editors complete and check crmsnap.toml with it."""
    schema = crmsnap("config", "schema").json
    assert {"to", "token_env", "s3"} < schema["$defs"]["ConnectionSettings"]["properties"].keys()
    assert schema["additionalProperties"] is False


def test_a_token_file_that_only_its_owner_can_read_is_used(crmsnap: Crmsnap):
    """A line break at its end is no part of the token; its path starts at the configuration."""
    token = crmsnap.folder / "token"
    token.write_text(crmsnap.account.token + "\n")
    token.chmod(0o600)
    crmsnap.write_config(
        f'[connections.acme]\nto = "./a"\ntoken_file = "token"\nbase_url = "{crmsnap.account.url}"\nallow_other_host = true\n'
    )
    ended = crmsnap("sync", "--tables", "OWNERS", HUBSPOT_TOKEN="")
    assert ended.exit_code == 0, ended.stderr

"""Settings from a file and variables: which wins, what is refused, and that nothing secret is shown."""

from pathlib import Path

import pytest

from crmsnap import config
from crmsnap.config import ConnectionSettings, S3Settings
from crmsnap.errors import ConfigError, UsageError


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where a test's crmsnap.toml goes."""
    return tmp_path / "crmsnap.toml"


def loaded(file: Path, text: str) -> config.Settings:
    """The settings of this text."""
    file.write_text(text)
    file.chmod(0o600)
    return config.load(file)


def test_without_a_file_and_variables_there_is_no_connection():
    """One account needs no configuration at all."""
    assert config.load(None).connections == {}


def test_a_variable_wins_over_the_file_and_leaves_the_rest(
    file: Path, monkeypatch: pytest.MonkeyPatch
):
    """Containers set what differs; the file holds what is common."""
    monkeypatch.setenv("CRMSNAP_CONNECTIONS__ACME__WORKERS", "3")
    monkeypatch.setenv("CRMSNAP_CONNECTIONS__ACME__S3__REGION", "eu-central-1")
    settings = loaded(file, '[connections.acme]\nto = "s3://lake/x"\nworkers = 8\n')
    acme = settings.connections["acme"]
    assert (acme.to, acme.workers, acme.s3.region) == ("s3://lake/x", 3, "eu-central-1")


def test_a_hyphen_in_a_name_is_an_underscore_in_a_variable(
    file: Path, monkeypatch: pytest.MonkeyPatch
):
    """No shell can set a variable with a hyphen."""
    monkeypatch.setenv("CRMSNAP_CONNECTIONS__ACME_EU__COMPRESSION", "small")
    settings = loaded(file, '[connections.acme-eu]\nto = "./x"\n')
    assert settings.connections["acme-eu"].compression == "small"
    assert list(settings.connections) == ["acme-eu"]


def test_a_connection_can_live_in_variables_alone(monkeypatch: pytest.MonkeyPatch):
    """A container needs no file."""
    monkeypatch.setenv("CRMSNAP_CONNECTIONS__ACME__TO", "s3://lake/x")
    monkeypatch.setenv("CRMSNAP_CONNECTIONS__ACME__TABLES", "OWNERS, TEAMS")
    acme = config.load(None).connections["acme"]
    assert (acme.to, acme.tables) == ("s3://lake/x", ("OWNERS", "TEAMS"))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("./snapshots", "{folder}/snapshots"),
        ("snapshots", "{folder}/snapshots"),
        ("/data", "/data"),
        ("~/data", "~/data"),
        ("s3://bucket/x", "s3://bucket/x"),
        ("memory://", "memory://"),
    ],
)
def test_a_path_in_the_file_starts_at_the_file(file: Path, written: str, meant: str):
    """cron runs in another folder than the person who wrote the file."""
    settings = loaded(file, f'[connections.acme]\nto = "{written}"\n')
    assert settings.connections["acme"].to == meant.format(folder=file.parent)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[connection.acme]\n", ("connection", "did you mean 'connections'?")),
        ("_env_file = 'x'\n", ("no setting '_env_file'",)),
        ("connections = 3\n", ("connections has the wrong type",)),
        ("[connections]\nacme = 3\n", ("connections.acme has the wrong type",)),
        ("[connections.Acme]\n", ("'Acme' is no name",)),
        ("[connections.acme.s3]\nregoin = 'x'\n", ("acme.s3.regoin", "did you mean 'region'?")),
        ("[connections.acme]\nworkers = 0\n", ("acme.workers", "greater than or equal to 1")),
        ("[connections.acme]\ncompression = 'best'\n", ("acme.compression", "'fast' or 'small'")),
        ("[connections.acme]\nbase_url = 'hubapi.com'\n", ("acme.base_url", "match pattern")),
        ("[connections.acme]\ntypes = [1]\n", ("acme.types.0", "valid string")),
    ],
)
def test_what_cannot_be_understood_is_refused_with_its_place(
    file: Path, text: str, words: tuple[str]
):
    """File, key path, and what was meant where a guess is near."""
    with pytest.raises(ConfigError) as refused:
        loaded(file, text)
    said = f"{refused.value.message} {refused.value.cause} {refused.value.remedy}"
    assert str(file) in said
    assert all(word in said for word in words), said


@pytest.mark.parametrize(
    "setting", ["sweep_days", "overlap_minutes", "association_days", "late_event_hours"]
)
def test_a_time_that_no_calendar_reaches_back_to_is_refused(file: Path, setting: str):
    """It would end a run in the middle instead."""
    with pytest.raises(ConfigError, match=setting):
        loaded(file, f"[connections.acme.refresh]\n{setting} = 1000000000000\n")


def test_no_refusal_repeats_a_value(file: Path):
    """It may be a secret in the wrong place."""
    with pytest.raises(ConfigError) as refused:
        loaded(file, "[connections.acme]\ntoken = ['pat-very-secret']\n")
    assert "secret" not in str(refused.value.as_dict())


def test_a_variable_that_no_shell_meant_for_us_is_left_alone(monkeypatch: pytest.MonkeyPatch):
    """Kubernetes sets these for a service that is called crmsnap."""
    monkeypatch.setenv("CRMSNAP_PORT", "tcp://10.0.0.1:80")
    monkeypatch.setenv("CRMSNAP_SERVICE_HOST", "10.0.0.1")
    assert config.load(None).connections == {}


def test_broken_json_in_a_variable_is_refused(monkeypatch: pytest.MonkeyPatch):
    """The message says what to write instead."""
    monkeypatch.setenv("CRMSNAP_CONNECTIONS", "{")
    with pytest.raises(ConfigError, match="cannot be read") as refused:
        config.load(None)
    assert "CRMSNAP_CONNECTIONS__ACME__TO" in refused.value.remedy


def test_the_home_folder_is_the_option_then_the_variable_then_the_users_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """XDG Base Directory Specification; a relative XDG_DATA_HOME is to be ignored."""
    monkeypatch.setenv("HOME", "/users/ada")
    monkeypatch.setenv("XDG_DATA_HOME", "relative")
    assert config.home_folder(None) == Path("/users/ada/.local/share/crmsnap")
    monkeypatch.setenv("XDG_DATA_HOME", "/data")
    assert config.home_folder(None) == Path("/data/crmsnap")
    monkeypatch.setenv("CRMSNAP_HOME", "/mine")
    assert config.home_folder(None) == Path("/mine")
    assert config.home_folder(tmp_path) == tmp_path


def test_the_file_is_looked_for_here_and_then_in_the_home_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """A named file is taken as it is, so that a typo is an error and not another file."""
    monkeypatch.chdir(tmp_path)
    home = tmp_path / "home"
    home.mkdir()
    assert config.find_file(None, home) is None
    (home / "crmsnap.toml").touch()
    assert config.find_file(None, home) == home / "crmsnap.toml"
    Path("crmsnap.toml").touch()
    assert config.find_file(None, home) == Path("crmsnap.toml")
    assert config.find_file(Path("other.toml"), home) == Path("other.toml")


def test_a_token_comes_from_its_own_variable(monkeypatch: pytest.MonkeyPatch):
    """HUBSPOT_TOKEN is only the default; spaces around are no part of a token."""
    monkeypatch.setenv("HUBSPOT_TOKEN", "first")
    monkeypatch.setenv("ACME", " second\n")
    assert config.token_of(ConnectionSettings()).get_secret_value() == "first"
    assert config.token_of(ConnectionSettings(token_env="ACME")).get_secret_value() == "second"


def test_a_token_file_that_is_not_there_is_named(tmp_path: Path):
    """With its path, because it comes from a file that somebody else may have written."""
    with pytest.raises(ConfigError, match="nowhere cannot be read"):
        config.token_of(ConnectionSettings(token_file=tmp_path / "nowhere"))


def test_options_are_checked_like_settings():
    """`--base-url` and the rest replace what is configured."""
    changed = config.changed(ConnectionSettings(to="./a", workers=3), {"to": "./b"})
    assert (changed.to, changed.workers) == ("./b", 3)
    with pytest.raises(UsageError, match="--base-url"):
        config.changed(ConnectionSettings(), {"base_url": "ftp://x"})


def test_the_environments_proxy_is_for_hubspot_and_not_for_this_machine(
    monkeypatch: pytest.MonkeyPatch,
):
    """NO_PROXY holds, a setting of one's own wins, and loopback is never proxied."""
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy:3128")
    monkeypatch.setenv("HTTP_PROXY", "http://proxy:3128")
    found = config.proxy_of(ConnectionSettings())
    assert found is not None
    assert found.get_secret_value() == "http://proxy:3128"
    on_this_machine = ConnectionSettings(base_url="http://127.0.0.1:80", allow_other_host=True)
    assert config.proxy_of(on_this_machine) is None
    monkeypatch.setenv("NO_PROXY", "hubapi.com")
    assert config.proxy_of(ConnectionSettings()) is None
    own = ConnectionSettings.model_validate({"proxy": "http://own:1"})
    assert config.proxy_of(own) == own.proxy


def test_awss_own_variables_fill_what_is_not_set(monkeypatch: pytest.MonkeyPatch):
    """People who use the AWS tools have set them already."""
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "https://minio")
    found = config.s3_of(ConnectionSettings(s3=S3Settings(region="eu-central-1")))
    assert (found.region, found.endpoint_url, found.profile) == (
        "eu-central-1",
        "https://minio",
        None,
    )


def test_keys_of_the_environment_need_no_boto3(monkeypatch: pytest.MonkeyPatch):
    """Half a pair is none: then the usual chain is asked."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIA")
    assert config.aws_keys() is None
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "s")
    assert config.aws_keys() == ("AKIA", "s", None)

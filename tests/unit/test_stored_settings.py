"""Settings of connections that commands made: what is kept of them, and what is refused."""

from pathlib import Path

import pytest

from crmsnap.config import ConnectionSettings, kept, put, stored, told
from crmsnap.errors import ConfigError, UsageError

FOLDER = Path("/srv/crm")


def test_only_what_was_said_is_kept():
    """A default of a later version then reaches the connections of today."""
    said = kept("acme", {"to": "s3://lake/acme", "workers": "4"}, folder=FOLDER)
    assert said == {"to": "s3://lake/acme", "workers": 4}


def test_what_is_kept_gives_the_same_settings_back():
    """Through JSON: tables, lists, paths, numbers, booleans."""
    given = {
        "to": "./snapshots",
        "token_file": "acme.token",
        "types": "deals, contacts",
        "allow_gaps": "true",
        "s3": {"region": "eu-central-1", "allow_http": "no"},
    }
    found = stored("acme", kept("acme", given, folder=FOLDER), enabled=False)
    expected = ConnectionSettings.model_validate(
        given | {"to": "/srv/crm/snapshots", "token_file": "/srv/crm/acme.token", "enabled": False}
    )
    assert found == expected
    assert found.types == ("deals", "contacts")


def test_paths_start_where_the_command_was_given():
    """And not where cron starts the next one. Places that are no folder stay as they are."""
    assert kept("a", {"to": "snapshots", "ca_file": "ca.pem"}, folder=FOLDER) == {
        "to": "/srv/crm/snapshots",
        "ca_file": "/srv/crm/ca.pem",
    }
    for place in ("s3://lake/acme", "/data", "~/data", "arn:aws:s3:::lake/acme"):
        assert kept("a", {"to": place}, folder=FOLDER) == {"to": place}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"token": "pat-eu1-x"}, "token may hold a secret"),
        ({"proxy": "http://alice:hunter2@proxy"}, "proxy may hold a secret"),
        ({"enabled": "false"}, "enabled is no setting"),
        ({"token_env": "A", "token_file": "b"}, "token_env and token_file exclude"),
        ({"colour": "blue"}, "there is no setting 'colour'"),
        ({"external_id": "mine"}, "there is no setting 'external_id'"),
        ({"s3": {"external_id": "mine"}}, "there is no setting 's3.external_id'"),
        ({"workers": "many"}, "'workers' has an unfit value"),
        ({"s3": "all"}, "'s3' has an unfit value"),
        ({"base_url": "https://trap.example"}, "'base_url' has an unfit value"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_what_cannot_be_kept_is_refused_without_its_value(given: dict[str, object], message: str):
    """An external id is made by us; a secret would lie in the clear."""
    with pytest.raises(UsageError, match=message) as refused:
        kept("acme", given, folder=FOLDER)
    said = f"{refused.value} {refused.value.cause} {refused.value.remedy}"
    assert not [secret for secret in ("pat-eu1-x", "hunter2", "mine") if secret in said]


def test_a_near_miss_gets_a_hint():
    """In the table in which it was written."""
    with pytest.raises(UsageError) as refused:
        kept("acme", {"s3": {"regoin": "eu-central-1"}}, folder=FOLDER)
    assert refused.value.remedy == "did you mean 'region'?"


@pytest.mark.parametrize("name", ["Acme", "", "a/b", "-a", "a" * 64])
def test_a_name_that_cannot_be_a_folder_is_refused(name: str):
    """As in the file."""
    with pytest.raises(UsageError, match="no name for a connection"):
        kept(name, {"to": "x"}, folder=FOLDER)


def test_settings_of_another_version_are_an_error_of_that_connection():
    """With the commands that can mend it, since the registry is no file to be edited."""
    with pytest.raises(
        ConfigError, match="acme in the registry: there is no setting 'colour'"
    ) as no:
        stored("acme", {"colour": "blue"}, enabled=True)
    assert "--unset" in no.value.remedy


def test_pairs_are_put_into_the_tables_that_they_name():
    """`None` takes one away again."""
    settings: dict[str, object] = {"workers": 4, "s3": {"region": "x", "profile": "y"}}
    for key, value in told(["s3.region=eu=1", "to="]).items():
        put(settings, key, value)
    put(settings, "workers", None)
    put(settings, "s3.profile", None)
    put(settings, "s3.nothing", None)
    assert settings == {"to": "", "s3": {"region": "eu=1"}}


def test_a_pair_without_a_value_is_refused():
    """Instead of setting nothing."""
    with pytest.raises(UsageError, match="workers has no value"):
        told(["workers"])

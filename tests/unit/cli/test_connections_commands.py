"""`crmsnap connections`: who owns which, what may be changed, and what is refused."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from uuid import UUID

import pytest
from typer.testing import CliRunner

from crmsnap.cli import app
from crmsnap.cli.chosen import complete
from crmsnap.cli.session import Session
from crmsnap.errors import CrmsnapError
from crmsnap.registry.aws_links import make_aws_link, mark_connected, place_aws_link
from crmsnap.registry.connections import connections
from crmsnap.registry.opening import open_registry
from tests.builders.command import Ended, assert_refused

NOW = "2026-11-20 05:00:00.000"
ROLE = "arn:aws:iam::222222222222:role/crmsnap"

OURS = "arn:aws:iam::111111111111:user/crmsnap"


class Commands:
    """The commands in this process: a hundred of them in the time of a few of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = folder / "home"

    def __call__(self, *arguments: str) -> Ended:
        """Run one, and say its error as `main` does."""
        ran = CliRunner().invoke(
            app, arguments, obj=Session(), env={"CRMSNAP_HOME": str(self.home), "COLUMNS": "200"}
        )
        if not isinstance(ran.exception, CrmsnapError):
            assert ran.exception is None or isinstance(ran.exception, SystemExit), ran.exception
            return Ended(ran.exit_code, ran.stdout, ran.stderr)
        error = ran.exception
        said = f"error[{error.code}]: {error}\n  cause: {error.cause}\n  remedy: {error.remedy}\n"
        return Ended(error.exit_code, ran.stdout, ran.stderr + said)

    def write_config(self, text: str) -> None:
        """Write crmsnap.toml into the folder, for its owner alone."""
        file = self.folder / "crmsnap.toml"
        file.write_text(text)
        file.chmod(0o600)


@pytest.fixture
def crmsnap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Commands:
    """The commands in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return Commands(tmp_path)


def add(crmsnap: Commands, name: str, *more: str) -> None:
    """Make a connection to a folder of its own."""
    ended = crmsnap("connections", "add", name, "--to", f"./{name}", *more)
    assert ended.exit_code == 0, ended.stderr


def test_those_of_the_file_and_of_commands_are_listed_with_their_owner(crmsnap: Commands):
    """Who wants to change one has to know where."""
    crmsnap.write_config('[connections.first]\nto = "./first"\n')
    add(crmsnap, "second")
    listed = crmsnap("connections", "list", "--json").json
    assert [(one["name"], one["origin"]) for one in listed] == [
        ("first", "file"),
        ("second", "registry"),
    ]
    lines = crmsnap("connections").stdout.splitlines()
    assert lines[0].startswith("CONNECTION")
    assert [line.split()[:3] for line in lines[1:]] == [
        ["first", "file", "enabled"],
        ["second", "registry", "enabled"],
    ]


def test_listing_makes_no_registry(crmsnap: Commands):
    """Reading writes nothing."""
    assert crmsnap("connections", "--json").json == []
    assert not crmsnap.home.exists()


@pytest.mark.parametrize(
    ("command", "line"),
    [
        (("edit", "first", "--set", "workers=4"), "under [connections.first]"),
        (("disable", "first"), "enabled = false"),
        (("enable", "first"), "enabled = true"),
        (("remove", "first", "--yes"), "remove its lines"),
        (("add", "first", "--to", "./x"), "change it there"),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_a_connection_of_the_file_is_changed_in_the_file(
    crmsnap: Commands, command: tuple[str, ...], line: str
):
    """The refusal names the file and what to write."""
    crmsnap.write_config('[connections.first]\nto = "./first"\n')
    ended = crmsnap("connections", *command)
    assert_refused(ended, "usage", 2, "managed in", "crmsnap.toml", line)


def test_showing_one_shows_what_was_set_and_no_secret(crmsnap: Commands):
    """The file may hold the token itself."""
    crmsnap.write_config('[connections.first]\nto = "./first"\ntoken = "pat-eu1-secret"\n')
    for options in ((), ("--json",)):
        ended = crmsnap("connections", "show", "first", *options)
        assert "crmsnap.toml" in ended.stdout
        assert "pat-eu1-secret" not in ended.stdout
    assert ended.json["settings"]["token"] == "**********"
    assert ended.json["external_id"] is None
    assert_refused(crmsnap("connections", "show", "frist"), "configuration", 4, "first")


def test_an_edit_changes_what_it_names_and_keeps_the_rest(crmsnap: Commands):
    """A token is found in one place: naming another replaces it."""
    add(crmsnap, "acme", "--token-env", "ACME", "--set", "s3.region=x", "--set", "types=deals")
    ended = crmsnap(
        *("connections", "edit", "acme", "--token-file", "acme.token"),
        *("--set", "workers=4", "--unset", "types", "--unset", "s3.region"),
    )
    assert ended.exit_code == 0, ended.stderr
    assert crmsnap("connections", "show", "acme", "--json").json["settings"] == {
        "to": str(crmsnap.folder / "acme"),
        "token_file": str(crmsnap.folder / "acme.token"),
        "workers": 4,
        "s3": {},
    }


@pytest.mark.parametrize(
    ("options", "word"),
    [
        (("--set", "external_id=mine"), "external_id"),
        (("--set", "token=pat-eu1-secret"), "--token-file"),
        (("--set", "workers=many"), "workers"),
        (("--to", "s3://x"), "s3://x"),
        ((), "nothing is to be changed"),
    ],
    ids=["external id", "token", "value", "place", "nothing"],
)
def test_an_edit_that_cannot_be_is_refused_and_changes_nothing(
    crmsnap: Commands, options: tuple[str, ...], word: str
):
    """An external id is made by us, a token is no option."""
    add(crmsnap, "acme")
    before = crmsnap("connections", "show", "acme").stdout
    ended = crmsnap("connections", "edit", "acme", *options)
    assert ended.exit_code != 0
    assert word in ended.stderr
    assert "pat-eu1-secret" not in ended.stderr
    assert crmsnap("connections", "show", "acme").stdout == before


def connect(crmsnap: Commands, name: str, role: str, prefix: str) -> None:
    """Have a connection with a role, all of whose checks have passed."""
    place = f"s3://lake/{prefix}"
    ended = crmsnap("connections", "add", name, "--to", place, "--set", f"s3.role_arn={role}")
    assert ended.exit_code == 0, ended.stderr
    with open_registry(f"sqlite:///{crmsnap.home / 'registry.sqlite'}") as opened:
        make_aws_link(opened, name, UUID(int=len(name)), now=NOW)
        place_aws_link(opened, name, role_arn=role, bucket="lake", prefix=prefix)
        mark_connected(opened, name, region="eu-central-1", bucket_owner="2" * 12, now=NOW)


def test_another_bucket_has_to_be_connected_again_with_the_same_external_id(crmsnap: Commands):
    """What was proven of one bucket says nothing of another; an unrelated change forgets nothing."""
    connect(crmsnap, "acme", ROLE, "acme")
    crmsnap("connections", "edit", "acme", "--set", "workers=4")
    before = crmsnap("connections", "show", "acme", "--json").json
    assert before["connected_at"] == NOW
    ended = crmsnap("connections", "edit", "acme", "--to", "s3://lake/new")
    assert "crmsnap connect aws acme" in ended.stdout
    after = crmsnap("connections", "show", "acme", "--json").json
    assert after["connected_at"] is None
    assert after["external_id"] == before["external_id"] == str(UUID(int=4))


@pytest.mark.parametrize(
    "options", [("--set", f"s3.role_arn={ROLE}"), ("--to", "s3://lake/acme/x")]
)
def test_a_role_or_a_place_of_another_connection_is_refused(
    crmsnap: Commands, options: tuple[str, str]
):
    """When one is made, and when one is changed."""
    connect(crmsnap, "acme", ROLE, "acme")
    connect(crmsnap, "other", f"{ROLE}-other", "other")
    before = crmsnap("connections", "show", "other").stdout
    for command in (("edit", "other"), ("add", "third", "--to", "s3://lake/third")):
        ended = crmsnap("connections", *command, *options)
        assert ended.exit_code in (4, 5)
        assert "acme" in ended.stderr
    assert crmsnap("connections", "show", "other").stdout == before
    assert len(crmsnap("connections", "--json").json) == 2


def test_what_a_renamed_connection_of_the_file_left_can_be_removed(crmsnap: Commands):
    """Its role and place would be nobody's for ever, and its new name could not have them."""
    lines = (
        f'[connections.{{}}]\nto = "s3://lake/acme"\n[connections.{{}}.s3]\nrole_arn = "{ROLE}"\n'
    )
    mine = ("--role", ROLE, "--to", "s3://lake/acme", "--user-arn", OURS, "--no-check")
    for name in ("acme", "bcme"):
        crmsnap.write_config(lines.format(name, name))
        ended = crmsnap("connect", "aws", name, *mine)
    assert_refused(ended, "connect", 5, "connections remove acme")
    assert_refused(crmsnap("connections", "remove", "acme"), "usage", 2, "--yes")
    assert_refused(crmsnap("connections", "remove", "bcme", "--yes"), "usage", 2, "its lines")
    ended = crmsnap("connections", "remove", "acme", "--yes")
    assert "forgot what was left of acme" in ended.stdout
    assert ROLE in ended.stdout
    assert crmsnap("connect", "aws", "bcme", *mine).exit_code == 0
    assert_refused(crmsnap("connections", "remove", "acme", "--yes"), "configuration", 4, "acme")


def test_a_name_that_was_removed_gets_another_external_id(crmsnap: Commands):
    """The role may still trust the old one, for whoever had the name before."""
    mine = ("--role", ROLE, "--to", "s3://lake/acme", "--user-arn", OURS, "--no-check", "--json")
    ids = []
    for _ in range(2):
        ids.append(crmsnap("connect", "aws", "acme", *mine).json["external_id"])
        assert crmsnap("connections", "remove", "acme", "--yes").exit_code == 0
    assert ids[0] != ids[1]


def test_a_disabled_one_of_the_file_is_refused_with_its_line(crmsnap: Commands):
    """It is switched on again where it was switched off."""
    crmsnap.write_config('[connections.first]\nto = "./first"\nenabled = false\n')
    ended = crmsnap("sync", "first")
    assert ended.exit_code == 2
    assert "first is disabled" in ended.stderr
    assert "enabled = false" in ended.stderr


def test_a_name_that_both_have_is_refused_until_one_is_removed(crmsnap: Commands):
    """The remedy that is shown works."""
    add(crmsnap, "acme")
    crmsnap.write_config('[connections.acme]\nto = "./first"\n')
    assert_refused(crmsnap("sync", "acme"), "configuration", 4, "connections remove acme")
    assert crmsnap("connections", "remove", "acme", "--yes").exit_code == 0
    (shown,) = crmsnap("connections", "--json").json
    assert shown["origin"] == "file"


def test_settings_of_a_newer_version_are_named_and_can_be_unset(crmsnap: Commands):
    """Someone else's crmsnap shares the registry, and knows more."""
    add(crmsnap, "acme")
    with closing(sqlite3.connect(crmsnap.home / "registry.sqlite")) as db, db:
        (kept,) = db.execute("SELECT settings FROM connections").fetchone()
        newer = json.dumps(json.loads(kept) | {"colour": "blue"})
        db.execute("UPDATE connections SET settings = ?", (newer,))
    assert_refused(crmsnap("connections"), "configuration", 4, "colour", "edit acme")
    assert crmsnap("connections", "edit", "acme", "--unset", "colour").exit_code == 0
    assert "colour" not in crmsnap("connections", "show", "acme").stdout


def test_a_registry_that_others_can_read_is_refused(crmsnap: Commands):
    """With the command that mends it."""
    add(crmsnap, "acme")
    (crmsnap.home / "registry.sqlite").chmod(0o644)
    assert_refused(crmsnap("connections"), "registry", 1, "chmod 600")


@pytest.mark.parametrize("key", ["foo", "s3.foo", "s4.region", "worker", "enabled"])
def test_a_key_that_there_is_not_cannot_be_unset(crmsnap: Commands, key: str):
    """It was mistyped, and what was meant would stay."""
    add(crmsnap, "acme")
    ended = crmsnap("connections", "edit", "acme", "--unset", key)
    assert_refused(ended, "usage", 2, f"there is no setting '{key}'")


def test_a_proxy_without_a_password_is_kept(crmsnap: Commands):
    """Only what may hold a secret is refused; it is kept as it was said, and hidden all the same."""
    add(crmsnap, "acme")
    edit = ("connections", "edit", "acme", "--set")
    assert crmsnap(*edit, "proxy=http://127.0.0.1:1").exit_code == 0
    assert crmsnap(*edit, "workers=4").exit_code == 0
    with open_registry(f"sqlite:///{crmsnap.home / 'registry.sqlite'}") as opened:
        (kept,) = connections(opened)
    assert kept.settings["proxy"] == "http://127.0.0.1:1"
    ended = crmsnap(*edit, "proxy=http://ada:word@127.0.0.1:1")
    assert_refused(ended, "usage", 2, "proxy may hold a secret")
    assert "word" not in ended.stderr.replace("password", "")


def test_who_names_no_connection_is_told_both_ways_to_make_one(crmsnap: Commands):
    """A file is not the only one."""
    ended = crmsnap("sync", "nobody")
    assert_refused(ended, "configuration", 4, "crmsnap init", "crmsnap connections add")


def test_a_folder_is_read_without_the_registry(crmsnap: Commands):
    """Whoever names the place needs nothing that another machine knows."""
    crmsnap.write_config('registry = "postgresql://alice@127.0.0.1:1/db"\n')
    for command in (("verify", "./nothing"), ("query", "select 1", "./nothing")):
        assert_refused(crmsnap(*command), "snapshot", 1, "no complete day")
    assert_refused(crmsnap("verify", "acme"), "registry", 1, "cannot be reached")


def test_completion_is_silent_without_the_registry(
    crmsnap: Commands, monkeypatch: pytest.MonkeyPatch
):
    """An error in the middle of a line that somebody types would be worse than no help."""
    add(crmsnap, "acme")
    monkeypatch.setenv("CRMSNAP_HOME", str(crmsnap.home))
    assert complete("ac") == ["acme"]
    crmsnap.write_config('registry = "postgresql://alice@127.0.0.1:1/db"\n')
    assert complete("ac") == []


@pytest.mark.parametrize(
    "arguments",
    [
        ("add", "other", "--to", "./other"),
        ("edit", "acme", "--set", "workers=4"),
        ("disable", "acme"),
        ("remove", "acme", "--yes"),
    ],
)
def test_whoever_changes_a_connection_knows_the_secrets(
    crmsnap: Commands, arguments: tuple[str, ...]
) -> None:
    """A warning or traceback of these commands must not show a token of the configuration either."""
    add(crmsnap, "acme")
    session = Session()
    ran = CliRunner().invoke(
        app,
        ("connections", *arguments),
        obj=session,
        env={"CRMSNAP_HOME": str(crmsnap.home), "HUBSPOT_TOKEN": "canary-canary"},
    )
    assert ran.exit_code == 0, ran.output
    assert session.redactor.redacted("the token canary-canary") == "the token ***"

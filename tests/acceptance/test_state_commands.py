"""`crmsnap state`: what it shows, what it finds, and that its remedies work."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.builders.command import Crmsnap, assert_refused
from tests.builders.sandbox_process import A_QUIET_DAY, DAY, SandboxAccount, sandbox
from tests.builders.snapshot import rows

OWNERS = ("--tables", "OWNERS,TEAMS")


@pytest.fixture(scope="module")
def synced_once(tmp_path_factory: pytest.TempPathFactory, account: SandboxAccount) -> Crmsnap:
    """An account of which owners and teams were copied."""
    crmsnap = Crmsnap(tmp_path_factory.mktemp("once"), account)
    ended = crmsnap.sync(*OWNERS)
    assert ended.exit_code == 0, ended.stderr
    return crmsnap


@pytest.fixture
def synced(crmsnap: Crmsnap, synced_once: Crmsnap) -> Crmsnap:
    """The command beside a copy of that state and its snapshots."""
    shutil.copytree(synced_once.home, crmsnap.home)
    shutil.copytree(synced_once.snapshots, crmsnap.snapshots)
    return crmsnap


def state_of(crmsnap: Crmsnap) -> Path:
    (folder,) = (path for path in crmsnap.home.iterdir() if path.is_dir())
    return folder


def spoil(crmsnap: Crmsnap) -> None:
    """A value of an owner is another one, which SQLite does not notice."""
    with closing(sqlite3.connect(state_of(crmsnap) / "owners.sqlite")) as db, db:
        db.execute(
            "UPDATE documents SET body = replace(body, 'a', 'b') WHERE key = (SELECT min(key) FROM documents)"
        )


def test_show_says_what_each_stream_holds_and_what_comes_next(synced: Crmsnap):
    """Without naming a connection, where there is one state."""
    ended = synced("state", "show", "--json")
    streams = {stream["stream"]: stream for stream in ended.json["streams"]}
    assert streams["owners"]["rows"]["documents"] == len(rows(synced.snapshots / DAY, "OWNERS"))
    assert streams["owners"]["finished"]["started_at"].startswith(DAY)
    assert streams["owners"]["next"] == "reads it whole"


def test_check_names_the_file_and_its_remedy_works(synced: Crmsnap):
    """Found by `check` and by the run that reads it; what was published stays."""
    assert synced("state", "check").exit_code == 0
    spoil(synced)
    ended = synced("state", "check")
    assert ended.exit_code == 1
    assert "owners.sqlite" in ended.stdout
    remedy = f"crmsnap state rebuild owners --connection {state_of(synced).name}"
    assert remedy in ended.stdout
    refused = synced.sync(*OWNERS, "--to", "./elsewhere")
    assert_refused(refused, "state-damaged", 1, remedy)
    assert synced(*remedy.split()[1:]).exit_code == 0
    assert synced("state", "check").exit_code == 0
    assert synced.sync(*OWNERS, "--to", "./elsewhere").exit_code == 0
    assert synced("verify", str(synced.snapshots)).exit_code == 0


@pytest.mark.full
def test_rebuilding_everything_keeps_runs_and_the_names_of_tables(synced: Crmsnap):
    """Those are in no other place."""
    ended = synced("state", "rebuild", "--all", "--json")
    assert "owners" in ended.json["forgotten"]
    left = sorted(path.name for path in state_of(synced).glob("**/*.sqlite"))
    assert left == ["runs.sqlite", "table-names.sqlite"]
    assert len(synced("runs", "--json").json) == 1


def test_a_lost_record_of_runs_leaves_no_fault_behind_a_rebuild(tmp_path: Path):
    """The names of tables stay, though they carry the time of a run that nobody knows any more."""
    with sandbox("--frozen", contacts=20) as account:
        crmsnap = Crmsnap(tmp_path, account)
        chosen = ("--types", "contacts", "--tables", "OBJECTS_CONTACTS")
        assert crmsnap.sync(*chosen).exit_code == 0
        (state_of(crmsnap) / "runs.sqlite").unlink()
        account.post("/_sandbox/advance", A_QUIET_DAY)
        assert crmsnap.sync(*chosen).exit_code == 0
        assert crmsnap("state", "check").exit_code == 1
        forgot = crmsnap("state", "rebuild", "--all")
        assert forgot.exit_code == 0
        assert "objects/0-1, properties/0-1" in forgot.stdout
        assert "the next run reads them anew" in forgot.stdout
        account.post("/_sandbox/advance", A_QUIET_DAY)
        assert crmsnap.sync(*chosen).exit_code == 0
        ended = crmsnap("state", "check")
        assert ended.exit_code == 0, ended.stdout


@pytest.mark.full
def test_what_cannot_be_meant_is_refused(synced: Crmsnap):
    """Nobody loses a stream by a word too few."""
    assert_refused(synced("state", "rebuild"), "usage", 2, "--all")
    assert_refused(synced("state", "rebuild", "owner"), "usage", 2, "no stream 'owner'")


@pytest.mark.full
def test_compact_says_what_it_gained(synced: Crmsnap):
    """And the state is sound behind it."""
    ended = synced("state", "compact", "--json")
    assert {file["stream"] for file in ended.json["files"]} >= {"owners", "runs"}
    assert synced("state", "check").exit_code == 0


def test_a_configuration_can_be_given_to_look_at_its_state(synced: Crmsnap, tmp_path: Path):
    """As with every other command; the state has the name of the connection."""
    file = tmp_path / "other.toml"
    file.write_text(f'[connections.{state_of(synced).name}]\nto = "{synced.snapshots}"\n')
    for command in ("show", "check"):
        ended = synced("state", command, state_of(synced).name, "--config", str(file))
        assert ended.exit_code == 0, ended.stderr

"""What can be wrong with the state on disk."""

import sqlite3
from contextlib import closing
from hashlib import sha256
from pathlib import Path

from tests.builders.command import Crmsnap, assert_refused
from tests.builders.sandbox_process import sandbox

OWNERS = ("--tables", "OWNERS")


def state_file(crmsnap: Crmsnap, name: str) -> Path:
    """A file of the only connection's state."""
    (connection,) = (path for path in crmsnap.home.iterdir() if path.is_dir())
    return connection / name


def test_a_second_run_at_the_same_time(crmsnap: Crmsnap):
    """Two writers would spoil the state; the second one is told to come back."""
    with sandbox("--frozen", "--latency-ms", "500") as account:
        slow = Crmsnap(crmsnap.folder, account)
        with slow.start_sync() as first:
            assert first.stderr is not None
            next(line for line in first.stderr if line.startswith("discover"))
            ended = slow.sync(*OWNERS)
            first.kill()
            first.communicate()
    assert_refused(ended, "busy", 75, "another run", "run this command again")


def test_a_state_that_is_newer_than_the_code(crmsnap: Crmsnap):
    """Refused and left untouched: an older crmsnap must not damage what it does not understand."""
    crmsnap.sync(*OWNERS)
    file = state_file(crmsnap, "owners.sqlite")
    with closing(sqlite3.connect(file)) as db:
        db.execute("PRAGMA journal_mode = DELETE")
        db.execute("PRAGMA user_version = 99")
    before = sha256(file.read_bytes()).digest()
    ended = crmsnap.sync(*OWNERS, "--to", "./elsewhere")
    assert_refused(ended, "state-too-new", 1, "owners.sqlite", "99")
    assert sha256(file.read_bytes()).digest() == before


def test_a_corrupted_state_file(crmsnap: Crmsnap):
    """The remedy works: deleting the named file makes the next sync read it again."""
    crmsnap.sync(*OWNERS)
    file = state_file(crmsnap, "owners.sqlite")
    for leftover in (file.with_name(file.name + end) for end in ("-wal", "-shm")):
        leftover.unlink(missing_ok=True)
    file.write_bytes(b"no database" * 1000)
    ended = crmsnap.sync(*OWNERS, "--to", "./elsewhere")
    assert_refused(ended, "state-damaged", 1, "owners.sqlite", "crmsnap state rebuild owners")
    file.unlink()
    assert crmsnap.sync(*OWNERS, "--to", "./elsewhere").exit_code == 0


def test_a_state_folder_that_cannot_be_used(crmsnap: Crmsnap):
    """The remedy names both ways to choose another."""
    (crmsnap.folder / "file").write_text("")
    ended = crmsnap.sync(*OWNERS, "--home", "file/home")
    assert_refused(ended, "state", 1, "--home or CRMSNAP_HOME")


def test_the_token_of_another_account(crmsnap: Crmsnap):
    """Two accounts in one state would damage both copies."""
    config = '[connections.acme]\nto = "{to}"\nbase_url = "{url}"\nallow_other_host = true\ntables = ["OWNERS"]\n'
    crmsnap.write_config(config.format(to="./a", url=crmsnap.account.url))
    assert crmsnap("sync").exit_code == 0
    with sandbox("--frozen", "--seed", "2") as other:
        crmsnap.write_config(config.format(to="./b", url=other.url))
        ended = crmsnap("sync", HUBSPOT_TOKEN=other.token)
    assert_refused(ended, "state", 1, "belongs to HubSpot account")

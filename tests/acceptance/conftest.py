"""What several user stories need beside the account and the command."""

import shutil
from pathlib import Path

import pytest

from tests.builders.command import Crmsnap
from tests.builders.sandbox_process import SandboxAccount


@pytest.fixture(scope="session")
def copied_once(tmp_path_factory: pytest.TempPathFactory, account: SandboxAccount) -> Crmsnap:
    """The whole account, synced once: for tests that only read what is there."""
    crmsnap = Crmsnap(tmp_path_factory.mktemp("whole"), account)
    ended = crmsnap.sync()
    assert ended.exit_code == 0, ended.stderr
    return crmsnap


@pytest.fixture
def copied(copied_once: Crmsnap, tmp_path: Path) -> Crmsnap:
    """A copy of the synced account, for tests that change or damage it."""
    for folder in ("snapshots", "home"):
        shutil.copytree(copied_once.folder / folder, tmp_path / folder)
    return Crmsnap(tmp_path, copied_once.account)

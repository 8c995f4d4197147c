"""What several user stories need beside the account and the command."""

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

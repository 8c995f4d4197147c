"""Fixtures for every test: no setting of the developer's machine, a sandbox account, the command."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.builders.command import Crmsnap
from tests.builders.sandbox_process import SandboxAccount, sandbox

OURS = ("CRMSNAP_", "HUBSPOT_", "AWS_")
PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


def pytest_configure() -> None:
    """Forget what the machine sets, before anything reads it; subprocesses inherit that."""
    for name in list(os.environ):
        if name.startswith(OURS) or name.lower() in PROXIES:
            del os.environ[name]


@pytest.fixture(scope="session")
def account() -> Iterator[SandboxAccount]:
    """An account of 200 contacts whose clock stands still, so that equal runs give equal bytes."""
    with sandbox("--frozen") as running:
        yield running


@pytest.fixture
def crmsnap(tmp_path: Path, account: SandboxAccount) -> Crmsnap:
    """The command in an empty folder, with the token of the account."""
    return Crmsnap(tmp_path, account)

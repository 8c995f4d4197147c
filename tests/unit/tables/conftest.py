"""Fixtures of the tables' tests."""

import pytest

from tests.builders.account_state import AccountState


@pytest.fixture
def state(tmp_path):
    """An empty state, to be filled by the test."""
    return AccountState(tmp_path)

"""Every test of the registry runs on both databases; PostgreSQL's half belongs to the slow suite."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from crmsnap.registry.opening import open_registry
from tests.servers.postgres import Postgres, postgres

BOTH = ["sqlite", pytest.param("postgresql", marks=pytest.mark.full)]


@pytest.fixture(scope="session")
def server() -> Iterator[Postgres]:
    """One server for all tests; each takes a database of its own."""
    with postgres() as running:
        yield running


@pytest.fixture(params=BOTH)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where an empty registry is."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'home' / 'registry.sqlite'}"
    server: Postgres = request.getfixturevalue("server")
    return server.make_database()


@pytest.fixture
def registry(url: str) -> Iterator[Engine]:
    """An open registry that nobody has written into."""
    with open_registry(url) as opened:
        yield opened

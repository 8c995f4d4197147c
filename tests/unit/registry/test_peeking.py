"""Asking a registry file for connections without opening it."""

import sqlite3
from contextlib import closing
from pathlib import Path

from crmsnap.registry.connections import add_connection
from crmsnap.registry.opening import open_registry
from crmsnap.registry.peeking import may_have_connections


def test_a_file_without_connections_need_not_be_opened(tmp_path: Path):
    """Every sync makes one for its runs; the folder may have any name."""
    file = tmp_path / "50% of ?" / "registry.sqlite"
    assert not may_have_connections(file)
    with open_registry(f"sqlite:///{file}") as registry:
        assert not may_have_connections(file)
        add_connection(registry, "acme", {}, now="2026-11-20 05:00:00.000")
    assert may_have_connections(file)


def test_a_file_that_cannot_be_asked_is_opened(tmp_path: Path):
    """Which then says what is wrong: damage, or a schema of a newer version."""
    file = tmp_path / "registry.sqlite"
    file.write_text("no database")
    assert may_have_connections(file)
    file.unlink()
    with closing(sqlite3.connect(file)) as db:
        db.execute("CREATE TABLE customers (name)")
    assert may_have_connections(file)

"""The registry's schema, from version to version."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text

from crmsnap.errors import RegistryTooNew
from crmsnap.registry.aws_links import AwsLink, aws_links
from crmsnap.registry.connections import StoredConnection, add_connection, connections
from crmsnap.registry.opening import open_registry
from crmsnap.registry.schema import METADATA, VERSION
from crmsnap.registry.upgrading import MIGRATIONS, upgrade
from tests.builders.command import environment

NOW = "2026-11-20 05:00:00.000"

LATER = """
import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = "{before}"


def upgrade():
    with op.batch_alter_table("connections") as table:
        table.add_column(sa.Column("colour", sa.String(10), nullable=False, server_default="blue"))
        table.alter_column("settings", new_column_name="said")
"""

BROKEN = LATER + "    raise ValueError('half way')\n"


def differences(registry: Engine) -> list[object]:
    """How a database's schema differs from today's, as Alembic sees it."""
    with registry.connect() as db:
        return list(compare_metadata(MigrationContext.configure(db), METADATA))


def constraints(registry: Engine) -> dict[str, list[str | None]]:
    """The constraints of each table by name: one without a name could not be changed later."""
    found = inspect(registry)
    return {
        table: [
            found.get_pk_constraint(table)["name"],
            *sorted(str(one["name"]) for one in found.get_unique_constraints(table)),
        ]
        for table in METADATA.tables
    }


def empty(registry: Engine) -> None:
    """Take everything out of it again."""
    with registry.begin() as db:
        METADATA.drop_all(db)
        db.execute(text("DROP TABLE alembic_version"))


def with_migration(folder: Path, body: str) -> Path:
    """The migrations, and one more."""
    migrations = folder / "later migrations %d"
    shutil.copytree(MIGRATIONS, migrations)
    (migrations / "versions" / "v9999_later.py").write_text(body.format(before=VERSION))
    return migrations


def test_a_new_registry_has_the_schema_that_the_code_means(registry: Engine):
    """And the version that it is marked with."""
    assert differences(registry) == []
    with registry.connect() as db:
        assert db.execute(text("SELECT version_num FROM alembic_version")).scalar_one() == VERSION


def test_migrations_lead_to_the_same_schema(registry: Engine, tmp_path: Path):
    """A registry that was upgraded step by step is no other than a new one."""
    new = constraints(registry)
    assert new["aws_links"][:2] == ["pk_aws_links", "uq_aws_links_external_id"]
    empty(registry)
    later = with_migration(tmp_path, LATER)
    (later / "versions" / "v9999_later.py").write_text(
        f'revision = "9999"\ndown_revision = "{VERSION}"\n\n\ndef upgrade():\n    pass\n'
    )
    upgrade(registry, later, "9999")  # not the newest version, so nothing is made at once
    assert differences(registry) == []
    assert constraints(registry) == new


def test_a_difference_is_found(registry: Engine):
    """The comparison itself is tried on what it is there for: columns, their types, indexes."""
    with registry.begin() as db:
        db.execute(text("ALTER TABLE leases DROP COLUMN until"))
        db.execute(text("DROP INDEX ix_runs_connection_started_at"))
    assert {found[0] for found in differences(registry)} == {"add_column", "add_index"}


def test_the_version_is_that_of_the_last_migration():
    """Whoever adds a migration raises it, and there is one line of them."""
    assert ScriptDirectory(MIGRATIONS).get_heads() == [VERSION]


def test_an_upgrade_keeps_what_is_there(registry: Engine, tmp_path: Path):
    """A renamed column keeps its values, a new one gets its default."""
    add_connection(registry, "acme", {"to": "./snapshots"}, now=NOW)
    upgrade(registry, with_migration(tmp_path, LATER), "9999")
    with registry.connect() as db:
        row = db.execute(text("SELECT name, said, colour FROM connections")).one()
    assert tuple(row) == ("acme", '{"to": "./snapshots"}', "blue")


def test_links_of_the_first_version_are_those_of_aws(url: str, registry: Engine):
    """It did not say in which store a bucket is."""
    empty(registry)
    upgrade(registry, target="0001")
    with registry.begin() as db:
        db.execute(
            text(
                "INSERT INTO aws_links (connection, external_id, role_arn, bucket, prefix, made_at)"
                " VALUES ('acme', 'x', 'arn', 'lake', 'hs', :now)"
            ),
            {"now": NOW},
        )
    with open_registry(url) as upgraded:
        assert differences(upgraded) == []
        assert aws_links(upgraded) == (
            AwsLink("acme", "x", None, "arn", "lake", "hs", made_at=NOW),
        )


def test_an_upgrade_that_fails_half_way_changes_nothing(registry: Engine, tmp_path: Path):
    """The schema, its version and the rows are one transaction, on both databases."""
    add_connection(registry, "acme", {}, now=NOW)
    with pytest.raises(ValueError, match="half way"):
        upgrade(registry, with_migration(tmp_path, BROKEN), "9999")
    assert differences(registry) == []
    upgrade(registry)
    assert [one.name for one in connections(registry)] == ["acme"]


def test_a_registry_of_a_newer_version_is_left_untouched(url: str, tmp_path: Path):
    """An older crmsnap on one of several machines must not guess what the columns mean."""
    with open_registry(url) as registry:
        upgrade(registry, with_migration(tmp_path, LATER), "9999")
    with pytest.raises(RegistryTooNew, match="newer") as refused, open_registry(url):
        pass
    assert refused.value.cause == f"its schema is 9999, this crmsnap knows {VERSION}"


OPEN = """
import sys
from crmsnap.registry.connections import add_connection
from crmsnap.registry.opening import open_registry
sys.stdin.readline()
with open_registry(sys.argv[1]) as registry:
    add_connection(registry, sys.argv[2], {}, now="2026-11-20 05:00:00.000")
"""


def test_processes_may_make_the_same_registry_at_once(url: str):
    """The first runs of several machines start at the same minute."""
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", OPEN, url, f"of-process-{number}"],
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment(),
            text=True,
        )
        for number in range(3)
    ]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    errors = [process.communicate(timeout=60)[1] for process in processes]
    assert errors == [""] * 3
    with open_registry(url) as registry:
        assert connections(registry) == tuple(
            StoredConnection(f"of-process-{number}", {}, True, NOW, NOW) for number in range(3)
        )

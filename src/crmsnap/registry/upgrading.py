"""Giving a database today's schema, whatever version left it there.

A new database gets its tables at once and is marked with their version: loading Alembic would cost
every new home a third of a second. That both ways lead to the same schema is tested.
"""

from pathlib import Path

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    MetaData,
    String,
    Table,
    func,
    insert,
    inspect,
    select,
)

from crmsnap.errors import RegistryTooNew
from crmsnap.registry.schema import METADATA, VERSION
from crmsnap.registry.transactions import reading

MIGRATIONS = Path(__file__).parent / "migrations"

# Alembic's own table, as it makes it (alembic/ddl/impl.py, `version_table_impl`).
_VERSIONS = Table(
    "alembic_version",
    MetaData(naming_convention={"pk": "alembic_version_pkc"}),
    Column("version_num", String(32), primary_key=True),
)

_LOCK = 4_711_000_001
"""What processes that upgrade one PostgreSQL database wait for; any number, the same for ever."""


def upgrade(registry: Engine, migrations: Path = MIGRATIONS, target: str = VERSION) -> None:
    """Bring the schema up to date, or leave everything as it was.

    Several processes may do so at once: one does it, the others wait for it. Raise `RegistryTooNew`
    for a registry of a newer crmsnap.
    """
    with reading(registry) as db:
        found = _version(db)
    _refuse_newer(found, target)
    if found == target:
        return
    with registry.begin() as db:
        if registry.dialect.name == "postgresql":
            # Given back with the transaction. SQLite's transactions wait for each other anyway.
            db.execute(select(func.pg_advisory_xact_lock(_LOCK)))
        found = _version(db)  # another process may have been first
        _refuse_newer(found, target)
        if found is None and target == VERSION:
            METADATA.create_all(db, checkfirst=False)
            _VERSIONS.create(db)
            db.execute(insert(_VERSIONS).values(version_num=VERSION))
        elif found != target:
            _migrate(db, migrations, found, target)


def _version(db: Connection) -> str | None:
    if not inspect(db).has_table(_VERSIONS.name):
        return None
    return db.execute(select(_VERSIONS.c.version_num)).scalar_one_or_none()


def _refuse_newer(found: str | None, known: str) -> None:
    if found is not None and found > known:
        raise RegistryTooNew(
            "the registry was changed by a newer crmsnap",
            cause=f"its schema is {found}, this crmsnap knows {known}",
            remedy="install the crmsnap that changed it, or give this one another registry",
        )


def _migrate(db: Connection, migrations: Path, found: str | None, target: str) -> None:
    """Take every step from one version to the other, in the transaction that there is.

    Alembic's own command would need a file with its settings, and a transaction for itself.
    """
    from alembic.migration import MigrationContext
    from alembic.operations import Operations
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory(migrations)
    context = MigrationContext.configure(db)
    steps = list(scripts.iterate_revisions(target, found or "base"))
    with Operations.context(context):
        for step in reversed(steps):
            step.module.upgrade()
    context.stamp(scripts, target)

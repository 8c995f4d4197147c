"""`INSERT ... ON CONFLICT`, which both databases have and SQLAlchemy's own `insert` has not."""

from sqlalchemy import Engine, Table
from sqlalchemy.dialects import postgresql, sqlite


def upsert(registry: Engine, table: Table) -> "postgresql.Insert | sqlite.Insert":
    """An insert into this table that can be told what to do with a row that is there already."""
    if registry.dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)

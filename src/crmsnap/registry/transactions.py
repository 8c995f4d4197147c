"""How a transaction begins: one that only reads keeps nobody waiting.

One that writes takes a SQLite file at its beginning. If it read first and wrote later it would be refused
at once, not made to wait, when another has begun to write in between (sqlite.org, "Transaction", 2.2).
"""

from sqlalchemy import Connection, Engine

_READS = "crmsnap_reads"


def reading(registry: Engine) -> Connection:
    """A connection on which nothing is written, to be closed by `with`; `registry.begin()` is for the rest."""
    return registry.connect().execution_options(**{_READS: True})


def begin_on_sqlite(db: Connection) -> None:
    """What SQLAlchemy calls at the beginning of each transaction."""
    reads = db.get_execution_options().get(_READS, False)
    db.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")

"""The tables of the registry, the same on SQLite and PostgreSQL.

Times are UTC as text, `YYYY-MM-DD HH:MM:SS.mmm`, like everything that is published. Whoever changes
a table here adds a migration that does the same to a registry with data, and raises `VERSION`.
"""

from sqlalchemy import Boolean, Column, Index, MetaData, String, Table, Text

VERSION = "0002"
"""Of the newest migration. Versions are compared as texts: a higher one is a newer crmsnap's."""

METADATA = MetaData(
    naming_convention={  # a constraint without a name cannot be changed later
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

CONNECTIONS = Table(
    "connections",
    METADATA,
    Column("name", String(63), primary_key=True),
    Column("settings", Text, nullable=False),  # JSON of what was set, never a secret
    Column("enabled", Boolean, nullable=False),
    Column("created_at", String(23), nullable=False),
    Column("changed_at", String(23), nullable=False),
)
"""Connections that commands made; those of a configuration file stay in the file."""

AWS_LINKS = Table(
    "aws_links",
    METADATA,
    Column("connection", String(63), primary_key=True),
    Column("external_id", String(64), nullable=False, unique=True),
    Column("next_external_id", String(64), unique=True),
    Column("role_arn", String(2048), unique=True),
    Column("bucket", String(255)),
    Column("prefix", String(1024)),
    Column("region", String(64)),
    Column("bucket_owner", String(12)),
    Column("made_at", String(23), nullable=False),
    Column("connected_at", String(23)),
    Column("store", String(255)),  # host of a store of one's own, empty for AWS
)
"""The external id of each connection, and the role and place that it was given for."""

RUNS = Table(
    "runs",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("connection", String(255), nullable=False),
    Column("day", String(10), nullable=False),
    Column("started_at", String(23), nullable=False),
    Column("ended_at", String(23)),
    Column("status", String(16), nullable=False),
    Column("destination", Text, nullable=False),
    Column("selection", Text, nullable=False),  # JSON, as the state keeps it
    Column("report", Text),  # JSON, what the run printed at its end
    Index(None, "connection", "started_at"),
)
"""What every run asked for and how it ended, of all machines that share the registry."""

SECRETS = Table(
    "secrets",
    METADATA,
    Column("connection", String(63), primary_key=True),
    Column("name", String(32), primary_key=True),
    Column("key_id", String(16), nullable=False),
    Column("ciphertext", Text, nullable=False),
    Column("changed_at", String(23), nullable=False),
)
"""Tokens, encrypted with a key that is not in here."""

LEASES = Table(
    "leases",
    METADATA,
    Column("connection", String(255), primary_key=True),
    Column("holder", String(255), nullable=False),  # host:process:random
    Column("until", String(23), nullable=False),  # by the database's own clock
)
"""Which run works on a connection, and until when it may without saying so again."""

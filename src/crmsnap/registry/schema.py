"""The tables of the registry, the same on SQLite and PostgreSQL.

Times are UTC as text, `YYYY-MM-DD HH:MM:SS.mmm`, like everything that is published.
"""

from sqlalchemy import Boolean, Column, MetaData, String, Table, Text

METADATA = MetaData()

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
)
"""The external id of each connection, and the role and place that it was given for."""

RUNS = Table(
    "runs",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("connection", String(255), nullable=False, index=True),
    Column("day", String(10), nullable=False),
    Column("started_at", String(23), nullable=False, index=True),
    Column("ended_at", String(23)),
    Column("status", String(16), nullable=False),
    Column("destination", Text, nullable=False),
    Column("selection", Text, nullable=False),
    Column("report", Text),
)

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
    Column("holder", String(128), nullable=False),
    Column("until", String(23), nullable=False),
)
"""Which machine works on a connection, and until when it may without saying so again."""

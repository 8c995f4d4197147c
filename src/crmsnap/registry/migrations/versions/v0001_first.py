"""The first schema: connections, AWS links, runs, secrets, leases."""

import sqlalchemy as sa
from alembic import op

__all__ = ["down_revision", "revision", "upgrade"]  # what Alembic reads

revision = "0001"
down_revision = None  # the version before


def upgrade() -> None:
    """Make every table."""
    op.create_table(
        "connections",
        sa.Column("name", sa.String(63), nullable=False),
        sa.Column("settings", sa.Text, nullable=False),
        sa.Column("enabled", sa.Boolean, nullable=False),
        sa.Column("created_at", sa.String(23), nullable=False),
        sa.Column("changed_at", sa.String(23), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_connections"),
    )
    op.create_table(
        "aws_links",
        sa.Column("connection", sa.String(63), nullable=False),
        sa.Column("external_id", sa.String(64), nullable=False),
        sa.Column("next_external_id", sa.String(64)),
        sa.Column("role_arn", sa.String(2048)),
        sa.Column("bucket", sa.String(255)),
        sa.Column("prefix", sa.String(1024)),
        sa.Column("region", sa.String(64)),
        sa.Column("bucket_owner", sa.String(12)),
        sa.Column("made_at", sa.String(23), nullable=False),
        sa.Column("connected_at", sa.String(23)),
        sa.PrimaryKeyConstraint("connection", name="pk_aws_links"),
        sa.UniqueConstraint("external_id", name="uq_aws_links_external_id"),
        sa.UniqueConstraint("next_external_id", name="uq_aws_links_next_external_id"),
        sa.UniqueConstraint("role_arn", name="uq_aws_links_role_arn"),
    )
    op.create_table(
        "runs",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("connection", sa.String(255), nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("started_at", sa.String(23), nullable=False),
        sa.Column("ended_at", sa.String(23)),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("destination", sa.Text, nullable=False),
        sa.Column("selection", sa.Text, nullable=False),
        sa.Column("report", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_runs"),
    )
    op.create_index("ix_runs_connection_started_at", "runs", ["connection", "started_at"])
    op.create_table(
        "secrets",
        sa.Column("connection", sa.String(63), nullable=False),
        sa.Column("name", sa.String(32), nullable=False),
        sa.Column("key_id", sa.String(16), nullable=False),
        sa.Column("ciphertext", sa.Text, nullable=False),
        sa.Column("changed_at", sa.String(23), nullable=False),
        sa.PrimaryKeyConstraint("connection", "name", name="pk_secrets"),
    )
    op.create_table(
        "leases",
        sa.Column("connection", sa.String(255), nullable=False),
        sa.Column("holder", sa.String(255), nullable=False),
        sa.Column("until", sa.String(23), nullable=False),
        sa.PrimaryKeyConstraint("connection", name="pk_leases"),
    )

"""Where the bucket of a link is: two stores of their own may have buckets of one name."""

import sqlalchemy as sa
from alembic import op

__all__ = ["down_revision", "revision", "upgrade"]  # what Alembic reads

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Links that were there are taken for AWS's until they are placed again."""
    op.add_column("aws_links", sa.Column("store", sa.String(255)))

"""What Alembic runs around the migrations; the transaction is that of `upgrading.py`."""

from alembic import context

from crmsnap.registry.schema import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,  # SQLite changes a column by copying its table
)
context.run_migrations()

"""How Alembic runs here: on the connection the application hands over, batch mode for SQLite."""

from alembic import context

from mdt.models import db

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=db.metadata,
    render_as_batch=True,
    compare_type=True,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()

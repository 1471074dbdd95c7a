"""Runs the migrations on the connection that `catalog.database` hands over."""

from alembic import context

from catalog import everything

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=everything.metadata,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()

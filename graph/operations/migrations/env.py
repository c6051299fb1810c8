"""What Alembic runs: the steps that a store lacks, in the transaction that it is handed."""

from __future__ import annotations

from alembic import context

__all__: list[str] = []

context.configure(
    connection=context.config.attributes["connection"],
    # SQLite can: its driver's own habits, which could not, are switched off (`operations.store`)
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()

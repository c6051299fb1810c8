"""Changes of rights that wait for a second person."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

__all__ = ["upgrade"]

revision = "0018"
down_revision = "0017"

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "rights_changes",
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("about", sa.String(64), nullable=False, index=True),
        sa.Column("said", sa.String(1_000), nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.Column("is_of_client", sa.Boolean(), nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.Column("by_id", sa.String(128), nullable=False),
        sa.Column("at", _INSTANT, nullable=False, index=True),
        sa.Column("ends_at", _INSTANT, nullable=False),
        sa.Column("outcome", sa.String(16), nullable=True),
        sa.Column("outcome_by", sa.String(64), nullable=True),
        sa.Column("outcome_by_id", sa.String(128), nullable=True),
        sa.Column("outcome_at", _INSTANT, nullable=True),
        sa.Column("outcome_why", sa.String(500), nullable=True),
    )

"""Typical cases that were put forward for publicity, and indicators that were marked by hand."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

__all__ = ["upgrade"]

revision = "0010"
down_revision = "0009"

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make both tables."""
    op.create_table(
        "typical_cases",
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("subject", sa.String(128), nullable=False, index=True),
        sa.Column("record_kind", sa.String(32), nullable=False),
        sa.Column("record", sa.String(255), nullable=False),
        sa.Column("title", sa.String(100), nullable=False),
        sa.Column("story", sa.String(2000), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("proposed_by", sa.String(64), nullable=False),
        sa.Column("proposed_at", _INSTANT, nullable=False),
        sa.Column("approved_by", sa.String(64), nullable=True),
        sa.Column("approved_at", _INSTANT, nullable=True),
        sa.Column("ended_by", sa.String(64), nullable=True),
        sa.Column("ended_at", _INSTANT, nullable=True),
        sa.Column("ended_because", sa.String(500), nullable=True),
    )
    op.create_table(
        "indicator_values",
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("edition", sa.String(64), nullable=False),
        sa.Column("indicator", sa.String(64), nullable=False, index=True),
        sa.Column("period", sa.String(8), nullable=False),
        sa.Column("mark", sa.String(16), nullable=False),
        sa.Column("value", sa.Float(), nullable=True),
        sa.Column("evidence", sa.String(500), nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("ended_by", sa.String(64), nullable=True),
        sa.Column("ended_at", _INSTANT, nullable=True),
        sa.Column("ended_because", sa.String(500), nullable=True),
    )

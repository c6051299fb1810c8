"""Wrong codes: what was confirmed, rounds of correction, choices, and files that left."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

__all__ = ["upgrade"]

revision = "0006"
down_revision = "0005"

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the four tables."""
    op.create_table(
        "code_exceptions",
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("code", sa.String(64), nullable=False, index=True),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("evidence", sa.String(500), nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("ended_by", sa.String(64), nullable=True),
        sa.Column("ended_at", _INSTANT, nullable=True),
        sa.Column("ended_because", sa.String(500), nullable=True),
    )
    op.create_table(
        "code_rounds",
        sa.Column("round", sa.String(32), primary_key=True),
        sa.Column("allowed", sa.JSON(), nullable=False),
        sa.Column("notice", sa.String(255), nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
    )
    op.create_table(
        "code_choices",
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("round", sa.String(32), nullable=False, index=True),
        sa.Column("item", sa.String(128), nullable=False),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("new_code", sa.String(32), nullable=False),
        sa.Column("note", sa.String(500), nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
    )
    op.create_table(
        "code_returns",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("round", sa.String(32), nullable=False, index=True),
        sa.Column("rows", sa.JSON(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
    )

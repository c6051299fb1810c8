"""Cases about public records, and what was let out with which records in it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

__all__ = ["upgrade"]

revision = "0004"
down_revision = "0003"

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "record_cases",
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("kind", sa.String(16), nullable=False, index=True),
        sa.Column("record_kind", sa.String(32), nullable=False),
        sa.Column("record", sa.String(255), nullable=False, index=True),
        sa.Column("state", sa.String(24), nullable=False, index=True),
    )
    op.create_table(
        "record_case_acts",
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column(
            "case_number",
            sa.Integer(),
            sa.ForeignKey("record_cases.number"),
            nullable=False,
            index=True,
        ),
        sa.Column("act", sa.String(16), nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
    )
    op.create_table(
        "record_uses",
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("name", sa.String(128), nullable=False),
        sa.Column("title", sa.String(255), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
    )
    op.create_table(
        "record_used",
        sa.Column("use", sa.Integer(), sa.ForeignKey("record_uses.number"), primary_key=True),
        sa.Column("record", sa.String(255), primary_key=True, index=True),
    )

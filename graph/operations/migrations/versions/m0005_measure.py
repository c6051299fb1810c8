"""Measures and incentives that were applied here, and case files that left the office."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

__all__ = ["upgrade"]

revision = "0005"
down_revision = "0004"

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "measures",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("measure", sa.String(64), nullable=False),
        sa.Column("rules", sa.String(64), nullable=False),
        sa.Column("subject", sa.String(128), nullable=False),
        sa.Column("said", sa.JSON(), nullable=False),
        sa.Column("proposed_by", sa.String(64), nullable=False),
        sa.Column("proposed_at", _INSTANT, nullable=False),
        sa.Column("approved_by", sa.String(64)),
        sa.Column("approved_at", _INSTANT),
        sa.Column("lifted_by", sa.String(64)),
        sa.Column("lifted_at", _INSTANT),
        sa.Column("lifted_why", sa.String(500)),
    )
    for column in ("measure", "subject"):
        op.create_index(f"ix_measures_{column}", "measures", [column])
    op.create_table(
        "case_files",
        sa.Column("year", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("subject", sa.String(128), nullable=False),
        sa.Column("purpose", sa.String(200), nullable=False),
        sa.Column("reader", sa.String(64), nullable=False),
        sa.Column("made_at", _INSTANT, nullable=False),
        sa.Column("head", sa.String(64), nullable=False),
    )
    op.create_index("ix_case_files_subject", "case_files", ["subject"])

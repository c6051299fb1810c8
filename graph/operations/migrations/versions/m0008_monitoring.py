"""Sector monitoring: who is told of what, and the names of the warnings that each has read."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

__all__ = ["upgrade"]

revision = "0008"
down_revision = "0007"

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the three tables."""
    op.create_table(
        "monitoring_subscribers",
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("name", sa.String(64), nullable=False, unique=True),
    )
    op.create_table(
        "monitoring_subscriptions",
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column(
            "subscriber",
            sa.Integer(),
            sa.ForeignKey("monitoring_subscribers.number"),
            nullable=False,
            index=True,
        ),
        sa.Column("wanted", sa.JSON(), nullable=False),
        sa.Column("begins_at", _INSTANT, nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("ended_by", sa.String(64), nullable=True),
        sa.Column("ended_at", _INSTANT, nullable=True),
        sa.Column("ended_because", sa.String(500), nullable=True),
    )
    op.create_table(
        "monitoring_read",
        sa.Column(
            "subscriber",
            sa.Integer(),
            sa.ForeignKey("monitoring_subscribers.number"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("warning", sa.String(64), primary_key=True),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
    )

"""Events, how far the log was looked through for them, subscriptions, acts on these, deliveries."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

__all__ = ["upgrade"]

revision = "0017"
down_revision = "0016"

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the five tables."""
    op.create_table(
        "events",
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("id", sa.String(32), nullable=False, unique=True),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("subject", sa.String(128), nullable=False, index=True),
        sa.Column("about", sa.String(255), nullable=False),
        sa.Column("kinds", sa.JSON(), nullable=False),
        sa.Column("institution", sa.String(128), nullable=True),
        sa.Column("at", _INSTANT, nullable=False, index=True),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "event_positions",
        sa.Column("name", sa.String(32), primary_key=True),
        sa.Column("position", sa.Integer(), nullable=False),
    )
    op.create_table(
        "hooks",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("url", sa.String(2000), nullable=False),
        sa.Column("kinds", sa.JSON(), nullable=False),
        sa.Column("divisions", sa.JSON(), nullable=True),
        sa.Column("subjects", sa.JSON(), nullable=True),
        sa.Column("owner", sa.String(128), nullable=False, index=True),
        sa.Column("owner_name", sa.String(64), nullable=False),
        sa.Column("state", sa.String(16), nullable=False, index=True),
        sa.Column("problem", sa.String(500), nullable=True),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("before_until", _INSTANT, nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failing_since", _INSTANT, nullable=True),
        sa.Column("next_at", _INSTANT, nullable=True),
        sa.Column("made_at", _INSTANT, nullable=False),
    )
    op.create_table(
        "hook_acts",
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("hook", sa.String(32), sa.ForeignKey("hooks.id"), nullable=False, index=True),
        sa.Column("act", sa.String(16), nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("note", sa.String(500), nullable=False),
    )
    op.create_table(
        "hook_deliveries",
        sa.Column("hook", sa.String(32), sa.ForeignKey("hooks.id"), primary_key=True),
        sa.Column("event", sa.Integer(), sa.ForeignKey("events.number"), primary_key=True),
        sa.Column("subject", sa.String(128), nullable=False, index=True),
        sa.Column("state", sa.String(16), nullable=False, index=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_at", _INSTANT, nullable=True),
        sa.Column("changed_at", _INSTANT, nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("problem", sa.String(500), nullable=True),
    )

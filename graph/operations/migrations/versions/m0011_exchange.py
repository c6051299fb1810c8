"""What is exchanged with others: an outbox, its state, requests, what was taken in, and acts on them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

__all__ = ["upgrade"]

revision = "0011"
down_revision = "0010"

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the five tables."""
    op.create_table(
        "exchange_items",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("contract", sa.String(64), nullable=False, index=True),
        sa.Column("template", sa.String(64), nullable=False),
        sa.Column("record", sa.String(255), nullable=False, index=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(16), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("row", sa.JSON(), nullable=True),
        sa.Column("state", sa.String(16), nullable=False, index=True),
        sa.Column("request", sa.String(96), nullable=True, index=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(32), nullable=True),
        sa.Column("message", sa.String(500), nullable=True),
        sa.Column("made_at", _INSTANT, nullable=False),
        sa.Column("changed_at", _INSTANT, nullable=False),
    )
    op.create_table(
        "exchange_requests",
        sa.Column("number", sa.String(96), primary_key=True),
        sa.Column("contract", sa.String(64), nullable=False, index=True),
        sa.Column("template", sa.String(64), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.Column("began_at", _INSTANT, nullable=False),
        sa.Column("ended_at", _INSTANT, nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("problem", sa.String(500), nullable=True),
        sa.Column("reply", sa.JSON(), nullable=True),
    )
    op.create_table(
        "exchange_intakes",
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("contract", sa.String(64), nullable=False, index=True),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("next", sa.String(255), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("batches", sa.JSON(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
    )
    op.create_table(
        "exchange_acts",
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("contract", sa.String(64), nullable=False, index=True),
        sa.Column("item", sa.String(64), nullable=True),
        sa.Column("act", sa.String(32), nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
    )
    op.create_table(
        "exchange_states",
        sa.Column("contract", sa.String(64), primary_key=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
    )

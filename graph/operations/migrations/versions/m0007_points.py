"""Who takes part in credit points, and whom each lets see them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

__all__ = ["upgrade"]

revision = "0007"
down_revision = "0006"

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "points_participants",
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("subject", sa.String(128), nullable=False),
        sa.Column("application", sa.String(200), nullable=False),
        sa.Column("joined_by", sa.String(64), nullable=False),
        sa.Column("joined_at", _INSTANT, nullable=False),
        sa.Column("left_by", sa.String(64)),
        sa.Column("left_at", _INSTANT),
        sa.Column("left_why", sa.String(500)),
    )
    op.create_index("ix_points_participants_subject", "points_participants", ["subject"])
    op.create_table(
        "points_shares",
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column(
            "participant", sa.Integer(), sa.ForeignKey("points_participants.number"), nullable=False
        ),
        sa.Column("institution", sa.String(128), nullable=False),
        sa.Column("purpose", sa.String(200), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("allowed_by", sa.String(64), nullable=False),
        sa.Column("allowed_at", _INSTANT, nullable=False),
        sa.Column("ended_by", sa.String(64)),
        sa.Column("ended_at", _INSTANT),
    )
    op.create_index("ix_points_shares_participant", "points_shares", ["participant"])

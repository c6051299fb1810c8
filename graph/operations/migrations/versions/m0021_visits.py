"""What officers found on their visits."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

__all__ = ["upgrade"]

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "visits",
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("institution", sa.String(128), nullable=False, index=True),
        sa.Column("reference", sa.String(64), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("subject", sa.String(128), nullable=False, index=True),
        sa.Column("village", sa.String(64), nullable=False),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=True),
        sa.Column("months", sa.Integer(), nullable=True),
        sa.Column("purpose", sa.String(200), nullable=False),
        sa.Column("papers", sa.JSON(), nullable=False),
        sa.Column("visited_on", sa.Date(), nullable=False),
        sa.Column("next_on", sa.Date(), nullable=True),
        sa.Column("notes", sa.String(500), nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("demand", sa.Integer(), nullable=True),
        sa.UniqueConstraint("institution", "reference"),
        sqlite_autoincrement=True,
    )

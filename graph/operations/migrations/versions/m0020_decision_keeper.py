"""Who kept a decision stands beside it; of those kept before, nobody wrote it down."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

__all__ = ["upgrade"]

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Add the column."""
    op.add_column("decisions", sa.Column("kept_by", sa.String(64), nullable=True))
    op.create_index(op.f("ix_decisions_kept_by"), "decisions", ["kept_by"])

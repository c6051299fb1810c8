"""Programs that may ask, what they prove themselves with, what was used once; external log-ins."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

__all__ = ["upgrade"]

revision = "0013"
down_revision = "0012"

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the four tables."""
    op.create_table(
        "clients",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("institution", sa.String(128), nullable=True),
        sa.Column("divisions", sa.JSON(), nullable=True),
        sa.Column("acts", sa.JSON(), nullable=False),
        sa.Column("purposes", sa.JSON(), nullable=False),
        sa.Column("made_by", sa.String(64), nullable=False),
        sa.Column("made_at", _INSTANT, nullable=False),
        sa.Column("tokens_from", _INSTANT, nullable=True),
        sa.Column("ended_by", sa.String(64), nullable=True),
        sa.Column("ended_at", _INSTANT, nullable=True),
        sa.Column("ended_why", sa.String(500), nullable=True),
    )
    op.create_table(
        "client_credentials",
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("client", sa.String(32), sa.ForeignKey("clients.id"), nullable=False, index=True),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("kid", sa.String(64), nullable=False),
        sa.Column("digest", sa.String(64), nullable=True),
        sa.Column("jwk", sa.JSON(), nullable=True),
        sa.Column("made_by", sa.String(64), nullable=False),
        sa.Column("made_at", _INSTANT, nullable=False),
        sa.Column("ends_at", _INSTANT, nullable=False),
    )
    op.create_table(
        "client_spent",
        sa.Column("client", sa.String(32), sa.ForeignKey("clients.id"), primary_key=True),
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("ends_at", _INSTANT, nullable=False, index=True),
    )
    op.create_table(
        "external_logins",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("nonce", sa.String(64), nullable=False),
        sa.Column("verifier", sa.String(128), nullable=False),
        sa.Column("leads_to", sa.String(1000), nullable=False),
        sa.Column("ends_at", _INSTANT, nullable=False, index=True),
    )

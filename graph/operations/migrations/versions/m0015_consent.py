"""Consents: the artefacts, the texts that were agreed to, what was done with each, and own views."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

__all__ = ["upgrade"]

revision = "0015"
down_revision = "0014"

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the seven tables."""
    op.create_table(
        "consent_texts",
        sa.Column("sha256", sa.String(64), primary_key=True),
        sa.Column("version", sa.String(16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
    )
    op.create_table(
        "consents",
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("position", sa.Integer(), nullable=False, index=True),
        sa.Column("subject", sa.String(128), nullable=False, index=True),
        sa.Column("institution", sa.String(128), nullable=False, index=True),
        sa.Column("purpose", sa.String(64), nullable=False),
        sa.Column("items", sa.String(500), nullable=False),
        sa.Column("mode", sa.String(16), nullable=False),
        sa.Column("frequency", sa.String(64), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column(
            "text_sha256", sa.String(64), sa.ForeignKey("consent_texts.sha256"), nullable=False
        ),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("evidence_sha256", sa.String(64), nullable=True),
        sa.Column("sensitive_tick", sa.Boolean(), nullable=False),
        sa.Column("onward_tick", sa.Boolean(), nullable=False),
        sa.Column("guardian", sa.String(64), nullable=True),
        sa.Column("replaces", sa.Integer(), sa.ForeignKey("consents.number"), nullable=True),
        sa.Column("registered_by", sa.String(64), nullable=False),
        sa.Column("registered_at", _INSTANT, nullable=False),
    )
    op.create_table(
        "consent_acts",
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("position", sa.Integer(), nullable=False, index=True),
        sa.Column(
            "consent", sa.Integer(), sa.ForeignKey("consents.number"), nullable=False, index=True
        ),
        sa.Column("act", sa.String(16), nullable=False),
        sa.Column("how", sa.String(64), nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
    )
    op.create_table(
        "consent_positions",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("position", sa.Integer(), nullable=False),
    )
    op.create_table(
        "own_links",
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("token_sha256", sa.String(64), nullable=False, unique=True),
        sa.Column("subject", sa.String(128), nullable=False, index=True),
        sa.Column("made_by", sa.String(64), nullable=False),
        sa.Column("made_at", _INSTANT, nullable=False),
        sa.Column("ends_at", _INSTANT, nullable=False),
        sa.Column("wrong", sa.Integer(), nullable=False),
        sa.Column("opened_at", _INSTANT, nullable=True),
        sa.Column("view_sha256", sa.String(64), nullable=True, unique=True),
        sa.Column("view_ends_at", _INSTANT, nullable=True),
    )
    op.create_table(
        "own_requests",
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("subject", sa.String(128), nullable=False, index=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("about", sa.String(255), nullable=False),
        sa.Column("said", sa.String(1000), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("answer", sa.String(1000), nullable=True),
        sa.Column("answered_by", sa.String(64), nullable=True),
        sa.Column("answered_at", _INSTANT, nullable=True),
    )
    op.create_table(
        "own_reports",
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("subject", sa.String(128), nullable=False, index=True),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
    )

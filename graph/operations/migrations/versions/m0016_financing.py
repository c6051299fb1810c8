"""The financing loop: demands, applications, loan notes, acts, papers, what came, and what was carried out."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

__all__ = ["upgrade"]

revision = "0016"
down_revision = "0015"

_INSTANT = sa.DateTime(timezone=True)


def _key() -> sa.Column[int]:
    return sa.Column("number", sa.Integer(), primary_key=True, autoincrement=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "financing_demands",
        _key(),
        sa.Column("channel", sa.String(64), nullable=False),
        sa.Column("reference", sa.String(96), nullable=False),
        sa.Column("subject", sa.String(128), nullable=False, index=True),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(200), nullable=False),
        sa.Column("security_kinds", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False, index=True),
        sa.Column("made_at", _INSTANT, nullable=False),
        sa.Column("changed_at", _INSTANT, nullable=False),
        sa.UniqueConstraint("channel", "reference"),
    )
    op.create_table(
        "financing_cases",
        _key(),
        sa.Column(
            "demand", sa.Integer(), sa.ForeignKey("financing_demands.number"), nullable=False,
            index=True,
        ),
        sa.Column("institution", sa.String(128), nullable=False, index=True),
        sa.Column("product", sa.String(64), nullable=False),
        sa.Column("state", sa.String(16), nullable=False, index=True),
        sa.Column("made_at", _INSTANT, nullable=False),
        sa.Column("changed_at", _INSTANT, nullable=False),
        sa.Column("line_no", sa.String(50), nullable=True),
        sa.Column("credit_fen", sa.BigInteger(), nullable=True),
        sa.Column("credit_from", sa.Date(), nullable=True),
        sa.Column("credit_to", sa.Date(), nullable=True),
        sa.Column("rate_ppm", sa.Integer(), nullable=True),
        sa.Column("security_kind", sa.String(32), nullable=True),
        sa.Column("contract_no", sa.String(50), nullable=True),
        sa.Column("refusal", sa.String(32), nullable=True),
        sa.Column("disbursed_fen", sa.BigInteger(), nullable=False),
        sa.Column("repaid_fen", sa.BigInteger(), nullable=False),
        sa.UniqueConstraint("demand", "institution"),
    )  # fmt: skip
    op.create_table(
        "financing_drawdowns",
        _key(),
        sa.Column(
            "case_number", sa.Integer(), sa.ForeignKey("financing_cases.number"), nullable=False,
            index=True,
        ),
        sa.Column("institution", sa.String(128), nullable=False),
        sa.Column("note_no", sa.String(50), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("disbursed_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("rate_ppm", sa.Integer(), nullable=False),
        sa.Column("stated_first", sa.String(16), nullable=True),
        sa.Column("checked_first", sa.String(16), nullable=False),
        sa.Column("repaid_fen", sa.BigInteger(), nullable=False),
        sa.Column("overdue_days", sa.Integer(), nullable=False),
        sa.Column("stated_on", sa.Date(), nullable=False),
        sa.Column("settled_on", sa.Date(), nullable=True),
        sa.UniqueConstraint("institution", "note_no"),
    )  # fmt: skip
    op.create_table(
        "financing_acts",
        _key(),
        sa.Column(
            "demand", sa.Integer(), sa.ForeignKey("financing_demands.number"), nullable=False,
            index=True,
        ),
        sa.Column(
            "case_number", sa.Integer(), sa.ForeignKey("financing_cases.number"), nullable=True,
            index=True,
        ),
        sa.Column("institution", sa.String(128), nullable=False),
        sa.Column("reference", sa.String(96), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("act", sa.String(24), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.UniqueConstraint("institution", "reference"),
    )  # fmt: skip
    op.create_table(
        "financing_messages",
        _key(),
        sa.Column("contract", sa.String(64), nullable=False),
        sa.Column("reference", sa.String(96), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False, index=True),
        sa.Column("problem", sa.String(300), nullable=True),
        sa.Column("at", _INSTANT, nullable=False),
        sa.UniqueConstraint("contract", "reference"),
    )
    op.create_table(
        "financing_handovers",
        _key(),
        sa.Column("contract", sa.String(64), nullable=False),
        sa.Column(
            "case_number", sa.Integer(), sa.ForeignKey("financing_cases.number"), nullable=False
        ),
        sa.Column("state", sa.String(16), nullable=False, index=True),
        sa.Column("their_number", sa.String(96), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("problem", sa.String(300), nullable=True),
        sa.Column("at", _INSTANT, nullable=False),
        sa.UniqueConstraint("contract", "case_number"),
    )
    op.create_table(
        "financing_links",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column(
            "demand", sa.Integer(), sa.ForeignKey("financing_demands.number"), nullable=False,
            index=True,
        ),
        sa.Column("made_by", sa.String(64), nullable=False),
        sa.Column("made_at", _INSTANT, nullable=False),
        sa.Column("ends_at", _INSTANT, nullable=False),
        sa.Column("seen", sa.Integer(), nullable=False),
    )  # fmt: skip
    op.create_table(
        "financing_marks",
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("position", sa.String(128), nullable=False),
    )
    op.create_table(
        "idempotency_keys",
        sa.Column("owner", sa.String(128), primary_key=True),
        sa.Column("key", sa.String(128), primary_key=True),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("began_at", _INSTANT, nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("body", sa.JSON(), nullable=True),
    )

"""The audit: entries, whom they are about, signed heads and cuts; none of it changes or goes.

An entry goes only where a cut covers it.  The triggers keep honest programs from it; whoever owns the
database can take them away, which the chain then shows (`graph.operations.audit.check`).
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

__all__ = ["upgrade"]

revision = "0014"
down_revision = "0013"

_INSTANT = sa.DateTime(timezone=True)
_ENTRY = "audit_entries.number"
#: Table -> the column that says which entry a row belongs to; None: nothing of it ever goes.
_KEPT = {
    "audit_entries": "number",
    "audit_subjects": "entry",
    "audit_batches": "entry",
    "audit_heads": None,
    "audit_anchors": None,
}


def upgrade() -> None:
    """Make the tables, and what keeps those of the chain."""
    op.create_table(
        "audit_entries",
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("at", _INSTANT, nullable=False, index=True),
        sa.Column("entered_on", sa.Date(), nullable=False, index=True),
        sa.Column("who", sa.String(128), nullable=False, index=True),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("role", sa.String(32), nullable=False),
        sa.Column("institution", sa.String(128), nullable=True),
        sa.Column("act", sa.String(32), nullable=False),
        sa.Column("way", sa.String(200), nullable=False),
        sa.Column("thing", sa.String(200), nullable=False),
        sa.Column("items", sa.Text(), nullable=False),
        sa.Column("purpose", sa.String(200), nullable=False),
        sa.Column("consents", sa.Text(), nullable=False),
        sa.Column("subjects", sa.Integer(), nullable=False),
        sa.Column("subjects_digest", sa.String(64), nullable=False),
        sa.Column("result", sa.String(64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(64), nullable=False),
        sa.Column("document", sa.String(32), nullable=False, index=True),
        sa.Column("trace", sa.String(32), nullable=False),
        sa.Column("follows", sa.Integer(), nullable=True),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
    )
    op.create_table(
        "audit_subjects",
        sa.Column(
            "entry", sa.Integer(), sa.ForeignKey(_ENTRY), primary_key=True, autoincrement=False
        ),
        sa.Column("subject", sa.String(128), primary_key=True, index=True),
    )
    op.create_table(
        "audit_batches",
        sa.Column(
            "entry", sa.Integer(), sa.ForeignKey(_ENTRY), primary_key=True, autoincrement=False
        ),
        sa.Column("digests", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "audit_heads",
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("ended_on", sa.Date(), nullable=False, index=True),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("signature", sa.String(128), nullable=False),
    )
    op.create_table(
        "audit_anchors",
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("before_on", sa.Date(), nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("signature", sa.String(128), nullable=False),
    )
    _make_alerts()
    if op.get_bind().dialect.name == "postgresql":
        _keep_in_postgresql()
    else:
        _keep_in_sqlite()


def _make_alerts() -> None:
    op.create_table(
        "audit_watches",
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("who", sa.String(128), nullable=False),
        sa.Column("subject", sa.String(128), nullable=False, index=True),
        sa.Column("why", sa.String(200), nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("ended_by", sa.String(64), nullable=True),
        sa.Column("ended_at", _INSTANT, nullable=True),
    )
    op.create_table(
        "audit_alerts",
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("name", sa.String(64), nullable=False, unique=True),
        sa.Column("rule", sa.String(32), nullable=False, index=True),
        sa.Column("who", sa.String(128), nullable=False),
        sa.Column("reader", sa.String(64), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("subject", sa.String(128), nullable=True),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("said", sa.String(500), nullable=False),
        sa.Column("raised_at", _INSTANT, nullable=False),
        sa.Column("seen_by", sa.String(64), nullable=True),
        sa.Column("seen_at", _INSTANT, nullable=True),
        sa.Column("finding", sa.String(500), nullable=True),
    )
    op.create_table(
        "audit_alert_positions",
        sa.Column("rules", sa.String(32), primary_key=True),
        sa.Column("entry", sa.Integer(), nullable=False),
    )


def _keep_in_sqlite() -> None:
    for table, entry in _KEPT.items():
        refuse = "BEGIN SELECT RAISE(ABORT, 'the audit is only added to'); END"
        uncut = (
            f"WHEN NOT EXISTS (SELECT 1 FROM audit_anchors WHERE number >= OLD.{entry})"
            if entry
            else ""
        )
        op.execute(f"CREATE TRIGGER {table}_unchanged BEFORE UPDATE ON {table} {refuse}")
        op.execute(f"CREATE TRIGGER {table}_kept BEFORE DELETE ON {table} {uncut} {refuse}")
        if entry != "entry":
            # a row that replaces another takes it away without a deletion that anybody hears of
            there = f"WHEN EXISTS (SELECT 1 FROM {table} WHERE number = NEW.number)"
            op.execute(f"CREATE TRIGGER {table}_new BEFORE INSERT ON {table} {there} {refuse}")


def _keep_in_postgresql() -> None:
    raising = "RAISE EXCEPTION 'the audit is only added to'"
    op.execute(
        "CREATE FUNCTION audit_refuses() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN {raising}; END $$"
    )
    for table, entry in _KEPT.items():
        op.execute(
            f"CREATE TRIGGER {table}_unchanged BEFORE UPDATE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION audit_refuses()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_emptied BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION audit_refuses()"
        )
        refusing = "audit_refuses"
        if entry:
            refusing = f"{table}_refuses"
            op.execute(
                f"CREATE FUNCTION {refusing}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                f"IF NOT EXISTS (SELECT 1 FROM audit_anchors WHERE number >= OLD.{entry}) "
                f"THEN {raising}; END IF; RETURN OLD; END $$"
            )
        op.execute(
            f"CREATE TRIGGER {table}_kept BEFORE DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {refusing}()"
        )

"""What is needed to count what departments report: days of the calendar, findings, bulletins."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

__all__ = ["upgrade"]

revision = "0003"
down_revision = "0002"

_INSTANT = sa.DateTime(timezone=True)


def _must(name: str, kind: sa.types.TypeEngine[Any], **more: Any) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False, **more)


def _may(name: str, kind: sa.types.TypeEngine[Any]) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=True)


def upgrade() -> None:
    """Make `calendar_edits`, `concealments` and `bulletins`."""
    op.create_table(
        "calendar_edits",
        _must("number", sa.Integer(), primary_key=True, autoincrement=True),
        _must("days", sa.JSON()),
        _may("opens", sa.Integer()),
        _must("user", sa.String(64)),
        _must("reason", sa.String(500)),
        _must("at", _INSTANT),
    )
    op.create_table(
        "concealments",
        _must("number", sa.Integer(), primary_key=True, autoincrement=True),
        _must("department", sa.String(128), index=True),
        _must("act_class", sa.String(32)),
        _must("document_no", sa.String(256)),
        _must("decided_on", sa.Date()),
        _must("evidence", sa.String(500)),
        _must("found_by", sa.String(64)),
        _must("found_at", _INSTANT),
        _may("withdrawn_by", sa.String(64)),
        _may("withdrawn_at", _INSTANT),
        _may("withdrawn_why", sa.String(500)),
    )
    op.create_table(
        "bulletins",
        _must("id", sa.String(64), primary_key=True),
        _must("period", sa.String(16), index=True),
        _must("edition", sa.Integer()),
        _may("corrects", sa.String(64)),
        _must("why", sa.String(500)),
        _must("content", sa.LargeBinary()),
        _must("written_by", sa.String(64)),
        _must("written_at", _INSTANT),
        _may("signed_by", sa.String(64)),
        _may("signed_at", _INSTANT),
    )

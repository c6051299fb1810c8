"""A file on its way is a job as any other: `uploads` goes into `jobs`."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

__all__ = ["upgrade"]

revision = "0002"
down_revision = "0001"

_INSTANT = sa.DateTime(timezone=True)
_REQUEST = ("source", "file_name", "chunks", "list_name", "list_part", "list_of")


def upgrade() -> None:
    """Widen `jobs`, enter every upload there, drop `uploads`."""
    with op.batch_alter_table("jobs") as jobs:
        jobs.alter_column(
            "id", existing_type=sa.String(64), existing_nullable=False, type_=sa.String(128)
        )
        jobs.alter_column("total", existing_type=sa.Integer(), nullable=True)
        jobs.add_column(sa.Column("doing", sa.String(255), nullable=True))
        jobs.add_column(sa.Column("result", sa.Text(), nullable=True))
    with op.batch_alter_table("job_lines") as lines:
        lines.alter_column(
            "job", existing_type=sa.String(64), existing_nullable=False, type_=sa.String(128)
        )
    connection = op.get_bind()
    there = sa.MetaData()
    uploads = sa.Table("uploads", there, *_columns(), _a("trial", sa.Boolean()))
    jobs_now = sa.Table("jobs", there, *_job_columns())
    for row in connection.execute(sa.select(uploads)).mappings().all():
        connection.execute(sa.insert(jobs_now).values(_as_job(row)))
    op.drop_table("uploads")


def _a(name: str, kind: sa.types.TypeEngine[Any]) -> sa.Column[Any]:
    return sa.Column(name, kind)


def _columns() -> list[sa.Column[Any]]:
    texts = ("id", "source", "file_name", "content_sha256", "list_name", "state", "doing", "result")
    numbers = ("chunks", "list_part", "list_of", "done", "total")
    return [
        *(_a(name, sa.Text()) for name in texts),
        *(_a(name, sa.Integer()) for name in numbers),
        _a("began_at", _INSTANT),
    ]


def _job_columns() -> list[sa.Column[Any]]:
    texts = ("id", "kind", "request_sha256", "request", "state", "problem", "doing", "result")
    return [
        *(_a(name, sa.Text()) for name in texts),
        *(_a(name, sa.Integer()) for name in ("done", "total", "refused")),
        _a("began_at", _INSTANT),
    ]


def _as_job(row: Any) -> dict[str, Any]:
    asked = {**{name: row[name] for name in _REQUEST}, "trial": bool(row["trial"])}
    over = "problem" if row["state"] == "failed" else "result"
    return {
        "id": row["id"],
        "kind": "delivery",
        "request_sha256": row["content_sha256"],
        "request": json.dumps(asked, ensure_ascii=False),
        "state": row["state"],
        "began_at": row["began_at"],
        "done": row["done"],
        "total": row["total"],
        "refused": 0,
        "doing": row["doing"],
        over: row["result"],
    }

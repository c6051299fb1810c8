"""The tables of 0.5.0, whatever of them is there.

Until then a store made what it lacked whenever it was opened: one that stands here may be of any
version between 0.1.0 and 0.5.0, or new.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

__all__ = ["upgrade"]

revision = "0001"
down_revision = None

_INSTANT = sa.DateTime(timezone=True)
_FOUND = sa.MetaData()


def _table(name: str, *columns: sa.Column[Any]) -> None:
    sa.Table(name, _FOUND, *columns)


def _must(name: str, kind: sa.types.TypeEngine[Any], **more: Any) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False, **more)


def _may(name: str, kind: sa.types.TypeEngine[Any], **more: Any) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=True, **more)


_table(
    "ledger",
    _must("source", sa.String(64), primary_key=True),
    _must("content_sha256", sa.String(64), primary_key=True),
    _must("file_name", sa.String(255)),
    _must("state", sa.String(16)),
    _may("received_at", _INSTANT),
    _may("batch", sa.String(128)),
    _may("position", sa.Integer()),
    _may("known_at", _INSTANT),
    _may("rows_in", sa.Integer()),
    _may("accepted", sa.Integer()),
    _may("unchanged", sa.Integer()),
    _may("quarantined", sa.Integer()),
    _may("refused_code", sa.String(64)),
    _may("refused_at", _INSTANT),
)
_table(
    "decisions",
    _must("id", sa.String(64), primary_key=True),
    _must("party", sa.String(128), index=True),
    _must("product", sa.String(64), index=True),
    _must("verdict", sa.String(16)),
    _must("decided_at", _INSTANT, index=True),
    _must("record", sa.LargeBinary()),
)
_table(
    "rule_texts",
    _must("id", sa.String(64), primary_key=True),
    _must("text", sa.LargeBinary()),
)
_table(
    "identity_pairs",
    _must("one", sa.String(128), primary_key=True),
    _must("other", sa.String(128), primary_key=True),
    _must("probability", sa.Double()),
    _must("reasons", sa.JSON()),
    _must("policy", sa.String(64)),
    _must("found_at", _INSTANT),
)
_table(
    "identity_judgements",
    _must("number", sa.Integer(), primary_key=True, autoincrement=True),
    _must("one", sa.String(128), index=True),
    _must("other", sa.String(128), index=True),
    _must("verdict", sa.String(16)),
    _must("user", sa.String(64)),
    _must("at", _INSTANT),
    _must("note", sa.String(500)),
    _may("takes_back", sa.Integer()),
)
_table(
    "leases",
    _must("source", sa.String(64), primary_key=True),
    _must("pid", sa.Integer()),
    _must("started", sa.Double()),
    _must("since", _INSTANT),
)
_table(
    "proposals",
    _must("id", sa.String(64), primary_key=True),
    _must("subject", sa.String(64), index=True),
    _must("text", sa.LargeBinary()),
    _must("proof", sa.LargeBinary()),
    _must("proposed_by", sa.String(64)),
    _must("proposed_at", _INSTANT),
    _may("approved_by", sa.String(64)),
    _may("approved_at", _INSTANT, index=True),
)
_table(
    "uploads",
    _must("id", sa.String(128), primary_key=True),
    _must("source", sa.String(64)),
    _must("file_name", sa.String(255)),
    _must("content_sha256", sa.String(64)),
    _must("chunks", sa.Integer()),
    _may("list_name", sa.String(255)),
    _may("list_part", sa.Integer()),
    _may("list_of", sa.Integer()),
    _must("state", sa.String(16), index=True),
    _must("began_at", _INSTANT),
    _must("doing", sa.String(255)),
    _must("done", sa.Integer()),
    _may("total", sa.Integer()),
    _may("result", sa.Text()),
    _may("trial", sa.Boolean()),
)
_table(
    "jobs",
    _must("id", sa.String(64), primary_key=True),
    _must("kind", sa.String(32)),
    _must("request_sha256", sa.String(64)),
    _must("request", sa.Text()),
    _must("state", sa.String(16), index=True),
    _must("began_at", _INSTANT, index=True),
    _must("done", sa.Integer()),
    _must("total", sa.Integer()),
    _must("refused", sa.Integer()),
    _may("problem", sa.Text()),
)
sa.Table(
    "job_lines",
    _FOUND,
    sa.Column("job", sa.String(64), sa.ForeignKey("jobs.id"), primary_key=True),
    _must("number", sa.Integer(), primary_key=True, autoincrement=False),
    _must("text", sa.Text()),
)


def upgrade() -> None:
    """Make the tables, columns and indexes that are not there."""
    connection = op.get_bind()
    there = sa.inspect(connection)
    for table in _FOUND.sorted_tables:
        if not there.has_table(table.name):
            table.create(connection)
            continue
        columns = {column["name"] for column in there.get_columns(table.name)}
        for column in table.columns:
            if column.name not in columns:
                # what came after the table was nullable, always
                op.add_column(table.name, sa.Column(column.name, column.type, nullable=True))
        indexes = {index["name"] for index in there.get_indexes(table.name)}
        for index in table.indexes:
            if index.name not in indexes:
                index.create(connection)

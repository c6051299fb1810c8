"""Files sent over the network: what has arrived of each, and how far the work on it is.

    receiving -> waiting -> running -> done
                                   \\-> failed

An upload goes by the name of the batch that it will be: source and content hash.  So the same
file sent again is the same upload, and a part sent again is the same part.  A trial (its name ends
so) is read and compared like a file that is taken in, and changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import String, Text, select
from sqlalchemy.orm import Mapped, mapped_column

from graph.errors import NotFoundError
from graph.operations.store import Instant, OperationsStore, Row

__all__ = ["Upload", "Uploads"]


class _Upload(Row):
    __tablename__ = "uploads"

    id: Mapped[str] = mapped_column(String(128), primary_key=True)
    source: Mapped[str] = mapped_column(String(64))
    file_name: Mapped[str] = mapped_column(String(255))
    content_sha256: Mapped[str] = mapped_column(String(64))
    chunks: Mapped[int]
    list_name: Mapped[str | None] = mapped_column(String(255))
    list_part: Mapped[int | None]
    list_of: Mapped[int | None]
    state: Mapped[str] = mapped_column(String(16), index=True)
    began_at: Mapped[datetime] = mapped_column(Instant)
    doing: Mapped[str] = mapped_column(String(255), default="")
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int | None]
    result: Mapped[str | None] = mapped_column(Text)
    trial: Mapped[bool | None]


@dataclass(frozen=True)
class Upload:
    """One file on its way.

    Attributes:
        id: name of its batch.
        chunks: how many pieces it is sent in.
        list_name, list_part, list_of: which part of a list it is, where the sender says so.
        doing, done, total: progress, as ingest tells it.
        result: JSON of the report or of the problem; None until the end.
        trial: whether it is only tried; None in a store made before there were trials.
    """

    id: str
    source: str
    file_name: str
    content_sha256: str
    chunks: int
    list_name: str | None
    list_part: int | None
    list_of: int | None
    state: str
    began_at: datetime
    doing: str = ""
    done: int = 0
    total: int | None = None
    result: str | None = None
    trial: bool | None = False


class Uploads:
    """Keep and find uploads."""

    def __init__(self, store: OperationsStore) -> None:
        self._store = store

    def begin(self, upload: Upload, *, again: bool = False) -> Upload:
        """Enter an upload; one that is under way stays, one that failed begins again.

        Args:
            again: begin again also one that is done: a trial, or what it brought was withdrawn.
        """
        with self._store.transaction() as session:
            row = session.get(_Upload, upload.id)
            if row is None or row.state == "failed" or (again and row.state == "done"):
                session.merge(
                    _Upload(**{name: getattr(upload, name) for name in Upload.__dataclass_fields__})
                )
                return upload
            return _value(row)

    def find(self, name: str) -> Upload:
        """One upload; raises `NotFoundError`."""
        with self._store.reading() as session:
            row = session.get(_Upload, name)
            if row is None:
                raise NotFoundError(
                    "没有这个批次。请核对编号。",
                    "There is no batch of that name.",
                    code="batch_unknown",
                )
            return _value(row)

    def in_state(self, *states: str) -> list[Upload]:
        """Uploads in one of the states, oldest first."""
        query = select(_Upload).where(_Upload.state.in_(states)).order_by(_Upload.began_at)
        with self._store.reading() as session:
            return [_value(row) for row in session.scalars(query)]

    def note(
        self,
        name: str,
        *,
        state: str,
        doing: str = "",
        done: int = 0,
        total: int | None = None,
        result: str | None = None,
    ) -> None:
        """Note where an upload is."""
        with self._store.transaction() as session:
            row = session.get(_Upload, name)
            if row is not None:
                row.state, row.doing, row.done, row.total = state, doing, done, total
                row.result = result


def _value(row: _Upload) -> Upload:
    return Upload(**{name: getattr(row, name) for name in Upload.__dataclass_fields__})

"""Work that takes longer than a request: what was asked, how far it is, the lines of its result.

    waiting -> running -> done
                       \\-> failed -> (asked for again) waiting

Lines are written with the progress that they are, in one transaction, and only after the last one
there: a job that was cut off goes on after its last line, and a line is never there twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, delete, func, select
from sqlalchemy.orm import Mapped, mapped_column

from graph.errors import BusyError, InputError, NotFoundError
from graph.operations.store import Instant, OperationsStore, Row

__all__ = ["Job", "Jobs"]

_PAGE = 200


class _Job(Row):
    __tablename__ = "jobs"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[str] = mapped_column(String(32))
    request_sha256: Mapped[str] = mapped_column(String(64))
    request: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(16), index=True)
    began_at: Mapped[datetime] = mapped_column(Instant, index=True)
    done: Mapped[int]
    total: Mapped[int]
    refused: Mapped[int]
    problem: Mapped[str | None] = mapped_column(Text)


class _Line(Row):
    __tablename__ = "job_lines"

    job: Mapped[str] = mapped_column(ForeignKey("jobs.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(Text)


@dataclass(frozen=True)
class Job:
    """One job.

    Attributes:
        request: JSON of what is to be done, with everything that it depends on.
        request_sha256: of what the client sent, by which a second sending is told from another job.
        done, total: lines written, of how many; `refused` of those done say why they could not be.
        problem: JSON of what made it fail; None otherwise.
    """

    id: str
    kind: str
    request_sha256: str
    request: str
    state: str
    began_at: datetime
    done: int
    total: int
    refused: int = 0
    problem: str | None = None


class Jobs:
    """Keep and find jobs and their lines."""

    def __init__(self, store: OperationsStore) -> None:
        self._store = store

    def begin(self, job: Job, *, most: int) -> Job:
        """Enter a job; the same one again is the one that is there, a failed one goes on.

        Raises `InputError` (`idempotency_key_reused`) when another request came under its name,
        `BusyError` (`jobs_full`) when `most` jobs wait already.
        """
        with self._store.transaction() as session:
            row = session.get(_Job, job.id)
            if row is not None:
                if row.request_sha256 != job.request_sha256:
                    raise InputError(
                        "这个 Idempotency-Key 已用于另一份请求。请更换后重新提交。",
                        "The Idempotency-Key was used for another request: take a new one.",
                        code="idempotency_key_reused",
                    )
                if row.state == "failed":
                    row.state, row.problem = "waiting", None
                return _value(row)
            waiting = select(func.count()).where(_Job.state.in_(("waiting", "running")))
            if (session.scalar(waiting) or 0) >= most:
                raise BusyError(
                    f"已有 {most} 项批量任务在等待。请等其中一项完成后再提交。",
                    f"{most} jobs are waiting: submit again when one of them is done.",
                    code="jobs_full",
                )
            session.add(_Job(**{name: getattr(job, name) for name in Job.__dataclass_fields__}))
            return job

    def find(self, name: str) -> Job:
        """One job; raises `NotFoundError`."""
        with self._store.reading() as session:
            row = session.get(_Job, name)
            if row is None:
                raise NotFoundError(
                    "没有这项任务，或已过保存期。请核对编号。",
                    "There is no such job, or it was kept long enough.",
                    code="job_unknown",
                )
            return _value(row)

    def in_state(self, *states: str) -> list[Job]:
        """Jobs in one of the states, oldest first."""
        query = select(_Job).where(_Job.state.in_(states)).order_by(_Job.began_at, _Job.id)
        with self._store.reading() as session:
            return [_value(row) for row in session.scalars(query)]

    def write(self, name: str, after: int, lines: Sequence[str], *, refused: int) -> bool:
        """Write the lines that follow the first `after`; False when they are there already."""
        with self._store.transaction() as session:
            row = session.get(_Job, name)
            if row is None or row.done != after:
                return False
            session.add_all(
                _Line(job=name, number=after + place, text=text) for place, text in enumerate(lines)
            )
            row.done += len(lines)
            row.refused += refused
            row.state = "running"
            return True

    def end(self, name: str, state: str, problem: str | None = None) -> None:
        """Note that a job is done, or why it failed."""
        with self._store.transaction() as session:
            row = session.get(_Job, name)
            if row is not None:
                row.state, row.problem = state, problem

    def lines(self, name: str) -> Iterator[str]:
        """Every line written so far, in order; read page by page."""
        after = 0
        while True:
            query = (
                select(_Line.text)
                .where(_Line.job == name, _Line.number >= after)
                .order_by(_Line.number)
                .limit(_PAGE)
            )
            with self._store.reading() as session:
                page = list(session.scalars(query))
            yield from page
            if len(page) < _PAGE:
                return
            after += len(page)

    def drop_before(self, instant: datetime) -> None:
        """Drop jobs that ended and were entered before an instant: they hold personal data."""
        old = select(_Job.id).where(_Job.began_at < instant, _Job.state.in_(("done", "failed")))
        with self._store.transaction() as session:
            names = list(session.scalars(old))
            session.execute(delete(_Line).where(_Line.job.in_(names)))
            session.execute(delete(_Job).where(_Job.id.in_(names)))


def _value(row: _Job) -> Job:
    return Job(**{name: getattr(row, name) for name in Job.__dataclass_fields__})

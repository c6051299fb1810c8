"""Work that takes longer than a request: what was asked, how far it is, what came of it.

    (receiving ->) waiting -> running -> done
                                     \\-> failed, cancelled -> (asked for again) waiting

What comes of a job is a text (`result`), or lines.  Lines are written with the progress that they
are, in one transaction, and only after the last one there: a job that was cut off goes on after its
last line, and a line is never there twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from graph import time
from graph.errors import BusyError, InputError, NotFoundError
from graph.operations.store import Instant, OperationsStore, Row

__all__ = ["ENDED", "Job", "Jobs"]

#: States of a job that goes on only if it is asked for again.
ENDED = ("done", "failed", "cancelled")
#: States of one that a service works on, or that waits for a service.
_UNDER_WAY = ("waiting", "running")

_PAGE = 200


class _Job(Row):
    __tablename__ = "jobs"

    id: Mapped[str] = mapped_column(String(128), primary_key=True)
    kind: Mapped[str] = mapped_column(String(32))
    request_sha256: Mapped[str] = mapped_column(String(64))
    request: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(16), index=True)
    began_at: Mapped[datetime] = mapped_column(Instant, index=True)
    done: Mapped[int]
    total: Mapped[int | None]
    refused: Mapped[int]
    problem: Mapped[str | None] = mapped_column(Text)
    doing: Mapped[str | None] = mapped_column(String(255))
    result: Mapped[str | None] = mapped_column(Text)


class _Line(Row):
    __tablename__ = "job_lines"

    job: Mapped[str] = mapped_column(ForeignKey("jobs.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(Text)


@dataclass(frozen=True)
class Job:
    """One job.

    Attributes:
        kind: which work it is (`graph.operations.runner.Kind`).
        request: JSON of what is to be done, with everything that it depends on.
        request_sha256: of what the client sent, by which a second sending is told from another job.
        done, total: lines written, or rows worked through, of how many; None while that is unknown.
        refused: how many lines say why there could be none.
        problem: JSON of what made it fail, or who cancelled it; None otherwise.
        doing: what is being done just now, in words.
        result: JSON of what came of it, where that is not lines; None until it is done.
    """

    id: str
    kind: str
    request_sha256: str
    request: str
    state: str
    began_at: time.Instant
    done: int = 0
    total: int | None = None
    refused: int = 0
    problem: str | None = None
    doing: str | None = None
    result: str | None = None


class Jobs:
    """Keep and find jobs and their lines."""

    def __init__(self, store: OperationsStore) -> None:
        self.store = store

    def begin(self, job: Job, *, most: int) -> Job:
        """Enter a job; the same one again is the one that is there, one that failed goes on.

        Raises `InputError` (`idempotency_key_reused`) when another request came under its name,
        `BusyError` (`jobs_full`) when `most` jobs of its kind wait already.
        """
        with self.store.transaction() as session:
            row = session.get(_Job, job.id)
            if row is None:
                _refuse_beyond(session, job.kind, most)
                session.add(_row(job))
                return job
            if row.request_sha256 != job.request_sha256:
                raise InputError(
                    "这个 Idempotency-Key 已用于另一份请求。请更换后重新提交。",
                    "The Idempotency-Key was used for another request: take a new one.",
                    code="idempotency_key_reused",
                )
            if row.state in ("failed", "cancelled"):
                row.state, row.problem = "waiting", None
            return _value(row)

    def renew(self, job: Job, *, most: int) -> Job:
        """Enter a job in the place of the one of its name, as if that had never been.

        Raises `BusyError` (`jobs_full`).
        """
        with self.store.transaction() as session:
            session.execute(delete(_Line).where(_Line.job == job.id))
            session.execute(delete(_Job).where(_Job.id == job.id))
            _refuse_beyond(session, job.kind, most)
            session.add(_row(job))
        return job

    def find(self, name: str, *, kind: str | None = None) -> Job:
        """One job, of that kind where one is named; raises `NotFoundError`."""
        with self.store.reading() as session:
            row = session.get(_Job, name)
            if row is None or kind not in (None, row.kind):
                raise NotFoundError(
                    "没有这项任务，或已过保存期。请核对编号。",
                    "There is no such job, or it was kept long enough.",
                    code="job_unknown",
                )
            return _value(row)

    def counts(self, *states: str) -> list[tuple[str, str, int]]:
        """How many jobs of each kind are in each of some states."""
        query = select(_Job.kind, _Job.state, func.count()).where(_Job.state.in_(states))
        with self.store.reading() as session:
            rows = session.execute(query.group_by(_Job.kind, _Job.state).order_by(_Job.kind))
            return [(kind, state, count) for kind, state, count in rows]

    def in_state(self, *states: str, kind: str | None = None) -> list[Job]:
        """Jobs in one of the states, oldest first."""
        query = select(_Job).where(_Job.state.in_(states)).order_by(_Job.began_at, _Job.id)
        if kind is not None:
            query = query.where(_Job.kind == kind)
        with self.store.reading() as session:
            return [_value(row) for row in session.scalars(query)]

    def write(self, name: str, after: int, lines: Sequence[str], *, refused: int) -> bool:
        """Write the lines that follow the first `after`; False when they are there already, or
        nobody wants them any more."""
        with self.store.transaction() as session:
            row = session.get(_Job, name)
            if row is None or row.done != after or row.state in ENDED:
                return False
            session.add_all(
                _Line(job=name, number=after + place, text=text) for place, text in enumerate(lines)
            )
            row.done += len(lines)
            row.refused += refused
            row.state = "running"
            return True

    def wait(self, name: str) -> None:
        """Note that what a job needs is there."""
        self._move(name, "waiting", of=("receiving",))

    def run(self, name: str) -> bool:
        """Note that work on a job begins; False when it is over."""
        return self._move(name, "running", of=_UNDER_WAY)

    def note(self, name: str, doing: str, done: int, total: int | None) -> None:
        """Note how far a job is that counts no lines."""
        self._move(name, "running", of=_UNDER_WAY, doing=doing[:255], done=done, total=total)

    def end(
        self, name: str, state: str, problem: str | None = None, *, result: str | None = None
    ) -> bool:
        """Note that a job is done, or why it is not; False when it was over before."""
        of = ("receiving", *_UNDER_WAY)
        return self._move(name, state, of=of, problem=problem, result=result, doing=None)

    def _move(self, name: str, state: str, *, of: Sequence[str], **told: object) -> bool:
        with self.store.transaction() as session:
            row = session.get(_Job, name)
            if row is None or row.state not in of:
                return False
            row.state = state
            for column, value in told.items():
                setattr(row, column, value)
            return True

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
            with self.store.reading() as session:
                page = list(session.scalars(query))
            yield from page
            if len(page) < _PAGE:
                return
            after += len(page)

    def drop_before(self, kind: str, instant: datetime) -> None:
        """Drop jobs that ended and were entered before an instant: they hold personal data."""
        old = select(_Job.id).where(
            _Job.kind == kind, _Job.began_at < instant, _Job.state.in_(ENDED)
        )
        with self.store.reading() as session:
            names = list(session.scalars(old))
        if not names:
            return
        with self.store.transaction() as session:
            session.execute(delete(_Line).where(_Line.job.in_(names)))
            session.execute(delete(_Job).where(_Job.id.in_(names), _Job.state.in_(ENDED)))


_COLUMNS = tuple(item.name for item in fields(Job))


def _refuse_beyond(session: Session, kind: str, most: int) -> None:
    under_way = select(func.count()).where(_Job.kind == kind, _Job.state.not_in(ENDED))
    if (session.scalar(under_way) or 0) >= most:
        raise BusyError(
            f"已有 {most} 项任务在等待。请等其中一项完成后再提交。",
            f"{most} jobs are waiting: submit again when one of them is done.",
            code="jobs_full",
        )


def _row(job: Job) -> _Job:
    return _Job(**{name: getattr(job, name) for name in _COLUMNS})


def _value(row: _Job) -> Job:
    return Job(**{name: getattr(row, name) for name in _COLUMNS})

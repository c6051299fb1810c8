"""Who takes part in credit points, and whom each lets see them: both by the subject's own wish.

Without an application nothing is worked out.  Nothing is deleted: leaving, and ending what somebody
else may see, add who noted it and when.  Points themselves are kept nowhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Integer, Select, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from graph import time
from graph.errors import InputError, NotFoundError
from graph.identifiers.redaction import redacted
from graph.operations.responsible import responsible
from graph.operations.store import Instant, OperationsStore, Row

__all__ = ["PointsBook", "PointsParticipant", "PointsShare"]


class _Participant(Row):
    __tablename__ = "points_participants"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    subject: Mapped[str] = mapped_column(String(128), index=True)
    application: Mapped[str] = mapped_column(String(200))
    joined_by: Mapped[str] = mapped_column(String(64))
    joined_at: Mapped[datetime] = mapped_column(Instant)
    left_by: Mapped[str | None] = mapped_column(String(64))
    left_at: Mapped[datetime | None] = mapped_column(Instant)
    left_why: Mapped[str | None] = mapped_column(String(500))


class _Share(Row):
    __tablename__ = "points_shares"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    participant: Mapped[int] = mapped_column(ForeignKey("points_participants.number"), index=True)
    institution: Mapped[str] = mapped_column(String(128))
    purpose: Mapped[str] = mapped_column(String(200))
    until_on: Mapped[date] = mapped_column(Date)
    allowed_by: Mapped[str] = mapped_column(String(64))
    allowed_at: Mapped[datetime] = mapped_column(Instant)
    ended_by: Mapped[str | None] = mapped_column(String(64))
    ended_at: Mapped[datetime | None] = mapped_column(Instant)


@dataclass(frozen=True)
class PointsParticipant:
    """One application of one subject.

    Attributes:
        subject: key of the party.  application: number or kind of the paper by which it applied.
        joined_by: who took the application; left_by: None while it takes part.
    """

    number: int
    subject: str
    application: str
    joined_by: str
    joined_at: time.Instant
    left_by: str | None
    left_at: time.Instant | None
    left_why: str | None


@dataclass(frozen=True)
class PointsShare:
    """That a participant lets one institution see its points, for a purpose, through a last day."""

    number: int
    participant: int
    institution: str
    purpose: str
    until_on: date
    allowed_by: str
    allowed_at: time.Instant
    ended_by: str | None
    ended_at: time.Instant | None


class PointsBook:
    """Join, leave, let somebody see, and end that."""

    def __init__(self, store: OperationsStore) -> None:
        self._store = store

    def join(self, subject: str, *, application: str, by: str, at: datetime) -> PointsParticipant:
        """Note an application; who takes part already stays as it is.

        Raises `InputError` (`user_missing`, `application_missing`).
        """
        who, paper = responsible(by, "受理"), redacted(application.strip())[:200]
        if not paper:
            raise InputError(
                "请写明申请书编号或者申请方式：没有本人（本单位）的申请，不计算积分。",
                "Name the application: without the subject's own nothing is worked out.",
                code="application_missing",
            )
        with self._store.transaction() as session:
            row = session.scalars(_taking_part(subject)).first()
            if row is None:
                row = _Participant(subject=subject, application=paper, joined_by=who, joined_at=at)
                session.add(row)
                session.flush()
            return _participant(row)

    def leave(self, number: int, *, by: str, why: str, at: datetime) -> PointsParticipant:
        """End one; what others were let see ends with it.  A second time changes nothing.

        Raises `NotFoundError`, and `InputError` (`user_missing`, `reason_missing`).
        """
        who, reason = responsible(by, "办理"), redacted(why.strip())[:500]
        if not reason:
            raise InputError(
                "请写明退出的情况（如本人申请）。", "Say why it ends.", code="reason_missing"
            )
        with self._store.transaction() as session:
            row = _found(session, number)
            if row.left_at is None:
                row.left_by, row.left_at, row.left_why = who, at, reason
            return _participant(row)

    def share(
        self, number: int, institution: str, *, purpose: str, until_on: date, by: str, at: datetime
    ) -> PointsShare:
        """Note that a participant lets an institution see its points.

        Raises `NotFoundError`, and `InputError` (`user_missing`, `share_incomplete`, `points_left`).
        """
        who, what_for = responsible(by, "受理"), redacted(purpose.strip())[:200]
        whom = institution.strip()[:128]
        if not what_for or not whom or until_on < time.day_of(at):
            raise InputError(
                "同意他人查看须写明机构编号、用途和今天以后的截止日期。",
                "A consent names the institution, the purpose and a last day to come.",
                code="share_incomplete",
            )
        with self._store.transaction() as session:
            if _found(session, number).left_at is not None:
                raise InputError(
                    "该主体已经退出积分，不能再同意他人查看。",
                    "The subject takes part no more.",
                    code="points_left",
                )
            row = _Share(
                participant=number,
                institution=whom,
                purpose=what_for,
                until_on=until_on,
                allowed_by=who,
                allowed_at=at,
            )
            session.add(row)
            session.flush()
            return _share(row)

    def end_share(self, number: int, *, by: str, at: datetime) -> PointsShare:
        """End that somebody may see; raises `NotFoundError`, and `InputError` (`user_missing`)."""
        who = responsible(by, "办理")
        with self._store.transaction() as session:
            row = session.get(_Share, number)
            if row is None:
                raise NotFoundError(
                    "没有这项查看同意。请核对编号。",
                    "There is no such consent.",
                    code="share_unknown",
                )
            if row.ended_at is None:
                row.ended_by, row.ended_at = who, at
            return _share(row)

    def of(self, subject: str) -> PointsParticipant | None:
        """The application in force of a subject; None where it takes no part."""
        with self._store.reading() as session:
            row = session.scalars(_taking_part(subject)).first()
            return None if row is None else _participant(row)

    def taking_part(self) -> list[PointsParticipant]:
        """Every application in force, oldest first."""
        query = select(_Participant).where(_Participant.left_at.is_(None))
        with self._store.reading() as session:
            rows = session.scalars(query.order_by(_Participant.number))
            return [_participant(row) for row in rows]

    def shares(self, number: int, on: date) -> list[PointsShare]:
        """What a participant lets be seen on a day, oldest first."""
        query = (
            select(_Share)
            .join(_Participant, _Participant.number == _Share.participant)
            .where(_Share.participant == number, _Share.until_on >= on)
            .where(_Share.ended_at.is_(None), _Participant.left_at.is_(None))
            .order_by(_Share.number)
        )
        with self._store.reading() as session:
            return [_share(row) for row in session.scalars(query)]


def _taking_part(subject: str) -> Select[_Participant]:
    return (
        select(_Participant)
        .where(_Participant.subject == subject, _Participant.left_at.is_(None))
        .order_by(_Participant.number)
    )


def _found(session: Session, number: int) -> _Participant:
    row = session.get(_Participant, number)
    if row is None:
        raise NotFoundError(
            "没有这份积分申请。请核对编号。",
            "There is no such application.",
            code="participant_unknown",
        )
    return row


def _participant(row: _Participant) -> PointsParticipant:
    names = PointsParticipant.__dataclass_fields__
    return PointsParticipant(**{name: getattr(row, name) for name in names})


def _share(row: _Share) -> PointsShare:
    return PointsShare(**{name: getattr(row, name) for name in PointsShare.__dataclass_fields__})

"""What somebody opened to an institution: the artefact of a consent, and what became of it since.

Nothing is changed or deleted.  A consent that takes another's place is a new row; that it was
confirmed, revoked, used up or replaced is an act beside it.  Each transaction has a position, so that
whoever holds consents in memory reads only what came since, and knows that he missed nothing.

What a consent opens, and whether it is lawful, is not said here (`queries.consent`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple, TypeVar

from sqlalchemy import (
    Boolean,
    Date,
    ForeignKey,
    Integer,
    Select,
    String,
    Text,
    func,
    insert,
    select,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from graph.errors import InputError, NotFoundError
from graph.identifiers.redaction import redacted
from graph.operations.consent_terms import (
    BEGUN,
    CONFIRMED,
    Channel,
    Consent,
    ConsentAct,
    ConsentTerms,
    Ending,
    Mode,
)
from graph.operations.event import EventKind, note_event
from graph.operations.responsible import responsible
from graph.operations.store import Instant, OperationsStore, Row

__all__ = ["Channel", "Consent", "ConsentAct", "ConsentTerms", "Consents", "Ending", "Mode", "News"]

T = TypeVar("T")

_LONGEST = 500
#: Rows of one statement: SQLite takes so many values and no more.
_AT_ONCE = 1_000


class _Consent(Row):
    __tablename__ = "consents"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    position: Mapped[int] = mapped_column(Integer, index=True)
    subject: Mapped[str] = mapped_column(String(128), index=True)
    institution: Mapped[str] = mapped_column(String(128), index=True)
    purpose: Mapped[str] = mapped_column(String(64))
    items: Mapped[str] = mapped_column(String(_LONGEST))
    mode: Mapped[str] = mapped_column(String(16))
    frequency: Mapped[str] = mapped_column(String(64))
    from_on: Mapped[date] = mapped_column(Date)
    to_on: Mapped[date] = mapped_column(Date)
    text_sha256: Mapped[str] = mapped_column(ForeignKey("consent_texts.sha256"))
    channel: Mapped[str] = mapped_column(String(16))
    evidence_sha256: Mapped[str | None] = mapped_column(String(64))
    sensitive_tick: Mapped[bool] = mapped_column(Boolean)
    onward_tick: Mapped[bool] = mapped_column(Boolean)
    guardian: Mapped[str | None] = mapped_column(String(64))
    replaces: Mapped[int | None] = mapped_column(ForeignKey("consents.number"))
    registered_by: Mapped[str] = mapped_column(String(64))
    registered_at: Mapped[datetime] = mapped_column(Instant)


class _Text(Row):
    __tablename__ = "consent_texts"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    version: Mapped[str] = mapped_column(String(16))
    text: Mapped[str] = mapped_column(Text)


class _Act(Row):
    __tablename__ = "consent_acts"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    position: Mapped[int] = mapped_column(Integer, index=True)
    consent: Mapped[int] = mapped_column(ForeignKey("consents.number"), index=True)
    act: Mapped[str] = mapped_column(String(16))
    how: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(String(_LONGEST))
    by: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(Instant)


class _Position(Row):
    __tablename__ = "consent_positions"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    position: Mapped[int] = mapped_column(Integer)


class ConsentNews(NamedTuple):
    """A consent that came; `items` as codes joined by commas."""

    number: int
    subject: str
    institution: str
    purpose: str
    items: str
    from_on: date
    to_on: date
    sensitive_tick: bool
    onward_tick: bool
    channel: str
    mode: str
    position: int


class ActNews(NamedTuple):
    """Something that was done with one."""

    consent: int
    act: str
    at: datetime
    position: int


@dataclass(frozen=True)
class News:
    """What came after a position; `position`: of the last of it."""

    position: int
    consents: Sequence[ConsentNews]
    acts: Sequence[ActNews]


class Consents:
    """Register, confirm, revoke, use up, and look up."""

    def __init__(self, store: OperationsStore) -> None:
        self._store = store

    def keep_text(self, sha256: str, version: str, text: str) -> None:
        """Keep a text that consents were given to; the same again changes nothing."""
        with self._store.transaction() as session:
            if session.get(_Text, sha256) is None:
                session.add(_Text(sha256=sha256, version=version, text=text))

    def text(self, sha256: str) -> str:
        """A kept text; raises `NotFoundError`."""
        with self._store.reading() as session:
            row = session.get(_Text, sha256)
            if row is None:
                raise _unknown()
            return row.text

    def register(
        self, terms: ConsentTerms, *, by: str, at: datetime, replaces: int | None = None
    ) -> Consent:
        """Note a consent; what it replaces ends with the same transaction.

        Raises `InputError` (`user_missing`, `consent_ended`: what it would replace is over, or is of
        somebody else), and `NotFoundError`.
        """
        who = responsible(by, "登记")
        with self._store.transaction() as session:
            position = _next(session)
            if replaces is not None:
                before = _found(session, replaces)
                if (before.terms.subject, before.terms.institution) != (
                    terms.subject,
                    terms.institution,
                ) or before.ending(at):
                    raise _ended()
                self._end(session, before, Ending.REPLACED, "变更", "", who, at, position)
            values = _values(terms, who, at, position, replaces)
            row = _Consent(**values)
            session.add(row)
            session.flush()
            return _consent(row, [], terms.text_version)

    def register_many(self, every: Iterable[ConsentTerms], *, by: str, at: datetime) -> int:
        """Note many at once, as a bank hands them over; returns how many.

        Raises `InputError` (`user_missing`).
        """
        who = responsible(by, "登记")
        with self._store.transaction() as session:
            position = _next(session)
            rows = [_values(terms, who, at, position, None) for terms in every]
            for begin in range(0, len(rows), _AT_ONCE):
                session.execute(insert(_Consent), rows[begin : begin + _AT_ONCE])
        return len(rows)

    def confirm(self, number: int, *, by: str, at: datetime) -> Consent:
        """A second person has looked at the paper; a second time changes nothing.

        Raises `NotFoundError`, and `InputError` (`user_missing`, `second_person`, `consent_ended`).
        """
        who = responsible(by, "复核")
        with self._store.transaction() as session:
            held = _found(session, number)
            if held.is_confirmed(at):
                return held
            if held.ending(at):
                raise _ended()
            if who == held.registered_by:
                raise InputError(
                    "纸质授权须由登记人以外的另一人复核。",
                    "Who registered a paper cannot confirm it: a second person must.",
                    code="second_person",
                )
            _act(session, number, CONFIRMED, "复核", "", who, at, _next(session))
            return _found(session, number)

    def revoke(self, number: int, *, how: str, reason: str = "", by: str, at: datetime) -> Consent:
        """End a consent at the subject's wish; what has ended stays as it is.

        Args:
            how: by which way: window, online, paper, in words of ours.

        Raises `NotFoundError`, and `InputError` (`user_missing`).
        """
        return self._over(number, Ending.REVOKED, how, reason, by, at)

    def use(self, number: int, *, reason: str, by: str, at: datetime) -> Consent:
        """A consent for once was used, for what; raises as `revoke`, and `InputError`
        (`consent_continuous`) for one that is for its whole time."""
        with self._store.reading() as session:
            if _found(session, number).terms.mode != Mode.ONCE:
                raise InputError(
                    "这份授权在有效期内可以持续使用，不必登记使用。",
                    "This consent is for its whole time: using it does not end it.",
                    code="consent_continuous",
                )
        return self._over(number, Ending.USED, "使用", reason, by, at)

    def begin(self, numbers: Iterable[int], *, by: str, at: datetime) -> list[int]:
        """Note that the use of consents for once begins with an answer; returns those of which it did.

        Of two at once one begins it.  What is for its whole time, has ended or was begun stays as it is.
        """
        with self._store.transaction() as session:
            position = _next(session)
            wanted = list(numbers)
            held = [
                one
                for start in range(0, len(wanted), _AT_ONCE)
                for one in _some(session, wanted[start : start + _AT_ONCE])
            ]
            begun = [
                one.number
                for one in held
                if one.terms.mode == Mode.ONCE and one.first_use() is None and not one.ending(at)
            ]
            for number in begun:
                _act(session, number, BEGUN, "查询", "", by[:64], at, position)
            return begun

    def find(self, number: int) -> Consent:
        """One consent; raises `NotFoundError`."""
        with self._store.reading() as session:
            return _found(session, number)

    def of(
        self,
        *,
        subject: str | None = None,
        institution: str | None = None,
        limit: int = 50,
        offset: int = 0,
    ) -> list[Consent]:
        """Consents of a subject, to an institution, the newest first."""
        query = select(_Consent).order_by(_Consent.number.desc()).limit(limit).offset(offset)
        with self._store.reading() as session:
            return _consents(session, session.scalars(_of(query, subject, institution)).all())

    def count(self, *, subject: str | None = None, institution: str | None = None) -> int:
        """How many `of` there are in all."""
        query = select(func.count()).select_from(_Consent)
        with self._store.reading() as session:
            return session.scalar(_of(query, subject, institution)) or 0

    def position(self) -> int:
        """Position of the last transaction."""
        with self._store.reading() as session:
            return _last(session)

    def since(self, position: int) -> News | None:
        """What came after a position, of one state of the store; None where nothing did."""
        with self._store.reading() as session:
            last = _last(session)
            if last == position:
                return None
            columns = [getattr(_Consent, name) for name in ConsentNews._fields]
            rows = session.execute(select(*columns).where(_Consent.position > position))
            told = select(_Act.consent, _Act.act, _Act.at, _Act.position)
            acts = session.execute(told.where(_Act.position > position).order_by(_Act.number))
            return News(last, [ConsentNews(*row) for row in rows], [ActNews(*row) for row in acts])

    def _over(
        self, number: int, ending: Ending, how: str, reason: str, by: str, at: datetime
    ) -> Consent:
        who = responsible(by, "办理")
        with self._store.transaction() as session:
            held = _found(session, number)
            if held.ending(at) is None:
                self._end(session, held, ending, how, reason, who, at, _next(session))
            return _found(session, number)

    def _end(
        self,
        session: Session,
        held: Consent,
        ending: Ending,
        how: str,
        reason: str,
        who: str,
        at: datetime,
        position: int,
    ) -> None:
        _act(session, held.number, ending, how, reason, who, at, position)
        if ending is Ending.REVOKED:
            note_event(
                session, EventKind.CONSENT_REVOKED, held.terms.subject,
                about=f"consent:{held.number}", institution=held.terms.institution, at=at,
            )  # fmt: skip


def _act(
    session: Session, consent: int, act: str, how: str, reason: str, by: str, at: datetime, position: int
) -> None:  # fmt: skip
    session.add(
        _Act(
            position=position,
            consent=consent,
            act=str(act),
            how=redacted(how.strip())[:64],
            reason=redacted(reason.strip())[:_LONGEST],
            by=by,
            at=at,
        )
    )
    session.flush()


def _next(session: Session) -> int:
    """The position of this transaction."""
    row = session.get(_Position, 1)
    if row is None:
        row = _Position(id=1, position=0)
        session.add(row)
    row.position += 1
    session.flush()
    return row.position


def _last(session: Session) -> int:
    return session.scalar(select(_Position.position).where(_Position.id == 1)) or 0


def _values(
    terms: ConsentTerms, by: str, at: datetime, position: int, replaces: int | None
) -> dict[str, object]:
    same = {name: getattr(terms, name) for name in _SAME}
    return {
        **same,
        "items": ",".join(terms.items),
        "mode": str(terms.mode),
        "channel": str(terms.channel),
        "position": position,
        "replaces": replaces,
        "registered_by": by,
        "registered_at": at,
    }


#: Fields that terms and their row have alike.
_SAME = (
    "subject", "institution", "purpose", "frequency", "from_on", "to_on", "text_sha256",
    "evidence_sha256", "sensitive_tick", "onward_tick", "guardian",
)  # fmt: skip


def _found(session: Session, number: int) -> Consent:
    row = session.get(_Consent, number)
    if row is None:
        raise _unknown()
    return _consents(session, [row])[0]


def _some(session: Session, numbers: Sequence[int]) -> list[Consent]:
    rows = session.scalars(select(_Consent).where(_Consent.number.in_(numbers)))
    return _consents(session, rows.all())


def _consents(session: Session, rows: Sequence[_Consent]) -> list[Consent]:
    acts: dict[int, list[ConsentAct]] = {row.number: [] for row in rows}
    query = select(_Act).where(_Act.consent.in_(acts)).order_by(_Act.number)
    for act in session.scalars(query):
        told = ConsentAct(act.act, act.how, act.reason, act.by, act.at)
        acts[act.consent].append(told)
    texts = select(_Text.sha256, _Text.version)
    texts = texts.where(_Text.sha256.in_({row.text_sha256 for row in rows}))
    versions = {row.sha256: row.version for row in session.execute(texts)}
    return [_consent(row, acts[row.number], versions[row.text_sha256]) for row in rows]


def _consent(row: _Consent, acts: Sequence[ConsentAct], version: str) -> Consent:
    same = {name: getattr(row, name) for name in _SAME}
    terms = ConsentTerms(
        **same,
        items=tuple(row.items.split(",")) if row.items else (),
        mode=Mode(row.mode),
        channel=Channel(row.channel),
        text_version=version,
    )
    return Consent(
        row.number, terms, row.replaces, row.registered_by, row.registered_at, tuple(acts)
    )


def _of(query: Select[T], subject: str | None, institution: str | None) -> Select[T]:
    if subject is not None:
        query = query.where(_Consent.subject == subject)
    return query if institution is None else query.where(_Consent.institution == institution)


def _unknown() -> NotFoundError:
    return NotFoundError(
        "没有这份授权。请核对编号。", "There is no such consent.", code="consent_unknown"
    )


def _ended() -> InputError:
    return InputError(
        "这份授权已经结束，或者不是同一主体、同一机构的，不能再办理。请核对编号。",
        "That consent is over, or is of another subject or institution.",
        code="consent_ended",
    )

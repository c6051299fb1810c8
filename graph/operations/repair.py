"""Cases about a public record: repair, objection, annulment, court-approved shielding, expiry.

A case is its acts, each by a named person, and goes forward only.  Where rights are touched (a
repair, an annulment, a shielding, publication beyond its term) it takes two persons; that the
second is another than the first the store sees to itself.  Which terms and conditions there are is
law and not known here (`queries.lawful.repair`); what follows for readers of the record is carried
into the log (`ingest.repair`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Integer, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from graph import time
from graph.errors import InputError, NotFoundError
from graph.identifiers.redaction import redacted
from graph.operations.repair_moves import (
    ACTS,
    KINDS,
    MOVES,
    SECOND,
    STATES,
    TOLD,
    CaseKind,
    moves,
)
from graph.operations.responsible import responsible
from graph.operations.store import Instant, OperationsStore, Row

__all__ = ["Act", "Case", "RepairCases"]

_MOST_TEXT = 500


class _Case(Row):
    __tablename__ = "record_cases"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    kind: Mapped[str] = mapped_column(String(16), index=True)
    record_kind: Mapped[str] = mapped_column(String(32))
    record: Mapped[str] = mapped_column(String(255), index=True)
    state: Mapped[str] = mapped_column(String(24), index=True)


class _Act(Row):
    __tablename__ = "record_case_acts"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    case_number: Mapped[int] = mapped_column(ForeignKey("record_cases.number"), index=True)
    act: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(24))
    by: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(Instant)
    reason: Mapped[str] = mapped_column(String(500))
    content: Mapped[dict[str, Any]] = mapped_column(JSON)


@dataclass(frozen=True)
class Act:
    """One act; `state` is that of the case since, `content` what was stated with it."""

    number: int
    act: str
    state: str
    by: str
    at: time.Instant
    reason: str
    content: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Case:
    """One case: about which record, and its acts, the oldest first."""

    number: int
    kind: str
    record_kind: str
    record: str
    state: str
    acts: tuple[Act, ...]

    @property
    def open(self) -> bool:
        """Whether some act is still to come besides acknowledgements."""
        return bool(self.next_acts)

    @property
    def next_acts(self) -> tuple[str, ...]:
        """The acts that may come next, without acknowledgements."""
        return moves(self.kind, self.state)

    def last(self, act: str) -> Act | None:
        """The last act of a name; None where there was none."""
        return next((item for item in reversed(self.acts) if item.act == act), None)

    def stated(self, name: str) -> Any:
        """What was stated last under a name, in any act; None where nobody stated it."""
        for item in reversed(self.acts):
            if item.content.get(name) is not None:
                return item.content[name]
        return None


class RepairCases:
    """Open cases, act on them, find them; nothing is ever changed or removed."""

    def __init__(self, store: OperationsStore) -> None:
        self._store = store

    def open(
        self, kind: CaseKind, record_kind: str, record: str, *, by: str, at: datetime,
        reason: str = "", content: Mapping[str, Any] | None = None,
    ) -> Case:  # fmt: skip
        """Open a case about a record with its first act.

        Raises `InputError`: `case_open` where one of that kind is open about the record,
        `user_missing`.
        """
        [act] = moves(kind, "")
        with self._store.transaction() as session:
            held = select(_Case).where(_Case.record == record, _Case.kind == kind)
            for row in session.scalars(held):
                if moves(row.kind, row.state):
                    raise InputError(
                        f"这条记录已有办理中的{KINDS[kind]}（第 {row.number} 号），请在该件中继续办理。",
                        f"Case {row.number} about the record is open: go on there.",
                        code="case_open",
                    )
            row = _Case(
                kind=kind, record_kind=record_kind, record=record, state=MOVES[kind]["", act]
            )
            session.add(row)
            session.flush()
            _add(session, row, act, by, at, reason, content or {})
            return _value(session, row)

    def act(
        self, number: int, act: str, *, by: str, at: datetime, reason: str = "",
        content: Mapping[str, Any] | None = None,
    ) -> Case:  # fmt: skip
        """Go one step forward.

        Raises `NotFoundError` (`case_unknown`); `InputError`: `case_step` for an act that does not
        come next, `two_persons` for its own proposer, `user_missing`, `reason_missing`.
        """
        with self._store.transaction() as session:
            row = session.get(_Case, number)
            if row is None:
                raise _unknown()
            state = MOVES[row.kind].get((row.state, act))
            if act == "acknowledge" and row.state in TOLD:
                state = row.state
            if state is None:
                coming = "、".join(ACTS[item] for item in moves(row.kind, row.state)) or "无"
                raise InputError(
                    f"该件现为“{STATES[row.state]}”，不能办理“{ACTS.get(act, act)}”。下一步可办理：{coming}。",
                    f"The case is {row.state}: {act} does not come next.",
                    code="case_step",
                )
            if act in SECOND and _same(_last(session, number).by, by):
                raise InputError(
                    "拟定人不能批准自己拟定的决定，请另一位有权人员办理。",
                    "The proposer cannot approve: another person must.",
                    code="two_persons",
                )
            row.state = state
            _add(session, row, act, by, at, reason, content or {})
            return _value(session, row)

    def find(self, number: int) -> Case:
        """One case; raises `NotFoundError`."""
        with self._store.reading() as session:
            row = session.get(_Case, number)
            if row is None:
                raise _unknown()
            return _value(session, row)

    def all(self) -> list[Case]:
        """Every case, by number."""
        with self._store.reading() as session:
            acts: dict[int, list[Act]] = {}
            for row in session.scalars(select(_Act).order_by(_Act.number)):
                acts.setdefault(row.case_number, []).append(_act(row))
            return [
                _case(row, acts[row.number])
                for row in session.scalars(select(_Case).order_by(_Case.number))
            ]

    def about(self, record: str) -> list[Case]:
        """Cases about a record, by number."""
        return [item for item in self.all() if item.record == record]


def _add(
    session: Session, row: _Case, act: str, by: str, at: datetime, reason: str,
    content: Mapping[str, Any],
) -> None:  # fmt: skip
    session.add(
        _Act(
            case_number=row.number,
            act=act,
            state=row.state,
            by=responsible(by, ACTS[act]),
            at=at,
            reason=_text(reason),
            content={name: _clean(value) for name, value in content.items() if value},
        )
    )
    session.flush()


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Mapping):
        return {name: _clean(item) for name, item in value.items() if item}
    return [_clean(item) for item in value] if isinstance(value, list | tuple) else value


def _text(text: str) -> str:
    if len(text) > _MOST_TEXT:
        raise InputError(
            f"说明请不超过 {_MOST_TEXT} 字。",
            f"The text has more than {_MOST_TEXT} characters.",
            code="reason_long",
        )
    # kept for ever, whatever the number's check digit says
    return redacted(text.strip(), strict=False)


def _same(one: str, other: str) -> bool:
    return redacted(one.strip()).casefold() == redacted(other.strip()).casefold()


def _last(session: Session, number: int) -> _Act:
    query = select(_Act).where(_Act.case_number == number).order_by(_Act.number.desc()).limit(1)
    return session.scalars(query).one()


def _value(session: Session, row: _Case) -> Case:
    query = select(_Act).where(_Act.case_number == row.number).order_by(_Act.number)
    return _case(row, [_act(item) for item in session.scalars(query)])


def _case(row: _Case, acts: list[Act]) -> Case:
    return Case(row.number, row.kind, row.record_kind, row.record, row.state, tuple(acts))


def _act(row: _Act) -> Act:
    return Act(row.number, row.act, row.state, row.by, row.at, row.reason, dict(row.content))


def _unknown() -> NotFoundError:
    return NotFoundError(
        "没有这个办理件。请核对编号。", "There is no case of that number.", code="case_unknown"
    )

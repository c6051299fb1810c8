"""Visits (走访): what an officer found where a household lives, told once, from a telephone as from paper.

The form carries a number of its own: sent twice, over a bad line or by two taps, it is one visit; with
another content under the same number it is refused.  Nothing is changed afterwards: a second visit is a
second one.  What is wanted becomes a demand of the financing loop by an act of its own (`demand`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import JSON, BigInteger, Date, Integer, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from graph import time
from graph.errors import InputError, NotFoundError
from graph.identifiers.redaction import redacted, redacted_name
from graph.operations.financing_rows import act_digest
from graph.operations.responsible import responsible
from graph.operations.store import Instant, OperationsStore, Row

__all__ = ["OUTCOMES", "Seen", "Visit", "Visits"]

#: What came of a visit.
OUTCOMES: Final = {
    "met": "见到本人", "wants": "有贷款意愿", "not_interested": "没有意愿", "not_home": "不在家",
}  # fmt: skip

_MOST_PAPERS, _MOST_MONTHS, _MOST_FEN = 10, 600, 10**13
_NUMBER, _NAME, _PURPOSE, _NOTES = 50, 60, 200, 500


class _Visit(Row):
    __tablename__ = "visits"
    # a number that was deleted is never given again: demands are registered under it
    __table_args__ = (
        UniqueConstraint("institution", "reference"),
        {"sqlite_autoincrement": True},
    )

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    institution: Mapped[str] = mapped_column(String(128), index=True)
    reference: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(String(128), index=True)
    village: Mapped[str] = mapped_column(String(64))
    outcome: Mapped[str] = mapped_column(String(16))
    amount_fen: Mapped[int | None] = mapped_column(BigInteger)
    months: Mapped[int | None] = mapped_column(Integer)
    purpose: Mapped[str] = mapped_column(String(_PURPOSE))
    papers: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    visited_on: Mapped[date] = mapped_column(Date)
    next_on: Mapped[date | None] = mapped_column(Date)
    notes: Mapped[str] = mapped_column(String(_NOTES))
    by: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime] = mapped_column(Instant)
    demand: Mapped[int | None] = mapped_column(Integer)


@dataclass(frozen=True)
class Seen:
    """A paper that was looked at: which, its number, its date, who issued it; empty where it said none."""

    kind: str
    number: str = ""
    on: date | None = None
    issuer: str = ""


@dataclass(frozen=True)
class Visit:
    """One.

    Attributes:
        institution: for whom it was made.
        outcome: a code of `OUTCOMES`.
        amount_fen, months, purpose: what is wanted, where somebody said so.
        next_on: when to come again; None where nothing was agreed.
        demand: number of the demand that it became; None while it became none.
    """

    number: int
    institution: str
    subject: str
    village: str
    outcome: str
    amount_fen: int | None
    months: int | None
    purpose: str
    papers: tuple[Seen, ...]
    visited_on: date
    next_on: date | None
    notes: str
    by: str
    made_at: time.Instant
    demand: int | None


class Visits:
    """Keep them, find them, note what one became."""

    def __init__(self, store: OperationsStore) -> None:
        self._store = store

    def keep(
        self, subject: str, *, institution: str, reference: str, outcome: str, visited_on: date,
        by: str, at: datetime, village: str = "", amount_fen: int | None = None,
        months: int | None = None, purpose: str = "", papers: Sequence[Seen] = (),
        next_on: date | None = None, notes: str = "",
    ) -> Visit:  # fmt: skip
        """Keep one; free text loses numbers of persons before it is kept.

        Raises `InputError` (`visit_terms`, `reference_reused`, `user_missing`).
        """
        who, day = responsible(by, "走访"), time.day_of(at)
        if outcome not in OUTCOMES:
            raise _wrong("请选择走访结果")
        if visited_on > day:
            raise _wrong("走访日期不能晚于今天")
        if next_on is not None and next_on < visited_on:
            raise _wrong("下次走访日期不能早于本次")
        if outcome == "wants" and (amount_fen is None or not purpose.strip()):
            raise _wrong("有贷款意愿的，请写明金额和用途")
        if amount_fen is not None and not 0 < amount_fen <= _MOST_FEN:
            raise _wrong("金额须大于零")
        if months is not None and not 0 < months <= _MOST_MONTHS:
            raise _wrong(f"期限请写 1 至 {_MOST_MONTHS} 个月")
        if len(papers) > _MOST_PAPERS:
            raise _wrong(f"材料最多 {_MOST_PAPERS} 份")
        stated: dict[str, Any] = {
            "subject": subject, "village": village[:64], "outcome": outcome,
            "amount_fen": amount_fen, "months": months,
            "purpose": redacted(purpose.strip(), strict=False)[:_PURPOSE],
            "papers": [_kept(paper, day) for paper in papers],
            "visited_on": visited_on, "next_on": next_on,
            "notes": redacted(notes.strip(), strict=False)[:_NOTES],
        }  # fmt: skip
        digest = act_digest("visit", None, "", stated)
        number = _reference(reference)
        query = select(_Visit).where(_Visit.institution == institution, _Visit.reference == number)
        with self._store.transaction() as session:
            held = session.scalars(query).first()
            if held is not None:
                if held.digest != digest:
                    raise InputError(
                        "这张表已经提交过，内容不同。请从走访名单重新打开表单再填。",
                        "That form was sent before and said something else.",
                        code="reference_reused",
                    )
                return _value(held)
            row = _Visit(
                institution=institution, reference=number, digest=digest, by=who, made_at=at,
                demand=None, **stated,
            )  # fmt: skip
            session.add(row)
            session.flush()
            return _value(row)

    def find(self, number: int) -> Visit:
        """One; raises `NotFoundError`."""
        with self._store.reading() as session:
            row = session.get(_Visit, number)
            if row is None:
                raise _none()
            return _value(row)

    def of(self, institution: str | None, *, subject: str | None = None) -> list[Visit]:
        """Those of an institution (None: of all), the newest first; of one subject where it is named."""
        query = select(_Visit).order_by(_Visit.visited_on.desc(), _Visit.number.desc())
        if institution is not None:
            query = query.where(_Visit.institution == institution)
        if subject is not None:
            query = query.where(_Visit.subject == subject)
        with self._store.reading() as session:
            return [_value(row) for row in session.scalars(query)]

    def became(self, number: int, demand: int) -> None:
        """Note which demand a visit became; once; raises `NotFoundError`."""
        with self._store.transaction() as session:
            row = session.get(_Visit, number)
            if row is None:
                raise _none()
            if row.demand is None:
                row.demand = demand


def _kept(paper: Seen, today: date) -> Mapping[str, Any]:
    if not paper.kind.strip():
        raise _wrong("请选择看到的是什么材料")
    if paper.on is not None and paper.on > today:
        raise _wrong("材料日期不能晚于今天")
    return {
        "kind": redacted_name(paper.kind.strip())[:_NAME],
        # kept for years, whatever the check digit of a number says
        "number": redacted(paper.number.strip(), strict=False)[:_NUMBER],
        "on": None if paper.on is None else paper.on.isoformat(),
        "issuer": redacted_name(paper.issuer.strip())[:_NAME],
    }


def _value(row: _Visit) -> Visit:
    values = {name: getattr(row, name) for name in Visit.__dataclass_fields__}
    papers = tuple(
        Seen(
            one["kind"],
            one["number"],
            date.fromisoformat(one["on"]) if one["on"] else None,
            one["issuer"],
        )
        for one in row.papers
    )
    return Visit(**{**values, "papers": papers})


def _reference(reference: str) -> str:
    text = reference.strip()
    if not 0 < len(text) <= 64 or not text.isascii() or not text.isprintable():
        raise _wrong("表单编号缺失，请重新打开表单")
    return text


def _wrong(what: str) -> InputError:
    return InputError(
        f"{what}。没有登记任何内容。", "The terms of the visit do not hold.", code="visit_terms"
    )


def _none() -> NotFoundError:
    return NotFoundError("没有这次走访记录。", "There is no such visit.", code="visit_unknown")

"""Rows of the financing loop and their values: demands, applications, drawdowns, acts, papers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Date, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from graph import time
from graph.operations.store import Instant, Row

__all__ = [
    "MOST_TEXT",
    "ActRow",
    "CaseRow",
    "DemandRow",
    "DrawdownRow",
    "FinancingAct",
    "FinancingCase",
    "FinancingDemand",
    "FinancingDrawdown",
    "act_digest",
    "act_of",
    "case_of",
    "demand_of",
    "drawdown_of",
]

#: Characters of a reason or note: the strictest of the platforms in use takes three hundred.
MOST_TEXT = 300


class DemandRow(Row):
    __tablename__ = "financing_demands"
    __table_args__ = (UniqueConstraint("channel", "reference"),)

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    channel: Mapped[str] = mapped_column(String(64))
    reference: Mapped[str] = mapped_column(String(96))
    subject: Mapped[str] = mapped_column(String(128), index=True)
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    months: Mapped[int] = mapped_column(Integer)
    purpose: Mapped[str] = mapped_column(String(200))
    security_kinds: Mapped[list[str]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(16), index=True)
    made_at: Mapped[datetime] = mapped_column(Instant)
    changed_at: Mapped[datetime] = mapped_column(Instant)


class CaseRow(Row):
    __tablename__ = "financing_cases"
    __table_args__ = (UniqueConstraint("demand", "institution"),)

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    demand: Mapped[int] = mapped_column(ForeignKey("financing_demands.number"), index=True)
    institution: Mapped[str] = mapped_column(String(128), index=True)
    product: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(16), index=True)
    made_at: Mapped[datetime] = mapped_column(Instant)
    changed_at: Mapped[datetime] = mapped_column(Instant)
    line_no: Mapped[str | None] = mapped_column(String(50))
    credit_fen: Mapped[int | None] = mapped_column(BigInteger)
    credit_from: Mapped[date | None] = mapped_column(Date)
    credit_to: Mapped[date | None] = mapped_column(Date)
    rate_ppm: Mapped[int | None] = mapped_column(Integer)
    security_kind: Mapped[str | None] = mapped_column(String(32))
    contract_no: Mapped[str | None] = mapped_column(String(50))
    refusal: Mapped[str | None] = mapped_column(String(32))
    disbursed_fen: Mapped[int] = mapped_column(BigInteger)
    repaid_fen: Mapped[int] = mapped_column(BigInteger)


class DrawdownRow(Row):
    __tablename__ = "financing_drawdowns"
    __table_args__ = (UniqueConstraint("institution", "note_no"),)

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    case_number: Mapped[int] = mapped_column(ForeignKey("financing_cases.number"), index=True)
    institution: Mapped[str] = mapped_column(String(128))
    note_no: Mapped[str] = mapped_column(String(50))
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    disbursed_on: Mapped[date] = mapped_column(Date)
    due_on: Mapped[date] = mapped_column(Date)
    rate_ppm: Mapped[int] = mapped_column(Integer)
    stated_first: Mapped[str | None] = mapped_column(String(16))
    checked_first: Mapped[str] = mapped_column(String(16))
    repaid_fen: Mapped[int] = mapped_column(BigInteger)
    overdue_days: Mapped[int] = mapped_column(Integer)
    stated_on: Mapped[date] = mapped_column(Date)
    settled_on: Mapped[date | None] = mapped_column(Date)


class ActRow(Row):
    __tablename__ = "financing_acts"
    __table_args__ = (UniqueConstraint("institution", "reference"),)

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    demand: Mapped[int] = mapped_column(ForeignKey("financing_demands.number"), index=True)
    case_number: Mapped[int | None] = mapped_column(
        ForeignKey("financing_cases.number"), index=True
    )
    institution: Mapped[str] = mapped_column(String(128))
    reference: Mapped[str] = mapped_column(String(96))
    digest: Mapped[str] = mapped_column(String(64))
    act: Mapped[str] = mapped_column(String(24))
    state: Mapped[str] = mapped_column(String(16))
    by: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(Instant)
    reason: Mapped[str] = mapped_column(String(MOST_TEXT))
    content: Mapped[dict[str, Any]] = mapped_column(JSON)


@dataclass(frozen=True)
class FinancingDemand:
    """What somebody asks for, as it came.

    Attributes:
        channel, reference: who brought it, and its number there; of one number there is one demand.
        security_kinds: what the applicant can offer, in codes of `Loan.security_kind`.
    """

    number: int
    channel: str
    reference: str
    subject: str
    amount_fen: int
    months: int
    purpose: str
    security_kinds: tuple[str, ...]
    state: str
    made_at: time.Instant
    changed_at: time.Instant


@dataclass(frozen=True)
class FinancingCase:
    """A demand at one institution.

    Attributes:
        line_no, credit_fen, credit_from, credit_to, rate_ppm, security_kind: of the credit; the rate
            is a year's, in parts of a million (4.35 % is 43 500); None until it is granted.
        refusal: code of the reason; None where it was not refused.
        disbursed_fen, repaid_fen: sums over the drawdowns.
        changed_at: since when it is in its state.
    """

    number: int
    demand: int
    institution: str
    product: str
    state: str
    made_at: time.Instant
    changed_at: time.Instant
    line_no: str | None
    credit_fen: int | None
    credit_from: date | None
    credit_to: date | None
    rate_ppm: int | None
    security_kind: str | None
    contract_no: str | None
    refusal: str | None
    disbursed_fen: int
    repaid_fen: int


@dataclass(frozen=True)
class FinancingDrawdown:
    """One loan note under a credit.

    Attributes:
        stated_first: what the institution says of a first loan (`first`, `not_first`); None: nothing.
        checked_first: what the records said on that day (`yes`, `no`, `unknown`).  Neither changes
            the other.
        stated_on: of which day repaid and overdue are.
    """

    number: int
    case_number: int
    institution: str
    note_no: str
    amount_fen: int
    disbursed_on: date
    due_on: date
    rate_ppm: int
    stated_first: str | None
    checked_first: str
    repaid_fen: int
    overdue_days: int
    stated_on: date
    settled_on: date | None


@dataclass(frozen=True)
class FinancingAct:
    """One act: who, when, why, what was stated, and the state since.

    Attributes:
        institution, reference: whose number it came under; of one number there is one act.
        digest: of what was stated, so that a number that comes twice can be told from one reused.
    """

    number: int
    demand: int
    case_number: int | None
    institution: str
    reference: str
    digest: str
    act: str
    state: str
    by: str
    at: time.Instant
    reason: str
    content: Mapping[str, Any]


def act_digest(act: str, place: int | None, reason: str, content: Mapping[str, Any]) -> str:
    """SHA-256 of what an act states."""
    stated = json.dumps(
        [act, place, reason, content], ensure_ascii=False, sort_keys=True, default=str
    )
    return hashlib.sha256(stated.encode()).hexdigest()


def demand_of(row: DemandRow) -> FinancingDemand:
    """The value of a row."""
    names = FinancingDemand.__dataclass_fields__
    values: dict[str, Any] = {name: getattr(row, name) for name in names}
    return FinancingDemand(**{**values, "security_kinds": (*row.security_kinds,)})


def case_of(row: CaseRow) -> FinancingCase:
    """The value of a row."""
    return FinancingCase(
        **{name: getattr(row, name) for name in FinancingCase.__dataclass_fields__}
    )


def drawdown_of(row: DrawdownRow) -> FinancingDrawdown:
    """The value of a row."""
    names = FinancingDrawdown.__dataclass_fields__
    return FinancingDrawdown(**{name: getattr(row, name) for name in names})


def act_of(row: ActRow) -> FinancingAct:
    """The value of a row."""
    return FinancingAct(**{name: getattr(row, name) for name in FinancingAct.__dataclass_fields__})

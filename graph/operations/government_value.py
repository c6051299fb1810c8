"""Values of the evaluation of public bodies that no fact here gives: entered by a named person.

A later entry stands for an earlier one; both stay.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, Integer, String, select
from sqlalchemy.orm import Mapped, mapped_column

from graph import time
from graph.errors import InputError
from graph.identifiers.redaction import redacted
from graph.operations.responsible import responsible
from graph.operations.store import Instant, OperationsStore, Row

__all__ = ["GovernmentValue", "GovernmentValues"]

_LONGEST = 500


class _Value(Row):
    __tablename__ = "government_values"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    year: Mapped[int] = mapped_column(Integer, index=True)
    body: Mapped[str] = mapped_column(String(128))
    indicator: Mapped[str] = mapped_column(String(64))
    numerator: Mapped[int] = mapped_column(BigInteger)
    denominator: Mapped[int | None] = mapped_column(BigInteger)
    evidence: Mapped[str] = mapped_column(String(_LONGEST))
    by: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(Instant)


@dataclass(frozen=True)
class GovernmentValue:
    """One entry.

    Attributes:
        body: key.  indicator: id of a line of the evaluation.
        denominator: None of a plain number.
        evidence: on which paper it stands.
    """

    number: int
    year: int
    body: str
    indicator: str
    numerator: int
    denominator: int | None
    evidence: str
    by: str
    at: time.Instant


class GovernmentValues:
    """Enter and read."""

    def __init__(self, store: OperationsStore) -> None:
        self._store = store

    def enter(
        self,
        year: int,
        body: str,
        indicator: str,
        *,
        numerator: int,
        denominator: int | None,
        evidence: str,
        by: str,
        at: datetime,
    ) -> GovernmentValue:
        """Add one; raises `InputError` (`user_missing`, `evidence_missing`)."""
        who, told = responsible(by, "填报"), redacted(evidence.strip())[:_LONGEST]
        if not told:
            raise InputError(
                "请写明数据出自哪份材料。", "Say from which paper it is.", code="evidence_missing"
            )
        with self._store.transaction() as session:
            row = _Value(
                year=year,
                body=body,
                indicator=indicator,
                numerator=numerator,
                denominator=denominator,
                evidence=told,
                by=who,
                at=at,
            )
            session.add(row)
            session.flush()
            return _value(row)

    def of(self, year: int) -> list[GovernmentValue]:
        """Every entry of a year, the oldest first."""
        query = select(_Value).where(_Value.year == year).order_by(_Value.number)
        with self._store.reading() as session:
            return [_value(row) for row in session.scalars(query)]


def _value(row: _Value) -> GovernmentValue:
    return GovernmentValue(
        **{name: getattr(row, name) for name in GovernmentValue.__dataclass_fields__}
    )

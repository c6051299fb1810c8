"""Indicators that nobody can compute: marked by hand, with evidence, author and time.

Nothing is changed or deleted: a later mark of the same indicator and period counts before an earlier
one, and one that was taken back counts no more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Float, String, select
from sqlalchemy.orm import Mapped, mapped_column

from graph import time
from graph.errors import InputError, NotFoundError
from graph.identifiers.redaction import redacted
from graph.operations.responsible import responsible
from graph.operations.store import Instant, OperationsStore, Row

__all__ = ["IndicatorValue", "IndicatorValues"]


class _Value(Row):
    __tablename__ = "indicator_values"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    edition: Mapped[str] = mapped_column(String(64))
    indicator: Mapped[str] = mapped_column(String(64), index=True)
    period: Mapped[str] = mapped_column(String(8))
    mark: Mapped[str] = mapped_column(String(16))
    value: Mapped[float | None] = mapped_column(Float)
    evidence: Mapped[str] = mapped_column(String(500))
    by: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(Instant)
    ended_by: Mapped[str | None] = mapped_column(String(64))
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_because: Mapped[str | None] = mapped_column(String(500))


@dataclass(frozen=True)
class IndicatorValue:
    """One mark.

    Attributes:
        edition, indicator, period: of which file, which line of it, and of which time.
        mark: `done`, `partly`, `not_done`, or `counted` with a `value`.
        ended_by: None while nobody took it back.
    """

    number: int
    edition: str
    indicator: str
    period: str
    mark: str
    value: float | None
    evidence: str
    by: str
    at: time.Instant
    ended_by: str | None
    ended_at: time.Instant | None
    ended_because: str | None


class IndicatorValues:
    """Mark, take back, list."""

    def __init__(self, store: OperationsStore) -> None:
        self._store = store

    def mark(
        self, edition: str, indicator: str, period: str, mark: str, value: float | None, *,
        evidence: str, by: str, at: datetime,
    ) -> IndicatorValue:  # fmt: skip
        """Mark one; raises `InputError` (`user_missing`, `evidence_missing`)."""
        who, told = responsible(by, "填报"), redacted(evidence.strip())[:500]
        if not told:
            raise InputError(
                "请写明依据的材料（文件、台账、截图的名称和编号）。",
                "Say on which evidence it stands.",
                code="evidence_missing",
            )
        with self._store.transaction() as session:
            row = _Value(
                edition=edition, indicator=indicator, period=period, mark=mark, value=value,
                evidence=told, by=who, at=at,
            )  # fmt: skip
            session.add(row)
            session.flush()
            return _value(row)

    def end(self, number: int, *, by: str, because: str, at: datetime) -> IndicatorValue:
        """Take one back; raises `NotFoundError`, `InputError` (`user_missing`, `reason_missing`)."""
        who, why = responsible(by, "撤销"), redacted(because.strip())[:500]
        if not why:
            raise InputError("请写明撤销的理由。", "Say why.", code="reason_missing")
        with self._store.transaction() as session:
            row = session.get(_Value, number)
            if row is None:
                raise NotFoundError(
                    "没有这条填报。请核对编号。", "There is no such mark.", code="mark_unknown"
                )
            if row.ended_at is None:
                row.ended_by, row.ended_at, row.ended_because = who, at, why
            return _value(row)

    def all(self) -> list[IndicatorValue]:
        """Every mark ever made, oldest first."""
        with self._store.reading() as session:
            return [_value(row) for row in session.scalars(select(_Value).order_by(_Value.number))]


def _value(row: _Value) -> IndicatorValue:
    names = IndicatorValue.__dataclass_fields__
    return IndicatorValue(**{name: getattr(row, name) for name in names})

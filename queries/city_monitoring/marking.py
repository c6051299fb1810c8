"""Marking by hand what nobody can compute: with evidence, author and time, and never by guess."""

from __future__ import annotations

from dataclasses import dataclass

from graph import time
from graph.errors import InputError, NotFoundError
from graph.operations import IndicatorValue, IndicatorValues, OperationsStore
from graph.time import utc_now
from queries.city_monitoring.edition import Indicator, city_edition

__all__ = ["Mark", "mark_indicator", "marks_of", "unmark_indicator"]


@dataclass(frozen=True)
class Mark:
    """A mark that counts: what was found, on which evidence, by whom and when."""

    number: int
    mark: str
    mark_label: str
    value: float | None
    evidence: str
    by: str
    at: time.Instant


def mark_indicator(
    store: OperationsStore, indicator: str, period: str, mark: str, *,
    value: float | None = None, evidence: str, by: str,
) -> IndicatorValue:  # fmt: skip
    """Mark an indicator of a period; a later mark counts before an earlier one.

    Args:
        period: a month or quarter, `2026-03` or `2026-Q1`.
        value: of the mark `counted`, and of no other.

    Raises:
        NotFoundError: `indicator_unknown`.
        InputError: `indicator_computed`, `mark_wrong`, `user_missing`, `evidence_missing`.
    """
    book = city_edition()
    if _found(indicator).figures:
        raise InputError(
            "这项指标由系统计算，不能手工填报。数字不对的，请更正它背后的记录。",
            "This indicator is computed: correct the records behind it.",
            code="indicator_computed",
        )
    if mark not in book.marks or (mark == "counted") != (value is not None):
        raise InputError(
            f"请选择{'、'.join(book.marks.values())}；选“数值”的须填数值，其他的不填。",
            "A mark is one of the file's; a value stands with `counted` alone.",
            code="mark_wrong",
        )
    return IndicatorValues(store).mark(
        book.name, indicator, period, mark, value, evidence=evidence, by=by, at=utc_now()
    )


def unmark_indicator(
    store: OperationsStore, number: int, *, by: str, because: str
) -> IndicatorValue:
    """Take a mark back; raises `NotFoundError`, `InputError`."""
    return IndicatorValues(store).end(number, by=by, because=because, at=utc_now())


def marks_of(store: OperationsStore, period: str) -> dict[str, Mark]:
    """By indicator, the mark of a period that counts."""
    words = city_edition().marks
    return {
        one.indicator: Mark(
            one.number, one.mark, words.get(one.mark, one.mark), one.value, one.evidence, one.by, one.at
        )
        for one in IndicatorValues(store).all()
        if one.period == period and one.ended_at is None
    }  # fmt: skip


def _found(indicator: str) -> Indicator:
    found = city_edition().by_id.get(indicator)
    if found is None:
        raise NotFoundError(
            f"没有指标 {indicator}。", "There is no such indicator.", code="indicator_unknown"
        )
    return found

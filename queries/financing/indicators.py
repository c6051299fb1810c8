"""Figures of the loop, each with its numerator, its denominator and the rows it is counted from.

    需求, 推送, 授信, 放款   how many and for how much
    受理率, 授信率           of the applications that were pushed
    首贷户（机构申报）       subjects with a note of which the bank says that it is a first loan
    首贷户（记录可证实）     subjects with a note of which the records said so on its day
    信用贷款占比             unsecured, of what was disbursed
    逾期率                   of what is still owed, what is late

What a bank states and what the records say are two figures, and neither changes the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from graph.operations import FinancingBook, FinancingCase, FinancingDemand, FinancingDrawdown
from graph.operations.financing_moves import RANK
from graph.time import day_of

__all__ = ["LOOP_FIGURES", "LoopFigure", "loop_figures"]

LOOP_FIGURES: Final[Mapping[str, tuple[str, str]]] = {
    "demands": ("融资需求", "count"),
    "demanded_fen": ("需求金额", "fen"),
    "applications": ("推送申请", "count"),
    "accepted_ratio": ("受理率", "ratio"),
    "credits": ("授信笔数", "count"),
    "credit_fen": ("授信金额", "fen"),
    "credit_ratio": ("授信率", "ratio"),
    "disbursements": ("放款笔数", "count"),
    "disbursed_fen": ("放款金额", "fen"),
    "first_stated": ("首贷户（机构申报）", "count"),
    "first_checked": ("首贷户（记录可证实）", "count"),
    "first_disputed": ("申报首贷而库中有更早贷款", "count"),
    "unsecured_count_ratio": ("信用贷款占比（笔数）", "ratio"),
    "unsecured_fen_ratio": ("信用贷款占比（金额）", "ratio"),
    "overdue_ratio": ("逾期率（余额）", "ratio"),
}
#: Ratios of amounts; the others are of counts.
_OF_MONEY = {"unsecured_fen_ratio", "overdue_ratio"}


@dataclass(frozen=True)
class LoopFigure:
    """One figure.

    Attributes:
        value: a count, fen, or a ratio; None where it is a share of nothing.
        numerator, denominator: of a ratio.
        rows: numbers of the demands, applications or notes that are counted.
    """

    code: str
    label: str
    unit: str
    value: float | None
    numerator: int | None
    denominator: int | None
    rows: tuple[int, ...]

    @property
    def is_of_money(self) -> bool:
        """Whether what it is the ratio of is in fen."""
        return self.code in _OF_MONEY


def loop_figures(
    book: FinancingBook, begins: date, ends: date, *, institution: str | None = None
) -> tuple[LoopFigure, ...]:
    """Figures of demands, applications and notes of a period, both days included."""

    def within(day: date) -> bool:
        return begins <= day <= ends

    pairs = book.cases(institution=institution)
    cases = {case.number: (demand, case) for demand, case in pairs}
    every = book.demands() if institution is None else [demand for demand, _ in pairs]
    demands = {one.number: one for one in every if within(day_of(one.made_at))}
    pushed = [case for _, case in pairs if within(day_of(case.made_at))]
    notes = [
        note for note in book.drawdowns() if note.case_number in cases and within(note.disbursed_on)
    ]
    return tuple(_figures(demands.values(), pushed, notes, cases))


def _figures(
    demands: Iterable[FinancingDemand],
    pushed: list[FinancingCase],
    notes: list[FinancingDrawdown],
    cases: Mapping[int, tuple[FinancingDemand, FinancingCase]],
) -> Iterable[LoopFigure]:
    asked = list(demands)
    granted = [one for one in pushed if one.credit_fen is not None]
    taken = [one for one in pushed if RANK[one.state] > RANK["pushed"] and one.state != "withdrawn"]
    unsecured = [note for note in notes if cases[note.case_number][1].security_kind == "unsecured"]
    late = [note for note in notes if note.overdue_days]

    def subjects(chosen: Callable[[FinancingDrawdown], bool]) -> dict[str, int]:
        found: dict[str, int] = {}
        for note in notes:
            if chosen(note):
                found.setdefault(cases[note.case_number][0].subject, note.number)
        return found

    yield _count("demands", asked)
    yield _sum("demanded_fen", asked, (one.amount_fen for one in asked))
    yield _count("applications", pushed)
    yield _ratio("accepted_ratio", taken, len(taken), len(pushed))
    yield _count("credits", granted)
    yield _sum("credit_fen", granted, (one.credit_fen or 0 for one in granted))
    yield _ratio("credit_ratio", granted, len(granted), len(pushed))
    yield _count("disbursements", notes)
    yield _sum("disbursed_fen", notes, (note.amount_fen for note in notes))
    for code, chosen in _FIRSTS.items():
        found = subjects(chosen)
        yield _figure(code, len(found), None, None, found.values())
    yield _ratio("unsecured_count_ratio", unsecured, len(unsecured), len(notes))
    paid = sum(note.amount_fen for note in notes)
    yield _ratio("unsecured_fen_ratio", unsecured, sum(n.amount_fen for n in unsecured), paid)
    owed = sum(note.amount_fen - note.repaid_fen for note in notes)
    yield _ratio("overdue_ratio", late, sum(n.amount_fen - n.repaid_fen for n in late), owed)


_FIRSTS: Final[Mapping[str, Callable[[FinancingDrawdown], bool]]] = {
    "first_stated": lambda note: note.stated_first == "first",
    "first_checked": lambda note: note.checked_first == "yes",
    "first_disputed": lambda note: note.stated_first == "first" and note.checked_first == "no",
}


def _count(
    code: str, rows: list[FinancingDemand] | list[FinancingCase] | list[FinancingDrawdown]
) -> LoopFigure:
    return _figure(code, len(rows), None, None, (row.number for row in rows))


def _sum(
    code: str, rows: list[FinancingDemand] | list[FinancingCase] | list[FinancingDrawdown],
    amounts: Iterable[int],
) -> LoopFigure:  # fmt: skip
    return _figure(code, sum(amounts), None, None, (row.number for row in rows))


def _ratio(
    code: str, rows: list[FinancingCase] | list[FinancingDrawdown], over: int, under: int
) -> LoopFigure:
    value = over / under if under else None
    return _figure(code, value, over, under, (row.number for row in rows))


def _figure(
    code: str, value: float | None, over: int | None, under: int | None, rows: Iterable[int]
) -> LoopFigure:
    label, unit = LOOP_FIGURES[code]
    return LoopFigure(code, label, unit, value, over, under, tuple(sorted(rows)))

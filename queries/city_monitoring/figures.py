"""The figures that can be computed: each from the one function that already counts it elsewhere.

How a figure is formed stands beside it in Chinese: no edition's own definition is at hand.  A share of
nothing is None.  `rows` is the page on which what was counted can be looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias

import pyarrow.compute as pc
from pydantic import computed_field

from graph.operations import Case, OperationsStore, RepairCases
from graph.schema import SCHEMA
from graph.time import day_of
from queries.code_errors import CodeErrors, known_rounds, read_round
from queries.government.book import government_book
from queries.indicators import Rates
from queries.lawful import repair_law
from queries.lending import LendingTable, Period, lending_table
from queries.measures import OverreachAnswer, measure_register, used_incentives
from queries.published import published
from queries.reader import Reader
from queries.supervision.register import grade_counts
from queries.typical_cases import shown_cases
from queries.working_days import calendar_in_force

__all__ = ["FIGURES", "FIGURE_STATES", "CityFigure", "Told"]

Unit: TypeAlias = Literal["ratio", "count"]
FigureState: TypeAlias = Literal["computed", "not_applicable"]

#: How a figure stands -> in Chinese.  A share of nothing is neither nought nor whole.
FIGURE_STATES: Mapping[FigureState, str] = {
    "computed": "已计算", "not_applicable": "不适用（没有可计的对象）",
}  # fmt: skip

#: Code -> its name, its unit, and how it is formed.
FIGURES: Mapping[str, tuple[str, Unit, str]] = {
    "reporting": ("上报率", "ratio", "已报送÷应报送（台账）"),
    "compliance": ("合规率", "ratio", "通过校验÷提供"),
    "timeliness": ("及时率", "ratio", "按时÷能判断是否按时"),
    "entry": ("入库率", "ratio", "有效入库÷提供"),
    "code_errors_codes": ("重错码率（代码）", "ratio", "有问题的代码÷全部代码"),
    "code_errors_records": ("重错码率（记录）", "ratio", "用了问题代码的记录÷全部记录"),
    "code_corrections": ("重错码纠正率", "ratio", "已纠正的行÷各轮汇总表的行"),
    "first_rate_stated": ("首贷率（机构申报）", "ratio", "本期首贷户÷本期发放户，机构申报口径"),
    "first_rate_checked": ("首贷率（可证实）", "ratio", "记录可证实的首贷户÷本期发放户"),
    "unsecured_balance": ("信用贷款比例（余额）", "ratio", "信用贷款余额÷贷款余额，以分计"),
    "unsecured_units": ("信用贷款比例（户数）", "ratio", "有信用贷款的户÷有贷户"),
    "incentive_uses": ("守信激励使用次数", "count", "各场景现有使用记录"),
    "arrears_paid": ("到期账款已付清比例", "ratio", "已付清的合同÷到期的合同（机关、事业单位和国企）"),
    "honoured": ("有荣誉的组织占比", "ratio", "有有效荣誉的组织÷登记存续的组织"),
    "typical_cases": ("公开中的典型案例", "count", "已批准、未到期、记录仍在公示"),
    "promises_kept": ("政务承诺履行率", "ratio", "已履行÷已履行和未履行；情况不明的不计"),
    "graded_subjects": ("有监管等级的主体", "count", "施行中的分级监管等级"),
    "lawful_measures": ("有依据的惩戒措施", "ratio", "逐项核对成立的÷实施中的"),
    "overreach": ("不当的惩戒措施", "ratio", "不当的÷实施中的；越低越好"),
    "repairs_in_time": ("修复按期办结率", "ratio", "期限内受理并答复的÷本期办结的修复申请"),
    "objections_settled": ("异议办结占比", "ratio", "已答复的÷本期提出的异议"),
}  # fmt: skip


@dataclass(frozen=True)
class CityFigure:
    """One figure.

    Attributes:
        value: None where it is a share of nothing.
        numerator, denominator: of a share; of a count None.
        says: how it is formed; rows: the page of what was counted.
    """

    code: str
    label: str
    unit: Unit
    value: float | None
    numerator: int | None
    denominator: int | None
    says: str
    rows: str

    @computed_field
    @property
    def state(self) -> FigureState:
        """Whether there was anything to count."""
        return "not_applicable" if self.value is None else "computed"

    @computed_field
    @property
    def state_label(self) -> str:
        """In Chinese."""
        return FIGURE_STATES[self.state]


@dataclass(frozen=True)
class Told:
    """What figures are counted from.

    Attributes:
        period: a month or quarter, as `rates` has it; first, last: its days.
    """

    reader: Reader
    store: OperationsStore
    rates: Rates
    codes: CodeErrors
    period: str
    span: Period

    def figures(self) -> Mapping[str, CityFigure]:
        """Every figure by its code."""
        return {code: _figure(code, *_COUNTED[code](self)) for code in FIGURES}


_Counted: TypeAlias = tuple[int, int | None, str]


def _figure(code: str, numerator: int, denominator: int | None, rows: str) -> CityFigure:
    label, unit, says = FIGURES[code]
    if unit == "count":
        return CityFigure(code, label, unit, numerator, None, None, says, rows)
    value = numerator / denominator if denominator else None
    return CityFigure(code, label, unit, value, numerator, denominator, says, rows)


def _rate(name: str) -> Callable[[Told], _Counted]:
    def count(told: Told) -> _Counted:
        rate = getattr(told.rates.totals[-1], name)
        return rate.numerator, rate.denominator, f"/rates?period={told.period}"

    return count


def _lending(code: str) -> Callable[[Told], _Counted]:
    def count(told: Told) -> _Counted:
        table: LendingTable = lending_table(told.reader, "district", told.span)
        found = table.whole.figure(code)
        period = told.period.replace("-Q", "Q")
        return (
            found.numerator or 0,
            found.denominator or 0,
            f"/lending/rows?code={code}&by=district&period={period}",
        )

    return count


def _corrections(told: Told) -> _Counted:
    rounds = [
        read_round(told.reader, told.store, name).corrected for name in known_rounds(told.reader)
    ]
    return (
        sum(one.numerator for one in rounds), sum(one.denominator for one in rounds), "/code-errors"
    )  # fmt: skip


def _uses(told: Told) -> _Counted:
    used = used_incentives(told.reader, measure_register(told.reader, told.store))
    return len(used.uses), None, "/measures/incentives"


def _arrears(told: Told) -> _Counted:
    due = [
        one for one in government_book(told.reader).claims
        if one.state in ("overdue", "paid_late", "paid") and one.due_on is not None
    ]  # fmt: skip
    paid = [one for one in due if one.state != "overdue"]
    return len(paid), len(due), "/government/arrears"


def _promises(told: Told) -> _Counted:
    outcomes = [one.outcome for one in government_book(told.reader).commitments]
    kept, broken = outcomes.count("kept"), outcomes.count("not_kept")
    return kept, kept + broken, "/government/commitments"


def _honoured(told: Told) -> _Counted:
    there = {key for label in _registered_labels() for key in _active(told.reader, label)}
    # what is published of everybody: no natural person's honour is counted
    named = {ref.party for ref in published(told.reader).records if ref.kind == "Honour"}
    return len(named & there), len(there), "/lists"


def _registered_labels() -> list[str]:
    """Kinds of organisations that a register keeps a state of."""
    return [
        node.label
        for node in SCHEMA.nodes.values()
        if node.superlabel == "Party"
        and any(item.name == "registration_state" for item in node.properties)
    ]


def _active(reader: Reader, label: str) -> list[str]:
    """Those in being; who is only mentioned by somebody has no state, and is in no register."""
    told = reader.table(label)
    keys: list[str] = told.filter(pc.equal(told["registration_state"].cast("string"), "active"))[
        "key"
    ].to_pylist()
    return keys


def _typical(told: Told) -> _Counted:
    return len(shown_cases(told.reader, told.store).cases), None, "/typical-cases"


def _graded(told: Told) -> _Counted:
    counts = grade_counts(told.reader).counts
    return (
        sum(one.subjects for one in counts if one.kind == "supervision"),
        None,
        "/supervision/grades",
    )


def _measures(told: Told) -> OverreachAnswer:
    return OverreachAnswer.of(measure_register(told.reader, told.store))


def _lawful(told: Told) -> _Counted:
    found = _measures(told)
    return found.lawful, found.in_force, "/measures"


def _overreach(told: Told) -> _Counted:
    found = _measures(told)
    return len(found.findings), found.in_force, "/measures"


def _repairs(told: Told) -> _Counted:
    calendar = calendar_in_force(told.store).after
    ended = [
        (case, last)
        for case in RepairCases(told.store).all()
        if case.kind == "repair" and not case.open and _within(told, last := day_of(case.acts[-1].at))
    ]  # fmt: skip
    in_time = [case for case, _ in ended if _kept(case, calendar)]
    return len(in_time), len(ended), "/repairs"


def _kept(case: Case, calendar: Callable[[date, int], date]) -> bool:
    """Whether it was accepted and answered by the days of its regime; no rule, no delay."""
    law, regime = repair_law(), case.stated("regime")
    applied, accepted = case.acts[0], case.last("accept")
    last = next(x for x in reversed(case.acts) if x.act != "acknowledge")
    steps = [("accept", applied, accepted or last)]
    if accepted is not None:
        steps.append(("answer", accepted, last))
    for name, begun, done in steps:
        due = law.due(name, day_of(begun.at), regime, calendar=calendar)
        if due is not None and due.on is not None and day_of(done.at) > due.on:
            return False
    return True


def _objections(told: Told) -> _Counted:
    filed = [
        case for case in RepairCases(told.store).all()
        if case.kind == "objection" and _within(told, day_of(case.acts[0].at))
    ]  # fmt: skip
    settled = [case for case in filed if case.state in ("dismissed", "annulled", "withdrawn")]
    return len(settled), len(filed), "/repairs"


def _within(told: Told, day: date) -> bool:
    return told.span.begins <= day <= told.span.ends


_COUNTED: Mapping[str, Callable[[Told], _Counted]] = {
    **{name: _rate(name) for name in ("reporting", "compliance", "timeliness", "entry")},
    "code_errors_codes": lambda t: (t.codes.codes.numerator, t.codes.codes.denominator, "/code-errors"),
    "code_errors_records": lambda t: (t.codes.records.numerator, t.codes.records.denominator, "/code-errors"),
    "code_corrections": _corrections,
    "first_rate_stated": _lending("first_rate_stated"),
    "first_rate_checked": _lending("first_rate_checked"),
    "unsecured_balance": _lending("unsecured_balance_ratio"),
    "unsecured_units": _lending("unsecured_units_ratio"),
    "incentive_uses": _uses,
    "arrears_paid": _arrears,
    "honoured": _honoured,
    "typical_cases": _typical,
    "promises_kept": _promises,
    "graded_subjects": _graded,
    "lawful_measures": _lawful,
    "overreach": _overreach,
    "repairs_in_time": _repairs,
    "objections_settled": _objections,
}  # fmt: skip

"""The catalogue of a table as rules on columns, and what they find, in the clerk's words."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ingest.catalogue.field import PARTY_TYPES, FieldSpec, RowCheck
from ingest.checking.naming import are_organisations
from ingest.checking.numbers import per_unit
from ingest.checking.reference import Joined, are_joined
from ingest.checking.row_rules import ROW_RULES
from ingest.checking.rules import FIELD_RULES, find_rule, value_column
from ingest.checking.values import Reading
from ingest.checking.verdict import CellVerdict
from ingest.finding import RowFinding
from ingest.reading.cell import ERROR, NUMERIC, UNCALCULATED
from ingest.reading.texts import Texts, by_text, is_among

#: What to do about a party without a number, where this source cannot do without.
_WHO = (
    "个人填公民身份号码，单位填统一社会信用代码；未登记的家庭农场等没有代码的，填负责人本人的身份证号码；"
    "确实没有号码的（村民小组、境外单位），本表不能报送，请联系信用办。"
)

__all__ = ["Rule", "Told", "on_name", "on_row", "on_text", "on_value", "validate"]

_WHOLE_NUMBER = rf"^{NUMERIC}\d{{1,15}}$"

#: Nothing that a file tells of was earlier: what seems so is a slip of the pen.
_EARLIEST = date(1900, 1, 1)


@dataclass(frozen=True)
class Rule:
    """One check of a column: which rows keep it, and what is said of a row that does not.

    Attributes:
        holds: a flag a row, when it is asked.
        says: row -> the verdict.
    """

    holds: Callable[[], Any]
    says: Callable[[int], CellVerdict]


class Told(NamedTuple):
    """A finding, and the typed column or the field in which it was found."""

    column: str
    finding: RowFinding


def validate(
    index: pd.Index, rules: Mapping[str, list[Rule]], titles: Mapping[str, str]
) -> Iterator[Told]:
    """Look at every rule; a cell is told once, by the gravest rule it fails.

    Args:
        index: numbers the rows.
        rules, titles: column -> its rules in order; the Chinese heading to report it under.
    """
    told: set[tuple[str, int]] = set()
    failures = list(_failures(index.to_numpy(), rules))
    # what refuses a row is told before what is only doubtful about the same cell
    for severity in ("error", "warning"):
        for column, rule, rows in failures:
            for row in rows:
                said = rule.says(row)
                if said.severity != severity or (column, row) in told:
                    continue
                told.add((column, row))
                yield Told(
                    column,
                    RowFinding(
                        row,
                        titles[column],
                        said.code,
                        said.message_zh,
                        said.message_en,
                        said.value_class,
                        said.severity,
                    ),
                )


def _failures(
    numbers: NDArray[np.int64], rules: Mapping[str, list[Rule]]
) -> Iterator[tuple[str, Rule, list[int]]]:
    """Column, rule that fails there, and the rows in which it does; every rule is looked at."""
    for name, each in rules.items():
        for rule in each:
            fails = ~np.asarray(rule.holds(), dtype=bool)
            if fails.any():
                yield name, rule, numbers[fails].tolist()


def on_text(spec: FieldSpec, cells: Texts, reading: Reading) -> Iterator[Rule]:
    """Rules on what a cell says: that it is there, unspoilt by a spreadsheet, and has a value."""
    if spec.required:
        yield Rule(
            cells.given,
            lambda _: CellVerdict(
                "required",
                f"“{spec.title}”不能为空。{_WHO if spec.type in PARTY_TYPES else '请补填。'}",
                f"{spec.name} is required.",
                "空",
            ),
        )
    yield from _unspoilt(spec, cells)
    place_of = next(iter(reading.columns.values())).index.get_loc

    def verdict(row: int) -> CellVerdict:
        return reading.verdicts[int(reading.place[place_of(row)])]

    def refused(row: int) -> CellVerdict:
        said = verdict(row)
        return CellVerdict(
            said.code, spec.message or said.message_zh, said.message_en, said.value_class
        )

    if reading.has("error"):
        yield Rule(lambda: reading.passes("error"), refused)
    if reading.has("warning"):
        yield Rule(lambda: reading.passes("warning"), verdict)


def _unspoilt(spec: FieldSpec, cells: Texts) -> Iterator[Rule]:
    """Rules on what a spreadsheet may have done to a cell."""
    spoilt = [
        (
            UNCALCULATED,
            "uncalculated_formula",
            "该单元格是没有计算结果的公式。请在 Excel 中打开、保存一次，或改填数值。",
            "A formula whose result the file does not hold.",
            "公式",
        ),
        (
            ERROR,
            "error_value",
            "该单元格是错误值（如 #N/A、#REF!）。请改填正确的值。",
            "An error value of the spreadsheet.",
            "错误值",
        ),
    ]
    if not cells.marked():
        return
    for mark, *words in spoilt:
        yield _rule(words[0], partial(_unmarked, cells, mark), *words[1:])
    if spec.must_be_text:
        numbers = cells.begin_with(NUMERIC)
        if spec.begins_with_no_zero:  # up to fifteen digits a number keeps them all
            numbers &= ~cells.rows_that_match(_WHOLE_NUMBER)
        yield _rule(
            "numeric_identifier",
            lambda: ~numbers,
            "Excel 已把该号码存成数字，开头的 0 或末几位可能已丢失。请把该列设为文本格式后重新填写。",
            "Excel holds this identifier as a number: its last digits may be lost.",
            "数字单元格",
        )


def on_value(
    spec: FieldSpec,
    typed: pd.DataFrame,
    known: Callable[[str], Collection[str]],
    told: np.ndarray,
) -> Iterator[Rule]:
    """Rules on what a value means: bounds, a named rule, a reference.

    Args:
        told: rows whose cell was refused for what it says; they are not looked at again.
    """
    column = typed[value_column(spec)]
    low, high = spec.minimum, spec.maximum
    if low is not None or high is not None:
        # in the unit that we keep, as the column is
        bounds = [None if bound is None else bound * float(per_unit(spec)) for bound in (low, high)]
        yield _rule(
            "out_of_range",
            lambda: told | _within(column, *bounds),
            spec.message
            or f"超出允许范围（{'' if low is None else low} 至 {'' if high is None else high}）。"
            "请核对。",
            "Out of the allowed range.",
            "超范围",
        )
    if spec.type == "date":
        yield _rule(
            "too_early",
            lambda: told | _where_known(column, lambda days: days >= _EARLIEST),
            spec.message or "早于 1900 年，不会是真的日期。请核对年份。",
            "A date before 1900.",
            "超范围",
        )
    if spec.check:
        rule = find_rule(spec.check, FIELD_RULES)
        looked_at = typed[spec.name + rule.suffix] if rule.suffix else column
        yield _rule(
            spec.check,
            lambda: told | _where_known(looked_at, rule.holds),
            spec.message or f"“{spec.title}”{rule.wording}请核对。",
            rule.english,
            "不合规则",
        )
    if spec.reference:
        things = frozenset(known(spec.reference))
        yield _rule(
            "dangling_reference",
            lambda: told | column.isna().to_numpy() | is_among(column, _among(column, things)),
            spec.message or f"“{spec.title}”在库中不存在。请核对编号，或先导入它所在的文件。",
            f"{spec.name} names a {spec.reference} that is not known.",
            "未知编号",
        )


def on_name(
    party: FieldSpec, named: FieldSpec, typed: pd.DataFrame, told_before: np.ndarray
) -> Iterator[Rule]:
    """The rule on what a person is called, wherever an identifier says that it is a person.

    A register of persons may not hold a wrong name; elsewhere the number says who it is, and a
    name that no person has (a farm's, beside its operator's number) is worth a look.
    """
    if named.check or party.type not in PARTY_TYPES:
        return
    rule = FIELD_RULES["person_name"]
    names = typed[value_column(named)]
    of_persons = (typed[f"{party.name}_label"] == "Person").to_numpy()

    def told(severity: Literal["error", "warning"], wording: str) -> CellVerdict:
        return CellVerdict(
            "person_name",
            f"“{party.title}”是个人的证件号码，“{named.title}”却{wording}",
            "The number is a person's and the name is none.",
            "不合规则",
            severity,
        )

    def kept(
        rows: NDArray[np.bool_], holds: Callable[[pd.Series], pd.Series]
    ) -> Callable[[], NDArray[np.bool_]]:
        return lambda: _where(rows & names.notna().to_numpy(), names, holds)

    severity: Literal["error", "warning"] = "error" if party.type == "resident_id" else "warning"
    no_name = told(severity, f"不是个人姓名：{rule.wording}请核对。")
    of_firm = told("warning", "像单位名称。请核对：个人写姓名，单位改填统一社会信用代码。")
    if party.otherwise and party.type == "party_id":
        absent = typed[f"{party.name}_key"].isna().to_numpy() & ~told_before
        if party.coded_by:  # told by its old organisation code
            absent &= typed[f"{party.coded_by}_code"].isna().to_numpy()
        yield Rule(
            kept(absent, _no_registered),
            lambda _: CellVerdict(
                "code_expected",
                f"“{party.title}”为空，而公司、合作社依法都有统一社会信用代码。请补填；暂按名称保存为待核对的主体。",
                "Such a firm has a code by law: it is kept under its name until somebody settles it.",
                "空",
                "warning",
            ),
        )
    yield Rule(kept(of_persons, rule.holds), lambda _: no_name)
    yield Rule(kept(of_persons, _no_firms), lambda _: of_firm)


def _no_registered(names: pd.Series) -> pd.Series:
    """Which names are not of a form that is registered under a code here."""
    return ~names.str.contains("(?:公司|合作社|合作联社)$", regex=True)


def _no_firms(names: pd.Series) -> pd.Series:
    """Which names are not as organisations are called; each looked at once."""
    return ~by_text(names, are_organisations)


def on_row(
    check: RowCheck,
    fields: Mapping[str, FieldSpec],
    typed: pd.DataFrame,
    told: Mapping[str, np.ndarray],
    joined: Joined,
) -> Rule:
    """A rule on several fields, told of the first; not looked at where one was refused before."""
    rule = find_rule(check.rule, ROW_RULES)
    columns = [typed[value_column(fields[name])] for name in check.fields]
    concerned = ~np.logical_or.reduce([told[name] for name in check.fields])
    for name, values in check.when.items():
        concerned &= typed[value_column(fields[name])].isin(values).to_numpy()
    said = CellVerdict(
        check.rule,
        check.message or rule.wording.format(*(fields[name].title for name in check.fields)),
        rule.english,
        "不合规则",
        check.severity,
    )
    kept = rule.holds or (lambda both: are_joined(str(check.tie), both, joined))
    return Rule(lambda: np.asarray(kept(columns)) | ~concerned, lambda _: said)


def _rule(
    code: str, holds: Callable[[], Any], message_zh: str, message_en: str, value_class: str
) -> Rule:
    said = CellVerdict(code, message_zh, message_en, value_class)
    return Rule(holds, lambda _: said)


def _unmarked(cells: Texts, mark: str) -> NDArray[np.bool_]:
    return ~cells.begin_with(mark)


def _among(column: pd.Series, things: Collection[str]) -> list[str]:
    """Values that are known: few are looked for, however many there are."""
    return [value for value in column.dropna().unique() if value in things]


def _within(column: pd.Series, low: float | None, high: float | None) -> NDArray[np.bool_]:
    inside = np.ones(len(column), bool)
    if low is not None:
        inside &= (column >= low).fillna(True).to_numpy(bool)
    if high is not None:
        inside &= (column <= high).fillna(True).to_numpy(bool)
    return inside


def _where_known(column: pd.Series, holds: Callable[[pd.Series], pd.Series]) -> NDArray[np.bool_]:
    return _where(column.notna().to_numpy(), column, holds)


def _where(
    looked_at: NDArray[np.bool_], column: pd.Series, holds: Callable[[pd.Series], pd.Series]
) -> NDArray[np.bool_]:
    """What holds in the rows that are looked at; true in the others."""
    kept = np.ones(len(column), bool)
    if looked_at.any():
        some = column if looked_at.all() else column[looked_at]
        kept[looked_at] = holds(some).astype(bool)
    return kept

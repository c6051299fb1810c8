"""The catalogue of a table as pandera schemas, and what they find, in the clerk's words.

pandera validates lazily and tells for each check which rows fail it; which words belong to a row
is ours.  Its own report is never shown, logged or raised further: it holds the values.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pandera.pandas as pandera
from pandera.errors import SchemaErrorReason, SchemaErrors

from ingest.catalogue.field import FieldSpec, RowCheck
from ingest.checking.parse import CellVerdict, per_unit
from ingest.checking.reference import Joined, are_joined
from ingest.checking.row_rules import ROW_RULES
from ingest.checking.rules import FIELD_RULES, find_rule, value_column
from ingest.checking.values import Reading
from ingest.finding import Finding
from ingest.reading.cell import ERROR, NUMERIC, UNCALCULATED
from ingest.reading.texts import Texts

__all__ = ["Rule", "on_row", "on_text", "on_value", "validate"]

#: Nothing that a file tells of was earlier: what seems so is a slip of the pen.
_EARLIEST = date(1900, 1, 1)


@dataclass(frozen=True)
class Rule:
    """One check of a column: which rows keep it, and what is said of a row that does not.

    Attributes:
        holds: the column -> a flag a row; None: no cell may be empty.
        says: row -> the verdict.
    """

    name: str
    holds: Callable[[pd.Series], Any] | None
    says: Callable[[int], CellVerdict]


def validate(
    frame: pd.DataFrame, rules: Mapping[str, list[Rule]], titles: Mapping[str, str]
) -> Iterator[Finding]:
    """Validate the columns that have rules; a cell is told once, by the gravest rule it fails.

    Args:
        rules, titles: column -> its rules in order; the Chinese heading to report it under.
    """
    schema = pandera.DataFrameSchema(
        {
            name: pandera.Column(
                nullable=all(rule.holds for rule in each),
                checks=[
                    pandera.Check(_flags(rule.holds), name=rule.name, ignore_na=False)
                    for rule in each
                    if rule.holds
                ],
            )
            for name, each in rules.items()
            if each
        }
    )
    told: set[tuple[str, int]] = set()
    failures = _failures(schema, frame, rules)
    # what refuses a row is told before what is only doubtful about the same cell
    for severity in ("error", "warning"):
        for column, rule, rows in failures:
            for row in rows:
                said = rule.says(row)
                if said.severity != severity or (column, row) in told:
                    continue
                told.add((column, row))
                yield Finding(
                    row,
                    titles[column],
                    said.code,
                    said.message_zh,
                    said.message_en,
                    said.value_class,
                    said.severity,
                )


def _failures(
    schema: pandera.DataFrameSchema, frame: pd.DataFrame, rules: Mapping[str, list[Rule]]
) -> list[tuple[str, Rule, list[int]]]:
    """Column, rule that fails there, and the rows in which it does."""
    try:
        schema.validate(frame, lazy=True, inplace=True)
    except SchemaErrors as report:
        faults = report.schema_errors
    else:
        return []
    found = []
    for fault in faults:
        column = str(fault.schema.name)
        empty = fault.reason_code is SchemaErrorReason.SERIES_CONTAINS_NULLS
        rule = next(
            (
                each
                for each in rules.get(column, ())
                if (each.holds is None if empty else each.name == getattr(fault.check, "name", ""))
            ),
            None,
        )
        if rule is None or "index" not in getattr(fault.failure_cases, "columns", ()):
            # a check of ours that could not be run is a fault of the program, not of the file
            raise AssertionError(f"{column}: {fault.reason_code} ({type(fault.check).__name__})")
        found.append((column, rule, fault.failure_cases["index"].tolist()))
    return found


def _flags(holds: Callable[[pd.Series], Any]) -> Callable[[pd.Series], pd.Series]:
    return lambda column: pd.Series(np.asarray(holds(column), dtype=bool), index=column.index)


def on_text(spec: FieldSpec, cells: Texts, reading: Reading, *, from_sheet: bool) -> Iterator[Rule]:
    """Rules on what a cell says: that it is there, unspoilt by a spreadsheet, and has a value."""
    if spec.required:
        yield Rule(
            "required",
            None,
            lambda _: CellVerdict(
                "required",
                f"“{spec.title}”不能为空。请补填。",
                f"{spec.name} is required.",
                "空",
            ),
        )
    if from_sheet:
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
        yield Rule("readable", lambda _: reading.passes("error"), refused)
    if reading.has("warning"):
        yield Rule("certain", lambda _: reading.passes("warning"), verdict)


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
    if spec.must_be_text:
        spoilt.append(
            (
                NUMERIC,
                "numeric_identifier",
                "Excel 已把该号码存成数字，末位可能已丢失。请把该列设为文本格式后重新填写。",
                "Excel holds this identifier as a number: its last digits may be lost.",
                "数字单元格",
            )
        )
    if not cells.marked():
        return
    for mark, *words in spoilt:
        yield _rule(words[0], _always(~cells.begin_with(mark)), *words[1:])


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
    low, high = spec.minimum, spec.maximum
    if low is not None or high is not None:
        # in the unit that we keep, as the column is
        bounds = [None if bound is None else bound * float(per_unit(spec)) for bound in (low, high)]
        yield _rule(
            "out_of_range",
            _unless(told, lambda column: _within(column, *bounds)),
            spec.message
            or f"超出允许范围（{'' if low is None else low} 至 {'' if high is None else high}）。"
            "请核对。",
            "Out of the allowed range.",
            "超范围",
        )
    if spec.type == "date":
        yield _rule(
            "too_early",
            _unless(told, lambda column: _where_known(column, lambda days: days >= _EARLIEST)),
            spec.message or "早于 1900 年，不会是真的日期。请核对年份。",
            "A date before 1900.",
            "超范围",
        )
    if spec.check:
        rule = find_rule(spec.check, FIELD_RULES)
        looked_at = typed[spec.name + rule.suffix] if rule.suffix else typed[value_column(spec)]
        yield _rule(
            spec.check,
            _unless(told, lambda _: _where_known(looked_at, rule.holds)),
            spec.message or f"“{spec.title}”{rule.wording}请核对。",
            rule.english,
            "不合规则",
        )
    if spec.reference:
        things = frozenset(known(spec.reference))
        yield _rule(
            "dangling_reference",
            _unless(told, lambda column: column.isna() | column.isin(_among(column, things))),
            spec.message or f"“{spec.title}”在库中不存在。请核对编号，或先导入它所在的文件。",
            f"{spec.name} names a {spec.reference} that is not known.",
            "未知编号",
        )


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
    name = "-".join((check.rule, *check.fields, *check.when))
    kept = rule.holds or (lambda both: are_joined(str(check.tie), both, joined))
    return Rule(name, lambda _: np.asarray(kept(columns)) | ~concerned, lambda _: said)


def _rule(
    code: str,
    holds: Callable[[pd.Series], Any],
    message_zh: str,
    message_en: str,
    value_class: str,
) -> Rule:
    said = CellVerdict(code, message_zh, message_en, value_class)
    return Rule(code, holds, lambda _: said)


def _always(flags: np.ndarray) -> Callable[[pd.Series], Any]:
    return lambda _: flags


def _unless(told: np.ndarray, holds: Callable[[pd.Series], Any]) -> Callable[[pd.Series], Any]:
    """The check, not looked at where something is wrong already."""
    return lambda column: np.asarray(holds(column), dtype=bool) | told


def _among(column: pd.Series, things: Collection[str]) -> list[str]:
    """Values that are known: few are looked for, however many there are."""
    return [value for value in column.dropna().unique() if value in things]


def _within(column: pd.Series, low: float | None, high: float | None) -> pd.Series:
    inside = pd.Series(True, index=column.index)
    if low is not None:
        inside &= (column >= low).fillna(True).astype(bool)
    if high is not None:
        inside &= (column <= high).fillna(True).astype(bool)
    return inside


def _where_known(column: pd.Series, holds: Callable[[pd.Series], pd.Series]) -> pd.Series:
    kept = pd.Series(True, index=column.index)
    known = column.notna()
    kept[known] = holds(column[known]).astype(bool)
    return kept

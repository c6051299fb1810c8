"""Rules that a catalogue names: on one value (`check:`), or on several fields of a row (`checks:`).

A rule says nothing about an empty cell, except those whose business emptiness is.  Rules are
looked at only where the values could be read: a wrong cell is told once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import pandas as pd

from graph.errors import SettingsError
from graph.time import today
from ingest.catalogue.field import FieldSpec
from ingest.checking.parties import FILLER

__all__ = ["FIELD_RULES", "ROW_RULES", "FieldRule", "RowRule", "find_rule", "value_column"]


@dataclass(frozen=True)
class FieldRule:
    """A rule on the values of one field.

    Attributes:
        wording: what the value must be, for the manual; also what the clerk reads.
        holds: typed values without empty ones -> whether each keeps the rule.
        suffix: which typed column it looks at, of a field that has several.
    """

    wording: str
    english: str
    holds: Callable[[pd.Series], pd.Series]
    suffix: str = ""


@dataclass(frozen=True)
class RowRule:
    """A rule on several typed columns of a row, in the order the catalogue names them.

    Attributes:
        wording: with the titles of the fields to be filled in.
    """

    wording: str
    english: str
    holds: Callable[[list[pd.Series]], pd.Series]


AnyRule = TypeVar("AnyRule", FieldRule, RowRule)


def value_column(spec: FieldSpec) -> str:
    """The typed column that stands for the field's value."""
    if spec.type in ("resident_id", "uscc", "party_id", "division", "household"):
        return f"{spec.name}_key"
    if spec.type == "uscc_or_filler":  # a filler has no key, and is a value all the same
        return f"{spec.name}_code"
    return f"{spec.name}_masked" if spec.type == "phone" else spec.name


def find_rule(name: str, rules: Mapping[str, AnyRule]) -> AnyRule:
    """A rule by its name; raises `SettingsError` for one that does not exist."""
    if name not in rules:
        raise SettingsError(
            f"source.yaml 中的校验规则 {name} 不存在。可用：{'、'.join(rules)}。",
            f"There is no rule {name}; there are {', '.join(rules)}.",
            code="rule_unknown",
        )
    return rules[name]


def _class(prefixes: tuple[str, ...], what: str, english: str) -> FieldRule:
    return FieldRule(
        f"应为{what}的统一社会信用代码（{'、'.join(prefixes)} 开头）。",
        f"The code is not one of {english}.",
        lambda codes: codes.str.startswith(prefixes),
        "_code",
    )


FIELD_RULES = {
    "not_future": FieldRule(
        "日期不能晚于今天。", "A date after today.", lambda days: days <= today()
    ),
    "positive": FieldRule("应大于 0。", "Not more than nothing.", lambda numbers: numbers > 0),
    "year": FieldRule(
        "应为 1949 年以来的年份。",
        "No year since 1949.",
        lambda years: (years >= 1949) & (years <= today().year),
    ),
    "person_name": FieldRule(
        "姓名应为 2 至 25 个汉字或字母，不含数字和符号（少数民族姓名可用“·”）。",
        "A name has 2 to 25 letters.",
        lambda names: names.str.fullmatch(r"[^\W\d_](?:[^\W\d_]|[· ]){1,24}"),
    ),
    "mobile": FieldRule(
        "应为 11 位手机号码。",
        "No mobile number.",
        lambda phones: phones.str.fullmatch(r"1.{10}"),
        "_masked",
    ),
    "repayment_codes": FieldRule(
        "应为 24 位还款状态（N、1-7、B、D、Z、C、G、*、#），最近一月在右。",
        "No 24 monthly repayment codes.",
        lambda texts: texts.str.fullmatch(r"[N1-7BDZCG*#]{24}"),
    ),
    "enterprise_code": _class(("91",), "企业", "an enterprise"),
    "individual_code": _class(("92",), "个体工商户", "an individual business"),
    "business_code": _class(("91", "92"), "企业或个体工商户", "an enterprise or business"),
    "cooperative_code": _class(("93",), "农民专业合作社", "a farmers' cooperative"),
    "collective_code": _class(("N",), "农村集体经济组织", "a village collective"),
    "public_body_code": _class(("11", "12", "13", "A1"), "机关和事业单位", "a public body"),
}


def _known(columns: list[pd.Series]) -> np.ndarray:
    """Rows in which every one of the columns has a value."""
    known: np.ndarray = np.logical_and.reduce([each.notna().to_numpy() for each in columns])
    return known


def _compare(holds: Callable[[pd.Series, pd.Series], pd.Series]) -> Callable[..., pd.Series]:
    """The rule between two columns, kept wherever one of them is empty."""

    def compared(columns: list[pd.Series]) -> pd.Series:
        kept = pd.Series(True, index=columns[0].index)
        known = _known(columns)
        first, second = (column[known] for column in columns)
        kept[known] = holds(first, second).astype(bool)
        return kept

    return compared


def _pairs(codes: pd.Series, kinds: pd.Series) -> pd.Series:
    """Codes of class 92, and no others, belong to individual businesses; a person has none."""
    filler = codes == FILLER
    fits = codes.str.startswith("92") == (kinds == "individual_business")
    return (filler | fits) & (kinds != "natural_person")


def _fined(kinds: pd.Series, amounts: pd.Series) -> pd.Series:
    """A penalty that is a fine says how much; nothing says that others may not."""
    return ~kinds.str.contains("罚款", na=False) | amounts.notna()


def _given(columns: list[pd.Series]) -> list[pd.Series]:
    return [column.notna() for column in columns]


ROW_RULES = {
    "code_pairs_with_kind": RowRule(
        "“{0}”与“{1}”不配对：92 开头的只能是个体工商户，个体工商户只能是 92 开头，自然人不填代码。",
        "A code of class 92 belongs to an individual business, and no other does.",
        _compare(_pairs),
    ),
    "fine_has_amount": RowRule(
        "处罚类别含罚款时，“{1}”不能为空（万元）。",
        "A fine says its amount.",
        lambda columns: _fined(*columns),
    ),
    "not_before": RowRule(
        "“{0}”不能早于“{1}”。", "It comes before the other.", _compare(lambda a, b: a >= b)
    ),
    "not_more": RowRule(
        "“{0}”不能大于“{1}”。", "It is more than the other.", _compare(lambda a, b: a <= b)
    ),
    "differ": RowRule(
        "“{0}”和“{1}”不能相同。", "The two are the same.", _compare(lambda a, b: a != b)
    ),
    "required": RowRule(
        "此种情况下“{0}”不能为空。",
        "Required in this case.",
        lambda columns: np.logical_and.reduce(_given(columns)),
    ),
    "any_of": RowRule(
        "“{0}”等列至少填一项。",
        "At least one of them is needed.",
        lambda columns: np.logical_or.reduce(_given(columns)),
    ),
    "together": RowRule(
        "“{0}”与相关列应同时填写或同时留空。",
        "All of them or none.",
        lambda columns: (
            np.logical_and.reduce(_given(columns)) | ~np.logical_or.reduce(_given(columns))
        ),
    ),
}

"""Rules that a catalogue names on one value (`check:`); those on a row are `row_rules`.

A rule says nothing about an empty cell.  Rules are looked at only where the values could be read:
a wrong cell is told once.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from graph.errors import SettingsError
from graph.identifiers.person_in_code import looks_like_a_person
from graph.names.writing import MIDDLE_DOTS
from graph.time import today
from ingest.catalogue.field import FieldSpec
from ingest.checking.parties import FILLER
from ingest.checking.register_codes import is_enterprise_type, is_industry
from ingest.reading.texts import by_text

__all__ = ["FIELD_RULES", "FieldRule", "RowRule", "find_rule", "value_column"]


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
        holds: None: the two must be joined by the tie that the check names, as far as that is known
            (`ingest.checking.reference`).
    """

    wording: str
    english: str
    holds: Callable[[list[pd.Series]], pd.Series] | None


AnyRule = TypeVar("AnyRule", FieldRule, RowRule)


def value_column(spec: FieldSpec) -> str:
    """The typed column that stands for the field's value."""
    if spec.type in ("resident_id", "uscc", "party_id", "division", "household"):
        return f"{spec.name}_key"
    if spec.type in ("uscc_or_filler", "organisation_code"):  # not all of them have a key
        return f"{spec.name}_code"
    return f"{spec.name}_masked" if spec.type == "phone" else spec.name


def find_rule(name: str, rules: Mapping[str, AnyRule]) -> AnyRule:
    """A rule by its name; raises `SettingsError` for one that does not exist."""
    if name not in rules:
        raise SettingsError(
            f"来源目录中的校验规则 {name} 不存在。可用：{'、'.join(rules)}。",
            f"There is no rule {name}; there are {', '.join(rules)}.",
            code="rule_unknown",
        )
    return rules[name]


def _class(prefixes: tuple[str, ...], what: str, english: str) -> FieldRule:
    return FieldRule(
        f"应为{what}的统一社会信用代码（{'、'.join(prefixes)} 开头）。",
        f"The code is not one of {english}.",
        # whether a code may be filled up with zeros is the type's business
        lambda codes: codes.str.startswith(prefixes) | (codes == FILLER),
        "_code",
    )


def _month_end(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])


#: Letters, dots and blanks between the parts, and what somebody is also called in brackets (RE2).
_PERSON_NAME = (
    rf"^\p{{L}}[\p{{L}}\p{{M}} {MIDDLE_DOTS}]{{1,24}}(?:[(（][^()（）0-9]{{1,20}}[)）])?$"
)

#: What nearly all names are: such a one keeps the rule.
_PLAIN_NAME = r"^[\x{4E00}-\x{9FA5}]{2,4}$"


def _are_person_names(names: pa.Array) -> pa.Array:
    plain = pc.match_substring_regex(names, _PLAIN_NAME)
    if pc.all(plain).as_py():
        return plain
    # names stay as they were written: their width is folded to be looked at
    others = pc.utf8_normalize(names.filter(pc.invert(plain)), form="NFKC")
    return pc.replace_with_mask(
        plain, pc.invert(plain), pc.match_substring_regex(others, _PERSON_NAME)
    )


FIELD_RULES = {
    "organisation_number": FieldRule(
        "像身份证号码。请改填单位的代码；个人的号码不要填在这一列。",
        "It looks like a resident id: this column takes numbers of organisations only.",
        # an adult's number is masked already where a text is read
        lambda texts: (
            ~(
                texts.str.contains("*", regex=False).astype(bool)
                | texts.map(looks_like_a_person).astype(bool)
            )
        ),
    ),
    "industry_code": FieldRule(
        "应为 GB/T 4754—2017 的行业代码（如 0514、A0514；门类字母要与代码一致）或者标准的行业名称。请按营业执照登记的行业改填。",
        "No code or name of an industry (GB/T 4754-2017).",
        lambda texts: texts.map(is_industry).astype(bool),
    ),
    "enterprise_type": FieldRule(
        "应为四位企业类型代码（如 1130）或者登记机关的企业类型名称。各地旧系统的一至三位代码请换成现行的四位代码。",
        "No code or name of a kind of firm.",
        lambda texts: texts.map(is_enterprise_type).astype(bool),
    ),
    "not_future": FieldRule(
        "日期不能晚于今天。", "A date after today.", lambda days: days <= today()
    ),
    "positive": FieldRule("应大于 0。", "Not more than nothing.", lambda numbers: numbers > 0),
    "not_future_month": FieldRule(
        "所属期不能晚于本月。",
        "A period that ends after this month.",
        lambda days: days <= _month_end(today()),
    ),
    "not_future_year": FieldRule(
        "年度不能晚于今年。", "A year after this one.", lambda years: years <= today().year
    ),
    "year": FieldRule(
        "应为 1949 年以来的年份。",
        "No year since 1949.",
        lambda years: (years >= 1949) & (years <= today().year),
    ),
    "person_name": FieldRule(
        "姓名应为 2 至 25 个汉字或字母，不含数字和符号（少数民族姓名可用“·”，别名写在括号里）。",
        "A name has 2 to 25 letters.",
        lambda names: by_text(names, _are_person_names),
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

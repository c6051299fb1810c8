"""Which number a text says: amounts, counts, areas, shares.

A comma counts only between groups of three digits, so that a decimal comma (`1,5`) is never
fifteen.  Underscores and exponents are no way in which a clerk writes an amount.  A unit in the
cell is read where it is the column's own; any other is refused, since either of the two is wrong.
"""

from __future__ import annotations

import re
from decimal import Decimal

from ingest.catalogue.field import UNIT_FACTOR, FieldSpec
from ingest.checking.verdict import WrongError

__all__ = ["integer", "per_unit", "plain_number", "real"]

_FACTOR = {unit: Decimal(str(factor)) for unit, factor in UNIT_FACTOR.items()}
_NUMBER = re.compile(r"[+-]?(?:[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d*)?|\.\d+)", re.ASCII)
_EXPONENT = re.compile(r"[+-]?\d(?:\.\d+)?[eE][+-]?\d{1,2}", re.ASCII)
_COMMAS = re.compile(r"[+-]?[\d,]*,[\d,]*(?:\.\d*)?", re.ASCII)
_WITH_UNIT = re.compile(r"(¥?) ?([+-]?[\d.,]+) ?(%|[^\W\d_a-zA-Z]{0,4})")
_BRACKETS = re.compile(r"[（(]([^（()）]+)[)）]$")
#: How the unit of a column may stand in its cells.
_SPELT: dict[str, frozenset[str]] = {
    "元": frozenset({"元", "圆", "元整", "¥"}),
    "万元": frozenset({"万元", "万", "万元整"}),
    "分": frozenset({"分"}),
    "百分比": frozenset({"%"}),
}
_LONGEST = 64  # no amount of this world; bounds the work on a cell that is no number


def per_unit(spec: FieldSpec) -> Decimal:
    """By what a number of the file is multiplied to be what we keep (fen, fraction)."""
    return _FACTOR[spec.unit or ("元" if spec.type == "money" else "小数")]


def integer(text: str, spec: FieldSpec) -> int:
    """A whole number; money in fen, whatever unit the file has."""
    number = _decimal(text, spec) * per_unit(spec)
    whole = number.to_integral_value()
    if whole != number:
        raise WrongError(
            "not_whole", "小数位过多。请核对单位和数值。", "More decimals than the unit.", "小数"
        )
    if abs(whole) >= 2**63:
        raise WrongError("out_of_range", "数值过大。请核对单位。", "Too large a number.", "超范围")
    return int(whole)


def real(text: str, spec: FieldSpec) -> float:
    """A number; a ratio as a fraction of one."""
    return float(_decimal(text, spec) * per_unit(spec))


def plain_number(text: str) -> Decimal | None:
    """The number that a text without a unit is; None for any other text."""
    return _number(text) if len(text) <= _LONGEST and _NUMBER.fullmatch(text) else None


def _decimal(text: str, spec: FieldSpec) -> Decimal:
    if (number := plain_number(text)) is not None:
        return number
    if len(text) <= _LONGEST:
        if spec.exponent and _EXPONENT.fullmatch(text):
            return Decimal(text)
        if _COMMAS.fullmatch(text):
            raise WrongError(
                "decimal_comma",
                "逗号只能作千分位（如 1,234.56），本格逗号后不是三位一组。小数请用小数点，如 1.5。",
                "A comma that does not part groups of three digits.",
                "逗号",
            )
        found = _WITH_UNIT.fullmatch(text)
        if found and _NUMBER.fullmatch(found[2]):
            units = [unit for unit in (found[1], found[3]) if unit]
            if all(unit in _spelt(spec) for unit in units):
                return _number(found[2])
            raise WrongError(
                "unit_differs",
                f"格内写有单位“{'、'.join(units)}”，与该列{_own_unit(spec)}不一致，无法判断以哪个为准。"
                "请换算成该列的单位，只填数字。",
                "The cell states another unit than its column.",
                "单位不符",
            )
    raise WrongError(
        "not_a_number",
        "不是数字。请只填数字，不带文字，也不用下划线或科学计数法（如 1e3）。",
        "Not a number.",
        "非数字",
    )


def _number(text: str) -> Decimal:
    return Decimal(text.replace(",", ""))


def _spelt(spec: FieldSpec) -> frozenset[str]:
    if spec.type == "money":
        return _SPELT[spec.unit or "元"]
    if spec.unit == "百分比":
        return _SPELT["百分比"]
    titled = _BRACKETS.search(spec.title)
    return frozenset(titled[1].split("、")) if titled else frozenset()


def _own_unit(spec: FieldSpec) -> str:
    unit = spec.unit or ("元" if spec.type == "money" else "")
    return f"的单位“{unit}”" if unit else ""

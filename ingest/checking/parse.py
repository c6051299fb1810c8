"""What one text says: a number, a day, yes or no, a place; or why it says nothing.

Every function takes the text of a cell and returns its value, or raises `WrongError` with words
for the clerk.  Bounds and code lists are the gate's: they are checked on what is returned here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from graph.identifiers import Finding, division_code
from graph.time import today
from ingest.catalogue.field import FieldSpec, Unit, label

__all__ = [
    "CellVerdict",
    "CodeList",
    "WrongError",
    "code",
    "day",
    "division",
    "flag",
    "integer",
    "per_unit",
    "phone",
    "real",
]

_FEN: dict[Unit | None, Decimal] = {
    "元": Decimal(100),
    "万元": Decimal(1_000_000),
    "分": Decimal(1),
    None: Decimal(100),
}
_DAY = re.compile(r"(\d{4})(?:[-/.年])(\d{1,2})(?:[-/.月])(\d{1,2})日?(?: [\d:.]+)?")
_COMPACT_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})")
_SERIAL = re.compile(r"[1-6]\d{4}")
_YES = frozenset({"是", "1", "y", "yes", "true"})
_NO = frozenset({"否", "0", "n", "no", "false"})
_PHONE = re.compile(r"1\d{10}|0\d{9,11}|\d{7,8}", re.ASCII)
#: What always sets the words of a list apart, and what may, beside what `label` takes away.
_APART = re.compile(r"[;；|\n]")
_AND = re.compile(r"[/+&\\]")
_NOT_DIALLED = re.compile(r"[\s-]")


@dataclass(frozen=True)
class CellVerdict:
    """What is wrong or doubtful about one value."""

    code: str
    message_zh: str
    message_en: str
    value_class: str
    severity: Literal["error", "warning"] = "error"


class WrongError(ValueError):
    """A text that has no value; carries the verdict."""

    def __init__(self, code: str, message_zh: str, message_en: str, value_class: str) -> None:
        super().__init__(code)
        self.verdict = CellVerdict(code, message_zh, message_en, value_class)


def per_unit(spec: FieldSpec) -> Decimal:
    """By what a number of the file is multiplied to be what we keep (fen, fraction)."""
    if spec.type == "money":
        return _FEN[spec.unit]
    return Decimal("0.01") if spec.unit == "百分比" else Decimal(1)


def integer(text: str, spec: FieldSpec) -> int:
    """A whole number; money in fen, whatever unit the file has."""
    number = _decimal(text) * per_unit(spec)
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
    plain = text.rstrip("%") if spec.unit == "百分比" else text
    return float(_decimal(plain) * per_unit(spec))


def day(text: str) -> date:
    """Five shapes that departments send, an Excel serial number, a timestamp's date."""
    try:
        if found := _DAY.fullmatch(text) or _COMPACT_DAY.fullmatch(text):
            year, month, number = (int(part) for part in found.groups())
            return date(year, month, number)
        if _SERIAL.fullmatch(text):
            # Excel counts 1900-02-29, which never was: hence the 30th
            return date(1899, 12, 30) + timedelta(days=int(text))
    except ValueError:
        pass
    raise WrongError(
        "not_a_date", "不是有效日期。请写成 2026-04-01 这样的格式。", "Not a date.", "非日期"
    )


def flag(text: str) -> bool:
    """Yes or no."""
    folded = text.casefold()
    if folded in _YES or folded in _NO:
        return folded in _YES
    raise WrongError("not_a_flag", "只能填“是”或“否”。", "Neither yes nor no.", "非是否")


def code(text: str, spec: FieldSpec, kept: Mapping[str, str]) -> str:
    """What the code list keeps for this text; `kept` is the field's, made once for a column."""
    if (found := kept.get(label(text))) is not None:
        return found
    raise WrongError(
        "unknown_code",
        f"代码不在字典中。可填：{'、'.join(spec.codes)}。",
        f"Not in the code list of {spec.name}.",
        "字典外的值",
    )


class CodeList:
    """Reads several words of a field's code list in one cell: each once, in order, joined by ；.

    A semicolon always sets words apart.  Other signs decide nothing, since words may hold them
    (没收违法所得、没收非法财物): between semicolons the cell is read as one word after the other,
    the longest first.
    """

    def __init__(self, spec: FieldSpec) -> None:
        self._kept = {_AND.sub("", word): code for word, code in spec.kept().items()}
        words = "|".join(map(re.escape, sorted(self._kept, key=len, reverse=True)))
        self._word, self._whole = re.compile(words), re.compile(f"(?:{words})+")
        self._offered = "；".join(spec.codes)

    def __call__(self, text: str) -> str:
        """What is kept for the cell."""
        parts = [_AND.sub("", label(part)) for part in _APART.split(text) if label(part)]
        if not parts or not all(map(self._whole.fullmatch, parts)):
            raise WrongError(
                "unknown_code",
                f"应为以下类别，多项以分号隔开：{self._offered}。",
                "Not made of the words of the code list.",
                "字典外的值",
            )
        words = (word for part in parts for word in self._word.findall(part))
        return "；".join(dict.fromkeys(self._kept[word] for word in words))


def phone(text: str) -> tuple[str, str]:
    """A phone number: masked to be shown, and its digits, of which only a key is kept."""
    digits = _NOT_DIALLED.sub("", text)
    if not _PHONE.fullmatch(digits):
        raise WrongError(
            "not_a_phone", "不是有效电话号码。请核对。", "Not a phone number.", f"{len(digits)} 位"
        )
    return digits[:3] + "*" * (len(digits) - 7) + digits[-4:], digits


def division(text: str) -> tuple[tuple[Any, ...], Finding]:
    """Code and key of a place; the key is that of the code it has today."""
    found = division_code.check(text)
    if found.value is None:
        return (None, None), found
    return (found.value, f"division:{division_code.current(found.value, today())}"), found


def _decimal(text: str) -> Decimal:
    try:
        number = Decimal(text.replace(",", ""))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise WrongError(
            "not_a_number", "不是数字。请只填数字，不带单位。", "Not a number.", "非数字"
        )
    return number

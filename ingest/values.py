"""From text cells to typed columns, one converter a field type.

A converter takes the text column of a field and returns its typed columns and a verdict for every
cell that is wrong or doubtful.  Work is done once per distinct value.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

import pandas as pd

from graph.identifiers import Verdict, division_code, person_key, resident_id
from graph.identifiers import unified_social_credit_code as uscc
from graph.time import today
from ingest.field import FieldSpec

__all__ = ["CellVerdict", "Converted", "converter"]

_FEN = {"元": Decimal(100), "万元": Decimal(1_000_000), "分": Decimal(1), None: Decimal(100)}
_DAY = re.compile(r"(\d{4})(?:[-/.年])(\d{1,2})(?:[-/.月])(\d{1,2})日?(?: [\d:.]+)?")
_COMPACT_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})")
_SERIAL = re.compile(r"[1-6]\d{4}")
_YES = frozenset({"是", "1", "y", "yes", "true"})
_NO = frozenset({"否", "0", "n", "no", "false"})
_PHONE = re.compile(r"1\d{10}|0\d{9,11}|\d{7,8}")
_REPAYMENT_CODES = re.compile(r"[N1-7BDZCG*#]{24}")
_LABELS = {"91": "Enterprise", "92": "IndividualBusiness", "93": "Cooperative"}


@dataclass(frozen=True)
class CellVerdict:
    """What is wrong or doubtful about one value."""

    code: str
    message_zh: str
    message_en: str
    value_class: str
    severity: Literal["error", "warning"] = "error"


@dataclass
class Converted:
    """Typed columns by name, and the verdicts by row."""

    columns: dict[str, pd.Series]
    verdicts: dict[int, CellVerdict] = field(default_factory=dict)


class _WrongError(ValueError):
    def __init__(self, verdict: CellVerdict) -> None:
        super().__init__(verdict.code)
        self.verdict = verdict


#: Parses one text into the values of the field's columns; raises `_WrongError`; may add a warning.
_Parsed = tuple[tuple[Any, ...], CellVerdict | None]


def converter(spec: FieldSpec, identity_key: str) -> Callable[[pd.Series], Converted]:
    """The converter of a field."""
    parse, suffixes, dtype = _parser(spec, identity_key)

    def convert(cells: pd.Series) -> Converted:
        values: dict[str, tuple[Any, ...]] = {}
        verdicts: dict[str, CellVerdict] = {}
        nothing = (None,) * len(suffixes)
        for text in cells.dropna().unique():
            try:
                values[text], doubt = parse(text)
                if doubt:
                    verdicts[text] = doubt
            except _WrongError as error:
                values[text], verdicts[text] = nothing, error.verdict
        columns = {}
        for place, suffix in enumerate(suffixes):
            mapped = cells.map({text: found[place] for text, found in values.items()})
            columns[spec.name + suffix] = mapped.astype(object).where(mapped.notna(), None)
            if dtype:
                columns[spec.name + suffix] = columns[spec.name + suffix].astype(dtype)
        hit = cells[cells.isin(list(verdicts))] if verdicts else cells.iloc[:0]
        return Converted(columns, {int(row): verdicts[text] for row, text in hit.items()})

    return convert


def _parser(
    spec: FieldSpec, identity_key: str
) -> tuple[Callable[[str], _Parsed], tuple[str, ...], str | None]:
    party = ("_key", "_label", "_masked", "_code", "_birth_on", "_sex")
    match spec.type:
        case "text":
            return lambda text: ((text,), None), ("",), None
        case "integer" | "money":
            return lambda text: ((_integer(text, spec),), None), ("",), "Int64"
        case "real" | "ratio":
            return lambda text: ((_real(text, spec),), None), ("",), "Float64"
        case "date":
            return lambda text: ((_date(text),), None), ("",), None
        case "flag":
            return lambda text: ((_flag(text),), None), ("",), "boolean"
        case "code":
            return lambda text: ((_code(text, spec),), None), ("",), None
        case "resident_id":
            return lambda text: _person(text, identity_key), party, None
        case "uscc":
            return lambda text: _organisation(text, spec.classes), party, None
        case "party_id":
            return lambda text: _party(text, identity_key), party, None
        case "division":
            return _division, ("", "_key"), None
        case "phone":
            return lambda text: ((_phone(text),), None), ("_masked",), None
        case "household":
            return lambda text: ((text, f"household:{text}"), None), ("", "_key"), None
        case "repayment_codes":
            return lambda text: ((_repayment_codes(text),), None), ("",), None


def _decimal(text: str) -> Decimal:
    try:
        number = Decimal(text.replace(",", ""))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise _wrong("not_a_number", "不是数字。请只填数字，不带单位。", "Not a number.", "非数字")
    return number


def _bounded(number: Decimal, spec: FieldSpec) -> Decimal:
    low, high = spec.minimum, spec.maximum
    if (low is not None and number < Decimal(str(low))) or (
        high is not None and number > Decimal(str(high))
    ):
        raise _wrong(
            "out_of_range",
            f"超出允许范围（{'' if low is None else low} 至 {'' if high is None else high}）。请核对。",
            "Out of the allowed range.",
            "超范围",
        )
    return number


def _integer(text: str, spec: FieldSpec) -> int:
    number = _bounded(_decimal(text), spec)
    if spec.type == "money":
        number *= _FEN[spec.unit]
    whole = number.to_integral_value()
    if whole != number:
        raise _wrong(
            "not_whole", "小数位过多。请核对单位和数值。", "More decimals than the unit.", "小数"
        )
    return int(whole)


def _real(text: str, spec: FieldSpec) -> float:
    if spec.type == "ratio" and spec.unit == "百分比":
        return float(_bounded(_decimal(text.rstrip("%")), spec) / 100)
    return float(_bounded(_decimal(text), spec))


def _date(text: str) -> date:
    """Five shapes that departments send, an Excel serial number, a timestamp's date."""
    try:
        if found := _DAY.fullmatch(text) or _COMPACT_DAY.fullmatch(text):
            year, month, day = (int(part) for part in found.groups())
            return date(year, month, day)
        if _SERIAL.fullmatch(text):
            # Excel counts 1900-02-29, which never was: hence the 30th
            return date(1899, 12, 30) + timedelta(days=int(text))
    except ValueError:
        pass
    raise _wrong(
        "not_a_date", "不是有效日期。请写成 2026-04-01 这样的格式。", "Not a date.", "非日期"
    )


def _flag(text: str) -> bool:
    folded = text.casefold()
    if folded in _YES or folded in _NO:
        return folded in _YES
    raise _wrong("not_a_flag", "只能填“是”或“否”。", "Neither yes nor no.", "非是否")


def _code(text: str, spec: FieldSpec) -> str:
    if text in spec.codes:
        return spec.codes[text]
    allowed = "、".join(spec.codes)
    raise _wrong(
        "unknown_code",
        f"代码不在字典中。可填：{allowed}。",
        f"Not in the code list of {spec.name}.",
        "字典外的值",
    )


def _person(text: str, identity_key: str) -> _Parsed:
    found = resident_id.check(text)
    if found.value is None:
        raise _wrong(found.code, found.message_zh, found.message_en, f"{len(text)} 位")
    values = (
        person_key(found.value, identity_key),
        "Person",
        resident_id.mask(found.value),
        None,
        resident_id.birth_on(found.value),
        resident_id.sex(found.value),
    )
    return values, _doubt(found, text)


def _organisation(text: str, classes: tuple[str, ...] = ()) -> _Parsed:
    found = uscc.check(text)
    if found.value is None:
        raise _wrong(found.code, found.message_zh, found.message_en, f"{len(text)} 位")
    if classes and found.value[:2] not in classes:
        raise _wrong(
            "wrong_class",
            f"该代码不属于本表登记的主体类别（前两位应为 {'、'.join(classes)}）。请核对证照。",
            f"A code of another class than {', '.join(classes)}.",
            f"{found.value[:2]} 类代码",
        )
    label = _LABELS.get(found.value[:2])
    if label is None:
        label = "Collective" if found.value[0] == "N" else "GovernmentBody"
    values = (f"org:{found.value}", label, None, found.value, None, None)
    return values, _doubt(found, text)


def _party(text: str, identity_key: str) -> _Parsed:
    # 15 or 18 digits (the last may be X) with a date inside: a person; else an organisation.
    # Codes of organisations begin with 1-9, A, N or Y as well, so the check digits decide.
    if len(text) == 15 and text.isdigit():
        return _person(text, identity_key)
    if uscc.check(text).verdict is Verdict.VALID:
        return _organisation(text)
    if re.fullmatch(r"\d{17}[\dXx]", text):
        return _person(text, identity_key)
    return _organisation(text)


def _division(text: str) -> _Parsed:
    found = division_code.check(text)
    if found.value is None:
        raise _wrong(found.code, found.message_zh, found.message_en, f"{len(text)} 位")
    current = division_code.current(found.value, today())
    return (found.value, f"division:{current}"), _doubt(found, text)


def _phone(text: str) -> str:
    digits = re.sub(r"[\s-]", "", text)
    if not _PHONE.fullmatch(digits):
        raise _wrong(
            "not_a_phone", "不是有效电话号码。请核对。", "Not a phone number.", f"{len(digits)} 位"
        )
    return digits[:3] + "*" * (len(digits) - 7) + digits[-4:]


def _repayment_codes(text: str) -> str:
    """Twenty-four months, the latest last (二代征信 还款状态): see `loan_repayment`."""
    if not _REPAYMENT_CODES.fullmatch(text):
        raise _wrong(
            "not_repayment_codes",
            "应为 24 个月的还款状态代码，只用 N、1 至 7、B、D、Z、C、G、*、#。请按征信报告核对。",
            "Not twenty-four monthly repayment codes.",
            f"{len(text)} 位",
        )
    return text


def _doubt(found: Any, text: str) -> CellVerdict | None:
    if found.verdict is not Verdict.WARNING:
        return None
    return CellVerdict(found.code, found.message_zh, found.message_en, f"{len(text)} 位", "warning")


def _wrong(code: str, message_zh: str, message_en: str, value_class: str) -> _WrongError:
    return _WrongError(CellVerdict(code, message_zh, message_en, value_class))

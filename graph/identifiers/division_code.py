"""Division code (行政区划代码), GB/T 2260, with the statistical codes of towns and villages below.

    1–2     province (省、自治区、直辖市)
    3–4     city or prefecture (市、地区、州、盟)
    5–6     county or district (县、区、旗)
    7–9     town or subdistrict (乡、镇、街道), statistical code
    10–12   village or community (村、社区), statistical code

Six, nine or twelve digits.  A code is given for ever and its place may get another one: what was
610322 凤翔县 has been 610305 凤翔区 since 2021, and whoever was registered before keeps 610322.

>>> from datetime import date
>>> check("610305100000").value
'610305100'
>>> current("610322", date(2020, 1, 1)), current("610322", date(2026, 1, 1))
('610322', '610305')
>>> former("610305")
('610322',)
>>> name("610305"), name("610305100"), parent("610305100")
('凤翔区', '城关镇', '610305')
"""

from __future__ import annotations

import re
from datetime import date

from graph.identifiers import spelling
from graph.identifiers.verdict import IdentifierIssue, Verdict
from graph.regions import Division, divisions, towns
from graph.time import MAX_DATE

__all__ = ["check", "compact", "current", "former", "name", "parent"]

_DIGITS = re.compile(r"[0-9]*")

_LENGTH = IdentifierIssue(
    Verdict.INVALID,
    "length",
    "行政区划代码应为6位（县级以上）、9位（乡镇）或12位（村）。",
    "A division code has 6, 9 or 12 digits.",
    None,
)
_ALPHABET = IdentifierIssue(
    Verdict.INVALID,
    "alphabet",
    "行政区划代码只能是数字。",
    "A division code has digits only.",
    None,
)
_PROVINCE = IdentifierIssue(
    Verdict.INVALID,
    "division",
    "行政区划代码前两位不是任何省份，请核对。",
    "The first two digits are no province.",
    None,
)


def compact(text: str) -> str:
    """Without spaces and dashes, and without the zeros that fill a short code up."""
    code = spelling.compact(text)
    if len(code) == 12 and code.endswith("000"):
        code = code[:9]
    if len(code) == 9 and code.endswith("000"):
        code = code[:6]
    return code


def check(text: str) -> IdentifierIssue:
    """Check one code; codes `ok`, `length`, `alphabet`, `division`.

    A county or a town of Baoji that no list knows is a WARNING: lists lag behind the world.
    """
    code = compact(text)
    if not _DIGITS.fullmatch(code):
        return _ALPHABET
    if len(code) not in (6, 9, 12):
        return _LENGTH
    if f"{code[:2]}0000" not in divisions():
        return _PROVINCE
    town_unknown = len(code) > 6 and code.startswith("6103") and name(code[:9]) is None
    if code[:6] not in divisions() or town_unknown:
        return IdentifierIssue(
            Verdict.WARNING,
            "division",
            "行政区划名录中没有这个代码，请核对；确属新设的，请信用办更新名录。",
            "No list knows this code: check it, or have the list brought up to date.",
            code,
        )
    return IdentifierIssue(Verdict.VALID, "ok", "", "", code)


def current(code: str, on: date) -> str:
    """The code that the place of `code` has on the day `on`, before or after it carried `code`.

    Towns and villages follow their county.  Where no other code is recorded it is `code` itself.
    """
    county, below = code[:6], code[6:]
    periods = divisions().get(county, ())
    if not periods or any(each.valid_from <= on < each.valid_to for each in periods):
        return code
    ended = [each for each in periods if each.valid_to <= on]
    if ended:
        successor = ended[-1].successor
        return current(successor + below, on) if successor else code
    earlier = _predecessors(periods[0])
    held = [each.code for each in earlier if each.valid_from <= on]
    return (held[-1] if held else county) + below


def former(code: str) -> tuple[str, ...]:
    """Every earlier code of the place that has `code` now, oldest first."""
    periods = divisions().get(code[:6], ())
    return tuple(each.code + code[6:] for each in _predecessors(periods[-1])) if periods else ()


def name(code: str, on: date | None = None) -> str | None:
    """The name on the day `on`, or the latest one; None where no list has it.

    Towns are known for Baoji, under the present and the former codes of their county.
    """
    if len(code) == 9:
        return towns().get(code) or towns().get(current(code, MAX_DATE))
    periods = divisions().get(code, ())
    held = [each.name for each in periods if on is None or each.valid_from <= on < each.valid_to]
    return held[-1] if held else None


def parent(code: str) -> str | None:
    """The nearest division above that a list knows; None above a province.

    Counties of the four municipalities, and those directly under a province, have the province.
    """
    if len(code) > 6:
        return code[:-3]
    above = (f"{code[:4]}00", f"{code[:2]}0000")
    return next((each for each in above if each != code and each in divisions()), None)


def _predecessors(period: Division) -> list[Division]:
    """The periods of other codes that ended in this one, oldest first."""
    # a code may be given anew (610304 was 杨陵区 in 1982 and is 陈仓区 since 2003): only what
    # ended while this period ran ended in it
    before = [
        each
        for other in divisions().values()
        for each in other
        if each.successor == period.code and period.valid_from <= each.valid_to <= period.valid_to
    ]
    return [
        found
        for each in sorted(before, key=lambda found: found.valid_to)
        for found in (*_predecessors(each), each)
    ]

"""Resident id (公民身份号码), GB 11643-1999.

Eighteen characters:

    1–6     division where the number was first given (地址码), GB/T 2260
    7–14    date of birth (出生日期码), YYYYMMDD
    15–17   sequence (顺序码): odd for men, even for women
    18      check digit (校验码): ISO 7064 MOD 11-2, 10 is written X

The number never changes, so the division is that of the day it was given: people of Fengxiang
born before 2021 carry 610322, not 610305.  Two kinds look the same and are told apart by the
division: 810000, 820000 and 830000 on the residence permits of Hong Kong, Macao and Taiwan
residents (港澳台居民居住证), and 9 + province + country on the foreign permanent resident card
(外国人永久居留身份证, 2023 pattern; the older one has letters and is not checked here).

First-generation cards had fifteen digits (two for the year, no check digit); their normal form is
the eighteen-digit number of the same person.

>>> check("61032219750315001x").value
'61032219750315001X'
>>> check("610305197503150013").code
'division_birth_year'
>>> check("610322750315001").value
'61032219750315001X'
>>> mask("61032219750315001X"), mask("6103221975****001X")
('61032219750315****', '6103221975********')
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from operator import mul
from typing import Literal

from graph.errors import InputError
from graph.identifiers.appearance import appearance, masked_form
from graph.identifiers.spelling import compact
from graph.identifiers.verdict import IdentifierIssue, Verdict
from graph.regions import divisions
from graph.time import today

__all__ = ["birth_on", "check", "check_digit", "compact", "complete", "mask", "sex"]

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_DIGITS = "10X98765432"  # indexed by the weighted sum modulo 11
_ZERO = ord("0") * sum(_WEIGHTS)
_EIGHTEEN = re.compile(r"[0-9]{17}[0-9X]")
_FIFTEEN = re.compile(r"[0-9]{15}")
_PERMITS = frozenset({"810000", "820000", "830000"})
_OLDEST_YEAR = 1880  # the standard's own example; whoever is older is a typing error
_FIRST_CARDS, _ALL_NUMBERED = 1984, 1999


def _invalid(code: str, message_zh: str, message_en: str) -> IdentifierIssue:
    return IdentifierIssue(Verdict.INVALID, code, message_zh, message_en, None)


_LENGTH = _invalid(
    "length",
    "身份证号应为18位（旧证15位），请对照证件核对。",
    "A resident id has 18 (or 15) characters.",
)
_ALPHABET = _invalid(
    "alphabet",
    "身份证号只能是数字，仅第18位可以是X。",
    "A resident id has digits only, and perhaps X at the end.",
)
_DIVISION = _invalid(
    "division",
    "身份证号开头不是任何省份的代码，请对照证件核对。",
    "It starts with no province's code.",
)
_BIRTH_DATE = _invalid(
    "birth_date",
    "身份证号中的出生日期不存在或不合理，请对照证件核对。",
    "The date of birth in it does not exist or cannot be.",
)
_CHECK_DIGIT = _invalid(
    "check_digit", "身份证号第18位校验码不符，请对照证件逐位核对。", "The check digit does not fit."
)


def check(text: str) -> IdentifierIssue:
    """Check one resident id.

    Codes: VALID `ok`, `hong_kong_macao_taiwan_resident`, `foreign_permanent_resident`; WARNING
    `fifteen_digits`, `division` (a county no list knows), `division_birth_year` (a division that
    gave no numbers to people of that age; late registration makes it real now and then); INVALID
    `length`, `alphabet`, `division` (no such province), `birth_date`, `check_digit`, and what
    `appearance` names: a masked number, a passport, an old card.
    """
    code = compact(text)
    if _FIFTEEN.fullmatch(code):
        return _check_fifteen(code)
    if len(code) != 18:
        return appearance(code) or (_ALPHABET if len(code) == 15 else _LENGTH)
    if not _EIGHTEEN.fullmatch(code):
        return appearance(code) or _ALPHABET
    kind = _kind(code[:6])
    if kind is None:
        return _DIVISION
    birth = _date(code[6:14])
    # only dates after this was written can lie in the future: spares the clock for all others
    if birth is None or (birth.year > 2025 and birth > today()):
        return _BIRTH_DATE
    if check_digit(code[:17]) != code[17]:
        return _CHECK_DIGIT
    if kind != "ok":
        return IdentifierIssue(Verdict.VALID, kind, "", "", code)
    return _check_division(code, birth.year)


def check_digit(first17: str) -> str:
    """The eighteenth character for seventeen digits."""
    return _DIGITS[(sum(map(mul, _WEIGHTS, first17.encode())) - _ZERO) % 11]


def complete(first17: str) -> str:
    """The whole number for its first seventeen digits; raises `InputError` for anything else.

    For synthetic persons and tests only: a real number comes from a document.
    """
    code = compact(first17) + "0"
    if not _EIGHTEEN.fullmatch(code):
        raise InputError(
            "身份证号前17位应为17个数字。",
            "The first 17 characters of a resident id are digits.",
            code="resident_id",
        )
    return code[:17] + check_digit(code[:17])


def birth_on(text: str) -> date:
    """The date of birth; raises `InputError` when the id is INVALID."""
    code = _usable(text)
    return date(int(code[6:10]), int(code[10:12]), int(code[12:14]))


def sex(text: str) -> Literal["male", "female"]:
    """The sex that the sequence tells; raises `InputError` when the id is INVALID."""
    return "male" if int(_usable(text)[16]) % 2 else "female"


def mask(text: str) -> str:
    """The form that may be kept and shown: division and date of birth, never the last four.

    Place and date stand beside it anyway (who lives where, who is of age), so what is kept of the
    rest decides: without it five hundred numbers are left for each sex, with it one.  What is
    masked already stays so, in that form.  Where no date stands in the place of the date, digits
    may have slipped: then nothing is shown.
    """
    code = compact(text)
    if shown := masked_form(code):
        return shown
    if _FIFTEEN.fullmatch(code) and _date("19" + code[6:12]):
        code = _upgrade(code)
    if _EIGHTEEN.fullmatch(code) and _date(code[6:14]):
        return f"{code[:14]}****"
    return "*" * len(code)


def _usable(text: str) -> str:
    finding = check(text)
    if finding.value is None:
        raise InputError(finding.message_zh, finding.message_en, code="resident_id")
    return finding.value


def _check_fifteen(code: str) -> IdentifierIssue:
    if _kind(code[:6]) != "ok":  # permits and foreigners' cards came with eighteen digits
        return appearance(code) or _DIVISION
    if _date("19" + code[6:12]) is None:
        return appearance(code) or _BIRTH_DATE
    return IdentifierIssue(
        Verdict.WARNING,
        "fifteen_digits",
        "这是15位旧号码，没有校验码，已换算为18位；请对照现行证件核对。",
        "An old number without a check digit, brought to 18 digits: compare with the present card.",
        _upgrade(code),
    )


def _upgrade(code: str) -> str:
    first17 = f"{code[:6]}19{code[6:]}"
    return first17 + check_digit(first17)


def _check_division(code: str, birth_year: int) -> IdentifierIssue:
    spans = _spans(code[:6])
    if not spans:
        return IdentifierIssue(
            Verdict.WARNING,
            "division",
            "身份证号前6位不在行政区划名录（1980年以来）中，请对照证件核对。",
            "Its division is in no list since 1980.",
            code,
        )
    # numbers came with the first card, from 1984 and at sixteen; since 1999 with the birth entry.
    # Two years are allowed for delay and for the gaps between the lists.
    earliest = max(birth_year, _FIRST_CARDS)
    latest = min(max(birth_year + 18, _FIRST_CARDS + 8), _ALL_NUMBERED)
    latest = max(latest, birth_year + 2)
    if any(first <= latest and earliest <= last for first, last in spans):
        return IdentifierIssue(Verdict.VALID, "ok", "", "", code)
    return IdentifierIssue(
        Verdict.WARNING,
        "division_birth_year",
        "身份证号前6位的行政区划与出生年份不相配；若非补办登记，请对照证件核对。",
        "Its division gave no numbers to people born in that year, unless registered late.",
        code,
    )


@lru_cache(maxsize=1 << 14)
def _kind(area: str) -> str | None:
    """The code of a valid finding for this division; None where it cannot be one."""
    if area.startswith("9"):
        return "foreign_permanent_resident" if f"{area[1:3]}0000" in divisions() else None
    if area in _PERMITS:
        return "hong_kong_macao_taiwan_resident"
    if area[:2] in {"81", "82", "83"} or f"{area[:2]}0000" not in divisions():
        return None
    return "ok"


@lru_cache(maxsize=1 << 14)
def _spans(area: str) -> tuple[tuple[int, int], ...]:
    """First and last year of each period of a division."""
    # the standard has 01 for the districts of a city together (市辖区); the lists leave it out
    listed = area if area in divisions() or area[4:] != "01" else f"{area[:4]}00"
    return tuple((each.valid_from.year, each.valid_to.year) for each in divisions().get(listed, ()))


@lru_cache(maxsize=1 << 16)
def _date(text: str) -> date | None:
    try:
        day = date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None
    return day if day.year >= _OLDEST_YEAR else None

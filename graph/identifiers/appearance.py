"""What a text looks like that is no usable identifier: named, so that a clerk knows what to do.

A masked number is no faulty one, and a passport is no faulty 统一社会信用代码.  Nothing is decided
here; the words go with the refusal.

    masked_id                   610322********1046, and what courts publish: 6103221990****1046
    scientific                  6.10322E+17: Excel's own form of a long number
    passport                    护照: one or two letters and seven or eight digits
    home_return_permit          港澳居民来往内地通行证: H or M and eight (ten) digits
    taiwan_permit               台湾居民来往大陆通行证: eight digits
    permanent_residence_card    外国人永久居留证 of before 2023: three letters of a country, twelve digits
    organisation_code           组织机构代码: nine characters
    registration_number         工商注册号: fifteen digits, check digit ISO 7064 MOD 11,10
    short_id                    digits of a resident id, too few or too many

>>> appearance("610322********1046").code, appearance("6.10322E+17").code
('masked_id', 'scientific')
>>> appearance("E12345678").code, appearance("USA110074091234").code
('passport', 'permanent_residence_card')
>>> appearance("91610305MA6X00008K") is None
True
"""

from __future__ import annotations

import re
from datetime import date

from graph.identifiers import organisation_code
from graph.identifiers.spelling import compact
from graph.identifiers.verdict import IdentifierIssue, Verdict
from graph.regions import divisions

__all__ = ["HIDDEN_SIGNS", "appearance", "masked_form", "registration_number_fits", "visible_tail"]

#: What publishers put in the place of a digit.
HIDDEN_SIGNS = "*X×#●○"
#: Six digits of the division, something hidden, the last two to four: any mask that is in use.
_MASKED = re.compile(rf"([0-9]{{6}})[0-9]{{0,8}}[{HIDDEN_SIGNS}]{{3,}}[0-9]{{0,4}}[0-9X]?")
_SCIENTIFIC = re.compile(r"[0-9](?:\.[0-9]+)?E\+?[0-9]{1,2}")


def _named(code: str, message_zh: str, message_en: str) -> IdentifierIssue:
    return IdentifierIssue(Verdict.INVALID, code, message_zh, message_en, None)


_NO_PARTY_BY = "；这里只认公民身份号码和统一社会信用代码，请改填其一，没有的请按该来源说明留空并写明姓名和住址。"

_MASK = _named(
    "masked_id",
    "这是隐去了中间几位的身份证号码，不能据以认定是谁；请填写完整的18位号码。",
    "A masked resident id proves nobody: give all 18 digits.",
)
_EXPONENT = _named(
    "scientific",
    "Excel 已把号码变成科学计数，末位已丢失；请把该列设为文本格式，从业务系统重新导出。",
    "Excel wrote the number in scientific notation and its last digits are lost: export it as text.",
)
_SHORT = _named(
    "short_id",
    "像身份证号码，但位数不对（应为18位，旧证15位），请对照证件补全。",
    "It looks like a resident id with digits missing or too many.",
)
_PASSPORT = _named(
    "passport",
    f"这像护照号码{_NO_PARTY_BY}外国人请填外国人永久居留身份证的18位号码。",
    "It looks like a passport number.",
)
_HOME_RETURN = _named(
    "home_return_permit",
    f"这像港澳居民来往内地通行证号码{_NO_PARTY_BY}领有港澳居民居住证的请填其18位号码。",
    "It looks like a mainland travel permit of Hong Kong and Macao residents.",
)
_TAIWAN = _named(
    "taiwan_permit",
    f"只有8位数字，像台湾居民来往大陆通行证号码{_NO_PARTY_BY}领有台湾居民居住证的请填其18位号码。",
    "It looks like a mainland travel permit of Taiwan residents.",
)
_OLD_CARD = _named(
    "permanent_residence_card",
    f"这像旧版外国人永久居留证的15位号码{_NO_PARTY_BY}请对照2023年起的新证填写18位号码。",
    "It looks like the permanent residence card of before 2023: give the 18 digits of the new one.",
)
_OLD_CODE = _named(
    "organisation_code",
    "这是9位组织机构代码，已停用；请填该单位18位的统一社会信用代码（其第9至17位）。",
    "A nine-character organisation code: give the unified code, of which it is characters 9 to 17.",
)
_REGISTRATION = _named(
    "registration_number",
    "这像15位工商注册号，已停用；请填该单位18位的统一社会信用代码。",
    "It looks like a registration number of fifteen digits: give the unified code.",
)

_SHAPES = (
    (_SCIENTIFIC, _EXPONENT),
    (re.compile(r"[HM][0-9]{8}(?:[0-9]{2})?"), _HOME_RETURN),
    (re.compile(r"[A-Z]{3}[0-9]{12}"), _OLD_CARD),
    (re.compile(r"[DEGPS][0-9]{7,8}|(?:E[A-Z]|PE|SE|DE)[0-9]{7}"), _PASSPORT),
    (re.compile(r"[0-9]{8}"), _TAIWAN),
)


def appearance(text: str) -> IdentifierIssue | None:
    """What the text looks like, as an INVALID finding that names it; None for nothing of the above.

    A well-formed resident id or unified code is not looked at twice: ask their own checks first.
    """
    code = compact(text)
    if _is_masked(code):
        return _MASK
    for shape, named in _SHAPES:
        if shape.fullmatch(code):
            return named
    if len(code) == 9 and organisation_code.check(code).verdict is Verdict.VALID:
        return _OLD_CODE
    if code.isascii() and code.isdigit() and len(code) == 15:
        return _REGISTRATION if registration_number_fits(code) else None
    return _SHORT if _is_short(code) else None


def masked_form(text: str) -> str | None:
    """The mask in the one form we keep (6103221990********); None for what is no masked id.

    What a publisher left of place and date stays; the last four never do, as in our own masks:
    beside the date of birth that another source states they would be the whole number.
    """
    code = compact(text)
    if not _is_masked(code):
        return None
    left = re.match("[0-9]+", code)
    seen = len(left[0]) if left and len(code) == 18 else 6
    # to the end of the place, the year, the month or the day
    kept = code[: max(end for end in (6, 10, 12, 14) if end <= max(seen, 6))]
    return f"{kept}{'*' * (18 - len(kept))}"


def visible_tail(text: str) -> str | None:
    """The last four of a masked id where they stand there, to be keyed; None where they do not."""
    code = compact(text)
    last = re.search(r"[0-9]{3}[0-9X]$", code)
    return last[0] if last and len(code) == 18 and _is_masked(code) else None


def registration_number_fits(digits: str) -> bool:
    """Whether fifteen digits are a registration number (GS 15-2006): ISO 7064 MOD 11,10."""
    carried = 10
    for digit in digits[:14]:
        carried = ((carried + int(digit)) % 10 or 10) * 2 % 11
    return (carried + int(digits[14])) % 10 == 1


def _is_masked(code: str) -> bool:
    found = _MASKED.fullmatch(code)
    # an X is also a check digit: three hidden places are more than any number has
    return bool(found) and f"{code[:2]}0000" in divisions() and not code[6:-1].isdigit()


def _is_short(code: str) -> bool:
    """Whether it begins as a resident id does: a province, and a date of birth at its place."""
    if not re.fullmatch(r"[0-9]{12,20}[0-9X]", code) or len(code) in (15, 18):
        return False
    if f"{code[:2]}0000" not in divisions():
        return False
    try:
        born = date(int(code[6:10]), int(code[10:12]), int(code[12:14]))
    except ValueError:
        return False
    return born.year >= 1900

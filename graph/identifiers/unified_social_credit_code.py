"""Unified social credit code (统一社会信用代码), GB 32100-2015 with Amendment 1 (2016).

Eighteen characters of 0–9 and A–Z without I, O, S, V, Z:

    1       registering authority (登记管理部门代码): 9 market supervision, N agriculture …
    2       class within the authority (机构类别代码): 91 enterprise, 92 individual business,
            93 farmers' cooperative, N2 village collective …
    3–8     division of the registrar (登记管理机关行政区划码), digits; never changes
    9–17    organisation code (主体标识码), GB 11714, with its own check digit at 17
    18      check digit (校验码): modulo 31, weights 3^(i-1)

Registrars use numbers of development zones at 3–8 that GB/T 2260 does not have, so only the
province is looked up there.  Seventeen zeros and X stand for "has no code" in 双公示 data: that
is a filler, not a code.

Pilot codes.  Before the standard was fixed, Fujian issued codes with bodies M000…, whose check
digit follows another rule: the four known ones all fit modulo 37 with weights 2^(i-1) over the 36
characters (inferred from them; no text of the rule is known).  Their holders keep them, so they
are a WARNING.  Any other failing check digit is INVALID.

>>> check("93610305MA6X00008D").verdict
<Verdict.VALID: 'valid'>
>>> check("N2610305MF00000054").code, subject_class("N2610305MF00000054").name_zh
('ok', '村级集体经济组织')
>>> check("91350211M0000XUF46").code
'pilot_code'
>>> check("00000000000000000X").code
'filler'
"""

from __future__ import annotations

import re
from operator import mul

from graph.errors import InputError
from graph.identifiers import organisation_code
from graph.identifiers.appearance import appearance
from graph.identifiers.registering_authority import SubjectClass, authority_exists, class_of
from graph.identifiers.spelling import compact
from graph.identifiers.verdict import IdentifierIssue, Verdict
from graph.regions import divisions

__all__ = ["check", "check_digit", "compact", "complete", "registrar_known", "subject_class"]

_ALPHABET_31 = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_VALUES = {char: value for value, char in enumerate(_ALPHABET_31)}
_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
_PILOT_WEIGHTS = tuple(pow(2, place, 37) for place in range(18))
_CHARACTERS = re.compile(f"[{_ALPHABET_31}]*")
_AREA = re.compile(r"[0-9]{6}")
_FILLER = "0" * 17 + "X"
#: Bodies registered by the central authorities.
_NATION = frozenset({"100000"})
#: 新疆生产建设兵团: its registrars write 99 for the province (11991…), which GB/T 2260 does not have.
_CORPS = "99"


def _invalid(code: str, message_zh: str, message_en: str) -> IdentifierIssue:
    return IdentifierIssue(Verdict.INVALID, code, message_zh, message_en, None)


_EMPTY = _invalid(
    "filler",
    "17个0加X只表示没有统一社会信用代码，不是代码；请另填工商注册号等。",
    "Seventeen zeros and X say that there is no code; give another identifier.",
)
_LENGTH = _invalid(
    "length",
    "统一社会信用代码应为18位，请对照证照核对。",
    "A unified social credit code has 18 characters.",
)
_ALPHABET = _invalid(
    "alphabet",
    "统一社会信用代码只用数字和大写字母，且不用I、O、S、V、Z；请检查是否误写了1、0、5、2。",
    "It has digits and capitals without I, O, S, V and Z; look for a mistaken 1, 0, 5 or 2.",
)
_CLASS = _invalid(
    "class",
    "统一社会信用代码第1位不是任何登记管理部门。",
    "Its first character is no registering authority.",
)
_DIVISION = _invalid(
    "division",
    "统一社会信用代码第3至8位应为数字（登记机关行政区划）。",
    "Characters 3 to 8 are digits.",
)
_CHECK_DIGIT = _invalid(
    "check_digit",
    "统一社会信用代码第18位校验码不符，请对照证照逐位核对。",
    "The check digit does not fit.",
)
_EMBEDDED = _invalid(
    "embedded_check_digit",
    "统一社会信用代码第17位（组织机构代码校验码）不符，请对照证照核对。",
    "The check digit of the organisation code inside (character 17) does not fit.",
)


def check(text: str) -> IdentifierIssue:
    """Check one code.

    Codes: VALID `ok`; WARNING `pilot_code`, `class` (an authority's class that the table lacks),
    `division` (no such province); INVALID `filler`, `length`, `alphabet`, `class` (no such
    authority), `division` (letters in it), `check_digit`, `embedded_check_digit`, and what
    `appearance` names.
    """
    code = compact(text)
    if code == _FILLER:
        return _EMPTY
    if len(code) != 18:
        return appearance(code) or _LENGTH
    if not _CHARACTERS.fullmatch(code):
        return appearance(code) or _ALPHABET
    if not authority_exists(code[0]):
        return _CLASS
    if not _AREA.fullmatch(code[2:8]):
        return _DIVISION
    embedded_fits = organisation_code.check_digit(code[8:16]) == code[16]
    if check_digit(code[:17]) != code[17]:
        return _pilot(code) if embedded_fits and _is_pilot(code) else _CHECK_DIGIT
    if not embedded_fits:
        return _EMBEDDED
    return _doubts(code) or IdentifierIssue(Verdict.VALID, "ok", "", "", code)


def check_digit(first17: str) -> str:
    """The eighteenth character for seventeen of the alphabet."""
    total = sum(map(mul, _WEIGHTS, map(_VALUES.__getitem__, first17)))
    return _ALPHABET_31[-total % 31]


def complete(first17: str) -> str:
    """The whole code for its first characters; raises `InputError` when they cannot start one.

    For synthetic data and tests.  Sixteen characters are enough: the seventeenth, given or not,
    becomes the check digit of the organisation code.
    """
    start = compact(first17)
    if len(start) not in (16, 17) or not _CHARACTERS.fullmatch(start):
        raise InputError(
            "统一社会信用代码前16位或17位含有不允许的字符，或长度不对。",
            "Give 16 or 17 characters of the code's alphabet.",
            code="unified_social_credit_code",
        )
    first17 = start[:16] + organisation_code.check_digit(start[8:16])
    return first17 + check_digit(first17)


def subject_class(code: str) -> SubjectClass | None:
    """What kind of subject the first two characters say; None where the table does not know."""
    return class_of(compact(code)[:2])


def registrar_known(code: str) -> bool:
    """Whether class and division are such as an authority has: no number of a person fits by chance.

    Development zones have divisions of their own that no list has: their codes are as good.
    """
    area = code[2:8]
    known = area in divisions() or area in _NATION or area.startswith(_CORPS)
    return known and class_of(code[:2]) is not None


def _is_pilot(code: str) -> bool:
    total = sum(
        weight * int(char, 36) for weight, char in zip(_PILOT_WEIGHTS[:17], code[:17], strict=True)
    )
    return code.startswith("M000", 8) and (total + int(code[17], 36)) % 37 == 0


def _pilot(code: str) -> IdentifierIssue:
    return IdentifierIssue(
        Verdict.WARNING,
        "pilot_code",
        "这是标准定稿前试点时发放的代码，校验码按旧规则计算；可以使用，请核对证照。",
        "A code of the pilot before the standard, with a check digit of the old rule: usable.",
        code,
    )


def _doubts(code: str) -> IdentifierIssue | None:
    if class_of(code[:2]) is None:
        return IdentifierIssue(
            Verdict.WARNING,
            "class",
            "统一社会信用代码第2位机构类别不在已知类别表中，请核对。",
            "Its class is not in the table of this authority.",
            code,
        )
    if (
        code[2:8] not in _NATION
        and not code.startswith(_CORPS, 2)
        and f"{code[2:4]}0000" not in divisions()
    ):
        return IdentifierIssue(
            Verdict.WARNING,
            "division",
            "统一社会信用代码第3、4位不是任何省份，请核对。",
            "Characters 3 and 4 are no province.",
            code,
        )
    return None

"""Organisation code (组织机构代码), GB 11714-1997 全国组织机构代码编制规则.

Nine characters:

    1–8   body (本体代码): 0–9 and A–Z, without meaning
    9     check digit (校验码): 0–9 or X

Check digit: with A = 10 … Z = 35 and weights 3 7 9 10 5 8 4 2, it is 11 minus the
weighted sum modulo 11; 10 is written X and 11 is written 0.  Since 2015 the code lives on as
characters 9–17 of the unified social credit code (主体标识码).

>>> check("60003734-1").value
'600037341'
>>> check("600037342").code
'check_digit'
>>> complete("60003734")
'600037341'
"""

from __future__ import annotations

import re

from graph.errors import InputError
from graph.identifiers.spelling import compact
from graph.identifiers.verdict import IdentifierIssue, Verdict

__all__ = ["check", "check_digit", "compact", "complete"]

_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_DIGITS = "0X987654321"  # indexed by the weighted sum modulo 11
_VALUES = {char: int(char, 36) for char in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
_SHAPE = re.compile(r"[0-9A-Z]{8}[0-9X]", re.ASCII)

_LENGTH = IdentifierIssue(
    Verdict.INVALID,
    "length",
    "组织机构代码应为9位，请对照证书补全。",
    "An organisation code has 9 characters.",
    None,
)
_ALPHABET = IdentifierIssue(
    Verdict.INVALID,
    "alphabet",
    "组织机构代码前8位只能是数字或大写字母，第9位只能是数字或X。",
    "An organisation code has digits and letters, and ends in a digit or X.",
    None,
)
_CHECK_DIGIT = IdentifierIssue(
    Verdict.INVALID,
    "check_digit",
    "组织机构代码第9位校验码不符，请对照证书逐位核对。",
    "The check digit of the organisation code does not fit.",
    None,
)


def check(text: str) -> IdentifierIssue:
    """Check one organisation code; codes `ok`, `length`, `alphabet`, `check_digit`."""
    code = compact(text)
    if len(code) != 9:
        return _LENGTH
    if not _SHAPE.fullmatch(code):
        return _ALPHABET
    if check_digit(code[:8]) != code[8]:
        return _CHECK_DIGIT
    return IdentifierIssue(Verdict.VALID, "ok", "", "", code)


def check_digit(body: str) -> str:
    """The ninth character for eight characters of 0–9 and A–Z."""
    total = sum(weight * _VALUES[char] for weight, char in zip(_WEIGHTS, body, strict=True))
    return _DIGITS[total % 11]


def complete(first8: str) -> str:
    """The whole code for its first eight characters; raises `InputError` when they cannot be one.

    For synthetic data and tests: a code that is not on a certificate must never be made up.
    """
    body = compact(first8)
    if not _SHAPE.fullmatch(body + "0"):
        raise InputError(
            "组织机构代码本体应为8位数字或字母。",
            "The body of an organisation code is 8 digits or letters.",
            code="organisation_code",
        )
    return body + check_digit(body)

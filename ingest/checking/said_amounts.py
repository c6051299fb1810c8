"""Amounts in the words of a decision: 罚款2000元, 处贰仟元罚款, 没收违法所得1.2万元."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

__all__ = ["amounts_said"]

_DIGITS = {
    character: value
    for value, characters in enumerate(
        ("零〇", "一壹", "二贰两", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖")
    )
    for character in characters
}
_TENS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1_000, "仟": 1_000}
_MYRIADS = {"万": 10_000, "亿": 100_000_000}
_NUMERAL = "".join((*_DIGITS, *_TENS, *_MYRIADS))
_AMOUNT = rf"(?P<number>\d[\d,，]*(?:\.\d+)?|[{_NUMERAL}]+)\s*(?P<myriad>万)?(?:元|圆)"


@lru_cache(maxsize=1 << 10)
def amounts_said(text: str, word: str) -> tuple[int, ...]:
    """What a text says behind or before a word (罚款, 没收), in fen; none where it says no amount.

    >>> amounts_said("没收违法所得300元，并处罚款人民币贰仟元整", "罚款")
    (200000,)
    >>> amounts_said("处1.5万元罚款", "罚款"), amounts_said("警告", "罚款")
    ((1500000,), ())
    """
    between = rf"[^\d{_NUMERAL}；;。]{{0,16}}?"
    behind = re.finditer(rf"{word}{between}{_AMOUNT}", text)
    found = [_fen(each) for each in behind]
    if not found:
        found = [_fen(each) for each in re.finditer(rf"{_AMOUNT}(?:整|的|人民币)*{word}", text)]
    return tuple(each for each in found if each is not None)


def _fen(found: re.Match[str]) -> int | None:
    plain = found["number"].replace(",", "").replace("，", "")
    number = Decimal(plain) if plain[0].isdigit() else Decimal(_numeral(plain))
    fen = number * (1_000_000 if found["myriad"] else 100)
    return int(fen) if fen == fen.to_integral_value() else None


def _numeral(text: str) -> int:
    """A numeral of everyday or of cheques: 二千三百, 壹万贰仟, 十五."""
    total = section = digit = 0
    for character in text:
        if character in _DIGITS:
            digit = _DIGITS[character]
        elif character in _TENS:
            # 十五 has no digit before its ten
            section += (digit or 1) * _TENS[character]
            digit = 0
        else:
            total = (total + section + digit) * _MYRIADS[character]
            section = digit = 0
    return total + section + digit

"""A column of resident ids at once: key, masked form, date of birth, sex, key of the last four.

Most ids of a file are ordinary: eighteen half-width characters, a division that gave numbers in
that year, a real date, the right check digit.  Those are recognised for the whole column with
array arithmetic; every other id goes through `resident_id.check`, which alone says what is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graph.identifiers import IdentifierIssue, person_keys, resident_id, tail_keys
from graph.time import today

__all__ = ["PARTY_SUFFIXES", "ordinary", "persons", "surely_no_code"]

#: Endings of the typed columns of a party, in the order of `persons`.
PARTY_SUFFIXES = ("_key", "_label", "_masked", "_code", "_birth_on", "_sex", "_tail_key")

_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2], dtype=np.int64)
_CHECK = np.array([ord(each) for each in "10X98765432"], dtype=np.uint32)
_CODE_WEIGHTS = np.array([pow(3, place, 31) for place in range(17)], dtype=np.int64)
_CODE_CHECK = np.array([ord(each) for each in "0123456789ABCDEFGHJKLMNPQRTUWXY"], dtype=np.uint32)


def ordinary(texts: Sequence[str]) -> np.ndarray:
    """Which of the texts `resident_id.check` calls VALID and `ok` as they are written.

    Never true where it would say otherwise; it may be false for a valid id in unusual spelling.
    """
    hit = np.fromiter((len(text) == 18 for text in texts), bool, len(texts))
    if not hit.any():
        return hit
    digits, last = _characters([text if len(text) == 18 else "0" * 18 for text in texts])
    hit &= ((digits >= 0) & (digits <= 9)).all(axis=1)
    hit &= last == _CHECK[(digits * _WEIGHTS).sum(axis=1) % 11]
    good = digits[hit]
    # a column of a million ids has some thousand places with a year, and days
    hit[hit] = _each_once(_number(good, 0, 10), lambda said: _area_gave_numbers(f"{said:010d}")) & (
        _each_once(_number(good, 6, 14), lambda said: _past(f"{said:08d}"))
    )
    return hit


def persons(
    texts: Sequence[str], identity_key: str
) -> tuple[list[list[Any]], dict[int, IdentifierIssue]]:
    """A column for each of `PARTY_SUFFIXES`, and the findings that are not plainly valid.

    An INVALID id has no values.
    """
    values: list[str | None] = list(texts)
    findings: dict[int, IdentifierIssue] = {}
    for place in np.flatnonzero(~ordinary(texts)).tolist():
        found = resident_id.check(texts[place])
        values[place] = found.value
        findings[place] = found
    usable = [value for value in values if value is not None]
    columns: list[list[Any]] = [
        person_keys(usable, identity_key),
        ["Person"] * len(usable),
        [f"{value[:14]}****" for value in usable],
        [None] * len(usable),
        *_born_and_sex(usable),
        tail_keys([value[14:] for value in usable], identity_key),
    ]
    if len(usable) < len(values):
        read = [iter(column) for column in columns]
        columns = [[None if value is None else next(each) for value in values] for each in read]
    return columns, findings


def surely_no_code(ids: Sequence[str]) -> np.ndarray:
    """Which of these ids fail the check digit of a unified code (GB 32100-2015: modulo 31).

    Nearly all: one number in thirty-one fits by chance, and only those are looked at one by one.

    Args:
        ids: eighteen characters each, seventeen of them half-width digits.
    """
    if not ids:
        return np.zeros(0, dtype=bool)
    digits, last = _characters(ids)
    fails: np.ndarray = last != _CODE_CHECK[-(digits * _CODE_WEIGHTS).sum(axis=1) % 31]
    return fails


def _born_and_sex(ids: Sequence[str]) -> tuple[list[date], list[str]]:
    """Date of birth and sex of ids of eighteen half-width characters that are no wrong ones."""
    if not ids:
        return [], []
    digits, _ = _characters(ids)
    day, place = np.unique(_number(digits, 6, 14), return_inverse=True)
    days = np.empty(len(day), object)
    days[:] = [_day(f"{each:08d}") for each in day.tolist()]
    sexes = np.array(["female", "male"], object)
    return days[place].tolist(), sexes[digits[:, 16] % 2].tolist()


def _characters(ids: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.uint32]]:
    """The first seventeen of eighteen characters as digits, and the last one as it is."""
    characters = np.array(ids, dtype="U18").view(np.uint32).reshape(len(ids), 18)
    return characters[:, :17].astype(np.int64) - ord("0"), characters[:, 17]


def _number(digits: NDArray[np.int64], begin: int, end: int) -> NDArray[np.int64]:
    """The number that some of the digits are."""
    number = np.zeros(len(digits), np.int64)
    for place in range(begin, end):
        number = number * 10 + digits[:, place]
    return number


def _each_once(numbers: NDArray[np.int64], holds: Callable[[int], bool]) -> NDArray[np.bool_]:
    """Whether it holds of each number; every distinct one is asked about once."""
    distinct, place = np.unique(numbers, return_inverse=True)
    return np.array([holds(each) for each in distinct.tolist()], bool)[place]


@lru_cache(maxsize=1 << 14)
def _area_gave_numbers(area_and_year: str) -> bool:
    """Whether somebody born on the first day of the year there has a plainly valid id."""
    found = resident_id.check(resident_id.complete(f"{area_and_year}0101001"))
    return found.code == "ok"


@lru_cache(maxsize=1 << 16)
def _day(text: str) -> date:
    return date(int(text[:4]), int(text[4:6]), int(text[6:]))


@lru_cache(maxsize=1 << 16)
def _past(text: str) -> bool:
    try:
        return _day(text) <= today()
    except ValueError:
        return False

"""A column of resident ids at once: key, masked form, date of birth, sex, key of the last four.

Most ids of a file are ordinary: eighteen half-width characters, a division that gave numbers in
that year, a real date, the right check digit.  Those are recognised for the whole column with
array arithmetic; every other id goes through `resident_id.check`, which alone says what is wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
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

_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2], dtype=np.int32)
_CHECK = np.frombuffer(b"10X98765432", np.uint8)
_CODE_WEIGHTS = np.array([pow(3, place, 31) for place in range(17)], dtype=np.int32)
_CODE_CHECK = np.frombuffer(b"0123456789ABCDEFGHJKLMNPQRTUWXY", np.uint8)


def ordinary(texts: Sequence[str]) -> np.ndarray:
    """Which of the texts `resident_id.check` calls VALID and `ok` as they are written.

    Never true where it would say otherwise; it may be false for a valid id in unusual spelling.
    """
    hit = np.fromiter((len(text) == 18 and text.isascii() for text in texts), bool, len(texts))
    if not hit.any():
        return hit
    some = texts if hit.all() else [texts[place] for place in np.flatnonzero(hit).tolist()]
    digits, last = _characters(some)
    good = (digits <= 9).all(axis=1)
    good &= last == _CHECK[digits @ _WEIGHTS % 11]
    digits = digits[good]
    # a column of a million ids has some thousand places with a year
    areas, place = np.unique(_number(digits, 0, 10), return_inverse=True)
    gave = np.array([_area_gave_numbers(f"{each:010d}") for each in areas.tolist()], bool)
    days, is_day = _days(digits)
    good[good] = gave[place] & is_day & (days <= np.datetime64(today()))
    hit[hit] = good
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
        is_usable = np.fromiter((value is not None for value in values), bool, len(values))
        columns = [_spread(column, is_usable) for column in columns]
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
    fails: np.ndarray = last != _CODE_CHECK[-(digits @ _CODE_WEIGHTS) % 31]
    return fails


def _spread(column: list[Any], where: NDArray[np.bool_]) -> list[Any]:
    """The values at the places where there are some, and None at the others."""
    values = np.full(len(where), None, object)
    values[where] = column
    found: list[Any] = values.tolist()
    return found


def _born_and_sex(ids: Sequence[str]) -> tuple[list[date], list[str]]:
    """Date of birth and sex of ids of eighteen half-width characters that are no wrong ones."""
    if not ids:
        return [], []
    digits, _ = _characters(ids)
    # one object for all who were born on a day
    days, place = np.unique(_days(digits)[0], return_inverse=True)
    sexes = np.array(["female", "male"], object)
    return days.astype(object)[place].tolist(), sexes[digits[:, 16] % 2].tolist()


def _characters(ids: Sequence[str]) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """The first seventeen of eighteen ASCII characters as digits (above 9: it is none), and the last
    one as it is."""
    characters = np.frombuffer("".join(ids).encode("ascii"), np.uint8).reshape(len(ids), 18)
    return characters[:, :17] - np.uint8(ord("0")), characters[:, 17]


def _number(digits: NDArray[np.uint8], begin: int, end: int) -> NDArray[np.int64]:
    """The number that some of the digits are."""
    number = np.zeros(len(digits), np.int64)
    for place in range(begin, end):
        number = number * 10 + digits[:, place]
    return number


def _days(digits: NDArray[np.uint8]) -> tuple[NDArray[np.datetime64], NDArray[np.bool_]]:
    """The dates of birth, and which of them are in the calendar."""
    year, month, day = (_number(digits, *place) for place in ((6, 10), (10, 12), (12, 14)))
    months = (12 * (year - 1970) + month - 1).astype("datetime64[M]")
    days: NDArray[np.datetime64] = months.astype("datetime64[D]") + (day - 1).astype(
        "timedelta64[D]"
    )
    is_day = (year > 0) & (month > 0) & (month <= 12) & (days.astype("datetime64[M]") == months)
    return days, is_day


@lru_cache(maxsize=1 << 14)
def _area_gave_numbers(area_and_year: str) -> bool:
    """Whether somebody born on the first day of the year there has a plainly valid id."""
    found = resident_id.check(resident_id.complete(f"{area_and_year}0101001"))
    return found.code == "ok"

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
    letters = np.array([text if len(text) == 18 else "0" * 18 for text in texts], dtype="U18")
    characters = letters.view(np.uint32).reshape(len(texts), 18)
    digits = characters[:, :17].astype(np.int64) - ord("0")
    hit &= ((digits >= 0) & (digits <= 9)).all(axis=1)
    hit &= characters[:, 17] == _CHECK[(digits * _WEIGHTS).sum(axis=1) % 11]
    places = np.flatnonzero(hit).tolist()
    good = [_area_gave_numbers(texts[p][:6], texts[p][6:10]) and _past(texts[p][6:14])
            for p in places]  # fmt: skip
    hit[places] = good
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
        [_day(value[6:14]) for value in usable],
        ["male" if int(value[16]) % 2 else "female" for value in usable],
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
    characters = np.array(ids, dtype="U18").view(np.uint32).reshape(len(ids), 18)
    digits = characters[:, :17].astype(np.int64) - ord("0")
    fails: np.ndarray = characters[:, 17] != _CODE_CHECK[-(digits * _CODE_WEIGHTS).sum(axis=1) % 31]
    return fails


@lru_cache(maxsize=1 << 14)
def _area_gave_numbers(area: str, year: str) -> bool:
    """Whether somebody born on the first day of the year there has a plainly valid id."""
    found = resident_id.check(resident_id.complete(f"{area}{year}0101001"))
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

"""Administrative divisions of China: codes, names, and when each was in force.

`divisions.csv`: every code of GB/T 2260 (中华人民共和国行政区划代码) at province, city and county
level since 1980, from the civil affairs ministry's published lists (1980 to April 2019) and the
statistics bureau's list of 2023-06-30; development zones that exist only in the statistical codes
are left out.  Codes that stood only between two of those lists, or came after the last, are from
areacodes (yescallop, CC0: ministry notices to 2025-11) and, for what was 市区 until 1983, from the
tables that python-stdnum carries; 500157 两江新区 is of 2025-11-06.  The lists say which codes stood
on their day, not when one changed between two of them, so the bounds are the widest possible:
`valid_from` the day after the last list without the code, `valid_to` the day of the first list
without it.  A code and its successor may therefore overlap.  Two dates are exact: 610322 凤翔县
became 610305 凤翔区 with the announcement of 2021-01-29.  `successor` is kept for Shaanxi (61) only.
810000, 820000 and 830000 are what the residence permits of Hong Kong, Macao and Taiwan residents
carry (港澳台居民居住证申领发放办法, 2018-09-01).

`towns.csv`: towns and subdistricts of Baoji (6103), nine digits, from the list of 2023-06-30.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from graph.time import MAX_DATE, MIN_DATE

__all__ = ["Division", "divisions", "towns"]


@dataclass(frozen=True, slots=True)
class Division:
    """One name of one six-digit code, for one period `[valid_from, valid_to)`.

    Attributes:
        successor: the code that took its place, None where none did or none is recorded.
    """

    code: str
    name: str
    valid_from: date
    valid_to: date
    successor: str | None


@cache
def divisions() -> Mapping[str, tuple[Division, ...]]:
    """Code -> its periods, oldest first; a code has several when it was renamed or given anew."""
    periods: dict[str, list[Division]] = {}
    for row in _rows("divisions.csv"):
        periods.setdefault(row["code"], []).append(
            Division(
                row["code"],
                row["name"],
                date.fromisoformat(row["valid_from"]) if row["valid_from"] else MIN_DATE,
                date.fromisoformat(row["valid_to"]) if row["valid_to"] else MAX_DATE,
                row["successor"] or None,
            )
        )
    return {
        code: tuple(sorted(found, key=lambda each: each.valid_from))
        for code, found in periods.items()
    }


@cache
def towns() -> Mapping[str, str]:
    """Nine-digit code -> name of the towns of Baoji."""
    return {row["code"]: row["name"] for row in _rows("towns.csv")}


def _rows(name: str) -> Iterator[dict[str, str]]:
    text = (files("graph") / "regions" / name).read_text(encoding="utf-8")
    return csv.DictReader(text.splitlines())

"""What kind of firm and of which industry: codes of two standards, and names by which registers call them.

    industry   GB/T 4754-2017: a letter that may be left out, a division 01 to 97, up to two digits more
    type       four digits of the market supervision's own list of kinds of firm

The names (`register_codes.csv`) are today's and those of before, as far as they mean one code alone; no
list of ours is whole, so that a code is held against its form and never against the list.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Literal, TypeAlias

import pandas as pd

__all__ = ["CodeList", "codes_for", "is_enterprise_type", "is_industry"]

CodeList: TypeAlias = Literal["industry", "type"]

#: First and last division of each section (GB/T 4754-2017).
_SECTIONS = {
    "A": (1, 5), "B": (6, 12), "C": (13, 43), "D": (44, 46), "E": (47, 50), "F": (51, 52), "G": (53, 60),
    "H": (61, 62), "I": (63, 65), "J": (66, 69), "K": (70, 70), "L": (71, 72), "M": (73, 75),
    "N": (76, 79), "O": (80, 82), "P": (83, 83), "Q": (84, 85), "R": (86, 90), "S": (91, 96),
    "T": (97, 97),
}  # fmt: skip
_INDUSTRY = re.compile(r"([A-T])?(\d\d)\d{0,2}")
_TYPE = re.compile(r"[1-9]\d{3}")


def is_industry(text: str) -> bool:
    """Whether it is a code of an industry, or a name that means one.

    >>> [is_industry(text) for text in ("0514", "A0514", "C0514", "9800", "蔬菜种植", "种菜的")]
    [True, True, False, False, True, False]
    """
    told = _INDUSTRY.fullmatch(_folded(text).upper())
    if told is None:
        return _folded(text) in _names("industry") or text.upper() in _SECTIONS
    section, division = told[1], int(told[2])
    first, last = _SECTIONS[section] if section else (1, 97)
    return first <= division <= last


def is_enterprise_type(text: str) -> bool:
    """Whether it is a code of a kind of firm, or a name that means one."""
    return bool(_TYPE.fullmatch(_folded(text))) or _folded(text) in _names("type")


def codes_for(texts: pd.Series, of: CodeList) -> pd.Series:
    """The same with the code in place of a name that means one."""
    names = _names(of)
    return texts.map(lambda text: names.get(_folded(text), text), na_action="ignore")


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


@cache
def _names(of: CodeList) -> Mapping[str, str]:
    """Name -> code."""
    text = (files("ingest.checking") / "register_codes.csv").read_text(encoding="utf-8")
    return {
        _folded(name): row["code"]
        for row in csv.DictReader(text.splitlines())
        if row["list"] == of
        for name in row["names"].split("；")
        if name
    }

"""What is wrong with a code by itself: every rule that it breaks, not only the first.

`graph.identifiers.unified_social_credit_code.check` says whether a code may be used, and stops at
the first reason; who is to put codes right asks for all of them.

>>> faults("91610305MA6X00008K")
()
>>> faults("98610305MA6X00008D")
('DEPT_CLASS', 'CHECK_DIGIT')
"""

from __future__ import annotations

import re

from graph.identifiers import organisation_code
from graph.identifiers import unified_social_credit_code as uscc
from graph.identifiers.person_in_code import looks_like_a_person
from graph.identifiers.registering_authority import class_of
from graph.identifiers.spelling import compact
from graph.regions import divisions

__all__ = ["FILLER", "area_known", "faults", "is_pilot"]

#: What 双公示 data write for a subject without a unified code.
FILLER = "0" * 17 + "X"
_LETTERS = re.compile(r"[0-9A-HJ-NP-RTUWXY]*")
_AREA = re.compile(r"[0-9]{6}")


def faults(code: str) -> tuple[str, ...]:
    """The kinds that a code is of by its form, in the order of the file of kinds."""
    text = compact(code)
    if text == FILLER:
        return ("FILLER",)
    if looks_like_a_person(text):
        return ("RESIDENT_ID",)
    if len(text) != 18:
        return ("LENGTH",)
    if not _LETTERS.fullmatch(text):
        return ("ALPHABET",)
    found = {
        "DEPT_CLASS": class_of(text[:2]) is None,
        "AREA": not area_known(text[2:8]),
        "CHECK_DIGIT": uscc.check_digit(text[:17]) != text[17],
        "GB11714": organisation_code.check_digit(text[8:16]) != text[16],
    }
    return tuple(kind for kind, is_so in found.items() if is_so)


def area_known(area: str) -> bool:
    """Whether GB/T 2260 ever had a division: counties, cities with 01 for their districts together
    (市辖区), the nation (100000), and 99 for the Xinjiang corps."""
    if not _AREA.fullmatch(area):
        return False
    if area in divisions() or area == "100000" or area.startswith("99"):
        return True
    return area.endswith("01") and f"{area[:4]}00" in divisions()


def is_pilot(code: str) -> bool:
    """Whether a failing check digit is that of the pilot before the standard: its holder keeps it."""
    return uscc.check(code).code == "pilot_code"

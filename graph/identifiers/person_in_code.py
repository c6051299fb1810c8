"""A resident id that stands where a code of an organisation belongs: found whatever the check digit says.

Of random resident ids one in thirty-one passes the check digit of a unified code, so that digit stops
no leak; what stops it is that the number is a person's: province, date of birth, GB 11643 check digit.
A letter typed for a digit hides the number from every check of digits, and from no reader.

>>> looks_like_a_person("610322200406307817"), looks_like_a_person("91610305MA6X00008K")
(True, False)
>>> as_meant("6I0322197503I5OO1X")
'61032219750315001X'
"""

from __future__ import annotations

import re

from graph.identifiers import resident_id
from graph.identifiers import unified_social_credit_code as uscc
from graph.identifiers.spelling import compact

__all__ = ["as_meant", "looks_like_a_person"]

#: Letters that are typed for digits: O and 0, I or L and 1, Z and 2, S and 5, B and 8.
_TYPED = str.maketrans("OQILZSB", "0011258")
_SHAPE = re.compile(r"[0-9OQILZSB]{17}[0-9OQILZSBX]")


def looks_like_a_person(text: str) -> bool:
    """Whether a resident id stands there, perhaps with a wrong last digit or letters for digits: it
    is masked, always.

    A code that some registrar may have given is not suspected for its digits alone.
    """
    code = compact(text)
    found = resident_id.check(code)
    if found.value is not None:
        return True
    # seventeen digits with a province and a real date, and only the last does not fit
    meant = as_meant(code)
    found = resident_id.check(meant)
    if meant != code and found.value is not None:
        return True
    return found.code == "check_digit" and not uscc.registrar_known(meant)


def as_meant(text: str) -> str:
    """Eighteen characters with letters that are typed for digits read as those; else as they are."""
    code = compact(text)
    return code.translate(_TYPED) if _SHAPE.fullmatch(code) else code

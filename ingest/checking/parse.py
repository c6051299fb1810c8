"""What one text says: yes or no, a code, a telephone, a place, a party; or why it says nothing.

Every function takes the text of a cell and returns its value, or raises `WrongError` with words
for the clerk.  Bounds and code lists are the gate's: they are checked on what is returned here.
"""

from __future__ import annotations

import re
from typing import Any

from graph.identifiers import Finding, Verdict, division_code
from graph.identifiers import unified_social_credit_code as uscc
from graph.time import today
from ingest.catalogue.field import FieldSpec
from ingest.checking.persons import PARTY_SUFFIXES, persons
from ingest.checking.verdict import WrongError

__all__ = [
    "FILLER",
    "code",
    "division",
    "flag",
    "organisation",
    "organisation_or_filler",
    "party",
    "phone",
]

_YES = frozenset({"是", "1", "y", "yes", "true"})
_NO = frozenset({"否", "0", "n", "no", "false"})
_PHONE = re.compile(r"1\d{10}|0\d{9,11}|\d{7,8}", re.ASCII)
_NOT_DIALLED = re.compile(r"[\s-]")
_LABELS = {"91": "Enterprise", "92": "IndividualBusiness", "93": "Cooperative"}
#: What 双公示 data write for a subject without a unified code.
FILLER = "0" * 17 + "X"
_NOTHING = (None,) * len(PARTY_SUFFIXES)


def flag(text: str) -> bool:
    """Yes or no."""
    folded = text.casefold()
    if folded in _YES or folded in _NO:
        return folded in _YES
    raise WrongError("not_a_flag", "只能填“是”或“否”。", "Neither yes nor no.", "非是否")


def code(text: str, spec: FieldSpec) -> str:
    """What the code list keeps for this text."""
    if text in spec.codes:
        return spec.codes[text]
    raise WrongError(
        "unknown_code",
        f"代码不在字典中。可填：{'、'.join(spec.codes)}。",
        f"Not in the code list of {spec.name}.",
        "字典外的值",
    )


def phone(text: str) -> tuple[str, str]:
    """A phone number: masked to be shown, and its digits, of which only a key is kept."""
    digits = _NOT_DIALLED.sub("", text)
    if not _PHONE.fullmatch(digits):
        raise WrongError(
            "not_a_phone", "不是有效电话号码。请核对。", "Not a phone number.", f"{len(digits)} 位"
        )
    return digits[:3] + "*" * (len(digits) - 7) + digits[-4:], digits


def division(text: str) -> tuple[tuple[Any, ...], Finding]:
    """Code and key of a place; the key is that of the code it has today."""
    found = division_code.check(text)
    if found.value is None:
        return (None, None), found
    return (found.value, f"division:{division_code.current(found.value, today())}"), found


def organisation(text: str) -> tuple[tuple[Any, ...], Finding]:
    """Columns of a party (`PARTY_SUFFIXES`) from its unified social credit code."""
    found = uscc.check(text)
    if found.value is None:
        return _NOTHING, found
    label = _LABELS.get(found.value[:2])
    if label is None:
        label = "Collective" if found.value[0] == "N" else "GovernmentBody"
    return (f"org:{found.value}", label, None, found.value, None, None), found


def organisation_or_filler(text: str) -> tuple[tuple[Any, ...], Finding]:
    """As `organisation`, but seventeen zeros and X are no fault: they stay as the code alone."""
    values, found = organisation(text)
    if found.code != "filler":
        return values, found
    return (None, None, None, FILLER, None, None), Finding(Verdict.VALID, "ok", "", "", FILLER)


def party(text: str, identity_key: str) -> tuple[tuple[Any, ...], Finding]:
    """Columns of a party from whichever identifier it has.

    15 or 18 digits (the last may be X) with a date inside: a person; else an organisation.  Codes
    of organisations begin with 1-9, A, N or Y as well, so the check digits decide.
    """
    if not (len(text) == 15 and text.isdigit()):
        values, found = organisation(text)
        if found.verdict is Verdict.VALID or not re.fullmatch(r"\d{17}[\dXx]", text):
            return values, found
    columns, findings = persons([text], identity_key)
    return tuple(each for (each,) in columns), findings.get(0) or Finding(
        Verdict.VALID, "ok", "", "", text
    )

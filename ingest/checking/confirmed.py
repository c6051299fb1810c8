"""Codes whose check digit fails and that are real: confirmed by a person, on evidence, one by one.

`91350203M0001QKT19` was printed before the standard was fixed, and a firm uses it.  Rows with a code
that is confirmed are taken and counted apart (finding `confirmed_code`).  What was confirmed before
2026-12 lies in the data folder, one line a code, and holds on.
"""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

from graph.errors import InputError
from graph.identifiers import organisation_code
from graph.identifiers import unified_social_credit_code as uscc
from graph.identifiers.person_in_code import looks_like_a_person
from graph.identifiers.spelling import compact
from graph.operations import CodeExceptions, OperationsStore

__all__ = ["FILE", "confirm_code", "confirmed_codes"]

#: Name of the file of before 2026-12 in the data folder.
FILE = "confirmed_codes.jsonl"

_CHECK_DIGITS = {"check_digit": "CHECK_DIGIT", "embedded_check_digit": "GB11714"}
#: A failing check digit inside makes the last one say nothing: both are confirmed together.
_KINDS = tuple(_CHECK_DIGITS.values())


def confirm_code(
    store: OperationsStore, code: str, *, by: str, evidence: str, at: datetime, reason: str = ""
) -> str:
    """Confirm a code so that rows with it are taken; returns it as it is kept.

    Raises:
        InputError: `code_not_doubtful` (only a failing check digit can be confirmed),
            `evidence_missing`, `user_missing`.
    """
    text = compact(code)
    kinds = [kind for kind in _KINDS if kind in _wrong(text)]
    if not kinds or looks_like_a_person(text):
        raise InputError(
            "只有校验码不符、其余都合规则的统一社会信用代码才需要确认。请核对是否抄错。",
            "Only a code whose check digit alone fails is confirmed.",
            code="code_not_doubtful",
        )
    for kind in kinds:
        CodeExceptions(store).confirm(text, kind, by=by, reason=reason, evidence=evidence, at=at)
    return text


def confirmed_codes(folder: Path, store: OperationsStore | None) -> frozenset[str]:
    """Every code that is confirmed in spite of a check digit.

    Args:
        folder: the data folder, in which confirmations of before 2026-12 lie.
        store: None where there is none yet.
    """
    path = folder / FILE
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    older = {str(json.loads(line)["code"]) for line in lines if line.strip()}
    if store is None:
        return frozenset(older)
    held = CodeExceptions(store).in_force()
    return frozenset(older | {code for code, kind in held if kind in _KINDS})


def _wrong(code: str) -> frozenset[str]:
    """Which of its check digits fail, of a code that is well-formed otherwise."""
    found = uscc.check(code).code
    if found == "pilot_code":  # usable as it is; a person may still say that the licence was seen
        return frozenset({"CHECK_DIGIT"})
    first = _CHECK_DIGITS.get(found)
    if first is None:
        return frozenset()
    inner = organisation_code.check_digit(code[8:16]) != code[16]
    return frozenset({first, *(["GB11714"] if inner else [])})

"""Codes whose check digit fails and that are real: confirmed by a person, on evidence, one by one.

`91350203M0001QKT19` was printed before the standard was fixed, and a firm uses it.  What is confirmed
lies in the data folder, one line a code, and is only ever added to; rows with such a code are taken
and counted apart (finding `confirmed_code`).
"""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

from graph.errors import InputError
from graph.identifiers import unified_social_credit_code as uscc
from graph.identifiers.person_in_code import looks_like_a_person
from graph.identifiers.redaction import redacted
from graph.identifiers.spelling import compact
from graph.operations.responsible import responsible

__all__ = ["FILE", "confirm_code", "confirmed_codes"]

#: Name of the file in the data folder.
FILE = "confirmed_codes.jsonl"

_CHECK_DIGITS = frozenset({"check_digit", "embedded_check_digit"})
_LEAST_EVIDENCE = 4


def confirm_code(folder: Path, code: str, *, by: str, evidence: str, at: datetime) -> str:
    """Confirm a code; returns it as it is kept.

    Raises:
        InputError: `code_not_doubtful` (only a failing check digit can be confirmed),
            `evidence_missing`, `user_missing`.
    """
    text, who = compact(code), responsible(by, "确认")
    if uscc.check(text).code not in _CHECK_DIGITS or looks_like_a_person(text):
        raise InputError(
            "只有校验码不符、其余都合规则的统一社会信用代码才需要确认。请核对是否抄错。",
            "Only a code whose check digit alone fails is confirmed.",
            code="code_not_doubtful",
        )
    if len(evidence.strip()) < _LEAST_EVIDENCE:
        raise InputError(
            "请写明依据，例如“营业执照副本原件，2026-04-01 核对”。",
            "Say on what evidence the code is confirmed.",
            code="evidence_missing",
        )
    line = {"code": text, "by": who, "evidence": redacted(evidence.strip()), "at": at.isoformat()}
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / FILE).open("a", encoding="utf-8") as stream:
        stream.write(json.dumps(line, ensure_ascii=False) + "\n")
    return text


def confirmed_codes(folder: Path) -> frozenset[str]:
    """Every code that was confirmed."""
    path = folder / FILE
    if not path.exists():
        return frozenset()
    lines = path.read_text(encoding="utf-8").splitlines()
    return frozenset(str(json.loads(line)["code"]) for line in lines if line.strip())

"""A round of correction: what the province listed, what the office chose, what became of it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import pyarrow.compute as pc

from graph.errors import NotFoundError
from graph.operations import CodeCorrections, CodeExceptions, CodeRound, OperationsStore
from queries.code_errors.answer import Share
from queries.code_errors.correction import (
    CorrectionLine,
    Problem,
    ReturnFile,
    RoundRule,
    prepared,
    round_rule,
)
from queries.code_errors.stock import read_stock
from queries.district import DistrictReader

__all__ = ["LineResult", "Round", "known_rounds", "read_round"]


@dataclass(frozen=True)
class LineResult:
    """What the province answered on a line."""

    outcome: str
    reason: str | None


@dataclass(frozen=True)
class Round:
    """One round.

    Attributes:
        rule: what it takes.
        file: what may leave; None while `problems` keep it.
        results: answers by the key of the line (code and name).
        corrected: lines put right, of those listed.
    """

    name: str
    rule: RoundRule
    lines: tuple[CorrectionLine, ...]
    file: ReturnFile | None
    problems: tuple[Problem, ...]
    results: dict[str, LineResult]
    corrected: Share


def known_rounds(reader: DistrictReader) -> tuple[str, ...]:
    """Rounds of which a list came, the newest name first."""
    told = pc.unique(reader.table("CodeErrorItem")["round"]).to_pylist()
    return tuple(sorted((name for name in told if name), reverse=True))


def entered_round(store: OperationsStore, name: str) -> CodeRound:
    """What the office entered of a round; raises `NotFoundError` (`round_unknown`)."""
    found = CodeCorrections(store).rounds().get(name)
    if found is None:
        raise NotFoundError(
            "没有登记过这一轮纠错。请核对轮次。", "No such round was entered.", code="round_unknown"
        )
    return found


def read_round(reader: DistrictReader, store: OperationsStore, name: str) -> Round:
    """A round at the reader's moment; raises `NotFoundError` (`round_unknown`)."""
    book = CodeCorrections(store)
    rule = round_rule(name, book.rounds())
    choices = book.choices(name)
    items = _of_round(reader, "CodeErrorItem", name)
    lines = tuple(
        CorrectionLine(
            _line(row),
            row["code"],
            row["subject_name"],
            row["error_kind"] or "OTHER",
            choices.get(_line(row)),
        )
        for row in items
    )
    results = {
        _line(row): LineResult(row["outcome"], row["reason"])
        for row in _of_round(reader, "CodeErrorResult", name)
    }
    parties = read_stock(reader).parties
    in_use = dict(zip(parties["code"].to_pylist(), parties["name"].to_pylist(), strict=True))
    file, problems = prepared(
        name,
        rule,
        lines,
        in_use={code: name or "" for code, name in in_use.items()},
        confirmed=CodeExceptions(store).in_force(),
    )
    corrected = sum(
        line.item in results and results[line.item].outcome == "corrected" for line in lines
    )
    return Round(name, rule, lines, file, problems, results, Share.of(corrected, len(lines)))


def _of_round(reader: DistrictReader, kind: str, name: str) -> list[dict[str, str]]:
    told = reader.table(kind)
    rows: list[dict[str, str]] = told.filter(pc.equal(told["round"], name)).to_pylist()
    return sorted(rows, key=lambda row: (row["code"], row["subject_name"]))


def _line(row: dict[str, str]) -> str:
    """Names a line within its round: short enough for a form, whatever the name's length."""
    return hashlib.sha256(f"{row['code']}\0{row['subject_name']}".encode()).hexdigest()[:24]

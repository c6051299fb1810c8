"""Answers about measures as commands, routes and pages give them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from queries.basis import Basis
from queries.eligibility.verdict import Verdict
from queries.measures.catalogue import load_measures
from queries.measures.overreach import FAULTS, Overreach, load_overreach
from queries.measures.register import MeasureRegister
from queries.measures.statement import MeasureStatement

__all__ = ["VERDICTS", "OverreachAnswer", "Practice", "practices"]

#: What a clause, or all of them, comes to.
VERDICTS: Mapping[Verdict, str] = {
    Verdict.MET: "成立", Verdict.NOT_MET: "不成立", Verdict.UNKNOWN: "待补充",
}  # fmt: skip


@dataclass(frozen=True)
class Practice:
    """A kind of overreach or a fault, with how often it was found."""

    code: str
    title: str
    count: int


@dataclass(frozen=True)
class OverreachAnswer:
    """The report.

    Attributes:
        in_force: punishments in force, reported or applied here: the denominator of everything here.
        lawful: those that a line of the catalogue admits.
        findings: those that go too far, each once.  practices: how often what was found.
        to_check: those of which it cannot be told yet.
    """

    in_force: int
    lawful: int
    findings: tuple[Overreach, ...]
    practices: tuple[Practice, ...]
    to_check: tuple[MeasureStatement, ...]
    basis: Basis
    rules: str

    @classmethod
    def of(cls, register: MeasureRegister, *, code: str = "", area: str = "") -> OverreachAnswer:
        """Of a register; of one practice or one area where these are named."""
        found = tuple(
            one
            for one in register.overreach
            if code in ("", one.code) and area in ("", one.statement.area)
        )
        return cls(
            in_force=len(register.judged),
            lawful=sum(one.state == "lawful" for one in register.judged),
            findings=found,
            practices=practices(register),
            to_check=tuple(one.statement for one in register.to_check),
            basis=register.basis,
            rules=f"{register.rules} {register.practices}",
        )


def practices(register: MeasureRegister) -> tuple[Practice, ...]:
    """Every kind that was found, the most frequent first."""
    titles = {item.id: item.title for item in load_overreach().kinds} | dict(FAULTS)
    counts = Counter(one.code for one in register.overreach)
    every = [Practice(code, titles[code], n) for code, n in counts.items()]
    return tuple(sorted(every, key=lambda one: (-one.count, one.code)))


def area_title(code: str | None) -> str:
    """The Chinese term of an area; what was said, where it is none of the fifteen."""
    return load_measures().areas.get(code or "", code or "")

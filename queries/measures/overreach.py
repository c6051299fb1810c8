"""Measures that go too far: what no line of the catalogue admits, and by which practice.

Each measure in force is put to every line whose clause it cites.  One that a line admits is lawful.
Of the others: those that fit a known practice (`overreach.yaml`) are of that kind; those that fail
a clause are of the fault that it names; what nobody can tell yet waits to be checked and is no
finding.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import ClassVar, Literal

from pydantic import model_validator

from queries.eligibility.verdict import Verdict
from queries.measures.admission import Admission, ClauseCheck, admit
from queries.measures.catalogue import Catalogue, Sure, load_measures
from queries.measures.statement import MeasureStatement
from queries.measures.subject import ROLES, Subject, Trigger
from queries.rule_file import RuleFile, Strict, read_rules

__all__ = ["FAULTS", "Judged", "Overreach", "OverreachKind", "judge", "load_overreach"]

#: What can be wrong with a measure that is of no known practice -> in Chinese.
FAULTS: Mapping[str, str] = {
    "no_clause": "没有法律依据", "basis_unsure": "依据未核实", "not_in_force": "依据不在施行期",
    "wrong_subject": "对象不符", "wrong_role": "身份不符", "no_responsibility": "没有认定个人责任",
    "record_ended": "记录终止后仍未解除", "wrong_record": "情形不符", "wrong_decider": "认定机关无权",
    "wrong_authority": "实施单位无权", "beyond_term": "超过期限", "below_term": "短于法定期限",
    "lender_ordered": "强制金融机构", "not_told": "没有告知", "told_late": "先实施后告知",
    "no_remedy": "没有写明救济途径", "before_decision": "认定之前实施", "no_end": "没有截止日期",
}  # fmt: skip


class OverreachKind(Strict):
    """A practice, the words and the structure by which it is known, and the lawful way beside it."""

    id: str
    title: str
    why: str
    instead: str
    sure: Sure
    areas: tuple[str, ...] = ()
    measure: tuple[str, ...] = ()
    cause: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    not_by: tuple[str, ...] = ()
    ended: bool = False

    def fits(self, one: MeasureStatement, record: Trigger, book: Catalogue) -> bool:
        """Whether a measure is of this kind."""
        bodies = [book.bodies[code] for code in self.not_by]
        return (
            (not self.areas or one.area in self.areas)
            and (not self.measure or _any(self.measure, one.title))
            and (not self.cause or _any(self.cause, one.cause))
            and not _any(self.without, one.cause)
            and (not self.roles or one.role in self.roles)
            and not any(body.is_named_by(one.said.authority) for body in bodies)
            and (not self.ended or record.usable is False)
        )


class OverreachKinds(RuleFile):
    """All of `overreach.yaml`."""

    FILE: ClassVar[str] = "overreach"

    kinds: tuple[OverreachKind, ...]

    @model_validator(mode="after")
    def _known(self) -> OverreachKinds:
        book = load_measures()
        for kind in self.kinds:
            lost = {*kind.areas} - {*book.areas} | {*kind.not_by} - {*book.bodies}
            lost |= {*kind.roles} - {*ROLES}
            if lost or not (kind.measure or kind.cause or kind.roles):
                raise ValueError(f"{kind.id}: no such area, body or role, or no rule: {lost}")
        return self


@cache
def load_overreach() -> OverreachKinds:
    """The kinds that ship with this version."""
    return read_rules(OverreachKinds)


@dataclass(frozen=True)
class Overreach:
    """One measure that goes too far: once, whatever else is wrong with it.

    Attributes:
        code: a kind of practice, or a fault.  also: other faults that it has.
        statement: the measure.  admission: every clause that was checked.
    """

    code: str
    title: str
    why: str
    instead: str
    also: tuple[str, ...]
    statement: MeasureStatement
    admission: Admission


@dataclass(frozen=True)
class Judged:
    """What was found about one measure."""

    state: Literal["lawful", "to_check", "overreach"]
    statement: MeasureStatement
    admission: Admission
    finding: Overreach | None


def judge(
    one: MeasureStatement,
    subject: Subject,
    record: Trigger,
    moment: date,
    *,
    book: Catalogue | None = None,
    kinds: Collection[OverreachKind] | None = None,
) -> Judged:
    """Put one measure to the catalogue, then to the known practices."""
    rules = book or load_measures()
    tried = _tried(one, subject, record, moment, rules)
    best = min(tried, key=_failures)
    if best.verdict is Verdict.MET:
        return Judged("lawful", one, best, None)
    faults = tuple(dict.fromkeys(item.fault for item in best.clauses if item.fault))
    known = load_overreach().kinds if kinds is None else kinds
    kind = next((item for item in known if item.fits(one, record, rules)), None)
    if kind is not None:
        also = tuple(FAULTS[code] for code in faults)
        found = Overreach(kind.id, kind.title, kind.why, kind.instead, also, one, best)
        return Judged("overreach", one, best, found)
    if not faults:
        return Judged("to_check", one, best, None)
    first = _first(best)
    also = tuple(FAULTS[code] for code in faults if code != first.fault)
    found = Overreach(
        first.fault, FAULTS[first.fault], first.reason, first.remedy, also, one, best
    )  # fmt: skip
    return Judged("overreach", one, best, found)


def _tried(
    one: MeasureStatement, subject: Subject, record: Trigger, moment: date, book: Catalogue
) -> Sequence[Admission]:
    """The measure put to each line that it could be."""
    named = book.by_id.get(one.measure or "")
    lines = (named,) if named else book.cited(one.area, one.law, one.article)
    return [
        admit(line, subject, record, moment, one.said, book=book) for line in lines or (None,)
    ]  # fmt: skip


def _failures(answer: Admission) -> tuple[int, bool, int]:
    """How far a line is from admitting; of two alike the one that is for such a role."""
    no = sum(item.verdict is Verdict.NOT_MET for item in answer.clauses)
    another = any(item.fault in ("wrong_role", "wrong_subject") for item in answer.clauses)
    return no, another, sum(item.verdict is Verdict.UNKNOWN for item in answer.clauses)


def _first(answer: Admission) -> ClauseCheck:
    return next(item for item in answer.clauses if item.fault)


def _any(words: Collection[str], text: str) -> bool:
    return any(word in text for word in words)

"""What the office is told about grades: a D beside a sector's A, a change without an event, one that lapsed.

A finding changes no grade: its authority does.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from pydantic import computed_field

from queries.supervision.grade import Grade
from queries.supervision.rules import GradeRules, load_grades

__all__ = ["FINDINGS", "FindingKind", "GradeFinding", "findings"]

FindingKind = Literal["sector_a_with_d", "no_event", "lapsed"]

#: What was found -> in Chinese.
FINDINGS: Mapping[FindingKind, str] = {
    "sector_a_with_d": "综合评价为 D 而行业等级为 A",
    "no_event": "等级变动没有事件",
    "lapsed": "等级已过有效期，没有新的",
}


@dataclass(frozen=True)
class GradeFinding:
    """One.

    Attributes:
        grade: that it is about.  beside: the D, or the grade of before; None where there is none.
        why: and what to do.  clause: None where it follows from no text but from the order of work.
    """

    kind: FindingKind
    party: str
    name: str | None
    grade: Grade
    beside: Grade | None
    why: str
    clause: str | None

    @computed_field
    @property
    def kind_label(self) -> str:
        """In Chinese."""
        return FINDINGS[self.kind]


def findings(grades: Sequence[Grade], name: str | None) -> Iterator[GradeFinding]:
    """What is found about the grades of one party, in the order of time."""
    rules = load_grades()
    yield from _barred(grades, name, rules)
    yield from _without_event(grades, name, rules)
    yield from _lapsed(grades, name)


def _barred(grades: Sequence[Grade], name: str | None, rules: GradeRules) -> Iterator[GradeFinding]:
    standing = [one for one in grades if one.state == "in_force"]
    for bar in rules.bars:
        if bar.sure == "unsure":
            continue
        by = next(
            (
                one
                for one in standing
                if one.kind == "evaluation"
                and (one.scheme, one.edition, one.grade) == (bar.scheme, bar.edition, bar.grade)
            ),
            None,
        )
        for one in standing if by else ():
            is_sector = not (one.kind == "evaluation" and one.scheme == bar.scheme)
            if is_sector and one.grade in bar.forbids:
                why = f"{bar.title}。请{one.authority or one.scheme_label}核对后依程序处理，系统不改动等级。"
                yield GradeFinding("sector_a_with_d", one.party, name, one, by, why, bar.clause)


def _without_event(
    grades: Sequence[Grade], name: str | None, rules: GradeRules
) -> Iterator[GradeFinding]:
    by_record: dict[str, list[Grade]] = defaultdict(list)
    for one in grades:
        if one.kind == "supervision" and one.state != "coming":
            by_record[one.record].append(one)
    for record in sorted(by_record):
        if len(by_record[record]) == 1:
            continue
        before, last = by_record[record][-2:]
        if last.grade == before.grade:
            continue
        if last.ground in rules.no_event:
            why = "只写了模型得分变化：得分变化不是事件。请定级单位补充事件和依据，或者恢复原等级。"
        elif last.ground in rules.names_event and not last.document_no:
            why = "没有写明文书号或者事件编号。请定级单位补报。"
        elif last.ground in rules.first_only:
            why = "此前已有等级，又写初次评定。请定级单位写明变动的事件。"
        else:
            continue
        yield GradeFinding("no_event", last.party, name, last, before, why, None)


def _lapsed(grades: Sequence[Grade], name: str | None) -> Iterator[GradeFinding]:
    standing = {(one.kind, one.scheme) for one in grades if one.state == "in_force"}
    # the last of each that is over
    over = {(one.kind, one.scheme): one for one in grades if one.state == "expired"}
    for key in sorted(over.keys() - standing):
        why = "有效期已过，没有收到新的等级：过期的等级不再使用。请评价单位报送。"
        yield GradeFinding("lapsed", over[key].party, name, over[key], None, why, None)

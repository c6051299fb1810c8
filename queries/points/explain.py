"""Points of one party, line by line: pure, over what law lets be used on the day.

An honour counts once, at the highest level at which it is held; what is called the same but for its
year, its place and its level is one honour.  In whatever order records come, the answer is one.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from pydantic import computed_field

from graph.schema.public_record import LEVELS
from graph.time import MAX_DATE
from queries.points.rules import Configuration, PointRules, Value

__all__ = [
    "LINE_STATES",
    "AdverseRecord",
    "HeldHonour",
    "LineState",
    "PointLine",
    "explain",
    "honour_name",
]

LineState = Literal["counted", "same_honour", "not_scored"]

#: What became of a line -> in Chinese.
LINE_STATES: Mapping[LineState, str] = {
    "counted": "计分", "same_honour": "同一荣誉已按最高级计", "not_scored": "未定分值，不计分",
}  # fmt: skip

#: What is written before the name of an honour and makes no other honour of it.
_YEAR = re.compile(r"(19|20)\d{2}(-|—|至)?((19|20)\d{2})?年?度?")
_WHERE = re.compile(
    r"^(全国|国家级?|(省|市|县|区|镇|乡|村|社区|单位)级|[一-鿿]{2,8}?(省|市|县|区|镇|乡|街道|村))"
)


@dataclass(frozen=True)
class HeldHonour:
    """An honour as its paper says; `level` is the stated one, `until` its last day, None: none."""

    record: str
    title: str
    level: str
    authority: str | None
    document_no: str | None
    begins: date | None
    until: date | None


@dataclass(frozen=True)
class AdverseRecord:
    """A record of the catalogue that may be used against the party."""

    record: str
    kind: str
    title: str
    gravity: str | None
    authority: str | None
    document_no: str | None
    begins: date | None
    until: date | None


@dataclass(frozen=True)
class PointLine:
    """One record, the rule that it falls under, and what it gives.

    Attributes:
        rule: `base`, `honour.<level>` or a line of `negatives`; rule_label: in Chinese.
        record: its key; None for the base.
        level: at which it counts; None where it is no honour.
        value: of the rule; None: not found.  points: of it in the sum.
        until: last day on which it counts; None: no end is stated.
        why: in words for whom it is about.  source: where the value was read.
    """

    rule: str
    rule_label: str
    record: str | None
    title: str
    authority: str | None
    document_no: str | None
    level: str | None
    begins: date | None
    until: date | None
    value: float | None
    points: float
    state: LineState
    why: str
    source: str

    @computed_field
    @property
    def state_label(self) -> str:
        """In Chinese."""
        return LINE_STATES[self.state]


def explain(
    rules: PointRules,
    configuration: Configuration,
    honours: Iterable[HeldHonour],
    records: Iterable[AdverseRecord],
) -> tuple[float, tuple[PointLine, ...]]:
    """The sum and every line of it.

    Args:
        honours: those in force on the day.  records: those that may be used on it.

    Returns:
        Points, never below zero: what lowers takes back no more than was earned.
    """
    lines = [_line("base", "基础分", configuration.base, title="基础分", why="参加积分即有")]
    lines += _honours(rules, configuration, honours)
    lines += _negatives(configuration, records)
    return max(0.0, sum(line.points for line in lines)), tuple(lines)


def honour_name(title: str) -> str:
    """What an honour is called without its year, its place and its level.

    >>> honour_name("2025年度宝鸡市道德模范"), honour_name("县级“道德模范”")
    ('道德模范', '道德模范')
    """
    text = re.sub(r"[\s《》“”\"'（）()]", "", unicodedata.normalize("NFKC", title))
    text = _YEAR.sub("", text)
    while (short := _WHERE.sub("", text)) != text and short:
        text = short
    return text


def _honours(
    rules: PointRules, configuration: Configuration, honours: Iterable[HeldHonour]
) -> list[PointLine]:
    alike: dict[str, list[tuple[float, HeldHonour, str, str]]] = defaultdict(list)
    for one in honours:
        level, line = rules.level_of(one.level, one.authority)
        why = f"按{LEVELS[level]}级计" if line is None else line.title
        points = configuration.honours[level].points  # type: ignore[index]
        alike[honour_name(one.title)].append((points or 0.0, one, level, why))
    found = []
    for group in alike.values():
        # the highest; of equals the one that holds longest
        group.sort(
            key=lambda item: (-item[0], -(item[1].until or MAX_DATE).toordinal(), item[1].record)
        )
        for place, (_, one, level, why) in enumerate(group):
            value = configuration.honours[level]  # type: ignore[index]
            found.append(
                _line(
                    f"honour.{level}",
                    f"{LEVELS[level]}级荣誉",
                    value,
                    of=one,
                    title=one.title,
                    level=level,
                    why=why,
                    same=place > 0,
                )
            )
    found.sort(key=lambda line: (-line.points, line.state, line.record or ""))
    return found


def _negatives(configuration: Configuration, records: Iterable[AdverseRecord]) -> list[PointLine]:
    found = []
    for one in sorted(records, key=lambda item: (item.kind, item.record)):
        rule = configuration.lowers(one.kind, one.gravity)
        if rule is not None:
            found.append(
                _line(
                    rule.id, rule.title, rule, of=one, title=one.title, why="可以使用的目录内记录"
                )
            )
    return found


def _line(
    rule: str,
    label: str,
    value: Value,
    *,
    title: str,
    why: str,
    of: HeldHonour | AdverseRecord | None = None,
    level: str | None = None,
    same: bool = False,
) -> PointLine:
    state: LineState = "counted"
    if same:
        state = "same_honour"
    elif value.points is None:
        state = "not_scored"
    return PointLine(
        rule=rule,
        rule_label=label,
        record=of.record if of else None,
        title=title,
        authority=of.authority if of else None,
        document_no=of.document_no if of else None,
        level=level,
        begins=of.begins if of else None,
        until=of.until if of else None,
        value=value.points,
        points=(value.points or 0.0) if state == "counted" else 0.0,
        state=state,
        why=why,
        source=value.source,
    )

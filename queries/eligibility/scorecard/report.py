"""Grades of a district by sex, age band and village: whether the card treats people alike."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime

import pyarrow as pa
import pyarrow.compute as pc

from graph.log_view import AnyLog
from queries.eligibility.decisions.decide import age_band
from queries.eligibility.facts.fact import Fact
from queries.eligibility.facts.gather import gather
from queries.eligibility.facts.records import Records, records_from_log
from queries.eligibility.scorecard.card import Card, load_card, review_due, score

__all__ = ["GradeRow", "grade_report", "householders"]

_OPEN = "待补充"


@dataclass(frozen=True)
class GradeRow:
    """Householders of one sex, age band or village.

    Attributes:
        stated: by the grade that was given and is held; `due` of them are due for review.
        scored: by the grade that the card gives; 待补充 where its facts do not settle one.
        mean_low, mean_high: of the ranges of scores.
    """

    by: str
    value: str
    householders: int
    stated: dict[str, int]
    due: int
    scored: dict[str, int]
    mean_low: float
    mean_high: float


def householders(records: Records) -> pa.Array:
    """Keys of everybody who heads a household."""
    belongs = records.certain("BELONGS_TO")
    heads = belongs.filter(pc.equal(belongs["role"], "householder"))
    return pc.unique(heads["from_key"].combine_chunks())


def grade_report(
    log: AnyLog, as_of: date, known_at: datetime, card: Card | None = None
) -> tuple[GradeRow, ...]:
    """Every group of householders; sex and age are read for this report and nothing else."""
    chosen = card or load_card()
    records = records_from_log(log, as_of, known_at)
    heads = householders(records)
    asked = {name for item in chosen.used for name in item.looks_at}
    gathered = gather(records, heads, facts=[*asked, "age", "village", "credit_grade"])
    persons = records.certain("Person").select(["key", "sex"])
    told_sex = dict(zip(persons["key"].to_pylist(), persons["sex"].to_pylist(), strict=True))
    groups: dict[tuple[str, str], list[tuple[str, bool, str, float, float]]] = {}
    known: dict[tuple[object, ...], tuple[str, float, float]] = {}
    order = sorted(asked & set(gathered.told))
    for place, head in enumerate(heads.to_pylist()):
        values = tuple(gathered.told[name].column.value(place) for name in order)
        if values not in known:
            held = {n: Fact(v) for n, v in zip(order, values, strict=True) if v is not None}
            found = score(held, chosen)
            known[values] = (found.grade or _OPEN, found.low, found.high)
        grade, low, high = known[values]
        stated = gathered.told["credit_grade"].fact(place)
        due = stated.stated_on is not None and (
            review_due(stated.stated_on, chosen.review_months) <= as_of
        )
        age = gathered.told["age"].column.value(place)
        village = gathered.told["village"].column.value(place)
        row = (str(stated.value or "未评"), due, grade, low, high)
        for group in (
            ("sex", told_sex.get(head) or "未知"),
            ("age_band", age_band(int(age)) if age is not None else "未知"),
            ("village", str(village or "未知")),
        ):
            groups.setdefault(group, []).append(row)
    return tuple(
        GradeRow(
            by,
            value,
            len(rows),
            dict(sorted(Counter(row[0] for row in rows).items())),
            sum(row[1] for row in rows),
            dict(sorted(Counter(row[2] for row in rows).items())),
            round(sum(row[3] for row in rows) / len(rows), 2),
            round(sum(row[4] for row in rows) / len(rows), 2),
        )
        for (by, value), rows in sorted(groups.items())
    )

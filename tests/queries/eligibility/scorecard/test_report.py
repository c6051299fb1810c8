"""Grades of everybody by columns are those of one after the other."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st
from world import World

from bench.scope.memory_log import MemoryLog
from queries.eligibility.decisions.decide import age_band
from queries.eligibility.facts.gather import gather
from queries.eligibility.facts.records import records_from_log
from queries.eligibility.scorecard import GradeRow, grade_report, load_card, score
from queries.eligibility.scorecard.card import review_due, reviews_since

AS_OF, KNOWN = date(2026, 3, 15), datetime(2026, 3, 2, tzinfo=UTC)

#: Sex, year of birth, schooling, grade, the day it was given, village; None of what nobody said.
people = st.lists(
    st.tuples(
        st.sampled_from(["female", "male", None]),
        st.sampled_from([1950, 1990, 2000, None]),
        st.sampled_from(["college", "primary", None]),
        st.sampled_from(["AA", "C", None]),
        # one that is due, one at the turn, one that is not, one that is too old to count
        st.sampled_from([date(2025, 1, 1), date(2025, 3, 15), date(2025, 3, 16), date(2019, 1, 1)]),
        st.sampled_from([0, 1, None]),
    ),
    max_size=9,
)


def log_of(told: list[tuple[Any, ...]]) -> MemoryLog:
    log = MemoryLog()
    world = World(log)
    # so that there is a batch where nobody heads a household
    world.node("Village", "division:0", name="太平村")
    for number, (sex, born, schooling, grade, stated, village) in enumerate(told):
        person, house = (f"person:{number}", "Person"), (f"household:{number}", "Household")
        world.node(
            "Person", person[0], sex=sex, education=schooling,
            birth_on=None if born is None else date(born, 1, 1),
        )  # fmt: skip
        world.tie("BELONGS_TO", person, house, role="householder")
        if village is not None:
            world.tie("LOCATED_IN", person, (f"division:{village}", "Village"))
        if grade:
            world.node("Household", house[0], credit_grade=grade, valid_from=stated)
    world.commit(KNOWN)
    return log


def one_by_one(log: MemoryLog) -> list[GradeRow]:
    """The same report, with the facts of each person as anybody's page has them."""
    card, records = load_card(), records_from_log(log, AS_OF, KNOWN)
    belongs = records.certain("BELONGS_TO").to_pylist()
    heads = [row["from_key"] for row in belongs if row["role"] == "householder"]
    sexes = {row["key"]: row["sex"] for row in records.certain("Person").to_pylist()}
    groups = defaultdict(list)
    for head in heads:
        facts = gather(records, pa.array([head])).facts(0)
        given, found = facts["credit_grade"], score(facts, card)
        age, village = facts["age"].value, facts["village"].value
        due = given.stated_on is not None and (
            review_due(given.stated_on, card.review_months) <= AS_OF
        )
        row = (str(given.value or "未评"), due, found.grade or "待补充", found.low, found.high)
        groups["sex", sexes.get(head) or "未知"].append(row)
        groups["age_band", "未知" if age is None else age_band(int(age))].append(row)
        groups["village", str(village or "未知")].append(row)
    return [
        GradeRow(
            by, value, len(rows), Counter(row[0] for row in rows), sum(row[1] for row in rows),
            Counter(row[2] for row in rows), round(sum(row[3] for row in rows) / len(rows), 2),
            round(sum(row[4] for row in rows) / len(rows), 2),
        )
        for (by, value), rows in sorted(groups.items())
    ]  # fmt: skip


@given(people)
def test_everybody_at_once_is_everybody_in_turn(told: list[tuple[Any, ...]]) -> None:
    log = log_of(told)
    assert list(grade_report(records_from_log(log, AS_OF, KNOWN))) == one_by_one(log)


@given(st.dates(date(2000, 1, 1), date(2040, 12, 31)), st.integers(1, 24))
def test_reviews_that_are_due_are_those_of_every_earlier_day(as_of: date, months: int) -> None:
    since = reviews_since(as_of, months)
    assert review_due(since, months) > as_of
    for days in range(1, 40):
        assert review_due(since - timedelta(days), months) <= as_of

"""The card against points worked out by hand; unknown is a range, and what is barred never counts."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from world import World

from bench.scope.memory_log import MemoryLog
from queries.eligibility.facts.fact import Fact
from queries.eligibility.facts.records import records_from_log
from queries.eligibility.scorecard import grade_report, load_card, score
from queries.eligibility.scorecard.card import UNRATED, Card, review_due

BEST = {
    "education": "college", "labour_count": 4, "annual_income_fen": 30_000_000,
    "annual_expense_fen": 5_000_000, "worst_loan_class": "pass", "best_honour": "national",
    "moral_grade": "good", "credit_household_level": "county",
}  # fmt: skip


def scored(**facts: Any) -> Any:
    return score({name: Fact(value) for name, value in facts.items() if value is not None})


def test_the_published_card_is_whole() -> None:
    card = load_card()
    assert sum(item.most for item in card.items) == 100
    assert {item.id for item in card.items if not item.used} == {"age", "marriage"}
    assert all(item.why for item in card.items if not item.used)
    assert {item.id for item in card.items if item.fixed} == {"loans", "moral"}
    assert list(card.grades) == ["AAA", "AA", "A", "BBB", "BB", "B", "C"]
    assert "性别" in {item.term for item in card.never}


def test_full_marks_are_a_hundred() -> None:
    found = scored(**BEST)
    assert (found.low, found.high, found.grade, found.missing) == (100, 100, "AAA", ())


@pytest.mark.parametrize(
    ("change", "points"),
    [
        # of 93 points that may be used; by hand from the published rules
        ({"education": "junior"}, 91), ({"labour_count": 1}, 90), ({"labour_count": 3}, 92),
        ({"annual_income_fen": 10_000_000, "annual_expense_fen": 2_000_000}, 83),
        ({"annual_income_fen": 9_999_999, "annual_expense_fen": 1_999_999}, 83),
        ({"annual_income_fen": 8_900_000, "annual_expense_fen": 1_700_000}, 82),
        ({"annual_income_fen": 0, "annual_expense_fen": 1_000_000}, 63),
        ({"annual_expense_fen": 15_000_000}, 87), ({"annual_expense_fen": 9_000_000}, 91),
        ({"annual_expense_fen": 30_000_001}, 83), ({"worst_loan_class": "special_mention"}, 68),
        ({"worst_loan_class": "doubtful"}, 53), ({"worst_loan_class": "loss"}, 53),
        ({"best_honour": "none"}, 83), ({"moral_grade": "poor"}, 89),
        ({"credit_household_level": "none"}, 78),
    ],
)  # fmt: skip
def test_points_by_hand(change: dict[str, Any], points: int) -> None:
    found = scored(**{**BEST, **change})
    assert found.low == found.high == round(100 * points / 93, 2)


def test_who_never_borrowed_loses_nothing_by_it() -> None:
    found = scored(**{**BEST, "worst_loan_class": "none"})
    assert (found.low, found.high, found.grade) == (100, 100, "AAA")
    # nobody knows: between twenty points less and full marks
    unsure = scored(**{**BEST, "worst_loan_class": None})
    assert (unsure.low, unsure.high) == (round(100 * 53 / 93, 2), 100)
    assert unsure.grade is None and unsure.missing == ("worst_loan_class",)


@pytest.mark.parametrize(
    ("known", "points"),
    [
        # it may be as bad as can be and is no better than what is known, so it is on the scale
        ("pass", (53, 93)), ("special_mention", (53, 68)),
        # the worst points are the worst points: nothing is left to learn
        ("substandard", (53, 53)), ("doubtful", (53, 53)), ("loss", (53, 53)),
    ],
)  # fmt: skip
def test_what_is_known_bounds_what_is_not(known: str, points: tuple[int, int]) -> None:
    found = scored(**{**BEST, "worst_loan_class": None}, worst_known_class=known)
    assert (found.sum_low, found.sum_high, found.full) == (*points, 93)
    assert (found.low, found.high) == tuple(round(100 * one / 93, 2) for one in points)
    assert (found.missing == ()) == (points[0] == points[1])
    # of two words the worse stands, and who is known to owe has borrowed
    for told in ("pass", "none", "special_mention"):
        worse = scored(**{**BEST, "worst_loan_class": told}, worst_known_class=known)
        assert (worse.sum_low, worse.full) == (min(points[1], 68) if told == "special_mention"
                                               else points[1], 93)  # fmt: skip


VALUES = {
    "education": ["junior", "college", None], "labour_count": [0, 2, 5, None],
    "annual_income_fen": [0, 8_000_000, 40_000_000, None],
    "annual_expense_fen": [0, 4_000_000, None], "worst_loan_class": ["pass", "none", "loss", None],
    "best_honour": ["none", "city", None], "moral_grade": ["good", "poor", None],
    "credit_household_level": ["none", "town", None],
    "worst_known_class": ["special_mention", None],
}  # fmt: skip


@given(st.fixed_dictionaries({n: st.sampled_from(v) for n, v in VALUES.items()}))
def test_items_add_up_to_what_is_printed(held: dict[str, Any]) -> None:
    found = scored(**held)
    counted = [one for one in found.items if one.applies is not False]
    assert sum(one.least for one in counted) == found.sum_low
    assert sum(one.most for one in counted) == found.sum_high
    assert sum(one.item.most for one in counted) == found.full
    # of a scale that is settled, the score of a hundred is the sum of the items scaled
    if found.full == found.full_without:
        assert found.low == max(0.0, round(100 * found.sum_low / found.full, 2))
        assert found.high == max(0.0, round(100 * found.sum_high / found.full, 2))
    for one in found.items:
        assert one.item.least <= one.least <= one.most <= one.item.most


def test_grades_by_their_limits() -> None:
    card = load_card()
    got = [card.grade(points) for points in (100, 95, 94.99, 90, 85, 80, 75, 70, 65, 64.99)]
    assert got == ["AAA", "AAA", "AA", "AA", "A", "BBB", "BB", "B", "C", UNRATED]


def test_age_and_marriage_change_nothing() -> None:
    for other in ({"age": 19}, {"age": 70}, {"marital_status": "divorced"}):
        assert scored(**BEST, **other) == scored(**BEST)


def test_an_income_without_expense_is_no_ratio() -> None:
    found = scored(**{**BEST, "annual_expense_fen": 0})
    assert found.low < found.high and found.missing == ()


@given(st.fixed_dictionaries({n: st.sampled_from(v) for n, v in VALUES.items()}), st.data())
def test_what_is_learnt_only_narrows_the_range(held: dict[str, Any], data: st.DataObject) -> None:
    before = scored(**held)
    # a lender's own record that is worse than a report contradicts it: that is no filling in
    open_ = [n for n in VALUES if n != "worst_known_class" or held["worst_loan_class"] is None]
    name = data.draw(st.sampled_from(sorted(open_)))
    filled = dict(held)
    if held[name] is None:
        filled[name] = data.draw(st.sampled_from([v for v in VALUES[name] if v is not None]))
    after = scored(**filled)
    assert before.low <= after.low <= after.high <= before.high
    assert before.grade is None or after.grade == before.grade


@pytest.mark.parametrize(
    "change",
    [
        {"fact": "agee"}, {"points": {"phd": 5}}, {"bands": [[1, 1]]}, {"used": False},
        {"most": 6}, {"colour": "red"},
    ],
)  # fmt: skip
def test_a_faulty_card_does_not_load(change: dict[str, Any]) -> None:
    told = load_card().model_dump(mode="json")
    place = next(n for n, item in enumerate(told["items"]) if item["id"] == "education")
    told["items"][place] |= change
    with pytest.raises(ValueError):
        Card.model_validate(told)


def test_reviews_come_round_every_year() -> None:
    assert review_due(date(2025, 3, 15), 12) == date(2026, 3, 15)
    assert review_due(date(2024, 2, 29), 12) == date(2025, 2, 28)
    assert review_due(date(2025, 11, 30), 3) == date(2026, 2, 28)


def test_grades_by_sex_age_and_village() -> None:
    log = MemoryLog()
    world = World(log)
    people = [("female", 1990, "AA", date(2025, 1, 1)), ("male", 1960, "C", date(2026, 3, 1)),
              ("female", 2000, None, None)]  # fmt: skip
    for number, (sex, born, grade, stated) in enumerate(people):
        person, house = (f"person:{number}", "Person"), (f"household:{number}", "Household")
        world.node("Person", person[0], sex=sex, birth_on=date(born, 1, 1), education="college")
        world.tie("BELONGS_TO", person, house, role="householder")
        world.tie("LOCATED_IN", person, (f"division:{number % 2}", "Village"))
        if grade:
            world.node("Household", house[0], credit_grade=grade, valid_from=stated)
    known = datetime(2026, 3, 2, tzinfo=UTC)
    world.commit(known)
    records = records_from_log(log, date(2026, 3, 15), known)
    rows = {(r.by, r.value): r for r in grade_report(records)}
    assert {group: row.householders for group, row in rows.items()} == {
        ("sex", "female"): 2, ("sex", "male"): 1, ("age_band", "30–44"): 1,
        ("age_band", "60 及以上"): 1, ("age_band", "18–29"): 1, ("village", "division:0"): 2,
        ("village", "division:1"): 1,
    }  # fmt: skip
    women = rows["sex", "female"]
    assert women.stated == {"AA": 1, "未评": 1} and women.due == 1
    assert women.scored == {"待补充": 2} and women.mean_low < women.mean_high
    assert rows["sex", "male"].due == 0

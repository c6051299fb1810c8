"""The card against points worked out by hand; unknown is a range, and what is barred never counts."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from world import World

from graph.log import FactLog
from queries.eligibility.fact import Fact
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


VALUES = {
    "education": ["junior", "college", None], "labour_count": [0, 2, 5, None],
    "annual_income_fen": [0, 8_000_000, 40_000_000, None],
    "annual_expense_fen": [0, 4_000_000, None], "worst_loan_class": ["pass", "none", "loss", None],
    "best_honour": ["none", "city", None], "moral_grade": ["good", "poor", None],
    "credit_household_level": ["none", "town", None],
}  # fmt: skip


@given(st.fixed_dictionaries({n: st.sampled_from(v) for n, v in VALUES.items()}), st.data())
def test_what_is_learnt_only_narrows_the_range(held: dict[str, Any], data: st.DataObject) -> None:
    before = scored(**held)
    name = data.draw(st.sampled_from(sorted(VALUES)))
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


def test_grades_by_sex_age_and_village(tmp_path: Path) -> None:
    log = FactLog(tmp_path)
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
    rows = {(r.by, r.value): r for r in grade_report(log, date(2026, 3, 15), known)}
    assert {group: row.householders for group, row in rows.items()} == {
        ("sex", "female"): 2, ("sex", "male"): 1, ("age_band", "30–44"): 1,
        ("age_band", "60 及以上"): 1, ("age_band", "18–29"): 1, ("village", "division:0"): 2,
        ("village", "division:1"): 1,
    }  # fmt: skip
    women = rows["sex", "female"]
    assert women.stated == {"AA": 1, "未评": 1} and women.due == 1
    assert women.scored == {"待补充": 2} and women.mean_low < women.mean_high
    assert rows["sex", "male"].due == 0

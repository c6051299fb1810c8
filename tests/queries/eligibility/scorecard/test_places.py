"""Places and ratings of a small world, by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from world import World

from bench.scope.memory_log import MemoryLog
from graph.encoding import encode
from graph.errors import NotFoundError
from graph.log import FactLog
from queries.eligibility.decisions.decide import Case, Strata
from queries.eligibility.facts.fact import Fact, LinkedHint
from queries.eligibility.scorecard import load_card, rate, read_places
from queries.eligibility.scorecard.answer import place_answer, places_answer, rating_answer
from queries.eligibility.verdict import Verdict
from queries.names import division_names

DAY = date(2026, 3, 15)
KNOWN = datetime(2026, 3, 1, tzinfo=UTC)
TOWN, VILLAGE = "division:610305100", "division:610305100201"


def small(tmp_path: Path) -> FactLog:
    log = MemoryLog()
    world = World(log)
    world.node("Town", TOWN, name="城关镇")
    world.node("Village", VILLAGE, name="旧名村", valid_to=date(2026, 1, 1))
    world.node("Village", VILLAGE, name="样东村", valid_from=date(2026, 1, 1))
    for number, level in enumerate(["village", "none"]):
        house, head = f"household:{number}", f"person:{number}"
        world.node("Household", house, credit_household_level=level, credit_grade="A",
                   valid_from=date(2025, 3, 10 + 10 * number))  # fmt: skip
        world.node("Person", head, sex="female", birth_on=date(1980, 1, 1))
        world.tie("LOCATED_IN", (house, "Household"), (VILLAGE, "Village"))
        world.tie("LOCATED_IN", (head, "Person"), (VILLAGE, "Village"))
        world.tie("BELONGS_TO", (head, "Person"), (house, "Household"), role="householder")
    world.commit(KNOWN)
    return log


def test_a_place_with_its_name_grades_and_review(tmp_path: Path) -> None:
    found = read_places(small(tmp_path), DAY, KNOWN, 1)
    assert (found.name(VILLAGE), found.name(TOWN)) == ("城关镇样东村", "城关镇")
    told = encode(place_answer(found, VILLAGE))
    assert (told["level"], told["households"], told["verdict"]) == ("village", 2, "不符合")
    assert (told["shares"][0]["low"], told["shares"][0]["below"]) == (0.5, False)
    assert [share["below"] for share in told["shares"][1:]] == [False, True, True]
    # a year after the day of the evaluation; one of two grades was given more than a year ago
    assert told["review_on"] == "2027-03-15" and told["grades"]["due"] == 1
    assert told["basis"]["position"] == 1 and "信用村" in told["basis"]["rules"]
    town = encode(place_answer(found, TOWN))
    assert (town["level"], town["villages"], town["grades"]) == ("town", [VILLAGE], None)
    assert {place["division"] for place in encode(places_answer(found))["places"]} == {
        TOWN,
        VILLAGE,
    }
    with pytest.raises(NotFoundError) as refused:
        found.find("division:1")
    assert refused.value.cause_code == "place_unknown"


def test_names_are_those_of_the_day(tmp_path: Path) -> None:
    log = small(tmp_path)
    assert division_names(log, DAY, KNOWN)[VILLAGE] == "样东村"
    assert division_names(log, date(2025, 6, 1), KNOWN)[VILLAGE] == "旧名村"
    assert division_names(log, DAY, datetime(2026, 2, 1, tzinfo=UTC)) == {}


def case(**facts: Fact) -> Case:
    # what is barred from the card stands beside, and a hint as bad as can be
    beside = {"age": Fact(70), "marital_status": Fact("divorced")}
    return Case("person:1", {**beside, **facts}, {"guarantees_bad_loan": LinkedHint(True)}, {},
                Strata("Person", "female", "60 及以上", VILLAGE), None, DAY, DAY, KNOWN, 1, "")  # fmt: skip


def test_a_rating_looks_at_what_it_may() -> None:
    stated = Fact("A", "farmer_household", date(2025, 3, 10))
    told = rate(case(credit_grade=stated, education=Fact("college", "farmer_household")))
    assert set(told.facts) == {name for item in load_card().used for name in item.looks_at}
    assert not {"age", "marital_status", "guarantees_bad_loan"} & set(told.facts)
    assert (told.review_on, told.overdue) == (date(2026, 3, 10), True)
    answer = encode(rating_answer(told))
    (education,) = (item for item in answer["items"] if item["id"] == "education")
    assert (education["points"], education["facts"]["education"]["value"]) == (5, "college")
    assert answer["stated"]["overdue"] is True and answer["stated"]["grade"] == "A"
    assert answer["credit_household"]["verdict"] == Verdict.UNKNOWN.value
    assert all(item["how"] for item in answer["missing"])
    # nobody graded the household yet: no day of review is made up
    assert rate(case()).review_on is None and rate(case()).overdue is False

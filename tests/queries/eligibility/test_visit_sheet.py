"""A board over villages, and a visit sheet by household: one errand, each paper once."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from world import World

from bench.scope.memory_log import MemoryLog
from queries.eligibility import packaged
from queries.eligibility.decisions.prospects import NOTHING, Prospects, brought, prospects
from queries.eligibility.decisions.visit_sheet import visited_households
from queries.identities import Shows

DAY = date(2026, 3, 15)
NEAR, FAR = "division:610305100201", "division:610305200201"
SMALL, APPLE = "farmer_small_credit_loan", "apple_loan"


def district(*people: dict[str, Any]) -> Prospects:
    """One household each; `age: None` is the one thing that lacks, `second` another member."""
    log = MemoryLog()
    world = World(log)
    for number, told in enumerate(people):
        person, house = (f"person:{number}", "Person"), (f"household:{number}", "Household")
        place = (told.pop("village", NEAR), "Village")
        world.node("Person", person[0], name=f"样本{number}", phone_masked=f"138****{number:04d}",
                   birth_on=told.pop("birth_on", date(1985, 1, 1)),
                   resident_id_masked=f"6103221985{number:04d}****")  # fmt: skip
        world.tie("BELONGS_TO", person, house, role=told.pop("role", "householder"))
        world.tie("LOCATED_IN", person, place)
        world.node("Household", house[0], household_no=f"H-{number}",
                   address=told.pop("address", None), valid_from=date(2026, 2, 1),
                   **{"credit_grade": "A", "annual_income_fen": 5_000_000,
                      "annual_expense_fen": 1_000_000, **told})  # fmt: skip
    for place in (NEAR, FAR):
        world.node("Village", place, name=place[-3:])
    world.commit(datetime(2026, 3, 1, tzinfo=UTC), source="loan")
    world.node("Village", NEAR, name="甲村")
    later = datetime(2026, 3, 2, tzinfo=UTC)
    world.commit(later, source="judgment_defaulter")
    return prospects(log, DAY, later, packaged())


@pytest.fixture(scope="module")
def found() -> Prospects:
    return district(
        {"address": "虢镇甲村3组12号", "orchard_mu": 5.0},
        {"birth_on": None, "village": FAR, "role": "spouse"},
        {"village": FAR},
        {"birth_on": date(1930, 1, 1)},
        {"birth_on": None, "address": "甲村"},
    )


def test_the_nearest_of_all_villages_come_first(found: Prospects) -> None:
    board = found.board(product=SMALL)
    assert [(one.name, one.village, len(one.lacking)) for one in board.rows] == [
        ("样本0", NEAR, 0), ("样本2", FAR, 0), ("样本1", FAR, 1), ("样本4", NEAR, 1),
    ]  # fmt: skip
    assert board.total == 4
    # what lacks is said with how many it lacks to: to choose by
    assert [(name, count) for name, _, count in board.lacking] == [("age", 2)]


def test_a_board_is_cut_by_place_by_what_lacks_and_by_page(found: Prospects) -> None:
    def names(**cut: Any) -> list[str | None]:
        return [one.name for one in found.board(product=SMALL, **cut).rows]

    assert names(villages=[FAR]) == ["样本2", "样本1"]
    assert names(lacks="age") == ["样本1", "样本4"]
    assert names(lacks=NOTHING) == ["样本0", "样本2"]
    assert names(lacks="age", villages={NEAR}) == ["样本4"]
    assert names(lacks="never heard of") == []
    assert names(limit=1, offset=2) == ["样本1"] and names(offset=9) == []
    assert found.board(product="never heard of").total == 0
    # of every product together: each household once a product, as the village's own sheet says
    every = found.board(villages=[NEAR])
    assert {(one.unit, one.product) for one in every.rows} == {
        (one.unit, one.product) for one in found.village(NEAR)
    }


def test_a_household_is_visited_once_with_all_that_tells_where_it_is(found: Prospects) -> None:
    homes = {home.who.name: home for home in visited_households(found.village(NEAR, most=20))}
    home = homes["样本0"]
    assert home.group == "3组" and home.who.address == "虢镇甲村3组12号"
    assert (home.who.household_no, home.who.role) == ("H-0", "householder")
    assert home.who.phone_masked == "138****0000"
    products = [one.product for one in home.products]
    assert {SMALL, APPLE} <= {*products} and len({*products}) == len(products)
    assert SMALL in {one.product for one in home.nearest}
    assert homes["样本4"].group is None
    assert sum(len(each.products) for each in homes.values()) == len(found.village(NEAR, most=20))


def test_one_errand_names_each_way_once(found: Prospects) -> None:
    for home in visited_households(found.village(NEAR, most=20)):
        ways = [one.how for one in home.errands]
        assert len({*ways}) == len(ways)
        # one goes there for the nearest; what more others would want is of another day
        least = min(len(row.lacking) for row in home.products)
        assert {len(row.lacking) for row in home.nearest} == {least}
        assert {*home.nearest, *home.further} == {*home.products}
        assert all(len(row.lacking) > least for row in home.further)
        wanted = {one.how for row in home.nearest for one in row.errands}
        assert {*ways} == wanted
        days = [one.days for one in home.errands]
        assert days == sorted(days)
        # what every visit brings is said once for all, and is no errand of one household
        assert not {"consent", "purpose"} & {one.condition for one in home.errands}
    assert "书面授权书" in brought() and "征信报告" in brought()


def test_who_may_not_see_a_telephone_is_not_shown_it(found: Prospects) -> None:
    one = found.village(NEAR, product=SMALL)[0]
    shown = one.shown_by(Shows(certificate="masked", telephone="hidden", address="hidden").of)
    assert (shown.phone_masked, shown.address, shown.masked) == (None, None, f"610322{'*' * 12}")
    assert (shown.name, shown.applicant, shown.lacking) == (one.name, one.applicant, one.lacking)

"""Prospects against party-by-party reckoning over small random districts."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pytest
from credit_files import scatter
from world import World

from graph.errors import NotFoundError
from graph.log import FactLog
from queries.eligibility import packaged
from queries.eligibility.gather import gather
from queries.eligibility.paper import lay_down, read_papers
from queries.eligibility.prospects import prospects
from queries.eligibility.records import records_from_log
from queries.eligibility.runner import evaluate
from queries.eligibility.verdict import Verdict

DAY = date(2026, 3, 15)
KNOWN = datetime(2026, 3, 1, tzinfo=UTC)
VILLAGES = ("division:610305100201", "division:610305100202")
PRODUCTS = packaged()


def populate(world: World, chance: random.Random) -> dict[str, str]:
    """A few households and firms; returns the household of every person."""
    home = {}
    for number in range(12):
        house = (f"household:{number}", "Household")
        village = (chance.choice(VILLAGES), "Village")
        if chance.random() < 0.8:
            world.node("Household", house[0], credit_grade=chance.choice(["A", "C", None]),
                       credit_household_level=chance.choice(["village", "none", None]),
                       orchard_mu=chance.choice([None, 0.0, 5.0]), annual_income_fen=5_000_000)  # fmt: skip
        for member in range(chance.randrange(1, 4)):
            person = (f"person:{number}:{member}", "Person")
            home[person[0]] = house[0]
            world.node("Person", person[0], name=f"样本{number}{member}",
                       birth_on=chance.choice([None, date(1990, 1, 1), date(1950, 1, 1)]))  # fmt: skip
            world.tie("BELONGS_TO", person, house, role="other")
            if chance.random() < 0.9:
                world.tie("LOCATED_IN", person, village)
            if chance.random() < 0.2:
                loan = f"loan:{person[0]}"
                settled = chance.choice([None, date(2025, 12, 1)])
                world.node("Loan", loan, granted_on=date(2025, 1, 1), purpose="种植")
                world.node("LoanState", loan, "Loan", loan_class="pass", settled_on=settled)
                world.tie("BORROWED", person, (loan, "Loan"))
            if chance.random() < 0.1:
                world.node("ListEntry", f"list:{person[0]}", list_kind="judgment_defaulter")
                world.tie("SUBJECT_OF", person, (f"list:{person[0]}", "ListEntry"))
    for number in range(3):
        firm = (f"org:{number}", chance.choice(["Enterprise", "Cooperative"]))
        world.node(firm[1], firm[0], name="样本社", registration_state="active",
                   established_on=date(2020, 1, 1))  # fmt: skip
        world.tie("LOCATED_IN", firm, (VILLAGES[0], "Village"))
        home[firm[0]] = firm[0]
    firms = [key for key in home if key.startswith("org:")]
    for number in range(12):
        # whatever bureau, registers and insurers say of them
        scatter(world, chance, f"file{number}", f"person:{number}:0", f"household:{number}",
                firms[number % 3])  # fmt: skip
    return home


@pytest.mark.parametrize("seed", range(8))
def test_agrees_with_one_party_at_a_time(tmp_path: Path, seed: int) -> None:
    log = FactLog(tmp_path)
    world = World(log)
    home = populate(world, random.Random(seed))
    world.commit(KNOWN, source="loan")
    world.node("Village", VILLAGES[0], name="甲村")
    later = datetime(2026, 3, 2, tzinfo=UTC)
    world.commit(later, source="judgment_defaulter")
    keys = list(home)
    gathered = gather(records_from_log(log, DAY, later), pa.array(keys))
    facts = {key: gathered.facts(place) for place, key in enumerate(keys)}
    facts = {key: lay_down(told, {}) for key, told in facts.items()}
    loaned = {home[key] for key in keys if facts[key]["any_loan"].value is True}
    brought = {"consent": True, "purpose_lawful": True, "farm_purpose": True, "any_loan": False}
    visit = read_papers(brought, DAY)
    expected: dict[tuple[str, str], tuple[int, set[str]]] = {}
    for key in keys:
        if home[key] in loaned:
            continue
        for product in PRODUCTS.values():
            checked = evaluate(product.versions[0], lay_down(facts[key], visit))
            hard = [item for item in checked if item.condition.hard]
            if any(item.verdict is Verdict.NOT_MET and not any(s.sets for s in item.condition.steps)
                   for item in hard):  # fmt: skip
                continue
            way = {item.condition.id for item in hard if item.verdict is not Verdict.MET}
            held = expected.get((home[key], product.id))
            if held is None or len(way) < held[0]:
                expected[home[key], product.id] = (len(way), way)
    found = prospects(log, DAY, later, PRODUCTS)
    assert found.units == len(set(home.values()) - loaned)
    got = {}
    for village in VILLAGES:
        for one in found.village(village, most=20):
            got[one.unit, one.product] = (len(one.lacking), {w.condition for w in one.lacking})
            assert home[one.applicant] == one.unit and one.name
            assert one.village == village
    placed = {unit for unit, _ in got}
    assert {name: told[0] for name, told in got.items()} == {
        name: told[0] for name, told in expected.items() if name[0] in placed and name in got
    }
    # whoever is not on a sheet has a best member of whom nobody knows where he lives
    for unit, product in set(expected) - set(got):
        assert product != "farmer_small_credit_loan" or ("local" in expected[unit, product][1])
    summed = sum(row["ready"] + row["one_missing"] for row in found.summary() if row["village"])
    assert summed == sum(number <= 1 for number, _ in got.values())


def test_near_ones_first_with_the_one_thing(tmp_path: Path) -> None:
    log = FactLog(tmp_path)
    world = World(log)
    for number, born in enumerate([date(1990, 1, 1), None, date(1940, 1, 1)]):
        person = (f"person:{number}", "Person")
        world.node("Person", person[0], name=f"样本{number}", birth_on=born)
        world.tie("BELONGS_TO", person, (f"household:{number}", "Household"))
        world.tie("LOCATED_IN", person, (VILLAGES[0], "Village"))
    world.commit(KNOWN, source="loan")
    world.node("Village", VILLAGES[0])
    later = datetime(2026, 3, 2, tzinfo=UTC)
    world.commit(later, source="judgment_defaulter")
    found = prospects(log, DAY, later, PRODUCTS)
    sheet = found.village(VILLAGES[0], product="farmer_small_credit_loan")
    assert [(one.name, [way.wording for way in one.lacking]) for one in sheet] == [
        ("样本0", []), ("样本1", ["年龄 18 至 60 周岁"]),
    ]  # fmt: skip
    assert sheet[1].lacking[0].open and "身份" in sheet[1].lacking[0].how
    with pytest.raises(NotFoundError):
        found.village("division:nowhere")

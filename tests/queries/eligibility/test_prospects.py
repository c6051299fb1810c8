"""Prospects against party-by-party reckoning over small random districts."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import asdict, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from credit_files import scatter
from hypothesis import given
from hypothesis import strategies as st
from world import World

from bench.scope.memory_log import MemoryLog
from graph.errors import NotFoundError
from queries.eligibility import packaged
from queries.eligibility.decisions.likely import at_most_fen
from queries.eligibility.decisions.prospects import Prospects, prospects
from queries.eligibility.facts.catalogue import catalogue
from queries.eligibility.facts.column import Column
from queries.eligibility.facts.fact import Fact
from queries.eligibility.facts.gather import gather
from queries.eligibility.facts.paper import apply_documents, read_papers
from queries.eligibility.facts.records import records_from_log
from queries.eligibility.rules.amount import AmountRule
from queries.eligibility.rules.runner import Checked, evaluate
from queries.eligibility.verdict import Verdict

DAY = date(2026, 3, 15)
KNOWN = datetime(2026, 3, 1, tzinfo=UTC)
VILLAGES = ("division:610305100201", "division:610305100202")
PRODUCTS = packaged()
TRADES = {"orchard_mu", "animals"}


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


def declared(facts: dict[str, Fact]) -> dict[str, Fact]:
    """With the debts of which nobody knows, as they are declared at a visit."""
    told = ("household_owed_fen", "private_debt_fen", "external_guarantee_fen")
    unknown = [name for name in told if name not in facts or facts[name].value is None]
    return {**facts, **{name: Fact(0) for name in unknown}}


def within_the_season(item: Checked) -> bool:
    return any(step.sets and step.days <= 90 for step in item.condition.steps)


@pytest.mark.parametrize("seed", range(8))
def test_agrees_with_one_party_at_a_time(seed: int) -> None:
    log = MemoryLog()
    world = World(log)
    home = populate(world, random.Random(seed))
    world.commit(KNOWN, source="loan")
    world.node("Village", VILLAGES[0], name="甲村")
    later = datetime(2026, 3, 2, tzinfo=UTC)
    world.commit(later, source="judgment_defaulter")
    keys = list(home)
    gathered = gather(records_from_log(log, DAY, later), pa.array(keys))
    facts = {key: gathered.facts(place) for place, key in enumerate(keys)}
    facts = {key: apply_documents(told, {}) for key, told in facts.items()}
    loaned = {home[key] for key in keys if facts[key]["any_loan"].value is True}
    brought = {"consent": True, "purpose_lawful": True, "farm_purpose": True, "any_loan": False}
    visit = read_papers(brought, DAY)
    expected: dict[tuple[str, str], tuple[int, set[str]]] = {}
    for key in keys:
        if home[key] in loaned:
            continue
        for product in PRODUCTS.values():
            if not product.is_at(DAY):
                continue
            version = product.at(DAY)
            laid = version.in_time(declared(apply_documents(facts[key], visit)), DAY)
            hard = [item for item in evaluate(version, laid) if item.condition.hard]
            if any((item.verdict is Verdict.NOT_MET and not within_the_season(item))
                   or (item.verdict is Verdict.UNKNOWN and TRADES & set(item.condition.facts))
                   for item in hard):  # fmt: skip
                continue
            if version.amount.apply(laid).at_most_fen == 0:
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
    summed = sum(row.ready + row.one_missing for row in found.summary() if row.village)
    assert summed == sum(number <= 1 for number, _ in got.values())


def test_near_ones_first_with_the_one_thing() -> None:
    log = MemoryLog()
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


def district(tmp_path: Path, *people: dict[str, Any]) -> Prospects:
    """One householder each, of what is said of him and of the household."""
    log = MemoryLog()
    world = World(log)
    stated = date(2026, 2, 1)
    for number, told in enumerate(people):
        person, house = (f"person:{number}", "Person"), (f"household:{number}", "Household")
        world.node("Person", person[0], name=f"样本{number}", birth_on=date(1985, 1, 1),
                   resident_id_masked=f"6103221985{number:04d}****")  # fmt: skip
        if told.pop("farmer", False):
            world.node("Farmer", person[0], "Person")
        world.tie("BELONGS_TO", person, house, role="householder")
        world.tie("LOCATED_IN", person, (VILLAGES[0], "Village"))
        world.node("Household", house[0], household_no=f"610305-{number}", valid_from=stated,
                   **{"credit_grade": "A", "annual_income_fen": 5_000_000,
                      "annual_expense_fen": 1_000_000, **told})  # fmt: skip
    world.commit(KNOWN, source="loan")
    world.node("Village", VILLAGES[0])
    later = datetime(2026, 3, 2, tzinfo=UTC)
    world.commit(later, source="judgment_defaulter")
    return prospects(log, DAY, later, PRODUCTS)


def names(found: Prospects, product: str, most: int = 20) -> list[str | None]:
    return [one.name for one in found.village(VILLAGES[0], product=product, most=most)]


def test_true_farmers_first_and_then_those_to_whom_more_is_lent(tmp_path: Path) -> None:
    found = district(
        tmp_path,
        {"credit_grade": "AAA", "annual_income_fen": 90_000_000},
        {"farmer": True, "credit_grade": "B"},
        {"farmer": True, "credit_grade": "AA", "annual_income_fen": 20_000_000},
        {"contracted_land_mu": 6.0, "credit_grade": "A"},
    )
    # a rich household that farms nothing comes last; of two farmers the one who may borrow more
    assert names(found, "farmer_small_credit_loan") == ["样本2", "样本1", "样本3", "样本0"]
    sheet = found.village(VILLAGES[0], product="farmer_small_credit_loan")
    land = next(one for one in sheet if one.name == "样本3")
    assert (land.farms, land.age, land.household_no) == (("承包地 6 亩",), 41, "610305-3")
    assert land.masked == "61032219850003****"
    # what rests on income and debts is not told of anybody
    assert not {"amount", "amount_fen", "income"} & set(asdict(land))


def test_who_has_no_orchard_is_no_apple_prospect(tmp_path: Path) -> None:
    found = district(
        tmp_path,
        {"orchard_mu": 5.0},
        {"orchard_mu": 0.0},
        {"orchard_mu": 1.5},
        {"orchard_mu": None},
    )
    assert names(found, "apple_loan") == ["样本0"]
    # nor is a village of people who keep no animals one for loans on animals
    assert names(found, "live_animal_mortgage") == []
    assert len(names(found, "farmer_small_credit_loan")) == 4


def test_whom_nothing_can_be_lent_is_not_ready(tmp_path: Path) -> None:
    found = district(
        tmp_path, {"credit_grade": "C"}, {"annual_income_fen": 0}, {"credit_grade": "A"}
    )
    assert names(found, "farmer_small_credit_loan") == ["样本2"]
    rows = [row for row in found.summary() if row.product == "farmer_small_credit_loan"]
    assert sum(row.ready + row.one_missing for row in rows) == 1


class _Compared(str):
    """A village that counts how often it is held against another."""

    __slots__ = ()
    times = 0

    def __eq__(self, other: object) -> bool:
        _Compared.times += 1
        return str.__eq__(self, other)

    __hash__ = str.__hash__


def test_a_summary_counts_by_village_without_going_through_all_for_each(tmp_path: Path) -> None:
    found = district(tmp_path, *({"credit_grade": "A"} for _ in range(12)))
    counted = found._village.copy()
    counted[:] = [_Compared(f"division:61030510{number % 5}") for number in range(len(counted))]
    found = replace(found, _village=counted)
    _Compared.times = 0
    rows = found.summary()
    # once: villages times parties
    assert _Compared.times == 0
    expected: Counter[tuple[str, str, int]] = Counter()
    for ranked in found._ranked:
        for party, ways in zip(ranked.parties.tolist(), ranked.ways.tolist(), strict=True):
            expected[str(counted[party]), ranked.product.id, ways] += 1
    assert {(row.village, row.product): (row.ready, row.one_missing) for row in rows} == {
        (village, product): (expected[village, product, 0], expected[village, product, 1])
        for village, product, ways in expected
        if ways <= 1
    }
    assert len({row.village for row in rows}) == 5


def test_the_remedy_is_for_the_fact_that_lacks(tmp_path: Path) -> None:
    found = district(tmp_path, {}, {"credit_grade": None})
    sheet = {one.name: one for one in found.village(VILLAGES[0], product="startup_guaranteed_loan", most=20)}  # fmt: skip
    lacking = {way.condition: way for way in sheet["样本0"].lacking}
    # single or not is not known: the spouse's consent alone does not settle it
    spouse = lacking["spouse_no_other_loan"]
    assert "户口簿" in spouse.how and "配偶" in spouse.how
    assert lacking["supported"].how == catalogue().facts["startup_eligible"].obtain.how
    # each way to mend something stands once, with all that it mends
    errands = sheet["样本0"].errands
    assert len({one.how for one in errands}) == len(errands) <= len(lacking)


AMOUNTS = {
    "party_kind": ("Person", "Cooperative", None), "credit_grade": ("A", "C", None),
    "annual_income_fen": (0, 6_000_050, None), "annual_expense_fen": (2_000_000, None),
    "owed_fen": (0, 50_000_000, None), "household_owed_fen": (0, 1_000, None),
    "private_debt_fen": (0, None), "external_guarantee_fen": (0, None),
    "annual_sales_fen": (0, 80_000_000, None), "land_value_fen": (9_000_000, None),
    "animals_value_fen": (7_777_777, None),
}  # fmt: skip
RULES = [version.amount for product in PRODUCTS.values() for version in product.versions]


@given(
    st.sampled_from(RULES),
    st.lists(
        st.fixed_dictionaries({name: st.sampled_from(values) for name, values in AMOUNTS.items()}),
        min_size=1, max_size=6,
    ),
)  # fmt: skip
def test_amounts_of_many_are_those_of_each(rule: AmountRule, people: list[dict[str, Any]]) -> None:
    columns = {
        name: Column.of(catalogue().facts[name], [held[name] for held in people])
        for name in AMOUNTS
    }
    found = at_most_fen(rule, columns, len(people))
    for place, held in enumerate(people):
        facts = {name: Fact(value) for name, value in held.items() if value is not None}
        least = rule.apply(facts).at_most_fen
        assert (None if found[place] != found[place] else int(found[place])) == least

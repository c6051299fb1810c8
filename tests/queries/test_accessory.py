"""Guarantees are accessory (民法典 第六百八十二条): every reader leaves out those that are settled.

The rule over tables is held to a third reading in plain Python on random worlds; the Cypher is held
to that reading in `test_questions`.
"""

from __future__ import annotations

import random
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from breadth import examples
from firms import DAY, label_of, new_world
from hypothesis import given, settings
from hypothesis import strategies as st
from promises import WAN, lend, promise
from reference import Reference
from world import World

from graph.accessory import CONTRACT_COLUMNS
from graph.snapshot import Snapshot, refresh_snapshot, take_snapshot
from queries.eligibility.facts.records import records_from_log
from queries.risk.obligations import obligations
from queries.risk.policy import load_policy
from queries.risk.weights import weigh
from queries.structure.guarantees import read_guarantees
from queries.structure.limits import check_guarantor

KNOWN = tuple(datetime(2026, 1, day, tzinfo=UTC) for day in (1, 2, 3))
EARLY, LATE = date(2025, 1, 1), date(2027, 1, 1)
DAYS = (None, EARLY, DAY, LATE)


def give(world: World, guarantor: str, borrower: str, contract: str, *loans: str,
         amount_fen: int | None = 10 * WAN) -> None:  # fmt: skip
    """A contract of guarantee as the banks' file makes it."""
    promise(world, guarantor, borrower, discriminator=contract, amount_fen=amount_fen)
    world.node("Guarantee", contract, amount_fen=amount_fen)
    world.tie("GAVE", (guarantor, label_of(guarantor)), (contract, "Guarantee"))
    for loan in loans:
        world.tie("SECURES", (contract, "Guarantee"), (loan, "Loan"))


def settle(world: World, loan: str, day: date | None, balance_fen: int = 0) -> None:
    """A later statement of a loan: it is settled on a day, or owed so far."""
    world.node("LoanState", loan, "Loan", settled_on=day, balance_fen=balance_fen)


def held(world: World, number: int = 0) -> Snapshot:
    world.commit(KNOWN[number], f"world-{number}")
    return take_snapshot(world.log, DAY)


# ---------------------------------------------------------------- the settled loan of one contract


@pytest.fixture
def office(tmp_path: Path) -> World:
    """`a` stands for `b`'s loan of 10 万, of which 4 are left."""
    world = new_world()
    for key in "ab":
        world.node("Enterprise", key, name=key)
    lend(world, "b", 4)
    give(world, "a", "b", "g:1", "loan:b")
    return world


def test_owed_is_no_more_than_the_balance(office: World) -> None:
    snapshot = held(office)
    [contract] = read_guarantees(snapshot).contracts
    assert (contract.amount_fen, contract.owed_fen) == (10 * WAN, 4 * WAN)
    assert obligations(snapshot).guarantees.fen.tolist() == [4 * WAN]
    assert external(office) == [4 * WAN]
    assert len(weigh(snapshot, load_policy()).weight) == 1


def external(world: World) -> list[int]:
    """The amounts from which decisions read what a party guarantees."""
    records = records_from_log(world.log, DAY, KNOWN[2])
    gave = set(records.certain("GAVE")["to_key"].to_pylist())
    told = records.certain("Guarantee").to_pylist()
    return [row["amount_fen"] for row in told if row["key"] in gave]


def test_nothing_is_left_of_it_when_the_loan_is_settled(office: World) -> None:
    before = held(office)
    settle(office, "loan:b", date(2026, 3, 1))
    snapshot = held(office, 1)
    for found in (snapshot, refresh_snapshot(before, office.log)):
        net = read_guarantees(found)
        assert not net.contracts
        assert check_guarantor(net, "a")[0].value == 0
        assert obligations(found).guarantees.fen.tolist() == []
        assert len(weigh(found, load_policy()).weight) == 0
        assert [len(found.facts(kind)) for kind in CONTRACT_COLUMNS] == [0, 0, 0]
    assert external(office) == []
    # who existed goes on existing, and the past is as it was
    assert snapshot.keys == before.keys
    assert len(take_snapshot(office.log, DAY, KNOWN[0]).facts("GAVE")) == 1
    assert len(take_snapshot(office.log, date(2026, 2, 28)).facts("GAVE")) == 1


@pytest.mark.parametrize(
    ("told", "left"),
    [
        ({"settled_on": None, "balance_fen": 0}, 1),  # not proven settled: it may be drawn again
        ({"settled_on": LATE, "balance_fen": 5}, 1),  # settled some day
        ({"settled_on": DAY, "balance_fen": 5}, 0),  # on its day, whatever balance stands beside it
        (
            {"settled_on": EARLY, "balance_fen": 0, "certainty": 0.9},
            1,
        ),  # of somebody who looks alike
    ],
)
def test_settled_is_what_is_proven_settled(
    office: World, told: dict[str, object], left: int
) -> None:
    held(office)
    office.node("LoanState", "loan:b", "Loan", **told)
    assert len(read_guarantees(held(office, 1)).contracts) == left


def test_of_several_loans_every_one_must_be_settled() -> None:
    world = new_world()
    for number, wan in ((1, 3), (2, 2)):
        lend(world, "b", wan, f"loan:{number}")
    give(world, "a", "b", "g:1", "loan:1", "loan:2")
    assert read_guarantees(held(world)).contracts[0].owed_fen == 5 * WAN
    settle(world, "loan:1", EARLY)
    assert read_guarantees(held(world, 1)).contracts[0].owed_fen == 2 * WAN
    settle(world, "loan:2", EARLY)
    assert not read_guarantees(held(world, 2)).contracts


def test_of_what_is_not_known_the_promise_stands() -> None:
    world = new_world()
    lend(world, "b", None, "loan:untold")
    give(world, "a", "b", "g:nothing")
    give(world, "a", "b", "g:untold", "loan:untold")
    give(world, "a", "b", "g:amount", "loan:untold", amount_fen=None)
    owed = {c.number: c.owed_fen for c in read_guarantees(held(world)).contracts}
    assert owed == {"g:nothing": 10 * WAN, "g:untold": 10 * WAN, "g:amount": None}


def test_what_was_settled_and_is_owed_again_is_guaranteed_again(office: World) -> None:
    held(office)
    settle(office, "loan:b", EARLY)
    assert not read_guarantees(held(office, 1)).contracts
    settle(office, "loan:b", None, 3 * WAN)  # the bank corrects itself
    assert read_guarantees(held(office, 2)).contracts[0].owed_fen == 3 * WAN


# ---------------------------------------------------------------- random worlds, a third reading


def scatter(world: World, chance: random.Random) -> None:
    """Contracts over loans, told by chance, some of them twice and some of them unsurely."""
    span = {"valid_from": chance.choice(DAYS[:2]), "valid_to": chance.choice((None, LATE, DAY))}
    for number in range(4):
        contract = f"g:{number}"
        guarantor, borrower = chance.sample(["A", "B", "c"], 2)
        promise(world, guarantor, borrower, discriminator=contract,
                amount_fen=chance.choice([None, 5, 50]))  # fmt: skip
        world.tie("GAVE", (guarantor, label_of(guarantor)), (contract, "Guarantee"))
        for loan in chance.sample(range(4), chance.randrange(3)):
            world.tie("SECURES", (contract, "Guarantee"), (f"loan:{loan}", "Loan"),
                      certainty=chance.choice([1.0, 1.0, 0.5]), **span)  # fmt: skip
    for loan in range(4):
        for _ in range(chance.randrange(3)):
            world.node("LoanState", f"loan:{loan}", "Loan", valid_from=chance.choice(DAYS[:3]),
                       certainty=chance.choice([1.0, 1.0, 0.5]),
                       settled_on=chance.choice(DAYS), balance_fen=chance.choice([None, 0, 7, 40]))  # fmt: skip


@given(st.integers(0, 10**6))
@settings(max_examples=examples(50), deadline=None)
def test_tables_and_plain_python_agree(seed: int) -> None:
    world, chance = new_world(), random.Random(seed)
    world.node("Person", "A", name="甲")
    for number, instant in enumerate(KNOWN[:2]):
        scatter(world, chance)
        world.commit(instant, f"world-{number}")
    day = chance.choice(DAYS[1:])
    snapshot = take_snapshot(world.log, day)
    reference = Reference(world.log, day, KNOWN[1])
    for kind in ("GUARANTEES", "GAVE"):
        told = reference.facts[kind]
        stands = {r["fact_id"] for r in told if reference.stands({**r, "kind": kind})}
        assert set(snapshot.facts(kind)["fact_id"].to_pylist()) == stands
        records = records_from_log(world.log, day, KNOWN[1])
        assert set(records.certain(kind)["fact_id"].to_pylist()) == stands
    ties = snapshot.ties["GUARANTEES"]
    owed = snapshot.secured.owed(ties.table["discriminator"], ties.table["amount_fen"])
    wanted = {r["fact_id"]: reference.owed(r) for r in reference.facts["GUARANTEES"]}
    assert owed.to_pylist() == [wanted[i] for i in ties.table["fact_id"].to_pylist()]
    # no tie is led to other parties than before
    ends = [(snapshot.keys[int(a)].as_py(), snapshot.keys[int(b)].as_py())
            for a, b in zip(ties.source, ties.target, strict=True)]  # fmt: skip
    assert ends == list(zip(*(ties.table[c].to_pylist() for c in ("from_key", "to_key")),
                            strict=True))  # fmt: skip


@given(st.lists(st.integers(1, 9), min_size=2, max_size=5), st.integers(0, 2**5))
@settings(max_examples=examples(25), deadline=None)
def test_a_loan_split_in_several_is_guaranteed_alike(parts: list[int], some: int) -> None:
    """What is settled part by part is owed part by part, and gone with the last of them."""
    world = new_world()
    loans = [f"loan:{n}" for n in range(len(parts))]
    left = 0
    for number, (loan, wan) in enumerate(zip(loans, parts, strict=True)):
        is_settled = bool(some >> number & 1)
        lend(world, "b", None if is_settled else wan, loan)
        if is_settled:
            settle(world, loan, EARLY, wan * WAN)
        left += 0 if is_settled else wan
    give(world, "a", "b", "g:1", *loans, amount_fen=100 * WAN)
    net = read_guarantees(held(world))
    assert [c.owed_fen for c in net.contracts] == ([left * WAN] if left else [])
    assert net.debt("b").exact == left * WAN
    assert int(pc.sum(pa.array(obligations(net.snapshot).guarantees.fen)).as_py() or 0) == (
        left * WAN
    )

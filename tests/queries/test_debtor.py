"""What an individual business owes is its operator's own (民法典 第五十六条), and the other way round."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from firms import DAY, new_world
from world import World

from graph.snapshot import take_snapshot
from queries.eligibility.facts.records import records_from_log
from queries.risk import assess, explain
from queries.structure.guarantees import read_guarantees

KNOWN = datetime(2026, 1, 1, tzinfo=UTC)
P, SHOP, FIRM = ("P", "Person"), ("shop", "IndividualBusiness"), ("firm", "Enterprise")


@pytest.fixture
def world() -> World:
    """P runs a shop with a lost loan, and represents a firm with another."""
    made = new_world()
    for key, label in (P, SHOP, FIRM):
        made.node(label, key, name=key)
    made.tie("LEGAL_REPRESENTATIVE_OF", P, SHOP)
    made.tie("LEGAL_REPRESENTATIVE_OF", P, FIRM)
    for loan, borrower in (("loan:s", SHOP), ("loan:f", FIRM), ("loan:p", P)):
        made.node("LoanState", loan, "Loan", balance_fen=100,
                  loan_class="loss" if borrower is SHOP else "pass")  # fmt: skip
        made.tie("BORROWED", borrower, (loan, "Loan"))
    made.commit(KNOWN)
    return made


def borrowed(world: World, day: date = DAY) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for row in records_from_log(world.log, day, KNOWN).certain("BORROWED").to_pylist():
        found.setdefault(row["from_key"], set()).add(row["to_key"])
    return found


def test_each_is_a_debtor_of_the_others_loans(world: World) -> None:
    both = {"loan:s", "loan:p"}
    # a firm has property of its own: who represents it owes nothing of its loans
    assert borrowed(world) == {"P": both, "shop": both, "firm": {"loan:f"}}
    net = read_guarantees(take_snapshot(world.log, DAY))
    assert [net.debt(key).exact for key in ("P", "shop", "firm")] == [200, 200, 100]
    assert net.debt("P", "shop").exact == 200


def test_distress_of_the_shop_is_nearly_all_the_operators(world: World) -> None:
    run = assess(take_snapshot(world.log, DAY))
    assert explain(run, "shop").score == pytest.approx(0.9, abs=0.01)
    assert explain(run, "P").score == pytest.approx(0.9 * 0.95, abs=0.01)
    assert explain(run, "firm").score < 0.5


def test_who_ran_it_once_or_only_looks_like_it_owes_nothing() -> None:
    world = new_world()
    world.node("IndividualBusiness", "shop", name="店")
    world.tie("LEGAL_REPRESENTATIVE_OF", ("A", "Person"), SHOP, valid_to=date(2026, 1, 1))
    world.tie("LEGAL_REPRESENTATIVE_OF", ("B", "Person"), SHOP, certainty=0.9)
    world.tie("BORROWED", SHOP, ("loan:s", "Loan"))
    world.commit(KNOWN)
    assert borrowed(world) == {"shop": {"loan:s"}}
    assert borrowed(world, date(2025, 6, 1)) == {"shop": {"loan:s"}, "A": {"loan:s"}}

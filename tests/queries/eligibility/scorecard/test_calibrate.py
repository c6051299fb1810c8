"""Bands from local loans: counted by hand, and put in force by two persons only."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import yaml
from world import World

from bench.scope.memory_log import MemoryLog
from graph.errors import InputError, NotFoundError
from graph.log import FactLog
from graph.operations import OperationsStore
from graph.settings import Settings
from queries.eligibility.rules.publish import approve, current_products
from queries.eligibility.scorecard import card_in_force, load_card
from queries.eligibility.scorecard.calibrate import LEAST_BORROWERS, calibrate
from queries.eligibility.scorecard.card import UNRATED
from queries.eligibility.scorecard.card_publish import approve_card, propose_card

DAY = date(2026, 3, 15)
KNOWN = datetime(2026, 3, 1, tzinfo=UTC)
AT = datetime(2026, 3, 15, 8, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[OperationsStore]:
    with OperationsStore(Settings(data=tmp_path / "office")) as opened:
        yield opened


def district(folder: Path, borrowers: int, *, bad_from: int = 0, bad_to: int = 0) -> FactLog:
    """Householders who earn more one after the other; nobody was ever commended or appraised.

    Loans of those from `bad_from` to `bad_to` are bad; the loan is the spouse's in every second.
    """
    log = MemoryLog()
    world = World(log)
    for n in range(borrowers):
        head, house = (f"person:{n:03d}", "Person"), (f"household:{n:03d}", "Household")
        world.node("Person", head[0], education="college", sex="female" if n % 2 else "male")
        world.node("Household", house[0], labour_count=4, annual_income_fen=n * 600_000,
                   annual_expense_fen=10_000_000, credit_household_level="village",
                   valid_from=date(2026, 1, 1))  # fmt: skip
        world.tie("BELONGS_TO", head, house, role="householder")
        who = head
        if n % 2:
            who = (f"person:{n:03d}s", "Person")
            world.node("Person", who[0], education="college")
            world.tie("BELONGS_TO", who, house, role="spouse")
        loan = (f"loan:{n}", "Loan")
        world.node("Loan", loan[0], principal_fen=100)
        world.tie("BORROWED", who, loan)
        kind = "loss" if bad_from <= n < bad_to else "pass"
        world.node("LoanState", loan[0], "Loan", balance_fen=100, loan_class=kind)
    world.commit(KNOWN)
    return log


def test_bands_stand_beside_the_published_ones(tmp_path: Path) -> None:
    # the poorest twenty of eighty did not repay
    found = calibrate(district(tmp_path, 80, bad_to=20), DAY, KNOWN)
    assert (found.households, found.borrowers, found.why_not) == (80, 80, "")
    # nobody could get a letter by the published card: loans, honours and opinions are unknown
    assert sum(band.households_published for band in found.bands[:-1]) == 0
    assert found.proposed is not None
    left_out = {one.item: one.why for one in found.coverage if not one.used}
    assert set(left_out) == {"loans", "honour", "moral"}
    assert "算了两次" in left_out["loans"] and "0%" in left_out["honour"]
    assert [band.grade for band in found.bands] == [*load_card().grades, UNRATED]
    assert [band.published for band in found.bands] == [95, 90, 85, 80, 75, 70, 65, 0]
    # everybody has a grade, and each stands once
    assert sum(band.households_proposed for band in found.bands) == 80
    given = [band for band in found.bands if band.proposed is not None and band.borrowers]
    assert len(given) >= 4
    cuts = [band.proposed for band in given]
    assert cuts == sorted(cuts, reverse=True)
    # those who did not repay are at the bottom, counted by hand
    assert sum(band.bad for band in found.bands) == 20
    assert found.tells_apart
    assert found.bands[0].bad == 0 and found.bands[-1].bad == found.bands[-1].borrowers


def test_a_better_letter_does_not_repay_worse(tmp_path: Path) -> None:
    # the richest twenty did not repay: no letter of theirs stands above one that does
    found = calibrate(district(tmp_path, 80, bad_from=60, bad_to=80), DAY, KNOWN)
    for higher in found.bands:
        for lower in found.bands[found.bands.index(higher) + 1 : -1]:
            if higher.bad_low is not None and lower.bad_high is not None:
                assert higher.bad_low <= lower.bad_high
    assert found.merged and all("级" in why for why in found.merged.values())


def test_loans_that_say_nothing_of_the_letters_are_said_to(tmp_path: Path) -> None:
    found = calibrate(district(tmp_path, 80), DAY, KNOWN)
    assert found.proposed is not None and not found.tells_apart


def test_too_few_loans_propose_nothing(tmp_path: Path) -> None:
    found = calibrate(district(tmp_path, LEAST_BORROWERS - 1), DAY, KNOWN)
    assert found.proposed is None and found.text() == ""
    assert f"只有 {LEAST_BORROWERS - 1} 户" in found.why_not
    assert calibrate(MemoryLog(), DAY, KNOWN).why_not


def test_two_persons_put_a_card_in_force(store: OperationsStore, tmp_path: Path) -> None:
    text = calibrate(district(tmp_path / "log", 80, bad_to=20), DAY, KNOWN).text()
    # nothing is kept by itself
    assert card_in_force(store) == load_card()
    put = propose_card(store, text, by="甲", at=AT)
    assert any(line.startswith("AAA 级起点由 95 分改为") for line in put.changes)
    assert any(line.startswith("“最高级别表彰”不计分：全区只有 0%") for line in put.changes)
    assert card_in_force(store) == load_card()
    with pytest.raises(InputError) as caught:
        approve_card(store, put.proposal.id, by="甲", at=AT)
    assert caught.value.cause_code == "two_persons"
    # it is about no product, and the products do not trip over it
    with pytest.raises(NotFoundError):
        approve(store, put.proposal.id, by="乙", at=AT, day=DAY)
    approve_card(store, put.proposal.id, by="乙", at=AT)
    assert set(current_products(store)) and "card:farmer" not in current_products(store)
    now = card_in_force(store)
    assert now.version == "2026-03-15" and now.grades == put.card.grades
    assert approve_card(store, put.proposal.id, by="丙", at=AT).proposal.approved_by == "乙"
    with pytest.raises(InputError) as caught:
        propose_card(store, text, by="甲", at=AT)
    assert caught.value.cause_code == "nothing_changes"


def test_no_proposal_takes_up_what_is_barred(store: OperationsStore) -> None:
    told = load_card().model_dump(mode="json", exclude={"hash"}) | {"version": "9"}
    for change in (
        lambda items: items[0].update(used=True),
        lambda items: items[1].update(used=True),
        lambda items: items[2].update(fact="age", points=None, bands=[[18, 5]]),
    ):
        items = [dict(item) for item in told["items"]]
        change(items)
        with pytest.raises(InputError) as caught:
            propose_card(
                store, yaml.safe_dump({**told, "items": items}, sort_keys=False), by="甲", at=AT
            )
        assert caught.value.cause_code == "card_item_barred", caught.value.message_zh
    for faulty, code in (
        ({**told, "never": told["never"][1:]}, "card_item_barred"),
        ({**told, "grades": {"AAA": 10, "AA": 90}}, "card_faulty"),
        ({**told, "version": load_card().version, "review_months": 6}, "nothing_changes"),
        ({**told, "version": load_card().version, "grades": {"A": 50}}, "version_backwards"),
    ):
        with pytest.raises(InputError) as caught:
            propose_card(store, yaml.safe_dump(faulty, sort_keys=False), by="甲", at=AT)
        assert caught.value.cause_code == code

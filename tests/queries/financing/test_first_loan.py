"""The check of a first loan is that of the lending figures, asked before the loan is there."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from world import World

from graph.log import FactLog
from graph.moment import Moment
from queries.district import DistrictReader
from queries.financing import first_loan
from queries.lending import read_book
from queries.runs import Runs
from queries.scope import ADMINISTRATOR

DAY, KNOWN = date(2026, 3, 31), datetime(2026, 3, 31, 4, tzinfo=UTC)
ON = DAY - timedelta(10)
PEOPLE = ("person:a", "person:b", "org:c")


def reader(folder: Path, *said: Callable[[World], None]) -> DistrictReader:
    """Of a district of which that was said."""
    log = FactLog(folder)
    world = World(log)
    for each in said:
        each(world)
    world.commit(KNOWN - timedelta(hours=1))
    stores: Any = SimpleNamespace(log=log, runs=Runs())
    return DistrictReader(
        stores, Moment.of(log.batches(), as_of=DAY, known_at=KNOWN), ADMINISTRATOR
    )


def label(who: str) -> str:
    return "Enterprise" if who.startswith("org:") else "Person"


def loan(name: str, who: str, on: date) -> Callable[[World], None]:
    def said(world: World) -> None:
        world.node("Loan", f"loan:{name}", granted_on=on, principal_fen=1, valid_from=on)
        world.tie("BORROWED", (who, label(who)), (f"loan:{name}", "Loan"), valid_from=on)

    return said


def report(who: str, on: date, has_loan: bool | None) -> Callable[[World], None]:
    def said(world: World) -> None:
        key = f"credit_report:{who}"
        world.node("CreditReport", key, report_on=on, has_loan_record=has_loan, valid_from=on)
        world.tie("HAS_CREDIT_REPORT", (who, label(who)), (key, "CreditReport"), valid_from=on)

    return said


def home(world: World) -> None:
    """The two persons are of one household."""
    world.node("Household", "household:1")
    for person in PEOPLE[:2]:
        world.tie("BELONGS_TO", (person, "Person"), ("household:1", "Household"))


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ([], "unknown"),
        ([report("person:a", ON, False)], "yes"),
        ([report("person:a", ON - timedelta(31), False)], "unknown"),
        ([report("person:a", ON, None)], "unknown"),
        ([report("person:a", ON, False), loan("1", "person:b", ON - timedelta(1))], "no"),
        ([report("person:a", ON, False), loan("1", "org:c", ON - timedelta(1))], "yes"),
        ([report("person:a", ON, False), loan("1", "person:a", ON)], "unknown"),
    ],
)
def test_of_one_household(tmp_path: Path, said: list[Callable[[World], None]], answer: str) -> None:
    assert first_loan(reader(tmp_path, home, *said), "person:a", ON) == answer


@pytest.mark.parametrize("seed", range(6))
def test_it_says_what_the_figures_say_of_the_loan_afterwards(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    said = [home]
    for number in range(chance.randrange(3)):
        on = ON + timedelta(chance.choice([-40, 0, 5]))
        said.append(loan(str(number), chance.choice(PEOPLE), on))
    for who in PEOPLE:
        if chance.random() < 0.7:
            on = ON + timedelta(chance.choice([-31, -30, -1, 0, 1]))
            said.append(report(who, on, chance.choice([True, False, False, None])))
    before = reader(tmp_path / "before", *said)
    for who in PEOPLE:
        after = reader(tmp_path / who[-1], *said, loan("new", who, ON))
        [part] = [one for one in read_book(after).loans if one.key == "loan:new"]
        assert part.checked == first_loan(before, who, ON), who

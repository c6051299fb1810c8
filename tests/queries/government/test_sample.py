"""What is planted of public bodies in the sample district is found exactly: each once, nothing else."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from world import World

from graph.errors import InputError
from graph.log import FactLog
from graph.moment import Moment
from queries.district import DistrictReader
from queries.government import (
    GovernmentBook,
    claims,
    commitments,
    disclosure_list,
    government_book,
    listed,
    summary,
)
from queries.runs import Runs
from queries.scope import ADMINISTRATOR


def test_every_contract_stands_as_it_was_planted(planted_bodies: Any, book: GovernmentBook) -> None:
    found = {
        one.key: [
            one.state, one.overdue_days, one.ground, one.interest_fen, [*one.findings], [*one.lacking],
        ]
        for one in book.claims
    }  # fmt: skip
    assert found == planted_bodies.truth["claims"]
    assert len(found) == len(book.claims)


def test_every_commitment_stands_as_it_was_planted(
    planted_bodies: Any, book: GovernmentBook
) -> None:
    found = {one.key: [one.outcome, one.kept_late] for one in book.commitments}
    assert found == planted_bodies.truth["commitments"]


def test_every_disclosure_stands_as_it_was_planted(
    planted_bodies: Any, book: GovernmentBook
) -> None:
    found = {
        f"{one.body}|{one.year}": [
            one.state, one.days_late, one.known_count, one.known_fen, one.understated,
        ]
        for one in book.disclosures
    }  # fmt: skip
    assert found == planted_bodies.truth["disclosures"]


def test_bodies_on_the_courts_list_are_found_by_code_and_by_whole_name_alone(
    planted_bodies: Any, book: GovernmentBook
) -> None:
    found = {one.case_no: [one.body, one.matched_by] for one in book.debtors}
    assert found == planted_bodies.truth["debtors"]
    assert summary(book).alarm and summary(book).debtors == 2
    assert listed(book).debtors == book.debtors


def test_a_figure_is_the_number_of_its_rows(book: GovernmentBook) -> None:
    told = summary(book)
    for one in told.arrears:
        assert one.count == claims(book, state=one.code).total
    for one in told.commitments:
        assert one.count == commitments(book, state=one.code).total
    for one in told.disclosures:
        assert one.count == disclosure_list(book, state=one.code).total
    overdue = claims(book, state="overdue").rows
    assert told.overdue_fen == sum(one.principal_fen for one in overdue)
    assert told.findings == claims(book, finding="any").total
    assert claims(book, finding="agreed_below_minimum").total == 1
    # 1,000 yuan of the interest on what was paid late are owed still
    [late] = claims(book, state="paid_late").rows
    assert (late.interest_fen, late.interest_owed_fen) == (1_550_00, 1_000_00)
    assert told.interest_untold == sum(one.interest_fen is None for one in (*overdue, late)) == 5


def test_lists_are_told_in_parts_and_no_state_is_made_up(book: GovernmentBook) -> None:
    whole = claims(book).rows
    assert claims(book, limit=3, offset=2).rows == whole[2:5]
    assert {one.debtor for one in claims(book, body=whole[0].debtor).rows} == {whole[0].debtor}
    for ask in (claims, commitments, disclosure_list):
        with pytest.raises(InputError):
            ask(book, state="lost")


def test_on_an_earlier_day_what_came_later_is_not_known(planted_bodies: Any) -> None:
    then = government_book(planted_bodies.reader("2026-03-31"))
    outcomes = {one.commitment_no: one.outcome for one in then.commitments}
    # due that very day, kept or broken later
    assert [outcomes[f"样诺{n}"] for n in (1, 2, 3, 4)] == ["not_due"] * 4
    assert outcomes["样诺7"] == "unknown"
    told = {(one.body, one.year): one.state for one in then.disclosures}
    awaited = {body for (body, year), state in told.items() if (year, state) == (2025, "awaited")}
    assert len(awaited) == 2


def test_where_nothing_came_nothing_is_owed_and_nothing_is_an_alarm(tmp_path: Path) -> None:
    world = World(FactLog(tmp_path / "log"))
    world.node("Person", f"person:{1:032x}", name="样本某")
    world.commit(datetime(2026, 6, 1, tzinfo=UTC))
    stores: Any = SimpleNamespace(log=world.log, runs=Runs())
    moment = Moment.of(world.log.batches(), as_of=date(2026, 7, 1))
    told = summary(government_book(DistrictReader(stores, moment, ADMINISTRATOR)))
    assert (told.alarm, told.overdue_fen, told.interest_owed_fen, told.findings) == (False, 0, 0, 0)
    assert {one.count for one in (*told.arrears, *told.commitments, *told.disclosures)} == {0}

"""Visits: kept once, without numbers of persons, and never another's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from graph.errors import InputError, NotFoundError
from graph.operations import OperationsStore, Seen, Visits
from graph.settings import Settings

PERSON, BANK, OTHER = f"person:{'0' * 31}1", "institution:A", "institution:B"
WHEN = datetime(2026, 3, 15, 3, tzinfo=UTC)
DAY = date(2026, 3, 15)
#: Nobody's: the county's code and a day, with a check digit that fits.
IDENTITY, PHONE = "610322198001010014", "13800138000"


@pytest.fixture
def visits(tmp_path: Path) -> Iterator[Visits]:
    with OperationsStore(Settings(data=tmp_path)) as store:
        yield Visits(store)


def stated(**more: Any) -> dict[str, Any]:
    return {"institution": BANK, "reference": "f1", "outcome": "met", "visited_on": DAY,
            "by": "李信贷", "at": WHEN, **more}  # fmt: skip


def test_what_is_kept_is_what_was_said(visits: Visits) -> None:
    papers = (Seen("书面授权书", "S-1", date(2026, 3, 14), "样本农商行"), Seen("户口簿"))
    made = visits.keep(
        PERSON, **stated(outcome="wants", amount_fen=8_000_000, months=12, purpose="买果袋",
                         papers=papers, next_on=date(2026, 3, 20), notes="果园三亩"),
    )  # fmt: skip
    assert visits.find(made.number) == made
    assert (made.subject, made.outcome, made.amount_fen, made.papers) == (
        PERSON,
        "wants",
        8_000_000,
        papers,
    )
    assert (made.next_on, made.notes, made.demand) == (date(2026, 3, 20), "果园三亩", None)


def test_a_form_that_is_sent_twice_is_one_visit(visits: Visits) -> None:
    first = visits.keep(PERSON, **stated(notes="在地里"))
    assert visits.keep(PERSON, **stated(notes="在地里")) == first
    assert (
        visits.keep(PERSON, **stated(notes="在地里", at=datetime(2026, 3, 15, 9, tzinfo=UTC)))
        == first
    )
    assert len(visits.of(BANK)) == 1
    with pytest.raises(InputError) as refused:
        visits.keep(PERSON, **stated(notes="在家"))
    assert refused.value.cause_code == "reference_reused"
    # the same number of another institution is another form
    assert visits.keep(PERSON, **stated(institution=OTHER)).number != first.number


def test_free_text_loses_numbers_of_persons(visits: Visits) -> None:
    made = visits.keep(
        PERSON, **stated(outcome="wants", amount_fen=1, purpose=f"给{IDENTITY}买牛", notes=f"电话{PHONE}，证{IDENTITY}",
                         papers=[Seen("居民身份证", IDENTITY, None, f"公安{PHONE}")]),
    )  # fmt: skip
    told = f"{made}"
    assert IDENTITY[6:] not in told and PHONE[3:7] not in told
    assert "买牛" in made.purpose and made.papers[0].kind == "居民身份证"


@pytest.mark.parametrize(
    "wrong",
    [
        {"outcome": "gone"}, {"visited_on": date(2026, 3, 16)}, {"next_on": date(2026, 3, 14)},
        {"outcome": "wants"}, {"outcome": "wants", "amount_fen": 100}, {"amount_fen": 0},
        {"months": 0}, {"papers": [Seen("")]}, {"papers": [Seen("户口簿", on=date(2026, 3, 16))]},
        {"papers": [Seen("户口簿")] * 11}, {"reference": ""}, {"reference": "表"}, {"by": "李"},
    ],
)  # fmt: skip
def test_what_does_not_hold_is_refused_and_nothing_is_kept(
    visits: Visits, wrong: dict[str, Any]
) -> None:
    with pytest.raises(InputError):
        visits.keep(PERSON, **stated(**wrong))
    assert visits.of(None) == []


def test_each_institution_finds_its_own_the_newest_first(visits: Visits) -> None:
    early = visits.keep(PERSON, **stated(visited_on=date(2026, 3, 1)))
    late = visits.keep(PERSON, **stated(reference="f2"))
    other = visits.keep("person:2", **stated(institution=OTHER))
    assert visits.of(BANK) == [late, early] and visits.of(OTHER) == [other]
    assert {one.number for one in visits.of(None)} == {early.number, late.number, other.number}
    assert visits.of(BANK, subject="person:2") == []
    with pytest.raises(NotFoundError):
        visits.find(99)


def test_a_visit_becomes_one_demand(visits: Visits) -> None:
    made = visits.keep(PERSON, **stated())
    visits.became(made.number, 7), visits.became(made.number, 8)
    assert visits.find(made.number) == replace(made, demand=7)

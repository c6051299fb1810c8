"""Which records end, and when: against an oracle that looks at one day after the other."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.scope.memory_log import MemoryLog, Said
from graph.time import day_of, months_after
from ingest.retention import act_ended, records_over
from queries.lawful import regimes, retention_rules, usable

KNOWN = datetime(2012, 1, 1, tzinfo=UTC)
TODAY = date(2026, 11, 29)
DAYS = st.dates(date(2013, 1, 1), date(2026, 12, 31))
STATES = st.sampled_from([None, None, None, "annulled", "disputed", "shielded"])


def said(key: str, **told: Any) -> dict[str, Any]:
    return {"key": key, "known_from": KNOWN, "known_to": None, **told}


@st.composite
def penalties(draw: st.DrawFn) -> dict[str, Any]:
    return {
        "key": f"penalty:{draw(st.integers(0, 3))}",
        "decided_on": draw(st.none() | DAYS),
        "published_until": draw(st.none() | DAYS),
        "removed_on": draw(st.none() | DAYS),
        "record_state": draw(STATES),
        "closed": draw(st.booleans()),
    }


def in_log(rows: list[dict[str, Any]], *, kind: str = "Penalty") -> MemoryLog:
    """A log of records; those that are closed are so by a second batch, in 2020."""
    facts, closed = [], []
    for place, row in enumerate(rows):
        told = {name: value for name, value in row.items() if name != "closed"}
        facts.append(
            {"fact_id": f"f{place}", "label": kind, "known_from": KNOWN, "certainty": 1.0,
             "source": "s", "batch": "b", "row": place, **told}
        )  # fmt: skip
        if row.get("closed"):
            closed.append((kind, f"f{place}"))
    later = datetime(2020, 6, 30, 20, tzinfo=UTC)
    return MemoryLog([Said("s", KNOWN, {kind: facts}, []), Said("s", later, {}, closed)])


def slowly(rows: list[dict[str, Any]]) -> set[str]:
    """Which penalties go, by words: five years after the last day that anybody states."""
    gone = set()
    for key in {row["key"] for row in rows}:
        of = [row for row in rows if row["key"] == key]
        held = [row for row in of if not row["closed"]]
        if any(row["record_state"] in ("disputed", "shielded") for row in held):
            continue
        days = [
            row[name] for row in held or of for name in ("decided_on", "removed_on") if row[name]
        ]
        if any(row["record_state"] == "annulled" for row in held):
            days.append(day_of(KNOWN))
        if not held:
            days.append(date(2020, 7, 1))  # in China it was the next day
        day = max(days, default=None)
        if day is None or (held and usable("Penalty", held, TODAY)):
            continue
        last = months_after(day, 60)
        if last + timedelta(days=1) <= TODAY:
            gone.add(key)
    return gone


@given(st.lists(penalties(), max_size=6))
def test_what_goes_is_what_goes_slowly(rows: list[dict[str, Any]]) -> None:
    assert {*records_over(in_log(rows), TODAY).get("Penalty", ())} == slowly(rows)


@given(st.lists(penalties(), max_size=6))
def test_nothing_goes_that_is_still_lawfully_used(rows: list[dict[str, Any]]) -> None:
    gone = {*records_over(in_log(rows), TODAY).get("Penalty", ())}
    for key in gone:
        held = [row for row in rows if row["key"] == key and not row["closed"]]
        assert not held or not usable("Penalty", held, TODAY)


@pytest.mark.parametrize(("day", "over"), [(date(2026, 1, 31), False), (date(2026, 2, 1), True)])
def test_a_term_holds_through_its_last_day(day: date, over: bool) -> None:
    log = in_log([{"key": "penalty:1", "decided_on": date(2021, 1, 31), "closed": False}])
    assert bool(records_over(log, day)) is over


def test_a_removal_begins_the_term_of_a_list_anew() -> None:
    rows = [{"key": "list:1", "listed_on": date(2015, 1, 1), "list_kind": "wage_arrears",
             "published_until": date(2018, 1, 1), "closed": False}]  # fmt: skip
    assert records_over(in_log(rows, kind="ListEntry"), TODAY) == {"ListEntry": ["list:1"]}
    rows.append({"key": "list:1", "listed_on": date(2015, 1, 1), "list_kind": "wage_arrears",
                 "removed_on": date(2022, 1, 1), "closed": False})  # fmt: skip
    assert records_over(in_log(rows, kind="ListEntry"), TODAY) == {}
    assert records_over(in_log(rows, kind="ListEntry"), date(2027, 1, 2)) != {}


def test_a_record_of_which_no_day_is_stated_and_one_that_somebody_works_on_are_kept() -> None:
    assert act_ended("ListEntry", [said("list:1", list_kind="wage_arrears")]) is None
    assert act_ended("TaxArrears", [said("arrears:1")]) is None
    log = in_log([{"key": "penalty:1", "decided_on": date(2015, 1, 1), "closed": False}])
    assert records_over(log, TODAY, but={"penalty:1"}) == {}


def test_every_adverse_kind_says_when_its_act_ended() -> None:
    assert retention_rules().act_ends.keys() == regimes().records.keys()

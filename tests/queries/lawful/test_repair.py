"""The regimes of repair: the vectors, the days before and after, and one regime on every day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.errors import InputError
from graph.time import months_after, working_days_after
from queries.lawful import (
    repair_effects,
    repair_law,
    usable,
    why_not_published,
    window_of,
)
from queries.lawful.repair import CALENDAR

SAFETY, MARKET = "凤翔区应急管理局", "凤翔区市场监督管理局"
D = date.fromisoformat


def fine(authority: str, decided: str, gravity: str | None = "ordinary") -> dict[str, Any]:
    return {"authority": authority, "decided_on": D(decided), "credit_class": gravity,
            "classed_by": authority, "penalty_kinds": "罚款"}  # fmt: skip


@pytest.mark.parametrize(
    ("start", "days"),
    [
        ("2023-09-27", {3: "2023-10-08", 5: "2023-10-10", 7: "2023-10-12", 10: "2023-10-17", 20: "2023-10-31"}),
        ("2024-02-07", {3: "2024-02-18", 5: "2024-02-20", 7: "2024-02-22", 10: "2024-02-27", 20: "2024-03-12"}),
        ("2026-02-12", {3: "2026-02-24", 5: "2026-02-26", 7: "2026-02-28", 10: "2026-03-04", 20: "2026-03-18"}),
        ("2026-04-29", {3: "2026-05-07", 5: "2026-05-09", 7: "2026-05-12", 10: "2026-05-15", 20: "2026-05-29"}),
    ],
)  # fmt: skip
def test_clocks_over_holidays_and_days_worked_in_exchange(start: str, days: dict[int, str]) -> None:
    assert {n: CALENDAR(D(start), n) for n in days} == {n: D(day) for n, day in days.items()}


def test_a_window_is_clamped_to_the_end_of_a_month() -> None:
    assert window_of("Penalty", fine(SAFETY, "2025-11-30"), D("2026-04-01")).may_from == D(
        "2026-02-28"
    )
    leap = window_of("Penalty", fine(SAFETY, "2024-02-29", "serious"), D("2026-04-01"))
    assert (leap.may_from, leap.stops_on) == (D("2025-02-28"), D("2027-02-28"))


def test_a_an_ordinary_fine_under_order_36() -> None:
    record = fine(SAFETY, "2026-01-15")
    on = D("2026-04-10")
    window = window_of("Penalty", record, on)
    assert (window.regime, window.may_from) == ("order_36", D("2026-04-15"))
    assert [window.may_apply(D(day)) for day in ("2026-04-10", "2026-04-14", "2026-04-15")] == [
        False, False, True,
    ]  # fmt: skip
    assert window.stops_on == D("2027-01-15")
    assert usable("Penalty", [record], D("2027-01-15"))
    assert not usable("Penalty", [record], D("2027-01-16"))


def test_b_market_supervision_has_its_own_regime_before() -> None:
    record = fine(MARKET, "2026-01-15")
    assert window_of("Penalty", record, D("2026-01-15")).regime == "samr_order_107"
    assert window_of("Penalty", record, D("2026-04-10")).regime == "samr_order_107"
    assert window_of("Penalty", record, D("2025-12-24")).regime == "order_58"
    assert window_of("Penalty", fine(SAFETY, "2026-01-15"), D("2026-03-31")).regime == "order_58"


def test_c_a_warning_of_market_supervision_is_published_on_no_day() -> None:
    warned = {"authority": MARKET, "decided_on": D("2026-01-15"), "penalty_kinds": "警告"}
    assert not any(usable("Penalty", [warned], D("2026-01-15") + timedelta(n)) for n in range(120))
    for authority in (MARKET, SAFETY):
        simple = warned | {"authority": authority, "procedure": "simple"}
        assert why_not_published("Penalty", simple, D("2026-01-15")) is not None


def test_d_a_repair_of_before_ends_sharing_too_and_is_flagged() -> None:
    repaired = fine(SAFETY, "2025-06-01") | {"removed_on": D("2026-01-10")}
    assert not usable("Penalty", [repaired], D("2026-04-01"))
    before = repair_effects("order_58", D("2026-03-31"))
    since = repair_effects("order_58", D("2026-04-01"))
    assert before.results == ("stop_public",) and not before.flag
    assert since.results == ("stop_public", "stop_share", "lift_measures") and since.flag
    assert not repair_effects("order_36", D("2026-04-01")).flag


@pytest.mark.parametrize(
    ("annulled", "by"),
    [("2026-05-15", "2026-05-20"), ("2026-04-30", "2026-05-08"), ("2026-02-13", "2026-02-25")],
)
def test_e_what_was_annulled_on_a_friday_is_withdrawn_by_wednesday(annulled: str, by: str) -> None:
    due = repair_law().due("withdraw", D(annulled), calendar=CALENDAR)
    assert due is not None and due.on == D(by)


def test_a_term_is_unknown_where_nobody_said_the_class_and_nothing_is_computed() -> None:
    window = window_of("Penalty", fine(SAFETY, "2026-01-15", None), D("2026-04-10"))
    assert window.may_apply(D("2030-01-01")) is None and window.stops_on is None
    assert window.classed_by is None


def test_an_entry_of_a_list_counts_from_its_listing() -> None:
    entry = {"authority": MARKET, "listed_on": D("2026-01-31"), "credit_class": "serious"}
    assert window_of("ListEntry", entry, D("2026-05-01")).may_from == D("2027-01-31")


def test_the_year_that_the_calendar_lacks_is_said_and_not_guessed() -> None:
    due = repair_law().due("answer", D("2026-12-28"), "order_36", calendar=CALENDAR)
    assert due is not None and due.on is None
    assert repair_law().due("answer", D("2026-01-15"), "order_58", calendar=CALENDAR) is None


def test_before_the_first_regime_there_is_none() -> None:
    with pytest.raises(InputError) as refused:
        repair_law().under(SAFETY, D("2023-04-30"))
    assert refused.value.cause_code == "repair_no_regime"


DAYS = st.dates(D("2023-05-01"), D("2032-12-31"))
AUTHORITIES = st.sampled_from([SAFETY, MARKET, "陕西省市场监督管理局", "某部门", "", None])


@given(AUTHORITIES, DAYS)
def test_a_record_stands_under_one_regime_on_every_day(authority: str | None, day: date) -> None:
    law = repair_law()
    own = [name for name, item in law.regimes.items()
           if item.in_force(day) and item.authority and item.authority in (authority or "")]  # fmt: skip
    of_all = [
        name for name, item in law.regimes.items() if item.in_force(day) and not item.authority
    ]
    assert len(of_all) == 1 and len(own) <= 1
    assert law.under(authority, day)[0] == (own or of_all)[0]


@given(AUTHORITIES, DAYS, st.integers(0, 60), st.sampled_from(["minor", "ordinary", "serious"]))
def test_what_may_be_repaired_is_published_still_or_has_stopped_by_itself(
    authority: str | None, day: date, months: int, gravity: str
) -> None:
    record = {
        "authority": authority,
        "credit_class": gravity,
        "decided_on": months_after(day, -months),
    }
    window = window_of("Penalty", record, day)
    assert window.may_from is not None and window.stops_on is not None
    assert window.begins is not None and window.begins <= window.may_from <= window.stops_on


def test_nothing_but_two_papers_may_be_asked_for_and_training_is_no_condition() -> None:
    law = repair_law()
    assert [*law.documents] == ["proof", "commitment_letter"] and "training" in law.refused
    assert all("training" not in item.conditions for item in law.regimes.values())
    assert all(
        item.clause
        for item in (*law.conditions.values(), *law.refused.values(), *law.clocks.values())
    )
    assert CALENDAR is working_days_after

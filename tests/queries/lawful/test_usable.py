"""Which record may be used: by kind, class, authority and day; slow, in tables, and months at their ends."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lawful_records import DAY, DAYS, statements

from graph.facts import arrow_schema, coded_schema
from graph.log import Batch
from graph.moment import Moment
from graph.time import months_after
from queries.lawful import barred, ended_records, parameters, regimes, usable, why_ended
from queries.lawful.regimes import over_before


def table(kind: str, rows: list[dict[str, Any]], *, coded: bool = False) -> pa.Table:
    known = datetime(2026, 5, 1, tzinfo=UTC)
    filled = [
        {"fact_id": str(place), "label": kind, "known_from": known, "certainty": 1.0,
         "source": "world", "batch": "b", "row": place, **row}
        for place, row in enumerate(rows)
    ]  # fmt: skip
    plain = pa.Table.from_pylist(filled, arrow_schema(kind))
    return plain.cast(coded_schema(kind)) if coded else plain


@given(st.lists(statements(), max_size=8), st.just(DAY) | DAYS, st.booleans())
def test_tables_say_what_the_definition_says(
    said: list[dict[str, Any]], lawful_on: date, coded: bool
) -> None:
    for kind in regimes().records:
        rows = [row for row in said if row["kind"] == kind]
        of: dict[str, list[dict[str, Any]]] = {}
        for row in rows:
            of.setdefault(row["key"], []).append(row)
        out = {key for key, told in of.items() if not usable(kind, told, lawful_on)}
        found = ended_records(kind, table(kind, rows, coded=coded), lawful_on)
        assert {*found.to_pylist()} == out


@given(st.lists(statements(), max_size=8))
def test_every_version_and_every_tie_of_a_record_goes(said: list[dict[str, Any]]) -> None:
    held = {
        kind: table(kind, [row for row in said if row["kind"] == kind])
        for kind in regimes().records
    }
    out = barred(held.__getitem__, DAY)
    for kind, record in regimes().records.items():
        gone = {*out.keys[kind].to_pylist()}
        left = out.without(kind, held[kind])
        assert [row["key"] for row in left.to_pylist()] == [
            row["key"] for row in held[kind].to_pylist() if row["key"] not in gone
        ]
        ends = [
            {"from_key": "p", "from_label": "Person", "to_key": row["key"], "to_label": kind,
             "discriminator": ""}
            for row in held[kind].to_pylist()
        ]  # fmt: skip
        ties = out.without(record.tie, table_of_ties(record.tie, ends))
        assert {row["to_key"] for row in ties.to_pylist()} == {row["to_key"] for row in ends} - gone
    by = [{"from_key": row["key"], "from_label": "Penalty", "to_key": "g", "to_label": "GovernmentBody",
           "discriminator": ""} for row in held["Penalty"].to_pylist()]  # fmt: skip
    decided = out.without("DECIDED_BY", table_of_ties("DECIDED_BY", by))
    assert not {row["from_key"] for row in decided.to_pylist()} & {*out.keys["Penalty"].to_pylist()}


def table_of_ties(kind: str, ends: list[dict[str, Any]]) -> pa.Table:
    known = datetime(2026, 5, 1, tzinfo=UTC)
    return pa.Table.from_pylist(
        [
            {"fact_id": str(place), "known_from": known, "certainty": 1.0, "source": "world",
             "batch": "b", "row": place, **row}
            for place, row in enumerate(ends)
        ],
        arrow_schema(kind),
    )  # fmt: skip


@given(st.integers(1, 72), DAYS, DAYS)
def test_a_term_is_over_by_its_beginning_as_by_its_end(
    months: int, began: date, lawful_on: date
) -> None:
    assert (began < over_before(months, lawful_on)) is (months_after(began, months) < lawful_on)


@pytest.mark.parametrize(
    ("record", "lawful_on", "why"),
    [
        # three years through their last day
        ({"list_kind": "tax_black_list", "listed_on": date(2024, 2, 29)}, date(2027, 2, 28), None),
        ({"list_kind": "tax_black_list", "listed_on": date(2024, 2, 29)}, date(2027, 3, 1), "expired"),
        # a list without a term lasts until it is removed, and one of which we are not sure too
        ({"list_kind": "abnormal_operation", "listed_on": date(2016, 1, 1)}, DAY, None),
        ({"list_kind": "judgment_defaulter", "listed_on": date(2019, 1, 1)}, DAY, None),
        ({"list_kind": "judgment_defaulter", "removed_on": DAY}, DAY, "removed"),
        ({"list_kind": "judgment_defaulter", "removed_on": DAY}, DAY - timedelta(1), None),
        ({"list_kind": "judgment_defaulter", "published_until": DAY}, DAY, None),
        ({"list_kind": "judgment_defaulter", "published_until": DAY}, DAY + timedelta(1), "expired"),
        ({"record_state": "annulled"}, DAY, "annulled"),
        ({"record_state": "disputed"}, DAY, "frozen"),
        ({"record_state": "normal"}, DAY, None),
        ({}, DAY, None),
    ],
)  # fmt: skip
def test_lists(record: dict[str, Any], lawful_on: date, why: str | None) -> None:
    assert why_ended("ListEntry", record, lawful_on) == why


@pytest.mark.parametrize(
    ("kinds", "authority", "decided_on", "lawful_on", "why"),
    [
        # the rule in force on the day counts: three years until 2026-03-31, then three months
        ("警告", "凤翔区应急管理局", date(2025, 6, 1), date(2026, 3, 31), None),
        ("警告", "凤翔区应急管理局", date(2025, 6, 1), date(2026, 4, 1), "expired"),
        ("警告", "凤翔区应急管理局", date(2026, 2, 28), date(2026, 5, 28), None),
        ("警告", "凤翔区应急管理局", date(2025, 11, 30), date(2026, 4, 1), "expired"),
        # a fine beside it, or nobody says what it is: the longest class
        ("警告；罚款", "凤翔区应急管理局", date(2025, 6, 1), DAY, None),
        (None, "凤翔区应急管理局", date(2023, 11, 28), DAY, None),
        (None, "凤翔区应急管理局", date(2023, 11, 27), DAY, "expired"),
        # market supervision: warnings are published nowhere, criticism for three months before 2026
        ("警告", "凤翔区市场监督管理局", date(2026, 1, 15), date(2026, 1, 15), "expired"),
        ("警告", None, date(2026, 1, 15), date(2026, 3, 1), None),
        ("通报批评", "凤翔区市场监督管理局", date(2025, 6, 1), date(2025, 9, 2), "expired"),
        ("通报批评", "凤翔区应急管理局", date(2025, 6, 1), date(2025, 9, 2), None),
        # a line of which we are not sure computes nothing
        ("没收违法所得", "凤翔区应急管理局", date(2025, 1, 1), DAY, None),
    ],
)
def test_penalties(
    kinds: str | None, authority: str | None, decided_on: date, lawful_on: date, why: str | None
) -> None:
    record = {"penalty_kinds": kinds, "authority": authority, "decided_on": decided_on}
    found = why_ended("Penalty", record, lawful_on)
    assert (found is None) is (why is None)


def test_one_source_that_says_removed_binds_all() -> None:
    silent = {"list_kind": "judgment_defaulter", "removed_on": None}
    assert usable("ListEntry", [silent, silent], DAY)
    assert not usable("ListEntry", [silent, {**silent, "removed_on": date(2024, 3, 1)}], DAY)


def test_what_is_no_adverse_record_is_bound_by_no_regime() -> None:
    assert usable("Loan", [{"removed_on": date(2020, 1, 1)}], DAY)


@pytest.mark.parametrize("hour", [0, 8, 15, 16, 20, 23])
def test_the_day_of_law_is_a_day_in_china(hour: int) -> None:
    known = datetime(2026, 5, 31, hour, 30, tzinfo=UTC)
    moment = Moment(date(2026, 5, 1), known, (_batch(known),))
    assert moment.lawful_on == (date(2026, 6, 1) if hour >= 16 else date(2026, 5, 31))
    record = {"list_kind": "judgment_defaulter", "published_until": date(2026, 5, 31)}
    assert usable("ListEntry", [record], moment.lawful_on) is (hour < 16)


def _batch(known: datetime) -> Batch:
    return Batch(1, "b", "s", "f", "", known, {}, {}, {}, "", "", None, "")  # type: ignore[arg-type]


def test_every_line_has_its_clause_and_only_sure_ones_are_computed() -> None:
    law = regimes()
    assert all(item.clause for item in (*law.ends, *law.terms))
    computed = parameters(DAY)["terms"]
    sure = [term for term in law.terms if term.in_force(DAY)]
    assert len(computed) == len(sure) and all(term.sure != "unsure" for term in sure)
    assert any(term.sure == "unsure" for term in law.terms)

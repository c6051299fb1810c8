"""The list of duties: periods and their last days, what counts as delivered, and what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from graph.log import Batch
from graph.operations import Delivery
from ingest import load_source, source_names
from ingest.catalogue.editions import in_force
from ingest.catalogue.local import Due, LocalCatalogue
from ingest.duties import STATES, Duties, Duty, duties_of
from ingest.duties.period import due_label, last_period
from queries.basis import Basis

AS_OF = date(2026, 11, 29)


@pytest.mark.parametrize(
    ("stated", "day", "first", "last", "due_on"),
    [
        ({"every": "month", "within_days": 10}, "2026-11-29", "2026-10-01", "2026-10-31", "2026-11-10"),
        ({"every": "month", "within_days": 10}, "2026-03-01", "2026-02-01", "2026-02-28", "2026-03-10"),
        ({"every": "month"}, "2026-01-31", "2025-12-01", "2025-12-31", "2026-01-31"),
        ({"every": "quarter"}, "2026-11-29", "2026-07-01", "2026-09-30", "2026-12-31"),
        ({"every": "half_year", "within_days": 30}, "2026-07-01", "2026-01-01", "2026-06-30", "2026-07-30"),
        ({"every": "year", "within_months": 6}, "2026-01-01", "2025-01-01", "2025-12-31", "2026-06-30"),
        ({"every": "year", "within_months": 4}, "2025-12-31", "2024-01-01", "2024-12-31", "2025-04-30"),
        ({"every": "week", "within_days": 3}, "2026-11-29", "2026-11-16", "2026-11-22", "2026-11-25"),
        ({"every": "week", "within_days": 3}, "2026-11-23", "2026-11-16", "2026-11-22", "2026-11-25"),
    ],
)  # fmt: skip
def test_periods(stated: dict[str, Any], day: str, first: str, last: str, due_on: str) -> None:
    found = last_period(Due(clause="某文", **stated), date.fromisoformat(day))
    assert found is not None
    assert [found.first, found.last, found.due_on] == [
        *map(date.fromisoformat, (first, last, due_on))
    ]


@given(
    st.sampled_from(["week", "month", "quarter", "half_year", "year"]),
    st.dates(date(2000, 1, 1), date(2100, 1, 1)),
)
def test_a_period_is_over_and_the_next_one_is_not(every: Any, day: date) -> None:
    found = last_period(Due(every=every, clause="某文"), day)
    assert found is not None and found.first <= found.last < day <= found.due_on
    # seen from its own last day it is not over yet; from the day after it is the same one
    before = last_period(Due(every=every, clause="某文"), found.last)
    assert before is not None and before.last == found.first - timedelta(days=1)
    assert last_period(Due(every=every, clause="某文"), found.last + timedelta(days=1)) == found


@pytest.mark.parametrize(
    "stated",
    [{}, {"every": "month", "working_days": 7}, {"working_days": 7, "within_days": 3},
     {"every": "year", "within_days": 3, "within_months": 1}, {"every": "daily"}],
)  # fmt: skip
def test_a_term_is_said_one_way(stated: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Due(clause="某文", **stated)


def _batch(
    position: int, source: str, table: str, on: str, quarantined: int = 0, **more: Any
) -> Batch:
    return Batch(
        position=position, batch=f"{source}-{position}", source=source, file_name=f"{position}.csv",
        content_sha256=str(position), known_at=datetime.fromisoformat(f"{on}T04:00:00").replace(tzinfo=UTC),
        counts={"rows_in": 10, "quarantined": quarantined, "accepted": 10 - quarantined},
        files={}, notes={"table": table, **more}, previous="", hash=str(position), folder=Path(), key="",
    )  # fmt: skip


def _list(*batches: Batch, day: date = AS_OF, local: Any = ()) -> Duties:
    basis = Basis(day, datetime(2026, 11, 29, tzinfo=UTC), len(batches), scope="全部", head="")
    return duties_of(batches, in_force(day, local), basis)


def _one(source: str, table: str, *batches: Batch, **more: Any) -> Duty:
    [found] = [x for x in _list(*batches, **more).of(source=source) if x.table == table]
    return found


def test_every_table_that_a_department_reports_is_an_item_once() -> None:
    found = _list()
    named = [(item.source, item.table) for item in found.items]
    assert sorted(named) == sorted(
        (name, table)
        for name in source_names()
        if load_source(name).reported
        for table in load_source(name).tables
    )
    assert sum(found.counts.values()) == len(named)
    assert [*found.counts] == [*STATES]
    assert all(item.department and item.clause and item.place_basis for item in found.items)


@pytest.mark.parametrize(
    ("came", "day", "state"),
    [
        ([], "2026-11-10", "awaited"),
        ([], "2026-11-11", "overdue"),
        (["2026-10-31"], "2026-11-11", "overdue"),  # before the month was over: of the one before
        (["2026-11-10"], "2026-11-29", "in_time"),
        (["2026-11-11"], "2026-11-29", "late"),
        (["2026-11-03", "2026-11-20"], "2026-11-29", "in_time"),
        (["2026-11-03"], "2026-12-05", "awaited"),
    ],
)
def test_a_delivery_counts_for_the_period_that_was_over(
    came: list[str], day: str, state: str
) -> None:
    sent = [_batch(n, "decision_ledger", "decision_ledger", on) for n, on in enumerate(came, 1)]
    item = _one("decision_ledger", "decision_ledger", *sent, day=date.fromisoformat(day))
    assert (item.state, item.state_label) == (state, STATES[item.state])
    assert item.deliveries == len(came)


def test_without_a_rule_nothing_is_overdue() -> None:
    assert _one("loan", "loan").state == "never"
    assert _one("loan", "loan", _batch(1, "loan", "loan", "2020-01-01")).state == "no_term"
    assert _one("loan", "loan").due == "没有规定期限"
    acts = _batch(1, "administrative_decision", "permit", "2020-01-01")
    assert _one("administrative_decision", "permit", acts).state == "by_act"
    # of another table of the same source nothing came
    assert _one("administrative_decision", "penalty", acts).state == "never"


def test_how_complete_the_last_delivery_was() -> None:
    item = _one(
        "loan", "loan",
        _batch(1, "loan", "loan", "2026-01-01"), _batch(2, "loan", "loan", "2026-02-01", 3),
    )  # fmt: skip
    assert (item.taken, item.rows_in, item.completeness) == (7, 10, 0.7)
    assert (item.last_batch, item.last_on) == ("loan-2", date(2026, 2, 1))
    assert _one("loan", "loan").completeness is None
    part = _batch(1, "loan", "loan", "2026-01-01", list="甲", part=2, of=3)
    assert _one("loan", "loan", part).missing_parts == ("第 1 份", "第 3 份")


def test_what_was_taken_back_did_not_come() -> None:
    sent = _batch(1, "loan", "loan", "2026-01-01")
    back = _batch(2, "withdrawal", "", "2026-01-02", withdraws=sent.batch)
    assert _one("loan", "loan", sent, back).state == "never"


def _local(begins: str, **duty: Any) -> LocalCatalogue:
    stated: Mapping[str, Any] = {
        "title": "区责任分工", "document": f"区信用办〔{begins[:4]}〕3号", "document_kind": "notice",
        "issuer": "区信用办", "from": date.fromisoformat(begins), "duties": [{"clause": "附件", **duty}],
    }  # fmt: skip
    return LocalCatalogue.model_validate(stated)


def test_a_document_of_the_place_says_who_and_by_when() -> None:
    monthly = _local(
        "2026-01-01", source="loan", department="某农商行", every="month", within_days=5
    )
    item = _one("loan", "loan", local=[monthly])
    assert (item.department, item.state, item.due_on) == ("某农商行", "overdue", date(2026, 11, 5))
    newer = _local("2026-06-01", source="loan", every="year", within_months=12)
    assert _one("loan", "loan", local=[newer, monthly]).state == "awaited"
    later = _local("2027-01-01", source="loan", every="year", within_months=1)
    assert _one("loan", "loan", local=[monthly, later]).state == "overdue"
    of_table = _local("2026-01-01", source="loan", table="loan", every="quarter")
    assert _one("loan", "loan", local=[of_table, newer]).due == due_label(of_table.duties[0])


def test_a_file_that_came_again_unchanged_was_sent() -> None:
    sent = _batch(1, "decision_ledger", "decision_ledger", "2026-05-01")
    told = dict.fromkeys(Delivery.__dataclass_fields__) | {
        "source": "decision_ledger", "batch": sent.batch, "received_at": datetime(2026, 11, 5, tzinfo=UTC),
    }  # fmt: skip
    basis = Basis(AS_OF, datetime(2026, 11, 29, tzinfo=UTC), 1, scope="全部", head="")
    found = duties_of([sent], in_force(AS_OF), basis, deliveries=[Delivery(**told)])  # type: ignore[arg-type]
    assert {
        x.state for x in found.of(source="decision_ledger") if x.table == "decision_ledger"
    } == {"in_time"}

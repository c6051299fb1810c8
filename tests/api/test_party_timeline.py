"""What happened to a party, the newest first, and only what may be shown."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

from api.party_timeline import Event, timeline_of
from graph.time import MAX_DATE

TODAY = date(2026, 6, 1)


def answer(*rows: Any) -> Any:
    return SimpleNamespace(rows=list(rows))


def file(**said: Any) -> Any:
    told: dict[str, Any] = {
        "key": "person:a", "card": [], "loans": [], "given": [], "received": [],
        "adverse": SimpleNamespace(proven=[]),
        "answers": {"legal_representative_firms": answer(), "records": answer()},
    }  # fmt: skip
    return SimpleNamespace(**(told | said))


def test_nothing_dated_is_an_empty_axis() -> None:
    assert timeline_of(file(), as_of=TODAY) == ()


def test_events_stand_by_day_each_once_and_what_is_to_come_is_marked() -> None:
    loan = {"lender": "农商银行", "principal_fen": 5_000_000, "balance_fen": 3_000_000,
            "granted_on": date(2025, 1, 2), "due_on": date(2027, 1, 2), "settled_on": None}  # fmt: skip
    paid = {
        **loan,
        "granted_on": date(2020, 1, 1),
        "settled_on": date(2021, 1, 1),
        "balance_fen": 0,
    }
    listed = {"kind": "list_entry", "what": "judgment_defaulter", "since": date(2026, 2, 1)}
    late = {"kind": "loan", "what": "overdue", "since": date(2026, 2, 2)}
    promise = {
        "other_name": "李永",
        "amount_fen": 100_00,
        "since": date(2024, 5, 5),
        "certainty": 1.0,
    }
    told = timeline_of(
        file(
            card=[{"certainty": 1.0, "facts": {"established_on": date(2019, 1, 1)}}] * 2,
            loans=[loan, paid], given=[promise, {**promise, "certainty": 0.7, "since": TODAY}],
            adverse=SimpleNamespace(proven=[listed, late]),
        ),
        as_of=TODAY,
    )  # fmt: skip
    assert told == (
        Event(date(2027, 1, 2), "到期", "农商银行，余额 3.00 万元", is_coming=True),
        Event(date(2026, 2, 1), "失信和异常名单", "失信被执行人名单", is_adverse=True),
        Event(date(2025, 1, 2), "放款", "农商银行，5.00 万元"),
        Event(date(2024, 5, 5), "为他人担保", "李永，100.00 元"),
        Event(date(2021, 1, 1), "结清", "农商银行"),
        Event(date(2020, 1, 1), "放款", "农商银行，5.00 万元"),
        Event(date(2019, 1, 1), "成立", ""),
    )


def test_a_day_without_end_is_no_event() -> None:
    loan = {"lender": None, "principal_fen": 1, "balance_fen": 1, "granted_on": None,
            "due_on": MAX_DATE, "settled_on": None}  # fmt: skip
    assert timeline_of(file(loans=[loan]), as_of=TODAY) == ()

"""Figures of the loop, counted by hand: each with its numerator, its denominator and its rows."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from graph.calendar import WorkingCalendar
from graph.errors import InputError
from graph.operations import FinancingBook, OperationsStore
from graph.settings import Settings
from queries.financing import financing_limits, loop_figures, waiting_for
from queries.financing.limits import FinancingLimits

AT, DAY = datetime(2026, 3, 2, 2, tzinfo=UTC), date(2026, 3, 2)
A, B = "institution:A", "institution:B"


def lived(
    book: FinancingBook, name: str, bank: str, acts: list[tuple[str, dict[str, Any]]]
) -> None:
    demand = book.register(f"person:{name[0]}", channel="window", reference=name, months=12,
                           amount_fen=1_000, purpose="果袋", by="张三", at=AT).act.demand  # fmt: skip
    case = book.push(demand, bank, product="p", reference=name, by="张三", at=AT).act.case_number
    assert case is not None
    for place, (act, content) in enumerate(acts):
        book.act(case, act, institution=bank, reference=f"{name}-{place}", by="李四", at=AT,
                 reason="情况", content=content)  # fmt: skip


def signed(name: str, security: str) -> list[tuple[str, dict[str, Any]]]:
    granted = {"line_no": f"SX{name}", "amount_fen": 1_000, "from_on": DAY, "rate_ppm": 1,
               "to_on": DAY + timedelta(9), "security_kind": security}  # fmt: skip
    return [("accept", {}), ("investigate", {}), ("grant", granted),
            ("sign", {"contract_no": "H", "signed_on": DAY})]  # fmt: skip


def paid(name: str, fen: int, stated: str, checked: str) -> tuple[str, dict[str, Any]]:
    return "disburse", {"note_no": name, "amount_fen": fen, "on": DAY, "due_on": DAY,
                        "stated_first": stated, "checked_first": checked}  # fmt: skip


def test_every_figure_stands_on_its_rows(tmp_path: Path) -> None:
    with OperationsStore(Settings(data=tmp_path)) as store:
        book = FinancingBook(store)
        lived(book, "a1", A, [*signed("a1", "unsecured"), paid("1", 600, "first", "yes"),
                              paid("2", 400, "first", "no"),
                              ("repay", {"note_no": "1", "amount_fen": 500, "on": DAY})])  # fmt: skip
        lived(book, "b1", A, [*signed("b1", "mortgage"), paid("3", 1_000, "not_first", "no"),
                              ("overdue", {"note_no": "3", "on": DAY, "overdue_days": 9})])  # fmt: skip
        lived(book, "c1", B, [("refuse", {"code": "other"})])
        lived(book, "d1", B, [])
        told = {one.code: one for one in loop_figures(book, DAY, DAY)}
        assert {code: one.value for code, one in told.items()} == {
            "demands": 4, "demanded_fen": 4_000, "applications": 4, "accepted_ratio": 3 / 4,
            "credits": 2, "credit_fen": 2_000, "credit_ratio": 1 / 2, "disbursements": 3,
            "disbursed_fen": 2_000, "first_stated": 1, "first_checked": 1, "first_disputed": 1,
            "unsecured_count_ratio": 2 / 3, "unsecured_fen_ratio": 1 / 2, "overdue_ratio": 2 / 3,
        }  # fmt: skip
        assert (told["overdue_ratio"].numerator, told["overdue_ratio"].denominator) == (
            1_000,
            1_500,
        )
        assert told["unsecured_fen_ratio"].rows == (1, 2) and told["credit_ratio"].rows == (1, 2)
        one = {figure.code: figure for figure in loop_figures(book, DAY, DAY, institution=B)}
        assert (one["applications"].value, one["credits"].value) == (2, 0)
        # a share of nothing is none
        assert one["unsecured_fen_ratio"].value is None
        none = loop_figures(book, DAY + timedelta(1), DAY + timedelta(2))
        assert {figure.value for figure in none} == {0, None}


def test_terms_are_of_states_and_count_working_days(tmp_path: Path) -> None:
    limits = financing_limits()
    with pytest.raises(ValidationError):
        FinancingLimits.model_validate(
            limits.model_dump() | {"limits": {"closed": limits.limits["pushed"]}}
        )

    class Unknown(WorkingCalendar):
        def after(self, day: date, n: int) -> date:
            raise InputError("没有这一年的日历。", "Unknown year.", code="calendar_unknown_year")

    with OperationsStore(Settings(data=tmp_path)) as store:
        book = FinancingBook(store)
        lived(book, "a1", A, [])
        case = book.case(1)
        told = waiting_for(case, DAY, object.__new__(Unknown))
        assert told is not None and (told.on, told.overdue) == (None, False)

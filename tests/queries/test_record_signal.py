"""The colour of an own record: every kind and code has one, the worst is named, unknown is not green."""

from __future__ import annotations

from datetime import date
from itertools import permutations
from typing import Any

import pytest

from queries.adverse import ADVERSE_KINDS
from queries.codes import code_list
from queries.record_signal import RecordSignal, Signal, load_signals, signal_of, worst_signal

DAY = date(2026, 3, 1)


def row(kind: str, what: str | None, since: date | None = DAY) -> dict[str, Any]:
    return {"kind": kind, "what": what, "since": since}


@pytest.mark.parametrize(
    ("kind", "what", "signal"),
    [
        ("list_entry", "judgment_defaulter", "red"), ("list_entry", "serious_violation", "red"),
        ("list_entry", "abnormal_operation", "amber"), ("list_entry", "irregular_taxpayer", "amber"),
        ("loan", "loss", "red"), ("loan", "substandard", "red"), ("loan", "overdue", "red"),
        ("loan", "written_off", "red"), ("loan", "special_mention", "amber"), ("loan", "matured", "amber"),
        ("registration", "revoked", "red"), ("penalty", "罚款", "amber"), ("penalty", None, "amber"),
        ("tax_arrears", "增值税", "amber"), ("tax_grade", "D", "amber"), ("utility", "water", "amber"),
    ],
)  # fmt: skip
def test_the_colour_of_a_record(kind: str, what: str | None, signal: str) -> None:
    assert signal_of([row(kind, what)], []).signal == signal


def test_every_kind_and_every_code_has_a_colour() -> None:
    rules = load_signals()
    assert {*rules.red, *rules.amber} == {*ADVERSE_KINDS}
    for name in ("red", "amber"):
        for kind, codes in getattr(rules, name).items():
            assert codes == "any" or {*codes} <= {*code_list("adverse_what")}, (kind, codes)
    for kind in ("list_entry", "loan"):
        twice = {*rules.red[kind]} & {*rules.amber[kind]}
        assert not twice
    # good loans are no adverse record: every other class has its colour
    named = {*rules.red["loan"], *rules.amber["loan"]}
    assert {*code_list("LoanState.loan_class")} - {"pass"} <= named


def test_the_worst_is_the_reason_whatever_the_order() -> None:
    told = [
        row("penalty", "罚款"),
        row("loan", "matured"),
        row("loan", "loss", date(2025, 1, 1)),
        row("list_entry", "judgment_defaulter"),
    ]
    for order in permutations(told):
        found = signal_of(order, ["loan"])
        assert found == RecordSignal(Signal.RED, told[3], 3)
    assert signal_of(told[:3], []).reason == told[2]


def test_of_two_alike_the_later_is_named_and_one_without_a_day_last() -> None:
    old, new, none = (row("penalty", "罚款", day) for day in (date(2024, 1, 1), DAY, None))
    assert signal_of([old, none, new], []).reason == new


def test_nothing_found_is_green_only_where_lists_and_loans_were_asked() -> None:
    assert signal_of([], []).signal is Signal.GREEN
    assert signal_of([], ["utility", "penalty"]).signal is Signal.GREEN
    for kind in ("loan", "list_entry"):
        assert signal_of([], [kind]) == RecordSignal(Signal.UNKNOWN, unheard=(kind,))


def test_the_worst_of_several() -> None:
    green, red, unknown = (RecordSignal(one) for one in (Signal.GREEN, Signal.RED, Signal.UNKNOWN))
    assert worst_signal([green, unknown, red]) == 2
    assert worst_signal([green, unknown]) == 1
    assert worst_signal([green, green]) == 0

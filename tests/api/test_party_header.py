"""The head of a party's page: sums that say what they do not know, one product, one errand."""

from __future__ import annotations

from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from api.household_file import HouseholdFile, MemberFile
from api.party_file import consent_said
from api.party_header import errand_for, header_of, identity_said, is_settled, offer_of
from graph.information import InformationClass
from queries.eligibility import Verdict
from queries.record_signal import RecordSignal, Signal
from queries.scope import ADMINISTRATOR, Scope

DAY = date(2026, 6, 1)
BANK = "institution:C1402610305001"


def loan(**said: Any) -> dict[str, Any]:
    told = {"balance_fen": 100, "overdue_days": None, "loan_class": "pass", "settled_on": None,
            "certainty": 1.0}  # fmt: skip
    return told | said


def promise(owed_fen: int | None, contract: str = "", certainty: float = 1.0) -> dict[str, Any]:
    return {"owed_fen": owed_fen, "contract": contract, "certainty": certainty}


def card(**facts: Any) -> dict[str, Any]:
    return {"labels": ["Party", "Person"], "facts": facts, "certainty": 1.0, "source": "farmer_household",
            "known_from": datetime(2026, 5, 1, tzinfo=UTC)}  # fmt: skip


def adverse(*rows: Any, unheard: tuple[str, ...] = ()) -> Any:
    return SimpleNamespace(proven=list(rows), unheard=unheard)


def bad(kind: str = "loan", what: str = "loss") -> dict[str, Any]:
    return {"kind": kind, "what": what, "since": DAY}


def file(**said: Any) -> Any:
    told: dict[str, Any] = {
        "answers": {"party_card": SimpleNamespace(rows=[card(resident_id_masked="6103****")])},
        "age": 46, "where": "田家庄镇许家村", "household": None, "loans": [], "given": [],
        "received": [], "shows_loans": True, "shows_guarantees": True, "shows_card": True,
        "consent": "", "decisions": (), "adverse": adverse(),
    }  # fmt: skip
    return SimpleNamespace(**(told | said))


def figures(**said: Any) -> dict[str, tuple[int | None, int, bool]]:
    return {
        one.term: (one.fen, one.count, one.at_least)
        for one in header_of(file(**said), as_of=DAY).figures
    }


def decided(name: str, verdict: Verdict, *, fen: int | None = None, most: int | None = None,
            open_: tuple[str, ...] = (), steps: tuple[Any, ...] = ()) -> Any:  # fmt: skip
    return SimpleNamespace(
        product=SimpleNamespace(id=name), verdict=verdict, settled_by=open_, next_steps=steps,
        amount=SimpleNamespace(fen=fen, at_most_fen=most),
    )  # fmt: skip


def step(text: str, days: int, *obtains: str) -> Any:
    return SimpleNamespace(text=text, days=days, obtains=obtains)


def test_what_is_owed_and_late() -> None:
    told = figures(
        loans=[
            loan(balance_fen=700), loan(balance_fen=300, loan_class="doubtful"),
            loan(balance_fen=50, overdue_days=3), loan(balance_fen=0), loan(settled_on=DAY),
            loan(balance_fen=9_000, certainty=0.8),
        ]
    )  # fmt: skip
    assert told["贷款余额"] == (1_050, 3, False)
    assert told["其中逾期、不良"] == (350, 2, False)


def test_a_sum_of_which_something_is_not_told_is_at_least() -> None:
    assert figures(loans=[loan(), loan(balance_fen=None)])["贷款余额"] == (100, 2, True)
    assert figures(loans=[loan()], shows_loans=False)["贷款余额"] == (100, 1, True)


def test_nothing_seen_is_unknown_where_something_may_be_withheld_and_nothing_else() -> None:
    assert figures(shows_loans=False)["贷款余额"] == (None, 0, False)
    assert figures(shows_guarantees=False)["为他人担保"] == (None, 0, False)
    assert figures()["贷款余额"] == (0, 0, False)


def test_a_contract_in_which_several_stand_is_owed_once() -> None:
    told = figures(received=[promise(500, "a"), promise(500, "a"), promise(70, "b"), promise(5), promise(5)])  # fmt: skip
    assert told["他人为其担保"] == (580, 4, False)


@pytest.mark.parametrize(
    ("day", "balance", "settled"),
    [(DAY, 5, True), (date(2026, 6, 2), 5, False), (None, 0, True), (None, None, False)],
)
def test_what_is_paid_back(day: date | None, balance: int | None, settled: bool) -> None:
    assert is_settled({"settled_on": day, "balance_fen": balance}, DAY) is settled


def test_the_product_with_the_most_money_of_those_that_are_met() -> None:
    small, large = (decided(n, Verdict.MET, fen=f) for n, f in (("a", 100), ("b", 900)))
    found = offer_of([decided("c", Verdict.UNKNOWN, most=5_000), small, large])
    assert found is not None and (found.decision, found.fen, found.is_settled) == (large, 900, True)


def test_else_the_one_of_which_least_is_open() -> None:
    near = decided("a", Verdict.UNKNOWN, most=100, open_=("x",))
    far = decided("b", Verdict.UNKNOWN, most=900, open_=("x", "y"))
    found = offer_of([far, near, decided("c", Verdict.NOT_MET)])
    assert found is not None and (found.decision, found.fen, found.is_settled) == (near, 100, False)
    assert offer_of([decided("c", Verdict.NOT_MET)]) is None and offer_of([]) is None


def test_the_errand_that_settles_most() -> None:
    report = step("查征信报告，一次核实：有无逾期；有无不良", 1, "overdue", "bad", "elsewhere")
    slip = step("补登家庭收入", 0, "income")
    told = [
        decided("a", Verdict.UNKNOWN, open_=("overdue", "bad", "income"), steps=(slip, report)),
        decided("b", Verdict.UNKNOWN, open_=("overdue", "bad"), steps=(report,)),
        decided("c", Verdict.NOT_MET, open_=(), steps=(step("别的", 0, "income"),)),
    ]
    found = errand_for(told)
    assert found is not None
    assert (found.text, found.days, found.questions, found.products) == ("查征信报告", 1, 2, 2)
    assert errand_for(told[2:]) is None


def test_no_product_is_offered_to_whom_something_bad_is_known_of() -> None:
    met = (decided("a", Verdict.MET, fen=100),)
    assert header_of(file(decisions=met), as_of=DAY).offer is not None
    assert header_of(file(decisions=met, adverse=adverse(bad())), as_of=DAY).offer is None
    watched = adverse(bad("penalty", "罚款"))
    assert header_of(file(decisions=met, adverse=watched), as_of=DAY).offer is not None


def household(*signals: RecordSignal | None) -> HouseholdFile:
    members = tuple(MemberFile(f"person:{n}", f"甲{n}", None, one) for n, one in enumerate(signals))
    return HouseholdFile(members, (), (), ())


def test_a_household_has_the_record_of_the_worst_of_its_members() -> None:
    good, late = RecordSignal(Signal.GREEN), RecordSignal(Signal.RED, bad(), 1)
    head = header_of(file(household=household(good, None, late)), as_of=DAY)
    assert (head.signal.signal, head.signal.more, head.whose) == (Signal.RED, 1, "甲2")
    head = header_of(file(household=household(good, good)), as_of=DAY)
    assert (head.signal.signal, head.whose) == (Signal.GREEN, None)
    # of one member nothing is known: nor of the household
    blind = RecordSignal(Signal.UNKNOWN, unheard=("loan",))
    head = header_of(file(household=household(good, blind)), as_of=DAY)
    assert (head.signal, head.whose) == (blind, None)


def test_the_own_record_of_a_household_counts_too() -> None:
    own = adverse(bad("utility", "water"))
    good = RecordSignal(Signal.GREEN)
    head = header_of(file(household=household(good), adverse=own), as_of=DAY)
    assert (head.signal.signal, head.signal.more, head.whose) == (Signal.AMBER, 0, None)


@pytest.mark.parametrize(
    ("rows", "whole", "said"),
    [
        ([card(resident_id_masked="6103****")], True, "已按证件号码（代码）确认"),
        ([card(unified_social_credit_code="91…")], True, "已按证件号码（代码）确认"),
        ([card(household_no="1")], True, "按户号登记，成员各按证件号码"),
        ([card(name="许春英")], True, "登记中没有证件号码"),
        ([card(resident_id_masked="6") | {"certainty": 0.9}], True, "疑似：只按姓名等相似，没有核对证件"),
        ([], True, "没有它自己的登记信息"), ([], False, "按权限不显示"),
    ],
)  # fmt: skip
def test_how_sure_it_is_who_this_is(rows: list[Any], whole: bool, said: str) -> None:
    assert identity_said(rows, is_whole=whole) == said


def test_what_was_opened_is_said_by_scope_and_key_alone() -> None:
    opened = frozenset({InformationClass.CREDIT, InformationClass.IDENTITY})
    scope = Scope("客户经理", institution=BANK, purpose="贷款审批", open_classes=frozenset(),
                  grants={"person:a": opened})  # fmt: skip
    assert consent_said(scope, "person:a") == "已授权本机构（贷款审批）：身份信息、信贷"
    assert consent_said(scope, "person:b") == "未授权，只显示公开和依法可查的信息"
    assert consent_said(ADMINISTRATOR, "person:a") == ""

"""The loop goes forward only, each number once, and no more is paid than was granted."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from financing_loop import BANKS, Event, Oracle, RefusedError, disturbed, event, told_straight

from graph.errors import InputError, NotFoundError
from graph.operations import PLATFORM, FinancingBook, OperationsStore
from graph.operations.financing_moves import ACTS, BOTH, MOVES, RANK, STATES, moves
from graph.operations.financing_terms import NEEDED
from graph.settings import Settings

AT = datetime(2027, 3, 1, 2, 0, tzinfo=UTC)
A, B = BANKS
#: How many histories are lived through here; the thousand is `HISTORIES=1000`.
HISTORIES = int(os.environ.get("HISTORIES", "60"))


@pytest.fixture
def book(tmp_path: Path) -> Iterator[FinancingBook]:
    with OperationsStore(Settings(data=tmp_path)) as store:
        yield FinancingBook(store)


def pushed(book: FinancingBook, name: str = "1", bank: str = A) -> int:
    """An application at a bank."""
    demand = book.register(
        f"person:{name}", channel="window", reference=f"D{name}", amount_fen=10_000_000, months=12,
        purpose="购买果袋", security_kinds=["unsecured"], by="张三", at=AT,
    ).act.demand  # fmt: skip
    book.match(demand, [{"product": "apple_loan", "verdict": "met"}], reference=f"M{name}",
               by="张三", at=AT)  # fmt: skip
    done = book.push(demand, bank, product="apple_loan", reference=f"P{name}", by="张三", at=AT)
    assert done.act.case_number is not None
    return done.act.case_number


def tell(book: FinancingBook, case: int, told: Event, at: datetime = AT) -> bool:
    return book.act(
        case, told.act, institution=told.bank, reference=told.reference, by="李四", at=at,
        reason=told.reason, content=told.said,
    ).is_new  # fmt: skip


def refused(book: FinancingBook, case: int, told: Event, at: datetime = AT) -> str:
    with pytest.raises(InputError) as raised:
        tell(book, case, told, at)
    assert raised.value.message_zh
    return raised.value.cause_code


DAY = date(2026, 3, 2)
GRANT = event(A, "3", "grant", line_no="SX1", amount_fen=10_000_000, from_on=DAY,
              to_on=DAY + timedelta(365), rate_ppm=43_500, security_kind="unsecured")  # fmt: skip
STEPS = [event(A, "1", "accept"), event(A, "2", "investigate"), GRANT,
         event(A, "4", "sign", contract_no="HT1", signed_on=DAY)]  # fmt: skip


def drawn(number: str, fen: int, on: date = DAY, **more: Any) -> Event:
    return event(A, f"d{number}", "disburse", note_no=f"JJ{number}", amount_fen=fen, on=on,
                 due_on=on + timedelta(90), **more)  # fmt: skip


def signed(book: FinancingBook) -> int:
    case = pushed(book)
    for step in STEPS:
        assert tell(book, case, step)
    return case


def test_no_move_leads_back_and_every_word_is_there() -> None:
    for (before, act), after in MOVES.items():
        assert RANK[after] > RANK[before] or (RANK[after] == RANK[before]), (before, act)
        assert RANK[after] >= RANK[before] and {before, after} <= {*STATES}
        assert act in ACTS and act in NEEDED
    assert {*RANK} == {*STATES} and {*NEEDED} >= BOTH
    assert moves("closed") == moves("withdrawn") == ()


def test_the_whole_way_with_its_history(book: FinancingBook) -> None:
    case = signed(book)
    assert tell(book, case, drawn("1", 6_000_000, stated_first="first", checked_first="no"))
    assert tell(book, case, drawn("2", 4_000_000, on=DAY + timedelta(40)))
    assert tell(book, case, event(A, "r1", "repay", note_no="JJ1", amount_fen=6_000_000, on=DAY))
    late = event(A, "o1", "overdue", note_no="JJ2", on=date(2026, 9, 1), overdue_days=31)
    assert tell(book, case, late)
    assert book.case(case).state == "overdue"
    assert refused(book, case, drawn("3", 1)) == "financing_step"
    assert refused(book, case, event(A, "s", "settle", on=DAY)) == "still_owed"
    assert tell(book, case, event(A, "r2", "repay", note_no="JJ2", amount_fen=4_000_000,
                                  on=date(2026, 9, 20)))  # fmt: skip
    assert book.case(case).state == "repaying"
    assert tell(book, case, event(A, "s", "settle", on=date(2026, 9, 20)))
    assert tell(book, case, event(A, "f", "feedback", stated_first="first", is_unsecured=True))
    file = book.file(1)
    assert [one.state for one in file.cases] == ["closed"]
    assert [one.act for one in file.acts] == [
        "register", "match", "push", "accept", "investigate", "grant", "sign", "disburse", "disburse",
        "repay", "overdue", "repay", "settle", "feedback",
    ]  # fmt: skip
    first, second = file.drawdowns
    # what the bank says and what the records say stand beside each other
    assert (first.stated_first, first.checked_first) == ("first", "no")
    assert (second.stated_first, second.checked_first) == (None, "unknown")
    assert (first.settled_on, second.settled_on) == (DAY, date(2026, 9, 20))
    assert {one.by for one in file.acts} == {"张三", "李四"}


def test_a_number_is_one_act(book: FinancingBook) -> None:
    case = pushed(book)
    assert tell(book, case, STEPS[0]) and not tell(book, case, STEPS[0])
    assert refused(book, case, event(A, "1", "refuse", "不行", code="other")) == "reference_reused"
    # the other bank's number 1 is another number, and the application is none of its
    with pytest.raises(NotFoundError):
        tell(book, case, event(B, "1", "investigate"))
    with pytest.raises(NotFoundError):
        tell(book, case, event(PLATFORM, "9", "grant", **GRANT.said))
    assert tell(book, case, event(PLATFORM, "9", "note", "已电话联系"))
    again = book.register("person:1", channel="window", reference="D1", amount_fen=10_000_000,
                          months=12, purpose="购买果袋", security_kinds=["unsecured"], by="王五",
                          at=AT)  # fmt: skip
    assert not again.is_new and again.act.demand == 1
    with pytest.raises(InputError, match="another act"):
        book.register("person:1", channel="window", reference="D1", amount_fen=1, months=12,
                      purpose="购买果袋", by="王五", at=AT)  # fmt: skip
    with pytest.raises(InputError) as raised:
        book.push(1, A, product="other", reference="P9", by="张三", at=AT)
    assert raised.value.cause_code == "financing_pushed"


def test_no_more_is_paid_than_was_granted_and_only_while_it_holds(book: FinancingBook) -> None:
    case = signed(book)
    assert refused(book, case, drawn("1", 10_000_001)) == "credit_exceeded"
    assert refused(book, case, drawn("1", 1, DAY - timedelta(1))) == "credit_not_in_force"
    assert refused(book, case, drawn("1", 1, DAY + timedelta(366)), AT + timedelta(60)) == (
        "credit_not_in_force"
    )
    assert tell(book, case, drawn("1", 6_000_000))
    assert refused(book, case, drawn("2", 4_000_001)) == "credit_exceeded"
    # the same note under another number is the same money
    twice = event(A, "d1x", "disburse", **drawn("1", 6_000_000).said)
    assert not tell(book, case, twice) and not tell(book, case, twice)
    other = event(A, "d1y", "disburse", **drawn("1", 5_000_000).said)
    assert refused(book, case, other) == "note_reused"
    assert book.case(case).disbursed_fen == 6_000_000
    assert refused(book, case, event(A, "r", "repay", note_no="JJ1", amount_fen=6_000_001,
                                     on=DAY)) == "repaid_too_much"  # fmt: skip


@pytest.mark.parametrize(
    ("told", "code"),
    [
        (event(A, "x", "refuse", code="other"), "reason_missing"),
        (event(A, "x", "refuse", "不行"), "financing_terms"),
        (event(A, "x", "refuse", "不" * 301, code="other"), "reason_long"),
        (event(A, "x", "refuse", "不行", code="because"), "financing_terms"),
        (event(A, "x", "accept", amount_fen=1), "financing_terms"),
        (event(A, "x", "steal"), "act_unknown"),
        (event(A, "", "accept"), "reference_missing"),
        (event(A, "610322197503159014", "accept"), "reference_missing"),
        (event(A, "x", "grant", **{**GRANT.said, "amount_fen": 1.5}), "financing_terms"),
        (event(A, "x", "grant", **{**GRANT.said, "rate_ppm": 4_350_000}), "financing_terms"),
        (event(A, "x", "grant", **{**GRANT.said, "to_on": DAY - timedelta(1)}), "financing_step"),
        (event(A, "x", "disburse", **{**drawn("1", 1).said, "stated_first": "1"}), "first_loan_code"),
        (event(A, "x", "disburse", **{**drawn("1", 1).said, "on": date(2099, 1, 1)}), "financing_terms"),
    ],
)  # fmt: skip
def test_what_is_lacking_is_said(book: FinancingBook, told: Event, code: str) -> None:
    case = pushed(book)
    assert refused(book, case, told) == code
    assert book.case(case).state == "pushed" and len(book.file(1).acts) == 3


def test_a_demand_is_withdrawn_until_somebody_signed(book: FinancingBook) -> None:
    case = pushed(book)
    book.withdraw(1, reference="W", by="张三", at=AT, reason="本人不再需要")
    book.withdraw(1, reference="W", by="张三", at=AT, reason="本人不再需要")
    assert book.case(case).state == "withdrawn" and book.file(1).demand.state == "withdrawn"
    assert refused(book, case, STEPS[0]) == "financing_step"
    second = pushed(book, "2")
    for step in STEPS:
        tell(book, second, event(A, f"2-{step.reference}", step.act, **step.said))
    with pytest.raises(InputError) as raised:
        book.withdraw(2, reference="W2", by="张三", at=AT, reason="不要了")
    assert raised.value.cause_code == "financing_step"


def test_a_credit_lapses_when_its_time_is_over(book: FinancingBook) -> None:
    case = signed(book)
    early = AT - timedelta(60)
    lapse = event(A, "l", "lapse", "未使用")
    assert refused(book, case, lapse, early) == "credit_in_force"
    assert tell(book, case, lapse, AT + timedelta(60))
    assert tell(book, case, event(A, "f", "feedback"), AT + timedelta(60))
    assert book.case(case).state == "closed"


class Killed(BaseException):
    """The process is no more."""


def lived(book: FinancingBook, number: int, seed: random.Random) -> None:
    """One history, as the network and a dying process bring it, against the oracle."""
    case, oracle = pushed(book, str(number)), Oracle()
    bank = A
    for told in disturbed(told_straight(number, bank, seed), seed):
        try:
            oracle.take(told)
            allowed = True
        except RefusedError:
            allowed = False
        if seed.random() < 0.1:
            # within the transaction, or after it and before anybody was told
            with pytest.raises(Killed):
                if seed.random() < 0.5:
                    _cut_within(book, case, told)
                else:
                    try:
                        tell(book, case, told)
                    except InputError:
                        assert not allowed
                    raise Killed
        try:
            tell(book, case, told)
            assert allowed, told
        except InputError:
            assert not allowed, told
        if seed.random() < 0.1:
            held(book, case, oracle)
    held(book, case, oracle)


def _cut_within(book: FinancingBook, case: int, told: Event) -> None:
    store = book._store
    with store.transaction() as session:

        class Handed:
            def transaction(self) -> Any:
                return _Already(session)

        with suppress(InputError):
            tell(FinancingBook(Handed()), case, told)  # type: ignore[arg-type]
        raise Killed


class _Already:
    def __init__(self, session: Any) -> None:
        self.session = session

    def __enter__(self) -> Any:
        return self.session

    def __exit__(self, *_: object) -> None:
        return None


def held(book: FinancingBook, case: int, oracle: Oracle) -> None:
    found = book.case(case)
    file = book.file(found.demand)
    assert found.state == oracle.case.state
    assert (found.disbursed_fen, found.repaid_fen) == (oracle.paid_out, oracle.paid_back)
    assert {
        note.note_no: (note.amount_fen, note.repaid_fen, note.overdue_days) for note in file.drawdowns
    } == {
        name: (note.amount, note.repaid, note.late) for name, note in oracle.case.notes.items()
    }  # fmt: skip
    # nothing lost, nothing twice: the acts are those that the oracle took
    acts = [(act.institution, act.reference) for act in file.acts[3:]]
    assert len({*acts}) == len(acts) and {*acts} == {*oracle.told}
    assert found.disbursed_fen <= (found.credit_fen or 0)
    ranks = [RANK[act.state] for act in file.acts[2:]]
    assert ranks == sorted(ranks)


def test_random_histories_end_lawfully_whatever_the_network_does(book: FinancingBook) -> None:
    for number in range(HISTORIES):
        lived(book, 1_000 + number, random.Random(number))

"""What the loop does is in the log, once, whatever breaks between an act and its batch."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from financing_loop import BANKS, Oracle, RefusedError, disturbed, event, told_straight

import ingest.financing.facts as carrying
from graph.errors import InputError
from graph.log import FactLog
from graph.moment import Moment
from graph.operations import FinancingBook, Marks, OperationsStore
from graph.settings import Settings
from ingest.financing import FACTS, carry_out
from queries.district import DistrictReader
from queries.financing import loop_figures
from queries.lending import Period, lending_table
from queries.runs import Runs
from queries.scope import ADMINISTRATOR

AT = datetime(2026, 11, 28, 2, 0, tzinfo=UTC)
BANK = BANKS[0]
DAY = date(2026, 3, 2)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[OperationsStore]:
    with OperationsStore(Settings(data=tmp_path)) as opened:
        yield opened


def pushed(book: FinancingBook, number: int) -> int:
    demand = book.register(
        "org:91610305MA9T00018F", channel="window", reference=f"D{number}", amount_fen=10_000_000,
        months=12, purpose="购买果袋", by="张三", at=AT,
    ).act.demand  # fmt: skip
    case = book.push(demand, BANK, product="apple_loan", reference=f"P{number}", by="张三", at=AT)
    assert case.act.case_number is not None
    return case.act.case_number


def live(log: FactLog, kind: str) -> dict[str, dict[str, Any]]:
    """What is held of a kind, by key; each once."""
    rows = log.read(kind).to_pylist()
    newest: dict[str, dict[str, Any]] = {}
    for row in sorted(rows, key=lambda row: (row["valid_from"], row["known_from"])):
        newest[row["key"]] = row
    return newest


def expected(book: FinancingBook) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """What the log has to say, in plain Python."""
    states, lines, loans = {}, {}, {}
    for _, case in book.cases():
        states[f"financing_application:RZ-{case.number}"] = case.state
        if case.line_no:
            lines[f"credit_line:A:{case.line_no}"] = case.credit_fen
    for note in book.drawdowns():
        loans[f"loan:A:{note.note_no}"] = (
            note.amount_fen, note.amount_fen - note.repaid_fen, note.overdue_days, note.settled_on
        )  # fmt: skip
    return states, lines, loans


def said(log: FactLog) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    states = {
        key: row["application_state"] for key, row in live(log, "FinancingApplicationState").items()
    }
    lines = {key: row["amount_fen"] for key, row in live(log, "CreditLine").items()}
    state = live(log, "LoanState")
    loans = {
        key: (row["principal_fen"], state[key]["balance_fen"], state[key]["overdue_days"],
              state[key]["settled_on"])
        for key, row in live(log, "Loan").items()
    }  # fmt: skip
    return states, lines, loans


def test_what_was_done_is_in_the_log_once(store: OperationsStore, tmp_path: Path) -> None:
    settings, book = Settings(data=tmp_path), FinancingBook(store)
    log = FactLog(settings.log_dir)
    assert carry_out(settings, store=store) == 0 and not log.batches()
    case = pushed(book, 1)
    told = [
        event(BANK, "1", "accept"), event(BANK, "2", "investigate"),
        event(BANK, "3", "grant", line_no="SX1", amount_fen=10_000_000, from_on=DAY,
              to_on=DAY + timedelta(365), rate_ppm=43_500, security_kind="unsecured"),
        event(BANK, "4", "sign", contract_no="HT1", signed_on=DAY),
        event(BANK, "5", "disburse", note_no="JJ1", amount_fen=6_000_000, on=DAY,
              due_on=DAY + timedelta(90), stated_first="first"),
        event(BANK, "6", "repay", note_no="JJ1", amount_fen=1_000_000, on=DAY),
        event(BANK, "7", "repay", note_no="JJ1", amount_fen=1_000_000, on=DAY + timedelta(30)),
    ]  # fmt: skip
    for one in told:
        book.act(case, one.act, institution=BANK, reference=one.reference, by="李四", at=AT,
                 content=one.said)  # fmt: skip
        carry_out(settings, store=store)
        assert said(log) == expected(book), one
    batches = len(log.batches())
    assert carry_out(settings, store=store) == 0 and len(log.batches()) == batches
    assert {batch.source for batch in log.batches()} == {FACTS}
    assert sum(batch.counts["quarantined"] for batch in log.batches()) == 0
    [loan] = log.read("Loan").to_pylist()
    assert (loan["interest_ratio"], loan["stated_first_loan"]) == (0.0435, "first")
    [borrowed] = log.read("BORROWED").to_pylist()
    assert borrowed["from_key"] == "org:91610305MA9T00018F"
    assert [row["valid_to"] for row in log.read("CreditLine").to_pylist()] == [DAY + timedelta(366)]


class Killed(BaseException):
    """The process is no more."""


@pytest.mark.parametrize("where", ["before", "between", "mark"])
def test_a_kill_between_act_and_batch_is_carried_out_at_the_next_start(
    store: OperationsStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    settings, book = Settings(data=tmp_path), FinancingBook(store)
    pushed(book, 1)
    taken = carrying.ingest

    def cut(source: Any, paths: Any, *_: Any, **given: Any) -> Any:
        if where == "between":
            taken(source, paths[:1], **given)
        raise Killed

    with monkeypatch.context() as cutting:
        if where == "mark":
            cutting.setattr(Marks, "move", cut)
        else:
            cutting.setattr(carrying, "ingest", cut)
        with pytest.raises(Killed):
            carry_out(settings, store=store)
    log = FactLog(settings.log_dir)
    carry_out(settings, store=store)
    assert said(log) == expected(book)
    assert len(log.read("FinancingApplication")) == len(log.read("APPLIED_FOR_FINANCING")) == 1
    assert carry_out(settings, store=store) == 0


def test_what_a_killed_run_left_on_the_disk_is_deleted(
    store: OperationsStore, tmp_path: Path
) -> None:
    """Its files say who asked for how much, and nobody looks for them there."""
    settings, book = Settings(data=tmp_path), FinancingBook(store)
    for name in ("financing-carried", "financing-70q1142v"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "融资申请-1.csv").write_text("org:91610305MA9T00018F", encoding="utf-8")
    (tmp_path / "financing").mkdir()
    pushed(book, 1)
    carry_out(settings, store=store)
    assert [path.name for path in tmp_path.glob("financing*") if path.is_dir()] == ["financing"]


def test_many_histories_carried_out_at_any_time_are_the_log(
    store: OperationsStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twenty applicants at once, runs cut anywhere: the log says what the loop says, each loan once."""
    settings, book, chance = Settings(data=tmp_path), FinancingBook(store), random.Random(17)
    going = []
    for number in range(20):
        case = pushed(book, number)
        told = disturbed(told_straight(number, BANK, chance), chance)
        going.append((case, Oracle(), told))
    moved = Marks.move

    def maybe(marks: Marks, name: str, position: str) -> None:
        if chance.random() < 0.5:
            raise Killed
        moved(marks, name, position)

    monkeypatch.setattr(Marks, "move", maybe)
    step = 0
    while any(told for _, _, told in going):
        case, oracle, told = chance.choice([one for one in going if one[2]])
        one = told.pop(0)
        try:
            book.act(case, one.act, institution=BANK, reference=one.reference, by="李四", at=AT,
                     reason=one.reason, content=one.said)  # fmt: skip
            oracle.take(one)
        except InputError:
            with pytest.raises(RefusedError):
                oracle.take(one)
        step += 1
        if step % 150 == 0:
            try:
                carry_out(settings, store=store)
            except Killed:
                continue
    monkeypatch.setattr(Marks, "move", moved)
    carry_out(settings, store=store)
    assert said(FactLog(settings.log_dir)) == expected(book)
    lent = sum(row["principal_fen"] for row in live(FactLog(settings.log_dir), "Loan").values())
    assert lent == sum(oracle.paid_out for _, oracle, _ in going)
    # and the lending figures count it
    log = FactLog(settings.log_dir)
    stores: Any = SimpleNamespace(log=log, runs=Runs())
    reader = DistrictReader(stores, Moment.of(log.batches(), as_of=AT.date()), ADMINISTRATOR)
    whole = lending_table(reader, "district", Period.of("2026", AT.date())).whole
    assert whole.figure("lent_fen").value == lent
    owed = sum(oracle.paid_out - oracle.paid_back for _, oracle, _ in going)
    assert whole.figure("balance_fen").value == owed
    unsecured = whole.figure("unsecured_lent_ratio")
    figures = {one.code: one for one in loop_figures(book, date(2026, 1, 1), AT.date())}
    assert figures["unsecured_fen_ratio"].numerator == unsecured.numerator
    assert figures["unsecured_fen_ratio"].denominator == unsecured.denominator == lent

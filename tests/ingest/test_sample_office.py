"""What the office of a sample district did: the same every time, once, and whole after it was cut."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from world import World

from graph.log import FactLog
from graph.moment import Moment
from graph.operations import FinancingBook, OfficeBooks, OperationsStore, Outbox
from graph.operations.financing_moves import DEMAND_STATES, STATES
from graph.settings import Settings
from ingest.exchange.connection import FILE
from ingest.financing import FinancingDesk
from ingest.sample.consents import MAIN_BANK, kind_of
from ingest.sample.office import Desk, exchange, financing
from queries.reader import Reader
from queries.runs import Runs
from queries.scope import ADMINISTRATOR

AT = datetime(2026, 11, 28, 2, 30, tzinfo=UTC)
BANKS = {MAIN_BANK: "样本农村商业银行", "institution:C1103610305002": "样本农业银行支行"}


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Forty households that agreed, two that took it back, and two banks."""
    made = World(FactLog(tmp_path / "log"))
    for key, name in BANKS.items():
        made.node("FinancialInstitution", key, name=name)
    wanted = {"agreed": 40, "revoked": 2}
    for number in range(1_000):
        home = f"household:{number:04d}"
        kind = kind_of(home)
        if wanted.get(kind or "", 0):
            wanted[str(kind)] -= 1
            head = (f"person:{number:04d}", "Person")
            made.node("Household", home, household_no=f"{number:04d}")
            made.node("Person", head[0], name="样例")
            made.tie("BELONGS_TO", head, (home, "Household"), role="householder")
    assert not any(wanted.values())
    made.commit(AT - timedelta(days=1))
    return made


@pytest.fixture
def office(tmp_path: Path) -> Iterator[OfficeBooks]:
    settings = Settings(data=tmp_path / "data")
    settings.data.mkdir()
    with OperationsStore(settings) as store:
        yield OfficeBooks(settings, store)


def reader(world: World, office: OfficeBooks) -> Reader:
    stores: Any = SimpleNamespace(log=world.log, runs=Runs(), store=office.store)
    return Reader(stores, Moment.of(world.log.batches(), as_of=AT.date()), ADMINISTRATOR)


def told(office: OfficeBooks) -> list[tuple[Any, ...]]:
    """Every act of every demand, without the numbers that the store gives."""
    book = FinancingBook(office.store)
    return [
        (demand.reference, demand.subject, act.act, act.institution, act.reference, act.at, act.by,
         act.reason, sorted(act.content.items(), key=lambda item: item[0]))
        for demand in book.demands()
        for act in book.file(demand.number).acts
    ]  # fmt: skip


def test_every_state_of_the_loop_is_there(world: World, office: OfficeBooks) -> None:
    truth = financing.plant(Desk(office, reader(world, office), AT))
    book = FinancingBook(office.store)
    assert {case.state for _, case in book.cases()} == {*STATES} - {"unknown"}
    assert {demand.state for demand in book.demands()} == {*DEMAND_STATES}
    assert len({demand.subject for demand in book.demands()}) == len(truth["demands"])
    log = FactLog(office.settings.log_dir)
    assert {
        row["key"]: row["application_state"]
        for row in log.read("FinancingApplicationState").to_pylist()
    } == {f"financing_application:RZ-{case.number}": case.state for _, case in book.cases()}
    figures = FinancingDesk(office, None, lambda *_: True).figures(
        AT.date() - timedelta(days=400), AT.date()
    )
    for one in figures:
        if one.code in truth["figures"]:
            ratio = [one.numerator, one.denominator]
            assert truth["figures"][one.code] == (ratio if one.denominator else one.value), one


def test_done_again_it_changes_nothing(world: World, office: OfficeBooks) -> None:
    financing.plant(Desk(office, reader(world, office), AT))
    before = told(office)
    financing.plant(Desk(office, reader(world, office), AT + timedelta(days=3, hours=5)))
    assert told(office) == before


class Killed(BaseException):
    """The process is no more."""


@pytest.mark.parametrize("after", [0, 5, 50])
def test_cut_short_it_is_completed(
    world: World, office: OfficeBooks, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    left, act = after, FinancingBook.act

    def cut(book: FinancingBook, *given: Any, **more: Any) -> Any:
        nonlocal left
        if not left:
            raise Killed
        left -= 1
        return act(book, *given, **more)

    with monkeypatch.context() as cutting:
        cutting.setattr(FinancingBook, "act", cut)
        with pytest.raises(Killed):
            financing.plant(Desk(office, reader(world, office), AT))
    truth = financing.plant(Desk(office, reader(world, office), AT + timedelta(hours=7)))
    book = FinancingBook(office.store)
    assert {
        demand.reference: {case.institution: case.state for case in book.file(demand.number).cases}
        for demand in book.demands()
    } == {name: said["states"] for name, said in truth["demands"].items()}
    assert sum(note.amount_fen for note in book.drawdowns()) == truth["figures"]["disbursed_fen"]


@pytest.fixture
def penalised(world: World, office: OfficeBooks) -> Desk:
    """With a penalty, and a permit about which the city will not answer; exchanged is what is of today."""
    firm, body = (
        ("org:91610305MA9U0000XX", "Enterprise"),
        ("org:11610305016000005N", "GovernmentBody"),
    )
    world.node(firm[1], firm[0], name="样甲有限公司", unified_social_credit_code=firm[0][4:])
    world.node(body[1], body[0], name="样区局", unified_social_credit_code=body[0][4:])
    said = {"document_no": "样1号", "authority": "样区局", "decided_on": AT.date()}
    for kind, tie, more in (
        ("Penalty", "PENALISED_BY", {"penalty_kinds": "罚款", "violation": "未公示"}),
        ("Permit", "HOLDS_PERMIT", {"document_name": "许可证"}),
    ):
        key = f"{kind.lower()}:1"
        world.node(kind, key, edition="2018", **said, **more)
        world.tie(tie, firm, (key, kind))
        world.tie("DECIDED_BY", (key, kind), body)
    world.commit(AT)
    stores: Any = SimpleNamespace(log=world.log, runs=Runs(), store=office.store)
    return Desk(office, Reader(stores, Moment.of(world.log.batches()), ADMINISTRATOR), AT)


def exchanged(office: OfficeBooks) -> Any:
    """What became of every record and of the file that came in."""
    sent = Outbox(office.store).items(exchange.CITY)
    taken = Outbox(office.store).intakes(exchange.LINE)
    return (
        sorted((item.template, item.version, item.state) for item in sent),
        [(one.name, one.rows, dict(one.counts)) for one in taken],
    )


DONE = [("penalty", 1, "accepted"), ("permit", 1, "sent")]


def test_what_is_exchanged_is_exchanged_once(penalised: Desk, office: OfficeBooks) -> None:
    exchange.plant(penalised)
    once = exchanged(office)
    assert once[0] == DONE and [rows for _, rows, _ in once[1]] == [3]
    exchange.plant(penalised)
    assert exchanged(office) == once


@pytest.mark.parametrize(
    "step", ["_connect", "_leave_orders", "receive", "enqueue", "send", "_answer"]
)
def test_an_exchange_that_is_cut_is_completed(
    penalised: Desk, office: OfficeBooks, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    done = getattr(exchange, step)

    def cut(*given: Any, **more: Any) -> Any:
        done(*given, **more)
        raise Killed

    with monkeypatch.context() as cutting:
        cutting.setattr(exchange, step, cut)
        with pytest.raises(Killed):
            exchange.plant(penalised)
    exchange.plant(penalised)
    sent, taken = exchanged(office)
    assert sent == DONE and [rows for _, rows, _ in taken] == [3]


def test_the_data_folder_may_be_named_from_where_one_is(
    penalised: Desk, office: OfficeBooks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the demonstration does."""
    monkeypatch.chdir(tmp_path)
    near = OfficeBooks(Settings(data=Path("data")), office.store)
    exchange.plant(replace(penalised, office=near))
    assert exchanged(office)[0] == DONE


def test_whoever_has_connections_keeps_them(penalised: Desk, office: OfficeBooks) -> None:
    path = office.settings.data / FILE
    path.write_text("{}", encoding="utf-8")
    assert exchange.plant(penalised) == {}
    assert path.read_text(encoding="utf-8") == "{}" and exchanged(office) == ([], [])

"""Both kinds of partners against doubles that behave like them: nothing lost, nothing done twice."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest
from financing_partners import Double, serving, told_badly

from graph.errors import SettingsError
from graph.operations import (
    FinancingBook,
    FinancingMessages,
    Handovers,
    OfficeBooks,
    OperationsStore,
)
from graph.settings import Settings
from ingest.exchange.connection import Connection
from ingest.exchange.reply import NoAnswer
from ingest.financing.connected import FinancingPartnerDesk
from ingest.financing.partner import (
    FinancingPartner,
    UntranslatableError,
    financing_partner,
    financing_partners,
)
from ingest.financing.partner_end import PartnerEnd, RefusedByPartnerError
from ingest.financing.round import exchange_round

AT = datetime(2026, 11, 28, 2, tzinfo=UTC)
FIRM, BANK = "org:91610305MA9T00018F", "institution:A"
FRONT, BACK = "quanzhou_front", "anhui_back_office"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[OperationsStore]:
    with OperationsStore(Settings(data=tmp_path)) as opened:
        yield opened


@pytest.fixture
def desks(store: OperationsStore) -> Iterator[Any]:
    with ExitStack() as open_now:
        addresses: dict[int, str] = {}

        def of(name: str, double: Double, read_s: float = 60.0) -> FinancingPartnerDesk:
            partner = financing_partner(name)
            http = partner.http.model_copy(update={"read_s": read_s, "connect_s": 20.0})
            partner = partner.model_copy(update={"http": http})
            if id(double) not in addresses:
                addresses[id(double)] = open_now.enter_context(serving(double))
            connection = Connection(end="http", address=addresses[id(double)])
            return FinancingPartnerDesk(store, partner, PartnerEnd(partner, connection))

        yield of


def pushed(store: OperationsStore, name: str) -> int:
    book = FinancingBook(store)
    demand = book.register(FIRM, channel="window", reference=name, amount_fen=10_000_000,
                           months=12, purpose="果袋", by="张三", at=AT).act.demand  # fmt: skip
    done = book.push(demand, BANK, product="apple_loan", reference=name, by="张三", at=AT)
    assert done.act.case_number is not None
    return done.act.case_number


def test_codes_and_units_mean_what_each_contract_says() -> None:
    assert [*financing_partners()] == [BACK, FRONT]
    front, back = financing_partner(FRONT), financing_partner(BACK)
    # one code, opposite senses; one number, a million apart
    assert (front.first("0"), back.first("0")) == ("first", "not_first")
    assert (front.first("1"), back.first("1")) == ("not_first", "first")
    assert (front.fen("20"), back.fen("20")) == (20_000_000, 20)
    assert (front.fen("0.2"), front.theirs(200_000), back.theirs(200_000)) == (
        200_000, "0.2", "200000",
    )  # fmt: skip
    assert (front.security("4"), back.security("4")) == ("pledge", "unsecured")
    assert front.ppm("4.35") == 43_500 and front.first(None) is None
    for wrong in ("0.00000001", "NaN", "", None, True, "1e999", "1e99999999", "二十"):
        with pytest.raises(UntranslatableError):
            back.fen(wrong)
    with pytest.raises(UntranslatableError):
        front.first("2")
    said = front.model_dump() | {"first_loan": {"0": "yes"}}
    with pytest.raises(ValueError, match="first"):
        FinancingPartner.model_validate(said)


def submission(number: int, **more: Any) -> dict[str, Any]:
    return {"takeDmdId": f"Q{number}", "source": "2", "applyLimit": "20", "applyPeriod": "12",
            "socialCode": FIRM.removeprefix("org:"), "purpose": "果袋", "guaranteeMode": "1,2",
            "contactPerson": "张建国", "contactPhone": "13800000000", "authorizationId": f"A{number}",
            **more}  # fmt: skip


def test_demands_of_a_front_come_once_and_only_with_an_authorisation(
    store: OperationsStore, desks: Any
) -> None:
    rows = [submission(1), submission(2), submission(1), submission(3, applyLimit="很多"),
            submission(1, applyLimit="99"), submission(4, guaranteeMode="7")]  # fmt: skip
    double = Double(told=rows, authorised={"A1"}, page=2)
    desk, book = desks(FRONT, double), FinancingBook(store)
    double.faults = ["garbage"]
    with pytest.raises(NoAnswer):
        desk.receive(at=AT)
    double.faults = ["200_error"]
    with pytest.raises(RefusedByPartnerError):
        desk.receive(at=AT)
    counts = desk.receive(at=AT)
    assert counts == {"new": 4, "known": 1, "contradicts": 1}
    assert desk.receive(at=AT) == {} and desk.apply(at=AT)["applied"] == 1
    [demand] = book.demands()
    assert (demand.channel, demand.reference, demand.amount_fen) == (FRONT, "Q1", 20_000_000)
    assert demand.security_kinds == ("guarantee", "unsecured")
    # who is to be called stays with the front
    raw = Settings(data=store_folder(store)).operations_file.read_bytes()
    assert b"13800000000" not in raw and "张建国".encode() not in raw
    assert len(FinancingMessages(store).refused(FRONT)) == 2
    # the second applicant authorises it later
    double.authorised.add("A2")
    assert desk.apply(at=AT)["applied"] == 1
    assert [one.reference for one in book.demands()] == ["Q2", "Q1"]
    assert desk.apply(at=AT) == {"waiting": 0}


def store_folder(store: OperationsStore) -> Path:
    return Path(str(store._engine.url.database)).parent


@pytest.mark.parametrize("fault", ["lost", "closed", "500", "garbage", "200_error", ""])
def test_an_application_is_handed_over_once_whatever_becomes_of_the_answer(
    store: OperationsStore, desks: Any, fault: str
) -> None:
    double = Double(faults=[fault] if fault else [], slow_s=0.5)
    desk, case = desks(BACK, double), pushed(store, "1")
    # only what is lost is not waited for: a busy machine is slow too
    impatient = desks(BACK, double, 0.25)
    handovers = Handovers(store)
    handovers.add(BACK, case, at=AT)
    handovers.add(BACK, case, at=AT)
    first = (impatient if fault == "lost" else desk).hand_over()
    if fault == "200_error":
        # an answer with an error in it is an answer
        assert first == {"refused": 1} and not double.times
        return
    assert first == ({"unknown": 1} if fault else {"taken": 1})
    desk.hand_over()
    desk.hand_over()
    assert not handovers.waiting(BACK)
    assert double.times == {str(case): 1} and double.taken[str(case)] == "B1"
    held = handovers.of_number(BACK, "B1")
    assert held is not None and held.case_number == case


def reports(number: str, place: int, random: Random) -> list[dict[str, Any]]:
    """What a back office tells of one application, each once, in order."""
    name = f"{number}-{place}"
    start = {"eventId": f"{name}a", "id": number, "status": "2"}
    if random.random() < 0.2:
        return [
            start,
            {"eventId": f"{name}b", "id": number, "status": "4", "refuseReason": "负债高"},
        ]
    credit = {"creditNo": f"SX{name}", "contractNo": f"HT{name}", "amount": 9_000_000,
              "validFrom": "2026-03-01", "validTo": "2027-02-28", "rate": "4.35",
              "guaranteeMode": "4"}  # fmt: skip
    loans = [
        {"eventId": f"{name}l{part}", "id": number,
         "loan": {"status": "3", "debitNo": f"JJ{name}{part}", "loanDate": "2026-03-02",
                  "dueDate": "2026-09-02", "amount": 3_000_000, "rate": "4.35", "loanFirst": "1"}}
        for part in range(random.randrange(1, 5))
    ]  # fmt: skip
    failed = {"eventId": f"{name}x", "id": number,
              "loan": {"status": "4", "debitNo": "JJ0", "reason": "账户状态异常"}}  # fmt: skip
    return [
        start,
        {"eventId": f"{name}b", "id": number, "status": "3", "credit": credit},
        failed,
        *loans,
    ]


class Killed(BaseException):
    """The process is no more."""


@pytest.mark.parametrize("seed", range(4))
def test_what_a_back_office_tells_badly_is_done_once(
    store: OperationsStore, desks: Any, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    random = Random(seed)
    double, book = Double(page=5), FinancingBook(store)
    desk = desks(BACK, double)
    for place in range(6):
        Handovers(store).add(BACK, pushed(store, f"{place}"), at=AT)
    desk.hand_over()
    straight = [
        reports(number, place, random) for place, number in enumerate(double.taken.values())
    ]
    double.told = told_badly([one for each in straight for one in each], random)
    # now and then the process dies between a message and its act
    settle = FinancingMessages.settle

    def maybe(messages: FinancingMessages, *given: Any) -> None:
        if random.random() < 0.2:
            raise Killed
        settle(messages, *given)

    monkeypatch.setattr(FinancingMessages, "settle", maybe)
    double.faults = [random.choice(["", "500", "garbage", "200_error"]) for _ in range(12)]
    for _ in range(60):
        try:
            desk.receive(at=AT)
            desk.apply(at=AT)
        except (Killed, NoAnswer, RefusedByPartnerError):
            continue
    monkeypatch.setattr(FinancingMessages, "settle", settle)
    desk.receive(at=AT)
    assert desk.apply(at=AT)["waiting"] == 0
    for place, told in enumerate(straight):
        file = book.file(place + 1)
        [case] = file.cases
        loans = [one["loan"] for one in told if one.get("loan", {}).get("status") == "3"]
        if not loans:
            assert (case.state, case.refusal) == ("refused", "other")
            continue
        # three times three is what was granted; a fourth is refused and somebody is told
        assert case.state == "disbursed" and case.disbursed_fen == 3_000_000 * min(3, len(loans))
        assert len(file.drawdowns) == min(3, len(loans))
        assert {note.stated_first for note in file.drawdowns} == {"first"}
        assert [one.act for one in file.acts if one.act not in ("disburse", "disbursement_failed")] == [
            "register", "push", "accept", "investigate", "grant", "sign",
        ]  # fmt: skip
    over = sum(
        len([one for one in told if one.get("loan", {}).get("status") == "3"]) > 3
        for told in straight
    )
    assert len(FinancingMessages(store).refused(BACK)) == over


def test_a_person_is_not_handed_over_by_number(store: OperationsStore, desks: Any) -> None:
    book, double = FinancingBook(store), Double()
    demand = book.register("person:" + "a" * 32, channel="window", reference="1", amount_fen=1,
                           months=1, purpose="种苗", by="张三", at=AT).act.demand  # fmt: skip
    case = book.push(demand, BANK, product="p", reference="1", by="张三", at=AT).act.case_number
    assert case is not None
    Handovers(store).add(BACK, case, at=AT)
    assert desks(BACK, double).hand_over() == {"refused": 1}
    assert not double.times


def test_a_round_goes_only_to_whom_the_data_folder_names(
    store: OperationsStore, tmp_path: Path
) -> None:
    settings, path = Settings(data=tmp_path), tmp_path / "financing.yaml"
    assert exchange_round(OfficeBooks(settings, store), at=AT) == ()
    case, double = pushed(store, "1"), Double()
    with serving(double) as address:
        said = f"{BACK}: {{address: '{address}', secret: s3cret, institutions: ['{BANK}']}}"
        path.write_text(said, encoding="utf-8")
        path.chmod(0o644)
        with pytest.raises(SettingsError, match="others may read"):
            exchange_round(OfficeBooks(settings, store), at=AT)
        path.chmod(0o600)
        [done] = exchange_round(OfficeBooks(settings, store), at=AT)
        assert (done.handed, done.problem, done.to_look_at) == ({"taken": 1}, None, ())
        double.told = [{"eventId": "1", "id": double.taken[str(case)], "status": "2"},
                       {"eventId": "2", "id": "?", "status": "9"}]  # fmt: skip
        [done] = exchange_round(OfficeBooks(settings, store), at=AT)
        assert done.applied == {"applied": 1, "refused": 1, "waiting": 0}
        assert done.to_look_at == (("2", "进度代码不在约定中"),)
        double.faults = ["500"]
        [done] = exchange_round(OfficeBooks(settings, store), at=AT)
        assert done.problem is not None and "s3cret" not in done.problem
    for wrong in ("nobody: {}", f"{BACK}: {{address: 'ftp://x'}}", "[", f"{BACK}: 1"):
        path.write_text(wrong, encoding="utf-8")
        with pytest.raises(SettingsError) as raised:
            exchange_round(OfficeBooks(settings, store), at=AT)
        assert raised.value.cause_code == "financing_settings"

"""A withdrawal that a partner accepted is its acknowledgement in the case about the record, once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from repairing import EVIDENCE

import ingest.exchange.sending as sending
from graph.operations import Case, ExchangeItem, OperationsStore, Outbox, RepairCases
from graph.operations.exchange import item_id
from graph.settings import Settings
from graph.time import today
from ingest.exchange import contract_named, contracts, send
from queries.lawful import repair_law

pytestmark = pytest.mark.each_store

AT = datetime(2026, 11, 2, tzinfo=UTC)
NAME, TABLE = "provincial_upload", "XZCF"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[OperationsStore]:
    path = tmp_path / "exchange.yaml"
    path.write_text(
        f"{NAME}: {{end: file, folder: {tmp_path / 'province'}, department: 11610305016000005N, "
        'division: "610305"}\n',
        encoding="utf-8",
    )
    path.chmod(0o600)
    with OperationsStore(Settings(data=tmp_path)) as opened:
        yield opened


def put(store: OperationsStore, record: str, version: int, action: str) -> None:
    columns = contract_named(NAME).outgoing[TABLE].columns
    item = ExchangeItem(
        item_id(NAME, TABLE, record, version), NAME, TABLE, record, version, action,
        f"{record}{version}", {column.name: "x" for column in columns}, "waiting", None, 0, None,
        None, AT, AT,
    )  # fmt: skip
    Outbox(store).put(NAME, [item], {}, position=version, as_of=date(2026, 11, 2), at=AT)


def answered(store: OperationsStore) -> None:
    """Hand over, have the partner answer all of it, and read the answer."""
    send(store.settings, store, NAME, by="张三")
    receipted(store)
    send(store.settings, store, NAME, by="张三")


def receipted(store: OperationsStore) -> None:
    """The partner took all of every request that lies there."""
    receipts = store.settings.data / "province" / "receipts"
    receipts.mkdir(exist_ok=True)
    for request in Outbox(store).open_requests(NAME):
        count = len(request.items)
        told = {"errorCode": "200", "errorMsg": "", "totalSize": count, "successSize": count,
                "failSize": 0, "tips": "[]"}  # fmt: skip
        (receipts / f"{request.number}.json").write_text(json.dumps(told), encoding="utf-8")


def repaired(store: OperationsStore, record: str) -> int:
    book = RepairCases(store)
    number = book.open("repair", "Penalty", record, by="张三", at=AT,
                       content={"conditions": EVIDENCE, "regime": "order_36"}).number  # fmt: skip
    for act, by in (("accept", "张三"), ("propose", "张三"), ("approve", "李四")):
        book.act(number, act, by=by, at=AT, reason="条件齐备")
    return number


def acknowledged(case: Case) -> list[tuple[str, str]]:
    return [
        (act.content["receiver"], act.content["acknowledged_on"])
        for act in case.acts
        if act.act == "acknowledge"
    ]


def test_an_accepted_withdrawal_is_the_acknowledgement(store: OperationsStore) -> None:
    book = RepairCases(store)
    for record in ("p:1", "p:2", "p:3"):
        put(store, record, 1, "new")
    answered(store)
    numbers = {record: repaired(store, record) for record in ("p:1", "p:2")}
    send(store.settings, store, NAME, by="张三")
    assert acknowledged(book.find(numbers["p:1"])) == []
    put(store, "p:1", 2, "withdraw")
    send(store.settings, store, NAME, by="张三")
    assert acknowledged(book.find(numbers["p:1"])) == [], "handed over, and not answered yet"
    answered(store)
    # told by the partner on the day on which its answer was read
    said = [("provincial_platform", str(today()))]
    assert acknowledged(book.find(numbers["p:1"])) == said
    answered(store)
    assert acknowledged(book.find(numbers["p:1"])) == said, "once"
    # what the partner holds still it has not taken down
    assert acknowledged(book.find(numbers["p:2"])) == []
    [act] = [one for one in book.find(numbers["p:1"]).acts if one.act == "acknowledge"]
    assert act.by == "张三" and "省公共信用信息平台" in act.reason
    assert "provincial_platform" in repair_law().receivers


class Killed(BaseException):
    """The process is no more."""


def test_killed_before_it_was_entered_it_is_entered_the_next_time(
    store: OperationsStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(store, "p:1", 1, "new")
    answered(store)
    number = repaired(store, "p:1")
    put(store, "p:1", 2, "withdraw")

    def killed(*_: object, **__: object) -> None:
        raise Killed

    with monkeypatch.context() as cutting:
        cutting.setattr(sending, "acknowledge", killed)
        for _ in range(2):
            with pytest.raises(Killed):
                send(store.settings, store, NAME, by="张三")
            receipted(store)
    assert acknowledged(RepairCases(store).find(number)) == []
    send(store.settings, store, NAME, by="李四")
    assert len(acknowledged(RepairCases(store).find(number))) == 1


def test_shown_again_since_it_is_not_acknowledged(store: OperationsStore) -> None:
    """An objection froze it, it came back, and then it was repaired: the old withdrawal says nothing."""
    for version, action in ((1, "new"), (2, "withdraw"), (3, "new")):
        put(store, "p:1", version, action)
        answered(store)
    number = repaired(store, "p:1")
    answered(store)
    assert acknowledged(RepairCases(store).find(number)) == []
    put(store, "p:1", 4, "withdraw")
    answered(store)
    assert len(acknowledged(RepairCases(store).find(number))) == 1


def test_who_acknowledges_is_one_whom_the_law_names() -> None:
    told = {one.receiver for one in contracts().values()} - {""}
    assert told and told <= {*repair_law().receivers}

"""Whatever goes wrong between any two steps, each version of each record is at the partner once."""

from __future__ import annotations

import dataclasses
import hashlib
import itertools
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from breadth import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from partner import FAULTS, Dialect, Partner, serving

from graph.errors import InputError
from graph.operations import OperationsStore, Outbox, RecordUses
from graph.settings import Settings
from ingest.exchange.connection import Connection
from ingest.exchange.contract import Contract, contract_of
from ingest.exchange.enqueue import difference
from ingest.exchange.file_end import FileEnd, workbook_bytes
from ingest.exchange.http_end import HttpEnd
from ingest.exchange.rendering import Rendered
from ingest.exchange.request import End, Outgoing
from ingest.exchange.sending import Sent, send_by

pytestmark = pytest.mark.each_store

AT = datetime(2026, 11, 2, tzinfo=UTC)
DAY = date(2026, 11, 2)
DEPARTMENT = "11610305016000005N"

#: A partner of its own: this text is all that it takes.
TEXT = """
title: 试验伙伴
partner: 试验平台
direction: out
ends: [http, file]
legal_basis: 无
sure: unsure
shares: [public]
http: {path: /upload, receipt_path: /receipt, connect_s: 20, read_s: 60}
limits: {rows: 2, tries: 2}
answer_days: 1
codes:
  "200": {means: taken, title: 成功}
  "500": {means: unknown, title: 对方服务器错误}
  "3002": {means: nothing, title: 目录编码不存在, to_do: 请核对。}
  "4001": {means: nothing, title: 部门编码为空, to_do: 请填写部门编码。}
  "4002": {means: nothing, title: 部门不存在, to_do: 请核对部门编码。}
row_codes:
  "20001": {means: taken, title: 重复数据}
outgoing:
  T1:
    title: 处罚
    version: "1"
    edition: 第一版
    kind: Penalty
    tie: PENALISED_BY
    withdraw: [action, withdraw]
    columns:
      - {name: action, title: 操作, from: record.action, codes: {new: new, update: update, withdraw: withdraw}}
      - {name: wh, title: 文号, from: document_no, required: true}
"""
CONTRACT = contract_of("trial", TEXT)

#: Of who waits for an answer no longer than a slow partner takes: a busy machine is slow too.
IMPATIENT = contract_of("trial", TEXT.replace("read_s: 60", "read_s: 0.2"))


def refuses_bad(_table: str, row: Mapping[str, str]) -> tuple[str, str] | None:
    return ("10004", "请输入正确的文号！") if row["wh"].endswith("坏") else None


DIALECT = Dialect(check=refuses_bad)


def rendered(text: str, *problems: str) -> Rendered:
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Rendered({"action": "", "wh": text}, digest, problems)


class Office:
    """An outbox, and what the district holds."""

    def __init__(self, store: OperationsStore, contract: Contract = CONTRACT) -> None:
        self.store, self.contract, self.outbox = store, contract, Outbox(store)
        self.records: dict[str, str] = {}

    def enqueue(self, outbox: Any = None) -> None:
        wanted = {("T1", name): rendered(text) for name, text in self.records.items()}
        made, closed = difference(self.contract, self.outbox.items(self.contract.name), wanted, AT)
        (outbox or self.outbox).put(self.contract.name, made, closed, position=1, as_of=DAY, at=AT)

    def send(self, end: End, outbox: Any = None) -> Sent:
        return send_by(self.contract, outbox or self.outbox, end, pause=lambda _: None)

    def states(self) -> list[tuple[str, int, str, str]]:
        return [
            (item.record, item.version, item.action, item.state)
            for item in self.outbox.items(self.contract.name)
        ]


@contextmanager
def opened(folder: Path) -> Iterator[OperationsStore]:
    with OperationsStore(Settings(data=folder)) as store:
        yield store


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with opened(tmp_path) as store:
        yield Office(store)


@pytest.fixture
def partner() -> Iterator[Partner]:
    with serving(Partner(DIALECT)) as made:
        yield made


def http(partner: Partner, contract: Contract = CONTRACT, **more: Any) -> HttpEnd:
    return HttpEnd(
        contract,
        Connection(end="http", address=partner.address, department=DEPARTMENT, **more),
    )


def texts(partner: Partner) -> list[str]:
    return sorted(row["wh"] for _, row in partner.held.values())


def test_sent_once_and_no_more(office: Office, partner: Partner) -> None:
    office.records = {"p:1": "甲", "p:2": "乙", "p:3": "丙"}
    office.enqueue()
    sent = office.send(http(partner))
    assert (sent.requests, sent.accepted, sent.refused, sent.unanswered) == (2, 3, 0, 0)
    office.enqueue()
    assert office.send(http(partner)).requests == 0
    assert texts(partner) == ["丙", "乙", "甲"]
    assert {*partner.stored.values()} == {1}


def test_a_correction_is_an_update_and_an_end_a_withdrawal(
    office: Office, partner: Partner
) -> None:
    office.records = {"p:1": "甲", "p:2": "乙"}
    office.enqueue()
    office.send(http(partner))
    office.records = {"p:1": "甲改"}
    office.enqueue()
    office.send(http(partner))
    assert texts(partner) == ["甲改"]
    assert office.states() == [
        ("p:1", 1, "new", "accepted"), ("p:1", 2, "update", "accepted"),
        ("p:2", 1, "new", "accepted"), ("p:2", 2, "withdraw", "accepted"),
    ]  # fmt: skip
    # what it withdrew is kept nowhere, of what it holds the last version alone
    assert [item.row and item.row["wh"] for item in office.outbox.items("trial")] == [
        None, "甲改", None, None,
    ]  # fmt: skip
    # what comes back after all is new
    office.records["p:2"] = "乙"
    office.enqueue()
    office.send(http(partner))
    assert office.states()[-1] == ("p:2", 3, "new", "accepted")


def test_what_ended_before_it_left_never_leaves(office: Office, partner: Partner) -> None:
    office.records = {"p:1": "甲"}
    office.enqueue()
    office.records = {}
    office.enqueue()
    office.send(http(partner))
    assert partner.calls == []
    assert office.states() == [("p:1", 1, "new", "closed")]


def test_what_is_refused_waits_in_words_and_is_sent_as_a_new_version(
    office: Office, partner: Partner
) -> None:
    office.records = {"p:1": "甲坏", "p:2": "乙"}
    office.enqueue()
    sent = office.send(http(partner))
    assert (sent.accepted, sent.refused) == (1, 1)
    [refused] = office.outbox.items("trial", ("refused",))
    assert (refused.record, refused.code, refused.message) == ("p:1", "10004", "请输入正确的文号！")
    office.enqueue()
    assert office.send(http(partner)).requests == 0
    office.records["p:1"] = "甲"
    office.enqueue()
    office.send(http(partner))
    # the partner never had the first one: the second is no update
    assert ("p:1", 2, "new", "accepted") in office.states()
    assert texts(partner) == ["乙", "甲"]


def test_somebody_sends_again_or_holds_back(office: Office, partner: Partner) -> None:
    office.records = {"p:1": "甲坏"}
    office.enqueue()
    office.send(http(partner))
    [refused] = office.outbox.items("trial", ("refused",))
    with pytest.raises(InputError, match="理由"):
        office.outbox.again(refused.id, by="张三", reason=" ", at=AT)
    with pytest.raises(InputError, match="姓名"):
        office.outbox.again(refused.id, by="", reason="对方已修正", at=AT)
    partner.dialect = dataclasses.replace(DIALECT, check=lambda _table, _row: None)
    office.outbox.again(refused.id, by="张三", reason="对方已修正规则", at=AT)
    office.outbox.put_off(refused.id, by="张三", reason="等省里通知", at=AT)
    assert office.send(http(partner)).requests == 0
    office.outbox.again(refused.id, by="张三", reason="已通知", at=AT)
    office.send(http(partner))
    assert texts(partner) == ["甲坏"]
    assert [(act.act, act.by) for act in office.outbox.acts("trial")] == [
        ("again", "张三"), ("put_off", "张三"), ("again", "张三"),
    ]  # fmt: skip
    with pytest.raises(InputError, match="不能收回"):
        office.outbox.put_off(refused.id, by="张三", reason="晚了", at=AT)


def test_what_was_held_back_stays_so_whatever_it_says(office: Office) -> None:
    office.records = {"p:1": "甲"}
    office.enqueue()
    [item] = office.outbox.items("trial")
    office.outbox.put_off(item.id, by="张三", reason="等通知", at=AT)
    office.records = {"p:1": "甲改"}
    office.enqueue()
    assert office.states() == [("p:1", 1, "new", "closed"), ("p:1", 2, "new", "deferred")]


def test_a_request_that_was_not_taken_waits_whole(office: Office, partner: Partner) -> None:
    partner.departments = frozenset()
    office.records = {"p:1": "甲", "p:2": "乙", "p:3": "丙"}
    office.enqueue()
    sent = office.send(http(partner))
    assert sent.problem is not None and "部门不存在" in sent.problem
    # the next request is not tried: the same would be said of it
    assert len(partner.calls) == 1
    assert [state for *_, state in office.states()] == ["waiting"] * 3
    partner.departments = frozenset({DEPARTMENT})
    assert office.send(http(partner)).accepted == 3


@pytest.mark.parametrize("fault", FAULTS)
def test_an_answer_that_is_lost_is_asked_for_again(
    office: Office, partner: Partner, fault: str
) -> None:
    office.records = {"p:1": "甲", "p:2": "乙坏"}
    office.enqueue()
    partner.faults.extend([fault] * 2)
    first = office.send(http(partner, IMPATIENT if fault == "slow" else CONTRACT))
    # whether or not the run came through, what is unknown is in one request alone
    assert first.unanswered == len(office.outbox.open_requests("trial"))
    office.enqueue()
    for _ in range(3):
        office.send(http(partner))
    assert office.states() == [("p:1", 1, "new", "accepted"), ("p:2", 1, "new", "refused")]
    assert texts(partner) == ["甲"]
    assert {*partner.stored.values()} == {1}
    assert not any(method == "GET" or "elsewhere" in path for method, path in partner.calls)


def test_the_secret_is_in_a_header_and_nowhere_else(office: Office, partner: Partner) -> None:
    partner.secret = "s3cret-nobodys"
    office.records = {"p:1": "甲"}
    office.enqueue()
    wrong = office.send(http(partner, secret="other"))
    assert (
        wrong.problem is not None and "HTTP 401" in wrong.problem and "other" not in wrong.problem
    )
    connection = Connection(end="http", address=partner.address, secret=partner.secret)
    assert partner.secret not in repr(connection)
    assert office.send(http(partner, secret=partner.secret)).accepted == 1


def test_who_had_a_record_is_found(office: Office, partner: Partner) -> None:
    office.records = {"p:1": "甲"}
    office.enqueue()
    office.send(http(partner))
    [use] = RecordUses(office.store).of("p:1")
    assert (use.kind, use.title) == ("exchange", "试验平台：处罚 1 行")


def test_older_news_undo_nothing(office: Office) -> None:
    office.outbox.put("trial", [], {}, position=5, as_of=DAY, at=AT)
    with pytest.raises(InputError) as caught:
        office.outbox.put("trial", [], {}, position=4, as_of=DAY, at=AT)
    assert caught.value.cause_code == "exchange_behind"


def test_by_files_and_their_receipts(office: Office, tmp_path: Path) -> None:
    folder = tmp_path / "exchange"
    end = FileEnd(CONTRACT, Connection(end="file", folder=folder, department=DEPARTMENT))
    office.records = {"p:1": "甲", "p:2": "乙坏"}
    office.enqueue()
    assert office.send(end).unanswered == 1
    [path] = (folder / "outbox").iterdir()
    content = path.read_bytes()
    told = pd.read_excel(path, sheet_name=None, dtype=str, engine="calamine")
    assert told["处罚"]["文号"].tolist() == ["甲", "乙坏"]
    assert dict(told["报送说明"].values)["部门编码"] == DEPARTMENT
    # nothing is written twice, also where the partner took the file away
    path.unlink()
    assert office.send(end).unanswered == 1
    assert [*(folder / "outbox").iterdir()] == []
    # the partner says that it lost it: under the same number, once more
    office.outbox.hand_over_again(path.stem, by="张三", reason="对方来电说没有收到", at=AT)
    assert office.send(end).unanswered == 1
    assert path.read_bytes() == content
    receipts = folder / "receipts"
    receipts.mkdir()
    receipt = receipts / f"{path.stem}.json"
    answer = {
        "errorCode": "200", "totalSize": 2, "successSize": 1, "failSize": 1,
        "tips": [{"row": 2, "errorCode": "10004", "errorMsg": "请输入正确的文号！"}],
    }  # fmt: skip
    text = json.dumps(answer)
    receipt.write_text(text[:40], encoding="utf-8")  # cut in the middle
    assert office.send(end).unanswered == 1
    receipt.write_text(text, encoding="utf-8")
    sent = office.send(end)
    assert (sent.accepted, sent.refused, sent.unanswered) == (1, 1, 0)
    with pytest.raises(InputError, match="已有答复"):
        office.outbox.hand_over_again(path.stem, by="张三", reason="再来", at=AT)
    # the same request gives the same bytes, whoever writes it and when
    items = office.outbox.of_request(path.stem)
    again = Outgoing(path.stem, "T1", CONTRACT.outgoing["T1"], items, 0)
    assert workbook_bytes(CONTRACT, end._connection, again) == content
    assert path.stem == office.outbox.items("trial")[0].request


class Killed(BaseException):
    """The process ends here."""


class Frail:
    """Calls another, and dies before or after one of its calls."""

    def __init__(self, inner: Any, left: list[int]) -> None:
        self._inner, self._left = inner, left

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)

        def call(*given: Any, **named: Any) -> Any:
            self._die()
            told = found(*given, **named)
            self._die()
            return told

        return call

    def _die(self) -> None:
        self._left[0] -= 1
        if self._left[0] == 0:
            raise Killed


RECORDS = ("p:1", "p:2", "p:3", "p:4")
STEPS = st.one_of(
    st.tuples(st.just("says"), st.sampled_from(RECORDS), st.sampled_from(["坏", "好", "优", "改"])),
    st.tuples(st.just("ends"), st.sampled_from(RECORDS), st.just("")),
    st.tuples(st.just("faults"), st.sampled_from(FAULTS), st.sampled_from(["", *FAULTS])),
    st.tuples(st.just("run"), st.integers(0, 30), st.just("")),
    st.tuples(st.just("again"), st.sampled_from(RECORDS), st.just("")),
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OperationsStore]:
    """One store for every history: each has a contract of its own in it."""
    with opened(tmp_path_factory.mktemp("histories")) as made:
        yield made


NUMBERS = itertools.count()


@pytest.mark.sqlite_only("its store is shared by every history")
@settings(max_examples=examples(60))
@given(
    history=st.lists(STEPS, min_size=4, max_size=25),
    knows=st.sampled_from(["numbers", "rows", "both"]),
)
def test_every_history_ends_with_each_version_there_once(
    store: OperationsStore, history: list[tuple[Any, ...]], knows: str
) -> None:
    contract = contract_of(f"trial{next(NUMBERS)}", TEXT)
    made = Partner(DIALECT, knows_numbers=knows != "rows", knows_rows=knows != "numbers")
    # quick ones: what is slow is tried on its own; who knows no rows takes a request whole
    faults = {*FAULTS} - {"slow"} - ({"half"} if knows == "numbers" else set())
    with serving(made) as partner:
        office = Office(store, contract)
        end = HttpEnd(
            contract, Connection(end="http", address=partner.address, department=DEPARTMENT)
        )
        for step, one, other in history:
            if step == "says":
                # now and then it says again what it said before
                office.records[one] = f"{one}{other}"
            elif step == "ends":
                office.records.pop(one, None)
            elif step == "faults":
                partner.faults.extend({one, other} & faults)
            elif step == "again":
                for item in office.outbox.items(contract.name, ("refused",)):
                    if item.record == one:
                        office.outbox.again(item.id, by="张三", reason="再试", at=AT)
            else:
                left = [one]
                frail = Frail(office.outbox, left)
                with suppress(Killed):
                    office.enqueue(frail)
                    office.send(Frail(end, left), frail)
                _nothing_is_there_twice(office, partner)
        partner.faults.clear()
        for _ in range(3):
            office.enqueue()
            office.send(end)
    _nothing_is_there_twice(office, partner)
    assert office.outbox.items(contract.name, ("waiting", "sent")) == []
    assert office.outbox.open_requests(contract.name) == []
    good = {name: text for name, text in office.records.items() if not text.endswith("坏")}
    there = {row["wh"][:3]: row["wh"] for _, row in partner.held.values()}
    assert len(there) == len(partner.held)
    # of what the partner refuses it has the version of before, where it had one; of the rest the last
    assert {name: there[name] for name in there if name in good} == good
    assert {*there} - {*good} <= {*office.records}
    accepted = office.outbox.items(contract.name, ("accepted",))
    assert len(accepted) == len(partner.stored)


def _nothing_is_there_twice(office: Office, partner: Partner) -> None:
    assert {*partner.stored.values()} <= {1}
    unsettled = Counter(
        item.record
        for item in office.outbox.items(
            office.contract.name, ("waiting", "sent", "refused", "deferred")
        )
    )
    assert {*unsettled.values()} <= {1}

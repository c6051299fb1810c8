"""What comes from partners goes through the ordinary ingest, page by page, and nothing is lost."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from partner import Dialect, Partner, serving

from graph.errors import InputError
from graph.log import FactLog
from graph.operations import OperationsStore, Outbox
from graph.settings import Settings
from ingest.exchange import contract_named, receive
from ingest.exchange.connection import FILE, Connection
from ingest.exchange.contract import contract_of
from ingest.exchange.http_end import HttpEnd
from ingest.exchange.receiving import Received, receive_by, translated

pytestmark = pytest.mark.each_store

FIRM = "91610305MA6X00008K"


def order(number: str, **more: str) -> dict[str, str]:
    return {
        "orderNo": number, "companyName": "样甲果业有限公司", "companyCode": FIRM, "typeName": "消费纠纷",
        "acceptTime": "2026-03-02", "finishTime": "2026-03-09", "unitName": "样区市场监管局",
        "truth": "2", "solved": "1", **more,
    }  # fmt: skip


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    made = Settings(data=tmp_path / "data")
    made.data.mkdir()
    return made


@pytest.fixture
def store(settings: Settings) -> Iterator[OperationsStore]:
    with OperationsStore(settings) as made:
        yield made


def complaints(settings: Settings) -> list[dict[str, Any]]:
    log = FactLog(settings.log_dir)
    return sorted(
        log.read("Complaint").select(["ticket_no", "is_confirmed"]).to_pylist(),
        key=lambda row: row["ticket_no"],
    )


def connect(settings: Settings, text: str) -> None:
    path = settings.data / FILE
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)


def take(settings: Settings, store: OperationsStore) -> Received:
    return receive(settings, store, "citizen_hotline", by="张三", into_graph=False)


def test_pages_are_taken_in_one_after_the_other(settings: Settings, store: OperationsStore) -> None:
    partner = Partner(Dialect())
    partner.pages = {
        "": ([order("G1"), order("G2", truth="1")], "c1"),
        # a code that was not agreed says nothing; where it is what the row is about, the row is refused
        "c1": (
            [order("G3", truth="0"), order("G4", truth="9"), order("G5", typeName="骚扰")],
            "c2",
        ),
    }
    with serving(partner):
        connect(
            settings, f"citizen_hotline: {{end: http, address: '{partner.address}', department: d}}"
        )
        first = take(settings, store)
        assert (first.pages, first.rows, first.quarantined, first.problem) == (2, 5, 1, None)
        assert first.accepted + first.unchanged + first.quarantined == first.rows
        told = [(row["ticket_no"], row["is_confirmed"]) for row in complaints(settings)]
        assert told == [("G1", False), ("G2", True), ("G3", None), ("G4", None)]
        # nothing new: nothing happens, and the cursor stands where it stood
        assert take(settings, store).pages == 0
        assert len(FactLog(settings.log_dir).batches()) == 2
        partner.pages["c2"] = ([order("G6")], "c3")
        assert take(settings, store).rows == 1
    assert not (settings.data / "exchange").exists()


@pytest.mark.parametrize("fault", ["cut", "cut_in_words", "garbage", "500_before", "slow", "redirect",
                                   "wrong_counts", "code_500_after"])  # fmt: skip
def test_a_page_that_came_badly_is_asked_for_again(
    settings: Settings, store: OperationsStore, fault: str
) -> None:
    partner = Partner(Dialect())
    partner.pages = {"": ([order("G1")], "c1")}
    contract = contract_named("citizen_hotline")
    assert contract.http is not None
    # only what is slow is not waited for: a busy machine is slow too
    quick = contract.model_copy(update={"http": contract.http.model_copy(update={"read_s": 0.2})})
    with serving(partner):
        at = Connection(end="http", address=partner.address)
        end = HttpEnd(contract, at)
        partner.faults.extend([fault] * 3)
        first = HttpEnd(quick, at) if fault == "slow" else end
        ended = receive_by(settings, store, "citizen_hotline", first)
        assert (ended.pages, complaints_or_none(settings)) == (0, 0)
        assert ended.problem is not None
        assert receive_by(settings, store, "citizen_hotline", end).rows == 1
    assert [row["ticket_no"] for row in complaints(settings)] == ["G1"]


def complaints_or_none(settings: Settings) -> int:
    return len(FactLog(settings.log_dir).batches())


class Killed(BaseException):
    """The process ends here."""


def test_killed_between_ingest_and_its_note_the_page_comes_again_and_is_no_news(
    settings: Settings, store: OperationsStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    partner = Partner(Dialect())
    partner.pages = {"": ([order("G1")], "c1")}

    def die(*_: object) -> None:
        raise Killed

    with serving(partner):
        end = HttpEnd(
            contract_named("citizen_hotline"), Connection(end="http", address=partner.address)
        )
        with monkeypatch.context() as patch, pytest.raises(Killed):
            patch.setattr(Outbox, "enter_intake", die)
            receive_by(settings, store, "citizen_hotline", end)
        assert len(FactLog(settings.log_dir).batches()) == 1
        again = receive_by(settings, store, "citizen_hotline", end)
    assert (again.pages, again.rows) == (1, 1)
    assert len(FactLog(settings.log_dir).batches()) == 1


def test_by_files_that_are_whole(
    settings: Settings, store: OperationsStore, tmp_path: Path
) -> None:
    folder = tmp_path / "民政"
    inbox = folder / "inbox"
    inbox.mkdir(parents=True)
    row = {
        "orgName": "样区果业协会", "creditCode": "51610305MJ0000008K", "listType": "1", "docNo": "样民列1号",
        "reason": "未按时报送年度工作报告", "inDate": "2026-03-02", "noticeDate": "2026-02-02", "outDate": "",
        "outReason": "", "office": "样区民政局",
    }  # fmt: skip
    path = inbox / "名单.json"
    path.write_text(
        json.dumps({"tableCode": "lists", "totalSize": 1, "body": [row]}), encoding="utf-8"
    )
    connect(settings, f"social_organisation: {{end: file, folder: '{folder}'}}")
    name = "social_organisation"
    assert receive(settings, store, name, by="张三", into_graph=False).pages == 0
    path.with_name("名单.json.ok").touch()
    taken = receive(settings, store, name, by="张三", into_graph=False)
    assert (taken.pages, taken.rows, taken.problem) == (1, 1, None)
    assert [*inbox.iterdir()] == []
    receipt = json.loads((folder / "taken" / "名单.json.receipt.json").read_text(encoding="utf-8"))
    assert (
        receipt["rows"] == receipt["accepted"] + receipt["unchanged"] + receipt["quarantined"] == 1
    )
    assert receive(settings, store, name, by="张三", into_graph=False).pages == 0


def test_a_file_that_says_other_counts_than_it_has_stays(
    settings: Settings, store: OperationsStore, tmp_path: Path
) -> None:
    inbox = tmp_path / "in" / "inbox"
    inbox.mkdir(parents=True)
    path = inbox / "a.json"
    connect(settings, f"social_organisation: {{end: file, folder: '{inbox.parent}'}}")
    path.with_name("a.json.ok").touch()
    for text in ('{"tableCode": "lists", "totalSize": 2, "body": [{}]}', '{"tableCode": "li', "[]"):
        path.write_text(text, encoding="utf-8")
        ended = receive(settings, store, "social_organisation", by="张三", into_graph=False)
        assert ended.pages == 0 and ended.problem is not None and path.exists()


def test_codes_and_units_of_a_partner_become_ours() -> None:
    text = """
title: 试验
partner: 试验
direction: in
ends: [file]
legal_basis: 无
sure: unsure
limits: {rows: 5}
answer_days: 1
codes: {"200": {means: taken, title: 成功}}
incoming:
  fines:
    title: 处罚
    version: "1"
    edition: 第一版
    source: administrative_decision
    table: penalty
    file: 行政处罚-试验
    columns: {n: subject_name, c: subject_code, no_: document_no, v: violation_kind, f: violation, g: legal_ground, k: penalty_kinds, t: content, cents: fine_fen, d: decided_on, a: authority, ac: authority_body}
    codes: {penalty_kinds: {"2": 罚款}}
    units: {fine_fen: 分}
    fixed: {subject_kind: 法人及非法人组织}
"""
    incoming = contract_of("trial", text).incoming["fines"]
    heads, [first, second] = translated(
        incoming, [{"k": "2", "cents": 200_000, "d": None}, {"k": "罚款", "cents": "两千"}]
    )
    told = dict(zip(heads, first, strict=True))
    assert (told["处罚类别"], told["罚款金额（万元）"]) == ("罚款", "0.2")
    assert (told["行政相对人类别"], told["处罚决定日期"]) == ("法人及非法人组织", "")
    # not agreed with this partner, although it is a word of ours; and no number
    told = dict(zip(heads, second, strict=True))
    assert (told["处罚类别"], told["罚款金额（万元）"]) == ("未约定的代码：罚款", "两千")


def test_each_way_has_its_direction(settings: Settings, store: OperationsStore) -> None:
    with pytest.raises(InputError) as caught:
        receive(settings, store, "provincial_upload", by="张三")
    assert caught.value.cause_code == "exchange_direction"
    with pytest.raises(InputError) as caught:
        receive(settings, store, "citizen_hotline", by="张三")
    assert caught.value.cause_code == "exchange_unconnected"

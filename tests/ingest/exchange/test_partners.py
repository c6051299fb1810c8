"""Every declared partner against a double of its page: none is declared without one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from partner import CITY, PROVINCE, SUPERVISION, Dialect, Partner, rows_of, serving
from world import World

from graph.log import FactLog
from graph.moment import Moment
from graph.operations import OperationsStore
from graph.settings import Settings
from graph.time import today
from ingest.exchange import contracts, enqueue, receive, send, sending
from ingest.exchange.connection import FILE
from queries.reader import Reader
from queries.runs import Runs
from queries.scope import ADMINISTRATOR

pytestmark = pytest.mark.each_store

BODY, FIRM = "11610305016000005N", "91610305MA6X00008K"
PARTY, OFFICE = (f"org:{FIRM}", "Enterprise"), (f"org:{BODY}", "GovernmentBody")
DECIDED = today() - timedelta(days=20)

#: Outgoing contract -> its double, and table -> column and what stands in it of the one record there.
OUT: dict[str, tuple[Dialect, dict[str, tuple[str, str]]]] = {
    "provincial_upload": (
        PROVINCE,
        {
            "XZCF": ("CF_WSH", "样罚1号"), "XZXK": ("XK_WSH", "样许1号"), "XZQRXX": ("wh", "样confirmation"),
            "XZQZ": ("wh", "样coercion"), "XZCJXX": ("wh", "样adjudication"), "XZJLXX": ("wh", "样reward"),
            "XZJDJCXX": ("wh", "样inspection"), "XZZS": ("wh", "样levy"), "XZJF": ("wh", "样payment"),
        },
    ),
    "internet_supervision": (
        SUPERVISION,
        {"supervision_inspection": ("result", "2"), "supervision_coercion": ("docNo", "样coercion")},
    ),
    "smart_baoji": (
        CITY,
        {"penalty": ("fineYuan", "2000"), "permit": ("title", "食品经营许可证"), "honour": ("title", "纳税信用A级")},
    ),
}  # fmt: skip

#: Incoming contract -> one row as the partner has it.
IN: dict[str, dict[str, str]] = {
    "citizen_hotline": {
        "orderNo": "G1", "companyName": "样甲果业有限公司", "companyCode": FIRM, "typeName": "欠薪",
        "acceptTime": "2026-03-02", "finishTime": "", "unitName": "样区人社局", "truth": "0", "solved": "0",
    },
    "administrative_approval": {
        "applicantName": "样甲果业有限公司", "applicantType": "1", "creditCode": FIRM,
        "docName": "食品经营许可证", "docNo": "样许9号", "permitType": "01", "permitContent": "预包装食品销售",
        "decideDate": "2026-03-02", "validFrom": "2026-03-02", "validTo": "2031-03-01", "status": "0",
        "orgName": "样区行政审批服务局", "orgCode": BODY, "shareRange": "0",
    },
    "social_organisation": {
        "orgName": "样甲果业有限公司", "creditCode": FIRM, "listType": "2", "docNo": "样民列1号", "reason": "骗取登记",
        "inDate": "2026-03-02", "noticeDate": "2026-02-02", "outDate": "", "outReason": "", "office": "样区民政局",
    },
}  # fmt: skip
FACT = {
    "citizen_hotline": "Complaint", "administrative_approval": "Permit",
    "social_organisation": "ListEntry",
}  # fmt: skip


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path / "data")


@pytest.fixture
def store(settings: Settings) -> Iterator[OperationsStore]:
    with OperationsStore(settings) as made:
        yield made


@pytest.fixture
def world(settings: Settings) -> World:
    made = World(FactLog(settings.log_dir))
    made.node("GovernmentBody", OFFICE[0], name="样区局", unified_social_credit_code=BODY)
    made.node("Enterprise", PARTY[0], name="样甲果业有限公司", unified_social_credit_code=FIRM)

    def record(kind: str, key: str, tie: str, **said: Any) -> None:
        made.node(kind, key, authority="样区局", **said)
        made.tie(tie, PARTY, (key, kind))
        if kind != "Honour":
            made.tie("DECIDED_BY", (key, kind), OFFICE)

    record("Penalty", "penalty:1", "PENALISED_BY", edition="2018", document_no="样罚1号", fine_fen=200_000,
           penalty_kinds="警告；罚款", violation_kind="未公示", violation="未公示", legal_ground="条例",
           content="罚款2000元", decided_on=DECIDED)  # fmt: skip
    record("Permit", "permit:1", "HOLDS_PERMIT", edition="2018", document_no="样许1号", document_name="食品经营许可证",
           permit_kind="general", content="销售", decided_on=DECIDED, valid_from_on=DECIDED,
           valid_to_on=DECIDED + timedelta(days=900))  # fmt: skip
    for each in (
        "confirmation",
        "coercion",
        "adjudication",
        "reward",
        "inspection",
        "levy",
        "payment",
    ):
        record("AdministrativeAct", f"act:{each}", "ACT_ON", act_class=each, document_no=f"样{each}",
               form="现场", content="内容", decided_on=DECIDED)  # fmt: skip
    made.node("InspectionResult", "act:inspection", "AdministrativeAct", result="corrected")
    record("Honour", "honour:1", "HONOURED_BY", list_kind="tax_a_grade", title="纳税信用A级", level="municipal",
           document_no="样荣1号", awarded_on=DECIDED)  # fmt: skip
    made.commit(datetime.now(UTC) - timedelta(days=2))
    return made


def connect(settings: Settings, name: str, partner: Partner) -> None:
    path = settings.data / FILE
    path.write_text(
        f"{name}: {{end: http, address: '{partner.address}', department: {BODY}, division: '610305'}}",
        encoding="utf-8",
    )
    path.chmod(0o600)


def reader(world: World) -> Reader:
    stores: Any = SimpleNamespace(log=world.log, runs=Runs())
    return Reader(stores, Moment.of(world.log.batches()), ADMINISTRATOR)


def test_every_partner_has_a_double() -> None:
    assert {*OUT} == {name for name, one in contracts().items() if one.direction == "out"}
    assert {*IN} == {name for name, one in contracts().items() if one.direction == "in"}


@pytest.mark.parametrize("name", OUT)
def test_what_the_district_holds_is_what_the_partner_takes(
    world: World,
    settings: Settings,
    store: OperationsStore,
    name: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sending, "_PAUSE_S", 0.01)
    dialect, expected = OUT[name]
    with serving(Partner(dialect)) as partner:
        connect(settings, name, partner)
        # the first answer is lost, the second is that of a platform that is ill
        partner.faults.extend(["cut", "code_500_after"])
        enqueue(reader(world), settings, store, name, by="张三")
        sent = send(settings, store, name, by="张三")
        assert (sent.accepted, sent.refused, sent.problem) == (len(expected), 0, None)
        for table, (column, value) in expected.items():
            assert [row[column] for row in rows_of(partner, table)] == [value], table
        enqueue(reader(world), settings, store, name, by="张三")
        assert send(settings, store, name, by="张三").requests == 0
        # everything ends: it is withdrawn everywhere, and the partner knows each row of it
        for number in range(1, world.count + 1):
            for kind in ("Penalty", "Permit", "AdministrativeAct", "Honour"):
                world.close(kind, f"fact-{number:07d}")
        world.commit(datetime.now(UTC) - timedelta(days=1), source="ends")
        queued = enqueue(reader(world), settings, store, name, by="张三")
        assert (queued.withdrawals, queued.shared) == (len(expected), 0)
        ended = send(settings, store, name, by="张三")
        assert (ended.accepted, ended.refused, partner.held) == (len(expected), 0, {})
        assert {*partner.stored.values()} == {1}


@pytest.mark.parametrize("name", IN)
def test_what_a_partner_has_is_a_fact_here(
    settings: Settings, store: OperationsStore, name: str
) -> None:
    settings.data.mkdir(exist_ok=True)
    with serving(Partner(Dialect(), pages={"": ([IN[name]], "c1")})) as partner:
        connect(settings, name, partner)
        taken = receive(settings, store, name, by="张三", into_graph=False)
    assert (taken.rows, taken.accepted, taken.problem) == (1, 1, None)
    assert len(FactLog(settings.log_dir).read(FACT[name])) == 1

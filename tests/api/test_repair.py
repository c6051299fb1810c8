"""A clerk's job: a record is found by its document, frozen, given back, repaired; every reader follows."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient
from typer.testing import CliRunner

import ingest
import ingest.repair.desk as desk
from api.app import create_app
from api.command_line import app as commands
from api.security import local_asker
from graph.catch_up import catch_up
from graph.identifiers import unified_social_credit_code as uscc
from graph.log import FactLog
from graph.settings import Settings
from graph.time import months_after, today
from ingest.repair import open_case, records_of
from queries.scope import ADMINISTRATOR

FIRM, BODY = uscc.complete("91610305MA9000017"), "116103050160001M1M"
#: Stands in everything that the penalties say.
MARK, NUMBERS = "暗标", ("暗标罚〔2026〕1号", "暗标罚〔2026〕2号", "暗标罚〔2026〕3号")


@pytest.fixture(scope="module")
def settings(office: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    path = tmp_path_factory.mktemp("repair") / "行政处罚.csv"
    rows = [
        {
            "行政相对人名称": "样样果业有限公司", "行政相对人类别": "法人及非法人组织",
            "行政相对人代码_1（统一社会信用代码）": FIRM, "行政处罚决定书文号": number,
            "违法行为类型": f"{MARK}类型", "违法事实": f"{MARK}事实", "处罚依据": f"{MARK}依据",
            "处罚类别": "其他", "处罚内容": f"{MARK}内容", "处罚决定日期": str(months_after(today(), -6)),
            "处罚机关": "样县应急管理局", "处罚机关统一社会信用代码": BODY, "当前状态": "",
        }
        for number in NUMBERS
    ]  # fmt: skip
    with path.open("w", encoding="utf-8", newline="") as stream:
        table = csv.DictWriter(stream, list(rows[0]))
        table.writeheader()
        table.writerows(rows)
    report = ingest.ingest("administrative_decision", [path], settings=office, into_graph=False)
    assert report.batches[0].quarantined == 0
    catch_up(office)
    return office


@pytest.fixture(scope="module")
def clerk(settings: Settings) -> Iterator[TestClient]:
    app = create_app(settings, answers_for=local_asker())
    with TestClient(app, "http://127.0.0.1", follow_redirects=True) as opened:
        # an engine that just started takes seconds over each question that it hears first
        services = app.state.services
        assert services.is_warm(services.reader(ADMINISTRATOR), within=120)
        yield opened


def told(clerk: TestClient) -> set[str]:
    """Which of the documents stand in the answers about the firm: in all of them, or in none."""
    key = f"org:{FIRM}"
    answers = {
        "adverse": clerk.post("/v1/questions/adverse_records", json={"key": key}),
        "records": clerk.post("/v1/questions/records", json={"key": key}),
        "route": clerk.get(f"/v1/parties/{key}/adverse"),
    }
    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(
        answers, 200
    )
    said = {name: {n for n in NUMBERS if n in answer.text} for name, answer in answers.items()}
    assert said == dict.fromkeys(said, said["adverse"])
    risk = clerk.get(f"/v1/parties/{key}/risk").text
    assert not any(number in risk for number in {*NUMBERS} - said["adverse"])
    return said["adverse"]


def opened(page: str) -> dict[str, str]:
    """The hidden fields of the first form of a record."""
    return {
        name: re.search(rf'name="{name}" value="([^"]+)"', page).group(1)  # type: ignore[union-attr]
        for name in ("record_kind", "record")
    }


def test_a_clerk_freezes_gives_back_and_repairs_and_every_reader_follows(
    clerk: TestClient, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert told(clerk) == {*NUMBERS}
    page = clerk.post("/repairs/records", data={"document_no": NUMBERS[0]}).text
    assert "样县应急管理局" in page and "文书没有写明" in page and "培训" in page
    about = opened(page)
    # an objection freezes at once
    page = clerk.post(
        "/repairs", data={**about, "kind": "objection", "by": "张三", "reason": "不属实"}
    )
    assert page.status_code == 200 and "已冻结" in page.text and "答复异议" in page.text
    assert told(clerk) == {*NUMBERS[1:]}
    number = int(str(page.url).rsplit("/", 1)[1])
    acts = f"/repairs/{number}/acts"
    page = clerk.post(acts, data={"act": "verify", "by": "张三", "reason": "已核对原文书"})
    page = clerk.post(acts, data={"act": "dismiss", "by": "张三", "reason": "处罚属实"})
    assert "异议不成立" in page.text and told(clerk) == {*NUMBERS}
    # a repair: the class is asked for, with who classed it
    form = {**about, "kind": "repair", "by": "张三", "corrected": "整改照片", "documents": "proof"}
    refused = clerk.post("/repairs", data=form)
    assert refused.status_code == 400 and "失信等级" in refused.text
    page = clerk.post(
        "/repairs", data=form | {"credit_class": "ordinary", "classed_by": "样县应急管理局"}
    )
    assert (
        "待受理" in page.text and "国家发展改革委令第36号" in page.text and "还缺证据" in page.text
    )
    number = int(str(page.url).rsplit("/", 1)[1])
    acts = f"/repairs/{number}/acts"
    rest = {"duties_performed": "缴款书", "minimum_over": "已满", "commitment": "已公示"}
    assert clerk.post(acts, data={"act": "accept", "by": "张三"}).status_code == 400
    assert clerk.post(acts, data={"act": "accept", "by": "张三", **rest}).status_code == 200
    clerk.post(acts, data={"act": "propose", "by": "张三", "reason": "条件齐备"})
    alone = clerk.post(acts, data={"act": "approve", "by": "张三"})
    assert alone.status_code == 400 and "另一位" in alone.text and told(clerk) == {*NUMBERS}
    page = clerk.post(acts, data={"act": "approve", "by": "李四"})
    assert "停止共享和使用" in page.text and told(clerk) == {*NUMBERS[1:]}
    page = clerk.post(acts, data={"act": "acknowledge", "by": "张三", "receiver": "credit_china"})
    assert page.text.count("尚未确认") == 4
    # the list says no document of what has ended, and route and command say the same
    assert NUMBERS[0] not in clerk.get("/repairs").text
    route = clerk.get("/v1/repairs").json()
    assert route.pop("next") is None
    monkeypatch.setenv("XINNONG_DATA", str(settings.data))
    done = CliRunner().invoke(commands, ["repair", "list", "--json"])
    assert json.loads(done.output) == route
    assert (route["total"], route["overdue"]) == (2, 0)
    one = CliRunner().invoke(commands, ["repair", "show", str(number), "--json"])
    assert json.loads(one.output) == clerk.get(f"/v1/repairs/{number}").json()
    assert CliRunner().invoke(commands, ["repair", "list"]).exit_code == 0
    assert CliRunner().invoke(commands, ["repair", "show", str(number)]).exit_code == 0


def test_an_annulment_over_the_interface_and_what_used_the_record(clerk: TestClient) -> None:
    [record] = clerk.post("/v1/repairs/records", json={"document_no": NUMBERS[1]}).json()["records"]
    assert record["ended"] is None and record["parties"] == [f"org:{FIRM}"]
    product = {"party": f"org:{FIRM}", "product": "startup_guaranteed_loan"}
    decision = clerk.post("/v1/decisions", json=product)
    stated = {"document_no": "复议〔2026〕1号", "annulled_on": str(today()), "reason": "复议撤销"}
    body = {"kind": "annulment", "record_kind": "Penalty", "record": record["key"], "by": "张三"}
    made = clerk.post("/v1/repairs", json=body | {"stated": stated})
    assert made.status_code == 201 and made.json()["case"]["state"] == "proposed"
    number = made.json()["case"]["number"]
    again = clerk.post("/v1/repairs", json=body | {"stated": stated})
    assert (again.status_code, again.json()["code"]) == (400, "case_open")
    acts = f"/v1/repairs/{number}/acts"
    own = clerk.post(acts, json={"act": "approve", "by": "张三"})
    assert (own.status_code, own.json()["code"]) == (400, "two_persons")
    done = clerk.post(acts, json={"act": "approve", "by": "李四"}).json()
    assert [item["code"] for item in done["clocks"]] == ["withdraw"] and done["carried_out"]
    assert not told(clerk) & {NUMBERS[1]}
    used = clerk.post("/v1/repairs/withdrawn", json={"record": record["key"]}).json()["used_by"]
    if decision.status_code < 300:
        assert [item["name"] for item in used] == [decision.json()["decision_id"]]
        assert decision.json()["decision_id"][:8] in clerk.get(f"/repairs/{number}").text
    training = {"conditions": {"training": "已参加"}}
    [first] = clerk.post("/v1/repairs/records", json={"document_no": NUMBERS[0]}).json()["records"]
    body = {"kind": "repair", "record_kind": "Penalty", "record": first["key"], "by": "张三"}
    refused = clerk.post("/v1/repairs", json=body | {"stated": training}).json()
    assert refused["code"] == "repair_condition_refused" and "培训" in refused["title"]
    assert clerk.get("/v1/repairs/99").status_code == 404 == clerk.get("/repairs/99").status_code


def test_what_a_killed_act_left_is_carried_out_when_the_service_starts(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: Any, **__: Any) -> int:
        raise KeyboardInterrupt

    [record] = records_of(settings, NUMBERS[2])
    with monkeypatch.context() as cut:
        cut.setattr(desk, "carry_out", killed)
        with pytest.raises(KeyboardInterrupt):
            open_case(
                settings, "objection", "Penalty", record.key, by="张三", stated={"reason": "不实"}
            )
    before = len(FactLog(settings.log_dir).batches())
    for _ in range(2):
        with TestClient(
            create_app(settings, answers_for=local_asker()), "http://127.0.0.1"
        ) as opened_again:
            assert NUMBERS[2] not in told(opened_again)
        assert len(FactLog(settings.log_dir).batches()) == before + 1

"""A bulletin is its bytes: what comes later changes nothing in it, and two persons stand behind it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

import ingest
from api.dependencies import services
from api.pages import bulletins as pages
from api.routes import bulletins as routes
from api.security import local_asker
from api.services import Services
from graph.errors import InputError, NotFoundError
from graph.operations import Bulletins
from graph.settings import Settings
from ingest.repair.withdrawn import withdrawals_of
from queries.bulletins import canonical, read_content
from queries.scope import Scope

MARKET, FARMS, PARKS = "11610305MB9T000114", "11610305MB9T0002XU", "11610305MB9T00038U"
HEAD = "单位名称,单位统一社会信用代码,行政行为类别,决定书文号,决定日期,不报送原因,不报送依据\n"
PENALTY = (
    "行政相对人名称,行政相对人类别,行政相对人代码_1（统一社会信用代码）,行政处罚决定书文号,违法行为类型,违法事实,"
    "处罚依据,处罚类别,处罚内容,罚款金额（万元）,处罚决定日期,处罚机关,处罚机关统一社会信用代码,上报日期\n"
)
POWERS = "权力名称,权力类别,实施依据,行政相对人类别,权力编码,实施机关,实施机关统一社会信用代码,施行日期\n"


def penalty(number: int, body: tuple[str, str], reported: str) -> str:
    return (
        f"凤翔样例果业有限公司,法人及非法人组织,91610305MA9T00018F,罚〔2026〕{number}号,标识,不合规标签,"
        f"食品安全法,罚款,罚款2000元,0.2,2026-03-02,{body[0]},{body[1]},{reported}\n"
    )


def take(settings: Settings, folder: Path, source: str, name: str, text: str) -> None:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    ingest.ingest(source, [path], settings=settings, into_graph=False)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Services]:
    settings = Settings(data=tmp_path / "data")
    market, farms = ("样例市场监督管理局", MARKET), ("样例农业农村局", FARMS)
    ledger = "".join(
        f"{name},{code},行政处罚,罚〔2026〕{n}号,2026-03-02,,\n"
        for name, code, n in ((*market, 1), (*market, 2), (*farms, 3), (*farms, 4))
    )
    take(settings, tmp_path, "decision_ledger", "决定台账.csv", HEAD + ledger)
    told = (
        penalty(1, market, "2026-03-11")
        + penalty(2, market, "2026-03-12")
        + penalty(3, farms, "2026-03-11")
    )
    take(settings, tmp_path, "administrative_decision", "处罚.csv", PENALTY + told)
    power = f"许可,1A,依据,法人和其他组织,1A1,样例园林局,{PARKS},2024-01-01\n"
    take(settings, tmp_path, "power_list", "权力清单.csv", POWERS + power)
    with Services(settings, reads_graph=False) as opened:
        yield opened


@pytest.fixture
def client(office: Services) -> Iterator[TestClient]:
    service = FastAPI()
    service.state.services = office
    service.state.asker = local_asker()
    service.include_router(pages.router)
    service.include_router(routes.router)
    service.dependency_overrides[services] = lambda: office
    with TestClient(service) as opened:
        yield opened


def write(client: TestClient, **more: Any) -> Any:
    body = {"period": "2026-03", "user": "王科员", "remarks": "农业农村局须补报。", **more}
    return client.post("/v1/bulletins", params={"as_of": "2026-05-20"}, json=body).json()


def content(client: TestClient, digest: str) -> Any:
    return client.get(f"/v1/bulletins/{digest}").json()["content"]


def test_ranks_are_of_those_who_reported(client: TestClient) -> None:
    said = content(client, write(client)["id"])
    ranked = [(unit["rank"], unit["name"], unit["reporting"]["value"]) for unit in said["units"]]
    assert ranked == [
        (1, "样例市场监督管理局", 1.0),
        (2, "样例农业农村局", 0.5),
        (None, "样例园林局", None),
    ]
    assert said["units"][2]["missing"] == ["2026-03"]
    assert said["overdue_repairs"] == 0


def test_what_comes_later_changes_nothing(
    client: TestClient, office: Services, tmp_path: Path
) -> None:
    first = write(client)
    page, sheet = (client.get(f"/bulletins/{first['id']}{end}") for end in ("", "/workbook"))
    # the same again is the same edition
    assert write(client)["id"] == first["id"]
    more = PENALTY + penalty(4, ("样例农业农村局", FARMS), "2026-03-11")
    take(office.settings, tmp_path, "administrative_decision", "处罚补.csv", more)
    assert client.get(f"/bulletins/{first['id']}").text == page.text
    assert client.get(f"/v1/bulletins/{first['id']}/workbook").content == sheet.content
    with pytest.raises(InputError) as raised:
        write(client)
    assert raised.value.cause_code == "correction_unsaid"
    second = write(client, why="漏计一件")
    assert (second["edition"], second["corrects"], second["why"]) == (2, first["id"], "漏计一件")
    [listed] = [item for item in client.get("/v1/bulletins").json() if item["id"] == first["id"]]
    assert listed["corrected_by"] == second["id"]
    assert content(client, second["id"])["units"][1]["reporting"]["value"] == 1.0
    assert "已有" in client.get(f"/bulletins/{first['id']}").text


def test_what_ended_since_is_counted_and_named_no_more(
    client: TestClient, office: Services, tmp_path: Path
) -> None:
    made = write(client, remarks="罚〔2026〕1号、罚[ 2026 ]2号应当补报。")
    before = Bulletins(office.store).find(made["id"]).content
    ends = PENALTY.replace("处罚决定日期,", "处罚决定日期,当前状态,")
    row = penalty(1, ("样例市场监督管理局", MARKET), "2026-03-11").replace(
        "2026-03-02,", "2026-03-02,撤销,"
    )
    take(office.settings, tmp_path, "administrative_decision", "处罚撤.csv", ends + row)
    told = client.get(f"/v1/bulletins/{made['id']}").json()
    assert told["withheld"] == 1
    said = read_content(json.dumps(told["content"]).encode())
    # the numbers stay, and so do the bytes with their name
    assert said.units == read_content(before).units and told["bulletin"]["id"] == made["id"]
    assert Bulletins(office.store).find(made["id"]).content == before
    for line in said.lines:
        for measure, count in line.counts.items():
            assert len(said.rows(measure, line.department, line.act_class)) == count, measure
    book = ZipFile(BytesIO(client.get(f"/bulletins/{made['id']}/workbook").content))
    rows = client.get(f"/bulletins/{made['id']}/rows", params={"measure": "reported"}).text
    for text in (
        json.dumps(told, ensure_ascii=False),
        client.get(f"/bulletins/{made['id']}").text,
        rows,
        book.read("xl/sharedStrings.xml").decode(),
    ):
        assert "罚〔2026〕1号" not in text
    assert rows.count("已停止公示") == 2 and "罚〔2026〕2号" in rows
    assert told["content"]["remarks"] == "（已停止公示）、罚[ 2026 ]2号应当补报。"
    page = client.get(f"/bulletins/{made['id']}").text
    assert "1 件在本通报编制之后" in page and "罚[ 2026 ]2号" in page
    # who does not see the whole district is not told which ended, and is named none
    client.app.state.asker = local_asker().seeing(Scope("一个村", ("610305100201",)))  # type: ignore[attr-defined]
    part = client.get(f"/v1/bulletins/{made['id']}").json()
    assert part["withheld"] == 4 and "罚〔2026〕" not in json.dumps(part, ensure_ascii=False)


def test_two_persons_stand_behind_it(client: TestClient) -> None:
    made = write(client)
    with pytest.raises(InputError) as raised:
        client.post(f"/v1/bulletins/{made['id']}/sign", json={"user": " 王科员"})
    assert raised.value.cause_code == "two_persons"
    assert "草稿" in client.get(f"/bulletins/{made['id']}").text
    passed = client.post(f"/bulletins/{made['id']}/sign", data={"user": "李主任"})
    assert "李主任 于" in passed.text and "草稿" not in passed.text
    with pytest.raises(NotFoundError):
        client.post(f"/v1/bulletins/{'0' * 64}/sign", json={"user": "李主任"})


def test_every_number_leads_to_its_rows(client: TestClient) -> None:
    made = write(client)
    said = read_content(json.dumps(content(client, made["id"])).encode())
    for line in said.lines:
        for measure, count in line.counts.items():
            assert len(said.rows(measure, line.department, line.act_class)) == count, measure
    [row] = said.rows("late")
    assert row.document == f"penalty:{MARKET}:罚〔2026〕2号"
    text = client.get(f"/bulletins/{made['id']}/rows", params={"measure": "late"}).text
    assert row.document in text and "91610305MA9T00018F" not in text
    assert canonical(said) == canonical(read_content(canonical(said)))


def test_a_withdrawal_finds_who_used_a_record(client: TestClient, office: Services) -> None:
    made = write(client)
    [found] = withdrawals_of(office.settings, f"penalty:{MARKET}:罚〔2026〕1号:05MA9T00018F")
    assert (found.kind, found.name) == ("bulletin", made["id"])
    assert withdrawals_of(office.settings, f"penalty:{MARKET}:罚〔2026〕99号:05MA9T00018F") == []


def test_page_and_workbook_name_nobody_and_need_no_script(client: TestClient) -> None:
    made = write(client)
    text = client.get(f"/bulletins/{made['id']}").text
    assert "<svg" in text and "<script" not in text.partition("<main")[2] and "style=" not in text
    assert "农业农村局须补报" in text and "果业" not in text
    book = ZipFile(BytesIO(client.get(f"/bulletins/{made['id']}/workbook").content))
    words = book.read("xl/sharedStrings.xml").decode()
    assert (
        "样例市场监督管理局" in words and "果业" not in words and "91610305MA9T00018F" not in words
    )
    quarter = write(client, period="2026-Q1")
    assert quarter["title"] == "双公示季点评（2026-Q1）"

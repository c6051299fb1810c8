"""Wrong codes as people meet them: command, route and page say the same; a round from list to result."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from fastapi import FastAPI
from outline import Outline
from starlette.testclient import TestClient
from typer.testing import CliRunner

from api.command_line import app
from api.pages.code_errors import router as pages
from api.routes.code_errors import router as routes
from api.security import local_asker
from api.services import Services
from graph.errors import InputError
from graph.identifiers import unified_social_credit_code as uscc
from graph.settings import Settings
from ingest import ingest

FIRM, NEW = (uscc.complete(f"91610305MA9C079{n}") for n in (1, 2))
ODD = FIRM[:17] + ("1" if FIRM[17] != "1" else "2")
COURT = "被执行人名称,被执行人证件号码,执行法院,执行依据文号,案号,失信行为具体情形,发布日期\n"
LISTED = "{},{},样本区人民法院,（2024）样民初{}号,（2024）样执{}号,违反财产报告制度,2025-11-10\n"
SUMMARY = (
    "轮次,统一社会信用代码,主体名称,重错码类型\n"
    f"2023,{ODD},样异厂,校验码错误\n2023,{FIRM},样甲厂,重码\n2023,{FIRM},样乙厂,重码\n"
)


def take(settings: Settings, source: str, name: str, text: str) -> tuple[int, int]:
    path = settings.data.parent / name
    path.write_text(text, encoding="utf-8")
    (report,) = ingest(source, [path], settings=settings, into_graph=False).batches
    return report.accepted, report.quarantined


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """An office that took a firm, refused a wrong code and a person's number, and has a round."""
    monkeypatch.setenv("XINNONG_DATA", str(tmp_path / "data"))
    settings = Settings()
    listed = COURT + LISTED.format("样甲厂", FIRM, 1, 1) + LISTED.format("样异厂", ODD, 2, 2)
    assert take(settings, "judgment_defaulter", "失信被执行人.csv", listed) == (1, 1)
    assert take(settings, "code_error_list", "重错码汇总表.csv", SUMMARY) == (3, 0)
    return settings


@pytest.fixture
def client(office: Settings) -> Iterator[TestClient]:
    """Routes and pages over the office's log; no question goes to the graph."""
    service = FastAPI()
    service.include_router(routes)
    service.include_router(pages)
    with Services(office, reads_graph=False) as opened:
        service.state.services, service.state.asker = opened, local_asker()
        with TestClient(service, follow_redirects=True) as client:
            yield client


def command(*words: str) -> dict[str, object]:
    done = CliRunner().invoke(app, [*words, "--json"], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    found: dict[str, object] = json.loads(done.stdout)
    return found


def test_command_route_and_page_say_the_same(client: TestClient) -> None:
    said = client.get("/v1/code-errors").json()
    told = command("code-errors", "show")
    for name in ("codes", "records", "kinds", "registrars", "errors", "total"):
        assert told[name] == said[name], name
    assert said["codes"] == {"numerator": 1, "denominator": 2, "ratio": 0.5}
    assert said["records"] == {"numerator": 1, "denominator": 2, "ratio": 0.5}
    (error,) = said["errors"]
    assert (error["code"], error["kind"], error["state"]) == (ODD, "CHECK_DIGIT", "open")
    assert error["rows"][0]["row"] == 3 and error["rows"][0]["refused"]
    page = client.get("/code-errors").text
    outline = Outline(page)
    assert not outline.wrong
    assert "1 / 2（50.0000%）" in outline.text and ODD in outline.text
    for load in said["registrars"]:
        assert load["registrar"] in outline.text and load["to_do"][0][2] in outline.text
    only = client.get("/code-errors", params={"kind": "STATUS"}).text
    assert "0 条" in only
    assert client.get("/v1/code-errors", params={"kind": "STATUS"}).json()["total"] == 0


def test_what_is_confirmed_is_counted_apart_and_can_be_taken_back(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[str] = []

    # how a row comes in again is tested where it does; here no engine follows
    def admit(code: str, **_: object) -> tuple[()]:
        taken.append(code)
        return ()

    monkeypatch.setattr("ingest.code_errors.readmit", admit)
    form = {"code": ODD, "kind": "CHECK_DIGIT", "by": "王五", "evidence": "营业执照副本原件"}
    page = client.post("/code-errors/exceptions", data=form)
    assert "营业执照副本原件" in page.text and taken == [ODD]
    said = client.get("/v1/code-errors").json()
    assert said["codes"]["numerator"] == 0
    assert [item["state"] for item in said["errors"]] == ["confirmed"]
    (held,) = client.get("/v1/code-exceptions").json()
    end = {"by": "赵六", "because": "证照系伪造"}
    assert client.post(f"/v1/code-exceptions/{held['number']}/end", json=end).json()["ended_by"]
    assert client.get("/v1/code-errors").json()["codes"]["numerator"] == 1
    for wrong in ({"kind": "LENGTH"}, {"code": "610322200406307817"}, {"evidence": ""}, {"by": ""}):
        with pytest.raises(InputError):
            client.post("/v1/code-exceptions", json={**form, **wrong})


def test_a_round_from_the_list_to_the_result(
    client: TestClient, office: Settings, tmp_path: Path
) -> None:
    now = client.get("/v1/code-rounds/2023").json()
    assert (now["rule"]["allowed"], len(now["lines"]), now["file"]) == ([1], 3, None)
    items = {line["name"]: line["item"] for line in now["lines"]}
    with pytest.raises(InputError) as refused:
        client.post("/v1/code-rounds/2023/returns", json={"by": "王五"})
    assert refused.value.cause_code == "return_incomplete"
    choice = {"item": items["样异厂"], "operation": 2, "by": "王五"}
    with pytest.raises(InputError) as refused:
        client.post("/v1/code-rounds/2023/choices", json=choice)
    assert refused.value.cause_code == "operation_not_allowed"
    for name, item in items.items():
        form = {"item": item, "operation": "1", "by": "王五", "note": f"{name}已查明"}
        page = client.post("/code-errors/rounds/2023/choices", data=form)
        assert not Outline(page.text).wrong
    printed = client.post("/code-errors/rounds/2023/returns", data={"by": "王五"})
    file = str(printed.url).rpartition("/")[2]
    outline = Outline(printed.text)
    assert not outline.wrong and file in outline.text
    # the electronic copy carries what the printed one carries, and is the same every time
    again, book = (client.get(f"/code-errors/returns/{file}/workbook").content for _ in range(2))
    assert again == book
    sheets = pd.read_excel(
        io.BytesIO(book), sheet_name=None, dtype=str, header=None, engine="calamine"
    )
    seal = dict(sheets["校验"].to_numpy().tolist())
    assert seal["校验码（SHA-256）"] == file and seal["合计"] == "3 行" and seal["1 删除"] == "3 行"
    for title, told in seal.items():
        assert title in outline.text and told in outline.text
    rows = sheets["纠错回传标准格式表"].to_numpy().tolist()
    assert len(rows) == 4 and {row[5] for row in rows[1:]} == {"1"}
    done = CliRunner().invoke(
        app, ["code-errors", "return", "2023", "--by", "王五", "--out", str(tmp_path)]
    )
    assert done.exit_code == 0 and file in done.stdout
    assert (tmp_path / "纠错回传标准格式表-2023.xlsx").read_bytes() == book
    # the same list again changes nothing; what the province answers is told line by line
    assert take(office, "code_error_list", "重错码汇总表.csv", SUMMARY) == (0, 0)
    result = f"轮次,统一社会信用代码,主体名称,处理结果,退回原因\n2023,{ODD},样异厂,通过,\n2023,{FIRM},样甲厂,退回,附件不全\n"
    assert take(office, "code_error_list", "纠错结果.csv", result) == (2, 0)
    now = client.get("/v1/code-rounds/2023").json()
    assert now["corrected"] == {"numerator": 1, "denominator": 3, "ratio": pytest.approx(1 / 3)}
    assert command("code-errors", "round", "2023")["corrected"] == now["corrected"]
    text = Outline(client.get("/code-errors/rounds/2023").text).text
    assert "已纠正" in text and re.search("退回：附件不全", text)


def test_a_round_is_entered_from_its_notice(client: TestClient) -> None:
    body = {"allowed": [0, 1], "notice": "样函〔2026〕1号", "by": "王五"}
    assert client.put("/v1/code-rounds/2023", json=body).json()["allowed"] == [0, 1]
    now = client.get("/v1/code-rounds/2023").json()
    assert (now["rule"]["allowed"], now["rule"]["notice"]) == ([0, 1], "样函〔2026〕1号")
    items = [line for line in now["lines"] if line["code"] == FIRM]
    for line, new in zip(items, ("", NEW), strict=True):
        choice = {"item": line["item"], "operation": 0, "new_code": new, "by": "王五"}
        now = client.post("/v1/code-rounds/2023/choices", json=choice).json()
    assert any("没有填新代码" in each["message_zh"] for each in now["problems"])
    with pytest.raises(InputError):
        client.put("/v1/code-rounds/2026", json={**body_of(), "allowed": [3]})


def body_of() -> dict[str, object]:
    return {"allowed": [1], "notice": "样函〔2026〕2号", "by": "王五"}

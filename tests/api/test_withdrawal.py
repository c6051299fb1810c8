"""A wrong file is taken back: over HTTP, on the page of its batch, by command, on a real engine."""

from __future__ import annotations

import hashlib
import json
import re
import time
from pathlib import Path
from typing import Any

import pytest
from outline import Outline
from starlette.testclient import TestClient
from typer.testing import CliRunner

from api.command_line import app
from graph.log import FactLog
from graph.settings import Settings
from queries.scope import ADMINISTRATOR

HEAD = ("金融机构编码,金融机构名称,借据号,借款人名称,借款人证件号码,借款金额（万元）,发放日期,"
        "到期日期,贷款余额（万元）,五级分类,数据日期\n")  # fmt: skip
LOAN = "C1402610305001,样本行,J{},张三,61032219750315001X,0.2,2026-01-05,2027-01-05,0.2,{},{}\n"
RIGHT = HEAD + LOAN.format(1, "正常", "2026-01-31")
WRONG = HEAD + LOAN.format(1, "次级", "2026-02-28") + LOAN.format(2, "优良", "2026-02-28")


def send(clerk: TestClient, name: str, text: str) -> str:
    """Upload a file and wait for it; returns the batch that it became."""
    content = text.encode()
    answer = clerk.post(
        "/v1/batches",
        data={"source": "loan", "sha256": hashlib.sha256(content).hexdigest()},
        files={"content": (name, content)},
    )
    assert answer.status_code == 202, answer.text
    upload = answer.json()["id"]
    while (told := clerk.get(f"/v1/batches/{upload}").json())["state"] not in {"done", "failed"}:
        time.sleep(0.05)
    assert told["state"] == "done", told
    return str(told["result"]["batches"][0]["batch"])


def grades(clerk: TestClient) -> list[str]:
    """What the graph says of the borrower's loans."""
    services: Any = clerk.app.state.services  # type: ignore[attr-defined]
    key = services.log.read("BORROWED")["from_key"].to_pylist()[0]
    return [row["loan_class"] for row in services.reader(ADMINISTRATOR).ask("loans", key=key).rows]


def withdraw(clerk: TestClient, batch: str, **body: object) -> Any:
    return clerk.post(f"/v1/batches/{batch}/withdrawal", json=body)


def test_over_http(clerk: TestClient) -> None:
    first, wrong = send(clerk, "一月.csv", RIGHT), send(clerk, "错.csv", WRONG)
    assert grades(clerk) == ["substandard"]
    seen = withdraw(clerk, wrong, dry_run=True).json()
    assert (seen["state"], seen["position"], seen["released"]) == ("possible", 2, 1)
    assert seen["leaves"]["LoanState"] >= 1 and seen["withdrawn_by"] is None
    assert clerk.get(f"/v1/batches/{wrong}").json()["withdrawal"] is None
    for batch, body, status, code in (
        ("none", {"by": "李四", "reason": "错"}, 404, "batch_unknown"),
        (wrong, {"by": "李四"}, 400, "reason_missing"),
        (wrong, {"reason": "错"}, 400, "user_missing"),
        (wrong, {"by": "李四", "reason": "错", "force": True}, 422, "request_malformed"),
        (first, {"by": "李四", "reason": "错"}, 400, "batch_not_last"),
    ):
        answer = withdraw(clerk, batch, **body)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert clerk.get("/v1/worklist").json()["total"] == 1
    done = withdraw(clerk, wrong, by="李四", reason="别县的文件").json()
    assert (done["state"], done["withdrawn_by"], done["by"]) == ("withdrawn", 3, "李四")
    assert done["leaves"] == seen["leaves"]
    # the graph has followed, nothing waits for correction, and the ledger says so
    assert clerk.get("/readyz").json() == {"status": "ok", "graph_position": 3, "log_position": 3}
    assert grades(clerk) == ["pass"]
    assert clerk.get("/v1/worklist").json()["total"] == 0
    ledger = {item["batch"]: item["state"] for item in clerk.get("/v1/batches").json()}
    assert ledger == {first: "done", wrong: "withdrawn"}
    told = clerk.get(f"/v1/batches/{wrong}").json()
    assert told["withdrawal"]["reason"] == "别县的文件" and told["withdrawal"]["position"] == 3
    assert withdraw(clerk, wrong, by="王五", reason="又").json()["state"] == "already"
    assert withdraw(clerk, "3", by="王五", reason="又").json()["code"] == "withdrawal_of_withdrawal"


def test_sent_again_it_is_taken_in_again_and_taken_back_on_the_page(
    clerk: TestClient, office: Settings
) -> None:
    wrong = send(clerk, "错.csv", WRONG)
    assert wrong.endswith("-2") and grades(clerk) == ["substandard"]
    key = FactLog(office.log_dir).read("BORROWED")["from_key"].to_pylist()[0]
    kept = clerk.post(
        f"/parties/{key}/decisions", data={"action": "keep", "product": "farmer_small_credit_loan"}
    )
    assert kept.status_code == 200
    listed = Outline(clerk.get("/deliveries").text)
    assert {"/deliveries/1", "/deliveries/4"} <= set(listed.links)
    page = Outline(clerk.get("/deliveries/4").text)
    assert not page.wrong, page.wrong
    for words in ("第 4 批：错.csv", "现在还没有写入任何内容", "涉及已存档的判定 1 份",
                  "这一批退回的 1 行不再等待更正", "贷款状态"):  # fmt: skip
        assert words in page.text, words
    # an earlier one says what has to go first, and offers no button
    earlier = clerk.get("/deliveries/1").text
    assert "请从最后一批起依次撤销" in earlier and 'action="/deliveries/' not in earlier
    form = {"by": "李四", "reason": "去年的<名单>"}
    foreign = clerk.post(
        "/deliveries/4/withdrawal", data=form, headers={"origin": "http://elsewhere"}
    )
    assert foreign.status_code == 403 and grades(clerk) == ["substandard"]
    assert clerk.post("/deliveries/4/withdrawal", data={"by": "李四"}).status_code == 400
    done = clerk.post("/deliveries/4/withdrawal", data=form)
    assert done.status_code == 200 and not Outline(done.text).wrong
    assert "李四于北京时间" in done.text and "去年的&lt;名单&gt;" in done.text
    assert 'action="/deliveries/' not in done.text
    assert grades(clerk) == ["pass"]
    assert "已撤销" in clerk.get("/deliveries").text
    assert clerk.get("/deliveries/99").status_code == 404
    # a withdrawal has its page too, and says how it is undone
    assert "请重新导入原文件" in clerk.get("/deliveries/5").text
    bare = clerk.get("/deliveries/4").text
    assert not re.search(r"<script|onclick", bare.partition("<main")[2])


@pytest.fixture
def run(office: Settings, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("XINNONG_DATA", str(office.data))
    monkeypatch.setenv("XINNONG_ENGINE_HEAP_MB", "512")

    def ran(*arguments: str) -> Any:
        return CliRunner().invoke(app, arguments)

    return ran


def test_by_command(clerk: TestClient, run: Any, tmp_path: Path) -> None:
    path = tmp_path / "又错.csv"
    path.write_text(WRONG.replace("0.2,次级", "0.1,次级"), encoding="utf-8")
    told = run("ingest", "loan", str(path))
    assert told.exit_code == 0 and re.search(r"│ *6 *│ *又错", told.stdout), told.stdout
    dry = run("withdraw", "6", "--dry-run")
    assert dry.exit_code == 0, dry.output
    assert "试运行，没有写入任何内容" in dry.stdout and "涉及的已存判定" in dry.stdout
    assert "退回的 1 行不再等待更正" in dry.output
    assert json.loads(run("withdraw", "6", "--dry-run", "--json").stdout)["state"] == "possible"
    refused = run("withdraw", "6").exception
    assert refused.cause_code == "reason_missing"
    done = run("withdraw", "6", "--reason", "送错了", "--by", "李四")
    assert done.exit_code == 0, done.output
    assert "已撤销" in done.stdout and "李四 撤销，记为第 7 批，原因：送错了" in done.output
    assert grades(clerk) == ["pass"]
    again = run("withdraw", "6", "--reason", "送错了")
    assert "此前已经撤销，未作任何改动" in again.stdout
    assert len(FactLog(Settings().log_dir).batches()) == 7
    assert FactLog(Settings().log_dir).verify() == []

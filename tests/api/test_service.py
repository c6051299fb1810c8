"""The service and the commands over a small ingested district, on a real engine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from outline import Outline
from starlette.testclient import TestClient

from graph.log import FactLog
from graph.settings import Settings
from graph.time import utc_now
from queries.eligibility import packaged
from queries.eligibility.facts.paper import PARTICULARS
from queries.scope import ADMINISTRATOR

PRODUCT = "farmer_small_credit_loan"


def test_health(client: TestClient) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    ready = client.get("/readyz").json()
    assert ready == {"status": "ok", "graph_position": 9, "log_position": 9}


def test_every_answer_has_its_basis(client: TestClient, guarantor: str) -> None:
    answers = [
        client.post("/v1/parties/search", json={"text": "样本"}).json(),
        client.get(f"/v1/parties/{guarantor}").json(),
        client.get(f"/v1/parties/{guarantor}/loans").json(),
        client.get(f"/v1/parties/{guarantor}/neighbourhood").json(),
        client.get(f"/v1/parties/{guarantor}/guarantees").json()["given"],
        client.get(f"/v1/parties/{guarantor}/risk").json(),
        client.post("/v1/decisions", json={"product": PRODUCT, "party": guarantor}).json(),
        client.post("/v1/questions/loans", json={"key": guarantor}).json(),
    ]
    for answer in answers:
        assert answer["basis"]["position"] == 9
        assert answer["basis"]["as_of"]
    assert answers[4]["rows"]


def test_a_resident_id_finds_its_person(client: TestClient, district: Settings) -> None:
    text = (district.data / "district" / "农户信息.csv").read_text(encoding="gb18030")
    head, first = (line.split(",") for line in text.splitlines()[:2])
    row = dict(zip(head, first, strict=True))
    found = client.post("/v1/parties/search", json={"text": row["公民身份号码"]})
    assert [item["name"] for item in found.json()["rows"]] == [row["姓名"]]
    assert row["公民身份号码"] not in found.text


def test_the_command_searches_by_an_identity_that_is_typed(district: Settings) -> None:
    text = (district.data / "district" / "农户信息.csv").read_text(encoding="gb18030")
    head, first = (line.split(",") for line in text.splitlines()[:2])
    row = dict(zip(head, first, strict=True))
    done = run(district, "search", "--json", typed=row["公民身份号码"] + "\n")
    assert [item["name"] for item in json.loads(done.stdout)["rows"]] == [row["姓名"]], done.stderr
    assert row["公民身份号码"] not in done.stdout + done.stderr
    assert row["姓名"][0] in run(district, "search", row["姓名"]).stdout
    wrong = run(district, "search", "91610305MA6X00Q100")
    assert "统一社会信用代码" in wrong.stderr


def test_no_raw_identity_is_stored(district: Settings) -> None:
    text = (district.data / "district" / "农户信息.csv").read_text(encoding="gb18030")
    place = text.splitlines()[0].split(",").index("公民身份号码")
    ids = {line.split(",")[place].encode() for line in text.splitlines()[1:50]}
    stored = b"".join(path.read_bytes() for path in district.log_dir.rglob("*.json"))
    for table in FactLog(district.log_dir).batches():
        for kind in table.kinds:
            stored += str(FactLog(district.log_dir).facts(table, kind).to_pylist()).encode()
    assert not [item for item in ids if item in stored]


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("GET", "/v1/parties/person:none/risk", None, 404, "party_unknown"),
        ("POST", "/v1/decisions", {"product": "x", "party": "y"}, 404, "product_unknown"),
        ("POST", "/v1/decisions", {"product": PRODUCT}, 422, "request_malformed"),
        ("POST", "/v1/questions/nothing", {}, 404, "question_unknown"),
        ("POST", "/v1/questions/loans", {}, 400, "parameter_missing"),
        ("GET", "/v1/nothing", None, 404, "http_404"),
    ],
)
def test_problems(
    client: TestClient, method: str, path: str, body: object, status: int, code: str
) -> None:
    answer = client.request(method, path, json=body)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == code


def test_who_is_unknown_is_unknown_on_every_route(client: TestClient, guarantor: str) -> None:
    """One answer for one fact: an empty list would read as if there were nothing to say."""
    paths = client.get("/v1/openapi.json").json()["paths"]
    bodies: dict[str, object] = {
        "/v1/parties/{key}/risk/what-if": {"without_ties": ["x"]},
        "/v1/parties/{key}/case-files": {"purpose": "核查", "by": "张三"},
    }
    asked = 0
    for path, methods in paths.items():
        for method in methods if "{key}" in path else ():
            url, body = path.replace("{key}", "person:nobody"), bodies.get(path)
            answer = client.request(method, url, json=body)
            # who takes part in no points is told from nobody
            code = "points_none" if path.endswith("/points") else "party_unknown"
            assert (answer.status_code, answer.json().get("code")) == (404, code), path
            asked += 1
    assert asked >= 14
    for item in client.get("/v1/questions").json():
        if {"key", "other"} & set(item["parameters"]):
            given = {name: guarantor for name in ("key",) if "other" in item["parameters"]}
            unknown = {name: "person:nobody" for name in ("key", "other")
                       if name in item["parameters"] and name not in given}  # fmt: skip
            answer = client.post(f"/v1/questions/{item['name']}", json={**given, **unknown})
            if item["name"] in ("same_as", "known_party", "merged_keys", "decision_records"):
                assert answer.status_code == 200, item["name"]
            else:
                assert answer.json().get("code") == "party_unknown", item["name"]
    assert client.post(
        "/v1/decisions", json={"product": PRODUCT, "party": "person:nobody"}
    ).json()["code"] == "party_unknown"  # fmt: skip


def test_what_will_be_known_is_known_by_nobody(
    client: TestClient, district: Settings, guarantor: str
) -> None:
    ahead = (utc_now() + timedelta(days=1)).isoformat()
    answer = client.post("/v1/questions/loans", json={"key": guarantor, "known_at": ahead})
    assert (answer.status_code, answer.json()["code"]) == (400, "known_at_future")
    # as of which batch an answer is, is as it was then: the same on every day that one asks
    then = FactLog(district.log_dir).batches()[5].known_at.isoformat()
    for _ in range(2):
        told = client.post("/v1/questions/loans", json={"key": guarantor, "known_at": then}).json()
        assert (told["basis"]["position"], told["basis"]["known_at"]) == (6, then)
    asked = run(district, "ask", "loans", f"key={guarantor}", f"known_at={ahead}")
    taken = run(district, "ingest", "regions", str(district.data / "district" / "行政区划.csv"),
                "--known-at", ahead, "--dry-run")  # fmt: skip
    for done in (asked, taken):
        assert (done.returncode, "不能晚于现在" in done.stderr) == (1, True), done.stderr


def test_paper_settles_what_the_graph_leaves_open(client: TestClient, district: Settings) -> None:
    log = FactLog(district.log_dir)
    borrowers = set(log.read("BORROWED")["from_key"].to_pylist())
    listed = set(log.read("SUBJECT_OF")["from_key"].to_pylist())
    seen = set()
    houses = [
        row["from_key"]
        for row in log.read("BELONGS_TO").to_pylist()
        if row["role"] == "householder" and row["from_key"] not in listed
    ]
    lent = [party for party in houses if party in borrowers]
    free = [party for party in houses if party not in borrowers]
    for party in lent[:2] + free[:30]:
        if ("待补充", "符合") in seen:
            break  # a decision takes its time, and one of the young is enough
        body = {"product": PRODUCT, "party": party}
        open_verdict = client.post("/v1/decisions", json=body).json()["verdict"]
        paper = {
            "any_loan": False, "consent": True, "purpose_lawful": True, "severe_listing": False,
            "private_debt_fen": 0, "external_guarantee_fen": 0, "annual_income_fen": 9_000_000,
            "annual_expense_fen": 1_000_000, "credit_grade": "A", "household_owed_fen": 0,
            "household_other_operating_loan": False,
        }  # fmt: skip
        settled = client.post("/v1/decisions", json={**body, "supplied": paper}).json()
        # before anybody has signed, no loan is looked at: whoever fails does so by his age
        assert (open_verdict, settled["verdict"]) != ("不符合", "符合")
        # paper fills gaps; it never undoes a loan that a source proves
        if party in borrowers:
            assert settled["verdict"] == "不符合"
        else:
            assert settled["verdict"] in {"符合", "不符合"}
        assert settled["missing"] == []
        seen.add((open_verdict, settled["verdict"]))
    assert lent and ("待补充", "符合") in seen, seen


def test_what_cannot_be_supplied_is_refused(client: TestClient, guarantor: str) -> None:
    body = {"product": PRODUCT, "party": guarantor, "supplied": {"party_kind": "Person"}}
    answer = client.post("/v1/decisions", json=body)
    assert answer.json()["code"] == "fact_not_suppliable"


def test_the_page_shows_the_answers(client: TestClient, guarantor: str) -> None:
    page = client.get(f"/parties/{guarantor}").text
    for words in ("基本情况", "担保", "风险", "周边", "农户小额信用贷款（首贷）", "首贷口径",
                  "关联提示仅供参考，不作为认定失信或惩戒依据", "未启用登录，", "仅限本机访问", "<svg"):  # fmt: skip
        assert words in page
    given = client.get(f"/v1/parties/{guarantor}/guarantees").json()["given"]["rows"][0]
    assert given["other_name"] in page
    assert "http://" not in page and "https://" not in page
    assert "没有找到" in client.post("/", data={"text": "查无此名"}).text
    missing = client.get("/parties/person:none")
    assert missing.status_code == 404 and "这一步没有完成" in missing.text


def test_a_hypothesis_is_marked_and_changes_no_answer(
    client: TestClient, district: Settings
) -> None:
    """The guarantor of a borrower in trouble, once more without the guarantee."""
    told = next(
        answer
        for key in sorted(set(FactLog(district.log_dir).read("GUARANTEES")["from_key"].to_pylist()))
        if (answer := client.get(f"/v1/parties/{key}/risk").json())["linked"]["paths"]
    )
    tie = told["linked"]["paths"][0]["hops"][-1]["ties"][0]["fact_id"]
    url = f"/v1/parties/{told['party']}/risk"
    found = client.post(f"{url}/what-if", json={"without_ties": [tie]}).json()
    assert found["hypothetical"] is True and "假设推演" in found["notice"]
    assert found["before"] == pytest.approx(told["score"], rel=1e-12)
    assert found["after"] < found["before"]
    assert found["basis"]["position"] == 9
    assert client.get(url).json() == told
    refused = client.post(f"{url}/what-if", json={"without_ties": ["nothing"]})
    assert (refused.status_code, refused.json()["code"]) == (404, "fact_unknown")
    assert client.post(f"{url}/what-if", json={}).json()["code"] == "nothing_left_out"
    page = client.get(f"/parties/{told['party']}").text
    assert told["linked"]["paths"][0]["sentence"] in page and "依据" in page
    by_command = run(district, "risk", told["party"], "--without", tie, "--json")
    assert json.loads(by_command.stdout)["after"] == found["after"]
    assert "假设推演" in run(district, "risk", told["party"], "--without", tie).stdout


def test_papers_are_laid_down_and_a_decision_is_kept(client: TestClient, guarantor: str) -> None:
    path = f"/parties/{guarantor}/decisions"
    for words in ("苹果贷（果业贷）", "创业担保贷款", "书面授权书", "下一步", "征信业管理条例"):
        assert words in client.get(path).text
    papers = {"consent": "是", "farm_purpose": "是", "orchard_insured": "", "owed_fen": "1,234.56",
              **particulars("书面授权书", "A7"), **particulars("贷款用途声明和凭证", "无"),
              **particulars("征信报告", "R1")}  # fmt: skip
    looked = client.post(path, data={**papers, "action": "look"})
    assert '<option value="是" selected>' in looked.text
    kept = client.post(path, data={**papers, "action": "keep", "product": "apple_loan"})
    assert kept.status_code == 200 and "条件判定书" in kept.text and "客户经理" in kept.text
    name = kept.url.path.rsplit("/", 1)[1]
    record = client.get(f"/v1/decisions/{name}").json()["record"]
    assert record["product"]["id"] == "apple_loan" and record["consent"]["value"] is True
    owed = record["inputs"]["owed_fen"]
    assert (owed["value"], owed["source"]) == (123_456, "征信报告 R1")
    assert (owed["stated_on"], owed["issuer"], owed["seen_by"]) == (
        "2026-11-02",
        "征信中心",
        "张三",
    )
    form = Outline(kept.text).text
    for words in ("凭以办理的材料", "征信中心", "张三", "2026-11-02", "无编号"):
        assert words in form, words
    replayed = client.post(f"/v1/decisions/{name}/replay").json()
    assert (replayed["same"], replayed["gathered_same"]) == (True, True)
    assert client.get(f"/v1/decisions/{'0' * 64}").json()["code"] == "decision_unknown"
    wrong = client.post(path, data={"consent": "也许", "action": "look"})
    assert wrong.status_code == 422 and "应填“是”或“否”" in wrong.text


def particulars(document: str, number: str) -> dict[str, str]:
    return {
        f"reference@{document}": number, f"stated_on@{document}": "2026-11-02",
        f"issuer@{document}": "征信中心", f"seen_by@{document}": "张三",
    }  # fmt: skip


@pytest.mark.parametrize("lacking", ["reference", "stated_on", "issuer", "seen_by"])
def test_a_tick_is_no_document(client: TestClient, guarantor: str, lacking: str) -> None:
    path = f"/parties/{guarantor}/decisions"
    number = f"R-{list(PARTICULARS).index(lacking)}"
    given = {
        "own_overdue": "否",
        **particulars("征信报告", number),
        "product": "startup_guaranteed_loan",
    }
    del given[f"{lacking}@征信报告"]
    before = len(client.app.state.services.reader(ADMINISTRATOR).kept_decisions())  # type: ignore[attr-defined]
    refused = client.post(path, data={**given, "action": "keep"})
    assert refused.status_code == 422 and refused.url.path.endswith("/decisions")
    page = Outline(refused.text)
    word = PARTICULARS[lacking]
    assert not page.wrong
    assert "没有存档" in page.text and f"征信报告：还缺{word}" in page.text
    # nothing that was typed is lost, nor is the product that was chosen
    for field, value in given.items():
        if "@" in field:
            assert f'name="{field}" value="{value}"' in refused.text
    assert 'name="keep" value="startup_guaranteed_loan" aria-label="再次存档' in refused.text
    # a look may try it, and says what is to come
    looked = client.post(path, data={**given, "action": "look"})
    assert looked.status_code == 200 and "存档前还须补齐" in looked.text
    kept = client.post(path, data={**given, **particulars("征信报告", number), "action": "keep"})
    assert kept.status_code == 200 and "条件判定书" in kept.text
    assert len(client.app.state.services.reader(ADMINISTRATOR).kept_decisions()) == before + 1  # type: ignore[attr-defined]
    future = {**given, **particulars("征信报告", number), "stated_on@征信报告": "2999-01-01"}
    wrong = client.post(path, data={**future, "action": "keep"})
    assert (
        wrong.status_code == 422
        and "晚于查询日" in wrong.text
        and f'value="{number}"' in wrong.text
    )


def test_products_and_many_decisions(client: TestClient, guarantor: str) -> None:
    listed = client.get("/v1/products").json()
    assert len(listed) == len(packaged())
    first = listed[0]
    whole = client.get(f"/v1/products/{first['id']}/versions/2026.1").json()
    assert whole["hash"] == first["versions"][0]["hash"] and whole["said"]["consent"]
    missing = client.get(f"/v1/products/{first['id']}/versions/1900")
    assert missing.json()["code"] == "version_unknown"
    body = {"product": PRODUCT, "parties": [guarantor, "person:none", guarantor]}
    answer = client.post("/v1/decisions/many", json=body)
    assert answer.headers["content-type"] == "application/x-ndjson"
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert lines[0] == lines[2] and lines[0]["decision_id"]
    assert lines[1]["code"] == "party_unknown"
    refused = client.post("/v1/decisions/many", json={**body, "product": "none"})
    assert refused.json()["code"] == "product_unknown"


def test_the_card_is_measured_and_stays_as_it_is(district: Settings, tmp_path: Path) -> None:
    file = tmp_path / "card.yaml"
    told = json.loads(run(district, "card", "--calibrate", "--write", str(file), "--json").stdout)
    assert [band["grade"] for band in told["bands"]][::7] == ["AAA", "不评级"]
    assert [band["published"] for band in told["bands"]] == [95, 90, 85, 80, 75, 70, 65, 0]
    # householders of both sexes, and by the proposed card somebody gets a letter
    assert {row["value"] for row in told["groups"] if row["by"] == "sex"} == {"female", "male"}
    assert sum(band["households_proposed"] for band in told["bands"][:-1]) > 0
    assert file.read_text(encoding="utf-8") == told["proposed"]
    printed = run(district, "card", "--calibrate").stdout
    assert "现行评分卡没有改动" in printed and "建议" in printed
    assert "AAA 95" in run(district, "card").stdout


def test_a_village_is_visited(client: TestClient, district: Settings) -> None:
    whole = client.get("/v1/prospects").json()
    assert whole["units"] and whole["first_loan"] == "尚不能确定"
    row = max(whole["rows"], key=lambda one: one["ready"])
    sheet = client.get(f"/v1/prospects/{row['village']}").json()["rows"]
    mine = [one for one in sheet if one["product"] == row["product"]]
    assert len(mine) == row["ready"] + row["one_missing"] > 0
    borrowers = set(FactLog(district.log_dir).read("BORROWED")["from_key"].to_pylist())
    assert not borrowers & {one["applicant"] for one in sheet}
    own = mine[0]["applicant"]
    flagged = client.get(f"/v1/prospects/{row['village']}", params={"assessor": own}).json()["rows"]
    assert {one["conflict"] for one in flagged if one["applicant"] == own} == {"本人"}
    page = client.get(f"/villages/{row['village']}/prospects", params={"assessor": own}).text
    assert "回避：本人" in page and "没有记录不等于没有贷过款" in page
    assert client.get("/v1/prospects/division:none").json()["code"] == "village_unknown"
    assert client.get(f"/v1/assessors/{own}/conflicts").json()["rows"]


def run(district: Settings, *arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "XINNONG_DATA": str(district.data)}
    command = [str(Path(sys.executable).parent / "xinnong"), *arguments]
    return subprocess.run(
        command,
        env=environment,
        input=typed,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ("questions", "--json"),
        ("ask", "loans", "key=KEY", "--json"),
        ("risk", "KEY", "--json"),
        ("decide", PRODUCT, "KEY", "consent=是", "--json"),
        ("products", "--json"),
        ("prospects", "--json"),
        ("grades", "--json"),
        ("check", "--json"),
        ("engine", "start", "--json"),
        ("engine", "status", "--json"),
    ],
)
def test_commands_answer_programs(
    district: Settings, guarantor: str, arguments: tuple[str, ...]
) -> None:
    done = run(district, *(item.replace("KEY", guarantor) for item in arguments))
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)


def test_commands_answer_people(district: Settings, guarantor: str, tmp_path: Path) -> None:
    decided = run(district, "decide", PRODUCT, guarantor).stdout
    # in words: what the catalogue calls a code, and the title of a source
    assert "首贷" in decided and "自然人" in decided and "Person" not in decided
    assert "担保链" in run(district, "ask", "guarantee_chain", f"key={guarantor}").stdout
    told = run(district, "risk", guarantor).stdout
    assert "自身：" in told and "关联：" in told and "不称概率" in told
    assert "division:" in (told := run(district, "prospects").stdout) and "镇" in told
    assert "e+" not in run(district, "structure", "guarantees").stdout
    file = tmp_path / "district.graphml"
    assert run(district, "export", "--graphml", str(file)).returncode == 0
    assert file.stat().st_size > 10_000
    again = run(district, "ingest", "regions", str(district.data / "district" / "行政区划.csv"))
    assert "导入结果" in again.stdout


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (("ask", "nothing"), 1, "没有名为 nothing 的查询"),
        (("ask", "loans"), 1, "缺少参数 key"),
        (("ask", "loans", "key"), 2, "名称=值"),
        (("risk", "person:none"), 1, "没有这个主体"),
        (("serve", "--host", "0.0.0.0"), 1, "只能绑定本机地址"),
        (("ingest", "nothing", "x.csv"), 1, "没有名为 nothing 的数据来源"),
        (("ingest", "regions", "x.csv"), 1, "找不到或打不开文件"),
        (("sample", "x", "--persons", "3"), 1, "1,000 到 1,000,000"),
        (("nonsense",), 2, "nonsense"),
        # an argument is read by everybody on the machine
        (("search", "610322197503150029"), 1, "不要写在命令里"),
        (("ask", "find_party", "text=139 1234 5678"), 1, "不要写在命令里"),
    ],
)
def test_commands_refuse_with_a_reason(
    district: Settings, arguments: tuple[str, ...], status: int, words: str
) -> None:
    done = run(district, *arguments)
    assert (done.returncode, words in done.stderr) == (status, True), done.stderr
    assert "Traceback" not in done.stderr


def test_a_young_district_is_told_from_when_on_it_can_be_calibrated(client: TestClient) -> None:
    told = client.get("/v1/calibration").json()
    assert told["years"] == [] and told["present"] is told["fitted"] is told["proposed"] is None
    assert "最早的资料于" in told["why_not"][0] and "请继续按月报送贷款状态" in told["why_not"][0]
    shown = client.get("/calibration")
    assert shown.status_code == 200 and told["why_not"][0] in shown.text
    assert told["basis"]["policy"] == told["policy"]

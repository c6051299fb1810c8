"""Every page as an officer meets it: reachable, well-formed, in Chinese, masked, with its dates."""

from __future__ import annotations

import csv
import getpass
import io
import re
import threading
from collections import Counter
from typing import Any

import numpy as np
import pandas as pd
import pytest
from breadth import some
from outline import Outline
from patient import at_once
from starlette.testclient import TestClient
from walk import walk

import api.pages.places
import queries.eligibility.decisions.prospects
from api.pages.navigation import navigation
from api.wording import money
from graph.identifiers import Verdict, resident_id
from graph.log import FactLog
from graph.settings import Settings
from graph.time import today
from ingest import load_source, source_names
from queries.lending import Period, lending_table, village_loans
from queries.reader import Reader
from queries.scope import ADMINISTRATOR
from queries.single_flight import SingleFlight

#: Latin words that may stand on a page: keys that officers copy, and names.
_LATIN = re.compile(r"[A-Za-z][A-Za-z_]{3,}")
_ALLOWED = {"English", "person", "household", "division", "limits", "Ctrl", "Evaluate",
            "XXNYJYZTXX", "HTLY", "java", "xinnong", "ingest", "loan", "xlsx"}  # fmt: skip


@pytest.fixture(scope="module")
def households(district: Settings) -> list[dict[str, str]]:
    """The rows of the households' own file, as the department sent it."""
    text = (district.data / "district" / "农户信息.csv").read_text(encoding="gb18030")
    return list(csv.DictReader(io.StringIO(text)))


@pytest.fixture(scope="module")
def borrower(district: Settings) -> str:
    """A householder who has borrowed and belongs to a household of several."""
    log = FactLog(district.log_dir)
    borrowers = set(log.read("BORROWED")["from_key"].to_pylist())
    rows = log.read("BELONGS_TO").to_pylist()
    sizes = Counter(row["to_key"] for row in rows)
    return next(
        str(row["from_key"]) for row in rows
        if row["role"] == "householder" and row["from_key"] in borrowers and sizes[row["to_key"]] > 1
    )  # fmt: skip


def test_every_link_answers_and_every_page_is_whole(
    client: TestClient, households: list[dict[str, str]], borrower: str
) -> None:
    """From home on: a few pages of each shape, every one checked whole."""
    most = len(some(range(4)))
    kept = {"action": "keep", "product": "farmer_small_credit_loan"}
    assert client.post(f"/parties/{borrower}/decisions", data=kept).status_code == 200
    client.get("/prospects"), client.get("/places")
    reader = client.app.state.services.reader(ADMINISTRATOR)  # type: ignore[attr-defined]
    reader.prospects(), reader.places()
    raw = {row["公民身份号码"] for row in households}
    seen: Counter[str] = Counter()
    foreign: dict[str, set[str]] = {}
    for path, answer in walk(client, most=most, seen=seen):
        assert answer.status_code == 200, path
        if not answer.headers["content-type"].startswith("text/html"):
            # a workbook, what is published, the client for Python, or a picture
            assert answer.content.startswith((b"PK", b"{", b'"""', b"<?xml")), path
            continue
        outline = Outline(answer.text)
        assert not outline.wrong, (path, outline.wrong)
        assert "未启用登录，" in outline.text and "仅限本机访问" in outline.text
        numbers = set(re.findall(r"\d{17}[\dXx]", answer.text))
        assert not numbers & raw, path
        assert not [n for n in numbers if resident_id.check(n).verdict is Verdict.VALID], path
        english = set(_LATIN.findall(re.sub(r"[0-9a-f]{8,}", "", outline.text))) - _ALLOWED
        # who uses this machine, as a print names its reader
        english -= {getpass.getuser(), "testclient"}
        # for those who write programs
        if english and not path.startswith("/docs"):
            foreign[path] = english
        assert all(link[0] in "/#?" for link in outline.links), (path, outline.links)
        # an attribute that was escaped with its marks holds them: no browser lets its form be sent
        assert "=&#34;" not in answer.text, path
    assert not foreign
    entries = {item.path for desk in navigation().values() for item in desk} - {"/"}
    assert entries <= set(seen)
    assert set(seen) >= {
        "/money/exposures", "/lending/rows", "/templates/…", "/corrections/…", "/parties/…",
        "/parties/…/decisions", "/places/…", "/villages/…/prospects", "/decisions/…", "/deliveries/…",
        "/lists", "/lists/entries", "/measures/catalogue", "/measures/applied", "/measures/incentives",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("Household", ["农户", "承包地面积", "亩", "家庭人口", "信贷产品（以户主申请）", "农户信用评分",
                       "贷款记在成员名下"]),
        ("Person", ["自然人", "公民身份号码（脱敏）", "****", "信贷产品", "是不是首贷"]),
        ("Cooperative", ["农民专业合作社", "统一社会信用代码", "合作社成员", "信贷产品"]),
        ("Enterprise", ["企业", "登记状态", "注册资本", "万元", "法定代表人与企业"]),
    ],
)  # fmt: skip
def test_every_kind_of_party_has_its_page(
    client: TestClient, district: Settings, kind: str, words: list[str]
) -> None:
    log = FactLog(district.log_dir)
    keys = log.read(kind)["key"].to_pylist()
    if kind == "Cooperative":
        keys = log.read("MEMBER_OF")["to_key"].to_pylist()
    if kind == "Enterprise":
        keys = log.read("LEGAL_REPRESENTATIVE_OF").to_pylist()
        keys = [row["to_key"] for row in keys if row["to_label"] == "Enterprise"]
    page = Outline(client.get(f"/parties/{keys[0]}").text)
    assert not page.wrong
    for word in [*words, "截至 ", "数据到北京时间", "风险政策版本", "不称概率"]:
        assert word in page.text, word


#: Points of what the department's file does not say, from the published card.
_LOANS = {"pass": 20, "special_mention": -5, "substandard": -20, "doubtful": -20, "loss": -20}
_HONOURS = {"national": 10, "province": 6, "city": 4, "county": 2, "town": 1, "none": 0}
_MORALS = {"good": 5, "rather_good": 4, "fair": 2, "poor": 1}


def by_hand(
    row: dict[str, str], loan: str | None, honour: str | None, moral: str | None, bound: str | None
) -> tuple[float, float]:
    """The range of a score, from the department's row and the published card alone.

    An unknown loan brings -20 to 20 or leaves the scale, or, where one is known, -20 to what that
    brings; an unknown honour brings 0 to 10, an unknown opinion of the village 0 to 5.
    """
    education = {"小学": 3, "初中": 3, "其他": 3, "高中": 4, "中专": 4, "大专": 5, "本科": 5}
    income, expense = float(row["家庭年总收入（元）"]), float(row["家庭年总支出（元）"])
    labour, ratio = int(row["劳动力人数"]), int(income / expense)
    known = education.get(row["文化程度"], 0)
    known += 3 if labour >= 4 else max(0, labour - 1)
    known += min(20, max(0, 10 + int((income - 100_000) / 10_000)))
    known += 10 if ratio >= 5 else 8 if ratio >= 3 else 4 if ratio >= 1 else 0
    known += {"县级": 20, "乡镇级": 15, "村级": 10, "非信用户": 5}[row["信用户级别"]]
    low = known + (_HONOURS[honour] if honour else 0) + (_MORALS[moral] if moral else 0)
    high = known + (_HONOURS[honour] if honour else 10) + (_MORALS[moral] if moral else 5)
    apart = (low / 73, high / 73)
    if bound is not None:
        low, high = (low - 20) / 93, (high + _LOANS[bound]) / 93
    elif loan is None:
        low, high = min((low - 20) / 93, apart[0]), max((high + 20) / 93, apart[1])
    elif loan == "none":
        low, high = apart
    else:
        low, high = (low + _LOANS[loan]) / 93, (high + _LOANS[loan]) / 93
    return max(0.0, round(100 * low, 2)), max(0.0, round(100 * high, 2))


def test_the_score_of_a_farmer(client: TestClient, households: list[dict[str, str]]) -> None:
    whole = [row for row in households if row["与户主关系"] == "户主" and all(
        row[name] for name in ("文化程度", "劳动力人数", "家庭年总收入（元）", "家庭年总支出（元）", "信用户级别")
    )]  # fmt: skip
    compared = 0
    for row in whole[:5]:
        search = client.post("/v1/parties/search", json={"text": row["公民身份号码"]}).json()
        if not search["rows"]:
            continue  # one of the district's planted faults: the row was refused
        key = search["rows"][0]["key"]
        told = client.get(f"/v1/parties/{key}/score").json()
        seen = {name: fact["value"] for item in told["items"]
                for name, fact in item["facts"].items()}  # fmt: skip
        beside = ("worst_loan_class", "best_honour", "moral_grade")
        low, high = by_hand(row, *(seen[name] for name in (*beside, "worst_known_class")))
        assert (told["low"], told["high"]) == (low, high)
        missing = {n for n in beside if seen[n] is None}
        if _LOANS.get(seen["worst_known_class"] or "") == -20:
            # as bad as can be: nothing more to learn of loans
            missing -= {"worst_loan_class"}
        assert {one["fact"] for one in told["missing"]} == missing
        total = told["sum"]
        assert total["low"] == sum(i["least"] for i in told["items"] if i["applies"] is not False)
        assert total["high"] == sum(i["most"] for i in told["items"] if i["applies"] is not False)
        asked = {name for item in told["items"] for name in item["facts"]}
        assert not asked & {"age", "marital_status", "sex"}
        barred = {item["term"] for item in told["not_used"]}
        assert {"年龄", "婚姻状况", "性别", "模型风险分", "亲属、担保对象的失信或风险"} <= barred
        page = Outline(client.get(f"/parties/{key}").text).text
        assert f"合计 ÷ {total['full']} × 100" in page
        assert f"{low:g}" in page and f"{high:g}" in page
        assert "分（满分 100，由下表合计折算）" in page
        assert "老年人权益保障法" in page and "下次复评" in page
        assert all(one["how"] in page for one in told["missing"])
        compared += 1
    assert compared >= 3


def test_a_village_and_its_town(client: TestClient, households: list[dict[str, str]]) -> None:
    """The share of credit households counted from the department's file."""
    client.app.state.services.reader(ADMINISTRATOR).places()  # type: ignore[attr-defined]
    refused = {"0"}
    levels: dict[str, dict[str, str]] = {}
    for row in households:
        if row["与户主关系"] == "户主" and row["村编码"] not in refused:
            levels.setdefault(row["村编码"], {})[row["户号"]] = row["信用户级别"]
    code, told = max(levels.items(), key=lambda item: (len(item[1]), item[0]))
    sure = sum(level not in ("", "非信用户") for level in told.values())
    answer = client.get(f"/v1/places/division:{code}").json()
    share = answer["shares"][0]
    assert answer["level"] == "village" and answer["households"] == len(told)
    assert share["low"] == pytest.approx(sure / len(told))
    assert (share["threshold"], answer["thresholds"]) == (0.7, "default")
    page = Outline(client.get(f"/places/division:{code}").text).text
    for word in (f"{100 * sure / len(told):.2f}%", "不低于 70.00%", f"{len(told)} 户", "采用通用标准",
                 "银发〔2014〕37号", "下次复评应在", "已到年度复评的", "首贷培植走访名单"):  # fmt: skip
        assert word in page, word
    town = client.get(f"/places/division:{code[:9]}").text
    assert "信用乡镇" in town and "信用村占比" in town and f"division%3A{code}" in town
    listed = client.get("/v1/places").json()["places"]
    assert {one["level"] for one in listed} == {"town", "village"}
    assert client.get("/v1/places/division:none").json()["code"] == "place_unknown"
    groups = client.get("/v1/grades").json()["groups"]
    assert {row["by"] for row in groups} == {"sex", "age_band", "village"}
    grades = Outline(client.get("/grades").text).text
    assert "不参与评分" in grades and "妇女权益保障法" in grades and "到期复评" in grades


def test_a_member_of_a_joint_group_has_a_page(client: TestClient, district: Settings) -> None:
    """All stand for all: a question that walked every way round the group would never end."""
    ties = FactLog(district.log_dir).read("GUARANTEES").to_pylist()
    joint = [row for row in ties if row["guarantee_kind"] == "joint_group"]
    member = joint[0]["from_key"]
    others = {row["to_key"] for row in joint if row["from_key"] == member}
    page = Outline(client.get(f"/parties/{member}").text)
    assert (
        "联保" in page.text
        and "互相担保" in page.text
        and f"沿担保链可到 {len(others)} 个主体，最远第 1 层" in page.text
    )


def test_the_institution_that_is_asked_tells_its_own_first_loan(
    client: TestClient, district: Settings
) -> None:
    log = FactLog(district.log_dir)
    borrowed = {row["to_key"]: row for row in log.read("BORROWED").to_pylist()}
    lent = next(
        row for row in log.read("LENT_BY").to_pylist()
        if borrowed.get(row["from_key"], {}).get("from_label") == "Person"
    )  # fmt: skip
    party, bank = borrowed[lent["from_key"]]["from_key"], lent["to_key"]

    def own_first_loan(**form: str) -> str:
        page = client.post(f"/parties/{party}/decisions", data={"action": "look", **form}).text
        told = Outline(page).text.split("是不是首贷", 1)[1]
        return told.split("本机构首贷")[1][:40]

    assert "尚不能确定" in own_first_loan()
    assert "不是首贷" in own_first_loan(institution=bank)


def test_where_two_definitions_disagree(client: TestClient, district: Settings) -> None:
    """The bureau knows no loan of the one who asks; another of the household has one."""
    log = FactLog(district.log_dir)
    borrowers = set(log.read("BORROWED")["from_key"].to_pylist())
    rows = log.read("BELONGS_TO").to_pylist()
    homes = {row["to_key"] for row in rows if row["from_key"] in borrowers}
    other = next(
        row["from_key"]
        for row in rows
        if row["to_key"] in homes and row["from_key"] not in borrowers
    )
    looked = client.post(
        f"/parties/{other}/decisions", data={"any_loan": "否", "consent": "是", "action": "look"}
    )
    page = Outline(looked.text)
    assert not page.wrong
    assert "口径不一致 ：按“从未有过任何贷款”是首贷，按“全户首贷”不是" in page.text
    assert "尚未存档" in page.text


def test_a_page_that_takes_long_says_so_and_freezes_nobody(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()
    real = queries.eligibility.decisions.prospects.prospects

    def slow(*given: Any) -> Any:
        assert go_on.wait(60)
        return real(*given)

    monkeypatch.setattr(queries.eligibility.decisions.prospects, "prospects", slow)
    services = client.app.state.services  # type: ignore[attr-defined]
    monkeypatch.setattr(services.runs, "prospects", SingleFlight[Any]("slow"))
    first = at_once(client, "/prospects?product=apple_loan")
    assert (first.status_code, first.headers["retry-after"]) == (202, "2")
    told = Outline(first.text)
    assert not told.wrong and "正在测算" in told.text and "自动显示" in told.text
    assert 'content="2;url=/prospects?product=apple_loan"' in first.text
    # meanwhile everybody else is answered
    assert client.get("/").status_code == client.get("/places").status_code == 200
    assert client.post("/", data={"text": "样本"}).status_code == 200
    go_on.set()
    services.reader(ADMINISTRATOR).prospects()
    second = client.get("/prospects?product=apple_loan")
    assert second.status_code == 200 and "各村可走访的户数" in second.text


def test_the_assessor_is_found_by_name(client: TestClient, district: Settings) -> None:
    bench = client.app.state.services.reader(ADMINISTRATOR)  # type: ignore[attr-defined]
    row = max(bench.prospects().summary(), key=lambda one: one.ready)
    sheet = bench.prospects().village(row.village)
    told = FactLog(district.log_dir).read("Person")
    people = set(zip(told["key"].to_pylist(), told["name"].to_pylist(), strict=True))
    names = Counter(name for _, name in people)
    one = next(item for item in sheet if names[item.name] == 1)
    path = f"/villages/{row.village}/prospects"
    found = client.post(path, data={"who": one.name, "most": "1"})
    page = Outline(found.text)
    assert f"已按“{one.name}”核对回避" in page.text and "回避：本人" in page.text
    # whom to look for and where, and what to take along to everybody
    town = bench.division_names()[row.village[: len("division:") + 9]]
    for word in (f"{town}{bench.division_names()[row.village]}：首贷培植走访名单", "户号",
                 f"证件 {one.masked}", one.household_no, "每户都要备齐", "负债情况声明",
                 "贷款用途声明和凭证"):  # fmt: skip
        assert word in page.text, word
    assert one.name not in str(found.url)
    assert "没有找到这个人" in client.post(path, data={"who": "查无此名"}).text
    many = client.post(path, data={"who": "样本"}).text
    assert "没有找到这个人" in many or "请选择" in many


def test_a_search_says_how_and_keeps_no_identity(
    client: TestClient, households: list[dict[str, str]]
) -> None:
    row = households[0]
    by_id = client.post("/", data={"text": row["公民身份号码"]}).text
    assert row["姓名"] in by_id and row["公民身份号码"] not in by_id and "号码没有保存" in by_id
    by_name = client.post("/", data={"text": row["姓名"]}).text
    assert f'value="{row["姓名"]}"' in by_name and "数据到北京时间" in by_name
    mistyped = row["公民身份号码"][:-1] + ("1" if row["公民身份号码"][-1] != "1" else "2")
    assert mistyped not in client.post("/", data={"text": mistyped}).text
    assert "请输入名称、代码或证件号码" in client.post("/", data={"text": "  "}).text
    assert "数据接收" in client.post("/", data={"text": "查无此名"}).text


def test_every_code_of_a_source_has_its_word() -> None:
    """A code that a source keeps is shown in the word that its list has for it."""
    from api.wording import said
    from ingest.catalogue.becoming import property_of

    english = {
        (field.name, code)
        for name in source_names()
        if name != "finbench"
        for _, table in load_source(name).shapes()
        for field in table.fields
        if property_of(field.name, field.becomes, table.states)
        for word, code in field.codes.items()
        if word != code and re.search("[a-z]", code) and re.search("[a-z]", said(code, field.name))
    }
    assert english == set()


def test_a_borrower_page_waits_in_the_open_too(
    client: TestClient, guarantor: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    services = client.app.state.services  # type: ignore[attr-defined]
    go_on = threading.Event()
    monkeypatch.setattr(services, "_warm", SingleFlight[bool]("slow"))
    monkeypatch.setattr(services, "_read_a_file", lambda _reader: go_on.wait(60))
    monkeypatch.setattr(services.runs, "structure", SingleFlight[Any]("slow"))
    read = Reader._read_structure
    monkeypatch.setattr(Reader, "_read_structure", lambda self: go_on.wait(60) and read(self))
    for path in (f"/parties/{guarantor}", "/guarantees", "/money"):
        first = at_once(client, path)
        assert first.status_code == 202 and "正在测算" in first.text
    go_on.set()
    assert services.is_warm(services.reader(ADMINISTRATOR), within=60)
    assert client.get(f"/parties/{guarantor}").status_code == 200


def test_the_queue_says_what_was_looked_at(client: TestClient) -> None:
    told = Outline(client.post("/identity/candidates").text)
    assert not told.wrong and "已查找：比对" in told.text and "没有等待核对的记录" in told.text


@pytest.mark.parametrize(
    ("value", "name", "shown"),
    [
        (4.9, "contracted_land_mu", "4.9 亩"), (3, "person_count", "3 人"), (None, "orchard_mu", "—"),
        (1_250_000, "annual_income_fen", "1.25 万元"), (750_000, "annual_expense_fen", "7,500.00 元"),
        ("crops", "farm_kind", "种植"), ("none", "credit_household_level", "非信用户"),
        ("none", "demonstration_level", "无"), (0.6, "share_ratio", "60.00%"), (2024, "year", "2024"),
    ],
)  # fmt: skip
def test_values_have_units_and_words(value: Any, name: str, shown: str) -> None:
    from api.wording import said

    assert said(value, name) == shown


def test_the_clock_is_that_of_the_office() -> None:
    from api.wording import instant, version

    assert instant("2026-11-24T17:30:00+00:00") == "2026-11-25 01:30"
    assert version("2026.1+934ba990658d") == "版本 2026.1（校验码 934ba990658d）"
    assert version("limits:2026.1+abc") == "版本 2026.1（校验码 abc）"


def test_own_and_linked_stand_apart_and_nothing_is_called_a_probability(
    client: TestClient,
) -> None:
    bench = client.app.state.services.reader(ADMINISTRATOR)  # type: ignore[attr-defined]
    run = bench.risk_run()
    linked = int(np.argmax(np.where(run.graph.own == 0, run.linked, 0)))
    key = run.snapshot.keys[linked].as_py()
    told = bench.risk(key)
    assert told.own.value == 0 < told.linked.value
    text = Outline(client.get(f"/parties/{key}").text).text
    assert "自身情况：无" in text and f"关联提示：{told.linked.level}" in text
    assert told.linked.sentence in text and told.linked.notice in text
    assert "违约困难的概率" not in text and "不称概率" in text


def test_who_somebody_is_comes_from_the_household_file_first(
    client: TestClient, guarantor: str
) -> None:
    """Whatever mentioned him since: a contract of guarantee, a list of a group, a register of land."""
    card = client.get(f"/v1/parties/{guarantor}").json()["rows"]
    assert {row["source"] for row in card if row["facts"].get("name")} > {"farmer_household"}
    page = client.get(f"/parties/{guarantor}").text
    told = page[page.index("基本情况") : page.index("</section>", page.index("基本情况"))]
    named = told[told.index(">名称<") : told.index("</tr>")]
    assert "农户信息" in named


def test_a_village_lists_what_it_owes_and_its_file_lists_all(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    services = client.app.state.services  # type: ignore[attr-defined]
    reader = services.reader(ADMINISTRATOR)
    rows = {row.key: row for row in lending_table(reader, "village", Period.of("", today())).rows}
    village = max((key for key in rows if key), key=lambda key: rows[key].figure("indebted").value)
    loans = village_loans(reader, village)
    assert loans is not None and len(loans) > 3
    monkeypatch.setattr(api.pages.places, "_LOANS", 3)
    page = Outline(client.get(f"/places/{village}").text)
    assert not page.wrong
    assert (
        f"没有结清的贷款（{len(loans)} 笔）" in page.text
        and f"另有 {len(loans) - 3} 笔" in page.text
    )
    assert money(loans[0].balance_fen) in page.text
    assert f"/loans/{loans[0].key.replace(':', '%3A')}" in page.links
    book = client.get(f"/places/{village}?export=xlsx")
    sheets = pd.read_excel(
        io.BytesIO(book.content), sheet_name=None, header=None, engine="calamine"
    )
    cells = [str(cell) for sheet in sheets.values() for cell in sheet.to_numpy().ravel()]
    # each loan is a row there
    assert cells.count(str(loans[-1].granted_on)) >= 1 and sum(
        len(one) for one in sheets.values()
    ) > len(loans)


def test_an_institution_is_called_by_its_name(client: TestClient) -> None:
    services = client.app.state.services  # type: ignore[attr-defined]
    key, name = next(iter(services.institution_names().items()))
    added = client.post(
        "/users",
        data={
            "name": "bank-a",
            "display_name": "样职员",
            "role": "loan_officer",
            "institution": key,
        },
    )
    assert added.status_code == 200, added.text
    registered = client.post(
        "/clients",
        data={"name": "样系统", "acts": "ask", "purposes": "credit_approval", "institution": key, "by": "管理员"},
    )  # fmt: skip
    assert registered.status_code == 200, registered.text
    for path, place in (("/users", f"<td>{name}</td>"), ("/clients", f"<dd>{name}</dd>")):
        shown = client.get(path).text
        assert place in shown, path
        assert f'<option value="{key}">{name}</option>' in shown, path

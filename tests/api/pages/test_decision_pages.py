"""The pages of decisions over the sample district: the board with papers, what is only supposed, kept
decisions found again, and scenarios."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from outline import Outline
from starlette.testclient import TestClient

from graph.log import FactLog
from graph.settings import Settings
from graph.time import today
from queries.scope import ADMINISTRATOR

FARMER = "farmer_small_credit_loan"
COLUMNS = ("符合", "待补充", "不符合")


def papers(document: str, number: str) -> dict[str, str]:
    return {
        f"reference@{document}": number, f"stated_on@{document}": "2026-11-02",
        f"issuer@{document}": "某单位", f"seen_by@{document}": "张三",
    }  # fmt: skip


def columns(text: str) -> dict[str, str]:
    """What stands in each column of the board."""
    board = text.split('<div class="board">')[1].split('id="paper-form"')[0]
    parts = board.split('<section class="column">')[1:]
    return dict(zip(COLUMNS, parts, strict=True))


def test_every_product_stands_in_one_column_and_opens_its_verdict(
    client: TestClient, guarantor: str
) -> None:
    answer = client.get(f"/parties/{guarantor}/decisions")
    page = Outline(answer.text)
    assert not page.wrong, page.wrong
    reader: Any = client.app.state.services.reader(ADMINISTRATOR)  # type: ignore[attr-defined]
    found = {one.product.id: one.verdict.value for one in reader.decide_every(guarantor)}
    told = columns(answer.text)
    for product, verdict in found.items():
        assert [name for name in COLUMNS if f'href="#{product}"' in told[name]] == [verdict]
        assert f'<div id="{product}">' in answer.text
    # no key and no checksum stands in sight, and no paper is asked for twice
    head = answer.text.split("<details")[0]
    assert guarantor not in Outline(head).text
    numbers = re.findall(r'name="reference@([^"]+)"', answer.text)
    assert len(numbers) == len(set(numbers)) > 5
    assert answer.text.count('<select name="product"') == 0


def test_what_is_brought_moves_a_product_and_what_is_refused_says_why(
    client: TestClient, guarantor: str
) -> None:
    path = f"/parties/{guarantor}/decisions"
    sent = {**papers("书面授权书", "A9"), **papers("征信报告", "R9"), "own_overdue": "是"}
    answer = client.post(path, data={**sent, "action": "look"})
    failed = columns(answer.text)["不符合"]
    assert f'href="#{FARMER}"' in failed and "现有逾期" in failed
    assert "尚未存档" in answer.text and "要改变什么" in answer.text
    assert "上一版本 2026.1" in Outline(answer.text).text


def test_a_supposition_is_marked_and_kept_nowhere(client: TestClient, guarantor: str) -> None:
    path = f"/parties/{guarantor}/decisions"
    reader: Any = client.app.state.services.reader(ADMINISTRATOR)  # type: ignore[attr-defined]
    before, plain = len(reader.kept_decisions()), columns(client.get(path).text)
    sent = {"action": "suppose", "assumed": "age", "assumed_value": "90"}
    answer = client.post(path, data=sent)
    assert answer.status_code == 200, answer.text
    page = Outline(answer.text)
    assert not page.wrong and "假设推演，不是事实" in page.text
    assert "年龄（周岁）为 90" in page.text
    # the board below is that of the facts
    told = columns(answer.text)
    assert {n: re.findall(r'href="#(\w+)"', told[n]) for n in told} == {
        n: re.findall(r'href="#(\w+)"', plain[n]) for n in plain
    }
    assert len(reader.kept_decisions()) == before
    for wrong in ({"assumed": "", "assumed_value": "3"}, {"assumed": "age", "assumed_value": "老"}):
        assert client.post(path, data={"action": "suppose", **wrong}).status_code == 422


def test_kept_decisions_are_found_by_whom_what_and_when(client: TestClient, guarantor: str) -> None:
    services: Any = client.app.state.services  # type: ignore[attr-defined]
    kept = client.post(
        f"/parties/{guarantor}/decisions", data={**papers("书面授权书", "B1"), "keep": FARMER}
    )
    assert kept.status_code == 200 and "条件判定书" in kept.text
    name = kept.url.path.rsplit("/", 1)[1]
    services.keep(services.reader(ADMINISTRATOR).decide("apple_loan", guarantor), by="李四")
    whose = services.reader(ADMINISTRATOR).name(guarantor)
    record = services.reader(ADMINISTRATOR).kept_decision(name)
    assert record.kept_by

    def found(**sought: str) -> str:
        answer = client.post("/decisions", data=sought)
        assert answer.status_code == 200 and not Outline(answer.text).wrong
        return answer.text

    assert name in found() and "李四" in found()
    assert name in found(text=whose) and name in found(product=FARMER, verdict=record.verdict)
    assert name not in found(product="apple_loan") and "李四" in found(product="apple_loan")
    assert name not in found(kept_by="李四") and "李四" in found(kept_by="李四")
    day = today().isoformat()
    assert name in found(since=day, until=day)
    assert name not in found(until=(today() - timedelta(days=2)).isoformat())
    assert "没有符合这些条件的判定" in found(kept_by="查无此人%")
    assert client.post("/decisions", data={"since": "昨天"}).status_code == 422
    # what is printed bears no key of the system, and who kept it
    form = client.get(f"/decisions/{name}").text
    sheet = form.split('<section class="form one-page"')[1].split("</section>")[0]
    assert guarantor not in sheet and name not in sheet and record.kept_by in sheet
    assert "校验码" not in sheet and "下一步" in sheet


SCENARIOS: list[tuple[dict[str, str], tuple[str, ...]]] = [
    (
        {"what": "fail", "percent": "100"},
        ("倒闭", "风险分值的变化", "各机构贷款可能的损失", "<svg"),
    ),
    ({"what": "fail", "percent": "30"}, ("净资产损失 30%", "谁的净资产受损")),
    ({"what": "without"}, ("去掉", "风险分值的变化")),
]


@pytest.mark.parametrize(("sent", "words"), SCENARIOS)
def test_a_scenario_asks_whom_it_is_about_and_says_before_and_after(
    client: TestClient, guarantor: str, sent: dict[str, str], words: tuple[str, ...]
) -> None:
    reader: Any = client.app.state.services.reader(ADMINISTRATOR)  # type: ignore[attr-defined]
    score = reader.risk(guarantor).score
    asked = client.post("/scenarios", data={**sent, "party_text": reader.name(guarantor)})
    assert asked.status_code == 200 and f'name="party" value="{guarantor}"' in asked.text
    assert 'id="result"' not in asked.text
    told = client.post("/scenarios", data={**sent, "party": guarantor})
    if sent["what"] == "without":
        tie = re.search(r'name="guarantee" value="([^"]+)"', told.text)
        assert tie is not None and 'id="result"' not in told.text
        told = client.post("/scenarios", data={**sent, "party": guarantor, "guarantee": tie[1]})
    page = Outline(told.text)
    assert told.status_code == 200 and not page.wrong, page.wrong
    assert "假设推演，不是事实" in page.text
    for word in words:
        assert word in told.text, word
    # nothing was changed by it
    assert reader.risk(guarantor).score == score


def test_a_guarantee_can_be_added_and_a_place_and_an_industry_struck(
    client: TestClient, guarantor: str, district: Settings
) -> None:
    other = next(
        key for key in FactLog(district.log_dir).read("GUARANTEES")["to_key"].to_pylist()
        if key != guarantor
    )  # fmt: skip
    sent = {"what": "add", "party": guarantor, "borrower": other, "amount": "5", "kind": "general"}
    added = client.post("/scenarios", data=sent)
    assert added.status_code == 200 and "增加" in added.text and "一般保证" in added.text
    reader: Any = client.app.state.services.reader(ADMINISTRATOR)  # type: ignore[attr-defined]
    village = next(
        key for key in sorted(reader.division_names()) if len(key) == len("division:") + 12
    )
    for more in ({"what": "place", "place": village}, {"what": "industry", "industry": "A"}):
        told = client.post("/scenarios", data={**more, "percent": "50"})
        assert told.status_code == 200, Outline(told.text).text
        assert "净资产损失 50%" in told.text and 'id="result"' in told.text


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({}, "请选择一种情形"),
        ({"what": "fail"}, "请输入主体"),
        ({"what": "fail", "party_text": "查无此人某某"}, "没有找到"),
        ({"what": "fail", "party": "person:nobody"}, "没有找到这个主体"),
        ({"what": "fail", "party_text": "许", "percent": "0"}, "损失比例"),
        ({"what": "place", "place": "division:1"}, "请选择村或镇"),
        ({"what": "industry", "industry": "Z"}, "请选择行业"),
        ({"what": "add", "party": "x", "borrower": "y", "amount": "-1"}, "大于零"),
    ],
)
def test_what_cannot_be_supposed_is_said_in_words(
    client: TestClient, sent: dict[str, str], words: str
) -> None:
    answer = client.post("/scenarios", data=sent)
    assert answer.status_code == 422 and words in answer.text
    assert 'id="result"' not in answer.text

"""Three jobs done at a browser, on the real service: a clerk's, an inspector's, a citizen's.

Everybody finds his way by what stands on the page; what cannot be seen cannot be clicked.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import xlsxwriter
from chromium import BROWSER, Chromium
from python_calamine import CalamineWorkbook
from waiting import until

import ingest
from api.app import create_app
from api.security import local_asker
from bench.api.attack import served
from graph.catch_up import catch_up
from graph.settings import Settings
from ingest.sample import write_district
from ingest.sample.public_records import (
    TRUTH,
    ledger,
    linked,
    lists,
    repairs,
    write_public_records,
)

pytestmark = pytest.mark.skipif(BROWSER is None, reason="NO BROWSER: headless Chromium is not here")

DESK, PHONE = 1366, 390
#: The file that the clerk has still to send.
PENALTIES = "农业农村局行政处罚2018版.csv"
MONTH = "2026-03"


@pytest.fixture(scope="module")
def folder(office: Settings) -> Path:
    """The office with the registers and records of four plants, but for one department's file."""
    folder = office.data / "district"
    write_district(folder, persons=1_000)
    write_public_records(folder)
    files = (*ledger.FILES, *lists.FILES, *repairs.FILES, *linked.FILES)
    for source, name in (("regions", "行政区划.csv"), *files):
        if name != PENALTIES:
            ingest.ingest(source, [folder / name], settings=office, into_graph=False)
    catch_up(office)
    return folder


@pytest.fixture(scope="module")
def address(office: Settings, folder: Path) -> Iterator[str]:
    with served(create_app(office, answers_for=local_asker())) as address:
        yield address


def truth(folder: Path) -> dict[str, list[str]]:
    told = json.loads((folder / TRUTH).read_text(encoding="utf-8"))["ledger"]["documents"]
    return next(each for key, each in told.items() if key.endswith("|penalty"))


def test_a_clerk_sends_a_file_and_puts_right_what_was_refused(
    address: str, folder: Path, tmp_path: Path
) -> None:
    planted = truth(folder)
    with Chromium(tmp_path, width=DESK) as window:
        window.open(address)
        window.click("summary", says="部门", leads_on=False)
        window.click("a", says="报送文件")
        window.choose_file("#content", folder / PENALTIES)
        window.choose("#source", "administrative_decision")
        window.click("button", says="试读")
        told = window.wait_for("试读结果")
        assert "还没有写入任何内容" in told and "罚款金额" in told
        assert not window.is_cut
        window.click("button", says="接收这份文件")
        told = window.wait_for("已接收")
        assert f"{len(planted['refused'])} 处问题" in told
        # what was refused comes back as a workbook, in which the wrong cells are put right
        window.click("a", says="待更正清单")
        link = "a[href^='/corrections/administrative_decision/']"
        window.click(link, leads_on=False)
        book = window.downloaded()
        assert book.name.endswith("错误明细.xlsx")
        window.open(f"{address}/send")
        window.choose_file("#content", put_right(book, "罚款金额（万元）", 0.2))
        window.choose("#source", "administrative_decision")
        window.click("button", says="直接接收")
        told = window.wait_for("已接收")
        assert "处问题" not in told
        # and it is counted
        window.click("summary", says="信用办", leads_on=False)
        window.click("a", says="双公示")
        window.wait_for(f"双公示 {MONTH}")
        row = line(window, "凤翔区农业农村局", "行政处罚")
        told_of = [*planted["on_time"], *planted["late"]]
        within = len({*told_of} - {*planted["outside"]})
        assert (row[0], row[2], row[4]) == ("18", str(within), "0"), row


def test_a_damaged_file_is_sent_put_right_and_accepted_in_six_acts(
    address: str, folder: Path, tmp_path: Path
) -> None:
    """Ten before; nothing has to be known of where a list of errors lies."""
    acts: list[str] = []
    sent = tmp_path / "林业局行政许可补报.csv"
    head, *rows = (folder / "林业局行政许可2018版.csv").read_text(encoding="utf-8-sig").splitlines()
    column = head.split(",").index("许可决定日期")
    cells = rows[0].split(",")
    cells[head.split(",").index("行政许可决定文书号")] = "林许决〔2026〕补1号"
    cells[column] = "2026年3月的某日"
    sent.write_text("\n".join((head, ",".join(cells))), encoding="utf-8")
    with Chromium(tmp_path / "window", width=DESK) as window:
        window.open(f"{address}/department")
        window.click("main a", says="报送文件")
        acts.append("clicks 报送文件")
        window.choose_file("#content", sent)
        acts.append("chooses the file")
        window.click("button", says="直接接收")
        acts.append("clicks 直接接收")
        told = window.wait_for("更正后再报送")
        assert "1 处问题" in told, told
        window.click("#again a", leads_on=False)
        acts.append("clicks the list of errors")
        book = window.downloaded()
        window.choose_file("#content", put_right(book, "许可决定日期", "2026-03-05"))
        acts.append("chooses the corrected file")
        window.click("button", says="报送更正")
        acts.append("clicks 报送更正")
        told = window.wait_for("已接收")
        assert "更正后再报送" not in told and "处问题" not in told, told
        assert not window.is_cut
    assert len(acts) <= 7, acts


def test_who_is_linked_in_a_town_is_listed_in_three_acts(
    address: str, folder: Path, tmp_path: Path
) -> None:
    """Of each planted subject the second firm is linked and in the register, and so in a town."""
    planted = json.loads((folder / TRUTH).read_text(encoding="utf-8"))["linked"]["cases"]
    with (folder / linked.FILES[0][1]).open(encoding="utf-8-sig") as rows:
        names = {row["统一社会信用代码"]: row["企业名称"] for row in csv.DictReader(rows)}
    near = [names[code] for case in planted for code, *_ in case["linked"] if code in names]
    acts: list[str] = []
    with Chromium(tmp_path, width=DESK) as window:
        window.open(f"{address}/desk")
        window.click("main a[href='/linked?name=linked']")
        acts.append("clicks 关联失信 on the desk")
        town = window.tell(f"""[...document.querySelectorAll('tbody tr')]
            .find(row => row.cells[1].innerText === {json.dumps(near[0])}).cells[5].innerText""")
        choice = f"[...document.querySelector('select[name=town]').options].find(o => o.text === '{town}')"
        window.choose("select[name=town]", window.tell(f"{choice}.value"))
        acts.append("chooses the town")
        window.click("main button", says="筛选")
        acts.append("clicks 筛选")
        told = window.tell(
            "[...document.querySelectorAll('tbody tr')].map(r => [...r.cells].map(c => c.innerText))"
        )
        assert not window.is_cut and "不改变任何主体的记录" in window.text()
    assert {row[5] for row in told} == {town}
    shown = [row for row in told if row[0] in names.values()]
    assert sorted(row[1] for row in shown) == sorted(near)
    # each by the way that was planted: a partner of both firms, since the later of two days
    assert {(row[2], row[4]) for row in shown} == {("2", "2021-09-09")}
    assert len(acts) <= 3, acts


def test_a_bulletin_is_written_and_taken_along_in_five_acts(
    address: str, folder: Path, tmp_path: Path
) -> None:
    """Whoever is logged in need not say who they are, and last month is there already: then three."""
    acts: list[str] = []
    with Chromium(tmp_path, width=DESK) as window:
        window.open(f"{address}/desk")
        window.click("main a[href='/bulletins']")
        acts.append("clicks 通报 on the desk")
        window.type("input[name=period]", MONTH)
        acts.append("types the month")
        window.type("section.screen input[name=user]", "某办事员")
        acts.append("types the name")
        window.click("button", says="编制")
        acts.append("clicks 编制")
        told = window.wait_for("草稿，未签发")
        assert f"{MONTH}" in told and "某办事员 编制" in told and not window.is_cut
        cells = window.tell(
            "[...document.querySelectorAll('tr')].map(r => [...r.cells].map(c => c.innerText.trim()))"
        )
        shown = next(row for row in cells if row[1:2] == ["凤翔区林业局"])
        window.click("a", says="下载表格", leads_on=False)
        acts.append("clicks 下载表格")
        with CalamineWorkbook.from_path(window.downloaded()) as book:
            head, *rows = book.get_sheet_by_name("部门").to_python()
        told_of = dict(zip(head, next(row for row in rows if row[1] == shown[1]), strict=True))
        taken = [told_of[name] for name in ("应报送", "已报送", "未报送", "退回未更正", "迟报")]
        assert [int(each) for each in taken] == [*map(int, shown[2:7])] and taken[1] > 0
        # each number leads to its rows
        unit = "main section:nth-of-type(3) td a[href*='measure=reported']"
        window.click(f"{unit}[href*='department=']", says=shown[3])
        lines = window.tell("[...document.querySelectorAll('tbody tr')].map(r => r.innerText)")
        assert len(lines) == taken[1] and all("林许决" in line for line in lines), lines
    assert len(acts) <= 5, acts


def test_an_inspector_goes_from_a_number_to_its_rows_and_enters_what_was_concealed(
    address: str, folder: Path, tmp_path: Path
) -> None:
    with Chromium(tmp_path, width=DESK) as window:
        window.open(f"{address}/rates")
        window.wait_for(f"双公示 {MONTH}")
        number = "a[href*='measure=produced'][href*='act_class=permit']"
        count = int(window.tell(f'document.querySelector("{number}").textContent'))
        window.click(number)
        told = window.text()
        assert f"共 {count} 件" in told
        rows = window.tell(
            "[...document.querySelectorAll('tbody tr')].map(r => r.cells[2].innerText)"
        )
        assert len(rows) == count and all("林许决" in each for each in rows)
        window.click("a", says="返回双公示")
        # a decision that was found in the files of the department, and stands in no ledger
        window.choose("select[name=act_class]", "permit")
        department = window.tell(
            "[...document.querySelector('select[name=department]').options]"
            ".find(each => each.text === '凤翔区林业局').value"
        )
        window.choose("select[name=department]", department)
        window.type("input[name=document_no]", "林许决〔2026〕99号")
        window.choose("input[name=decided_on]", f"{MONTH}-20")
        window.type("input[name=evidence]", "3月执法检查案卷第7页")
        window.type("input[name=user]", "李督查")
        window.click("button", says="登记")
        window.wait_for(f"双公示 {MONTH}")
        assert line(window, "凤翔区林业局", "行政许可")[-1] == "1"
        assert not window.is_cut


def test_a_citizen_looks_up_a_firm_on_a_telephone(
    address: str, folder: Path, tmp_path: Path
) -> None:
    told = json.loads((folder / TRUTH).read_text(encoding="utf-8"))
    register = (folder / "企业登记-名单与修复.csv").read_text(encoding="utf-8-sig").splitlines()
    code, name = register[1].split(",")[:2]
    person = register[1].split(",")[-2]
    with Chromium(tmp_path, width=PHONE, height=844) as window:
        window.open(f"{address}/public")
        assert not window.is_cut, "the page is wider than a telephone"
        assert ask(window, name[:-2]) == 0, "a part of a name finds something"
        assert ask(window, person) == 0, "a person is found"
        assert ask(window, name) == ask(window, code) > 0
        page = window.text()
        in_force = [number for number, how in told["lists"]["entries"].items() if how == "in_force"]
        assert in_force[0].replace("〔", "").replace("〕", "") in re.sub("[〔〕\\[\\]]", "", page)
        assert not window.is_cut
        for way in ("异议", "信用修复", "撤销", "不收费", "只需两份材料"):
            assert way in page
        window.click("a", says="下载全部公示信息", leads_on=False)
        whole = json.loads(window.downloaded().read_text(encoding="utf-8"))
    numbers = {str(one["document_no"]) for one in whole["notices"]}
    ended = {number for number, how in told["repairs"]["records"].items() if how != "in_force"}
    assert numbers and not numbers & {each.replace("〔", "[").replace("〕", "]") for each in ended}
    assert not numbers & ended
    text = json.dumps(whole, ensure_ascii=False)
    assert person not in text and not re.search(r"\d{17}[\dX](?!\d)", re.sub(r"9\d{17}", "", text))


def ask(window: Chromium, text: str) -> int:
    """Type it, press the button; how many records are shown."""
    window.type("#text", text)
    window.click("button", says="查询")
    found = re.search(r"查询结果（(\d+) 条）", window.text())
    assert found, window.text()
    return int(found[1])


def line(window: Chromium, department: str, act_class: str) -> list[str]:
    """The numbers of a line of the table of rates."""
    rows = window.tell(
        "[...document.querySelectorAll('tbody tr')].map(r => [...r.cells].map(c => c.innerText.trim()))"
    )
    [found] = [row for row in rows if row[:2] == [department, act_class] and len(row) > 10]
    return list(found[3:])


def put_right(book: Path, column: str, value: float | str) -> Path:
    """The workbook with a column filled anew, as saved beside it."""
    with CalamineWorkbook.from_path(book) as opened:
        rows = opened.get_sheet_by_index(0).to_python()
    at = rows[0].index(column)
    path = book.with_name(f"更正-{book.name}")
    with xlsxwriter.Workbook(path) as made:
        sheet = made.add_worksheet()
        for place, row in enumerate(rows):
            sheet.write_row(place, 0, [*row[:at], value if place else row[at], *row[at + 1 :]])
    return path


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_whoever_types_a_name_is_shown_whom_it_may_mean(
    address: str, folder: Path, tmp_path: Path, width: int
) -> None:
    """By the keys alone; nothing of what was typed stands in an address."""
    with (folder / "企业登记-名单与修复.csv").open(encoding="utf-8-sig") as rows:
        name = list(csv.reader(rows))[1][1]
    with Chromium(tmp_path, width=width) as window:
        window.open(f"{address}/deliveries")
        window.type("#find-text", name[:1])
        window.type("#find-text", name)
        until(lambda: window.tell("document.querySelectorAll('.found li').length"))
        shown = window.tell("[...document.querySelectorAll('.found li')].map(e => e.innerText)")
        assert any(name in line for line in shown) and len(shown) <= 8
        assert not window.is_cut and window.address == "/deliveries"
        assert window.tell("document.querySelector('#find-text').ariaExpanded") == "true"
        press = (
            "document.querySelector('#find-text')"
            ".dispatchEvent(new KeyboardEvent('keydown', {key: '%s', bubbles: true}))"
        )
        window.tell(press % "Escape")
        assert window.tell("document.querySelector('.found').hidden")
        window.type("#find-text", name)
        until(lambda: not window.tell("document.querySelector('.found').hidden"))
        window.tell(press % "ArrowDown")
        window.tell(press % "Enter")
        until(lambda: window.address.startswith("/parties/org"))
        assert name in window.wait_for(name)

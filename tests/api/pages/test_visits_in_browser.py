"""An officer's afternoon on a telephone: from the villages to a demand; and what is taken along on paper."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from urllib.parse import quote

import pytest
from chromium import BROWSER, Chromium
from outline import Outline
from python_calamine import CalamineWorkbook
from waiting import until
from world import World

from api.app import create_app
from api.security.people import add_person, link_for
from api.security.role import Role
from api.services import Services
from bench.api.attack import served
from graph.catch_up import catch_up
from graph.log import FactLog
from graph.operations import Channel, FinancingBook, Visits
from graph.settings import Settings
from graph.time import today, utc_now
from queries.consent import AskedConsent, find_purpose, register_consent

pytestmark = pytest.mark.skipif(BROWSER is None, reason="NO BROWSER: headless Chromium is not here")

BANK = "institution:C1402610305001"
TOWN, VILLAGE = "division:610305100", "division:610305100201"
WANTS, HOME, OWES, STANDS = (f"person:{number:032x}" for number in range(1, 5))
NAMES = {WANTS: "许春英", HOME: "李永田", OWES: "曹长顺", STANDS: "强有粮"}
LOAN, OTHER_LOAN = "loan:C1402610305001:J1", "loan:C1402610305001:J2"
#: A telephone, and an identity that fits: neither is anybody's.
PHONE, IDENTITY = "13800138000", "610322198001010014"
_NAMELESS = """
[...document.querySelectorAll("main input:not([type=hidden]), main select, main textarea, main button, main a")]
  .filter(e => !(e.textContent.trim() || e.getAttribute("aria-label") || (e.labels && e.labels.length)))
  .map(e => e.outerHTML)"""


@pytest.fixture(scope="module")
def town(office: Settings) -> Settings:
    """Two households without a loan, one that owes, and who stands for it."""
    world = World(FactLog(office.log_dir))
    world.node("FinancialInstitution", BANK, name="样本农村商业银行")
    world.node("Town", TOWN, name="虢镇")
    world.node("Village", VILLAGE, name="李家堡村")
    world.tie("PART_OF", (VILLAGE, "Village"), (TOWN, "Town"))
    for place, (key, name) in enumerate(NAMES.items()):
        person, home = (key, "Person"), (f"household:{place}", "Household")
        world.node("Person", key, name=name, birth_on=date(1980, 1, 1 + place),
                   phone_masked=f"138****000{place}", resident_id_masked=f"610322198001{place}*****")  # fmt: skip
        world.node("Farmer", key, "Person")
        world.node("Household", home[0], household_no=f"H-{place}", address=f"李家堡村{place + 1}组",
                   credit_grade="A", annual_income_fen=6_000_000, annual_expense_fen=1_000_000,
                   orchard_mu=4.0, valid_from=today() - timedelta(180))  # fmt: skip
        world.tie("BELONGS_TO", person, home, role="householder")
        world.tie("LOCATED_IN", person, (VILLAGE, "Village"))
    world.node("Loan", LOAN, loan_no="J1", principal_fen=8_000_000, granted_on=date(2025, 1, 1),
               due_on=date(2026, 1, 1), purpose="种植", security_kind="guarantee", interest_ratio=0.0435)  # fmt: skip
    for month, (balance, late, grade) in enumerate([(8_000_000, 0, "pass"), (6_500_000, 0, "pass"), (6_500_000, 40, "special_mention")]):  # fmt: skip
        world.node("LoanState", LOAN, "Loan", balance_fen=balance, loan_class=grade, overdue_days=late,
                   valid_from=date(2026, 3 + month, 1), **({"valid_to": date(2026, 4 + month, 1)} if month < 2 else {}))  # fmt: skip
    world.tie("BORROWED", (OWES, "Person"), (LOAN, "Loan"))
    world.node(
        "Loan", OTHER_LOAN, loan_no="J2", principal_fen=1_000_000, granted_on=date(2025, 1, 1)
    )
    world.tie("BORROWED", (HOME, "Person"), (OTHER_LOAN, "Loan"))
    world.tie("LENT_BY", (LOAN, "Loan"), (BANK, "FinancialInstitution"))
    world.node("Guarantee", "guarantee:1", contract_no="D1", amount_fen=8_000_000, guarantee_kind="joint_and_several")  # fmt: skip
    world.tie("SECURES", ("guarantee:1", "Guarantee"), (LOAN, "Loan"))
    world.tie("GAVE", (STANDS, "Person"), ("guarantee:1", "Guarantee"))
    world.tie("GUARANTEES", (STANDS, "Person"), (OWES, "Person"), discriminator="guarantee:1",
              amount_fen=8_000_000, guarantee_kind="joint_and_several", valid_from=date(2025, 1, 1))  # fmt: skip
    world.commit(utc_now() - timedelta(6), source="loan")
    world.node("Village", VILLAGE, name="李家堡村")
    world.commit(utc_now() - timedelta(5), source="judgment_defaulter")
    catch_up(office)
    return office


@pytest.fixture(scope="module")
def officer(town: Settings) -> str:
    """Name of an officer to whose bank all agreed but one (李永田), who is seen by nobody there."""
    purpose = find_purpose("credit_approval")
    with Services(town, reads_graph=False) as services:
        for place, key in enumerate(NAMES):
            for subject in (key, f"household:{place}") if key != HOME else ():
                asked = AskedConsent(
                    subject, BANK, "credit_approval", items=tuple(sorted(purpose.classes)),
                    from_on=today(), sensitive_tick=True, onward_tick=True, channel=Channel.ONLINE,
                )  # fmt: skip
                register_consent(services.store, asked, by="窗口张三", at=utc_now())
        add_person(
            services.store, name="visitor-officer", display_name="李信贷", role=Role.LOAN_OFFICER,
            institution=BANK, by="某人", at=utc_now(), must_change=False,
        )  # fmt: skip
    return "visitor-officer"


@pytest.fixture(scope="module")
def address(town: Settings, officer: str) -> Iterator[str]:
    with served(create_app(town)) as address:
        yield address


def logged_in(window: Chromium, address: str, town: Settings, officer: str) -> None:
    with Services(town, reads_graph=False) as services:
        path = link_for(services.store, officer, by="某人", at=utc_now())
    window.open(address + path)
    window.click("main button", says="以 李信贷 登录")


def looked_at(window: Chromium) -> str:
    """What a page says that fits its window, is put in order, and leaves no control without a name."""
    assert not window.is_cut, window.address
    html = str(window.tell("document.documentElement.outerHTML"))
    # a browser closes what a page writes as one tag
    html = re.sub(r"></(rect|line|circle|path)>", "/>", html)
    told = Outline(f"<!doctype html>{html}")
    assert not told.wrong, (window.address, told.wrong)
    assert window.tell(_NAMELESS) == [], window.address
    return window.text()


#: What was planned before an answer took too long is planned: so often asked, all of it is.
_PLANNED_BY_THEN = 12


def patient(window: Chromium, address: str, words: str) -> str:
    """What a page says as soon as it has these words: a query that was planned too slowly is asked anew."""
    for _ in range(_PLANNED_BY_THEN):
        window.open(address)
        until(lambda: words in window.text() or "没有在限定时间内答复" in window.text())
        if words in window.text():
            break
    return window.wait_for(words)


def pages_of(paper: bytes) -> list[tuple[int, int]]:
    """How large each sheet is, in points."""
    boxes = re.findall(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)\s*\]", paper)
    return [(round(float(wide)), round(float(high))) for wide, high in boxes]


A4 = (595, 842)


def test_an_afternoon_on_a_telephone(
    address: str, town: Settings, officer: str, tmp_path: Path
) -> None:
    with Chromium(tmp_path / "phone", width=390) as window:
        logged_in(window, address, town, officer)
        window.open(f"{address}/prospects")
        told = window.wait_for("没有记录不等于没有贷过款")
        looked_at(window)
        assert "李家堡村" in told and "许春英" in told
        # who agreed to nothing is not there
        assert "李永田" not in told
        window.open(f"{address}/villages/{VILLAGE}/prospects?most=9")
        told = looked_at(window)
        assert "虢镇李家堡村" in told and "138****0000" in told and "1组" in told and "户主" in told
        assert "书面授权书" in told
        window.click("a", says="登记结果")
        told = looked_at(window)
        assert "登记走访结果：许春英" in told
        # one column: every field as wide as the form
        widths = window.tell(
            "[...document.querySelectorAll('form.column input[name=amount], form.column select, form.column textarea')]"
            ".map(e => e.offsetWidth).filter(Boolean)"
        )
        assert widths and min(widths) > 250 and max(widths) <= 390
        window.click("input[name=outcome][value=wants]", leads_on=False)
        window.type("input[name=purpose]", "买果袋")
        window.choose("select[name=paper_kind_1]", "书面授权书")
        window.type("input[name=paper_number_1]", "SQ-7")
        window.type("textarea[name=notes]", f"在地里，电话{PHONE}，证件{IDENTITY}")
        window.click("form.column button", says="保存走访结果")
        # what lacks is said, and what was typed stands there still, without the numbers
        told = looked_at(window)
        assert "请写明金额和用途" in told
        assert window.tell("document.querySelector('form.column [name=purpose]').value") == "买果袋"
        assert PHONE not in window.tell("document.querySelector('form.column [name=notes]').value")
        window.type("input[name=amount]", "8")
        window.type("input[name=months]", "12")
        window.click("form.column button", says="保存走访结果")
        told = looked_at(window)
        assert (
            "有贷款意愿" in told and "8.00 万元，12 个月，用途：买果袋" in told and "SQ-7" in told
        )
        assert IDENTITY not in told and PHONE not in told
        window.click("main button", says="转为融资需求")
        told = looked_at(window)
        assert "融资需求第" in told and "许春英" in told and "买果袋" in told
        window.open(f"{address}/visits")
        assert "有贷款意愿" in looked_at(window)
    with Services(town, reads_graph=False) as services:
        [visit] = Visits(services.store).of(BANK)
        assert visit.subject == WANTS and visit.village == VILLAGE and visit.by == "李信贷"
        assert visit.demand is not None
        demand = FinancingBook(services.store).file(visit.demand).demand
        assert (demand.subject, demand.amount_fen, demand.months) == (WANTS, 8_000_000, 12)
        assert (demand.channel, demand.reference) == (BANK, f"visit/{visit.number}")


def test_whom_nobody_let_be_seen_is_not_visited_by_a_guessed_address(
    address: str, town: Settings, officer: str, tmp_path: Path
) -> None:
    with Chromium(tmp_path / "guess", width=390) as window:
        logged_in(window, address, town, officer)
        window.open(f"{address}/parties/{HOME}/visit")
        assert "没有找到这个主体" in window.text() and "李永田" not in window.text()
        window.open(f"{address}/loans/{OTHER_LOAN}")
        assert "李永田" not in window.wait_for("没有找到这笔贷款")
        window.open(f"{address}/visits/999")
        assert "没有这次走访记录" in window.text()


@pytest.mark.sweep
def test_a_loan_answers_in_three_seconds_and_stands_on_paper(
    address: str, town: Settings, officer: str, tmp_path: Path
) -> None:
    with Chromium(tmp_path / "desk", width=1366) as window:
        logged_in(window, address, town, officer)
        patient(window, f"{address}/loans/{LOAN}", "谁为它担保")
        told = looked_at(window)
        assert window.address == f"/loans/{LOAN}"
        head = window.tell("document.querySelector('section.head').innerText")
        for words in ("曹长顺", "6.50 万元", "40 天", "4.35%", "种植", "2026-05-01", "2026-01-01"):
            assert words in head, words
        assert (
            window.tell("document.querySelector('section.head').getBoundingClientRect().bottom")
            < 900
        )
        assert "强有粮" in told and "连带责任保证" in told and "逾期" in told
        window.click("a", says="曹长顺的全部贷款")
        patient(window, f"{address}/parties/{OWES}", "贷款（1 笔）")
        window.click("#loans td a", says="8.00 万元")
        assert window.address == f"/loans/{quote(LOAN)}"
        before = len(list(window.downloads.iterdir()))
        window.click("a", says="导出表格", leads_on=False)
        book = CalamineWorkbook.from_filelike(BytesIO(window.downloaded(before).read_bytes()))
        cover = dict(map(tuple, book.get_sheet_by_name("说明").to_python()))
        assert cover["查阅人"] == "李信贷" and cover["用途"] == "贷款审批"
        assert any(
            "强有粮" in str(book.get_sheet_by_name(name).to_python()) for name in book.sheet_names
        )


#: Path -> the most sheets that it may take.
PRINTED = {
    f"/villages/{VILLAGE}/prospects?most=9": 2,
    f"/visits/{VILLAGE}/form": 1,
    f"/loans/{LOAN}": 2,
    f"/parties/{OWES}": 8,
    "/prospects": 3,
    "/lending": 4,
    "/visits": 1,
    "/guarantees": 4,
}


def test_what_is_printed_has_numbered_sheets_and_no_menu(
    address: str, town: Settings, officer: str, tmp_path: Path
) -> None:
    with Chromium(tmp_path / "printer", width=1366) as window:
        logged_in(window, address, town, officer)
        for path, most in PRINTED.items():
            patient(window, address + path, "信农")
            until(lambda: "正在测算" not in window.text())
            assert "没有完成" not in window.text(), path
            sheets = pages_of(window.printed())
            assert 1 <= len(sheets) <= most, (path, sheets)
            assert {*sheets} <= {A4, A4[::-1]}, (path, sheets)
        assert "counter(page)" in window.tell(
            "[...document.styleSheets].flatMap(s => [...s.cssRules]).map(r => r.cssText).join(' ')"
        )

"""A loan officer's job at a real browser: from the search to the printed form, each act counted; at a
desk and on a telephone."""

from __future__ import annotations

import base64
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from chromium import BROWSER, Chromium
from starlette.testclient import TestClient

from api.app import create_app
from api.security.first_start import demonstration_links
from api.security.role import Role
from api.services import Services
from bench.api.attack import served
from graph.settings import Settings
from graph.time import utc_now
from ingest.sample.consents import households_of, kind_of, register_sample
from queries.scope import ADMINISTRATOR

pytestmark = pytest.mark.skipif(BROWSER is None, reason="NO BROWSER: headless Chromium is not here")

DESK, PHONE = 1366, 390
#: A4 in points, as Chromium rounds it.
A4 = (595, 842)
#: What an officer did for one form before: thirteen acts.
MOST_ACTS = 7


@pytest.fixture(scope="module")
def agreed(district: Settings, client: TestClient) -> list[tuple[str, str]]:
    """Key and name of two who agreed: a householder whose name nobody else has, and one in arrears."""
    with Services(district) as services:
        reader = services.reader(ADMINISTRATOR)
        homes = [home for home in households_of(reader) if kind_of(home[0]) == "agreed"]
        named = Counter(reader.table("Person")["name"].to_pylist())
        heads = {row["to_key"]: row["from_key"] for row in reader.table("BELONGS_TO").to_pylist()
                 if row["role"] == "householder"}  # fmt: skip
        names = reader.names(heads[home] for home, _ in homes if home in heads)
        alone = next(home for home in homes if named[names.get(heads.get(home[0], "")) or ""] == 1)
        late = {row["key"] for row in reader.table("LoanState").to_pylist() if row["overdue_days"]}
        borrowed = reader.table("BORROWED").to_pylist()
        owing = {row["from_key"] for row in borrowed if row["to_key"] in late}
        home, debtor = next(
            (home, key) for home in homes for key in home[1] if key in owing and home != alone
        )
        assert register_sample(services.office, [alone, home], at=utc_now())
        found = [heads[alone[0]], debtor]
        names = reader.names(found)
    return [(key, str(names[key])) for key in found]


@pytest.fixture(scope="module")
def applicant(agreed: list[tuple[str, str]]) -> tuple[str, str]:
    return agreed[0]


@pytest.fixture(scope="module")
def address(district: Settings, applicant: tuple[str, str]) -> Iterator[str]:
    app = create_app(district)
    with served(app) as found:
        services = app.state.services
        assert services.is_warm(services.reader(ADMINISTRATOR), within=300)
        yield found


def log_in(window: Chromium, address: str, district: Settings) -> None:
    with Services(district, reads_graph=False) as services:
        made = demonstration_links(services.store, by="某人", at=utc_now())
    link = next(path for role, _, path in made if role is Role.LOAN_OFFICER)
    window.open(address + link)
    window.click("main button", says="以 演示信贷员 登录")


def pages(pdf: bytes) -> list[tuple[int, int]]:
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf)
    return [(round(float(width)), round(float(height))) for width, height in boxes]


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_from_the_search_to_the_printed_form(
    address: str, district: Settings, applicant: tuple[str, str], tmp_path: Path, width: int
) -> None:
    key, name = applicant
    acts: list[str] = []
    with Chromium(tmp_path, width=width) as window:
        log_in(window, address, district)
        assert window.address == "/lending-desk"

        window.type("#find-text", name)
        acts.append("types the name")
        window.click("header form button", says="查找")
        acts.append("clicks 查找")
        window.click("main tbody a", says=name)
        acts.append("clicks the person")
        told = window.wait_for("各产品的条件")
        assert name in told and not window.is_cut
        window.click(".head a[href*='/decisions#']")
        acts.append("clicks the product that fits best")

        told = window.wait_for("逐项判定")
        assert not window.is_cut
        for word in ("✓ 符合", "… 待补充", "✗ 不符合"):
            assert word in told, word
        # the card that was chosen is open where it is told in full
        assert window.tell("!!document.querySelector('.full details[open]')")
        # who looks at a paper is who is logged in, and a consent signed here is of today
        assert window.tell("document.querySelector('[name=\"seen_by@书面授权书\"]').value")
        window.type("[name='reference@书面授权书']", f"SQ-{width}")
        acts.append("types the number of the written consent")
        window.click(".board button[name=keep]")
        acts.append("clicks 判定并存档 on the card")

        assert window.address.startswith("/decisions/")
        told = window.wait_for("条件判定书")
        assert f"SQ-{width}" in told and "演示信贷员" in told and not window.is_cut
        window.tell("window.print = () => { window.printed = true; }")
        window.click("button[data-print]", leads_on=False)
        acts.append("clicks 打印")
        assert window.tell("window.printed === true")

        paper = base64.b64decode(
            window._ask("Page.printToPDF", preferCSSPageSize=True, printBackground=True)["data"]
        )
        # signatures and all on one sheet
        assert pages(paper) == [A4]
        sheet = str(window.tell("document.querySelector('section.form').innerText"))
        assert key not in sheet and "person:" not in sheet and "校验码" not in sheet
    assert len(acts) <= MOST_ACTS, acts


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_a_farmer_is_found_and_why_there_is_a_risk_is_read_in_three_acts(
    address: str, district: Settings, agreed: list[tuple[str, str]], tmp_path: Path, width: int
) -> None:
    """What is on record stands where the eye falls first, with its reason; nothing is scrolled to."""
    key, name = agreed[1]
    acts: list[str] = []
    with Chromium(tmp_path, width=width) as window:
        log_in(window, address, district)
        window.type("#find-text", name)
        acts.append("types the name")
        window.click("header form button", says="查找")
        acts.append("clicks 查找")
        window.click(f"main tbody a[href*='{key.partition(':')[2]}']")
        acts.append("clicks the person")
        reason, low = window.tell(
            "[e => e.innerText, e => e.getBoundingClientRect().bottom]"
            ".map(tell => tell(document.querySelector('.head .signal')))"
        )
        # the colour's word, and the one reason: what, of whom, how much, since when, by which source
        assert re.match(r"[●▲] .+\s+贷款：.+万元，.+起，来源", reason), reason
        assert low < 900, f"the reason ends {low} pixels below the top"
        assert window.tell("scrollY") == 0 and not window.is_cut
    assert len(acts) <= 3, acts


def test_a_page_of_several_sheets_numbers_them(
    address: str, district: Settings, applicant: tuple[str, str], tmp_path: Path
) -> None:
    """The number stands in the margin by CSS, where the text of the page does not tell of it."""
    with Chromium(tmp_path, width=DESK) as window:
        log_in(window, address, district)
        window.open(f"{address}/parties/{applicant[0]}/decisions")
        rules = window.tell(
            "[...document.styleSheets].flatMap(s => [...s.cssRules]).map(r => r.cssText).join(' ')"
        )
        assert "counter(page)" in str(rules) and "counter(pages)" in str(rules)
        paper = window._ask("Page.printToPDF", preferCSSPageSize=True)["data"]
        assert set(pages(base64.b64decode(paper))) == {A4}


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_a_supposition_and_a_scenario_are_marked_as_such(
    address: str, district: Settings, applicant: tuple[str, str], tmp_path: Path, width: int
) -> None:
    key, name = applicant
    with Chromium(tmp_path, width=width) as window:
        log_in(window, address, district)
        window.open(f"{address}/parties/{key}/decisions")
        window.click("summary", says="假设推演：如果某项情况是另一个数", leads_on=False)
        window.choose("select[name=assumed]", "age")
        window.type("[name=assumed_value]", "80")
        window.click("button", says="推演")
        told = window.wait_for("年龄（周岁）为 80")
        assert "假设推演，不是事实" in told and not window.is_cut
        window.open(f"{address}/scenarios")
        assert not window.is_cut
        window.type("form input[name=party_text]", name)
        window.click(".steps button", says="推演")
        window.wait_for("主体是哪一个")
        window.click(".steps button", says="推演")
        told = window.wait_for("风险分值的变化")
        assert f"假设：{name}倒闭" in told and "假设推演，不是事实" in told
        assert window.address == "/scenarios" and not window.is_cut
        assert window.tell("document.querySelectorAll('svg.bars rect').length") > 0
        # loaded anew, nothing of it is there
        window.open(f"{address}/scenarios")
        assert "风险分值的变化" not in window.text()


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_who_did_not_agree_is_not_told_of(
    address: str, district: Settings, applicant: tuple[str, str], tmp_path: Path, width: int
) -> None:
    """Of somebody who opened nothing to the bank there is no board."""
    with Services(district) as services:
        reader = services.reader(ADMINISTRATOR)
        other = next(
            row["from_key"] for row in reader.table("BELONGS_TO").to_pylist()
            if row["from_key"] != applicant[0] and kind_of(row["to_key"]) is None
        )  # fmt: skip
    with Chromium(tmp_path, width=width) as window:
        log_in(window, address, district)
        window.open(f"{address}/parties/{other}/decisions")
        assert "没有找到这个主体" in window.text() or "没有" in window.text()
        assert not window.tell("!!document.querySelector('.board')")
        # for another purpose, the same of who agreed to this one
        window.open(f"{address}/parties/{applicant[0]}/decisions")
        assert window.tell("!!document.querySelector('.board')")

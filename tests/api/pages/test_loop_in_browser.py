"""The financing loop at a real browser: an officer from the inbox to the last repayment, and the
applicant by their own link, who has no log-in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from breadth import at_landing
from chromium import BROWSER, Chromium
from outline import Outline
from world import World

from api.app import create_app
from api.security.people import add_person, link_for
from api.security.role import Role
from api.services import Services
from bench.api.attack import served
from graph.catch_up import catch_up
from graph.log import FactLog
from graph.operations import Channel, Consents
from graph.settings import Settings
from graph.time import today, utc_now
from ingest.financing import FinancingDesk
from queries.consent import AskedConsent, find_purpose, register_consent
from queries.scope import ADMINISTRATOR

pytestmark = pytest.mark.skipif(BROWSER is None, reason="NO BROWSER: headless Chromium is not here")

BANK = "institution:C1402610305001"
#: Width of the window -> whose demand is walked through there.
WALKS = {1366: ("person:a", "许春英"), 390: ("person:b", "李永田")}
#: Controls that a screen reader can say nothing of.
_NAMELESS = """
[...document.querySelectorAll("main input:not([type=hidden]), main select, main button, main a")]
  .filter(e => !(e.textContent.trim() || e.getAttribute("aria-label") || (e.labels && e.labels.length)))
  .map(e => e.outerHTML)"""


@pytest.fixture(scope="module")
def town(office: Settings) -> Settings:
    """Two farmers with households of their own, and a bank."""
    world = World(FactLog(office.log_dir))
    world.node("FinancialInstitution", BANK, name="样本农村商业银行")
    for place, (key, name) in enumerate(WALKS.values()):
        home = (f"household:{place}", "Household")
        world.node("Person", key, name=name, birth_on=date(1980, 1, 1))
        world.node("Household", home[0], household_no=f"H-{place}")
        world.tie("BELONGS_TO", (key, "Person"), home, role="householder")
    world.commit(datetime(2026, 3, 1, tzinfo=UTC))
    catch_up(office)
    return office


@pytest.fixture(scope="module")
def pushed(town: Settings) -> dict[str, int]:
    """Numbers of the demands that the window took and pushed, by subject; both agreed to it."""
    purpose = find_purpose("credit_approval")
    numbers = {}
    with Services(town, reads_graph=False) as services:
        desk = FinancingDesk(services.office, None, services.has_consent)
        reader = services.reader(ADMINISTRATOR)
        for key, _ in WALKS.values():
            asked = AskedConsent(
                key, BANK, "credit_approval", items=tuple(sorted(purpose.classes)),
                from_on=today(), sensitive_tick=True, onward_tick=True, channel=Channel.ONLINE,
            )  # fmt: skip
            register_consent(services.store, asked, by="窗口张三", at=utc_now())
            numbers[key] = desk.book.register(
                key, channel="window", reference=f"D/{key}", amount_fen=8_000_000, months=12,
                purpose="购买果袋", by="窗口张三", at=utc_now(),
            ).act.demand  # fmt: skip
            desk.push(
                reader, numbers[key], BANK, product="apple_loan", reference=f"P/{key}",
                by="窗口张三", at=utc_now(),
            )  # fmt: skip
    return numbers


@pytest.fixture(scope="module")
def address(town: Settings, pushed: dict[str, int]) -> Iterator[str]:
    with served(create_app(town)) as address:
        yield address


@pytest.fixture(scope="module")
def log_in(town: Settings) -> str:
    """Path of the officer's one-time link: one that is made anew is another."""
    with Services(town, reads_graph=False) as services:
        add_person(
            services.store, name="officer", display_name="李信贷", role=Role.LOAN_OFFICER,
            institution=BANK, by="某人", at=utc_now(), must_change=False,
        )  # fmt: skip
    return "officer"


def looked_at(window: Chromium) -> str:
    """What a page says that fits its window, is put in order, and leaves no control without a name."""
    assert not window.is_cut, window.address
    told = Outline(f"<!doctype html>{window.tell('document.documentElement.outerHTML')}")
    assert not told.wrong, (window.address, told.wrong)
    assert window.tell(_NAMELESS) == [], window.address
    return window.text()


def act(window: Chromium, name: str, reference: str, **fields: Any) -> str:
    """Fill in the form of an act and press its button; what the page says then."""
    form = f"form:has(input[name=act][value={name}])"
    for field, value in {**fields, "reference": reference}.items():
        css = f"{form} [name={field}]"
        if window.tell(f"document.querySelector({css!r}).tagName") == "SELECT":
            window.choose(css, str(value))
        elif isinstance(value, date):
            window.choose(css, value.isoformat())
        else:
            window.type(css, str(value))
    window.click(f"{form} button")
    return looked_at(window)


@pytest.mark.parametrize("width", at_landing([*WALKS][:1], WALKS))
def test_from_the_inbox_to_the_last_repayment(
    address: str, town: Settings, pushed: dict[str, int], log_in: str, tmp_path: Path, width: int
) -> None:
    key, name = WALKS[width]
    with Services(town, reads_graph=False) as services:
        path = link_for(services.store, log_in, by="某人", at=utc_now())
    day, last, mine = today(), today() + timedelta(365), f"{width}"
    with Chromium(tmp_path / "officer", width=width) as window:
        window.open(address + path)
        window.click("main button", says="以 李信贷 登录")
        window.click("nav summary", leads_on=False)
        window.click("nav a", says="融资办理")
        told = looked_at(window)
        assert name in told and "受理" in told and "没有在办的申请" not in told
        window.open(f"{address}/financing/demands/{pushed[key]}")
        assert name in looked_at(window)
        assert "已受理" in act(window, "accept", f"{mine}-1")
        assert "尽职调查中" in act(window, "investigate", f"{mine}-2", visited_on=day)
        window.click("a", says="实地调查表")
        assert "实地所见" in looked_at(window) and name in window.text()
        window.open(f"{address}/financing/demands/{pushed[key]}")
        granted = act(
            window, "grant", f"{mine}-3", line_no=f"SX{mine}", amount_fen="6.5", from_on=day,
            to_on=last, rate_ppm="4.35", security_kind="unsecured",
        )  # fmt: skip
        assert "已授信" in granted and "4.35%" in granted
        assert "已签约" in act(window, "sign", f"{mine}-4", contract_no=f"HT{mine}", signed_on=day)
        note = f"JJ{mine}"
        drawn = {"note_no": note, "on": day, "due_on": last, "stated_first": "first"}
        refused = act(window, "disburse", f"{mine}-5", amount_fen="7", **drawn)
        assert "放款合计将超过授信额度" in refused and "已签约" in refused
        # what was filled in stands there still
        form = "form:has(input[name=act][value=disburse])"
        assert window.tell(f"document.querySelector('{form} [name=note_no]').value") == note
        assert "已放款" in act(window, "disburse", f"{mine}-5", amount_fen="6.5", **drawn)
        window.click("button", says="生成申请人查询链接")
        looked_at(window)
        own = str(window.tell("document.querySelector('a[href^=\"/financing/progress/\"]').href"))
        applicant = Chromium(tmp_path / "applicant", width=390)
        with applicant:
            applicant.open(own)
            told = looked_at(applicant)
            assert "放款" in told and "样本农村商业银行" in told and "李信贷" not in told
            assert "还款中" in act(
                window, "repay", f"{mine}-6", note_no=note, amount_fen="2", on=day
            )
            early = act(window, "settle", f"{mine}-7", on=day)
            assert "元没有还清" in early and "还款中" in early
            act(window, "repay", f"{mine}-8", note_no=note, amount_fen="4.5", on=day)
            assert "已结清" in act(window, "settle", f"{mine}-9", on=day)
            applicant.open(own)
            assert "已结清" in looked_at(applicant)
            # what was opened by a link opens nothing else
            applicant.open(f"{address}/financing")
            assert applicant.address == "/login?next=/financing"
        assert "已反馈" in act(window, "feedback", f"{mine}-10", stated_first="first")
        window.open(f"{address}/financing/figures")
        assert "首贷户（机构申报）" in looked_at(window)
    [loan] = [
        row for row in FactLog(town.log_dir).read("Loan").to_pylist() if row["key"].endswith(note)
    ]
    assert loan["principal_fen"] == 6_500_000


def test_consent_taken_back_closes_the_page_at_the_next_click(
    address: str, town: Settings, pushed: dict[str, int], log_in: str, tmp_path: Path
) -> None:
    key, _ = WALKS[390]
    with Services(town, reads_graph=False) as services:
        path = link_for(services.store, log_in, by="某人", at=utc_now())
        [consent] = Consents(services.store).of(subject=key, limit=10)
        with Chromium(tmp_path, width=1366) as window:
            window.open(address + path)
            window.click("main button", says="以 李信贷 登录")
            window.open(f"{address}/financing/demands/{pushed[key]}")
            assert "办理历史" in window.text()
            Consents(services.store).revoke(
                consent.number, how="窗口", reason="本人申请", by="窗口张三", at=utc_now()
            )
            window.open(f"{address}/financing/demands/{pushed[key]}")
            assert "没有对该机构的有效授权" in window.text() and "办理历史" not in window.text()

"""Desks over the one planted district: every number is that of the page that it opens, and whose it is."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
import uvicorn
from chromium import BROWSER, Chromium
from desks import AS_OF, AtWork, at_work, lines_of
from leftovers import shared_folder
from starlette.testclient import TestClient
from waiting import until
from whole_district import DAY

from api.desk_line import Patience, asked_together, yesterday
from api.security import Role
from api.security.asker import scope_of
from api.security.people import link_for
from graph.time import day_of, utc_now
from ingest import load_source, source_names
from ingest.delivery.changes import changes_since
from ingest.repair import cases
from queries.linked_dishonesty import linked_district
from queries.measures import measure_register
from queries.monitoring import inbox, subscriptions
from queries.reader import Reader

#: Of each page that a line of the office's desk opens, what it says how many there are.
TOTALS = {
    "/rates/rows": r"共 (\d+) 件</span></h1>",
    "/repairs": r"<p>(?:逾期|有时限在走)的 (\d+) 件",
    "/duties": r"各项责任：逾期未报（(\d+) 项）",
    "/deliveries#corrections": r"待更正清单（共 (\d+) 行）",
    "/deliveries#fresh": r"<p>(\d+) 个来源有待办",
    "/identity": r"等待核对的有 (\d+) 对",
    "/unknown-subjects": r"全部：(\d+) 个",
    "/code-errors": r"<p>(\d+) 条",
    "/linked": r"<h2>[^<（]+（(\d+)）</h2>",
    "/measures": r"不当的 <a href=\"/measures[^\"]*\">(\d+) 项",
    "/bulletins": r"待签发 (\d+) 期",
    "/monitoring/inboxes": r"的待阅预警（(\d+)）",
    "/department#duties": "",
    "/department/codes": r"重错码（(\d+) 条）",
    "/department/subjects": r"待登记主体（(\d+) 个）",
    "/lending-desk/past-due": r"（(\d+) 笔）</h1>",
    "/watching": r"有变化（(\d+) 条）",
    "/financing": r"共 (\d+) 件在办",
}


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AtWork]:
    shared = shared_folder(tmp_path_factory.getbasetemp())
    with at_work(tmp_path_factory.mktemp("work"), made_in=shared) as made:
        yield made


@pytest.fixture(autouse=True)
def named(monkeypatch: pytest.MonkeyPatch) -> None:
    """No graph is here, and it alone knows what parties are called."""
    monkeypatch.setattr(Reader, "names", lambda _, keys: dict.fromkeys(keys, "某某"))


@pytest.fixture(scope="module")
def office(work: AtWork) -> TestClient:
    return work.inside(Role.CREDIT_OFFICE)


@pytest.fixture(scope="module")
def desk(office: TestClient) -> dict[str, tuple[str, int]]:
    return lines_of(office, f"/desk?{AS_OF}")


def opened(browser: TestClient, path: str) -> str:
    """A page once it is computed."""

    answer = browser.get(path)
    assert answer.status_code == 200, (path, answer.text[-800:])
    return answer.text


def told_on(text: str, path: str) -> int:
    """How many a page says that there are; one that says nothing of it has none."""
    plain = re.sub(r"as_of=[\d-]+&?", "", path)
    known = [one for one in TOTALS if plain.replace("?", "").startswith(one.replace("?", ""))]
    pattern = TOTALS[max(known, key=len)]
    found = re.search(pattern, text)
    return int(found[1]) if found else 0


def test_every_number_of_the_office_is_that_of_the_page_that_it_opens(
    office: TestClient, desk: dict[str, tuple[str, int]]
) -> None:
    wrong = {}
    for title, (path, number) in desk.items():
        text = opened(office, path)
        fragment = f"{path.split('?')[0]}#{path.split('#')[1]}" if "#" in path else path
        known = fragment if fragment.startswith("/deliveries") else path
        if (told := told_on(text, known)) != number:
            wrong[title] = (path, number, told)
    assert not wrong
    assert {re.split(r"[?#]|/\d", path)[0] for path, _ in desk.values()} == {
        "/rates/rows", "/repairs", "/duties", "/deliveries", "/identity", "/unknown-subjects",
        "/code-errors", "/linked", "/measures", "/bulletins", "/monitoring/inboxes",
    }  # fmt: skip


def test_the_numbers_are_those_of_what_was_planted(
    work: AtWork, desk: dict[str, tuple[str, int]]
) -> None:
    numbers = {title: number for title, (_, number) in desk.items()}
    district, office = work.district, scope_of(Role.CREDIT_OFFICE)
    reader = district.services.reader(office, as_of=DAY)
    assert numbers["修复、异议逾期"] == work.overdue
    assert numbers["修复、异议办理中"] == work.under_way
    planted = district.planted["overreach"]
    assert numbers["不当措施"] >= len(planted["overreach"]) + len(planted["faults"])
    register = measure_register(reader, district.services.store)
    assert numbers["不当措施"] == len(register.overreach)
    linked = linked_district(reader)
    assert linked is not None and numbers["关联主体"] == len(linked.hints) > 0
    structure = reader.structure()
    assert numbers["担保圈"] == len(structure.overview.rings)
    again = [one for one in structure.hints if one.kind == "re_registration"]
    assert numbers["换壳重新登记"] == len(again)
    # one is a draft, and that of the last month is not written
    assert numbers["通报待签发"] == 1
    [one] = subscriptions(district.services.store)
    unread = inbox(reader, district.services.store, one.kept.subscriber)
    assert unread is not None and numbers["王科员的待阅预警"] == unread.total > 0
    assert numbers["双公示迟报"] > 0 and numbers["待更正的行"] > 0 and numbers["重错码"] > 0
    registrars = [title for title in numbers if title.startswith("重错码：")]
    assert registrars and 0 < sum(numbers[title] for title in registrars) <= numbers["重错码"]


def test_what_is_due_soonest_stands_first(work: AtWork, office: TestClient) -> None:
    page = opened(office, "/desk")
    shown = [int(number) for number in re.findall(r'href="/repairs/(\d+)"', page)]
    told = cases(work.district.services.settings, work.district.services.store, only="waiting")
    assert shown == [item.case.number for item in told.cases][:6]
    days = [min(clock.on for clock in item.clocks if clock.on) for item in told.cases]
    assert days == sorted(days) and days[0] < day_of(work.district.worked_at)


def test_a_case_that_is_cut_down_counts_what_is_left(office: TestClient, work: AtWork) -> None:
    every, late = opened(office, "/repairs"), opened(office, "/repairs?only=overdue")
    assert f"其中逾期 {work.overdue} 件" in every
    assert len(set(re.findall(r"/repairs/(\d+)", late))) == work.overdue
    assert office.get("/repairs?only=what").status_code in (400, 422)


def test_what_came_since_yesterday_is_counted_from_the_batches(work: AtWork) -> None:
    batches = work.district.services.deliveries().batches
    since = yesterday(day_of(work.district.worked_at))
    told = changes_since(batches, since)
    assert told.batches > 0 and told.accepted > 0 and told.quarantined > 0
    assert told.last_at == batches[-1].known_at
    one = changes_since(batches, since, sees=lambda source: source == "tax")
    none = changes_since(batches, batches[-1].known_at + timedelta(seconds=1))
    assert one.batches < told.batches
    assert (none.batches, none.accepted, none.last_at) == (0, 0, None)


def test_what_is_not_computed_holds_nobody_up() -> None:
    asked = []

    def slow(within: float) -> int | None:
        asked.append(within)
        return None

    assert asked_together([slow, lambda _: 3], Patience(0.01)) == [None, 3]
    assert asked[0] == 0.0 and asked[1] <= 0.01


def test_a_line_says_that_it_is_being_computed(
    office: TestClient, desk: dict[str, tuple[str, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "关联主体" in desk
    monkeypatch.setattr("api.office_desk.linked_lists", lambda *_, **__: None)
    page = office.get(f"/desk?{AS_OF}")
    assert page.status_code == 200 and page.text.count("计算中</span>") == 6
    assert "刷新本页" in page.text and "关联主体" in page.text


def test_who_only_looks_at_the_desk_is_led_nowhere_else(
    work: AtWork, desk: dict[str, tuple[str, int]]
) -> None:
    inspector = work.inside(Role.INSPECTOR, name="guest")
    told = lines_of(inspector, f"/desk?{AS_OF}")
    assert {path.split("?")[0] for path, _ in told.values()} < {
        path.split("?")[0] for path, _ in desk.values()
    }
    for path, _ in told.values():
        assert inspector.get(path).status_code == 200, path


def test_a_department_sees_its_own_and_another_none_of_it(work: AtWork) -> None:
    market = work.inside(Role.CLERK, name="shi", department="市场监督管理局")
    farm = work.inside(Role.CLERK, name="nong", department="农业农村局")
    own = {name: one for name in source_names() if (one := load_source(name)).reported}
    for clerk, department, other in ((market, "市场监督管理局", "农业农村局"),
                                     (farm, "农业农村局", "市场监督管理局")):  # fmt: skip
        lines = lines_of(clerk, "/department")
        page = opened(clerk, "/department")
        assert f"<h1>{department}</h1>" in page
        for name, source in own.items():
            mine = department in (source.department, *source.department.split(" / "))
            template = f'href="/templates/{name}/'
            assert (template in page) is mine, name
            if not mine:
                assert f'href="/corrections/{name}/' not in page
        for path, number in lines.values():
            if path.startswith("/department/"):
                assert told_on(opened(clerk, path), path) == number
        alone = {one.department for one in own.values() if other == one.department}
        assert alone and f'<td data-term="部门">{other}' not in page
        # whose it is follows from who asks, and from nothing that they ask
        assert clerk.get(f"/department?department={other}").status_code in (400, 422)


def test_wrong_codes_of_a_department_are_of_its_own_rows(work: AtWork) -> None:
    market = work.inside(Role.CLERK, name="shi2", department="市场监督管理局")
    tax = work.inside(Role.CLERK, name="shui2", department="税务局")
    sources = {batch.position: batch.source for batch in work.district.services.log.batches()}
    counts = []
    for clerk, department in ((market, "市场监督管理局"), (tax, "税务局")):
        page = opened(clerk, "/department/codes")
        positions = {int(one) for one in re.findall(r"/deliveries/(\d+)", page)}
        for position in positions:
            assert department in load_source(sources[position]).department
        counts.append(len(positions))
    assert sum(counts) > 0


def test_a_lender_sees_loans_of_the_own_institution_alone(work: AtWork) -> None:
    officer = work.inside(Role.LOAN_OFFICER)
    lines = lines_of(officer, "/lending-desk")
    assert "融资申请在办" in lines and "关注的主体有变化" in lines
    for title, (path, number) in lines.items():
        if path.startswith("/prospects"):
            continue
        text = opened(officer, path)
        if title != "融资申请已超时限":
            assert told_on(text, path) == number, title
    assert "/rates" not in opened(officer, "/lending-desk")


def test_each_desk_is_for_its_role(work: AtWork) -> None:
    opens = {
        Role.CREDIT_OFFICE: {"/desk", "/department"},
        Role.LOAN_OFFICER: {"/lending-desk"},
        Role.MANAGER: {"/lending-desk"},
        Role.CLERK: {"/department"},
        Role.INSPECTOR: set(),
        Role.AUDITOR: set(),
        Role.ADMINISTRATOR: {"/administration"},
    }
    looks = {Role.INSPECTOR: {"/desk"}}
    for number, (role, mine) in enumerate(opens.items()):
        browser = work.inside(role, name=f"probe{number}")
        for path in ("/desk", "/department", "/lending-desk", "/administration"):
            status = browser.get(path).status_code
            expected = 200 if path in mine | looks.get(role, set()) else 403
            assert status == expected, (role, path, status)


def test_the_house_says_how_it_fares_and_links_what_may_be_opened(work: AtWork) -> None:
    page = work.inside(Role.ADMINISTRATOR, name="house").get("/administration").text
    for word in (
        "用户",
        "接入客户端",
        "备份",
        "保存期限",
        "工作日历",
        "审计核验",
        "程序版本",
        "运行库",
    ):
        assert word in page, word
    assert 'href="/users"' in page and 'href="/clients"' in page
    # no graph is here, and no folder of backups is set
    assert page.count("须办理") >= 2
    inside = page[page.index("<main") :]
    assert 'href="/audit/heads"' not in inside and 'href="/calendar"' not in inside
    names = [str(row["name"]) for row in work.district.services.log.read("Person").to_pylist()[:50]]
    assert not [name for name in names if name in page]


@contextmanager
def served(work: AtWork) -> Iterator[str]:
    """The address of the house; what it stands on is open already."""
    config = uvicorn.Config(work.house.app, host="127.0.0.1", port=0, log_level="error",
                            ws="none", log_config=None, lifespan="off")  # fmt: skip
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    until(lambda: server.started)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(60)


@pytest.mark.skipif(BROWSER is None, reason="NO BROWSER: headless Chromium is not here")
@pytest.mark.parametrize("width", [1366, 390, 360])
def test_the_morning_of_the_office(
    work: AtWork, office: TestClient, tmp_path: Path, width: int
) -> None:
    login = work.house.enter(Role.CREDIT_OFFICE, name=f"morgen{width}")
    link = link_for(work.house.store, login, by="某人", at=utc_now())
    lines_of(office, "/desk")
    with served(work) as address, Chromium(tmp_path, width=width) as window:
        window.open(address + link)
        window.click("main button")
        assert window.address == "/desk" and not window.is_cut
        # one row of navigation, and each role's desks alone
        menu = str(window.tell("document.querySelector('header nav').innerText"))
        assert "信用办" in menu and "部门" in menu and "管理" in menu
        height = window.tell("document.querySelector('header nav').getBoundingClientRect().height")
        assert int(float(str(height))) < 40
        window.click("main a[href^='/rates/rows?measure=late']")
        number = int(str(window.tell(
            "document.querySelector('h1').innerText.match(/共 (\\d+) 件/)[1]"
        )))  # fmt: skip
        rows = int(str(window.tell("document.querySelectorAll('tbody tr').length")))
        assert 0 < rows == min(number, 50) and not window.is_cut
        window.open(f"{address}/desk")
        window.click("#due tbody a")
        assert window.address.startswith("/repairs/") and "异议" in window.text()
        assert not window.is_cut
        window.open(f"{address}/desk")
        rings = int(str(window.tell(
            "document.querySelector(\"main a[href='/linked?name=rings']\").innerText"
        )))  # fmt: skip
        window.click("main a[href='/linked?name=rings']")
        assert f"担保圈（{rings}）" in window.text() and not window.is_cut


def test_a_party_is_watched_with_one_click_and_by_nobody_else(
    work: AtWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Reader, "known", lambda _, key: key)
    monkeypatch.setattr(Reader, "known_among", lambda _, keys: [*keys])
    key = str(work.district.services.log.read("Enterprise")["key"][0].as_py())
    one = work.inside(Role.MANAGER, name="chef")
    other = work.inside(Role.MANAGER, name="vize")
    for _ in range(2):
        assert one.post(f"/parties/{key}/watching", data={"action": "watch"}).status_code < 300
    assert "关注的主体（1 个）" in opened(one, "/watching")
    assert "关注的主体（0 个）" in opened(other, "/watching")
    office = work.inside(Role.CREDIT_OFFICE, name="amt")
    assert "chef" not in opened(office, "/monitoring/subscriptions")
    assert one.post(f"/parties/{key}/watching", data={"action": "end"}).status_code < 300
    assert "关注的主体（0 个）" in opened(one, "/watching")

"""The board of prospects and a village's sheet as an officer reads them, without an engine."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from io import BytesIO
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import pytest
from outline import Outline
from python_calamine import CalamineWorkbook
from starlette.testclient import TestClient
from world import World

from api.app import create_app
from api.audit_writer import TrailWriter
from api.security import local_asker
from bench.scope.memory_log import MemoryLog
from graph.operations import OperationsStore
from graph.settings import Settings
from queries.basis import Basis
from queries.eligibility import packaged
from queries.eligibility.decisions.prospects import Prospects, prospects
from queries.identities import Shows
from queries.scope import ADMINISTRATOR

DAY = date(2026, 3, 15)
TOWN, NEAR, FAR = "division:610305100", "division:610305100201", "division:610305200201"
PEOPLE = {
    f"person:{number:032x}": told
    for number, told in enumerate(
        [("许春英", date(1980, 1, 1), NEAR, "householder"), ("李永田", None, NEAR, "householder"),
         ("曹长顺", date(1981, 1, 1), FAR, "son")], 1,
    )
}  # fmt: skip


@pytest.fixture(scope="module")
def found() -> Prospects:
    log = MemoryLog()
    world = World(log)
    for number, (key, (name, born, village, role)) in enumerate(PEOPLE.items()):
        person, house = (key, "Person"), (f"household:H{number}", "Household")
        world.node("Person", key, name=name, birth_on=born, phone_masked=f"138****000{number}",
                   resident_id_masked=f"610322198001{number}*****")  # fmt: skip
        world.tie("BELONGS_TO", person, house, role=role)
        world.tie("LOCATED_IN", person, (village, "Village"))
        world.node("Household", house[0], household_no=f"H-{number}", address=f"甲村{number + 1}组",
                   credit_grade="A", annual_income_fen=5_000_000, annual_expense_fen=1_000_000,
                   orchard_mu=4.0, valid_from=date(2026, 2, 1))  # fmt: skip
    world.commit(datetime(2026, 3, 1, tzinfo=UTC), source="loan")
    world.node("Village", NEAR, name="甲村")
    later = datetime(2026, 3, 2, tzinfo=UTC)
    world.commit(later, source="judgment_defaulter")
    return prospects(log, DAY, later, packaged())


class FakeReader:
    """Of that district; it shows telephones as `shows` says."""

    def __init__(self, found: Prospects, shows: Shows) -> None:
        self._found, self._shows = found, shows
        self.products, self.scope = packaged(), ADMINISTRATOR
        self.basis = Basis(DAY, found.known_at, 2, scope="李信贷")

    def showing(self, _shows: Any) -> FakeReader:
        return self

    def prospects_ready(self, **_: Any) -> Prospects:
        return self._found

    def shown(self, row: dict[str, Any]) -> dict[str, Any]:
        return self._shows.of(row)

    def division_names(self) -> dict[str, str]:
        return {TOWN: "虢镇", NEAR: "甲村", FAR: "乙村", "division:610305200": "陈村镇"}

    def conflicts(self, _assessor: str) -> dict[str, str]:
        return {"household:H0": "本户"}

    def name(self, _key: str) -> str:
        return "张三"


@pytest.fixture(scope="module")
def served(found: Prospects, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    settings = Settings(data=tmp_path_factory.mktemp("app"))
    app = create_app(settings, answers_for=local_asker())
    with OperationsStore(settings) as store, TrailWriter(store) as trail:

        def of(shows: Shows | None = None) -> TestClient:
            app.state.services = SimpleNamespace(
                settings=settings, store=store, trail=trail,
                reader=lambda *_, **__: FakeReader(found, shows or Shows()),
            )  # fmt: skip
            return TestClient(app, "http://127.0.0.1")

        yield of


def told(answer: Any) -> Outline:
    assert answer.status_code == 200, answer.text
    page = Outline(answer.text)
    assert not page.wrong, page.wrong
    return page


def test_villages_have_bars_and_people_are_ranked_across_them(served: Any) -> None:
    page = served().get("/prospects?product=farmer_small_credit_loan")
    text = told(page).text
    assert "甲村的名单" in text and "乙村的名单" in text and "最接近的对象（3 户）" in text
    names = [name for name, *_ in sorted(PEOPLE.values(), key=lambda one: page.text.index(one[0]))]
    assert names == ["许春英", "曹长顺", "李永田"]
    # a village's bar is as long as its households are many, of the most
    bars = re.findall(r'<rect class="ready" width="([\d.]+)" height="10"/><rect x="[\d.]+" width="([\d.]+)"', page.text)  # fmt: skip
    assert sorted(bars) == [("50.0", "0.0"), ("50.0", "50.0")]


@pytest.mark.parametrize(
    ("cut", "names"),
    [
        (f"town={TOWN}", {"许春英", "李永田"}), (f"village={FAR}", {"曹长顺"}),
        ("lacks=nothing", {"许春英", "曹长顺"}), ("lacks=age", {"李永田"}), ("offset=2", {"李永田"}),
        (f"lacks=age&village={FAR}", set()),
    ],
)  # fmt: skip
def test_the_board_is_cut(served: Any, cut: str, names: set[str]) -> None:
    page = served().get(f"/prospects?product=farmer_small_credit_loan&{cut}")
    assert {name for name, *_ in PEOPLE.values() if name in told(page).text} == names


def test_a_sheet_says_whom_to_ask_for_where_and_what_to_bring(served: Any) -> None:
    page = served().get(f"/villages/{NEAR}/prospects?most=9&assessor=person:z")
    text = told(page).text
    for words in ("虢镇甲村：首贷培植走访名单", "许春英", "（户主）", "46 岁", "138****0000", "1组", "H-0",
                  "每户都要备齐（授权、用途和材料一次带齐）", "书面授权书", "回避：本户", "共 2 户"):  # fmt: skip
        assert words in text, words
    # what everybody is to bring is said once, and not again beside each
    assert text.count("负债情况声明") == text.count("每户都要备齐") == 1
    assert f"/parties/{quote(next(iter(PEOPLE)))}/visit" in page.text
    hidden = served(Shows(telephone="hidden", address="hidden")).get(f"/villages/{NEAR}/prospects")
    assert "138****" not in hidden.text and "甲村1组" not in hidden.text


def test_the_whole_board_is_taken_along(served: Any) -> None:
    answer = served().get("/prospects?product=farmer_small_credit_loan&offset=2&export=xlsx")
    book = CalamineWorkbook.from_filelike(BytesIO(answer.content))
    rows = [
        str(row) for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python()
    ]
    assert any("李永田" in row for row in rows)
    assert "%E9%A6%96%E8%B4%B7%E5%9F%B9%E6%A4%8D" in answer.headers["content-disposition"]

"""Visits through pages: whose they are, consent before a demand, a form that comes twice."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.audit_writer import TrailWriter
from api.security import Asker, local_asker
from graph.errors import NotFoundError
from graph.operations import FinancingBook, OfficeBooks, OperationsStore, Trail, Visits
from graph.settings import Settings
from graph.time import today
from queries.scope import Scope

PERSON, HIDDEN = f"person:{'0' * 31}1", f"person:{'0' * 31}2"
BANK, OTHER = "institution:A", "institution:B"
VILLAGE = "division:610305100201"


class FakeReader:
    """A village of two, of whom one let nobody see them."""

    def __init__(self, scope: Scope) -> None:
        self.scope, self.products = scope, {}
        self.moment = SimpleNamespace(position=1, as_of=today())

    def showing(self, _shows: Any) -> FakeReader:
        return self

    def known(self, key: str) -> str:
        if key not in (PERSON, HIDDEN):
            raise NotFoundError("没有这个主体。", "Unknown.", code="party_unknown")
        return key

    def name(self, key: str) -> str | None:
        return self.names([key])[key]

    def names(self, keys: Any) -> dict[str, str | None]:
        return {key: "许春英" if key == PERSON else None for key in keys}

    def masked(self, _key: str) -> str:
        return "610322********"

    def division_names(self) -> dict[str, str]:
        return {VILLAGE: "李家堡村", "division:610305100": "虢镇"}


@pytest.fixture
def office(tmp_path: Path) -> Iterator[OfficeBooks]:
    settings = Settings(data=tmp_path)
    with OperationsStore(settings) as store:
        yield OfficeBooks(settings, store)


@pytest.fixture
def consents() -> set[tuple[str, str]]:
    return {(PERSON, BANK)}


@pytest.fixture
def served(
    office: OfficeBooks, apps: Callable[[Asker], FastAPI], consents: set[tuple[str, str]]
) -> Iterator[Callable[[str | None], TestClient]]:
    """The client of a bank's officer; of None, of the platform."""
    with TrailWriter(office.store) as trail:

        def of(institution: str | None) -> TestClient:
            asker = local_asker()
            if institution is not None:
                scope = Scope("信贷员", institution=institution, open_classes=frozenset())
                asker = replace(asker, id=f"user:{institution}", name="李四", scope=scope)
            app = apps(asker)
            app.state.services = SimpleNamespace(
                settings=office.settings, office=office, store=office.store, trail=trail,
                reader=lambda *_, **__: FakeReader(asker.scope),
                has_consent=lambda subject, bank, _purpose, _at: (subject, bank) in consents,
            )  # fmt: skip
            return TestClient(app, "http://127.0.0.1", follow_redirects=False)

        yield of


def form(**more: str) -> dict[str, str]:
    return {"reference": "f1", "outcome": "wants", "amount": "7.5", "months": "24", "purpose": "果袋",
            "visited_on": "2026-01-05", "village": VILLAGE, "by": "李四",
            "paper_kind_1": "户口簿", "paper_number_1": "H-1", "paper_on_1": "2026-01-04",
            "paper_issuer_1": "派出所", **more}  # fmt: skip


def test_a_form_has_a_number_and_comes_twice_as_one(
    served: Callable[[str | None], TestClient], office: OfficeBooks
) -> None:
    client = served(BANK)
    blank = client.get(f"/parties/{PERSON}/visit?village={VILLAGE}").text
    [number] = re.findall(r'name="reference" value="([^"]{16,})"', blank)
    assert number not in client.get(f"/parties/{PERSON}/visit").text
    first = client.post(f"/parties/{PERSON}/visit", data=form(reference=number))
    again = client.post(f"/parties/{PERSON}/visit", data=form(reference=number))
    assert first.status_code == again.status_code == 303
    assert first.headers["location"] == again.headers["location"]
    [visit] = Visits(office.store).of(BANK)
    assert (visit.amount_fen, visit.months, visit.visited_on) == (7_500_000, 24, date(2026, 1, 5))
    assert visit.papers[0].number == "H-1" and visit.papers[0].on == date(2026, 1, 4)
    other = client.post(f"/parties/{PERSON}/visit", data=form(reference=number, amount="8"))
    assert other.status_code == 422 and "已经提交过" in other.text
    told = client.get(first.headers["location"]).text
    assert "7.50 万元，24 个月，用途：果袋" in told and "李家堡村" in told and "派出所" in told
    entry = Trail(office.store).last()
    assert entry is not None and entry.subjects == 1


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"amount": "很多"}, "金额请写数字"), ({"months": "一年"}, "期限请写整月数"),
        ({"visited_on": ""}, "请写明走访日期"), ({"outcome": ""}, "请选择走访结果"),
        ({"visited_on": "5/1/2026"}, "日期"), ({"paper_kind_2": "", "paper_number_2": "7"}, "什么材料"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    served: Callable[[str | None], TestClient],
    office: OfficeBooks,
    wrong: dict[str, str],
    said: str,
) -> None:
    told = served(BANK).post(
        f"/parties/{PERSON}/visit", data=form(**wrong, notes="电话13800138000")
    )
    assert told.status_code == 422 and said in told.text and 'value="果袋"' in told.text
    assert "13800138000" not in told.text and Visits(office.store).of(None) == []


def test_whose_visits_they_are(
    served: Callable[[str | None], TestClient], office: OfficeBooks
) -> None:
    made = served(BANK).post(f"/parties/{PERSON}/visit", data=form()).headers["location"]
    assert served(OTHER).get(made).status_code == 404
    assert "许春英" not in served(OTHER).get("/visits").text
    assert "许春英" in served(BANK).get("/visits").text
    assert (
        "许春英" in served(None).get("/visits").text and served(None).get(made).status_code == 200
    )
    # whom nobody let be seen
    for told in (served(BANK).get(f"/parties/{HIDDEN}/visit"),
                 served(BANK).post(f"/parties/{HIDDEN}/visit", data=form(reference="f2"))):  # fmt: skip
        assert told.status_code == 404
    assert len(Visits(office.store).of(None)) == 1


def test_a_demand_wants_consent_and_comes_once(
    served: Callable[[str | None], TestClient],
    office: OfficeBooks,
    consents: set[tuple[str, str]],
) -> None:
    client = served(BANK)
    made = client.post(f"/parties/{PERSON}/visit", data=form()).headers["location"]
    consents.clear()
    assert "转为融资需求" not in client.get(made).text and "登记授权" in client.get(made).text
    refused = client.post(f"{made}/demand", data={"by": "李四"})
    assert refused.status_code == 422 and "有效授权" in refused.text
    consents.add((PERSON, BANK))
    assert "转为融资需求" in client.get(made).text
    first = client.post(f"{made}/demand", data={"by": "李四"})
    again = client.post(f"{made}/demand", data={"by": "李四"})
    assert first.status_code == again.status_code == 303
    assert first.headers["location"] == again.headers["location"] == "/financing/demands/1"
    file = FinancingBook(office.store).file(1)
    assert (file.demand.subject, file.demand.amount_fen, file.demand.months) == (
        PERSON,
        7_500_000,
        24,
    )
    assert "融资需求第 1 项" in client.get(made).text
    # of who wants nothing there is none to be made
    met = client.post(f"/parties/{PERSON}/visit", data=form(reference="f9", outcome="not_home"))
    assert client.post(f"{met.headers['location']}/demand", data={"by": "李四"}).status_code == 422


def test_the_list_says_who_is_to_be_seen_again(
    served: Callable[[str | None], TestClient],
) -> None:
    client = served(BANK)
    client.post(f"/parties/{PERSON}/visit", data=form(outcome="not_home", amount="", purpose="", next_on="2026-01-10"))  # fmt: skip
    assert "已到" in client.get("/visits?due=true").text
    assert "没有符合条件" in client.get("/visits?outcome=wants").text
    # the next visit answers for the one before
    client.post(f"/parties/{PERSON}/visit", data=form(reference="f2", visited_on="2026-01-11"))
    assert "没有符合条件" in client.get("/visits?due=true").text


def test_the_form_on_paper_names_nobody(served: Callable[[str | None], TestClient]) -> None:
    told = served(BANK).get(f"/visits/{VILLAGE}/form").text
    assert "虢镇李家堡村走访记录表" in told and "□ 不在家" in told and "□ 书面授权书" in told
    assert "导出表格" not in told

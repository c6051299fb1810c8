"""Changing a product over HTTP: tried, put forward, let pass by somebody else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from fastapi import Depends, FastAPI
from outline import Outline
from starlette.testclient import TestClient

from api.pages.publishing import router as pages
from api.problems import add_handlers, defect
from api.routes.publishing import router
from api.security import local_asker
from api.security.shown_to import showing_to
from api.trace import Traced
from graph.log import FactLog
from graph.operations import DecisionArchive, OperationsStore
from graph.settings import Settings
from graph.time import today
from queries.eligibility import Case, decide, packaged
from queries.eligibility.decisions.decide import Strata
from queries.eligibility.decisions.record import keep
from queries.eligibility.facts.fact import Fact
from queries.eligibility.rules.golden import shipped_cases
from queries.eligibility.rules.publish import current_products
from queries.publishing import Publishing
from queries.scope import ADMINISTRATOR

NAME = "farmer_small_credit_loan"
ROOM = Path(__file__).parents[2] / "queries" / "eligibility" / "rules" / "products"
KNOWN = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[SimpleNamespace]:
    """Services without a graph: publishing asks the store and the log only."""
    with OperationsStore(Settings(data=tmp_path)) as store:
        log = FactLog(tmp_path / "log")
        publishing = Publishing(store, log)
        yield SimpleNamespace(store=store, archive=DecisionArchive(store), publishing=publishing)


@pytest.fixture
def client(bench: SimpleNamespace) -> TestClient:
    app = FastAPI()
    app.state.services = bench
    app.include_router(router)
    add_handlers(app)
    app.add_middleware(Traced, defect=defect, who=ADMINISTRATOR.name)
    return TestClient(app)


def changed() -> tuple[str, str]:
    """The product with a version from tomorrow for people up to 65, and its cases."""
    text = (ROOM / f"{NAME}.yaml").read_text(encoding="utf-8")
    head, version = text.rsplit("  - version:", 1)
    day = today() + timedelta(days=1)
    later = version.replace('"2026.2"', '"next"', 1).replace("2026-11-28", day.isoformat(), 1)
    cases = shipped_cases(NAME).replace('version: "2026.2"', "version: next")
    cases = cases.replace("facts: {age: 62}", "facts: {age: 65}").replace("{age: 63}", "{age: 66}")
    later = later.replace("[18, 62]", "[18, 65]").replace("18 至 62", "18 至 65")
    return f"{head}  - version:{version}  - version:{later}", cases


def put(client: TestClient, by: str = "甲", cases: str | None = None) -> Any:
    text, fitting = changed()
    body = {"text": text, "cases": cases or fitting, "by": by}
    return client.post(f"/v1/products/{NAME}/proposals", json=body)


def test_two_persons_publish_what_its_cases_prove(
    client: TestClient, bench: SimpleNamespace
) -> None:
    answer = put(client)
    assert answer.status_code == 201
    told = answer.json()
    assert any("18 至 65" in line for line in told["changes"])
    assert {"name": "六十二岁（含）", "verdict": "符合", "verdict_code": "met"} in told["cases"]
    place = f"/v1/proposals/{told['proposal']}"
    read = client.get(place).json()
    assert read["changes"] == told["changes"] and read["text"] == changed()[0]
    assert len(current_products(bench.store)[NAME].versions) == 2
    for by, code in (("甲", "two_persons"), (" 甲 ", "two_persons"), (" ", "person_missing")):
        refused = client.post(f"{place}/approval", json={"by": by})
        assert (refused.status_code, refused.json()["code"]) == (400, code)
    assert len(current_products(bench.store)[NAME].versions) == 2
    passed = client.post(f"{place}/approval", json={"by": "乙"}).json()
    assert (passed["proposed_by"], passed["approved_by"]) == ("甲", "乙")
    assert passed["changes"] == told["changes"]
    assert len(current_products(bench.store)[NAME].versions) == 3
    # once it has passed, nothing differs any more, and a third person changes nothing
    again = client.post(f"{place}/approval", json={"by": "丙"}).json()
    assert (again["approved_by"], again["changes"]) == ("乙", [])
    assert [item["proposal"] for item in client.get("/v1/proposals").json()] == [told["proposal"]]


def test_what_does_not_hold_is_no_proposal(client: TestClient) -> None:
    lying = changed()[1].replace("{age: 66}", "{age: 64}")
    refused = put(client, cases=lying)
    assert (refused.status_code, refused.json()["code"]) == (400, "cases_fail")
    assert client.get("/v1/proposals").json() == []
    assert put(client, by=" ").json()["code"] == "person_missing"
    assert client.get(f"/v1/proposals/{'0' * 64}").status_code == 404
    body = {"text": "title: [", "cases": "x", "by": "甲"}
    faulty = client.post(f"/v1/products/{NAME}/proposals", json=body)
    assert (faulty.status_code, faulty.json()["code"]) == (400, "product_faulty")


def test_a_change_is_tried_over_past_decisions(client: TestClient, bench: SimpleNamespace) -> None:
    day = date(2026, 3, 15)
    for age in (40, 62, 70):
        facts = {"party_kind": Fact("Person", "graph"), "age": Fact(age, "x")}
        strata = Strata("Person", "female", "60 及以上", "division:1")
        case = Case("person:p", facts, {}, {}, strata, None, day, day, KNOWN, 1, "hash")
        keep(decide(case, packaged()[NAME]), bench.archive, at=KNOWN)
    before = bench.archive.of()
    told = client.post(f"/v1/products/{NAME}/shadow", json={"text": changed()[0]}).json()
    # it asks who can repay, which the records of the version of their day do not hold
    assert (told["decisions"], told["lacking"], len(told["flips"])) == (3, 3, 1)
    assert (told["flips"][0]["then"], told["flips"][0]["now"]) == ("不符合", "待补充")
    sexes = [group for group in told["groups"] if group["by"] == "sex"]
    assert sexes == [
        {"by": "sex", "value": "female", "decisions": 3, "turns": {"不符合→待补充": 1}}
    ]
    same = {"text": changed()[0], "version": "2026.1"}
    assert client.post(f"/v1/products/{NAME}/shadow", json=same).json()["flips"] == []
    assert bench.archive.of() == before
    none = client.post(f"/v1/products/{NAME}/shadow", json={"text": changed()[0], "version": "x"})
    assert (none.status_code, none.json()["code"]) == (404, "version_unknown")


@pytest.fixture
def browser(client: TestClient) -> TestClient:
    """The same office by its pages."""
    app: Any = client.app
    app.state.asker = local_asker()

    async def shown() -> None:
        showing_to(local_asker())

    app.include_router(pages, dependencies=[Depends(shown)])
    return client


def test_two_persons_publish_on_the_page(browser: TestClient) -> None:
    draft = browser.get("/products/draft", params={"product": NAME})
    assert "effective_from" in draft.text and not Outline(draft.text).wrong
    text, cases = changed()
    # as a browser sends lines
    sent = {"product": NAME, "text": text.replace("\n", "\r\n"), "cases": cases}
    now = (ROOM / f"{NAME}.yaml").read_text(encoding="utf-8")
    unchanged = browser.post("/publishing", data={**sent, "text": now})
    assert unchanged.status_code == 422 and "没有任何不同" in unchanged.text
    tried = browser.post("/publishing", data={**sent, "action": "try"})
    assert tried.status_code == 200 and "没有写入任何内容" in tried.text
    assert "18 至 65" in tried.text and "还没有提案" in browser.get("/publishing").text
    wrong = {**sent, "cases": cases.replace("{age: 66}", "{age: 64}"), "action": "put", "by": "甲"}
    refused = browser.post("/publishing", data=wrong)
    assert refused.status_code == 422 and "用例没有通过" in refused.text
    put = browser.post("/publishing", data={**sent, "action": "put", "by": "甲"})
    assert put.status_code == 200 and "待另一人批准" in put.text and "18 至 65" in put.text
    assert not Outline(put.text).wrong
    place = put.url.path
    alone = browser.post(place, data={"by": "甲"})
    assert alone.status_code == 422 and 'role="alert"' in alone.text
    passed = browser.post(place, data={"by": "乙"})
    assert passed.status_code == 200 and "乙" in passed.text and "到施行日生效" in passed.text
    assert '<form method="post" action="/publishing/' not in passed.text
    listed = browser.get("/publishing")
    assert place in listed.text and "乙" in listed.text
    # the next version begins where this one ended
    assert "18 至 65" in browser.get("/products/draft", params={"product": NAME}).text

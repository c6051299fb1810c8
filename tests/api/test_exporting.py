"""A page's tables leave as a workbook, numbered and noted; some pages' do not, and say nothing of it."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.responses import HTMLResponse, Response
from python_calamine import CalamineWorkbook
from starlette.testclient import TestClient

from api.acts import Act
from api.admission import admitted
from api.audit_trail import Audited, note_asker
from api.audit_writer import TrailWriter
from api.needs import is_open, needs, open_to_all, own, routes_of
from api.pages import router as pages
from api.pages.exporting import NOT_EXPORTED, NOT_EXPORTED_ACTS, exporting, rows_shown
from api.pages.rendering import page
from api.problems import add_handlers, defect, problem
from api.security import Asker, Role
from api.trace import Traced
from graph.operations import OperationsStore, Trail
from graph.settings import Settings
from queries.scope import Scope

OFFICER = Asker(
    "user:7", "李信贷", Role.LOAN_OFFICER, Scope("信贷员", purpose="贷前审查"), frozenset(Act)
)
KEY = f"person:{'0' * 31}1"
LINK = "导出表格"


def figures(count: int = 2) -> HTMLResponse:
    """A page with one table of so many rows."""
    rows: list[Any] = [
        SimpleNamespace(label=f"=指标{number}", value=number, unit="count", numerator=None,
                        denominator=None, rows=())
        for number in range(count)
    ]  # fmt: skip
    return page(
        "financing_figures.html", here="/financing/figures", figures=rows, begins="2026-01-01",
        ends="2026-12-31", period="", limits={}, states={},
    )  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> Iterator[OperationsStore]:
    with OperationsStore(Settings(data=tmp_path)) as opened:
        yield opened


@pytest.fixture
def client(store: OperationsStore) -> Iterator[TestClient]:
    """Pages as the house has them: in a router of their own within the router of all."""

    async def permitted(request: Request) -> None:
        note_asker(request, OFFICER, request.scope["route"].endpoint.needs.act)

    inner = APIRouter(include_in_schema=False)
    outer = APIRouter(dependencies=[Depends(exporting)])

    @inner.get("/figures")
    @needs(Act.ASK)
    def shown(offset: int = 0) -> HTMLResponse:
        return figures(rows_shown(2) - offset)

    @inner.post("/figures")
    @needs(Act.ASK)
    def sent() -> HTMLResponse:
        return figures()

    @inner.get("/parties/{key}")
    @needs(Act.ASK)
    def party(key: str) -> HTMLResponse:
        return figures()

    @inner.get("/waits")
    @needs(Act.ASK)
    def waits() -> Response:
        return page("waiting.html", 202, doing="算", again="/", seconds=2)

    @inner.get("/users")
    @needs(Act.PEOPLE)
    def users() -> HTMLResponse:
        return figures()

    @inner.get("/public")
    @open_to_all
    @needs(Act.LOOK)
    def public() -> HTMLResponse:
        return figures()

    @inner.get("/account")
    @own
    @needs(Act.LOOK)
    def account() -> HTMLResponse:
        return figures()

    @inner.get("/send")
    @needs(Act.RECEIVE)
    def send() -> HTMLResponse:
        return figures()

    outer.include_router(inner)
    app = FastAPI(dependencies=[Depends(permitted), Depends(admitted)])
    app.add_middleware(Audited, refuse=problem)
    app.add_middleware(Traced, defect=defect, who="样本")
    app.include_router(outer)
    add_handlers(app)
    with TrailWriter(store) as writer:
        app.state.trail = writer
        yield TestClient(app, "http://127.0.0.1")


def book_of(content: bytes) -> CalamineWorkbook:
    return CalamineWorkbook.from_filelike(BytesIO(content))


def test_the_tables_leave_with_number_reader_purpose_and_time(
    client: TestClient, store: OperationsStore
) -> None:
    seen = client.get("/figures")
    assert LINK in seen.text and 'href="?export=xlsx"' in seen.text
    told = client.get("/figures?export=xlsx")
    assert told.status_code == 200 and told.headers["cache-control"] == "no-store"
    number = told.headers["document-number"]
    assert number in told.headers["content-disposition"]
    book = book_of(told.content)
    cover = dict(map(tuple, book.get_sheet_by_name("说明").to_python()))
    assert (cover["编号"], cover["查阅人"], cover["用途"]) == (number, "李信贷", "贷前审查")
    assert cover["时间"] and cover["页面"] == "闭环指标"
    first = book.get_sheet_by_name(book.sheet_names[1]).to_python()
    assert first[0][0] == "指标" and first[1][0] == "'=指标0"
    entry = Trail(store).last()
    assert entry is not None
    assert (entry.thing, entry.document, entry.act) == ("导出表格", number, "ask")


def test_all_of_a_list_leaves_and_what_was_asked_stays(client: TestClient) -> None:
    assert 'href="?export=xlsx"' in client.get("/figures?offset=1").text
    rows = book_of(client.get("/figures?export=xlsx").content)
    assert len(rows.get_sheet_by_name(rows.sheet_names[1]).to_python()) == 5_001


def test_whom_it_is_about_is_entered(client: TestClient) -> None:
    told = client.get(f"/parties/{KEY}?export=xlsx")
    assert told.status_code == 200 and KEY[-8:] not in told.headers["content-disposition"]


@pytest.mark.parametrize("path", ["/users", "/public", "/account", "/send"])
def test_what_does_not_leave_has_no_button_and_stays_a_page(client: TestClient, path: str) -> None:
    assert LINK not in client.get(path).text
    told = client.get(f"{path}?export=xlsx")
    assert told.headers["content-type"].startswith("text/html")


def test_what_was_sent_is_no_address_to_be_asked_again(client: TestClient) -> None:
    assert LINK not in client.post("/figures").text


def test_what_is_still_reckoned_waits_and_another_word_is_refused(client: TestClient) -> None:
    told = client.get("/waits?export=xlsx")
    assert (told.status_code, told.headers["content-type"][:9]) == (202, "text/html")
    assert client.get("/figures?export=csv").status_code == 422
    assert client.get("/figures?exports=xlsx").status_code == 422


def test_every_exception_is_a_page_of_ours_and_says_why() -> None:
    known = {route.path: route for route in routes_of([pages]) if "GET" in (route.methods or ())}
    for path, why in NOT_EXPORTED.items():
        assert path in known and not is_open(known[path].endpoint) and len(why) > 5, path
    acts = {route.endpoint.needs.act for route in known.values()}
    assert {*NOT_EXPORTED_ACTS} <= acts and all(NOT_EXPORTED_ACTS.values())

"""Every print and export carries a number that leads back to who took it; no engine is needed."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import xlsxwriter  # type: ignore[import-untyped]
from fastapi import Depends, FastAPI, Request
from fastapi.responses import HTMLResponse, Response, StreamingResponse
from python_calamine import CalamineWorkbook
from starlette.testclient import TestClient

from api.acts import Act
from api.audit_trail import Audited, note_asker
from api.audit_writer import TrailWriter
from api.needs import needs
from api.pages.rendering import page
from api.problems import problem
from api.security import Asker, Role
from api.watermark import stamped, watermark
from graph.operations import OperationsStore, Trail
from graph.settings import Settings
from queries.scope import Scope

OFFICER = Asker(
    "user:7", "样本<甲>", Role.LOAN_OFFICER, Scope("信贷员", purpose="贷前&审查"), frozenset(Act)
)
NUMBER = re.compile(r"20\d{6}-\d{6}-\d{6}")


def workbook(*, footer: str = "") -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as made:
        for name in ("一", "二"):
            sheet = made.add_worksheet(name)
            sheet.write_string(0, 0, f"内容{name}")
            if footer:
                sheet.set_paper(9)
                sheet.set_footer(footer)
    return content.getvalue()


async def permitted(request: Request) -> None:
    note_asker(request, OFFICER, request.scope["route"].endpoint.needs.act)


def _file(content: bytes, name: str) -> Response:
    return Response(content, headers={"Content-Disposition": f"attachment; {name}"})


@pytest.fixture
def store(tmp_path: Path) -> Iterator[OperationsStore]:
    with OperationsStore(Settings(data=tmp_path)) as opened:
        yield opened


@pytest.fixture
def client(store: OperationsStore) -> Iterator[TestClient]:
    app = FastAPI(dependencies=[Depends(permitted)])
    app.add_middleware(Audited, refuse=problem)

    @app.get("/page")
    @needs(Act.ASK)
    def shown() -> HTMLResponse:
        return page("waiting.html", doing="算", again="/", seconds=2)

    @app.get("/rules")
    @needs(Act.LOOK)
    def rules() -> HTMLResponse:
        return page("waiting.html", doing="算", again="/", seconds=2)

    @app.get("/book")
    @needs(Act.OFFICE)
    def book(footer: str = "") -> Response:
        return _file(stamped(workbook(footer=footer)), "filename*=UTF-8''book.xlsx")

    @app.get("/table")
    @needs(Act.OFFICE)
    def table() -> Response:
        return _file(b"1,2\n", 'filename="table.csv"')

    @app.get("/sent-back")
    @needs(Act.RECEIVE)
    def sent_back() -> Response:
        return _file(b"1,2\n", 'filename="loan.csv"')

    @app.get("/lines")
    @needs(Act.DECIDE)
    def lines() -> StreamingResponse:
        return StreamingResponse(iter(["{}\n", "{}\n"]), media_type="application/x-ndjson")

    with TrailWriter(store) as writer:
        app.state.trail = writer
        yield TestClient(app)


def found_by(store: OperationsStore, number: str) -> list[str]:
    return [entry.way for entry in Trail(store).search(document=number).entries]


def test_a_page_carries_reader_purpose_and_a_number_that_is_in_the_audit(
    client: TestClient, store: OperationsStore
) -> None:
    text = client.get("/page").text
    [footer] = re.findall(r'<footer class="watermark">(.*?)</footer>', text)
    assert "样本&lt;甲&gt;" in footer
    assert "贷前&amp;审查" in footer
    [number] = NUMBER.findall(footer)
    assert found_by(store, number) == ["GET /page"]
    assert NUMBER.findall(client.get("/page").text) != [number], "each print has its own"


def test_what_is_about_nobody_carries_none(client: TestClient) -> None:
    assert "watermark" not in client.get("/rules").text
    assert watermark() is None
    content = workbook()
    assert stamped(content) == content


@pytest.mark.parametrize("footer", ["", "&L案卷&R&P/&N"])
def test_every_sheet_of_a_workbook_carries_it(
    client: TestClient, store: OperationsStore, footer: str
) -> None:
    answer = client.get("/book", params={"footer": footer} if footer else {})
    number = answer.headers["document-number"]
    assert found_by(store, number) == ["GET /book"]
    assert answer.headers["content-disposition"].endswith(f"book-{number}.xlsx")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as held:
        sheets = [
            held.read(name).decode() for name in held.namelist() if "worksheets/sheet" in name
        ]
    assert len(sheets) == 2
    for sheet in sheets:
        [said] = re.findall("<oddFooter>(.*?)</oddFooter>", sheet)
        assert number in said
        assert "样本&lt;甲&gt;" in said
        if footer:
            assert "案卷" in said
            assert sheet.index("<pageSetup") < sheet.index("<headerFooter")
        assert sheet.index("<pageMargins") < sheet.index("<headerFooter")
    with CalamineWorkbook.from_filelike(io.BytesIO(answer.content)) as opened:
        assert opened.get_sheet_by_index(1).to_python() == [["内容二"]]


def test_a_table_carries_it_beside_and_in_its_name(
    client: TestClient, store: OperationsStore
) -> None:
    answer = client.get("/table")
    number = answer.headers["document-number"]
    assert answer.headers["content-disposition"] == f'attachment; filename="table-{number}.csv"'
    assert found_by(store, number) == ["GET /table"]
    assert answer.content == b"1,2\n"
    # what a department sends back is known by its name
    answer = client.get("/sent-back")
    assert answer.headers["content-disposition"] == 'attachment; filename="loan.csv"'
    assert found_by(store, answer.headers["document-number"]) == ["GET /sent-back"]


def test_lines_carry_it_beside(client: TestClient, store: OperationsStore) -> None:
    answer = client.get("/lines")
    assert "GET /lines" in found_by(store, answer.headers["document-number"])
    assert answer.text == "{}\n{}\n"

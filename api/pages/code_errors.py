"""The pages of wrong codes: rates and worklists, every code with its rows, a round and its file."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Form, Path, Query, Request
from fastapi.responses import HTMLResponse, Response

from api.acts import Act
from api.admission import Whole
from api.dependencies import FOR_A_RUN_S, Reading, Serving
from api.needs import EVERY_CLASS, needs
from api.pages.navigation import Entry
from api.pages.rendering import PATIENCE, page, see_other, waiting
from ingest.code_errors import (
    choose,
    confirm,
    end_exception,
    enter_round,
    exceptions,
    find_code_errors,
    return_bytes,
    returned,
    returns_of,
    send_back,
)
from queries.code_errors import GROUPS, correction_rules, kinds, known_rounds, read_round

__all__ = ["ENTRIES", "router"]

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

_HERE = "/code-errors"
ENTRIES = (
    Entry("信用办", 30, _HERE, "重错码", "重码错码率、各登记管理部门待办、例外确认、纠错回传"),
)

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: Codes shown at a time.
_ONCE = 50
#: Rows shown of one code.
_ROWS = 3

RoundName = Annotated[str, Path(max_length=32)]
FileId = Annotated[str, Path(pattern="^[0-9a-f]{64}$")]
By = Annotated[str, Form(max_length=64)]
Text = Annotated[str, Form(max_length=500)]


@router.get("/code-errors")
@needs(Act.OFFICE, *EVERY_CLASS)
def code_errors(
    request: Request,
    reader: Reading,
    services: Serving,
    kind: Annotated[str, Query(max_length=32)] = "",
    registrar: Annotated[str, Query(max_length=64)] = "",
    state: Annotated[str, Query(max_length=16)] = "",
    begin: Annotated[Whole, Query(ge=0, le=10**9)] = 0,
) -> HTMLResponse:
    """Rates, worklists, and the codes that the filter leaves."""
    found = find_code_errors(services.office, reader, within=PATIENCE)
    if found is None:
        return waiting(request, "正在核对全区的代码。", here=_HERE)
    chosen = found.of(kind, registrar, state)
    asked = {"kind": kind, "registrar": registrar, "state": state}
    return page(
        "code_errors.html",
        here=_HERE,
        found=found,
        chosen=chosen[begin : begin + _ONCE],
        total=len(chosen),
        begin=begin,
        asked=asked,
        onward=_query({**asked, "begin": begin + _ONCE}) if begin + _ONCE < len(chosen) else "",
        back=_query({**asked, "begin": max(begin - _ONCE, 0)}) if begin else "",
        query=_query,
        kinds={item.code: item for item in kinds().kinds},
        groups=GROUPS,
        most=_ROWS,
        positions={batch.batch: batch.position for batch in reader.moment.batches},
        exceptions=exceptions(services.office),
        rounds=known_rounds(reader),
        formula=kinds().formula,
    )


@router.post("/code-errors/exceptions")
@needs(Act.OFFICE, *EVERY_CLASS)
def confirmed(
    services: Serving,
    code: Annotated[str, Form(max_length=64)] = "",
    kind: Annotated[str, Form(max_length=32)] = "",
    by: By = "",
    reason: Text = "",
    evidence: Text = "",
) -> Response:
    """Confirm a code on evidence; the page then shows it apart."""
    confirm(
        services.office, code, kind, by=by, reason=reason, evidence=evidence, wait_s=FOR_A_RUN_S
    )
    return see_other(f"{_HERE}?state=confirmed#codes")


@router.post("/code-errors/exceptions/{number}/end")
@needs(Act.OFFICE, *EVERY_CLASS)
def ended(
    services: Serving,
    number: Annotated[Whole, Path(ge=1, le=2**31 - 1)],
    by: By = "",
    because: Text = "",
) -> Response:
    """Take a confirmation back."""
    end_exception(services.office, number, by=by, because=because)
    return see_other(f"{_HERE}#exceptions")


@router.post("/code-errors/rounds")
@needs(Act.OFFICE, *EVERY_CLASS)
def entered(
    services: Serving,
    name: Annotated[str, Form(max_length=32)] = "",
    notice: Annotated[str, Form(max_length=255)] = "",
    allowed: Annotated[list[int] | None, Form()] = None,
    by: By = "",
) -> Response:
    """Enter which operations a round takes."""
    enter_round(services.office, name, allowed or [], notice=notice, by=by)
    return see_other(f"{_HERE}/rounds/{quote(name.strip(), safe='')}")


@router.get("/code-errors/rounds/{name}")
@needs(Act.OFFICE, *EVERY_CLASS)
def one_round(name: RoundName, reader: Reading, services: Serving) -> HTMLResponse:
    """A round: its lines, what was chosen, what keeps the file from leaving."""
    return page(
        "code_round.html",
        here=_HERE,
        round=read_round(reader, services.office.store, name),
        basis_told=reader.basis,
        operations=correction_rules().operations,
        terms={item.code: item.term for item in kinds().kinds} | {"OTHER": "其他"},
        returns=returns_of(services.office, name),
    )


@router.post("/code-errors/rounds/{name}/choices")
@needs(Act.OFFICE, *EVERY_CLASS)
def chosen_for(
    name: RoundName,
    reader: Reading,
    services: Serving,
    operation: Annotated[Whole, Form(ge=0, le=2)],
    item: Annotated[str, Form(max_length=64)] = "",
    new_code: Annotated[str, Form(max_length=32)] = "",
    note: Text = "",
    by: By = "",
) -> Response:
    """Say what is to be done with a line."""
    choose(services.office, reader, name, item, operation, new_code=new_code, note=note, by=by)
    return see_other(f"{_HERE}/rounds/{quote(name, safe='')}#{item}")


@router.post("/code-errors/rounds/{name}/returns")
@needs(Act.OFFICE, *EVERY_CLASS)
def sent(name: RoundName, reader: Reading, services: Serving, by: By = "") -> Response:
    """Make the file of a round, and show its print page."""
    kept = send_back(services.office, reader, name, by=by)
    return see_other(f"{_HERE}/returns/{kept.id}")


@router.get("/code-errors/returns/{file}")
@needs(Act.OFFICE, *EVERY_CLASS)
def printed(file: FileId, services: Serving) -> HTMLResponse:
    """The print page of a file that left: to be stamped; it carries what the workbook carries."""
    from ingest.correction.return_workbook import counts_said

    kept = returned(services.office, file)
    return page(
        "code_return.html",
        here=_HERE,
        kept=kept,
        said=counts_said(kept),
        columns=correction_rules().columns,
        terms={item.code: item.term for item in kinds().kinds} | {"OTHER": "其他"},
    )


@router.get("/code-errors/returns/{file}/workbook")
@needs(Act.OFFICE, *EVERY_CLASS)
def workbook(file: FileId, services: Serving) -> Response:
    """The same file as a workbook."""
    kept = returned(services.office, file)
    name = quote(f"纠错回传标准格式表-{kept.round}.xlsx")
    return Response(
        return_bytes(kept),
        media_type=_XLSX,
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{name}"},
    )


def _query(asked: dict[str, object]) -> str:
    return urlencode({name: value for name, value in asked.items() if value})

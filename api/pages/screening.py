"""The page of screening: a list is filled in or sent as a sheet, and read or taken along as a sheet.

Nothing that was sent is kept here: who wants it as a sheet sends it again.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path, PurePath
from tempfile import TemporaryDirectory
from typing import Annotated, Literal
from urllib.parse import quote

from fastapi import APIRouter, File, Form, Request, UploadFile
from fastapi.responses import HTMLResponse, Response

from api.acts import Act
from api.case_workbook import XLSX
from api.dependencies import Asking, Serving
from api.matching import Purposed, count_subjects, identity_key, note_asked, purposed
from api.needs import Needs, asked, needs
from api.pages.english.speaking import message_of
from api.pages.navigation import Entry
from api.pages.rendering import page
from api.security import Asker, policy_of
from api.security.consented import sees_by_consent
from api.services import Services
from api.watermark import stamped
from graph.errors import InputError
from graph.information import InformationClass
from graph.time import utc_now
from ingest.matching import match_all
from ingest.screening import (
    SCREEN_NOTICE,
    AskedRow,
    ListsAsked,
    Screened,
    match_sheet,
    not_screened,
    pasted_rows,
    read_rows,
    screen_all,
    screen_sheet,
    template,
)
from queries.consent import consent_rules
from queries.reader import Reader

__all__ = ["ENTRIES", "router"]

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

_HERE = "/screening"
ENTRIES = (Entry("信贷", 15, _HERE, "名单核验", "一份名单里谁在失信等名单上，哪些还不能核验"),)

_NEEDS = Needs(
    Act.ASK, asked("find_party", "party_card", "list_entries") | {InformationClass.MEASURE}
)
_MOST_FILE = 5 << 20
_MOST_ON_PAGE = 500
_MOST_TEXT = 50_000
_OK, _UNPROCESSABLE = 200, 422

Text = Annotated[str, Form(max_length=_MOST_TEXT)]


@router.get(_HERE)
@needs(_NEEDS.act)
def form(asker: Asking) -> HTMLResponse:
    """What to fill in."""
    return _page(asker)


@router.get("/screening/template")
@needs(Act.LOOK)
def blank() -> Response:
    """A sheet to be filled in."""
    return _download(template(), "核验模板")


@router.post(_HERE, max_body_size=_MOST_FILE)
@needs(_NEEDS.act, *_NEEDS.access)
def screen(
    request: Request, services: Serving, asker: Asking,
    what: Annotated[Literal["screen", "match"], Form()] = "screen",
    shown: Annotated[Literal["page", "sheet"], Form()] = "page",
    purpose: Annotated[str, Form(max_length=64)] = "",
    ground: Annotated[str, Form(max_length=200)] = "",
    rows: Text = "",
    content: Annotated[UploadFile | None, File()] = None,
) -> Response:  # fmt: skip
    """Screen, or look for, each of a list; numbers are typed or sent, and none comes back."""
    told = Purposed(purpose=purpose, ground=ground)
    try:
        asked_rows = _rows(services, rows, content)
        subjects = [row.subject for row in asked_rows if row.subject is not None]
        count_subjects(asker, subjects)
        _, reader, stated = purposed(request, services, asker, _NEEDS, told, at=utc_now())
    except InputError as error:
        return _page(asker, told=told, error=message_of(error))
    note_asked(request, subjects)
    cover = {"用途": stated, "查阅人": asker.name, "数据截至": str(reader.basis.as_of)}
    if what == "match":
        answer = match_all(reader, subjects)
        if shown == "sheet":
            return _download(match_sheet(asked_rows, answer, cover), "查找结果")
        matches = iter(answer.matches)
        found = [(row, next(matches) if row.subject else None) for row in asked_rows]
        return _page(asker, told=told, matched=found, reader=reader, notice=answer.notice)
    results, lists = _screened(services, reader, asked_rows)
    if shown == "sheet":
        return _download(screen_sheet(asked_rows, results, lists, cover), "核验结果")
    pairs = list(zip(asked_rows, results, strict=True))
    return _page(asker, told=told, screened=pairs, reader=reader, notice=SCREEN_NOTICE, lists=lists)


def _rows(services: Services, text: str, content: UploadFile | None) -> list[AskedRow]:
    """Of the file, where one was sent, else of what was typed."""
    key, name = identity_key(services), content.filename if content else ""
    if content is None or not name:
        return pasted_rows(text, key, most=_MOST_ON_PAGE)
    with TemporaryDirectory() as folder:
        # of the name of a file only its ending is used
        path = Path(folder) / f"名单{PurePath(name).suffix.lower()[:8]}"
        path.write_bytes(content.file.read(_MOST_FILE))
        return read_rows(path, key, most=_MOST_ON_PAGE)


def _screened(
    services: Services, reader: Reader, rows: Sequence[AskedRow]
) -> tuple[list[Screened], ListsAsked]:
    subjects = [row.subject for row in rows if row.subject is not None]
    results, lists = screen_all(reader, services.office.store, subjects)
    found = iter(results)
    return [
        next(found) if row.subject else not_screened(row.ref, row.name, row.fault) for row in rows
    ], lists


def _page(
    asker: Asker, *, told: Purposed | None = None, error: str = "", reader: Reader | None = None,
    screened: Sequence[object] = (), matched: Sequence[object] = (), notice: str = "", lists: ListsAsked | None = None,
) -> HTMLResponse:  # fmt: skip
    usual = policy_of(asker.role).purpose
    purposes = [(one.code, one.term) for one in consent_rules().purposes]
    if not sees_by_consent(asker):
        purposes = [(usual or "statutory_duty", asker.scope.purpose or "履行法定职责")]
    return page(
        "screening.html",
        _UNPROCESSABLE if error else _OK,
        here=_HERE,
        purposes=purposes,
        by_consent=sees_by_consent(asker),
        chosen=told.purpose if told else usual,
        ground=told.ground if told else "",
        error=error,
        screened=screened,
        matched=matched,
        notice=notice,
        lists=lists,
        told=reader.basis if reader else None,
        most=_MOST_ON_PAGE,
    )


def _download(workbook: bytes, name: str) -> Response:

    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}.xlsx",
        "Cache-Control": "no-store",
    }
    return Response(stamped(workbook), headers=headers, media_type=XLSX)

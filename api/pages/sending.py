"""The pages of sending: choose a file, see what it would do, take it in; templates and corrections.

A file that is chosen goes the same way as one that a program sends (`ingest.delivery.inbox`).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import groupby
from pathlib import Path as FilePath
from tempfile import TemporaryDirectory
from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, File, Form, Path, UploadFile
from fastapi.responses import HTMLResponse, Response

from api.acts import Act
from api.dependencies import Owned, Received, Serving
from api.needs import needs
from api.pages.navigation import Entry
from api.pages.rendering import page, see_other
from api.watermark import stamped
from graph.errors import InputError, NotFoundError, printable
from ingest import Source, load_source, source_names
from ingest.correction.workbook import workbook_name, write_error_workbook
from ingest.delivery.inbox import MAX_CHUNK, MAX_CHUNKS
from ingest.delivery.upload import Upload
from ingest.guidance.template import template_name, write_template
from ingest.guidance.wording import file_title

__all__ = ["ENTRIES", "router"]

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

ENTRIES = (Entry("部门", 20, "/send", "报送文件", "试读、接收部门文件，下载空白模板"),)

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: Findings shown of one file; the error workbook has all.
_SHOWN = 100

Name = Annotated[str, Path(max_length=64)]


@router.get("/send")
@needs(Act.RECEIVE)
def choose(owned: Owned) -> HTMLResponse:
    """Where a file is chosen, and the templates of every source by department."""
    every = owned.only(map(load_source, source_names()), lambda one: one.name)
    reported = [item for item in every if item.reported]
    known = sorted(reported, key=lambda item: (item.department, item.title))
    departments = [
        (name, list(items)) for name, items in groupby(known, key=lambda item: item.department)
    ]
    return page(
        "send.html",
        here="/send",
        departments=departments,
        file_title=file_title,
        whole_lists=_whole_lists,
    )


@router.post("/send", max_body_size=MAX_CHUNK * MAX_CHUNKS)
@needs(Act.RECEIVE)
def send(
    inbox: Received,
    owned: Owned,
    content: Annotated[UploadFile, File()],
    action: Annotated[Literal["try", "take"], Form()],
    source: Annotated[str, Form(max_length=64)] = "",
) -> Response:
    """Try a file or take it in; the page of the upload then tells how far it is."""
    name = printable(content.filename or "")
    if not name:
        raise InputError("请先选择文件。", "Choose a file first.", code="file_missing")
    chosen = source or _source_of(name, owned)
    owned.to_send(chosen)
    upload = inbox.receive_file(chosen, name, content.file, trial=action == "try")
    return see_other(f"/uploads/{upload.id}")


@router.get("/uploads/{name}")
@needs(Act.RECEIVE)
def upload(
    name: Annotated[str, Path(max_length=128)], inbox: Received, owned: Owned, services: Serving
) -> HTMLResponse:
    """How far a file is; at the end, what became of it or would become of it, and what was refused to
    take along and to send back."""
    found = inbox.find(name)
    owned.to_see(found.source)
    result = json.loads(found.result) if found.result else None
    return page(
        "upload.html",
        here="/send",
        upload=found,
        result=result,
        refused=_refused(found, result, services),
        waits=inbox.waits(found),
        shown=_SHOWN,
    )


@router.post("/uploads/{name}/acceptance")
@needs(Act.RECEIVE)
def accept(
    name: Annotated[str, Path(max_length=128)],
    action: Annotated[Literal["take", "drop"], Form()],
    inbox: Received,
    owned: Owned,
) -> Response:
    """Take in what was tried, or delete it."""
    owned.to_see(inbox.find(name).source)
    if action == "drop":
        inbox.drop(name)
        return see_other("/send")
    return see_other(f"/uploads/{inbox.accept(name).id}")


@router.get("/templates/{source}/{table}")
@needs(Act.LOOK)
def template(source: Name, table: Name) -> Response:
    """An empty workbook to fill in."""
    declared = _declared(source, table)
    return _workbook(
        template_name(declared, table), lambda path: write_template(declared, table, path)
    )


@router.get("/corrections/{source}/{table}")
@needs(Act.RECEIVE)
def corrections(source: Name, table: Name, services: Serving, owned: Owned) -> Response:
    """The refused rows of a table that are open, to be put right and sent back."""
    owned.to_see(source)
    declared = _declared(source, table)
    lines = services.deliveries().refused(declared)
    if table not in lines:
        raise NotFoundError(
            "没有待更正的行：已经更正，或原文超过保存期限已经删除。",
            "No row is open: all are put right, or their text was deleted in time.",
            code="nothing_to_correct",
        )
    return _workbook(
        workbook_name(declared, table),
        lambda path: write_error_workbook(path, declared, table, lines[table]),
    )


def _refused(
    upload: Upload, result: dict[str, Any] | None, services: Serving
) -> list[tuple[str, str, int]]:
    """Table, title and number of the open refused rows of a file's source; of a file that brought
    none there is nothing to put right here."""
    batches = result.get("batches", ()) if result and not upload.trial else ()
    if not any(batch["quarantined"] for batch in batches):
        return []
    declared = load_source(upload.source)
    lines = services.deliveries().refused(declared)
    return [(table, file_title(declared, table), len(rows)) for table, rows in lines.items()]


def _whole_lists(source: Source) -> list[str]:
    """Titles of the tables of which each delivery names everything there is."""
    return [
        file_title(source, table)
        for table in source.tables
        if source.completeness_of(table) == "snapshot"
    ]


def _source_of(file_name: str, owned: Owned) -> str:
    """The one source whose files are named so."""
    found = [
        name
        for name in source_names()
        if owned.has(name)
        and load_source(name).reported
        and any(table.names_file(file_name) for _, table in load_source(name).shapes())
    ]
    if len(found) == 1:
        return found[0]
    titles = "、".join(load_source(name).title for name in found)
    raise InputError(
        f"按文件名“{file_name}”"
        + (f"可能是：{titles}。请选择来源。" if found else "认不出来源。请选择来源。"),
        "The file name does not tell the source: choose it.",
        code="source_unclear",
    )


def _declared(source: str, table: str) -> Source:
    declared = load_source(source)
    if table not in declared.tables:
        raise NotFoundError("没有这种表。", "There is no such table.", code="table_unknown")
    return declared


def _workbook(name: str, write: Callable[[FilePath], None]) -> Response:
    """A workbook to download; it may hold personal data, so nobody on the way keeps it."""
    with TemporaryDirectory() as folder:
        path = FilePath(folder) / "book.xlsx"
        write(path)
        content = stamped(path.read_bytes())
    told = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}",
        "Cache-Control": "no-store",
    }
    return Response(content, media_type=_XLSX, headers=told)

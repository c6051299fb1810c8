"""Every table of every page leaves as a workbook, by one way: the page itself, asked for as a file.

`?export=xlsx` on the address of a page has it made as ever, for whoever asks, cut and masked as they see it;
then its tables are written into a workbook with number, reader, purpose and time, and the audit notes the
answer as an export.  A page does nothing for it; one that is not to be taken along is named here.
"""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass
from typing import Annotated, Final, Literal
from urllib.parse import parse_qsl, quote, urlencode

from fastapi import Query, Request
from fastapi.responses import HTMLResponse

from api.acts import Act
from api.audit_keys import keys_in
from api.audit_trail import noted_now
from api.case_workbook import XLSX
from api.needs import is_open, is_own
from api.table_book import PageTables, table_book
from api.watermark import stamped, watermark
from api.wording import instant

__all__ = [
    "NOT_EXPORTED",
    "NOT_EXPORTED_ACTS",
    "export_query",
    "exported",
    "exporting",
    "rows_shown",
]

#: Pages whose tables do not leave by this way, by their path, and why.
NOT_EXPORTED: Final = {
    "/linked/{key}": "案卷有自己的编号工作簿，须写明查阅目的",
    "/bulletins/{digest}": "通报有自己的工作簿，内容签发后不变",
    "/code-errors/returns/{file}": "退回的重错码有自己的工作簿，发回部门更正",
    "/screening": "核验结果有自己的工作簿，须写明用途和依据",
    "/financing/demands/{number}/visit": "空白调查表，供打印填写",
    "/visits/{village}/form": "空白记录表，供打印填写",
    "/send": "可以报送的数据和模板，不是查询结果",
    "/uploads/{name}": "部门自己报送的文件，退回更正另有工作簿",
}
#: Acts whose pages do not, and why.
NOT_EXPORTED_ACTS: Final = {
    Act.PEOPLE: "人员、客户端和口令，不是查询结果",
    Act.AUDIT: "查阅记录由审计命令按封存链导出，才能核对没有改动",
}
#: Rows of a list that goes on from page to page, once it is taken along: one workbook, all of it.
_MOST_ROWS = 5_000
_NOT_AGAIN = ("export", "offset")
_THING = "导出表格"
_OK = 200


@dataclass(frozen=True)
class _Asked:
    """The page that is asked for.

    Attributes:
        again: its query, without what asks for a file or for a later part.
        wanted: whether it is asked for as a file.
    """

    again: str
    wanted: bool


_asked: ContextVar[_Asked | None] = ContextVar("_asked", default=None)


async def exporting(request: Request, export: Annotated[Literal["", "xlsx"], Query()] = "") -> None:
    """Of every page: note whether its tables may leave, and whether they are asked for."""
    route = request.scope.get("route")
    endpoint, path = getattr(route, "endpoint", None), getattr(route, "path", "")
    declared = getattr(endpoint, "needs", None)
    if (
        request.method != "GET"
        or declared is None
        or is_open(endpoint)
        or is_own(endpoint)
        or path in NOT_EXPORTED
        or declared.act in NOT_EXPORTED_ACTS
    ):
        _asked.set(None)
        return
    told = parse_qsl(request.url.query, keep_blank_values=True)
    again = urlencode([(name, value) for name, value in told if name not in _NOT_AGAIN])
    _asked.set(_Asked(again, export == "xlsx"))


def rows_shown(usual: int) -> int:
    """How many rows of a list a page shows: as ever, or all where they are taken along."""
    asked = _asked.get()
    return _MOST_ROWS if asked is not None and asked.wanted else usual


def export_query(main: str) -> str:
    """By which the tables of a page are taken along; empty where it has none, or may not."""
    asked = _asked.get()
    if asked is None or "<table" not in main or not PageTables.are_in(main):
        return ""
    return f"{asked.again}&export=xlsx" if asked.again else "export=xlsx"


def exported(text: str, status: int, name: str) -> HTMLResponse | None:
    """The workbook, where it was asked for and the page has tables; else None: it is the page.

    Args:
        name: of the file; of nobody.
    """
    asked = _asked.get()
    if asked is None or not asked.wanted or status != _OK:
        return None
    tables = PageTables(text.partition("<main")[2].partition("</main>")[0])
    if not tables.tables:
        return None
    noted = noted_now()
    if noted is not None:
        # in a workbook the keys of parties do not stand: whom it is about is read from the page
        noted.subjects.update(keys_in(text.encode()))
        noted.thing = noted.thing or _THING
    mark, cover = watermark(), list[tuple[str, str]]()
    if mark is not None:
        cover = [
            ("编号", mark.number), ("查阅人", mark.reader), ("用途", mark.purpose),
            ("时间", instant(mark.at)),
        ]  # fmt: skip
    cover.append(("范围", "与查阅人在页面上所见一致，按其权限和授权；没有列出的，不等于没有。"))
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}.xlsx",
        "Cache-Control": "no-store",
    }
    # what a page answers with, here with a workbook in it
    return HTMLResponse(stamped(table_book(tables, cover)), _OK, headers, XLSX)

"""Linked dishonesty: for whoever looks into a matter; nothing of it is public or decides anything."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import Field

from api.acts import Act
from api.admission import MOST, Day, Whole
from api.case_workbook import XLSX, workbook_answer
from api.dependencies import Body, Key, Reading, Serving
from api.needs import EVERY_CLASS, needs
from api.paging import paged
from queries.linked_dishonesty import (
    LinkedLists,
    ListFilter,
    ListName,
    PartyLinks,
    file_case,
    linked_lists,
    party_links,
)

__all__ = ["router"]

router = APIRouter(prefix="/v1", tags=["linked"])


_BYTES = {"schema": {"type": "string", "format": "binary"}}


class CaseRequest(Body):
    """导出案卷."""

    purpose: str = Field(title="查阅目的", min_length=1, max_length=200)
    by: str = Field(title="查阅人姓名或工号", min_length=1, max_length=64)


@router.get("/parties/{key}/linked-dishonesty", summary="自身、关联、历史 / own, linked, former")
@needs(Act.OFFICE, *EVERY_CLASS)
def one_party(key: Key, reader: Reading, services: Serving) -> PartyLinks:
    """Own records, hints with their ways and evidence, measures and former ties, each apart."""
    return party_links(reader, services.office.store, key)


@router.get("/linked-dishonesty/{name}", summary="全区名单 / the district's lists")
@needs(Act.OFFICE, *EVERY_CLASS)
@paged("rows")
def lists(
    name: ListName,
    reader: Reading,
    town: Annotated[str, Query(title="乡镇编码", max_length=32)] = "",
    tie: Annotated[str, Query(title="关系种类", max_length=64)] = "",
    nearest: Annotated[Whole, Query(title="最多几层", ge=0, le=9)] = 0,
    since: Annotated[Day | None, Query(title="关系起始不早于")] = None,
    dishonest: Annotated[bool, Query(title="只列涉及失信主体的")] = False,
    limit: Annotated[Whole, Query(title="条数", ge=1, le=1_000)] = 100,
    offset: Annotated[Whole, Query(title="跳过", ge=0, le=MOST)] = 0,
) -> LinkedLists:
    """Links, rings, re-registrations, one controller, nominees, one agent; each with its expiry."""
    cut = ListFilter(town, tie, nearest, since, dishonest)
    found = linked_lists(reader, name, cut, limit=limit, offset=offset)
    assert found is not None
    return found


@router.post(
    "/parties/{key}/case-files",
    summary="导出案卷 / export a case file",
    status_code=201,
    response_class=Response,
    responses={201: {"content": {XLSX: _BYTES}, "description": "案卷 / the workbook"}},
)
@needs(Act.OFFICE, *EVERY_CLASS)
def export(key: Key, body: CaseRequest, reader: Reading, services: Serving) -> Response:
    """A numbered workbook for one reader and one purpose; who took it for what is kept."""
    made = file_case(reader, services.office.store, key, purpose=body.purpose, by=body.by)
    return workbook_answer(made, status=201)

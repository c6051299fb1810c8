"""The service by which a spreadsheet tool (OpenRefine) finds the parties of a column of names.

Reconciliation Service API 0.2 (W3C Entity Reconciliation Community Group).  What it would have in an
address it has in a body here: a name that is looked for is no address's business, so queries come by POST
alone, and only organisations are suggested from the beginning of a name.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import JSONResponse

from api.acts import Act
from api.dependencies import Asking, Reading, Serving
from api.matching import count_subjects, identity_key, note_asked
from api.needs import asked, needs
from api.reconciling import (
    EXTENSIONS,
    PROPERTIES,
    TYPES,
    extended,
    manifest,
    read_extension,
    read_queries,
    results_of,
)
from graph.errors import InputError
from ingest.matching import match_all

__all__ = ["router"]

router = APIRouter(prefix="/v1/reconcile", tags=["reconcile"])

_MOST_FORM = 1 << 20
_SUGGESTED = 10
Prefix = Annotated[str, Query(max_length=100, title="开头的几个字")]


@router.get("", summary="服务说明 / service manifest")
@needs(Act.LOOK)
def service(request: Request) -> JSONResponse:
    """What the service is and what it can be asked."""
    return JSONResponse(manifest(str(request.base_url).rstrip("/")))


@router.post("", summary="批量对照 / reconcile, or extend")
@needs(Act.ASK, *asked("find_party", "party_card", "list_entries"))
def reconcile(
    request: Request, reader: Reading, services: Serving, asker: Asking,
    queries: Annotated[str, Form(max_length=_MOST_FORM)] = "",
    extend: Annotated[str, Form(max_length=_MOST_FORM)] = "",
) -> JSONResponse:  # fmt: skip
    """Candidates for each query; or properties of parties that were found before.

    `match` is true where a number proves it, and nowhere else.
    """
    if bool(queries) == bool(extend):
        raise InputError(
            "请在表单里写 queries 或 extend 之一。",
            "The form holds either `queries` or `extend`.",
            code="reconcile_form",
        )
    if extend:
        keys, properties = read_extension(extend)
        return JSONResponse(extended(reader, keys, properties))
    names, told, limits = read_queries(queries, identity_key(services))
    subjects = [one for one in told if one is not None]
    count_subjects(asker, subjects)
    note_asked(request, subjects)
    matches = iter(match_all(reader, subjects, most=max(limits)).matches)
    return JSONResponse(
        {
            name: {"result": [] if one is None else results_of(next(matches), limit)}
            for name, one, limit in zip(names, told, limits, strict=True)
        }
    )


@router.get("/suggest/type", summary="类型提示 / suggest types")
@needs(Act.LOOK)
def suggest_type(prefix: Prefix = "") -> dict[str, Any]:
    """Types of parties that there are."""
    return {"result": [one for one in TYPES if prefix in one["name"] or prefix in one["id"]]}


@router.get("/suggest/property", summary="属性提示 / suggest properties")
@needs(Act.LOOK)
def suggest_property(prefix: Prefix = "") -> dict[str, Any]:
    """What may be said of a party that is looked for."""
    return {"result": [one for one in PROPERTIES if prefix in one["name"] or prefix in one["id"]]}


@router.get("/suggest/entity", summary="单位提示 / suggest organisations")
@needs(Act.ASK, *asked("find_party"))
def suggest_entity(reader: Reading, prefix: Prefix = "") -> dict[str, Any]:
    """Organisations whose names hold these characters; persons are not suggested."""
    if len(prefix.strip()) < len("某某"):
        return {"result": []}
    rows = [row for row in reader.search(prefix).rows if str(row["key"]).startswith("org:")]
    return {
        "result": [
            {"id": row["key"], "name": row["name"] or row["key"]} for row in rows[:_SUGGESTED]
        ]
    }


@router.get("/properties", summary="可以补充的属性 / properties to extend by")
@needs(Act.LOOK)
def properties(
    type: Annotated[str, Query(max_length=64, title="类型")] = "",  # noqa: A002 - the name of the specification
    limit: Annotated[str, Query(max_length=8, title="最多几项")] = "",
) -> dict[str, Any]:
    """What a column can be extended by: of the public register and lists."""
    most = int(limit) if limit.isascii() and limit.isdigit() else len(EXTENSIONS)
    return {"type": type, "limit": most, "properties": list(EXTENSIONS[:most])}

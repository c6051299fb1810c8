"""What the description of the interface says of the conventions that many routes keep.

Pages (`api.paging`), tags (`api.conditional`), acts on what was seen (`api.guarded`), and how much
one answer holds: all of it is read from the marks of the routes, so that it is said where it holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from fastapi.routing import APIRoute

from api.admission import MOST_BODY
from api.problem_document import PROBLEM
from queries import library

__all__ = ["add_conventions", "limits_of"]

#: How long the engine works on one answer before it is told that it took too long, in milliseconds.
_ENGINE_MS = 120_000
_ROWS, _DEPTH = ("limit", "most", "count"), ("hops",)
_WORD = re.compile(r"(?<!^)(?=[A-Z])")
_JSON = "application/json"

_TAG = {
    "description": "答复的版本标签 / entity tag (RFC 9110, 8.8.3)",
    "schema": {"type": "string"},
}
_LINK = {
    "description": "下一页的地址，rel=next / address of the next page (RFC 8288)",
    "schema": {"type": "string"},
}
_HAD = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "已有答复的 ETag；没有变动的答 304 / the tag of an answer that is had already",
    "schema": {"type": "string"},
}


def add_conventions(description: dict[str, Any], routes: Iterable[APIRoute]) -> None:
    """Say of every route which conventions it keeps, with the answers that they bring."""
    described = description.setdefault("components", {}).setdefault("headers", {})
    described.update({"ETag": _TAG, "Link": _LINK})
    for route in routes:
        for method in route.methods or ():
            operation = description["paths"].get(route.path_format, {}).get(method.lower())
            if operation is not None and route.path.startswith("/v1"):
                _describe(operation, route, method)


def _describe(operation: dict[str, Any], route: APIRoute, method: str) -> None:
    way, answers = route.endpoint, operation["responses"]
    good: dict[str, Any] = next(
        (answers[status] for status in answers if status.startswith("2")), {}
    )
    if method == "GET" and _JSON in good.get("content", {}):
        operation.setdefault("parameters", []).append(_HAD)
        answers["304"] = {"description": "没有变动 / had already"}
        _carries(good, "ETag")
    if getattr(way, "is_paged", False):
        answers["410"] = _problem("名单已变动，请从第一页重新查询 / begin at the first page again")
        _carries(good, "Link")
    if any(taken["name"] == "If-Match" for taken in operation.get("parameters", ())):
        answers["412"] = _problem("查看之后已被改动，没有办理 / changed since, nothing was done")
    if getattr(way, "must_match", False):
        answers["428"] = _problem("须写明 If-Match / If-Match is needed")
    operation["x-limits"] = limits_of(route, operation)


def _carries(answer: dict[str, Any], name: str) -> None:
    answer.setdefault("headers", {})[name] = {"$ref": f"#/components/headers/{name}"}


def _problem(told: str) -> dict[str, Any]:
    return {"description": told, "content": {"application/problem+json": {"schema": PROBLEM}}}


def limits_of(route: APIRoute, operation: dict[str, Any]) -> dict[str, int]:
    """How much one answer holds, by what: `rows`, `depth`, `milliseconds`, `body_bytes`.

    Where an answer is cut, it says so (`basis.truncated`, `next`, `total`).
    """
    told: dict[str, int] = {"milliseconds": _ENGINE_MS}
    for parameter in operation.get("parameters", ()):
        most = parameter["schema"].get("maximum")
        if most is not None and parameter["name"] in _ROWS:
            told["rows"] = int(most)
        if most is not None and parameter["name"] in _DEPTH:
            told["depth"] = int(most)
    name = getattr(route.response_model, "__name__", "").removesuffix("Answer")
    question = library().get(_WORD.sub("_", name).lower())
    if question is not None:
        told["rows"] = question.rows
    if "requestBody" in operation:
        told["body_bytes"] = MOST_BODY
    return told

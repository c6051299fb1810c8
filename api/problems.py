"""Every error as a problem document (RFC 9457): stable code, Chinese title, no input echoed.

400 is well-formed and refused by a rule, 422 is malformed: what the description of the interface
allows is never answered 422.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException
from starlette.routing import Match

from api.admission import declared, sent
from api.conditional import Unchanged
from api.pages import render_problem
from api.pages.login import login_path
from api.pages.rendering import see_other
from api.security.shown_to import showing_to
from api.trace import note_code, trace_of
from graph.errors import (
    BusyError,
    EngineError,
    ForbiddenError,
    GraphUnavailableError,
    InputError,
    LoginError,
    NotFoundError,
    OperationsError,
    XinnongError,
)

__all__ = ["add_handlers", "defect", "problem"]

#: The one place that says which error is which HTTP status; anything else of ours is 500.
_STATUS: dict[type[XinnongError], int] = {
    NotFoundError: 404,
    LoginError: 401,
    ForbiddenError: 403,
    InputError: 400,
    BusyError: 409,
    GraphUnavailableError: 503,
    EngineError: 503,
    OperationsError: 503,
}

#: Codes whose status is not that of their class: an extra that is not installed is no defect.
_STATUS_OF_CODE = {
    "splink_missing": 409,
    "rate_limited": 429,
    "login_locked": 429,
    "idempotency_key_reused": 422,
    "reference_reused": 422,
    "cursor_gone": 410,
    "state_changed": 412,
    "if_match_required": 428,
}

#: When to ask again while the graph starts or is busy, in seconds.
_AGAIN = 2

#: When to ask again who asked too often, in seconds, where it is not said more exactly.
_LATER = 60
_UNAVAILABLE, _TOO_OFTEN, _NOT_ALLOWED, _WHO = 503, 429, 405, 401
_HTTP_TITLES = {
    400: "请求内容读不出来",
    404: "没有这个页面",
    405: "不支持这种访问方式",
    413: "内容过大，请分块发送",
}


def add_handlers(app: FastAPI) -> None:
    """Answer every error, ours or not, as a problem."""

    @app.exception_handler(XinnongError)
    async def ours(request: Request, error: XinnongError) -> Response:
        status = _STATUS_OF_CODE.get(error.cause_code) or next(
            (code for kind, code in _STATUS.items() if isinstance(error, kind)), 500
        )
        if status == _WHO and _leads_on(request):
            return see_other(login_path(request.url, request.method))
        told = _unsaid((error.message_zh, error.message_en), sent(request))
        answer = problem(request, status, error.cause_code, *told)
        if status == _WHO:
            answer.headers["WWW-Authenticate"] = 'Bearer realm="xinnong"'
        if status in (_UNAVAILABLE, _TOO_OFTEN) or error.cause_code == "idempotency_in_progress":
            answer.headers["Retry-After"] = str(_LATER if status == _TOO_OFTEN else _AGAIN)
        answer.headers.update(getattr(error, "headers", {}))
        return answer

    @app.exception_handler(Unchanged)
    async def unchanged(_request: Request, had: Unchanged) -> Response:
        return Response(status_code=304, headers={"ETag": had.tag})

    @app.exception_handler(RequestValidationError)
    async def malformed(request: Request, error: RequestValidationError) -> Response:
        # only where, never what: the input may hold personal data, and names in it are input too
        known = declared(request.scope.get("route"))
        fields = ", ".join(dict.fromkeys(_place(item["loc"], known) for item in error.errors()))
        return problem(
            request,
            422,
            "request_malformed",
            f"请求内容不完整或格式不对：{fields}",
            f"The request is malformed: {fields}",
        )

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> Response:
        title = _HTTP_TITLES.get(error.status_code, "请求无法完成")
        answer = problem(
            request, error.status_code, f"http_{error.status_code}", title, str(error.detail)
        )
        if error.status_code == _NOT_ALLOWED:
            answer.headers["Allow"] = ", ".join(_methods(app, request))
        return answer


def defect(request: Request) -> Response:
    """The answer to what nobody expected; what it was is in the log, under the same trace id."""
    return problem(
        request,
        500,
        "internal",
        "程序出了没有料到的错误，已记入日志。请稍后重试；仍然不行的，请把追踪号告诉技术人员："
        f"{trace_of(request)}",
        "An internal error; the log has it under this trace id.",
    )


def problem(request: Request, status: int, code: str, message_zh: str, message_en: str) -> Response:
    """The answer that says what is wrong: a document for programs, a page for people."""
    trace = trace_of(request)
    note_code(request, code)
    if not _is_for_programs(request):
        showing_to(request.scope.get("xinnong.asker") or getattr(request.app.state, "asker", None))
        return render_problem(status, message_zh, message_en, trace)
    return JSONResponse(
        {
            "type": f"urn:xinnong:problem:{code}",
            "title": message_zh.splitlines()[0],
            "status": status,
            "detail": message_en,
            "code": code,
            "trace": trace,
        },
        status_code=status,
        media_type="application/problem+json",
        headers={"Content-Language": "zh-CN"},
    )


def _is_for_programs(request: Request) -> bool:
    return request.url.path.startswith(("/v1", "/healthz", "/readyz", "/.well-known"))


def _leads_on(request: Request) -> bool:
    """Whether whoever has to log in is led to where they do: a person at a page."""
    return not _is_for_programs(request) and "authorization" not in request.headers


def _place(loc: Iterable[object], known: frozenset[str]) -> str:
    """Where in a request something is wrong; what is not declared is not repeated."""
    parts = (str(part) if isinstance(part, int) or part in known else "?" for part in loc)
    return ".".join(parts)


def _unsaid(messages: tuple[str, str], given: Iterable[str]) -> tuple[str, str]:
    """The messages without what was sent: on a terminal it helps to see what one typed, over HTTP
    it is written into logs on the way."""
    zh, en = messages
    for text in sorted(given, key=len, reverse=True):
        zh, en = zh.replace(text, "…"), en.replace(text, "…")
    return zh, en


def _methods(app: FastAPI, request: Request) -> list[str]:
    """All methods of a path: the router tells those of the first route that has it."""
    told = app.openapi()["paths"].get(getattr(request.scope.get("route"), "path", ""))
    if told is not None:
        return sorted(method.upper() for method in told)
    scope: Mapping[str, Any] = request.scope
    found = set()
    for method in ("DELETE", "GET", "HEAD", "PATCH", "POST", "PUT"):
        asked = {**scope, "method": method}
        if any(route.matches(asked)[0] is Match.FULL for route in app.router.routes):
            found.add(method)
    return sorted(found)

"""Every error as a problem document (RFC 9457): stable code, Chinese title, no input echoed."""

from __future__ import annotations

import uuid

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from api.guard import HEADERS
from api.pages import render_problem
from graph.errors import (
    BusyError,
    EngineError,
    GraphUnavailableError,
    InputError,
    NotFoundError,
    OperationsError,
    XinnongError,
)

__all__ = ["add_handlers", "problem"]

#: The one place that says which error is which HTTP status; anything else of ours is 500.
_STATUS: dict[type[XinnongError], int] = {
    NotFoundError: 404,
    InputError: 400,
    BusyError: 409,
    GraphUnavailableError: 503,
    EngineError: 503,
    OperationsError: 503,
}

_HTTP_TITLES = {404: "没有这个页面", 405: "不支持这种访问方式"}


def add_handlers(app: FastAPI) -> None:
    """Answer every error, ours or not, as a problem."""

    @app.exception_handler(XinnongError)
    async def ours(request: Request, error: XinnongError) -> Response:
        status = next((code for kind, code in _STATUS.items() if isinstance(error, kind)), 500)
        return problem(request, status, error.cause_code, error.message_zh, error.message_en)

    @app.exception_handler(RequestValidationError)
    async def malformed(request: Request, error: RequestValidationError) -> Response:
        # only where, never what: the input may hold personal data
        fields = ", ".join(".".join(map(str, item["loc"])) for item in error.errors())
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
        return problem(
            request, error.status_code, f"http_{error.status_code}", title, str(error.detail)
        )

    @app.exception_handler(Exception)
    async def defect(request: Request, _error: Exception) -> Response:
        # answered outside all middleware, the guard's included; the server logs what it was
        answer = problem(request, 500, "internal", "程序内部错误。", "internal error")
        answer.headers.update(HEADERS)
        return answer


def problem(request: Request, status: int, code: str, message_zh: str, message_en: str) -> Response:
    """The answer that says what is wrong: a document for programs, a page for people."""
    trace = uuid.uuid4().hex[:12]
    if not request.url.path.startswith(("/v1", "/healthz", "/readyz")):
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

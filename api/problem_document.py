"""How a problem looks (RFC 9457), and which of them every route may answer with."""

from __future__ import annotations

from typing import Any

__all__ = ["PROBLEM", "RESPONSES"]

#: One as JSON Schema.
PROBLEM: dict[str, Any] = {
    "type": "object",
    "title": "Problem",
    "required": ["type", "title", "status", "detail", "code", "trace"],
    "properties": {
        **{
            name: {"type": "string", "title": title}
            for name, title in {
                "type": "种类",
                "title": "说明",
                "detail": "英文说明",
                "code": "代码，供程序判断",
                "trace": "本次请求的编号",
            }.items()
        },
        "status": {"type": "integer", "title": "状态码"},
    },
}

#: What every route may answer besides what it is for.
RESPONSES: dict[int | str, dict[str, Any]] = {
    status: {
        "description": told,
        "content": {"application/problem+json": {"schema": PROBLEM}},
    }
    for status, told in {
        400: "按规则不能办理 / refused by a rule",
        401: "尚未登录，或登录已经结束 / log in, or send a token",
        403: "没有权限，或来自另一个网站 / not permitted, or sent by another site",
        404: "没有所问的对象 / not found",
        409: "正有人在处理，或本环境没有安装 / busy, or not installed here",
        413: "内容过大 / too large",
        422: "格式不对 / malformed",
        429: "查询过于频繁，请按 Retry-After 再试 / asked too often: retry later",
        500: "程序内部错误 / internal error",
        503: "图数据库未就绪，请按 Retry-After 重试 / the graph is not ready: retry",
    }.items()
}

# what is announced as too large is refused by the server's own hand, before any route
RESPONSES[413]["content"]["text/plain"] = {}

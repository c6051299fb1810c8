"""What the description of the interface says of every route: who may ask, and how often."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fastapi.routing import APIRoute

from api.needs import is_open
from api.rate_limit import LIMITS
from api.security.clients import CLIENT_ACTS
from api.security.known import COOKIE

__all__ = ["add_limits", "add_security"]

_SCHEMES = {
    "client": {
        "type": "oauth2",
        "description": "别的单位的系统：凭密钥或签名声明领取令牌，放在 Authorization: Bearer 中；用途不止一项的，"
        "用 Purpose 头写明 / a program of others: RFC 6749 4.4, RFC 7523, RFC 9068",
        "flows": {
            "clientCredentials": {
                "tokenUrl": "/v1/token",
                "scopes": {act.value: act.term for act in CLIENT_ACTS},
            }
        },
    },
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": COOKIE,
        "description": "登录后的会话 / somebody who logged in",
    },
    "client_secret": {
        "type": "http",
        "scheme": "basic",
        "description": "客户端编号和密钥（client_secret_basic）/ RFC 6749, 2.3.1",
    },
}


def add_security(
    description: dict[str, Any], routes: Iterable[APIRoute], *, answers_for_somebody: bool
) -> None:
    """Say of every route who may ask it: a client for an act, somebody logged in, or anybody.

    Args:
        answers_for_somebody: whether it is answered without either, as to whoever uses this machine.
    """
    description.setdefault("components", {})["securitySchemes"] = _SCHEMES
    ways_in = {
        (method.lower(), route.path_format): route.endpoint
        for route in routes
        for method in route.methods or ()
    }
    for path, operations in description["paths"].items():
        for method, operation in operations.items():
            if "security" in operation:
                continue
            endpoint: Any = ways_in[method, path]
            act = endpoint.needs.act
            ways: list[dict[str, list[str]]] = [{"session": []}]
            if is_open(endpoint):
                ways = []
            elif act in CLIENT_ACTS:
                ways.insert(0, {"client": [act.value]})
            if ways and answers_for_somebody:
                ways.append({})
            operation["security"] = ways


_DRAFT = "draft-ietf-httpapi-ratelimit-headers-10"
_HEADERS: dict[str, dict[str, Any]] = {
    "RateLimit-Policy": {
        "description": "限额：每 w 秒最多 q 次，"
        + "；".join(f"{name} {limit.title}" for name, limit in LIMITS.items())
        + f" / {_DRAFT}",
        "schema": {"type": "string"},
        "example": LIMITS["client"].policy,
    },
    "RateLimit": {
        "description": f"还剩 r 次，t 秒后增加 / {_DRAFT}",
        "schema": {"type": "string"},
        "example": '"client";r=599;t=60',
    },
}
_AGAIN = "Retry-After"
_SAID: dict[str, dict[str, Any]] = {
    **_HEADERS,
    _AGAIN: {
        "description": "多少秒后再试 / RFC 9110, 10.2.3",
        "schema": {"type": "integer", "minimum": 1},
    },
}
_TOO_OFTEN = "429"


def add_limits(description: dict[str, Any]) -> None:
    """Say of every answer that it tells what is left, and of a refusal when to ask again."""
    description.setdefault("components", {}).setdefault("headers", {}).update(_SAID)
    for operations in description["paths"].values():
        for operation in operations.values():
            for status, answer in operation["responses"].items():
                told = _SAID if status == _TOO_OFTEN else _HEADERS
                answer.setdefault("headers", {}).update(
                    {name: {"$ref": f"#/components/headers/{name}"} for name in told}
                )

"""The interface for programs, told to whoever writes one: every way with its parameters and a line to try.

A page of ours, made of the description: it loads nothing from elsewhere and needs no script.  It is
open, as the description is.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import HTMLResponse

from api.acts import Act
from api.curl import curl_of
from api.deprecation import NOTICE
from api.guide import guide
from api.languages import Language, described
from api.needs import needs, open_to_all
from api.pages.english.speaking import spoken
from api.pages.rendering import page
from api.python_client import client_source
from graph.errors import NotFoundError

__all__ = ["router"]

router = APIRouter(include_in_schema=False)

#: Not said: that of the pages.
Spoken = Annotated[Language | None, Query()]
Group = Annotated[str, Path(max_length=64)]
_OTHER = "other"
_LONGEST_EXAMPLE = 4_000


@dataclass(frozen=True)
class Way:
    """One way as it is shown.

    Attributes:
        takes: name, place, type and bounds, whether it is needed, what it says.
        fields: the same of the body.  answers: status and what it says.
    """

    method: str
    path: str
    summary: str
    about: str
    ends: str
    takes: tuple[tuple[str, str, str, bool, str], ...]
    fields: tuple[tuple[str, str, str, bool, str], ...]
    answers: tuple[tuple[str, str], ...]
    limits: tuple[tuple[str, int], ...]
    curl: str
    example: str


@router.get("/docs", response_class=HTMLResponse)
@needs(Act.LOOK)
@open_to_all
def start(request: Request, language: Spoken = None) -> HTMLResponse:
    """First steps, conventions, and every group of ways."""
    language = language or spoken()
    told = described(request.app, language)
    groups: dict[str, list[str]] = {}
    for path, operations in told["paths"].items():
        groups.setdefault(_group(path), []).extend(one["summary"] for one in operations.values())
    return page(
        "interface.html",
        language=language,
        version=told["info"]["version"],
        steps=[(*step.in_language(language), step.curl) for step in guide()],
        groups=sorted(groups.items()),
        notice=NOTICE.days,
    )


@router.get("/docs/python-client")
@needs(Act.LOOK)
@open_to_all
def python_client(request: Request) -> Response:
    """The client for Python, one file."""
    return Response(
        client_source(described(request.app, None)),
        media_type="text/x-python; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="xinnong_client.py"'},
    )


@router.get("/docs/ways/{group}", response_class=HTMLResponse)
@needs(Act.LOOK)
@open_to_all
def ways(request: Request, group: Group, language: Spoken = None) -> HTMLResponse:
    """Every way of one group; raises `NotFoundError` (`interface_unknown`)."""
    language = language or spoken()
    told = described(request.app, language)
    found = [
        _way(method, path, operation, told)
        for path, operations in told["paths"].items()
        if _group(path) == group
        for method, operation in operations.items()
    ]
    if not found:
        raise NotFoundError(
            "接口中没有这一组。请从接口说明的目录进入。",
            "There is no such group of ways.",
            code="interface_unknown",
        )
    return page("interface_ways.html", language=language, group=group, ways=found)


def _group(path: str) -> str:
    parts = path.split("/")
    return parts[2] if path.startswith("/v1/") else _OTHER


def _way(method: str, path: str, operation: dict[str, Any], told: dict[str, Any]) -> Way:
    schemas = told["components"]["schemas"]
    takes = tuple(
        (each["name"], each["in"], _kind(each["schema"]), bool(each.get("required")), _about(each))
        for each in operation.get("parameters", ())
    )
    good = [answer for status, answer in operation["responses"].items() if status.startswith("2")]
    shown = [answer["content"]["application/json"].get("example") for answer in good
             if "application/json" in answer.get("content", {})]  # fmt: skip
    example = json.dumps(shown[0], ensure_ascii=False, indent=1) if shown else ""
    return Way(
        method.upper(),
        path,
        operation["summary"],
        operation.get("description", ""),
        operation.get("x-sunset", ""),
        takes,
        tuple(_fields(operation, schemas)),
        tuple((status, answer["description"]) for status, answer in operation["responses"].items()),
        tuple(operation.get("x-limits", {}).items()),
        curl_of(method, path, operation, schemas),
        example if len(example) <= _LONGEST_EXAMPLE else f"{example[:_LONGEST_EXAMPLE]} …",
    )


def _fields(
    operation: dict[str, Any], schemas: dict[str, Any]
) -> list[tuple[str, str, str, bool, str]]:
    content = operation.get("requestBody", {}).get("content", {})
    if not content:
        return []
    schema = next(iter(content.values()))["schema"]
    shape = schemas[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    return [
        (name, "body", _kind(part), name in shape.get("required", ()), _about({"schema": part}))
        for name, part in shape.get("properties", {}).items()
    ]


def _about(parameter: dict[str, Any]) -> str:
    schema = parameter["schema"]
    told = [parameter.get("description"), schema.get("title"), schema.get("description")]
    return "；".join(dict.fromkeys(text for text in told if text))


def _kind(schema: dict[str, Any]) -> str:
    """Type and bounds in a few signs: `integer 1..200`, `string <= 64`."""
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    if choices := schema.get("anyOf"):
        return " | ".join(dict.fromkeys(_kind(each) for each in choices))
    if "enum" in schema:
        return " | ".join(str(value) for value in schema["enum"])
    told = str(schema.get("format") or schema.get("type") or "any")
    if "items" in schema:
        told = f"{told}[{_kind(schema['items'])}]"
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is not None or high is not None:
        told += f" {'' if low is None else low}..{'' if high is None else high}"
    if "maxLength" in schema:
        told += f" <= {schema['maxLength']}"
    if "default" in schema:
        told += f" = {json.dumps(schema['default'], ensure_ascii=False)}"
    return told

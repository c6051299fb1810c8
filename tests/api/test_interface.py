"""The description of the interface: its conventions, its two languages, and what a release keeps."""

from __future__ import annotations

import json
import lzma
import re
from collections.abc import Iterator
from copy import deepcopy
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.app import create_app
from api.deprecation import Deprecating, add_deprecations, deprecated
from api.interface_shape import breaking, shape
from api.languages import in_language
from api.needs import routes_of
from graph.settings import Settings

#: Of every release, not of the last alone: what came in one and goes in the next was promised too.
RELEASED = sorted((Path(__file__).parent / "interfaces").glob("*.json.xz"))
#: What a release took away or asks for besides, on purpose, and why.
_BY_TWO = "202 where a second administrator is to confirm; done at once it is answered as before"
BROKEN: dict[str, str] = {
    f"{way}: {status} application/json: may be RightsView": _BY_TWO
    for way, status in {
        "POST /v1/users": 201,
        "POST /v1/users/{name}/link": 201,
        "PATCH /v1/users/{name}": 200,
        "POST /v1/clients": 201,
        "POST /v1/clients/{client}/keys": 201,
        "POST /v1/clients/{client}/secrets": 201,
    }.items()
}
_SAID_NOW = "beyond 2⁵³ it was refused before as well; the description said nothing of it"
BROKEN |= {
    "POST /v1/financing/applications/{number}/acts: body.content[]: takes no integer": _SAID_NOW,
    "PUT /v1/code-rounds/{round_name}: body.allowed[]: minimum is -9007199254740991": _SAID_NOW,
    "PUT /v1/code-rounds/{round_name}: body.allowed[]: maximum is 9007199254740991": _SAID_NOW,
}
CHINESE = re.compile("[\u3400-\u9fff]")


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    return create_app(Settings(data=tmp_path_factory.mktemp("data")))


@pytest.fixture(scope="module")
def described(app: FastAPI) -> dict[str, Any]:
    return app.openapi()


def test_nothing_breaks_that_a_release_promised(described: dict[str, Any]) -> None:
    """Who wrote a program for it goes on; what ends was marked before (`api.deprecation`)."""
    assert RELEASED
    now = shape(described)
    broken = {
        each
        for release in RELEASED
        for each in breaking(json.loads(lzma.decompress(release.read_bytes())), now)
    }
    assert broken == set(BROKEN)


def changed(described: dict[str, Any], where: str, how: Any) -> list[str]:
    """What is found after one change of a description."""
    other = deepcopy(described)
    part = other
    *way, last = where.split("|")
    for name in way:
        part = part[int(name)] if isinstance(part, list) else part[name]
    if how is None:
        del part[last]
    else:
        part[last] = how
    return breaking(shape(described), shape(other))


SMALL: dict[str, Any] = {
    "paths": {
        "/v1/a/{key}": {
            "get": {
                "parameters": [
                    {"in": "query", "name": "limit", "required": False,
                     "schema": {"type": "integer", "maximum": 200, "minimum": 1}},
                ],
                "responses": {"200": {"content": {"application/json": {
                    "schema": {"$ref": "#/components/schemas/A"}}}}},
            },
            "post": {
                "requestBody": {"content": {"application/json": {
                    "schema": {"$ref": "#/components/schemas/Body"}}}},
                "responses": {"201": {"description": "made"}},
            },
        }
    },
    "components": {"schemas": {
        "A": {"type": "object", "required": ["name", "parts"], "properties": {
            "name": {"type": "string"},
            "parts": {"type": "array", "items": {"$ref": "#/components/schemas/A"}},
            "since": {"anyOf": [{"type": "string"}, {"type": "null"}]},
        }},
        "Body": {"type": "object", "required": ["by"], "properties": {
            "by": {"type": "string", "maxLength": 64},
            "kind": {"type": "string", "enum": ["a", "b"]},
            "at": {"anyOf": [{"type": "string"}, {"type": "null"}]},
        }},
    }},
}  # fmt: skip
GET, POST = "paths|/v1/a/{key}|get", "paths|/v1/a/{key}|post"
ANSWER, BODY = "components|schemas|A", "components|schemas|Body"


@pytest.mark.parametrize(
    ("where", "how", "told"),
    [
        ("paths|/v1/a/{key}|get", None, ["GET /v1/a/{key}: gone"]),
        (f"{GET}|parameters", [], ["GET /v1/a/{key}: takes no query limit any more"]),
        (f"{GET}|parameters|0|required", True, ["GET /v1/a/{key}: needs query limit"]),
        (f"{GET}|parameters|0|schema|maximum", 100, ["GET /v1/a/{key}: query limit: maximum is 100"]),
        (f"{GET}|parameters|0|schema|maximum", 500, []),
        (f"{GET}|parameters|0|schema|minimum", 2, ["GET /v1/a/{key}: query limit: minimum is 2"]),
        (f"{GET}|responses|204", {"description": "x"}, []),
        (f"{POST}|responses", {"200": {}}, ["POST /v1/a/{key}: answers no 201 any more"]),
        (f"{ANSWER}|properties|name", None,
         ["GET /v1/a/{key}: 200 application/json: has no name any more"]),
        (f"{ANSWER}|properties|more", {"type": "string"}, []),
        (f"{ANSWER}|required", ["parts"], ["GET /v1/a/{key}: 200 application/json: may lack name"]),
        (f"{ANSWER}|properties|name|type", "integer",
         ["GET /v1/a/{key}: 200 application/json.name: may be number"]),
        (f"{ANSWER}|properties|since", {"type": "string"}, []),
        (f"{ANSWER}|properties|name", {"anyOf": [{"type": "string"}, {"type": "null"}]},
         ["GET /v1/a/{key}: 200 application/json.name: may be null"]),
        (f"{BODY}|required", ["by", "kind"], ["POST /v1/a/{key}: body: needs kind"]),
        (f"{BODY}|properties|kind|enum", ["a"], ["POST /v1/a/{key}: body.kind: takes no b any more"]),
        (f"{BODY}|properties|kind|enum", ["a", "b", "c"], []),
        (f"{BODY}|properties|by|maxLength", 10, ["POST /v1/a/{key}: body.by: maxLength is 10"]),
        (f"{BODY}|properties|at", {"type": "string"}, ["POST /v1/a/{key}: body.at: takes no null"]),
        (f"{BODY}|properties|more", {"type": "string"}, []),
        (f"{BODY}|properties|by", None, ["POST /v1/a/{key}: body: takes no by any more"]),
        (f"{BODY}|properties|by|description", "words", []),
    ],
)  # fmt: skip
def test_each_kind_of_break_is_found_and_nothing_else(
    where: str, how: Any, told: list[str]
) -> None:
    assert changed(SMALL, where, how) == told


def words(part: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Every text for people in a description, with what it stands in."""
    if isinstance(part, list):
        for each in part:
            yield from words(each, name)
    elif isinstance(part, dict):
        for key, value in part.items():
            if key in ("example", "examples", "default", "enum", "const", "securitySchemes"):
                continue
            if key in ("title", "description", "summary") and isinstance(value, str):
                yield name, value
            else:
                yield from words(value, key)


def test_each_language_is_whole_and_alone(app: FastAPI, described: dict[str, Any]) -> None:
    """Every way has a summary in either; no English one has Chinese in it, and the reverse."""
    told = {one: in_language(described, routes_of([app]), one) for one in ("zh", "en")}  # type: ignore[arg-type]
    for language, description in told.items():
        assert description["info"]["x-language"] == language
        for path, operations in description["paths"].items():
            for operation in operations.values():
                assert operation["summary"], (language, path)
                assert operation["description"], (language, path)
                for status, answer in operation["responses"].items():
                    assert answer["description"], (language, path, status)
        for name, text in words(description):
            assert bool(CHINESE.search(text)) is (language == "zh"), (language, name, text)
    assert shape(told["zh"]) == shape(told["en"]) == shape(described)


def test_the_description_is_served_in_each_language(app: FastAPI) -> None:
    client = TestClient(app, "http://127.0.0.1")
    both, english = client.get("/v1/openapi.json"), client.get("/v1/openapi.json?language=en")
    assert both.json()["openapi"].startswith("3.1")
    assert english.json()["info"]["x-language"] == "en"
    assert client.get("/v1/openapi.json?language=fr").status_code == 422
    tag = english.headers["etag"]
    again = client.get("/v1/openapi.json?language=en", headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")


def test_conventions_are_said_where_they_hold(described: dict[str, Any]) -> None:
    entries = described["paths"]["/v1/lists/entries"]["get"]
    assert {"304", "410"} <= set(entries["responses"])
    assert {"ETag", "Link"} <= set(entries["responses"]["200"]["headers"])
    assert entries["x-limits"] == {"milliseconds": 120_000, "rows": 200}
    around = described["paths"]["/v1/parties/{key}/neighbourhood"]["get"]
    assert around["x-limits"] == {"milliseconds": 120_000, "depth": 3, "rows": 300}
    act = described["paths"]["/v1/repairs/{number}/acts"]["post"]
    assert "412" in act["responses"] and "428" not in act["responses"]
    assert "428" in described["paths"]["/v1/code-rounds/{round_name}"]["put"]["responses"]
    assert act["x-limits"]["body_bytes"] == 16 * 2**20


def test_what_ends_says_so_in_every_answer_and_in_its_description() -> None:
    service = FastAPI()
    service.add_middleware(Deprecating)

    @service.get("/v1/old")
    @deprecated(since=date(2026, 1, 1), until=date(2026, 12, 31), instead="GET /v1/new")
    def old(number: int) -> int:
        return number

    @service.get("/v1/new")
    def new() -> int:
        return 1

    client = TestClient(service)
    for answer in (client.get("/v1/old?number=1"), client.get("/v1/old?number=x")):
        seconds = int(answer.headers["deprecation"].removeprefix("@"))
        assert datetime.fromtimestamp(seconds, UTC).date() == date(2026, 1, 1)
        ends = parsedate_to_datetime(answer.headers["sunset"])
        assert ends == datetime(2027, 1, 1, tzinfo=UTC)
        assert 'rel="deprecation"' in answer.headers["link"]
    assert not {"deprecation", "sunset"} & set(client.get("/v1/new").headers)
    told = service.openapi()
    add_deprecations(told, routes_of([service]))
    assert told["paths"]["/v1/old"]["get"]["deprecated"] is True
    assert "GET /v1/new" in told["paths"]["/v1/old"]["get"]["description"]
    assert "deprecated" not in told["paths"]["/v1/new"]["get"]


def test_nothing_ends_at_once() -> None:
    with pytest.raises(ValueError, match="180 days"):
        deprecated(since=date(2026, 1, 1), until=date(2026, 2, 1), instead="GET /v1/new")

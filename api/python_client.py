"""A client for programs in Python, written from the description: `python -m api.write_client FILE`.

One module that needs httpx and nothing of ours: a method for every way that a program of others may
ask, with the names of parameters and fields as the description has them.  Tokens are fetched and
renewed, problems raised, lists followed page by page.  What is sent as a file or comes as a stream
is left to whoever needs it.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from string import Template
from typing import Any

__all__ = ["client_source"]

_REFERENCE = "#/components/schemas/"
_JSON, _LINES = "application/json", "application/x-ndjson"
_TYPES = {"string": "str", "integer": "int", "number": "float", "boolean": "bool",
          "array": "list[Any]", "object": "dict[str, Any]", "null": "None"}  # fmt: skip
#: Headers that a method takes; others are the client's own.
_HEADERS = {"idempotency-key": "idempotency_key", "if-match": "if_match"}
#: What asks for the token, and what is of a browser.
_NOT_OURS = ("/v1/token", "/v1/session", "/v1/openapi.json")


@dataclass(frozen=True)
class _Field:
    """One argument of a method: where it goes, under which name, of which type."""

    where: str
    name: str
    kind: str
    required: bool

    @property
    def called(self) -> str:
        """Its name in Python."""
        told = re.sub(r"\W", "_", _HEADERS.get(self.name.lower(), self.name))
        return f"{told}_" if keyword.iskeyword(told) else told

    @property
    def declared(self) -> str:
        """As it stands in the signature."""
        if self.required:
            return f"{self.called}: {self.kind}"
        kind = self.kind if "None" in self.kind or self.kind == "Any" else f"{self.kind} | None"
        return f"{self.called}: {kind} = None"


@dataclass(frozen=True)
class _Way:
    """One method."""

    name: str
    method: str
    path: str
    summary: str
    lines: bool
    is_paged: bool
    fields: list[_Field] = field(default_factory=list)


def client_source(description: dict[str, Any]) -> str:
    """The module; raises `ValueError` where two ways would have one name."""
    ways = sorted(_ways(description), key=lambda way: way.name)
    names = [way.name for way in ways]
    if twice := {name for name in names if names.count(name) > 1}:
        raise ValueError(f"two ways of one name: {', '.join(sorted(twice))}")
    text = Path(__file__).with_name("python_client.txt").read_text(encoding="utf-8")
    made = Template(text).substitute(version=description["info"]["version"])
    return made + "".join(_method(way) for way in ways)


def _ways(description: dict[str, Any]) -> Iterator[_Way]:
    for path, operations in description["paths"].items():
        for method, operation in operations.items():
            asked = operation.get("security", [])
            is_ours = not asked or any("client" in one for one in asked)
            media = _media(operation)
            body = operation.get("requestBody", {}).get("content", {})
            if (
                not is_ours
                or not path.startswith("/v1/")
                or path.startswith(_NOT_OURS)
                or media not in (_JSON, _LINES)
            ):
                continue
            if body and _JSON not in body:
                continue
            yield _Way(
                _name(method, path),
                method.upper(),
                path,
                operation["summary"].partition(" / ")[2] or operation["summary"],
                media == _LINES,
                "410" in operation["responses"],
                list(_fields(operation, description)),
            )


def _media(operation: dict[str, Any]) -> str:
    told = [
        media
        for status, answer in operation["responses"].items()
        if status.startswith("2")
        for media in answer.get("content", {})
    ]
    return told[0] if told else ""


def _name(method: str, path: str) -> str:
    """`GET /v1/parties/{key}/loans` is `get_parties_loans`; of one thing, `get_parties_by_key`."""
    parts = [part for part in path.removeprefix("/v1").split("/") if part]
    said = [part for part in parts if not part.startswith("{")]
    if parts and parts[-1].startswith("{"):
        said += ["by", *(part.strip("{}") for part in parts[-1:])]
    return re.sub(r"\W+", "_", "_".join([method, *said])).strip("_")


def _fields(operation: dict[str, Any], description: dict[str, Any]) -> Iterator[_Field]:
    for each in operation.get("parameters", ()):
        where, name = each["in"], each["name"]
        if where == "header" and name.lower() not in _HEADERS:
            continue
        required = bool(each.get("required"))
        yield _Field(where, name, _kind(each["schema"], description), required)
    schema = operation.get("requestBody", {}).get("content", {}).get(_JSON, {}).get("schema")
    if schema is None:
        return
    told = _resolved(schema, description)
    if "properties" not in told:
        yield _Field("whole", "body", "dict[str, Any]", required=True)
    for name, part in told.get("properties", {}).items():
        yield _Field("body", name, _kind(part, description), name in told.get("required", ()))


def _resolved(schema: dict[str, Any], description: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in schema:
        return schema
    found: dict[str, Any] = description["components"]["schemas"][
        schema["$ref"].removeprefix(_REFERENCE)
    ]
    return found


def _kind(schema: dict[str, Any], description: dict[str, Any]) -> str:
    """The type of an argument, as it is written in Python."""
    told = _resolved(schema, description)
    choices = told.get("anyOf") or told.get("oneOf")
    if choices:
        kinds = dict.fromkeys(_kind(each, description) for each in choices)
        return "Any" if "Any" in kinds else " | ".join(sorted(kinds, key=lambda one: one == "None"))
    if "enum" in told or "const" in told:
        return "str"
    return _TYPES.get(str(told.get("type")), "Any")


def _method(way: _Way) -> str:
    """The text of one method; a path's parts come first, and everything else is named."""
    first = [each for each in way.fields if each.where == "path"]
    named = sorted(
        (each for each in way.fields if each.where != "path"), key=lambda one: not one.required
    )
    arguments = ["self", *(each.declared for each in first)]
    if named:
        arguments += ["*", *(each.declared for each in named)]
    path = re.sub(r"{(\w+)}", r"{_part(\1)}", way.path)
    sent = {
        where: ", ".join(
            f'"{each.name}": {each.called}' for each in way.fields if each.where == where
        )
        for where in ("query", "body", "header")
    }
    given = [f'"{way.method}"', f'{"f" if first else ""}"{path}"']
    if sent["query"]:
        given.append(f"query={{{sent['query']}}}")
    if sent["body"]:
        given.append(f"body={{{sent['body']}}}")
    elif any(each.where == "whole" for each in way.fields):
        given.append("body=body")
    if sent["header"]:
        given.append(f"headers={{{sent['header']}}}")
    if way.lines:
        given.append("lines=True")
    told = f"`{way.method} {way.path}`: {way.summary}."
    if way.is_paged:
        told += "\n\n        One page: `pages` follows the others.\n        "
    return (
        f"\n    def {way.name}({', '.join(arguments)}) -> Any:\n"
        f'        """{told}"""\n'
        f"        return self._ask({', '.join(given)})\n"
    )

"""An example of every answer in the description of the interface, made of its schema.

It shows the shape with plausible values and follows the schema, so that it cannot go stale.  Rows
are one each; of alternatives the first that says something; nothing is repeated within itself.
"""

from __future__ import annotations

import re
from typing import Any

__all__ = ["add_examples", "example_of"]

_REFERENCE = "#/components/schemas/"
#: Deeper than any answer goes: there a part may be absent.
_DEEP = 12

_TEXTS = {"date": "2026-05-01", "date-time": "2026-05-01T08:00:00+00:00"}
#: Texts of the shapes that patterns ask for.
_SHAPED = ("0" * 64, "sample", f"sample-{'0' * 24}", "08:00", "1")
_NUMBERS: dict[str, Any] = {"integer": 1, "number": 0.5, "boolean": True, "null": None}


def add_examples(description: dict[str, Any]) -> None:
    """Put an example beside the schema of every JSON answer that succeeds."""
    schemas = description.get("components", {}).get("schemas", {})
    for operations in description["paths"].values():
        for operation in operations.values():
            for status, answer in operation["responses"].items():
                shown = answer.get("content", {}).get("application/json")
                if status.startswith("2") and shown and shown.get("schema"):
                    shown["example"] = _example(shown["schema"], schemas, ())


def example_of(schema: dict[str, Any], schemas: dict[str, Any]) -> Any:
    """A value of a schema, made of what it says; `schemas` are those that it refers to."""
    return _example(schema, schemas, ())


def _example(schema: dict[str, Any], schemas: dict[str, Any], within: tuple[str, ...]) -> Any:
    if "$ref" in schema:
        name = schema["$ref"].removeprefix(_REFERENCE)
        return _example(schemas[name], schemas, (*within, name))
    for stated in ("const", "default"):
        if stated in schema:
            return schema[stated]
    if "examples" in schema:
        return schema["examples"][0]
    if "enum" in schema:
        return schema["enum"][0]
    if chosen := schema.get("anyOf") or schema.get("oneOf"):
        return _example(_first(chosen, within), schemas, within)
    match schema.get("type"):
        case "object":
            return {
                name: _example(part, schemas, within)
                for name, part in schema.get("properties", {}).items()
            }
        case "array":
            if "prefixItems" in schema:
                return [_example(item, schemas, within) for item in schema["prefixItems"]]
            item = schema.get("items") or {}
            return [] if not item or _repeats(item, within) else [_example(item, schemas, within)]
        case "string":
            return _text(schema)
        case kind:
            return _NUMBERS.get(str(kind))


def _text(schema: dict[str, Any]) -> str:
    """A text that a pattern or a form lets by."""
    pattern = schema.get("pattern")
    if pattern is None:
        return _TEXTS.get(schema.get("format", ""), "样例")
    found = next((text for text in _SHAPED if re.search(pattern, text)), None)
    # one of several words
    words = re.fullmatch(r"\^\((\w+)[|)].*", pattern)
    return found or (words[1] if words else "样例")


def _first(chosen: list[dict[str, Any]], within: tuple[str, ...]) -> dict[str, Any]:
    """The first that is not null; null where it would repeat what it stands in."""
    said = next(each for each in chosen if each.get("type") != "null")
    nothing: dict[str, Any] = {"type": "null"}
    return nothing if nothing in chosen and _repeats(said, within) else said


def _repeats(schema: dict[str, Any], within: tuple[str, ...]) -> bool:
    return schema.get("$ref", "").removeprefix(_REFERENCE) in within or len(within) > _DEEP

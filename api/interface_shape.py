"""What a program that uses the interface relies on, without words; and which changes break it.

The shape of a description (OpenAPI) holds every way with its parameters, bodies and answers by
names, types and bounds.  One is kept of every release: what a later version takes away, asks for
besides or answers otherwise is found by comparing the two.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

__all__ = ["breaking", "shape"]

_REFERENCE = "#/components/schemas/"
#: Of a schema what a program relies on; words, examples and defaults are not.
_KEPT = (
    "$ref", "type", "properties", "required", "items", "prefixItems", "anyOf", "oneOf", "enum",
    "const", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minLength", "maxLength",
    "minItems", "maxItems", "pattern", "additionalProperties", "format",
)  # fmt: skip
_UPPER, _LOWER = (
    ("maximum", "exclusiveMaximum", "maxLength", "maxItems"),
    ("minimum", "exclusiveMinimum", "minLength", "minItems"),
)

Shape = dict[str, Any]


def shape(description: dict[str, Any]) -> Shape:
    """The shape of a description: `ways` by method and path, and `schemas` by name."""
    ways = {
        f"{method.upper()} {path}": _way(operation)
        for path, operations in description["paths"].items()
        for method, operation in operations.items()
    }
    schemas = description.get("components", {}).get("schemas", {})
    return {"ways": ways, "schemas": {name: _kept(told) for name, told in schemas.items()}}


def _way(operation: dict[str, Any]) -> Shape:
    takes = {
        f"{each['in']} {each['name'].lower()}": {
            "required": bool(each.get("required")),
            "schema": _kept(each["schema"]),
        }
        for each in operation.get("parameters", ())
    }
    bodies = {
        media: _kept(told.get("schema", {}))
        for media, told in operation.get("requestBody", {}).get("content", {}).items()
    }
    answers = {
        f"{status} {media}": _kept(told.get("schema", {}))
        for status, answer in operation["responses"].items()
        if status.startswith("2")
        for media, told in (answer.get("content") or {"": {}}).items()
    }
    return {"takes": takes, "bodies": bodies, "answers": answers}


def _kept(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_kept(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    told = {}
    for name in _KEPT:
        if name not in schema:
            continue
        value = schema[name]
        if name == "$ref":
            value = value.removeprefix(_REFERENCE)
        elif name == "properties":
            value = {field: _kept(each) for field, each in value.items()}
        elif name in ("items", "prefixItems", "anyOf", "oneOf", "additionalProperties"):
            value = _kept(value)
        told[name] = value
    return told


def breaking(old: Shape, new: Shape) -> list[str]:
    """What of a new shape breaks a program that was written for an old one, a line each."""
    return sorted(set(_Comparison(old, new).lines()))


class _Comparison:
    """Two shapes side by side."""

    def __init__(self, old: Shape, new: Shape) -> None:
        self._old, self._new = old, new
        self._seen: set[tuple[str, str, bool]] = set()

    def lines(self) -> Iterator[str]:
        for name, way in self._old["ways"].items():
            now = self._new["ways"].get(name)
            if now is None:
                yield f"{name}: gone"
                continue
            yield from self._taken(name, way, now)
            yield from self._answered(name, way, now)

    def _taken(self, name: str, way: Shape, now: Shape) -> Iterator[str]:
        for place, told in way["takes"].items():
            other = now["takes"].get(place)
            if other is None:
                yield f"{name}: takes no {place} any more"
                continue
            if other["required"] and not told["required"]:
                yield f"{name}: needs {place}"
            yield from self._narrower(f"{name}: {place}", told["schema"], other["schema"])
        for place in now["takes"].keys() - way["takes"].keys():
            if now["takes"][place]["required"]:
                yield f"{name}: needs {place}"
        for media, told in way["bodies"].items():
            if media not in now["bodies"]:
                yield f"{name}: takes no {media} any more"
            else:
                yield from self._narrower(f"{name}: body", told, now["bodies"][media])
        if now["bodies"] and not way["bodies"]:
            yield f"{name}: needs a body"

    def _answered(self, name: str, way: Shape, now: Shape) -> Iterator[str]:
        for place, told in way["answers"].items():
            if place not in now["answers"]:
                yield f"{name}: answers no {place.strip()} any more"
            else:
                yield from self._wider(f"{name}: {place}", told, now["answers"][place])

    def _narrower(self, where: str, old: Any, new: Any) -> Iterator[str]:
        """What was taken before and is refused now."""
        old, new, known = self._resolved(old, new, taken=True)
        if known:
            return
        choices, others = _choices(old), _choices(new)
        if len(choices) > 1 or len(others) > 1:
            yield from self._alternatives(where, choices, others, self._narrower, lost="takes no")
            return
        if gone := _types(old) - _types(new):
            yield f"{where}: takes no {'/'.join(sorted(gone))} any more"
            return
        for name in _UPPER:
            if name in new and not new[name] >= old.get(name, float("inf")):
                yield f"{where}: {name} is {new[name]}"
        for name in _LOWER:
            if name in new and not new[name] <= old.get(name, float("-inf")):
                yield f"{where}: {name} is {new[name]}"
        if "enum" in new and (
            gone := set(map(str, old.get("enum", ["?"]))) - set(map(str, new["enum"]))
        ):
            yield f"{where}: takes no {', '.join(sorted(gone))} any more"
        if new.get("pattern", old.get("pattern")) != old.get("pattern"):
            yield f"{where}: pattern is {new['pattern']}"
        fields, now = old.get("properties", {}), new.get("properties", {})
        for name in sorted(set(new.get("required", ())) - set(old.get("required", ()))):
            yield f"{where}: needs {name}"
        for name, told in fields.items():
            if name not in now:
                yield f"{where}: takes no {name} any more"
            else:
                yield from self._narrower(f"{where}.{name}", told, now[name])
        yield from self._parts(where, old, new, self._narrower)

    def _wider(self, where: str, old: Any, new: Any) -> Iterator[str]:
        """What was never answered before and may be now, and what was and is not."""
        old, new, known = self._resolved(old, new, taken=False)
        if known:
            return
        choices, others = _choices(old), _choices(new)
        if len(choices) > 1 or len(others) > 1:
            yield from self._alternatives(
                where, others, choices, _turned(self._wider), lost="may be"
            )
            return
        if more := _types(new) - _types(old):
            yield f"{where}: may be {'/'.join(sorted(more))}"
            return
        fields, now = old.get("properties", {}), new.get("properties", {})
        for name, told in fields.items():
            if name not in now:
                yield f"{where}: has no {name} any more"
                continue
            if name in old.get("required", ()) and name not in new.get("required", ()):
                yield f"{where}: may lack {name}"
            yield from self._wider(f"{where}.{name}", told, now[name])
        yield from self._parts(where, old, new, self._wider)

    def _parts(self, where: str, old: Shape, new: Shape, compare: Any) -> Iterator[str]:
        for name in ("items", "additionalProperties"):
            if isinstance(old.get(name), dict) and isinstance(new.get(name), dict):
                yield from compare(f"{where}[]", old[name], new[name])

    def _alternatives(
        self, where: str, mine: list[Any], theirs: list[Any], compare: Any, *, lost: str
    ) -> Iterator[str]:
        """Each of the one side has one on the other that it goes with."""
        for each in mine:
            # what is looked at on the way is looked at again: it is another pair
            seen = set(self._seen)
            found = []
            for other in theirs:
                self._seen = set(seen)
                found.append(list(compare(where, each, other)))
            self._seen = seen
            if not any(not lines for lines in found):
                yield f"{where}: {lost} {each.get('$ref') or each.get('type') or 'what it was'}"

    def _resolved(self, old: Any, new: Any, *, taken: bool) -> tuple[Any, Any, bool]:
        """Both without references; and whether this pair was compared before."""
        names = old.get("$ref"), new.get("$ref")
        known = False
        if all(names):
            pair = (names[0], names[1], taken)
            known = pair in self._seen
            self._seen.add(pair)
        if names[0]:
            old = self._old["schemas"][names[0]]
        if names[1]:
            new = self._new["schemas"][names[1]]
        return old, new, known


def _turned(compare: Any) -> Any:
    return lambda where, one, other: compare(where, other, one)


def _choices(schema: Any) -> list[Any]:
    return list(schema.get("anyOf") or schema.get("oneOf") or [schema])


def _types(schema: Any) -> set[str]:
    """Types that a schema allows; of one that says none, all: nothing is known of it."""
    if "const" in schema or "enum" in schema:
        return {"string" if isinstance(value, str) else "null" if value is None else "number"
                for value in schema.get("enum", [schema.get("const")])}  # fmt: skip
    told = schema.get("type")
    if told is None:
        return {"object"} if "properties" in schema else set()
    return {
        "number" if each == "integer" else each
        for each in ([told] if isinstance(told, str) else told)
    }

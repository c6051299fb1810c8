"""Which tests need the engine, a process or a whole file's way: read from what they call, kept by nobody.

A test is quick when nothing that it, its fixtures or the functions they call can reach is one of
the `DOORS`.  Followed are names of modules, as Python itself resolves them: a name that is mentioned
counts as called, so that a test may be taken for slow without need, and hardly ever for quick.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from importlib import import_module
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

import pytest

__all__ = ["DOORS", "ROOMS", "is_quick", "reaches_a_door"]

#: What takes seconds: an engine, another process, the whole way of a file, the sample district.
DOORS = frozenset(
    {
        "graph.engine.supervisor.ensure_engine",
        "ingest.pipeline.ingest",
        "ingest.sample.district.write_district",
        "ingest.reading.apart.read_apart",
        "api.app.create_app",
        "subprocess.run",
        "subprocess.Popen",
        "multiprocessing.get_context",
        "typer.testing.CliRunner",
    }
)
ROOMS = ("api", "graph", "ingest", "queries", "bench")
_HERE = Path(__file__).parents[2]


def is_quick(item: pytest.Item) -> bool:
    """Whether nothing that a test reaches is a door."""
    assert isinstance(item, pytest.Function)
    # a fixture that a parameter sends for a server is not read from what it calls
    if hasattr(item, "callspec") and item.callspec.params.get("kept_in") == "postgresql":
        return False
    fixtures = item._fixtureinfo.name2fixturedefs.values()
    functions = [item.function, *(found.func for defs in fixtures for found in defs)]
    return not any(reaches_a_door(function) for function in functions)


@cache
def reaches_a_door(function: Any) -> bool:
    """Whether a function, or what it calls, can reach a door."""
    seen: set[int] = set()
    left = [_own(function)]
    while left:
        thing = left.pop()
        if id(thing) in seen:
            continue
        seen.add(id(thing))
        if f"{getattr(thing, '__module__', '')}.{getattr(thing, '__qualname__', '')}" in DOORS:
            return True
        left.extend(_mentioned(thing))
    return False


def _own(function: Any) -> Any:
    """What was written, without what was put around it: a property of hypothesis keeps it apart."""
    whole = inspect.unwrap(function)
    return getattr(getattr(whole, "hypothesis", None), "inner_test", whole)


@cache
def _mentioned(thing: Any) -> tuple[Any, ...]:
    """What a function or class of ours mentions."""
    if isinstance(thing, type):
        return tuple(
            part
            for value in vars(thing).values()
            for part in (getattr(value, "func", value), getattr(value, "fget", None))
            if isinstance(part, FunctionType) and _is_ours(part)
        )
    function = inspect.unwrap(thing)
    if not isinstance(function, FunctionType) or not _is_ours(function):
        return ()
    return tuple(_resolved(function))


def _is_ours(function: FunctionType) -> bool:
    return _lies_here(function.__code__.co_filename)


@cache
def _lies_here(file: str) -> bool:
    path = Path(file)
    return path.is_relative_to(_HERE) and ".venv" not in path.parts


def _is_followed(module: ModuleType) -> bool:
    """Whether what is taken from a module may matter: it is ours, or a door is in it."""
    is_ours = _lies_here(getattr(module, "__file__", None) or "")
    return is_ours or any(door.rpartition(".")[0] == module.__name__ for door in DOORS)


def _resolved(function: FunctionType) -> Iterator[Any]:
    cells = (cell.cell_contents for cell in function.__closure__ or () if _filled(cell))
    yield from (thing for thing in cells if callable(thing))
    names = sorted(set(_names(function.__code__)))
    for name in names:
        held = function.__globals__
        thing = held[name] if name in held else _imported(name)
        if isinstance(thing, ModuleType):
            if not _is_followed(thing):
                continue
            yield from (
                found
                for other in names
                if callable(found := getattr(thing, other, None)) and _hashable(found)
            )
        elif callable(thing) and _hashable(thing):
            yield thing


def _imported(name: str) -> ModuleType | None:
    """What an import inside a function names, also where nobody has imported it yet."""
    if name.partition(".")[0] in ROOMS:
        with suppress(ImportError):
            return import_module(name)
    return sys.modules.get(name)


def _names(code: CodeType) -> Iterator[str]:
    """Names that a piece of code mentions, those of the functions inside it too."""
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant)


def _filled(cell: Any) -> bool:
    try:
        cell.cell_contents  # noqa: B018 - an empty one raises
    except ValueError:
        return False
    return True


def _hashable(thing: Any) -> bool:
    try:
        hash(thing)
    except TypeError:
        return False
    return True

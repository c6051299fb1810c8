"""Every command says what it does, where it opens what it needs; one that says nothing does not load.

    with opened(Act.OFFICE) as services: ...        settings = open_settings(Act.JUDGE)
    with reading(as_of, known_at) as reader: ...    permitted(Act.LOOK)

Each of these (`api.terminal`) takes the act and asks whether whoever types it may do it, so that there
is no second list of acts that could differ from what is done.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any

from graph.errors import SettingsError

if TYPE_CHECKING:
    import typer

__all__ = ["ASKING", "declaring_commands"]

#: What asks whether an act is permitted.
ASKING = frozenset({"open_settings", "opened", "permitted", "reading"})


def declaring_commands(groups: Iterable[typer.Typer]) -> None:
    """Raises `SettingsError` (`needs_undeclared`) naming the commands that do not say what they do."""
    silent = sorted(
        f"{command.callback.__module__}.{command.callback.__qualname__}"
        for group in groups
        for command in group.registered_commands
        if command.callback and not _asks(command.callback)
    )
    if silent:
        names = "、".join(silent)
        raise SettingsError(
            f"这些命令没有声明做什么（api.command_needs）：{names}",
            f"These commands do not declare what they do (api.command_needs): {names}",
            code="needs_undeclared",
        )


def _asks(callback: Callable[..., Any]) -> bool:
    """Whether a command, or a function of its own module that it calls, asks."""
    seen: set[str] = set()
    left: list[Any] = [callback]
    while left:
        function = inspect.unwrap(left.pop())
        for name in set(_names(function.__code__)) - seen:
            seen.add(name)
            called = function.__globals__.get(name)
            if name in ASKING and called is not None:
                return True
            if isinstance(called, FunctionType) and called.__module__ == callback.__module__:
                left.append(called)
    return False


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _names(inner)

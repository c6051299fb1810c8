"""The commands, from their own declarations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import typer.main

from api.command_line import app
from api.manual import table

__all__ = ["TITLE", "render"]

TITLE = "命令 / Commands"


def render() -> str:
    """Each command: what it does, its arguments and options."""
    return "\n".join(_commands(typer.main.get_command(app), "xinnong"))


# typer carries its own click, whose classes it does not publish
def _commands(command: Any, path: str) -> Iterator[str]:
    if hasattr(command, "commands"):
        for name in sorted(command.commands):
            yield from _commands(command.commands[name], f"{path} {name}")
        return
    rows = [
        (
            f"`{name}`",
            "参数 / argument" if item.param_type_name == "argument" else "选项 / option",
            getattr(item, "help", None) or "",
            "必填 / required" if item.required else "",
        )
        for item in command.params
        if not getattr(item, "hidden", False) and (name := "、".join(item.opts)) != "--help"
    ]
    text = f"## `{path}`\n\n{(command.help or '').strip()}\n"
    if rows:
        text += "\n" + table(["名称", "种类", "含义", ""], rows)
    yield text

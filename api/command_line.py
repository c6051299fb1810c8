"""The `xinnong` command.  Each command calls one public function and prints its answer.

Answers go to standard output, a table for people or JSON (`--json`) for programs; progress and
logs go to standard error.  Exit status: 0 done, 1 refused or failed (the message says what to
do), 2 wrong usage, 130 stopped by Ctrl-C, 143 by SIGTERM.  A command that is stopped leaves no
engine that only it wanted.
"""

from __future__ import annotations

import importlib
import os
import pkgutil
import re
import sys
from collections.abc import Iterable
from contextlib import suppress
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_command_name

import api.commands
from api.command_needs import declaring_commands
from api.interrupt import end_at_once, ending, heard, working
from api.usage import machine_sentence, usage_sentence
from graph.errors import XinnongError

__all__ = ["app", "run"]

_INTERRUPTED = 130
#: What a terminal obeys instead of showing it.
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


class _Plain(TyperGroup):
    """Takes no control characters: what is typed is said again in titles and sentences."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if any(_CONTROLS.search(one) and not _is_file(one) for one in args):
            raise typer.BadParameter("参数里有看不见的控制字符。请删去后重试。")
        return super().parse_args(ctx, args)


def _is_file(name: str) -> bool:
    return "\0" not in name and os.path.lexists(name)


def _tell_version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        print(f"xinnong {version('xinnong')}")
        raise typer.Exit


def _options(
    _version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_tell_version, is_eager=True, help="版本 / version and exit"
        ),
    ] = False,
) -> None:
    pass


def _made_of(groups: Iterable[typer.Typer]) -> typer.Typer:
    """The command that has these groups of commands."""
    made = typer.Typer(
        cls=_Plain,
        help="信农：农村与企业信用知识图谱 / rural and enterprise credit graph",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    made.callback()(_options)
    for group in groups:
        made.add_typer(group)
    return made


# a new group of commands is one file in api/commands and no edit here
_groups = [
    importlib.import_module(f"api.commands.{found.name}").commands
    for found in pkgutil.iter_modules(api.commands.__path__)
]
declaring_commands(_groups)
app = _made_of(_groups)


def _naming(word: str) -> list[typer.Typer]:
    """Groups that are called so, or have a command that is."""
    return [group for group in _groups if word in _names(group)]


def _names(group: typer.Typer, called: object = None) -> set[str]:
    """What can be typed first to reach something of a group; `called` is how it is named where it is added."""
    for name in (called, group.info.name):
        # a name that nobody gave is the library's own word for that
        if isinstance(name, str):
            return {name}
    own = {
        one.name or get_command_name(one.callback.__name__)
        for one in group.registered_commands
        if one.callback is not None
    }
    within = [
        _names(one.typer_instance, one.name)
        for one in group.registered_groups
        if one.typer_instance
    ]
    return own.union(*within)


def run() -> None:
    """Run what was typed: every error of ours becomes a message and an exit status."""
    for stream in (sys.stdout, sys.stderr):
        # a GBK console must not stop a command for one character that it cannot show
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        working()
        # threads of libraries may take their time: what matters is closed
        end_at_once(_run())
    except KeyboardInterrupt:
        ending()
        _leave()
        print("已停止 / stopped", file=sys.stderr)
        end_at_once(heard() or _INTERRUPTED)


def _run() -> int:
    """The exit status of the command, its errors said."""
    try:
        # two hundred commands are made of their signatures in a sixth of a second: nobody waits for
        # others than the one that was named.  A word that names none is told what there is
        first = next((word for word in sys.argv[1:] if not word.startswith("-")), "")
        named = _made_of(_naming(first) or _groups)
        # a command that ends by `typer.Exit` or Ctrl-C hands its status back instead of raising it
        status = named(standalone_mode=False)
        if status == _INTERRUPTED:
            raise KeyboardInterrupt
        return status if isinstance(status, int) else 0
    except XinnongError as error:
        print(f"✗ {error.message_zh}\n  {error.message_en}", file=sys.stderr)
        return 1
    except typer.Abort:
        raise KeyboardInterrupt from None
    except Exception as error:
        # a library may have wrapped it in an error of its own
        of_the_machine = (error, error.__cause__, *error.args)
        told = next((item for item in of_the_machine if isinstance(item, OSError)), None)
        if told and (sentence := machine_sentence(told)):
            print(sentence, file=sys.stderr)
            return 1
        if not hasattr(error, "format_message"):
            raise
        # a group without a command shows its help, which is no error sentence
        if error.format_message():
            print(usage_sentence(error), file=sys.stderr)
        return int(getattr(error, "exit_code", 2))


def _leave() -> None:
    """Stop the engine that the stopped command started, if nobody else uses it."""
    engine = sys.modules.get("graph.engine.supervisor")
    if engine is not None:
        # a full disk, say: it is said by whatever command comes next
        with suppress(XinnongError, OSError):
            engine.leave_started_engines()

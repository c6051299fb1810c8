"""The `xinnong` command.  Each command calls one public function and prints its answer.

Answers go to standard output, a table for people or JSON (`--json`) for programs; progress and
logs go to standard error.  Exit status: 0 done, 1 refused or failed (the message says what to
do), 2 wrong usage, 130 stopped by Ctrl-C.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
from typing import Annotated

import typer

import api.commands
from api.usage import machine_sentence, usage_sentence
from graph.errors import XinnongError

__all__ = ["app", "main"]

_INTERRUPTED = 130

app = typer.Typer(
    help="信农：农村与企业信用知识图谱 / rural and enterprise credit graph",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _tell_version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        print(f"xinnong {version('xinnong')}")
        raise typer.Exit


@app.callback()
def _options(
    _version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_tell_version, is_eager=True, help="版本 / version and exit"
        ),
    ] = False,
) -> None:
    pass


# a new group of commands is one file in api/commands and no edit here
for _found in pkgutil.iter_modules(api.commands.__path__):
    app.add_typer(importlib.import_module(f"api.commands.{_found.name}").commands)


def main() -> None:
    """Entry point: turns every error of ours into a message and an exit status."""
    for stream in (sys.stdout, sys.stderr):
        # a GBK console must not stop a command for one character that it cannot show
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        # a command that ends by `typer.Exit` or Ctrl-C hands its status back instead of raising it
        status = app(standalone_mode=False)
        if status == _INTERRUPTED:
            raise KeyboardInterrupt
        if isinstance(status, int):
            sys.exit(status)
    except XinnongError as error:
        print(f"✗ {error.message_zh}\n  {error.message_en}", file=sys.stderr)
        sys.exit(1)
    except (KeyboardInterrupt, typer.Abort):
        print("已停止 / stopped", file=sys.stderr)
        sys.exit(_INTERRUPTED)
    except OSError as error:
        sentence = machine_sentence(error)
        if sentence is None:
            raise
        print(sentence, file=sys.stderr)
        sys.exit(1)
    except Exception as error:
        if not hasattr(error, "format_message"):
            raise
        # a group without a command shows its help, which is no error sentence
        if error.format_message():
            print(usage_sentence(error), file=sys.stderr)
        sys.exit(getattr(error, "exit_code", 2))

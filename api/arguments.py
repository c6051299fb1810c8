"""What of a command must not stand in its arguments: everybody on this machine can read those in the
list of processes, and the shell keeps them.

An identity is refused there; a customer's papers are read from a file or from standard input.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from api.terminal import pairs, say
from graph.errors import InputError

__all__ = ["kept_out_of_the_process_list", "papers_brought"]

#: What stands for standard input.
_STDIN = "-"


def kept_out_of_the_process_list(text: str) -> str:
    """The text; raises `InputError` where everybody on this machine could read an identity in it."""
    from queries.search import is_personal

    if is_personal(text):
        raise _identity("运行 xinnong search，按提示输入", "run `xinnong search` and type it there")
    return text


def papers_brought(typed: Sequence[str], file: Path | None) -> dict[str, Any]:
    """Papers by name, from a file (`-`: standard input) with one a line, and from the arguments.

    Lines that are empty or begin with `#` are notes.  What was typed as an argument is taken too,
    and said to be seen by others.

    Raises:
        InputError: `papers_unreadable`; `paper_twice`, one name in two places;
            `identity_in_arguments`.
        typer.BadParameter: for what is no `name=value`.
    """
    from graph.identifiers.redaction import hides_a_number

    if any(map(hides_a_number, typed)):
        raise _identity(
            "改用 --papers 文件或 --papers -", "give them by --papers FILE or --papers -"
        )
    if typed:
        say(
            "材料写在命令里，会留在进程列表和命令历史中，本机其他用户能看到。"
            "请改用 --papers 文件（每行一项），或 --papers - 从标准输入读取。"
        )
    read = pairs(_lines(file)) if file else {}
    told = pairs([*typed])
    if both := sorted(read.keys() & told.keys()):
        raise InputError(
            f"同一项材料给了两次：{'、'.join(both)}。请只留一处。",
            f"Given twice, in the file and as an argument: {', '.join(both)}.",
            code="paper_twice",
        )
    return read | told


def _identity(instead_zh: str, instead_en: str) -> InputError:
    return InputError(
        f"身份证号和电话不要写在命令里（命令历史和进程列表会留下它）。请{instead_zh}。",
        f"Give no resident id or telephone as an argument: {instead_en}.",
        code="identity_in_arguments",
    )


def _lines(file: Path) -> list[str]:
    try:
        text = sys.stdin.read() if str(file) == _STDIN else file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"读不出材料文件 {file}：请核对路径，并存为 UTF-8 文本，每行一项 名称=值@日期#编号#出具单位#核验人。",
            f"The papers in {file} cannot be read: a UTF-8 text with one name=value a line.",
            code="papers_unreadable",
        ) from error
    lines = [line.strip() for line in text.splitlines()]
    return [line for line in lines if line and not line.startswith("#")]

"""The generated pages of the manual: written from the code, and checked against it by a test.

    python -m api.manual docs/manual

A new page is one module here with `TITLE` and `render()`, and no edit elsewhere; it is written
under the module's name.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

__all__ = ["pages", "table", "write"]

_NOTE = "<!-- 由程序生成，请勿手改：make manual / generated, do not edit -->"


def pages() -> Mapping[str, str]:
    """File name -> text of every page."""
    found = {}
    for name in sorted(item.name for item in pkgutil.iter_modules(__path__)):
        if name.startswith("_"):
            continue
        page = importlib.import_module(f"{__name__}.{name}")
        found[f"{name}.md"] = f"# {page.TITLE}\n\n{_NOTE}\n\n{page.render().strip()}\n"
    return found


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table; a bar in a cell is escaped, a line end becomes a space."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(map(_cell, line)) + " |" for line in lines) + "\n"


def write(folder: Path) -> list[Path]:
    """Write every page into `folder`; returns the files."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, text in pages().items():
        (folder / name).write_text(text, encoding="utf-8")
        written.append(folder / name)
    return written


def _cell(value: object) -> str:
    return str(value).replace("|", "\\|").replace("\n", " ")

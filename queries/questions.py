"""Every question that ships: one `.cypher` file each, found where it lies and checked as it loads."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from graph.errors import SettingsError
from queries.fragment import FOLDER
from queries.question import Question, parse_question

__all__ = ["find_question", "library"]


@cache
def library() -> Mapping[str, Question]:
    """Every question by name; raises `SettingsError` on a faulty file or a name used twice."""
    return MappingProxyType({name: _read(path) for name, path in _files().items()})


def find_question(name: str) -> Question | None:
    """The question of that name, None where there is none; raises as `library`, of its own file.

    Who asks one does not wait until all others are read.
    """
    path = _files().get(name)
    return _read(path) if path is not None else None


@cache
def _files() -> Mapping[str, Path]:
    """Where each question lies: a question is called as its file."""
    found: dict[str, Path] = {}
    for path in sorted(Path(__file__).parent.rglob("*.cypher")):
        if path.parent == FOLDER:
            continue
        if path.stem in found:
            raise SettingsError(f"两个查询都叫 {path.stem}", f"two questions are named {path.stem}")
        found[path.stem] = path
    return found


@cache
def _read(path: Path) -> Question:
    return parse_question(path, path.read_text(encoding="utf-8"))

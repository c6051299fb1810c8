"""Every question that ships: one `.cypher` file each, found where it lies and checked as it loads."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from graph.errors import SettingsError
from queries.fragment import FOLDER
from queries.question import Question, parse_question

__all__ = ["library"]


@cache
def library() -> Mapping[str, Question]:
    """Every question by name; raises `SettingsError` on a faulty file or a name used twice."""
    found: dict[str, Question] = {}
    for path in sorted(Path(__file__).parent.rglob("*.cypher")):
        if path.parent == FOLDER:
            continue
        question = parse_question(path, path.read_text(encoding="utf-8"))
        if question.name in found:
            raise SettingsError(
                f"两个查询都叫 {question.name}", f"two questions are named {question.name}"
            )
        found[question.name] = question
    return MappingProxyType(found)

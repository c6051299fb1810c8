"""Words that stand in an answer where a program would want a code."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from graph.schema import SCHEMA
from queries.codes import ADVERSE, WORDS
from queries.eligibility.rules.first_loan import Said
from queries.eligibility.verdict import Verdict
from queries.risk.policy import load_policy

__all__ = ["uncoded"]

_LEVELS = load_policy().levels
#: Every word of a list of few.
FEW = frozenset({
    *WORDS.values(), *ADVERSE.values(), *Verdict, *Said, _LEVELS.none, *_LEVELS.limits,
    *(word for kind in SCHEMA.kinds for item in kind.properties for word in item.spoken),
})  # fmt: skip
#: What is a word by its name, or a sentence, a title, a name that happens to be one.
WORD_BY_NAME = ("label", "labels", "term", "title", "name", "columns")


def uncoded(answer: Any, at: str = "") -> Iterator[tuple[str, str]]:
    """Where in an answer a word of few stands without its code beside it, and the word."""
    if isinstance(answer, list):
        for each in answer:
            yield from uncoded(each, at)
    if not isinstance(answer, dict):
        return
    for name, value in answer.items():
        here = f"{at}.{name}"
        if name.endswith(WORD_BY_NAME) or f"{name}_code" in answer:
            continue
        # codes of the words in a map stand in a map beside it
        beside = {key: word for key, word in answer.items() if key == f"{name}_code"}
        if isinstance(value, str) and value in FEW and not beside:
            yield here, value
        elif isinstance(value, list) and any(
            each in FEW for each in value if isinstance(each, str)
        ):
            yield here, "、".join(each for each in value if isinstance(each, str))
        yield from uncoded(value, here)

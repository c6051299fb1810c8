"""A Cypher text by its brackets: what encloses a place, where a bracket closes, what a condition joins."""

from __future__ import annotations

import re
from functools import lru_cache

__all__ = [
    "blanked",
    "closing",
    "conditions",
    "depth",
    "is_beneath",
    "line_at",
    "opening",
    "within",
]

_PAIRS = {"(": ")", "[": "]", "{": "}"}
_OPENING = {closing: opening for opening, closing in _PAIRS.items()}
_JOINS = re.compile(r"[()\[\]{}]|\b(?:AND|OR|XOR|CASE)\b")


def blanked(text: str) -> str:
    """The text with its strings and comments emptied, every other place where it was."""
    return re.sub(r"'[^'\n]*'|\"[^\"\n]*\"|//[^\n]*", lambda found: " " * len(found[0]), text)


@lru_cache(maxsize=8)
def within(plain: str) -> tuple[int, ...]:
    """For every place, just after where the innermost brace around it opens; 0 where none does."""
    opened, found = [0], []
    for place, each in enumerate(plain):
        if each == "}" and len(opened) > 1:
            opened.pop()
        found.append(opened[-1])
        if each == "{":
            opened.append(place + 1)
    return tuple(found)


def is_beneath(plain: str, at: int, before: int) -> bool:
    """Whether what is bound at `before` is so at a later place too: it is in the same block or in one
    of its own, and no UNION stands between them."""
    blocks = within(plain)
    block, here = blocks[before], blocks[at]
    while here != block and here:
        here = blocks[here - 1]
    unions = re.finditer(r"\bUNION\b", plain[before:at])
    return here == block and all(blocks[before + each.start()] != block for each in unions)


def depth(text: str) -> int:
    """How many more brackets the text opens than it closes."""
    return sum((each in _PAIRS) - (each in _OPENING) for each in text)


def closing(plain: str, at: int) -> int:
    """Where the bracket that opens there closes; raises `ValueError`."""
    opened = 0
    for place in range(at, len(plain)):
        opened += (plain[place] in _PAIRS) - (plain[place] in _OPENING)
        if opened == 0:
            return place
    raise ValueError(f"a bracket is never closed: {line_at(plain, at)}")


def opening(plain: str, at: int) -> int:
    """Where the bracket that closes there opens; raises `ValueError`."""
    closed = 0
    for place in range(at, -1, -1):
        closed += (plain[place] in _OPENING) - (plain[place] in _PAIRS)
        if closed == 0:
            return place
    raise ValueError(f"a bracket is never opened: {line_at(plain, at)}")


def conditions(text: str) -> list[str]:
    """What an AND joins, each on one line; one alone where the whole is no plain AND."""
    opened, start, parts = 0, 0, []
    for found in _JOINS.finditer(text):
        word = found[0]
        opened += (word in _PAIRS) - (word in _OPENING)
        if opened == 0 and word in ("OR", "XOR", "CASE"):
            return [" ".join(text.split())]
        if opened == 0 and word == "AND":
            parts.append(text[start : found.start()])
            start = found.end()
    return [" ".join(each.split()) for each in [*parts, text[start:]]]


def line_at(plain: str, at: int) -> str:
    """The line that a place is in."""
    start = plain.rfind("\n", 0, at) + 1
    end = plain.find("\n", at)
    return " ".join(plain[start : end if end >= 0 else len(plain)].split())

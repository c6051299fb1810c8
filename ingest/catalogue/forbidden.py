"""Columns that no source may have: what may not enter a credit record, with the clause that says so.

A column that a source does not declare is left out and told.  Of these it is told as well that no
declaration would help, so that nobody asks for one; their cells are read by nothing and kept nowhere.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from graph.plain_yaml import read_yaml
from ingest.catalogue.field import Strict, heading

__all__ = ["Forbidden", "forbidden", "why_forbidden"]

#: Names in which such a word means something else: an adviser of an ethnic-minority enterprise, say.
_OTHERWISE = (
    "民族贸易", "民族用品", "疾病预防控制", "动物", "牲畜", "畜禽", "作物", "植物", "残疾人就业", "儿童用品", "宗教活动场所",
)  # fmt: skip


class Forbidden(Strict):
    """One class of what may not be taken: words and whole names of headings, and the clause."""

    title: str
    words: tuple[str, ...]
    names: tuple[str, ...] = ()
    why: str


@cache
def forbidden() -> tuple[Forbidden, ...]:
    """Every class."""
    text = (files(__package__) / "forbidden.yaml").read_text(encoding="utf-8")
    return tuple(Forbidden.model_validate(item) for item in read_yaml(text))


def why_forbidden(title: str) -> Forbidden | None:
    """The class that a heading belongs to; None where it may be declared.

    No blank, width, bracket or case of a heading hides what it asks for.

    >>> why_forbidden("血 型（ABO）").title
    '血型和献血'
    >>> why_forbidden("动物疾病") is None
    True
    """
    told = heading(title)
    if any(word in told for word in _OTHERWISE):
        return None
    return next(
        (
            item
            for item in forbidden()
            if told in item.names or any(word in told for word in item.words)
        ),
        None,
    )

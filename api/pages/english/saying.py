"""A value that the code says in Chinese, said in English; what was recorded stays as it was written.

A term is known whole, a sentence by what stands around its values, a list by its parts.  Names of
parties, places and offices, notes and papers are nobody's term, and are left.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any

from api.pages.english.cutting import HAN
from api.pages.english.words import SENTENCES, TERMS, words_of

__all__ = ["amount_said", "in_english", "said_in_english", "written"]

_AMOUNT = re.compile(r"(-?[0-9][0-9,]*(?:\.[0-9]+)?) ?(元|万元|亿元)")
_YUAN = {"元": 1, "万元": 10_000, "亿元": 100_000_000}
_VALUE = re.compile(r"\{[0-9]+\}")
_KEPT = 16_384
#: Nothing that the code makes is longer.
_LONGEST = 1_000
#: With fewer characters of its own, a sentence is a number with its unit.
_LEAST_WORDS = 2
#: What lists are joined by, and not sentences.
_OF_LISTS = (("；", "; "), ("; ", "; "), ("、", ", "), (", ", ", "))
#: Between a term and what is said of it.
_APART = ((" ", " "), ("：", ": "))
_BRACKETED = re.compile("(.*)（([^（）]+)）")
_QUOTED = re.compile("“([^“”]+)”")
#: Between two parties of a way.
_STEP = " → "
#: What joins the parts of a text, and how English writes it; the widest first.
_JOINTS = (("。", ". "), *_OF_LISTS, ("，", ", "))


class _Written(str):
    """What is left as it is: a value that a form sends back."""

    __slots__ = ()


def written(value: Any) -> Any:
    """A value as it is, whatever the language of its page."""
    return _Written(value) if type(value) is str else value


def in_english(value: Any) -> Any:
    """What an expression of a page gives, in English where it is the code's own word.

    Markup is what another template made, and has been through here.
    """
    if type(value) is str and HAN.search(value):
        return said_in_english(value)
    return value


@lru_cache(maxsize=_KEPT)
def said_in_english(text: str) -> str:
    """A text in English; as it is where it is none of ours."""
    bare = text.strip()
    if bare != text:
        return text.replace(bare, said_in_english(bare)) if bare else text
    known = words_of(TERMS).get(text)
    if known is not None:
        return known
    if len(text) > _LONGEST:
        return text
    amount = _AMOUNT.fullmatch(text)
    if amount:
        return amount_said(amount[1], amount[2])
    if (listed := _listed(text, whole=True)) is not None:
        return listed
    steps = text.split(_STEP)
    if len(steps) > 1:
        return _STEP.join(map(said_in_english, steps))
    for words, english in _sentences():
        if (values := _values(words, text)) is not None:
            return english.format("", *map(in_english, values))
    # of a list some may be names; a sentence is ours whole or not at all
    if (listed := _listed(text, whole=False)) is not None:
        return listed
    return _beside_a_term(text)


def _listed(text: str, *, whole: bool) -> str | None:
    """A text by its parts, where they are ours: all of them, or of a list some."""
    for joint, joined in _JOINTS if whole else _OF_LISTS:
        parts = text.split(joint)
        if len(parts) > 1:
            said = [said_in_english(part) for part in parts]
            if whole and any(map(HAN.search, said)):
                continue
            if said != parts:
                return joined.join(said)
    return None


def _beside_a_term(text: str) -> str:
    """A text that begins with a term, and says something of it."""
    for apart, joined in _APART:
        head, found, rest = text.partition(apart)
        if found and (term := words_of(TERMS).get(head)) is not None:
            return f"{term}{joined}{said_in_english(rest)}"
    if bracketed := _BRACKETED.fullmatch(text):
        said, inside = (said_in_english(part) if part else "" for part in bracketed.groups())
        if said != bracketed[1] or inside != bracketed[2]:
            return f"{said} ({inside})"
    # a formula of facts; where there are other words, somebody wrote them
    if not HAN.search(_QUOTED.sub("", text)):
        return _QUOTED.sub(lambda found: f"“{said_in_english(found[1])}”", text)
    return text


def amount_said(number: str, unit: str) -> str:
    """An amount of money in yuan, whatever it was written in."""
    yuan = float(number.replace(",", "")) * _YUAN[unit]
    return f"CNY {yuan:,.2f}".removesuffix(".00")


def _values(words: Sequence[str], text: str) -> list[str] | None:
    """What stands between the words of a sentence, from the left; in one go, whatever somebody typed."""
    first, *inner, last = words
    at, end = len(first), len(text) - len(last)
    if not (text.startswith(first) and text.endswith(last)):
        return None
    found = []
    for word in inner:
        there = text.find(word, at + 1, end)
        if there < 0:
            return None
        found.append(text[at:there])
        at = there + len(word)
    found.append(text[at:end])
    if at >= end:
        return None
    # of a unit there is so much: "600 分", and nothing that somebody wrote and that ends in it
    is_unit = len(HAN.findall("".join(words))) < _LEAST_WORDS
    return None if is_unit and any(map(HAN.search, found)) else found


@cache
def _sentences() -> list[tuple[list[str], str]]:
    """Sentences by what stands around their values, those with the most words of their own first."""
    told = [(_VALUE.split(said), english) for said, english in words_of(SENTENCES).items()]
    return sorted(told, key=lambda one: -len("".join(one[0])))

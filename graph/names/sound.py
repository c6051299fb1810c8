"""How a name sounds: pinyin without tones, surnames by their own table, near sounds folded.

The general dictionary reads 单 dan, 仇 chou, 解 jie, 区 qu, 查 cha, 曾 ceng, 翟 di, 盖 gai, 朴 pu,
覃 tan; as surnames they are shan, qiu, xie, ou, zha, zeng, zhai, ge, piao, qin (`sounds.yaml`).
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from importlib.resources import files
from itertools import islice, product
from typing import Any

from graph.plain_yaml import read_yaml

__all__ = [
    "cut",
    "every_way",
    "folded",
    "folded_sounds",
    "heard_alike",
    "only_way",
    "same_sound",
    "surname_length",
    "syllables",
    "variants",
]

_MOST_FOLDED = 8
_LONGEST_SYLLABLE = 6


@cache
def _table() -> dict[str, Any]:
    text = (files("graph.names") / "sounds.yaml").read_text(encoding="utf-8")
    table: dict[str, Any] = read_yaml(text)
    table["compound"] = frozenset(table["compound"])
    table["near"] = [(re.compile(pattern), to) for pattern, to in table["near"]]
    return table


@cache
def variants() -> dict[str, str]:
    """Surname as some write it -> the other way of writing it."""
    found: dict[str, str] = _table()["variants"]
    return found


@cache
def _ordinary(character: str) -> str:
    """How a character is read where nothing says otherwise; itself where it has no reading."""
    # characters are read one by one: the dictionary of phrases would take 55 MB for nothing
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
    from pypinyin import Style, lazy_pinyin

    return lazy_pinyin(character, style=Style.NORMAL)[0]


@cache
def every_reading(character: str) -> tuple[str, ...]:
    """All ways in which a character is read, in surnames, given names and elsewhere."""
    table = _table()
    named = (*table["surnames"].get(character, ()), *table["given"].get(character, ()))
    return tuple(dict.fromkeys((*named, _ordinary(character))))


class _Only(dict[str, str]):
    """Character -> its reading, empty where it has several; filled as characters are met."""

    def __missing__(self, character: str) -> str:
        ways = every_reading(character)
        self[character] = told = ways[0] if len(ways) == 1 else ""
        return told


_ONLY = _Only()


def only_way(name: str) -> list[str] | None:
    """How a simplified name is read where there is one way only; None where there are several."""
    told = [_ONLY[each] for each in name]
    return None if "" in told or name[:2] in _compounds() else told


def every_way(name: str) -> Iterable[tuple[str, ...]]:
    """Every way in which a simplified name may be read, syllable by syllable.

    >>> list(every_way("单林")), list(every_way("尉迟林"))
    ([('shan', 'lin'), ('dan', 'lin')], [('yu', 'chi', 'lin')])
    """
    compound = _compounds().get(name[:2], ())
    return product(*([each] for each in compound), *map(every_reading, name[len(compound) :]))


@cache
def _compounds() -> dict[str, list[str]]:
    """Surname of two characters -> its syllables, where they are not read one by one."""
    return {name: told[0].split() for name, told in _table()["surnames"].items() if len(name) == 2}


def surname_length(name: str) -> int:
    """How many characters of a Chinese name are the surname: two for 欧阳 and its like."""
    return 2 if name[:2] in _table()["compound"] and len(name) > 2 else 1


@lru_cache(maxsize=1 << 18)
def syllables(name: str) -> tuple[frozenset[str], ...]:
    """The readings of each character of a simplified name; surnames by their table.

    >>> [sorted(each) for each in syllables("单长乐")]
    [['shan'], ['chang', 'zhang'], ['le', 'yue']]
    """
    table = _table()
    length = surname_length(name)
    found: list[frozenset[str]] = []
    if length == 2 and name[:2] in table["surnames"]:
        found += [frozenset({each}) for each in table["surnames"][name[:2]][0].split()]
    elif name:
        found += [frozenset(table["surnames"].get(name[0], [_ordinary(name[0])]))]
    for character in name[len(found) :]:
        found.append(frozenset(table["given"].get(character, [_ordinary(character)])))
    return tuple(found)


@cache
def heard_alike(syllable: str) -> tuple[str, ...]:
    """Every syllable that a clerk who writes by ear does not tell from this one, itself first."""
    others = (each for each in _table()["syllables"] if folded(each) == folded(syllable))
    return tuple(dict.fromkeys((syllable, *others)))


def cut(letters: str) -> Iterator[tuple[str, ...]]:
    """Every way to cut typed letters into syllables.

    >>> list(cut("xian"))
    [('xi', 'an'), ('xian',)]
    """
    if not letters:
        yield ()
    for length in range(1, min(len(letters), _LONGEST_SYLLABLE) + 1):
        if letters[:length] in _syllables():
            for rest in cut(letters[length:]):
                yield (letters[:length], *rest)


@cache
def _syllables() -> frozenset[str]:
    return frozenset(_table()["syllables"])


@cache
def folded(syllable: str) -> str:
    """A syllable as a clerk who writes by ear hears it: zh as z, ing as in."""
    for pattern, to in _table()["near"]:
        syllable = pattern.sub(to, syllable)
    return syllable


@lru_cache(maxsize=1 << 18)
def folded_sounds(name: str) -> tuple[str, ...]:
    """Every way in which the whole name may sound, folded; a few at most."""
    each = [sorted({folded(item) for item in readings}) for readings in syllables(name)]
    return tuple(" ".join(ways) for ways in islice(product(*each), _MOST_FOLDED))


def same_sound(one: str, other: str) -> str | None:
    """`exact` or `near` where two simplified names of one length sound alike, else None."""
    a, b = syllables(one), syllables(other)
    if len(a) != len(b) or not a:
        return None
    if all(x & y for x, y in zip(a, b, strict=True)):
        return "exact"
    if all({*map(folded, x)} & {*map(folded, y)} for x, y in zip(a, b, strict=True)):
        return "near"
    return None

"""Names that fit under a dot, and still tell apart those who stand in one picture.

Firms of a county share how they begin (where they are) and how they end (what they are): what tells
them apart stands in the middle.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping

__all__ = ["short_names"]

_WHERE = re.compile(
    r"^(?:[\u4e00-\u9fff]{2,6}?(?:省|自治区))?(?:[\u4e00-\u9fff]{2,4}?市)?"
    r"(?:[\u4e00-\u9fff]{1,4}?(?:区|县))?(?:[\u4e00-\u9fff]{1,4}?(?:镇|乡|街道))?"
)
_WHAT = re.compile(
    r"(?:农民专业合作社联合社|农民专业合作社|专业合作社|合作社|股份有限公司|有限责任公司|有限公司|"
    r"股份经济合作社|经济合作社|家庭农场|个体工商户)$"
)
#: Less than this says nothing.
_LEAST = 2


def short_names(names: Mapping[str, str], longest: int) -> dict[str, str]:
    """Each name in at most so many characters, by key.

    Two different names never become the same word: where no shortening tells them apart, they stay
    whole.
    """
    short = {key: _short(name, longest) for key, name in names.items()}
    for meant in _alike(short, names):
        short |= _around_difference({key: names[key] for key in meant}, longest)
    for meant in _alike(short, names):
        for key in meant:
            short[key] = names[key]
    return short


def _short(name: str, longest: int) -> str:
    if len(name) <= longest:
        return name
    core = _core(name)
    if len(core) + 1 <= longest:
        return core + "…"
    head = longest // 2
    return f"{core[:head]}…{core[len(core) - (longest - 1 - head) :]}"


def _core(name: str) -> str:
    """What is left of a name without where it is and what it is, if that says anything."""
    without = _WHERE.sub("", name)
    if len(without) < _LEAST + 2:
        without = name
    core = _WHAT.sub("", without)
    return core if len(core) >= _LEAST else without


def _alike(short: Mapping[str, str], names: Mapping[str, str]) -> list[list[str]]:
    """Keys of different names that became one word."""
    found: dict[str, list[str]] = defaultdict(list)
    for key in sorted(short):
        found[short[key]].append(key)
    return [keys for keys in found.values() if len({names[key] for key in keys}) > 1]


def _around_difference(names: Mapping[str, str], longest: int) -> dict[str, str]:
    """Each name from where it first differs from another of them."""
    found = {}
    for key, name in names.items():
        others = [other for other in names.values() if other != name]
        first = min(_shared(name, other) for other in others)
        start = max(0, min(first - 1, len(name) - (longest - 2)))
        end = start + longest - 2
        found[key] = ("…" if start else "") + name[start:end] + ("…" if end < len(name) else "")
    return found


def _shared(one: str, other: str) -> int:
    """How many characters both begin with."""
    count = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        count += 1
    return count

"""What a Cypher text binds: every version node and every tie, and whether a clock is over it.

A version or a tie that no clock is over would answer of what ended, of what was not known by then
and of what is not for the reader's eyes.  Each must therefore be a variable of a MATCH whose WHERE
says `live(x)` of it (or one of the other words of `CLOCKED`), and not beneath an OR.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from graph.cypher import version_labels
from graph.schema import SCHEMA

__all__ = ["CLOCKED", "Bound", "blanked", "bound", "unclocked"]

#: Words that put the clocks over a variable; the last two are for fragments only.
CLOCKED = ("live", "begun", "held", "known")

_PAIRS = {"(": ")", "[": "]", "{": "}"}
_OPENING = {closing: opening for opening, closing in _PAIRS.items()}
_NODE = re.compile(r"\s*(\w+)?\s*((?:[:|&]\s*\w+\s*)*)")
_TIE = re.compile(r"\s*(\w+)?\s*((?:[:|]\s*\w+\s*)*)(\*[\d.]*)?")
_CLAUSE = re.compile(
    r"(?<!STARTS )(?<!ENDS )\b(MATCH|WITH|RETURN|CALL|UNWIND|UNION|ORDER\s+BY|LIMIT)\b"
)
_VERSIONS = re.compile(r"\(\s*\w*\s*:[\w|&:\s]*\w*Version\b")
_BARE_TIE = re.compile(r"\)\s*(?:<--|-->|--|<-->)\s*\(")
_CHOSEN = re.compile(r"\bRETURN (\w+)\s+ORDER BY [^{}]* LIMIT 1\s*\}\) AS (\w+)")
_LISTED = re.compile(r"\b(\w+)\s+IN\s+relationships\((\w+)\)")


@dataclass(frozen=True)
class Bound:
    """One place of a text where a version or a tie is bound.

    Attributes:
        name: of the variable, empty where it has none.
        kinds: fact kinds that it may be of.
        at: where in the text; `until` is where its pattern's bracket closes.
        of: of a version, the variable that it describes, empty where that has none.
        path: of ties of any number, the path that they are on.
    """

    name: str
    is_tie: bool
    kinds: frozenset[str]
    at: int
    until: int
    of: str = ""
    is_many: bool = False
    path: str = ""


def blanked(text: str) -> str:
    """The text with its strings and comments emptied, every place where it was."""
    return re.sub(r"'[^'\n]*'|\"[^\"\n]*\"|//[^\n]*", lambda found: " " * len(found[0]), text)


def bound(plain: str) -> list[Bound]:
    """Every version and tie of a text (`blanked`), in its order."""
    found: list[Bound] = []
    things: dict[str, frozenset[str]] = {}
    seen_at: set[int] = set()
    for opening in re.finditer(r"-\[", plain):
        start = opening.end() - 1
        end = _closing(plain, start)
        head = _TIE.match(plain, start + 1, end)
        assert head is not None  # it matches nothing too
        types = frozenset(re.findall(r"\w+", head[2]))
        left, right = _left(plain, opening.start()), _right(plain, end)
        goes_left = plain[opening.start() - 1] == "<"
        goes_right = plain[end + 1 : end + 3] == "->"
        if types == {"DESCRIBES"}:
            source, target = (right, left) if goes_left else (left, right)
            version, described = _node(plain, source), _node(plain, target)
            about = _things(described, things)
            kinds = frozenset(
                kind for kind in _version_kinds(version[1])
                if SCHEMA.thing(SCHEMA.nodes[kind]).label in about
            )  # fmt: skip
            things[described[0]] = about
            if source not in seen_at:
                seen_at.add(source)
                until = _closing(plain, source)
                found.append(Bound(version[0], False, kinds, source, until, described[0]))
            continue
        ends = [_node(plain, each) for each in (left, right)]
        at_left, at_right = (_things(each, things) for each in ends)
        ways = []
        for kind in types or SCHEMA.relationships.keys():
            for source_things, target_things, goes in (
                (at_left, at_right, not goes_left),
                (at_right, at_left, not goes_right),
            ):
                fits = _end(kind, 0) & source_things and _end(kind, 1) & target_things
                if goes and kind in SCHEMA.relationships and fits:
                    ways.append((kind, source_things is at_left))
        for place, node in enumerate(ends):
            if node[0] and not node[1]:
                told = frozenset().union(
                    *(_end(kind, place if forth else 1 - place) for kind, forth in ways)
                )
                things[node[0]] = _things(node, things) & told
        path = re.search(r"(\w+)\s*=\s*$", plain[: _chain_start(plain, left)])
        found.append(
            Bound(
                head[1] or "", True, frozenset(kind for kind, _ in ways), start, end,
                is_many=bool(head[3]), path=path[1] if path else "",
            )
        )  # fmt: skip
    for alone in _VERSIONS.finditer(plain):
        if alone.start() not in seen_at:
            name, labels = _node(plain, alone.start())
            until = _closing(plain, alone.start())
            found.append(Bound(name, False, _version_kinds(labels), alone.start(), until))
    for chosen in _CHOSEN.finditer(plain):
        over = [item for item in found if item.name == chosen[1] and item.at < chosen.start()]
        found += [
            Bound(chosen[2], False, last.kinds, chosen.end() - 1, chosen.end())
            for last in sorted(over, key=lambda item: item.at)[-1:]
        ]
    for listed in _LISTED.finditer(plain):
        on = [item for item in found if item.path == listed[2] and item.at < listed.start()]
        passed: frozenset[str] = frozenset().union(*(item.kinds for item in on))
        found.append(Bound(listed[1], True, passed, listed.start(), listed.end()))
    return sorted(found, key=lambda item: item.at)


def unclocked(plain: str) -> Iterator[str]:
    """What is wrong with a text (`blanked`): versions and ties that no clock is over."""
    if bare := _BARE_TIE.search(plain):
        yield f"a tie without a name stands under no live(…): {_line(plain, bare.start())}"
    for item in bound(plain):
        if plain[item.at] not in "([":
            continue  # of a path's list or of a subquery's: those say whether it is live
        what = "tie" if item.is_tie else "version"
        where = _line(plain, item.at)
        if item.is_many:
            if not item.path or not any(
                _over_every(each, item.path) for each in _conjuncts(plain, item)
            ):
                yield f"ties of any number need all(t IN relationships(path) WHERE live(t)): {where}"
        elif not item.name:
            yield f"a {what} without a name stands under no live(…): {where}"
        elif not any(f"{word}({item.name})" in _conjuncts(plain, item) for word in CLOCKED):
            yield f"the {what} {item.name} stands under no live({item.name}): {where}"


def _over_every(conjunct: str, path: str) -> bool:
    found = re.fullmatch(rf"all\((\w+) IN relationships\({path}\) WHERE (.+)\)", conjunct, re.S)
    return found is not None and any(f"{w}({found[1]})" in _parts(found[2]) for w in CLOCKED)


def _conjuncts(plain: str, item: Bound) -> set[str]:
    """What must hold of the pattern: what its bracket says, and the WHERE of its MATCH."""
    inside = plain[item.at + 1 : item.until].split(" WHERE ", 1)
    said = set(_parts(inside[1])) if len(inside) > 1 else set()
    within = _within(plain)
    opened = within[item.at]
    clauses = [
        found for found in _CLAUSE.finditer(plain, opened)
        if within[found.start()] == opened
    ]  # fmt: skip
    before = [found for found in clauses if found.start() < item.at]
    if not before or before[-1][1] != "MATCH":
        return said
    close = _closing(plain, opened - 1) if opened else len(plain)
    ends = [found.start() for found in clauses if found.start() > item.at]
    region = plain[item.until + 1 : min([close, *ends])]
    for where in re.finditer(r"\bWHERE\b", region):
        if _depth(region[: where.start()]) <= 0:
            return said | set(_parts(region[where.end() :]))
    return said


def _parts(condition: str) -> list[str]:
    """What an AND joins; one part where the condition is no plain AND."""
    depth, start, parts = 0, 0, []
    for found in re.finditer(r"[()\[\]{}]|\b(?:AND|OR|XOR|CASE|NOT)\b", condition):
        word = found[0]
        if word in _PAIRS:
            depth += 1
        elif word in _OPENING:
            depth -= 1
        elif depth == 0 and word in ("OR", "XOR", "CASE"):
            return [" ".join(condition.split())]
        elif depth == 0 and word == "AND":
            parts.append(condition[start : found.start()])
            start = found.end()
    return [" ".join(each.split()) for each in [*parts, condition[start:]]]


@lru_cache(maxsize=8)
def _within(plain: str) -> tuple[int, ...]:
    """For every place, just after where the innermost brace around it opens; 0 where none does."""
    opened, found = [0], []
    for place, each in enumerate(plain):
        if each == "}" and len(opened) > 1:
            opened.pop()
        found.append(opened[-1])
        if each == "{":
            opened.append(place + 1)
    return tuple(found)


def _depth(text: str) -> int:
    return sum((each in _PAIRS) - (each in _OPENING) for each in text)


def _closing(plain: str, opening: int) -> int:
    """Where the bracket that opens there closes."""
    depth = 0
    for place in range(opening, len(plain)):
        depth += (plain[place] in _PAIRS) - (plain[place] in _OPENING)
        if depth == 0:
            return place
    raise ValueError(f"a bracket is never closed: {_line(plain, opening)}")


def _left(plain: str, at: int) -> int:
    """Where the node before a tie opens."""
    place = at - 1
    while plain[place] in "<-" or plain[place].isspace():
        place -= 1
    depth = 0
    for here in range(place, -1, -1):
        depth += (plain[here] in _OPENING) - (plain[here] in _PAIRS)
        if depth == 0:
            return here
    raise ValueError(f"a bracket is never opened: {_line(plain, at)}")


def _right(plain: str, at: int) -> int:
    """Where the node after a tie opens."""
    return plain.index("(", at)


def _chain_start(plain: str, node: int) -> int:
    """Where the pattern begins whose last node so far opens there."""
    while before := re.search(r"(?:\]-|\]->)\s*$", plain[:node]):
        depth = 0
        for place in range(before.start(), -1, -1):
            depth += (plain[place] == "]") - (plain[place] == "[")
            if depth == 0:
                break
        node = _left(plain, place)
    return node


def _node(plain: str, at: int) -> tuple[str, frozenset[str]]:
    """Name and labels of the node pattern that opens there."""
    found = _NODE.match(plain, at + 1, _closing(plain, at))
    assert found is not None
    return found[1] or "", frozenset(re.findall(r"\w+", found[2]))


@cache
def _all_things() -> frozenset[str]:
    return frozenset(item.label for item in SCHEMA.nodes.values() if not item.describes)


def _things(node: tuple[str, frozenset[str]], known: dict[str, frozenset[str]]) -> frozenset[str]:
    """Labels of things that a node may be."""
    name, labels = node
    if labels:
        return _labelled(labels)
    return known.get(name, _all_things()) if name else _all_things()


@cache
def _labelled(labels: Iterable[str]) -> frozenset[str]:
    return frozenset(
        item.label for item in SCHEMA.nodes.values()
        if not item.describes and labels & {item.label, SCHEMA.superlabel(item)}  # type: ignore[operator]
    )  # fmt: skip


@cache
def _end(kind: str, place: int) -> frozenset[str]:
    tie = SCHEMA.relationships.get(kind)
    if tie is None:
        return frozenset()
    return _labelled(frozenset(tie.targets if place else tie.sources))


@cache
def _version_kinds(labels: frozenset[str]) -> frozenset[str]:
    """Kinds of versions that carry one of the labels."""
    return frozenset(
        item.kind for item in SCHEMA.nodes.values()
        if not labels or labels & {*version_labels(item)}
    )  # fmt: skip


def _line(plain: str, at: int) -> str:
    start = plain.rfind("\n", 0, at) + 1
    end = plain.find("\n", at)
    return " ".join(plain[start : end if end >= 0 else len(plain)].split())

"""What the patterns of a Cypher text bind: version nodes and ties, and of which fact kinds they may be."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from graph.cypher import version_labels
from graph.schema import SCHEMA
from queries.brackets import closing, is_beneath, opening

__all__ = ["Bound", "bound"]

_NODE = re.compile(r"\s*(\w+)?\s*((?:[:|&]\s*\w+\s*)*)")
_TIE = re.compile(r"\s*(\w+)?\s*((?:[:|]\s*\w+\s*)*)(\*[\d.]*)?")
_VERSION = re.compile(r"\(\s*\w*\s*:[\w|&:\s]*\w*Version\b")
#: A version that a subquery chooses, and the name that it is given.
_CHOSEN = re.compile(r"\bRETURN (\w+)\s+ORDER BY [^{}]* LIMIT 1\s*\}\) AS (\w+)")
_LISTED = re.compile(r"\b(\w+)\s+IN\s+relationships\((\w+)\)")


@dataclass(frozen=True)
class Bound:
    """One place of a text where a version or a tie is bound.

    Attributes:
        name: of the variable, empty where it has none.
        kinds: fact kinds that it may be of.
        at: where its pattern's bracket opens, and `until`, where it closes.
        of: of a version, the variable that it describes, empty where that has none.
        ends: of a tie, the variables at its ends, and `things`, what each may be.
        is_many: of ties of any number; `path` is the one that they are on.
        is_taken: from a path or a subquery, whose patterns are bound elsewhere.
    """

    name: str
    is_tie: bool
    kinds: frozenset[str]
    at: int
    until: int
    of: str = ""
    ends: tuple[str, ...] = ()
    things: tuple[frozenset[str], ...] = ()
    is_many: bool = False
    path: str = ""
    is_taken: bool = False


def bound(plain: str) -> list[Bound]:
    """Every version and tie of a text (`queries.brackets.blanked`), in its order.

    Raises `ValueError` where its brackets do not fit.
    """
    found = _Patterns(plain).found
    for chosen in _CHOSEN.finditer(plain):
        if over := _latest(found, chosen[1], chosen.start()):
            place = chosen.end() - 1
            found.append(Bound(chosen[2], False, over.kinds, place, place, is_taken=True))
    for listed in _LISTED.finditer(plain):
        on = [item for item in found if item.path == listed[2] and item.at < listed.start()]
        kinds: frozenset[str] = frozenset().union(*(item.kinds for item in on))
        place = listed.start()
        found.append(Bound(listed[1], True, kinds, place, place, is_taken=True))
    return sorted(found, key=lambda item: item.at)


def _latest(found: list[Bound], name: str, before: int) -> Bound | None:
    told = [item for item in found if item.name == name and item.at < before]
    return max(told, key=lambda item: item.at, default=None)


@dataclass(frozen=True)
class _Node:
    at: int
    name: str
    labels: frozenset[str]


class _Patterns:
    """Goes through the ties of a text and keeps what each node may be."""

    def __init__(self, plain: str) -> None:
        self._plain = plain
        self._told: dict[str, list[tuple[int, frozenset[str]]]] = {}
        self._at: dict[int, frozenset[str]] = {}
        self.found: list[Bound] = []
        for tie in re.finditer(r"-\[", plain):
            self._read(tie.end() - 1)
        described = {item.at for item in self.found if not item.is_tie}
        for alone in _VERSION.finditer(plain):
            if alone.start() not in described:
                node = self._node(alone.start())
                self._add_version(node, _version_kinds(node.labels), "")

    def _read(self, start: int) -> None:
        plain = self._plain
        end = closing(plain, start)
        head = _TIE.match(plain, start + 1, end)
        types = frozenset(re.findall(r"\w+", head[2])) if head else frozenset()
        before = len(plain[: start - 1].rstrip("<- \n")) - 1
        left = self._node(opening(plain, before))
        right = self._node(plain.index("(", end))
        goes_left, goes_right = plain[start - 2] == "<", plain[end + 1 : end + 3] == "->"
        if types == {"DESCRIBES"}:
            version, thing = (right, left) if goes_left else (left, right)
            things = self._things(thing)
            kinds = frozenset(
                kind for kind in _version_kinds(version.labels)
                if SCHEMA.thing(SCHEMA.nodes[kind]).label in things
            )  # fmt: skip
            if all(item.at != version.at for item in self.found):
                self._add_version(version, kinds, thing.name)
            return
        ways = [
            (kind, source, target)
            for kind in types & SCHEMA.relationships.keys() or SCHEMA.relationships
            for source, target, goes in ((left, right, not goes_left), (right, left, not goes_right))
            if goes and self._things(source) & _ends(kind)[0] and self._things(target) & _ends(kind)[1]
        ]  # fmt: skip
        for node in (left, right):
            may_be: frozenset[str] = frozenset().union(
                *(_ends(kind)[0] for kind, source, _ in ways if source is node),
                *(_ends(kind)[1] for kind, _, target in ways if target is node),
            )
            self._tell(node, self._things(node) & may_be)
        path = re.search(r"(\w+)\s*=\s*$", plain[: self._beginning(left.at)])
        self.found.append(
            Bound(
                (head[1] if head else "") or "",
                True,
                frozenset(kind for kind, _, _ in ways),
                start,
                end,
                ends=(left.name, right.name),
                things=(self._things(left), self._things(right)),
                is_many=bool(head and head[3]),
                path=path[1] if path else "",
            )
        )

    def _add_version(self, node: _Node, kinds: frozenset[str], of: str) -> None:
        until = closing(self._plain, node.at)
        self.found.append(Bound(node.name, False, kinds, node.at, until, of))

    def _node(self, at: int) -> _Node:
        found = _NODE.match(self._plain, at + 1, closing(self._plain, at))
        name, labels = (found[1], found[2]) if found else ("", "")
        node = _Node(at, name or "", frozenset(re.findall(r"\w+", labels or "")))
        if node.labels and at not in self._at:
            self._tell(node, _labelled(node.labels))
        return node

    def _tell(self, node: _Node, things: frozenset[str]) -> None:
        self._at[node.at] = things
        if node.name:
            self._told.setdefault(node.name, []).append((node.at, things))

    def _things(self, node: _Node) -> frozenset[str]:
        """Labels of things that a node may be: what is told of it here, or where it was bound."""
        if node.at in self._at:
            return self._at[node.at]
        for at, things in reversed(self._told.get(node.name, [])):
            if is_beneath(self._plain, node.at, at):
                return things
        return _all_things()

    def _beginning(self, node: int) -> int:
        """Where the pattern begins that a node is in."""
        while before := re.search(r"\]->?\s*$", self._plain[:node]):
            tie = opening(self._plain, before.start())
            node = opening(self._plain, len(self._plain[:tie].rstrip("<- \n")) - 1)
        return node


@cache
def _all_things() -> frozenset[str]:
    return frozenset(item.label for item in SCHEMA.nodes.values() if not item.describes)


@cache
def _labelled(labels: frozenset[str]) -> frozenset[str]:
    """Things that carry one of the labels; a label of none (a version's) says nothing."""
    found = frozenset(
        item.label for item in SCHEMA.nodes.values()
        if not item.describes and labels & {item.label, SCHEMA.superlabel(item)}
    )  # fmt: skip
    return found or _all_things()


@cache
def _ends(kind: str) -> tuple[frozenset[str], frozenset[str]]:
    tie = SCHEMA.relationships[kind]
    return _labelled(frozenset(tie.sources)), _labelled(frozenset(tie.targets))


@cache
def _version_kinds(labels: frozenset[str]) -> frozenset[str]:
    """Kinds of versions that carry one of the labels."""
    return frozenset(
        item.kind for item in SCHEMA.nodes.values()
        if not labels or labels & {*version_labels(item)}
    )  # fmt: skip

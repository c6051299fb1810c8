"""The neighbourhood of a party as a picture: circles around it, or rows where ties have a direction."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import networkx as nx

from api.pages.drawing import (
    Drawing,
    Edge,
    Group,
    Node,
    Place,
    compose,
    in_circles,
    in_layers,
    short_names,
)
from api.pages.drawing.letters import wrapped
from api.wording import LABELS, money, percent, said, who
from queries.codes import ADVERSE, adverse_word
from queries.neighbourhood import GROUPS, Member, Mode, Neighbourhood, Tie, group_of

if TYPE_CHECKING:
    from queries.record_signal import RecordSignal

__all__ = ["draw_graph", "draw_members", "record_words", "tie_words"]

#: Characters of a name in a line, and of a short name.
_LONGEST = 9
#: From so many parties on the commonest tie is said once, below the picture.
_CROWDED = 8
_ORDER = {name: place for place, name in enumerate(GROUPS)}
_AMOUNT_TERMS = {
    "SUPPLIES": "供应",
    "HOLDS_SHARES_IN": "认缴",
    "MEMBER_OF": "出资",
}


def draw_graph(found: Neighbourhood, mode: Mode, *, in_full: bool = False) -> tuple[Drawing, str]:
    """The picture, and what a line without words is; empty where each has its own.

    Args:
        in_full: whole names, in as many lines as they need.
    """
    names = {one.key: who(one.name, one.key) for one in found.members}
    shown = names if in_full else short_names(names, _LONGEST)
    nodes = [_node(one, names[one.key], shown[one.key], found.key) for one in found.members]
    edges = _edges(found.ties)
    near = _near(found.ties)
    if mode == "shares":
        groups = [Group((one.key,), one.level) for one in found.members]
        places, _ = in_layers(groups, near)
        return compose(nodes, places, edges), ""
    if mode == "guarantees":
        groups = _stations(found)
        places, middles = in_layers(groups, near)
        clusters = [
            (middles[number], one.reach - 0.05, f"担保圈：{len(one.members)} 个主体")
            for number, one in enumerate(groups)
            if len(one.members) > 1
        ]
        return compose(nodes, places, edges, clusters), ""
    said, unsaid = _crowded(edges, len(nodes))
    return compose(nodes, _circles(found.members, found.ties), said), unsaid


def draw_members(members: Sequence[Member], ties: Sequence[Tie]) -> tuple[Drawing, str]:
    """The first of some parties in the middle, the others on circles around it, by level; and what a
    line without words is."""
    names = {one.key: who(one.name, one.key) for one in members}
    shown = short_names(names, _LONGEST)
    nodes = [_node(one, names[one.key], shown[one.key], members[0].key) for one in members]
    edges, unsaid = _crowded(_edges(ties), len(nodes))
    return compose(nodes, _circles(members, ties), edges), unsaid


def tie_words(tie: Tie) -> str:
    """What a tie is, with its role, ratio and amount."""
    parts = [LABELS[tie.kind]]
    if tie.said:
        name, code = tie.said
        parts.append(said(code, name, tie.kind))
    if tie.kind == "HOLDS_SHARES_IN":
        parts.append(_ratio(tie))
    if tie.amount_fen is not None:
        parts.append(f"{_AMOUNT_TERMS.get(tie.kind, '')} {money(tie.amount_fen)}".strip())
    return " ".join(parts) + ("" if tie.is_certain else "（疑似）")


def record_words(record: RecordSignal) -> str:
    """The colour of an own record in a word, and the record that it is by."""
    assert record.reason is not None
    kind, what = record.reason["kind"], record.reason["what"]
    word = adverse_word(kind, what)
    more = f"，另有 {record.more} 条" if record.more else ""
    return f"{record.signal.term}：{ADVERSE[kind]}{f' {word}' if word else ''}{more}"


def _node(one: Member, name: str, shown: str, middle: str) -> Node:
    lines = wrapped(shown, _LONGEST)
    title = f"{name}（{LABELS[one.label]}）" if one.label in LABELS else name
    if one.share is not None and one.key != middle:
        lines = (*lines, f"穿透 {percent(one.share)}")
        title += f"，各条路径合计（穿透）{percent(one.share)}"
    mark = ""
    if one.record is not None:
        mark = one.record.signal.value
        title += f"，{record_words(one.record)}"
    return Node(one.key, lines, title, mark, one.key == middle)


def _ratio(tie: Tie) -> str:
    if tie.ratio is not None:
        return percent(tie.ratio) + ("（推算）" if tie.is_derived else "")
    return "比例未知" if tie.least_ratio is None else f"至少 {percent(tie.least_ratio)}"


def _caption(ties: Sequence[Tie]) -> str:
    """What stands on a line: each kind once, with the ratio of a holding and the sum of guarantees."""
    words = []
    by_kind: dict[str, list[Tie]] = defaultdict(list)
    for tie in ties:
        by_kind[tie.kind].append(tie)
    for kind, held in by_kind.items():
        if kind == "HOLDS_SHARES_IN":
            words.append(_ratio(held[-1]))
        elif kind == "GUARANTEES":
            # several contracts are named by the largest: they may be one, told by several sources
            known = [tie.amount_fen for tie in held if tie.amount_fen is not None]
            many = f" {len(held)} 笔，最大" if len(held) > 1 and known else ""
            words.append(f"担保{many} {money(max(known))}" if known else "担保")
        elif held[0].said and kind == "BELONGS_TO":
            words.append(said(held[0].said[1], held[0].said[0], kind))
        else:
            words.append(LABELS[kind])
    return "、".join(words)


def _edges(ties: Sequence[Tie]) -> list[Edge]:
    """One line for all certain ties of two parties in one direction, and one for all by resemblance."""
    held: dict[tuple[str, str, bool], list[Tie]] = defaultdict(list)
    for tie in ties:
        held[tie.from_key, tie.to_key, tie.is_certain].append(tie)
    made = []
    for (a, b, certain), here in held.items():
        back = held.get((b, a, certain))
        caption = _caption(here)
        mutual = back is not None and _caption(back) == caption
        if mutual and b < a:
            continue
        groups = {group_of(tie.kind) for tie in here}
        title = "；".join(dict.fromkeys(map(tie_words, here)))
        made.append(
            Edge(
                a, b,
                ("互相" if mutual else "") + caption + ("" if certain else "（疑似）"),
                ("互相：" if mutual else "") + title,
                groups.pop() if len(groups) == 1 else "several",
                certain, mutual,
                (back is not None and not mutual) or (a, b, not certain) in held
                or (b, a, not certain) in held,
            )
        )  # fmt: skip
    return made


def _crowded(edges: Sequence[Edge], parties: int) -> tuple[Sequence[Edge], str]:
    """The edges; among many parties those with the commonest words say nothing, and these words."""
    if parties <= _CROWDED:
        return edges, ""
    counts = Counter(one.caption for one in edges if one.is_certain and not one.is_mutual)
    word, count = min(counts.items(), key=lambda one: (-one[1], one[0]), default=("", 0))
    if count < _CROWDED / 2:
        return [*edges], ""
    return [
        Edge(one.source, one.target, "", one.title, one.group, bends=one.bends)
        if one.caption == word and one.is_certain and not one.is_mutual
        else one
        for one in edges
    ], word


def _near(ties: Sequence[Tie]) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for tie in ties:
        found[tie.from_key].append(tie.to_key)
        found[tie.to_key].append(tie.from_key)
    return found


def _circles(members: Sequence[Member], ties: Sequence[Tie]) -> dict[str, Place]:
    """Of a level, those of one group of ties to the middle side by side."""
    middle = members[0].key
    by_group = {
        tie.to_key if tie.from_key == middle else tie.from_key: _ORDER[group_of(tie.kind)]
        for tie in reversed(ties)
        if middle in (tie.from_key, tie.to_key)
    }
    levels: dict[int, list[str]] = defaultdict(list)
    for one in sorted(members[1:], key=lambda one: (by_group.get(one.key, len(_ORDER)), one.key)):
        levels[abs(one.level)].append(one.key)
    return in_circles(middle, [levels[level] for level in sorted(levels)], _near(ties))


def _stations(found: Neighbourhood) -> list[Group]:
    """Rings and single parties, each guarantor in a row above those whom it stands for."""
    graph = nx.DiGraph()
    graph.add_nodes_from(one.key for one in found.members)
    graph.add_edges_from(
        (tie.from_key, tie.to_key)
        for tie in found.ties
        if tie.kind == "GUARANTEES" and tie.is_certain
    )
    stations = nx.condensation(graph)
    rows: dict[int, int] = {}
    for here in nx.topological_sort(stations):
        rows[here] = max((rows[before] + 1 for before in stations.predecessors(here)), default=0)
    # whoever stands for somebody stands right above them, not at the top
    for here in reversed([*nx.topological_sort(stations)]):
        after = [rows[next_one] for next_one in stations.successors(here)]
        if after:
            rows[here] = min(after) - 1
    own = rows[stations.graph["mapping"][found.key]]
    return sorted(
        (
            Group(
                tuple(sorted(stations.nodes[n]["members"])),
                rows[n] if stations.degree(n) else own + 1,
            )
            for n in stations
        ),
        key=lambda group: (group.row, group.members),
    )

"""The shortest way between two parties, as a sentence and a picture, with what each tie on it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from api.pages.drawing import Drawing, Edge, Node, Place, compose, short_names
from api.pages.drawing.letters import wrapped
from api.pages.graph_picture import tie_words
from api.wording import LABELS, who
from queries.basis import Basis
from queries.neighbourhood import Tie, group_of, read_ties
from queries.reader import Reader

__all__ = ["Way", "read_way"]

#: From one station to the next, in cells: room for what the tie is.
_STEP = 2.2
_LONGEST = 9


@dataclass(frozen=True)
class Way:
    """What is said of the link, and its picture; None where there is none to see."""

    heading: str
    sentence: str
    picture: Drawing | None
    basis: Basis


def read_way(reader: Reader, key: str, other: str) -> Way:
    """The shortest link that the reader may see; raises `NotFoundError` for whom nobody knows."""
    answer = reader.ask("shortest_link", key=key, other=other)
    there = reader.known(other)
    names = reader.names([key, there])
    ends = f"{who(names[key], key)} 与 {who(names[there], there)}"
    if key == there:
        return Way("是同一个主体", f"{ends} 是同一个主体。", None, answer.basis)
    if not answer.rows:
        assert answer.question.within is not None
        most = answer.question.within[1]
        told = (
            f"在您可以查看的关系里，{ends} 之间 {most} 层以内没有找到关联；更远的没有查。"
            "没有找到不等于没有关联。"
        )
        return Way(f"{most} 层以内没有找到", told, None, answer.basis)
    [row] = answer.rows
    stations: list[str] = row["keys"]
    names |= reader.names(one for one in stations if one not in names)
    by_pair = _between(read_ties(reader, stations))
    told = _sentence(stations, names, by_pair, row["kinds"])
    picture = _drawn(stations, names, by_pair, row["kinds"])
    return Way(f"最短隔 {row['distance']} 层", told, picture, answer.basis)


def _between(ties: Sequence[Tie]) -> Mapping[frozenset[str], list[Tie]]:
    found: dict[frozenset[str], list[Tie]] = defaultdict(list)
    for tie in ties:
        found[frozenset((tie.from_key, tie.to_key))].append(tie)
    return found


def _step(
    here: str, there: str, kind: str, by_pair: Mapping[frozenset[str], list[Tie]]
) -> tuple[Tie | None, str]:
    """The tie of that kind between two, and its words; the surest where there are several."""
    held = [tie for tie in by_pair.get(frozenset((here, there)), ()) if tie.kind == kind]
    if not held:
        return None, LABELS[kind]
    tie = max(held, key=lambda one: one.certainty)
    return tie, tie_words(tie)


def _sentence(
    stations: Sequence[str],
    names: Mapping[str, str | None],
    by_pair: Mapping[frozenset[str], list[Tie]],
    kinds: Sequence[str],
) -> str:
    parts = [who(names[stations[0]], stations[0])]
    for (here, there), kind in zip(pairwise(stations), kinds, strict=True):
        tie, words = _step(here, there, kind, by_pair)
        arrow = ("—{}→" if tie.from_key == here else "←{}—") if tie else "—{}—"
        parts += [arrow.format(words), who(names[there], there)]
    return " ".join(parts)


def _drawn(
    stations: Sequence[str],
    names: Mapping[str, str | None],
    by_pair: Mapping[frozenset[str], list[Tie]],
    kinds: Sequence[str],
) -> Drawing:
    whole = {key: who(names[key], key) for key in stations}
    short = short_names(whole, _LONGEST)
    nodes = [
        Node(key, wrapped(short[key], _LONGEST), whole[key], is_middle=key == stations[0])
        for key in stations
    ]
    edges = []
    for (here, there), kind in zip(pairwise(stations), kinds, strict=True):
        tie, words = _step(here, there, kind, by_pair)
        a, b = (here, there) if tie is None or tie.from_key == here else (there, here)
        edges.append(Edge(a, b, words, words, group_of(kind), tie is None or tie.is_certain))
    places = {key: Place(_STEP * place, 0.0) for place, key in enumerate(stations)}
    return compose(nodes, places, edges)

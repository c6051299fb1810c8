"""Clusters depend on the judgements in force and on nothing else; contradictions are reported."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import combinations
from typing import Literal

import networkx as nx
from hypothesis import given
from hypothesis import strategies as st

from graph.operations import Judgement
from graph.operations.judgement import pair_of
from ingest.identity.clusters import Clustering, cluster

KEYS = ["person:a", "person:b", "provisional:1", "provisional:2", "provisional:3", "provisional:4"]
AT = datetime(2026, 4, 1, tzinfo=UTC)

pairs = st.sampled_from([pair_of(*pair) for pair in combinations(KEYS, 2)])
verdicts: st.SearchStrategy[dict[tuple[str, str], str]] = st.dictionaries(
    pairs, st.sampled_from(["same", "different"]), max_size=10
)


def judged(said: dict[tuple[str, str], str], numbers: list[int] | None = None) -> list[Judgement]:
    numbers = numbers or list(range(1, len(said) + 1))
    made = []
    for number, ((one, other), verdict) in zip(numbers, said.items(), strict=True):
        stated: Literal["same", "different"] = "same" if verdict == "same" else "different"
        made.append(Judgement(number, one, other, stated, "样本", AT, "", None))
    return made


def outline(found: Clustering) -> object:
    """Everything but the numbers of judgements."""
    return (
        sorted((item.canonical, item.members) for item in found.clusters),
        sorted((c.one, c.other, c.ground, c.members) for c in found.conflicts),
    )


@given(verdicts, st.randoms())
def test_any_order_of_judgements_gives_the_same(
    said: dict[tuple[str, str], str], chance: object
) -> None:
    shuffled = list(said.items())
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert outline(cluster(judged(said))) == outline(cluster(judged(dict(shuffled))))


@given(verdicts)
def test_against_components_of_networkx(said: dict[tuple[str, str], str]) -> None:
    graph = nx.Graph([pair for pair, verdict in said.items() if verdict == "same"])
    forbidden = {pair for pair, verdict in said.items() if verdict == "different"}
    forbidden.add(("person:a", "person:b"))
    merged, kept_apart = set(), set()
    for members in nx.connected_components(graph):
        inside = {pair for pair in forbidden if members.issuperset(pair)}
        if inside:
            kept_apart |= inside
        else:
            merged.add(tuple(sorted(members)))
    found = cluster(judged(said))
    assert {item.members for item in found.clusters} == merged
    assert {(item.one, item.other) for item in found.conflicts} == kept_apart
    for item in found.clusters:
        identified = [key for key in item.members if key.startswith("person:")]
        assert item.canonical == (identified[0] if identified else min(item.members))
    for conflict in found.conflicts:
        # no key of a contradicted cluster is merged
        assert not set(conflict.members) & set(found.redirects)
        assert nx.has_path(graph, conflict.one, conflict.other)
        on_the_way = [pair for pair, item in zip(said, judged(said), strict=True)
                      if item.number in conflict.path]  # fmt: skip
        assert nx.has_path(nx.Graph(on_the_way), conflict.one, conflict.other)
        assert len(conflict.path) == nx.shortest_path_length(graph, conflict.one, conflict.other)


@given(verdicts, pairs)
def test_one_more_different_never_merges_anybody(
    said: dict[tuple[str, str], str], pair: tuple[str, str]
) -> None:
    before = set(cluster(judged(said)).redirects.items())
    said.pop(pair, None)
    without = set(cluster(judged(said)).redirects.items())
    after = set(cluster(judged({**said, pair: "different"})).redirects.items())
    assert after <= without
    assert before >= set() and after.isdisjoint({(pair[1], pair[0]), pair})


def test_a_mention_judged_to_be_two_people_is_nobody() -> None:
    said = {("person:a", "provisional:1"): "same", ("person:b", "provisional:1"): "same"}
    found = cluster(judged(said))
    assert found.redirects == {}
    (conflict,) = found.conflicts
    assert (conflict.one, conflict.other, conflict.ground) == ("person:a", "person:b",
                                                               "identifiers")  # fmt: skip
    assert conflict.path == (1, 2) and conflict.against is None

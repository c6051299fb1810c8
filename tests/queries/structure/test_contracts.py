"""Contracts as columns, and who stands for whom as arrays, against objects and networkx."""

from __future__ import annotations

import gc
from datetime import date

import networkx as nx
import numpy as np
import pytest
from breadth import examples
from firms import new_world, snapshot_of
from hypothesis import given, settings
from hypothesis import strategies as st
from promises import WAN, bare_net, promise

from queries.held_bytes import held_bytes
from queries.structure.chains import Chain, find_chains
from queries.structure.contracts import Contract, Contracts, secured
from queries.structure.fen import Fen
from queries.structure.guarantees import GuaranteeNet, read_guarantees

NAMES = "ABCDEFGHI"
pairs_of = st.sets(
    st.sampled_from([(a, b) for a in NAMES for b in NAMES if a != b]), min_size=1, max_size=20
)
contracts_of = st.lists(
    st.builds(
        Contract,
        guarantor=st.sampled_from("ABC"),
        borrower=st.sampled_from("XYZ"),
        number=st.sampled_from(["", "1", "2", "号"]),
        owed_fen=st.none() | st.integers(0, 9),
        kind=st.sampled_from([None, "general", "joint_group"]),
        valid_to=st.sampled_from([None, date(2030, 1, 1)]),
        evidence=st.sampled_from([(), (("source", "bank"), ("batch", "b"), ("row", 3))]),
    ),
    max_size=12,
)


def order(contract: Contract) -> tuple[str, str, str]:
    return contract.guarantor, contract.borrower, contract.number


@settings(max_examples=examples(120))
@given(contracts_of)
def test_what_goes_in_comes_out_sorted(held: list[Contract]) -> None:
    contracts = Contracts.of(held)
    expected = sorted(held, key=order)
    assert list(contracts) == expected
    assert contracts[1:4] == expected[1:4]
    assert contracts.is_of("joint_group").tolist() == [c.kind == "joint_group" for c in expected]


@settings(max_examples=examples(120))
@given(contracts_of, contracts_of)
def test_one_more_stands_after_those_that_sort_as_it_does(
    held: list[Contract], more: list[Contract]
) -> None:
    for one in more[:2]:
        told = Contracts.of(held).with_one(one)
        held = sorted([*held, one], key=order)
        assert list(told) == held


@settings(max_examples=examples(120))
@given(contracts_of, st.data())
def test_many_groups_are_summed_as_each_alone(held: list[Contract], data: st.DataObject) -> None:
    contracts = Contracts.of(held)
    rows = np.arange(len(held))
    groups = np.array(data.draw(st.lists(st.integers(0, 3), min_size=len(held), max_size=len(held))),
                      np.int64)  # fmt: skip
    expected = [secured(c for c, of in zip(contracts, groups, strict=True) if of == group)
                for group in range(4)]  # fmt: skip
    assert contracts.secured(groups, rows, 4) == expected


def test_an_amount_below_zero_is_told_and_no_amount_is_not() -> None:
    contracts = Contracts.of([Contract("A", "X", "1", owed_fen=-5), Contract("B", "X", "1"),
                              Contract("C", "X", "2")])  # fmt: skip
    assert contracts.secured(np.zeros(3, np.int64), np.arange(3), 1) == [Fen(-5, 1)]


def test_a_place_that_is_not_there() -> None:
    contracts = Contracts.of([Contract("A", "X", "1")])
    assert contracts[-1] == contracts[0]
    with pytest.raises(IndexError):
        contracts[1]


def test_of_what_is_told_twice_the_last_word_counts() -> None:
    world = new_world()
    promise(world, "A", "B", discriminator="k", amount_fen=7 * WAN)
    promise(world, "A", "B", discriminator="k", amount_fen=9 * WAN)
    promise(world, "A", "B", discriminator="l", amount_fen=1 * WAN)
    table = snapshot_of(world).ties["GUARANTEES"].table
    heard = table.sort_by([("known_from", "ascending"), ("fact_id", "ascending")]).to_pylist()
    last = {row["discriminator"]: row["amount_fen"] for row in heard}
    net = read_guarantees(snapshot_of(world))
    assert {c.number: c.amount_fen for c in net.contracts} == last and len(last) == 2


def graph_of(net: GuaranteeNet) -> nx.DiGraph:
    graph = nx.DiGraph()
    graph.add_edges_from((c.guarantor, c.borrower) for c in net.contracts)
    return graph


@settings(max_examples=examples(200))
@given(pairs_of)
def test_arrays_say_what_networkx_says_in_its_order(pairs: set[tuple[str, str]]) -> None:
    net = bare_net(pairs)
    graph, keys = graph_of(net), net.contracts.keys
    assert net.parties == tuple(graph)
    stations = [set(net.station(n)) for n in range(len(net.standing.station_sizes))]
    assert stations == list(nx.strongly_connected_components(graph))
    for number, members in enumerate(stations):
        assert {net.standing.station_of[keys.index(one)] for one in members} == {number}
    for one in graph:
        assert net.reached(one) == dict(nx.single_source_shortest_path_length(graph, one))
        assert net.reached(one, back=True).keys() == nx.ancestors(graph, one) | {one}
        assert [c.borrower for c in net.given(one)] == list(graph.successors(one))
        assert [c.guarantor for c in net.received(one)] == list(graph.predecessors(one))
    some = {*sorted(graph)[::2], "nobody"}
    assert set(net.among(some).edges) == set(graph.subgraph(some).edges)
    assert {(c.guarantor, c.borrower) for c in net.inside(some)} == set(graph.subgraph(some).edges)
    back = net.standing.back().tolist()
    told = sorted(pairs)
    assert [told[at] if at >= 0 else None for at in back] == [
        (b, a) if (b, a) in pairs else None for a, b in told
    ]


@settings(max_examples=examples(200))
@given(pairs_of)
def test_chains_are_those_that_networkx_finds_one_by_one(pairs: set[tuple[str, str]]) -> None:
    net = bare_net(pairs)
    assert find_chains(net, least=1) == one_by_one(net)


def one_by_one(net: GuaranteeNet) -> tuple[Chain, ...]:
    """The longest chain to every last station, as it was found before there were arrays."""
    graph = graph_of(net)
    stations = list(nx.strongly_connected_components(graph))
    station = {party: number for number, members in enumerate(stations) for party in members}
    longest: list[tuple[int, int]] = [(0, 1)] * len(stations)
    found = []
    for here in reversed(range(len(stations))):
        after = {station[b] for a in stations[here] for b in graph.successors(a)} - {here}
        for there in after:
            longest[there] = max(longest[there], (longest[here][0] + 1, -here))
        if after or not longest[here][0]:
            continue
        way, at = [], -here
        while at != 1:
            way.append(tuple(sorted(stations[-at])))
            at = longest[-at][1]
        end = stations[here]
        promised = [c for m in end for c in net.received(m) if c.guarantor not in end]
        owing = [member for members in way[-2::-1] for member in members]
        found.append(Chain(tuple(reversed(way)), longest[here][0], secured(promised),
                           net.debt(*end), net.debt(*owing)))  # fmt: skip
    return tuple(sorted(found, key=lambda chain: (-chain.link_count, chain.stations)))


def test_contracts_are_a_handful_of_objects() -> None:
    """However many: neither the collector nor who counts bytes goes through them one by one."""
    held = [Contract(f"person:{n:032d}", f"person:{n + 1:032d}", str(n), n) for n in range(2_000)]
    contracts = Contracts.of(held)
    gc.collect()
    before = len(gc.get_objects())
    again = Contracts.of(held)
    assert len(gc.get_objects()) - before < 100
    assert held_bytes(again) == held_bytes(contracts) < held_bytes(held) / 2

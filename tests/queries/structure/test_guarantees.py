"""Rings, chains, stars, pairs and groups: by hand, against networkx and against enumeration."""

from __future__ import annotations

import itertools
from datetime import date
from pathlib import Path

import networkx as nx
import pytest
from breadth import examples
from firms import new_world, snapshot_of
from hypothesis import given, settings
from hypothesis import strategies as st
from promises import WAN, bare_net, lend, net_of, promise

from queries.structure.chains import find_chains, reach_of
from queries.structure.fen import Fen
from queries.structure.guarantees import read_guarantees
from queries.structure.patterns import find_joint_groups, find_mutual, find_stars
from queries.structure.rings import closes_ring, find_rings, ring_of

NAMES = "ABCDEFG"
pairs_of = st.sets(st.sampled_from([(a, b) for a in NAMES for b in NAMES if a != b]), max_size=14)
RING = (("A", "B"), ("B", "C"), ("C", "A"))


def test_a_ring_of_three_covers_nothing_from_outside(tmp_path: Path) -> None:
    net = net_of(tmp_path, *RING, owed={"A": 20, "B": 10, "C": 10})
    (ring,) = find_rings(net)
    assert ring.members == ("A", "B", "C")
    assert ring.cycles == (("A", "B", "C"),) and not ring.truncated
    assert (ring.inside, ring.outside, ring.debt) == (Fen(30 * WAN), Fen(0), Fen(40 * WAN))
    assert ring.nominal_ratio == pytest.approx(0.75)
    assert ring.effective_ratio == 0
    assert ring_of(net, "B") == ring


def test_an_outside_guarantor_covers_at_most_what_a_member_owes() -> None:
    world = new_world()
    for a, b in RING:
        promise(world, a, b)
    promise(world, "X", "A", amount_fen=50 * WAN)
    promise(world, "A", "Y")
    for member, wan in (("A", 20), ("B", 10), ("C", 10), ("Y", 99)):
        lend(world, member, wan)
    (ring,) = find_rings(read_guarantees(snapshot_of(world)))
    assert ring.outside == Fen(50 * WAN)
    assert ring.effective_ratio == pytest.approx(0.5)


def test_what_is_not_known_is_said_and_not_guessed() -> None:
    world = new_world()
    promise(world, "A", "B", amount_fen=None)
    promise(world, "B", "A")
    lend(world, "A", 10)
    (ring,) = find_rings(read_guarantees(snapshot_of(world)))
    assert ring.inside == Fen(10 * WAN, 1) and ring.inside.exact is None
    assert ring.nominal_ratio is None and ring.effective_ratio == 0
    assert Fen(3).exact == 3


def test_one_contract_told_twice_or_given_by_two_is_one() -> None:
    world = new_world()
    for guarantor in ("A", "B"):
        promise(world, guarantor, "C", discriminator="k", amount_fen=7 * WAN)
    promise(world, "C", "A")
    promise(world, "A", "C", discriminator="k", amount_fen=7 * WAN)
    net = read_guarantees(snapshot_of(world))
    assert len(net.contracts) == 3
    (ring,) = find_rings(net)
    assert ring.inside == Fen(17 * WAN) and ring.outside == Fen(7 * WAN)
    # the same contract that B also stands in covers C once
    assert net.contracts[0].evidence[0] == ("source", "world")


def test_ended_doubtful_and_own_guarantees_make_no_ring() -> None:
    world = new_world()
    promise(world, "A", "B")
    promise(world, "B", "A", valid_to=date(2026, 1, 1))
    promise(world, "B", "A", discriminator="2", certainty=0.9)
    promise(world, "A", "A")
    assert find_rings(read_guarantees(snapshot_of(world))) == ()


def test_a_settled_loan_is_no_debt_and_an_unstated_one_counts_by_its_principal() -> None:
    world = new_world()
    promise(world, "A", "B")
    lend(world, "B", None, "l1")
    lend(world, "B", 5, "l2")
    world.node("Loan", "l3", principal_fen=9 * WAN)
    world.node("LoanState", "l3", "Loan", settled_on=date(2026, 1, 1), balance_fen=4 * WAN)
    world.tie("BORROWED", ("B", "Person"), ("l3", "Loan"))
    world.tie("BORROWED", ("B", "Person"), ("l4", "Loan"))
    net = read_guarantees(snapshot_of(world))
    assert net.debt("B") == Fen(105 * WAN, 1)
    assert net.debt("A") == Fen(0)


def test_the_longest_chain_and_what_is_owed_at_its_end(tmp_path: Path) -> None:
    pairs = [("A", "B"), ("B", "C"), ("C", "D"), ("D", "E"), ("A", "D"), ("X", "E"), ("P", "Q")]
    net = net_of(tmp_path, *pairs, owed={"B": 1, "C": 2, "D": 3, "E": 4, "Q": 50})
    (chain,) = find_chains(net)
    assert chain.stations == (("A",), ("B",), ("C",), ("D",), ("E",))
    assert chain.link_count == 4
    assert (chain.end_guaranteed, chain.end_debt) == (Fen(20 * WAN), Fen(4 * WAN))
    assert chain.debt == Fen(10 * WAN)
    assert find_chains(net, least=5) == ()
    reach = reach_of(net, "A")
    assert reach.parties == (("B", 1), ("D", 1), ("C", 2), ("E", 2))
    assert (reach.debt, reach.depth) == (Fen(10 * WAN), 4)
    assert reach_of(net, "Q").parties == () and reach_of(net, "nobody").depth == 0


def test_a_ring_on_the_way_is_one_station(tmp_path: Path) -> None:
    net = net_of(tmp_path, ("X", "A"), *RING, ("C", "D"), ("D", "E"))
    (chain,) = find_chains(net)
    assert chain.stations == (("X",), ("A", "B", "C"), ("D",), ("E",))


def test_stars_pairs_and_groups() -> None:
    world = new_world()
    for firm in "abcdef":
        promise(world, "hub", firm)
    promise(world, "hub", "P")
    promise(world, "P", "hub")
    for a, b in itertools.permutations("QRST", 2):
        promise(world, a, b, guarantee_kind="joint_group")
    promise(world, "Q", "U", guarantee_kind="joint_group")
    net = read_guarantees(snapshot_of(world))
    (star,) = find_stars(net)
    assert (star.guarantor, len(star.borrowers), len(star.clients)) == ("hub", 7, 6)
    assert star.guaranteed == Fen(70 * WAN)
    assert find_stars(net, more_than=7) == ()
    assert [(p.first, p.second) for p in find_mutual(net)] == [
        ("P", "hub"), *itertools.combinations("QRST", 2),
    ]  # fmt: skip
    groups, cut = find_joint_groups(net)
    assert [g.members for g in groups] == [("Q", "R", "S", "T")] and not cut
    assert groups[0].guaranteed == Fen(120 * WAN)
    assert [r.is_joint_group for r in find_rings(net)] == [True, False]


def test_only_a_tangle_is_cut_and_no_district(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("queries.structure.patterns._GROUPS", 2)
    world = new_world()
    for village in range(5):
        for a, b in itertools.permutations([f"{name}{village}" for name in "QRS"], 2):
            promise(world, a, b, guarantee_kind="joint_group")
    groups, cut = find_joint_groups(read_guarantees(snapshot_of(world)))
    assert len(groups) == 5 and not cut
    # two, two and two who are no pair: eight groups of three in one tangle
    for a, b in itertools.permutations(["A1", "A2", "B1", "B2", "C1", "C2"], 2):
        if a[0] != b[0]:
            promise(world, a, b, guarantee_kind="joint_group")
    groups, cut = find_joint_groups(read_guarantees(snapshot_of(world)))
    assert len(groups) == 7 and cut


@settings(max_examples=examples(120))
@given(pairs_of)
def test_rings_are_the_components_and_their_cycles_all_simple_ones(
    pairs: set[tuple[str, str]],
) -> None:
    net = bare_net(pairs)
    rings = find_rings(net, cycles=10_000, length=len(NAMES))
    reach = nx.transitive_closure(nx.DiGraph(list(pairs)))
    expected = set()
    for name in {key for pair in pairs for key in pair}:
        mutual = {o for o in reach if reach.has_edge(name, o) and reach.has_edge(o, name)}
        if len(mutual | {name}) > 1:
            expected.add(tuple(sorted(mutual | {name})))
    assert {ring.members for ring in rings} == expected
    cycles = {
        way
        for size in range(2, len(NAMES) + 1)
        for way in itertools.permutations(NAMES, size)
        if way[0] == min(way) and all(pair in pairs for pair in itertools.pairwise((*way, way[0])))
    }
    assert {cycle for ring in rings for cycle in ring.cycles} == cycles
    assert not any(ring.truncated for ring in rings)
    for ring in rings:
        assert ring_of(net, ring.members[0]).members == ring.members  # type: ignore[union-attr]


def test_more_cycles_than_the_budget_are_cut_and_said() -> None:
    (ring,) = find_rings(bare_net(set(itertools.permutations(NAMES, 2))), cycles=20)
    assert len(ring.cycles) == 20 and ring.truncated
    (long,) = find_rings(bare_net(set(itertools.pairwise("ABCDEFGA"))), length=3)
    assert long.cycles == () and long.truncated


@settings(max_examples=examples(120))
@given(pairs_of)
def test_the_longest_chain_is_the_longest_of_all_walks_without_circles(
    pairs: set[tuple[str, str]],
) -> None:
    # a guarantee from a later letter is turned round, so that there are no circles
    acyclic = {(min(p), max(p)) for p in pairs}
    net = bare_net(acyclic)
    longest: dict[str, int] = {}
    for size in range(2, len(NAMES) + 1):
        for way in itertools.combinations(NAMES, size):
            if all(pair in acyclic for pair in itertools.pairwise(way)):
                longest[way[-1]] = size - 1
    ends = {b for _, b in acyclic} - {a for a, _ in acyclic}
    found = {chain.stations[-1][0]: chain for chain in find_chains(net, least=1)}
    assert {end: chain.link_count for end, chain in found.items()} == {
        end: longest[end] for end in ends
    }
    for chain in found.values():
        assert all((a[0], b[0]) in acyclic for a, b in itertools.pairwise(chain.stations))


@settings(max_examples=examples(120))
@given(pairs_of, st.sampled_from(NAMES))
def test_reach_is_what_a_walk_reaches(pairs: set[tuple[str, str]], start: str) -> None:
    net = bare_net(pairs)
    front, distance, seen = {start}, 0, {start: 0}
    while front:
        distance += 1
        front = {b for a, b in pairs if a in front} - set(seen)
        seen |= dict.fromkeys(front, distance)
    del seen[start]
    reach = reach_of(net, start)
    assert dict(reach.parties) == seen
    assert reach.debt == Fen(WAN * len(seen))


@settings(max_examples=examples(120))
@given(pairs_of)
def test_a_guarantee_closes_a_ring_exactly_when_one_appears(pairs: set[tuple[str, str]]) -> None:
    net = bare_net(pairs)
    for a, b in itertools.permutations(NAMES, 2):
        after = bare_net(pairs | {(a, b)})
        together = (ring := ring_of(after, a)) is not None and b in ring.members
        assert bool(closes_ring(net, a, b)) is together


@settings(max_examples=examples(80))
@given(pairs_of)
def test_joint_groups_are_the_largest_sets_that_all_stand_for_all(
    pairs: set[tuple[str, str]],
) -> None:
    groups, _ = find_joint_groups(bare_net(pairs, "joint_group"))
    whole = [
        set(members)
        for size in range(3, len(NAMES) + 1)
        for members in itertools.combinations(NAMES, size)
        if all(pair in pairs for pair in itertools.permutations(members, 2))
    ]
    largest = {tuple(sorted(m)) for m in whole if not any(m < other for other in whole)}
    assert {group.members for group in groups} == largest

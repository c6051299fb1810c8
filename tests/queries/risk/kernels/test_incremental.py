"""Mended after a few changes against worked out afresh."""

from __future__ import annotations

import numpy as np
import pytest
from breadth import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from weighted import risk_graph

from queries.risk import incremental as room
from queries.risk.incremental import incremental_propagation
from queries.risk.propagation import Propagation, propagate
from queries.risk.weights import RiskGraph


def changed(graph: RiskGraph, seed: int, share: float) -> tuple[RiskGraph, np.ndarray]:
    """Ties gone, come and re-weighted, own facts come and gone, a party come and one gone."""
    rng = np.random.default_rng(seed)
    count = len(graph.own)
    number = np.arange(count) + (np.arange(count) > count // 2)  # one new party in the middle
    lost = int(rng.integers(count)) if rng.random() < 0.5 else -1
    stays = rng.random(len(graph.weight)) >= share / 2
    stays &= (graph.source != lost) & (graph.target != lost)
    pair = number[graph.target[stays]] * (count + 1) + number[graph.source[stays]]
    weight = graph.weight[stays].copy()
    other = rng.random(len(weight)) < share
    weight[other] = rng.uniform(0.01, 0.9, int(other.sum()))
    fresh = rng.integers(0, count + 1, (max(1, int(share * len(pair))), 2))
    come = np.setdiff1d(fresh[fresh[:, 0] != fresh[:, 1]] @ [count + 1, 1], pair)
    pairs = np.concatenate((pair, come))
    order = np.argsort(pairs)
    weights = np.concatenate((weight, rng.uniform(0.01, 0.9, len(come))))[order]
    own = np.full(count + 1, 0.0005)
    own[number] = graph.own
    turned = rng.random(count + 1) < share
    own[turned] = np.where(own[turned] > 0.001, 0.0005, 0.7)
    number[lost if lost >= 0 else 0] = -1 if lost >= 0 else number[0]
    target, source = np.divmod(pairs[order], count + 1)
    return RiskGraph(own, source, target, weights, ((),) * len(order), {}, {}), number


def assert_same(found: Propagation, expected: Propagation) -> None:
    assert np.array_equal(found.strongest, expected.strongest)
    assert np.array_equal(found.before, expected.before)
    assert np.array_equal(found.sampled.reached, expected.sampled.reached)
    assert np.array_equal(found.sampled.began, expected.sampled.began)


@settings(max_examples=examples(60))
@given(st.integers(0, 2**32 - 1), st.integers(3, 40), st.integers(0, 120), st.floats(0.01, 0.4))
def test_mended_equals_a_full_run(seed: int, parties: int, ties: int, share: float) -> None:
    graph = risk_graph(seed, parties, ties)
    now, number = changed(graph, seed + 1, share)
    found = incremental_propagation(graph, propagate(graph), now, number, up_to=9.0, kernels_from=0)
    assert_same(found, propagate(now))


def test_two_that_supported_each_other_fall_together() -> None:
    ties = {(0, 1): 0.9, (1, 2): 0.9, (2, 1): 0.9}
    order = sorted(ties, key=lambda tie: (tie[1], tie[0]))
    ends = np.array(order, dtype=np.int64)
    weight = np.array([ties[tie] for tie in order])
    graph = RiskGraph(
        np.array([0.9, 0.0005, 0.0005]), ends[:, 0], ends[:, 1], weight, ((),) * 3, {}, {}
    )
    now = RiskGraph(np.full(3, 0.0005), *ends.T, weight, ((),) * 3, {}, {})
    found = incremental_propagation(
        graph, propagate(graph), now, np.arange(3), up_to=9.0, kernels_from=0
    )
    assert found.strongest.tolist() == [0.0005] * 3
    assert_same(found, propagate(now))


def test_who_loses_support_and_gains_an_own_fact_at_once_passes_it_on() -> None:
    """0 → 1 → 2: 0 falls, 1 leaned on it and has a new fact of its own; 2, which did not lean, hears."""
    ends = np.array([(0, 1), (1, 2)], dtype=np.int64)
    weight = np.array([0.5, 0.5])
    graph, now = (
        RiskGraph(np.array(own), ends[:, 0], ends[:, 1], weight, ((),) * 2, {}, {})
        for own in ([0.8, 0.1, 0.3], [0.1, 0.7, 0.3])
    )
    found = incremental_propagation(
        graph, propagate(graph), now, np.arange(3), up_to=9.0, kernels_from=0
    )
    assert found.strongest.tolist() == [0.1, 0.7, 0.35]
    assert_same(found, propagate(now))


def test_a_full_run_is_made_where_the_rule_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    graph = risk_graph(41, 200, 900)
    now, number = changed(graph, 42, 0.05)
    before, full = propagate(graph), propagate(now, kernels_from=0)
    calls: list[int] = []
    monkeypatch.setattr(room, "propagate", lambda graph, **_: calls.append(1) or full)
    assert incremental_propagation(graph, before, now, number, kernels_from=0) is full
    moved = number.copy()
    moved[[1, 2]] = moved[[2, 1]]
    assert incremental_propagation(graph, before, now, moved, up_to=9.0, kernels_from=0) is full
    assert incremental_propagation(graph, before, now, number, up_to=9.0) is full
    assert len(calls) == 3

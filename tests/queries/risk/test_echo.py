"""What comes home round a ring: its size, its bound, and what an officer is told of it."""

from __future__ import annotations

from dataclasses import replace
from math import prod

import numpy as np
import pytest
from credit_world import Said, loan, named, person, take
from hypothesis import given, settings
from hypothesis import strategies as st
from nets import Edges, cascade, nets, of_arrays

from queries.risk import assess, explain
from queries.risk.echo import echo_of
from queries.risk.propagate import best_path, echo_free, messages
from queries.risk.ripple import outgoing
from queries.risk.weights import RiskGraph


def echoes(graph: RiskGraph, **given: int) -> np.ndarray:
    message, out = messages(graph), outgoing(graph)
    everybody = range(len(graph.own))
    return np.array(
        [echo_of(graph, message, out, party, finest=1e-11, **given) for party in everybody]
    )


@settings(max_examples=40)
@given(nets(most=10))
def test_the_exact_probability_lies_between_path_and_score_less_echo(
    net: tuple[list[float], Edges],
) -> None:
    graph, exact = of_arrays(*net), cascade(*net)
    score = echo_free(graph)
    at_most = score - echoes(graph)
    assert np.all(best_path(graph)[0] <= exact + 1e-9)
    assert np.all(exact <= at_most + 1e-9) and np.all(at_most <= score)


@settings(max_examples=40)
@given(nets(parties=7, most=20))
def test_it_is_what_the_party_loses_with_its_own_ties_out(net: tuple[list[float], Edges]) -> None:
    graph = of_arrays(*net)
    score = echo_free(graph)
    for party, found in enumerate(echoes(graph)):
        weight = np.where(graph.source == party, 0.0, graph.weight)
        alone = echo_free(replace(graph, weight=weight))[party]
        assert found == pytest.approx(score[party] - alone, abs=1e-8)


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.floats(0.0005, 0.9), st.floats(0.01, 0.95)), min_size=3, max_size=7),
)
def test_a_ring_echoes_no_more_than_its_closed_form(ring: list[tuple[float, float]]) -> None:
    """Score ≤ exact / (1 − W), W = the product of all weights; and less its echo it is exact."""
    seeds, size = [seed for seed, _ in ring], len(ring)
    edges = {(n, (n + 1) % size): weight for n, (_, weight) in enumerate(ring)}
    graph, exact = of_arrays(seeds, edges), cascade(seeds, edges)
    score, echo = echo_free(graph), echoes(graph)
    whole = prod(weight for _, weight in ring)
    assert np.all(score <= exact / (1 - whole) + 1e-9)
    assert np.all(echo <= score * whole + 1e-9)
    assert score - echo == pytest.approx(exact, abs=1e-8)


def test_trees_and_pairs_have_none_and_a_short_search_finds_less() -> None:
    pair = of_arrays([0.3, 0.01, 0.2], {(0, 1): 0.6, (1, 0): 0.6, (1, 2): 0.5, (2, 1): 0.4})
    assert echoes(pair).max() <= 1e-12
    ring = of_arrays([0.3, 0.01, 0.01], {(0, 1): 0.9, (1, 2): 0.9, (2, 0): 0.9})
    assert np.all(echoes(ring, budget=1) <= echoes(ring)) and echoes(ring).min() > 0.01


def test_an_officer_is_told_of_a_ring_and_of_no_pair() -> None:
    a, b, c, d = (person(n) for n in range(1, 5))
    facts = [*named(a, b, c, d), *loan(1, a)]
    facts += [Said("GUARANTEES", ends) for ends in ((a, b), (b, c), (c, a), (d, a))]
    run = assess(take([facts])[0])
    told = explain(run, b[0])
    assert told.echo > 0.001 and told.echo_sentence is not None
    assert f"{told.echo:.4%}" in told.echo_sentence
    assert f"{told.score - told.echo:.4%}" in told.echo_sentence
    outside = explain(run, d[0])
    assert (outside.echo, outside.echo_sentence) == (0.0, None)
    assert outside.as_dict()["echo"] == 0.0

"""PageRank against networkx, Langville and Meyer, and the worked examples of the GDS manual."""

from __future__ import annotations

from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from breadth import examples
from credit_world import Said, listing, loan, named, person, take
from gds import gds_page
from hypothesis import given, settings
from hypothesis import strategies as st
from nets import Edges, nets, of_arrays
from scipy import sparse

from queries.risk import assess, review_order
from queries.risk.pagerank import Place, pagerank


def spread(size: int, ties: Edges, *, weighted: bool = True) -> sparse.csr_array:
    rows, columns = [b for _, b in ties], [a for a, _ in ties]
    values = list(ties.values()) if weighted else np.ones(len(ties))
    return sparse.csr_array((values, (rows, columns)), shape=(size, size))


def test_langville_and_meyer_six_pages() -> None:
    """networkx tests/test_pagerank.py, which quotes Langville and Meyer's example; alpha 0.9."""
    edges = [(1, 2), (1, 3), (3, 1), (3, 2), (3, 5), (4, 5), (4, 6), (5, 4), (5, 6), (6, 4)]
    ties = {(a - 1, b - 1): 1.0 for a, b in edges}
    found = pagerank(
        spread(6, ties), np.full(6, 1 / 6), damping=0.9, restart_dangling=True, tolerance=1e-12
    )
    printed = [0.03721197, 0.05395735, 0.04150565, 0.37508082, 0.20599833, 0.28624589]
    assert found == pytest.approx(printed, abs=5e-9)


@pytest.mark.parametrize(
    ("having", "weighted", "damping", "start", "within"),
    [
        ("pageRank.stream('myGraph')", False, 0.85, None, 1e-12),
        ("relationshipWeightProperty", True, 0.85, None, 1e-12),
        ("sourceNodes", False, 0.85, "Site A", 1e-12),
        # the manual's run ended by its tolerance of 1e-7, before twenty iterations
        ("dampingFactor: 0.05", False, 0.05, None, 1e-7),
    ],
)
def test_gds_manual_page_rank(
    shared_data: Path, having: str, weighted: bool, damping: float, start: str | None, within: float
) -> None:
    """GDS manual, page-rank.adoc: twenty iterations there are nineteen steps after the start."""
    page = gds_page(shared_data, "page-rank")
    released = np.array([start in (None, name) for name in page.names], dtype=float)
    steps = spread(8, page.ties, weighted=weighted)
    found = pagerank(steps, released, damping=damping, tolerance=0, sweeps=19)
    printed = dict(page.rows(having=having))
    assert dict(zip(page.names, found, strict=True)) == pytest.approx(printed, rel=within)


def test_gds_manual_mean_scaler(shared_data: Path) -> None:
    page = gds_page(shared_data, "page-rank")
    x = pagerank(spread(8, page.ties, weighted=False), np.ones(8), damping=0.85, sweeps=19)
    scaled = (x - x.mean()) / (x.max() - x.min())
    printed = dict(page.rows(having='scaler: "MEAN"'))
    assert dict(zip(page.names, scaled, strict=True)) == pytest.approx(printed, abs=1e-6)


@settings(max_examples=examples(40))
@given(nets(parties=7, most=20), st.floats(0.05, 0.95))
def test_networkx_agrees(net: tuple[list[float], Edges], damping: float) -> None:
    seeds, edges = net
    graph = nx.DiGraph()
    graph.add_nodes_from(range(len(seeds)))
    graph.add_weighted_edges_from((a, b, w) for (a, b), w in edges.items())
    shares = np.array(seeds) / np.sum(seeds)
    oracle = nx.pagerank(graph, alpha=damping, personalization=dict(enumerate(shares)), tol=1e-13,
                         max_iter=10_000)  # fmt: skip
    found = pagerank(
        spread(len(seeds), edges), shares, damping=damping, restart_dangling=True, tolerance=1e-12
    )
    assert found == pytest.approx([oracle[n] for n in range(len(seeds))], abs=1e-9)


@settings(max_examples=examples(40))
@given(nets(parties=6, most=15))
def test_nothing_is_made_and_the_stop_is_safe(net: tuple[list[float], Edges]) -> None:
    seeds, edges = net
    graph = of_arrays(seeds, edges)
    step = spread(len(seeds), edges)
    rough = pagerank(step, graph.own, tolerance=1e-3)
    fine = pagerank(step, graph.own, tolerance=1e-12)
    assert np.abs(rough - fine).sum() <= 1e-3
    assert fine.sum() <= graph.own.sum() + 1e-9


def test_the_review_queue_is_a_rank_and_nothing_else() -> None:
    """Two alike debtors, a guarantor of one, and somebody whom nothing reaches."""
    parties = [person(n) for n in range(5)]
    facts = [*named(*parties), *loan(1, parties[0]), *loan(2, parties[1]),
             Said("GUARANTEES", (parties[2], parties[0])), *listing(1, parties[4], 0.9)]  # fmt: skip
    run = assess(take([facts])[0])
    queue = review_order(run.snapshot, run.graph)
    assert queue == (
        Place(1, "person:0", "person:0号"),
        Place(1, "person:1", "person:1号"),
        Place(3, "person:2", "person:2号"),
    )
    assert review_order(run.snapshot, run.graph, count=2) == queue[:2]
    clean = assess(take([named(*parties)])[0])
    assert review_order(clean.snapshot, clean.graph) == ()

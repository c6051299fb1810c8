"""DebtRank against printed results, its own definition, and exact linear algebra."""

from __future__ import annotations

import numpy as np
import pytest
from breadth import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from queries.risk.debtrank import debtrank_2012, linear_debtrank

#: Battiston et al. 2012, supplement, figure 5: (investor, borrower, amount), as a notebook prints it
#: (vvoutilainen.github.io debtrank_example); equity of 1…8; economic weights.
_INVESTMENTS = ((2, 1, 4), (5, 2, 3), (7, 5, 5), (2, 5, 2), (3, 1, 6), (4, 1, 3), (6, 4, 2),
                (8, 6, 7), (5, 6, 2))  # fmt: skip
_EQUITY = (14, 6, 56, 8, 15, 9, 90, 50)
_VALUE = np.array([0, 0.176471, 0.176471, 0.088235, 0.147059, 0.058824, 0.147059, 0.205882])


def battiston(weight: float | None = None) -> sparse.csr_array:
    dense = np.zeros((8, 8))
    for investor, borrower, amount in _INVESTMENTS:
        dense[investor - 1, borrower - 1] = weight or amount / _EQUITY[investor - 1]
    return sparse.csr_array(dense)


@pytest.mark.parametrize(
    ("weight", "shares", "rank"),
    [
        (None, [1, 0.711111, 0.107143, 0.375, 0.144444, 0.083333, 0.007407, 0.011667], 0.207),
        (0.5, [1, 0.625, 0.5, 0.5, 0.375, 0.25, 0.125, 0.125], 0.357),
    ],
)
def test_battiston_2012_supplement(weight: float | None, shares: list[float], rank: float) -> None:
    start = np.eye(8)[0]
    found = debtrank_2012(battiston(weight), start)
    assert found == pytest.approx(shares, abs=5e-7)
    assert (found - start) @ _VALUE == pytest.approx(rank, abs=5e-4)


def test_linear_variant_goes_round_the_circle() -> None:
    start = np.eye(8)[0]
    found = linear_debtrank(battiston(0.5), start).share
    assert found == pytest.approx([1, 0.75, 0.5, 0.5, 0.5, 0.25, 0.25, 0.125], abs=1e-9)
    assert (found - start) @ _VALUE == pytest.approx(0.415441, abs=1e-6)


def test_two_cycle_is_truncated_in_2012_and_not_in_2015() -> None:
    """[0.5, 0.2] stays where it is in 2012; the fixed point is 0.533…, 0.266…."""
    pair = sparse.csr_array(np.array([[0, 0.125], [0.4, 0]]))
    start = np.array([0.5, 0.0])
    assert debtrank_2012(pair, start) == pytest.approx([0.5 + 0.125 * 0.2, 0.2])
    fixed = linear_debtrank(pair, start).share
    assert fixed == pytest.approx([0.5 / 0.95, 0.2 / 0.95])


def test_neva_cycle() -> None:
    """NEVA (marcobardoscia/neva), shock_cycle: equity 1 − h after shocks 0.2, 0.3, 0.1."""
    cycle = sparse.csr_array(np.array([[0, 0.5, 0], [0, 0, 0.5], [0.5, 0, 0]]))
    share = linear_debtrank(cycle, np.array([0.2, 0.3, 0.1])).share
    assert 1 - share == pytest.approx([4 / 7, 19 / 35, 24 / 35], abs=1e-9)


@pytest.mark.parametrize("radius", [0.5, 0.997, 0.9999, 1.0, 1.5])
def test_the_stop_leaves_nothing_out_whatever_the_radius(radius: float) -> None:
    size = 4
    ring = sparse.csr_array(
        (np.full(size, radius), (np.arange(size), np.roll(np.arange(size), 1))), shape=(size, size)
    )
    shock = np.array([1e-3, 0, 0, 0])
    found = linear_debtrank(ring, shock, tolerance=1e-9)
    assert found.gap <= 1e-9
    if radius < 1:
        # the exact answer of (1 − Λ)h = shock, where nobody's buffer is used up
        exact = np.linalg.solve(np.eye(size) - ring.toarray(), shock)
        assert np.all(found.share <= np.minimum(exact, 1) + 1e-12)
        if exact.max() < 1:
            assert found.share == pytest.approx(exact, abs=2e-9)
    else:
        assert found.share == pytest.approx(np.ones(size), abs=2e-9)


@st.composite
def exposures(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    size = draw(st.integers(1, 6))
    entries = st.one_of(st.just(0.0), st.floats(0.05, 1.5))
    dense = np.array(draw(st.lists(entries, min_size=size * size, max_size=size * size)))
    dense = dense.reshape(size, size) * (1 - np.eye(size))
    # no shock or one that is felt: below some 1e-5 a circle of radius one climbs for ever
    shock = draw(
        st.lists(st.one_of(st.just(0.0), st.floats(0.01, 1)), min_size=size, max_size=size)
    )
    return dense, np.array(shock)


@settings(max_examples=examples(80))
@given(exposures(), st.randoms(use_true_random=False))
def test_least_fixed_point_whatever_the_order(
    world: tuple[np.ndarray, np.ndarray], random: object
) -> None:
    dense, shock = world
    found = linear_debtrank(sparse.csr_array(dense), shock, tolerance=1e-9).share
    # it is a fixed point, and no more than plain iteration from below ever reaches
    assert found == pytest.approx(np.minimum(1, shock + dense @ found), abs=1e-8)
    below = shock
    for _ in range(3_000):
        below = np.minimum(1, shock + dense @ below)
    assert np.all(below <= found + 1e-8)
    # nobody loses more than when distress comes back again and again
    assert np.all(debtrank_2012(sparse.csr_array(dense), shock) <= found + 1e-8)
    order = list(range(len(shock)))
    random.shuffle(order)  # type: ignore[attr-defined]
    moved = linear_debtrank(sparse.csr_array(dense[np.ix_(order, order)]), shock[order])
    assert moved.share == pytest.approx(found[order], abs=1e-8)


@settings(max_examples=examples(40))
@given(exposures(), st.data())
def test_a_greater_shock_or_exposure_helps_nobody(
    world: tuple[np.ndarray, np.ndarray], data: st.DataObject
) -> None:
    dense, shock = world
    before = linear_debtrank(sparse.csr_array(dense), shock).share
    worse = shock.copy()
    worse[data.draw(st.integers(0, len(shock) - 1))] = 1.0
    assert np.all(linear_debtrank(sparse.csr_array(dense), worse).share >= before - 1e-8)
    more = sparse.csr_array(dense * data.draw(st.floats(1, 3)))
    assert np.all(linear_debtrank(more, shock).share >= before - 1e-8)

"""Every measure equals scikit-learn's, and says what it should on hand-written cases."""

from __future__ import annotations

import numpy as np
import pytest
from breadth import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import beta
from sklearn.calibration import calibration_curve
from sklearn.metrics import brier_score_loss, roc_auc_score, roc_curve
from sklearn.metrics import log_loss as sklearn_log_loss

from queries.rate_interval import rate_interval
from queries.risk.calibration import measures

# few values, so that many are equal: ties are where such measures go wrong
CASES = st.lists(
    st.tuples(st.sampled_from([0.0005, 0.01, 0.05, 0.3, 0.31, 0.9]), st.booleans()),
    min_size=4,
    max_size=60,
).filter(lambda rows: 0 < sum(bad for _, bad in rows) < len(rows))


@settings(max_examples=examples(60))
@given(CASES)
def test_figures_equal_scikit_learns(rows: list[tuple[float, bool]]) -> None:
    chances = np.array([chance for chance, _ in rows])
    bad = np.array([came for _, came in rows])
    found = measures.discrimination(chances, bad)
    assert found.value == pytest.approx(roc_auc_score(bad, chances), abs=1e-12)
    assert 0 <= found.low <= found.value <= found.high <= 1
    assert measures.brier(chances, bad) == pytest.approx(brier_score_loss(bad, chances), abs=1e-12)
    assert measures.log_loss(chances, bad) == pytest.approx(
        sklearn_log_loss(bad, chances, labels=[False, True]), abs=1e-12
    )
    others, failed, _ = roc_curve(bad, chances, drop_intermediate=False)
    assert measures.curve(chances, bad) == [
        (pytest.approx(x), pytest.approx(y)) for x, y in zip(others, failed, strict=True)
    ]
    assert measures.separation(chances, bad) == pytest.approx(np.max(failed - others), abs=1e-12)


@settings(max_examples=examples(30))
@given(CASES)
def test_parts_hold_everybody_once_and_never_part_the_equal(rows: list[tuple[float, bool]]) -> None:
    chances = np.array([chance for chance, _ in rows])
    bad = np.array([came for _, came in rows])
    parts = measures.reliability(chances, bad)
    assert sum(part.parties for part in parts) == len(rows) and len(parts) <= 10
    assert sum(part.defaults for part in parts) == bad.sum()
    foretold = [part.foretold for part in parts]
    assert foretold == sorted(foretold)
    assert len(parts) <= len(set(chances.tolist()))
    assert all(part.low <= part.observed <= part.high for part in parts)


def test_parts_of_unlike_chances_are_those_of_scikit_learn() -> None:
    generator = np.random.default_rng(1)
    chances = generator.random(1_000)
    bad = generator.random(1_000) < chances
    observed, foretold = calibration_curve(bad, chances, n_bins=10, strategy="quantile")
    parts = measures.reliability(chances, bad)
    assert [part.observed for part in parts] == pytest.approx(observed.tolist(), abs=1e-12)
    assert [part.foretold for part in parts] == pytest.approx(foretold.tolist(), abs=1e-12)
    assert [part.parties for part in parts] == [100] * 10


def test_intervals_by_hand() -> None:
    # Clopper and Pearson 1934, by the beta distribution; the rule of three for none of a hundred
    assert rate_interval(0, 100) == (0.0, pytest.approx(1 - 0.025 ** (1 / 100)))
    low, high = rate_interval(7, 50)
    assert low == pytest.approx(beta.ppf(0.025, 7, 44)) and high == pytest.approx(
        beta.ppf(0.975, 8, 43)
    )
    assert rate_interval(0, 0) == (0.0, 1.0)
    # Wilson 1927
    n, p, z = 50, 7 / 50, 1.959963984540054
    middle, reach = p + z * z / (2 * n), z * (p * (1 - p) / n + z * z / (4 * n * n)) ** 0.5
    assert rate_interval(7, 50, method="wilson") == (
        pytest.approx((middle - reach) / (1 + z * z / n)),
        pytest.approx((middle + reach) / (1 + z * z / n)),
    )


def test_an_interval_of_the_auc_holds_the_truth_as_often_as_it_says() -> None:
    """Two normal distributions one apart: the truth is Φ(1/√2) = 0.7602."""
    generator = np.random.default_rng(3)
    bad = np.arange(300) < 60
    inside = 0
    for _ in range(400):
        found = measures.discrimination(generator.normal(size=300) + bad, bad)
        inside += found.low <= 0.760250 <= found.high
    assert 0.92 <= inside / 400 <= 0.98


def test_what_is_linked_is_worth_nothing_where_it_changes_no_order() -> None:
    chances = np.array([0.1, 0.2, 0.3, 0.4, 0.5, 0.6])
    bad = np.array([False, False, True, False, True, True])
    none = measures.gain(chances * 1.5, chances, bad)
    assert (none.value, none.low, none.high) == (0, 0, 0)
    better = measures.gain(bad * 0.5 + chances / 10, chances, bad)
    assert better.value == pytest.approx(1 - roc_auc_score(bad, chances))


def test_a_population_that_stays_the_same_is_stable_and_another_is_not() -> None:
    generator = np.random.default_rng(2)
    before, again = generator.random(5_000), generator.random(5_000)
    assert measures.psi(before, before) == 0
    assert measures.psi(before, again) < 0.02
    assert measures.psi(before, again**2) > 0.25
    # by hand: of 100 and 100 in two parts, then 50 and 150
    two = np.repeat([0.1, 0.2], 100)
    other = np.repeat([0.1, 0.2], [50, 150])
    a, b = 100.5 / 201, 50.5 / 201
    assert measures.psi(two, other) == pytest.approx(
        (b - a) * np.log(b / a) + (1 - b - (1 - a)) * np.log((1 - b) / (1 - a))
    )

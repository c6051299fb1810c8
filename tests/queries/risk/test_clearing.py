"""Clearing against printed results, exhaustive search over who defaults, and its own symmetries."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import numpy as np
import pytest
from breadth import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from queries.risk.clearing import Owed, clear, fictitious_default


def owed(matrix: object, external: object, outside: object = None) -> Owed:
    dense = np.array(matrix, dtype=float)
    beyond = np.zeros(len(dense)) if outside is None else np.array(outside, dtype=float)
    return Owed(sparse.csr_array(dense), beyond, np.array(external, dtype=float))


SIEBENBRUNNER = owed([[0, 20, 10], [5, 0, 24], [10, 0, 0]], [10, 10, 10])
FINNETVALU = [[0, 0.1, 0.7], [2, 0, 10.5], [0, 8.4, 0]]


def test_siebenbrunner_example() -> None:
    """Clearing algorithms and network centrality (Siebenbrunner), example with three banks."""
    found = clear(SIEBENBRUNNER)
    assert found.certified
    assert found.equity == pytest.approx([-5.4545, -2.6364, 30], abs=5e-5)
    assert found.paid == pytest.approx([24.5455, 26.3636, 10], abs=5e-5)
    assert fictitious_default(SIEBENBRUNNER) == pytest.approx(found.paid)


@pytest.mark.parametrize(
    ("external", "paid"), [([1, 1, 1], [0.8, 9.5, 8.4]), ([0, 0, 0.1], [0.8, 5.625, 5.525])]
)
def test_finnetvalu_rogers_model(external: list[float], paid: list[float]) -> None:
    """FinNetValu (bertschi/FinNetValu), test_rogers: alpha = beta = 1."""
    found = clear(owed(FINNETVALU, external))
    assert found.certified and found.paid == pytest.approx(paid)
    assert fictitious_default(owed(FINNETVALU, external)) == pytest.approx(paid)


def test_systemicrisk_default_clearing() -> None:
    """R package systemicrisk (Gandy, Veraart), default_clearing: external debts of equal rank."""
    halves = 0.5 * (1 - np.eye(3))
    found = clear(owed(halves, [0.5, 0.625, 0.75], [1.5, 0.5, 0.5]))
    assert found.paid == pytest.approx([1.473214, 1.419643, 1.5], abs=5e-7)


@pytest.mark.parametrize(
    ("matrix", "cash", "paid"),
    [
        ([[0, 10, 0], [0, 0, 8], [0, 0, 0]], [4, 2, 1], [4, 6, 0]),
        ([[0, 6, 4], [0, 0, 5], [0, 0, 0]], [5, 1, 0], [5, 4, 0]),
        ([[0, 10, 0], [0, 0, 10], [10, 0, 0]], [0, 1, 0], [10, 10, 10]),
    ],
)
def test_by_hand(matrix: list[list[float]], cash: list[float], paid: list[float]) -> None:
    """Three circles whose payments can be followed with a pencil."""
    found = clear(owed(matrix, cash))
    assert found.certified and found.paid == pytest.approx(paid)


def test_a_circle_without_any_money_has_two_answers_and_says_so() -> None:
    found = clear(owed([[0, 10, 0], [0, 0, 10], [10, 0, 0]], [0, 0, 0]))
    assert not found.certified
    assert (found.paid.tolist(), found.least.tolist()) == ([10] * 3, [0] * 3)


@pytest.mark.parametrize("name", ["shock_chain", "shock_cycle", "shock_tree"])
def test_neva_equities_after_shocks(shared_data: Path, name: str) -> None:
    """NEVA (marcobardoscia/neva), Eisenberg–Noe: ten shocks a network, all debts of one rank."""
    folder = shared_data / "contagion" / "neva"
    banks = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    number = {bank["name"]: place for place, bank in enumerate(banks)}
    matrix = np.zeros((3, 3))
    for bank in banks:
        for debtor, amount in bank.get("ibasset", {}).items():
            matrix[number[debtor], number[bank["name"]]] = amount
    assets = np.array([bank["extasset"] for bank in banks])
    debts = [bank["extliab"] for bank in banks]
    expected = json.loads((folder / "expected_eisenberg_noe.json").read_text(encoding="utf-8"))
    cases = [case for case in expected if case["network"] == name]
    assert len(cases) == 10
    for case in cases:
        found = clear(owed(matrix, assets - case["equity_shock"], debts))
        assert found.equity == pytest.approx(case["equity_final"], abs=5e-9)
        assert (found.equity < -1e-12).astype(int).tolist() == case["default"]


@pytest.mark.parametrize(
    ("first", "fallen"), [("A", "ABCEF"), ("D", "BCDE"), ("F", "CEF"), ("C", "CE")]
)
def test_threshold_cascade_of_network_risk_measures(first: str, fallen: str) -> None:
    """R package NetworkRiskMeasures, its six banks: who fails pays nothing at all.

    (The bank that owes 5 to itself does so there; a debt to oneself moves nothing.)
    """
    owes = {
        "AB": 5,
        "AF": 10,
        "AD": 2,
        "BC": 3,
        "BF": 2,
        "CE": 4,
        "FC": 2,
        "FE": 5,
        "DB": 2,
        "DC": 2,
    }
    buffer = {"A": 10, "B": 2, "C": 2, "D": 4, "E": 1, "F": 10}
    banks = sorted(buffer)
    matrix = np.zeros((6, 6))
    for pair, amount in owes.items():
        matrix[banks.index(pair[0]), banks.index(pair[1])] = amount
    # money from outside, such that the buffer is what it is; lost to the last fen is lost
    external = np.array([buffer[bank] for bank in banks]) - 1e-6
    external += matrix.sum(axis=1) - matrix.sum(axis=0)
    external[banks.index(first)] -= 1_000
    found = clear(owed(matrix, external), keep_external=0, keep_claims=0)
    assert (
        "".join(bank for bank, left in zip(banks, found.equity, strict=True) if left < 0) == fallen
    )


@st.composite
def circles(draw: st.DrawFn) -> Owed:
    size = draw(st.integers(1, 5))
    amount = st.one_of(st.just(0), st.integers(1, 30))
    matrix = np.array(draw(st.lists(amount, min_size=size**2, max_size=size**2)), dtype=float)
    matrix = matrix.reshape(size, size) * (1 - np.eye(size))
    cash = draw(st.lists(st.integers(0, 20), min_size=size, max_size=size))
    outside = draw(st.lists(st.integers(0, 10), min_size=size, max_size=size))
    return owed(matrix, cash, outside)


def exhaustive(net: Owed, keep_external: float, keep_claims: float) -> np.ndarray:
    """The greatest clearing vector by trying every set of defaulters (Rogers, Veraart 2013)."""
    total, size = net.total, len(net.total)
    share = np.divide(net.matrix.toarray(), total[:, None], out=np.zeros((size, size)),
                      where=total[:, None] > 0)  # fmt: skip
    found = np.zeros(size)
    for chosen in itertools.product((False, True), repeat=size):
        failed = np.array(chosen)
        keep = np.where(failed, keep_claims, 0.0)
        known = np.where(failed, keep_external * net.external, total)
        system = np.eye(size) - keep[:, None] * share.T
        if abs(np.linalg.det(system)) < 1e-12:
            continue
        paid = np.linalg.solve(system, known)
        worth = net.external + share.T @ paid
        if np.array_equal(worth < total - 1e-9, failed) and paid.min(initial=0) >= -1e-9:
            found = np.maximum(found, paid)
    return found


@settings(max_examples=examples(120))
@given(circles(), st.sampled_from([1.0, 0.9, 0.5]), st.sampled_from([1.0, 0.8, 0.3]))
def test_greatest_vector_equals_every_set_of_defaulters_tried(
    net: Owed, keep_external: float, keep_claims: float
) -> None:
    by_hand = exhaustive(net, keep_external, keep_claims)
    keep = {"keep_external": keep_external, "keep_claims": keep_claims}
    found = clear(net, **keep)
    assert found.paid == pytest.approx(by_hand, abs=1e-6)
    assert fictitious_default(net, **keep) == pytest.approx(by_hand, abs=1e-7)
    assert np.all(found.least <= found.paid + 1e-9)
    if found.certified:
        assert found.least == pytest.approx(found.paid, abs=2e-9)


@settings(max_examples=examples(50))
@given(circles(), st.randoms(use_true_random=False), st.data())
def test_order_money_and_losses(net: Owed, random: object, data: st.DataObject) -> None:
    paid = clear(net).paid
    order = list(range(len(paid)))
    random.shuffle(order)  # type: ignore[attr-defined]
    moved = owed(
        net.matrix.toarray()[np.ix_(order, order)], net.external[order], net.outside[order]
    )
    assert clear(moved).paid == pytest.approx(paid[order], abs=1e-7)
    richer = net.external.copy()
    richer[data.draw(st.integers(0, len(paid) - 1))] += 5
    assert np.all(clear(owed(net.matrix.toarray(), richer, net.outside)).paid >= paid - 1e-7)
    assert np.all(clear(net, keep_external=0.6, keep_claims=0.7).paid <= paid + 1e-7)
    # what is paid inside arrives inside: nothing is made and nothing is lost
    share_inside = 1 - np.divide(
        net.outside, net.total, out=np.ones_like(paid), where=net.total > 0
    )
    assert net.received(paid).sum() == pytest.approx((paid * share_inside).sum(), abs=1e-6)


def test_fictitious_default_refuses_debts_that_come_first() -> None:
    with pytest.raises(ValueError, match="zero or more"):
        fictitious_default(owed([[0, 1], [1, 0]], [-1, 2]))

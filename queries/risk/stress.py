"""What if these parties fail: how much of whose buffer is gone, and who could still pay what.

Both answers are hypothetical: they follow a stated assumption and say nothing of what is.  What
nobody knows about a party (its net assets, its money at hand) is unknown, never zero: the answer is
then a range, from a party that takes every blow to one that has nothing, and says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from graph.errors import InputError
from graph.snapshot import Snapshot
from queries.basis import HYPOTHESIS_NOTICE, Basis
from queries.party_numbers import numbers_of
from queries.risk.clearing import Clearing, clear
from queries.risk.debtrank import linear_debtrank
from queries.risk.obligations import UnknownAmount, obligations
from queries.risk.stress_policy import load_stress_policy
from queries.rule_file import Strict

__all__ = [
    "ClearingStress",
    "DistressStress",
    "Loss",
    "Payment",
    "clearing_stress",
    "distress_range",
    "distress_stress",
    "known_amounts",
    "shock_of",
]

Vector = NDArray[np.float64]


@dataclass(frozen=True)
class Loss:
    """What a party loses in the scenario.

    Attributes:
        buffer_fen: its net assets; None = unknown.
        loss_low_fen, loss_high_fen: how much it loses.
        share_low, share_high: share of its buffer that is gone, 1 = all; a measure of money, not a
            probability.
    """

    party: str
    name: str | None
    buffer_fen: int | None
    loss_low_fen: int
    loss_high_fen: int
    share_low: float
    share_high: float


@dataclass(frozen=True)
class Payment:
    """What a party owes in the scenario and what it pays.  `cash_fen` None = unknown."""

    party: str
    name: str | None
    cash_fen: int | None
    owed_fen: int
    paid_low_fen: int
    paid_high_fen: int


@dataclass(frozen=True, kw_only=True)
class _Scenario:
    """What both answers say of themselves.

    Attributes:
        unknown: loans and guarantees of which nobody stated the amount: counted nowhere.
        supplied_fen: what was said for this scenario only, by party key; no fact.
        assumptions: what the policy assumes, in Chinese; `basis` names its version and hash.
    """

    unknown: tuple[UnknownAmount, ...]
    supplied_fen: Mapping[str, int] = field(default_factory=dict)
    assumptions: tuple[str, ...]
    basis: Basis
    hypothetical: Literal[True] = True
    notice: str = HYPOTHESIS_NOTICE
    unknown_count: int = -1

    def __post_init__(self) -> None:
        self._count("unknown")

    def _count(self, rows: str) -> None:
        """Say how many rows there are in all; who has shortened them said it before."""
        if getattr(self, f"{rows}_count") < 0:
            object.__setattr__(self, f"{rows}_count", len(getattr(self, rows)))

    def _first(self, rows: str, count: int) -> Self:
        told = {name: getattr(self, name) for name in (rows, "unknown")}
        cut = any(len(each) > count for each in told.values())
        return replace(
            self,
            basis=replace(self.basis, truncated=cut),
            **{name: each[:count] for name, each in told.items()},
        )


@dataclass(frozen=True, kw_only=True)
class DistressStress(_Scenario):
    """Losses of everybody whom the failure of `failed` can reach, greatest share first.

    Attributes:
        shocks: of whom a part fails: the share of the buffer that is gone at the start.
    """

    failed: tuple[str, ...]
    shocks: Mapping[str, float] = field(default_factory=dict)
    losses: tuple[Loss, ...]

    losses_count: int = -1

    def __post_init__(self) -> None:
        super().__post_init__()
        self._count("losses")

    def first(self, count: int) -> Self:
        """The same with the first `count` losses and unknown amounts."""
        return self._first("losses", count)


@dataclass(frozen=True, kw_only=True)
class ClearingStress(_Scenario):
    """Payments of everybody who owes, when every guarantee is called at once; most unpaid first.

    Attributes:
        keep_external, keep_claims: as in `queries.risk.clearing.clear`.
        certified: no other payments would clear these obligations (within one fen).
    """

    keep_external: float
    keep_claims: float
    payments: tuple[Payment, ...]
    certified: bool

    payments_count: int = -1

    def __post_init__(self) -> None:
        super().__post_init__()
        self._count("payments")

    def first(self, count: int) -> Self:
        """The same with the first `count` payments and unknown amounts."""
        return self._first("payments", count)


def distress_stress(
    snapshot: Snapshot,
    *,
    failed: Iterable[str] = (),
    shocks: Mapping[str, float] | None = None,
    buffers_fen: Mapping[str, int],
    supplied_fen: Mapping[str, int] | None = None,
) -> DistressStress:
    """Linear DebtRank from parties that are assumed to fail, wholly or in part.

    Args:
        failed: those of whose buffer nothing is left.
        shocks: party key -> share of its buffer that is gone at the start, above 0 and up to 1; a
            frost that costs a firm 30 % of its net assets is 0.3.  Of one in both, all is gone.
        buffers_fen: net assets by party key, where known.  At zero or below, any loss takes all.
        supplied_fen: net assets said for this scenario; they go before `buffers_fen`.

    Raises:
        NotFoundError: a key that the snapshot does not hold.
        InputError: nobody fails, or a share that is none.
    """
    rules = load_stress_policy().distress
    start, parts, supplied = sorted(set(failed)), dict(shocks or {}), dict(supplied_fen or {})
    shock = shock_of(snapshot, start, parts)
    buffers = known_amounts(snapshot, {**buffers_fen, **supplied})
    claims = obligations(snapshot)
    exposure = claims.exposure() * rules.loss_given_failure.value
    low, high = distress_range(exposure, buffers, shock)
    lost_low, lost_high = exposure @ low, exposure @ high
    reached = np.flatnonzero((high > 0) | (lost_high > 0))
    losses = [
        Loss(
            *_named(snapshot, party),
            _fen(buffers[party]),
            round(lost_low[party]),
            round(lost_high[party]),
            float(low[party]),
            float(high[party]),
        )
        for party in reached.tolist()
    ]
    losses.sort(key=lambda item: (-item.share_low, -item.share_high, item.party))
    return DistressStress(
        failed=tuple(start),
        shocks=parts,
        losses=tuple(losses),
        unknown=claims.unknown,
        supplied_fen=supplied,
        assumptions=_reasons(rules),
        basis=_basis(snapshot),
    )


def clearing_stress(
    snapshot: Snapshot,
    *,
    cash_fen: Mapping[str, int],
    keep_external: float | None = None,
    keep_claims: float | None = None,
) -> ClearingStress:
    """Eisenberg–Noe clearing (Rogers–Veraart with losses) of all obligations of a snapshot.

    Args:
        cash_fen: money at hand by party key, where known: no source tells it, so it is supplied.
        keep_external, keep_claims: as in `queries.risk.clearing.clear`; by default the policy's.

    Raises `NotFoundError` for a key that the snapshot does not hold.
    """
    rules = load_stress_policy().clearing
    external = rules.keep_external.value if keep_external is None else keep_external
    between = rules.keep_claims.value if keep_claims is None else keep_claims
    claims = obligations(snapshot)
    cash = known_amounts(snapshot, cash_fen)

    def solve(unknown: Vector) -> Clearing:
        owed = claims.owed(np.where(np.isnan(cash), unknown, cash))
        return clear(owed, keep_external=external, keep_claims=between, tolerance=0.5)

    low = solve(np.zeros(len(snapshot)))
    # who pays in full whatever the others do
    high = solve(low.owed)
    payments = [
        Payment(
            *_named(snapshot, party),
            _fen(cash[party]),
            round(low.owed[party]),
            round(low.paid[party]),
            round(high.paid[party]),
        )
        for party in np.flatnonzero(low.owed > 0).tolist()
    ]
    payments.sort(key=lambda item: (item.paid_low_fen - item.owed_fen, item.party))
    return ClearingStress(
        keep_external=external,
        keep_claims=between,
        payments=tuple(payments),
        certified=low.certified and high.certified,
        unknown=claims.unknown,
        supplied_fen=dict(cash_fen),
        assumptions=_reasons(rules),
        basis=_basis(snapshot),
    )


def shock_of(snapshot: Snapshot, failed: Iterable[str], shocks: Mapping[str, float]) -> Vector:
    """Share of every party's buffer that is gone at the start; errors as `distress_stress`."""
    for key, share in shocks.items():
        if not 0 < share <= 1:
            raise InputError(
                f"冲击 {key} 应是大于 0、不超过 1 的比例（0.3 表示净资产损失三成）。",
                f"The shock of {key} must be above 0 and up to 1.",
                code="shock_share",
            )
    shock = np.zeros(len(snapshot))
    for key, share in {**shocks, **dict.fromkeys(failed, 1.0)}.items():
        place = snapshot.index(key)
        shock[place] = max(shock[place], share)
    if not shock.any():
        raise InputError(
            "请说明假设谁倒闭，或谁的净资产损失几成。",
            "Say who fails, or what part of whose buffer is gone.",
            code="shock_missing",
        )
    return shock


def distress_range(
    exposure: sparse.csr_array, buffers: Vector, shock: Vector
) -> tuple[Vector, Vector]:
    """Share of every buffer that is gone, at least and at most.

    `buffers` in fen, NaN where unknown: a party that no loss moves, or that the first fen throws
    over.
    """
    return _shares(exposure, buffers, np.inf, shock), _shares(exposure, buffers, 1.0, shock)


def _shares(exposure: sparse.csr_array, buffers: Vector, unknown: float, shock: Vector) -> Vector:
    against = np.where(np.isnan(buffers), unknown, np.maximum(buffers, 1.0))
    relative = sparse.csr_array(exposure.multiply((1.0 / against)[:, np.newaxis]))
    return linear_debtrank(relative, shock).share


def known_amounts(snapshot: Snapshot, stated: Mapping[str, int]) -> Vector:
    """Amounts of every party in fen, NaN where unknown."""
    amounts = np.full(len(snapshot), np.nan)
    amounts[numbers_of(snapshot, stated)] = list(stated.values())
    return amounts


def _fen(amount: float) -> int | None:
    return None if np.isnan(amount) else int(amount)


def _named(snapshot: Snapshot, party: int) -> tuple[str, str | None]:
    return snapshot.keys[party].as_py(), snapshot.name(int(party))


def _basis(snapshot: Snapshot) -> Basis:
    policy = load_stress_policy().name
    return Basis.of(snapshot, policy=policy)


def _reasons(rules: Strict) -> tuple[str, ...]:
    return tuple(getattr(rules, name).reason for name in type(rules).model_fields)

"""Who pays what when not everybody can: clearing of mutual obligations.

Everybody pays what is owed, or all there is, to the creditors in proportion (Eisenberg, Noe 2001,
doi 10.1287/mnsc.47.2.236):

    p = min(p̄, max(0, e + Π′p))        p̄ owed, e money from outside, Π shares of each creditor

Solved downward from p̄ (the greatest vector: the best that can be) and upward from nothing (the
least); where both are equal the answer is certified to be the only one.  With `keep_external` and
`keep_claims` below one, liquidation costs money (Rogers, Veraart 2013, doi 10.1287/mnsc.1120.1569):
who defaults turns only these shares of money and claims into payments.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

__all__ = ["Clearing", "Owed", "clear", "fictitious_default"]

Vector = NDArray[np.float64]

_SWEEPS = 20_000


@dataclass(frozen=True, eq=False)
class Owed:
    """Who owes whom what; all in one unit of money.

    Attributes:
        matrix: [debtor, creditor] ≥ 0.
        outside: owed to creditors who are not in the matrix, with the same rank.
        external: money from outside; below zero where debts that come first eat more than it.
    """

    matrix: sparse.csr_array
    outside: Vector
    external: Vector

    @cached_property
    def total(self) -> Vector:
        """All that each debtor owes (p̄)."""
        return np.asarray(self.matrix.sum(axis=1)).ravel() + self.outside

    def received(self, payment: Vector) -> Vector:
        """What each creditor gets when every debtor pays `payment` in all."""
        total = self.total
        ratio = np.divide(payment, total, out=np.zeros_like(payment), where=total > 0)
        return np.asarray(self.matrix.T @ ratio)


@dataclass(frozen=True, eq=False)
class Clearing:
    """Payments, in the unit of what is owed.

    Attributes:
        paid: the greatest clearing vector, one entry a debtor.
        least: the least one, or below it where the climb to it was cut short.
        certified: both are equal within the tolerance, so that there is no other answer.
        equity: what each has left after all debts; below zero, what its creditors miss.
    """

    owed: Vector
    paid: Vector
    least: Vector
    equity: Vector
    certified: bool
    sweeps: int

    @property
    def unpaid(self) -> Vector:
        """What each debtor leaves unpaid."""
        return self.owed - self.paid


def clear(
    owed: Owed, *, keep_external: float = 1.0, keep_claims: float = 1.0, tolerance: float = 1e-9
) -> Clearing:
    """Greatest and least clearing vector.

    Args:
        keep_external, keep_claims: shares of money and of claims that a liquidation keeps
            (alpha and beta of Rogers and Veraart), in [0, 1]; 1 = Eisenberg and Noe.
        tolerance: in the unit of money; also what "equal" means in the certificate.
    """
    total = owed.total
    still = 1e-12 * float(np.max(total, initial=1.0))

    def onward(payment: Vector) -> Vector:
        claims = owed.received(payment)
        # a hair of slack: who can pay in full must not default by a rounding error
        solvent = owed.external + claims >= total - still
        left = keep_external * np.maximum(owed.external, 0.0) + keep_claims * claims
        left += np.minimum(owed.external, 0.0)
        return np.where(solvent, total, np.clip(left, 0.0, total))

    most, least = total, np.zeros_like(total)
    sweeps = 0
    certified = both_stand = stands = False
    while not (certified or both_stand) and sweeps < _SWEEPS:
        sweeps += 1
        next_most, next_least = onward(most), onward(least)
        stands = bool(np.all(most - next_most <= still))
        both_stand = stands and bool(np.all(next_least - least <= still))
        most, least = next_most, next_least
        certified = bool(np.all(most - least <= tolerance))
    if not (certified or stands):
        raise ArithmeticError("payments did not settle from above")
    return Clearing(
        owed=total,
        paid=most,
        least=least,
        equity=owed.external + owed.received(most) - total,
        certified=certified,
        sweeps=sweeps,
    )


def fictitious_default(
    owed: Owed, *, keep_external: float = 1.0, keep_claims: float = 1.0
) -> Vector:
    """The greatest clearing vector by solving for the defaulters, exact in at most n rounds.

    For small circles (dense algebra); `owed.external` must not be negative.
    """
    if np.any(owed.external < 0):
        raise ValueError("fictitious default needs external money of zero or more")
    total = owed.total
    dense = owed.matrix.toarray()
    share = np.divide(dense, total[:, None], out=np.zeros_like(dense), where=(total > 0)[:, None])
    failed = np.zeros(len(total), dtype=bool)
    while True:
        payment = total.copy()
        if failed.any():
            among = share[np.ix_(failed, failed)].T
            fixed = share[np.ix_(~failed, failed)].T @ total[~failed]
            known = keep_external * owed.external[failed] + keep_claims * fixed
            payment[failed] = np.linalg.solve(
                np.eye(int(failed.sum())) - keep_claims * among, known
            )
        worth = owed.external + share.T @ payment
        failing = failed | (worth < total - 1e-9 * np.maximum(1.0, total))
        if np.array_equal(failing, failed):
            return payment
        failed = failing

"""Fit the numbers of a policy to what came: bounded, held near the present ones, few of them.

The likelihood is that of every debtor by itself (composite: what one failure does to others is in
its chance, not in a joint one), and every number is held near its present value by the spread that
the rules state, so that where nothing happened nothing moves.  Steps are those of Fisher's scoring,
each a bounded least-squares problem.  Because failures draw one another along, errors come from
worlds of the fitted policy itself: how much the score of the likelihood varies when the same
district is lived through again (Godambe's sandwich).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import lsq_linear

from queries.risk.calibration.chances import Foretold, foretell, joint_outcomes, slopes
from queries.risk.calibration.cohort import Cohort
from queries.risk.calibration.parameters import (
    most_of,
    parameters_of,
    place_on_scale,
    value_on_scale,
    with_values,
)
from queries.risk.calibration.rules import CalibrationRules
from queries.risk.policy import Policy

__all__ = ["Fitted", "FittedValue", "fit"]

_ROUNDS = 12
_SETTLED = 1e-3
#: Worlds of the fitted policy from which errors are read; they are right within a tenth.
_LIVED = 300
_SEED = 20260401
_FEELS = 1e-6
_MORE = 0.5
_Z = 1.959964


@dataclass(frozen=True)
class FittedValue:
    """One number of the policy.

    Attributes:
        low, high: where it lies, in 95 of a hundred such districts; None where it was not fitted.
        defaults: how many of those whose chance follows it failed.
        why_not: why it stays as it is, empty where it was fitted.
    """

    name: str
    before: float
    value: float
    low: float | None
    high: float | None
    defaults: int
    why_not: str


@dataclass(frozen=True)
class Fitted:
    """The policy with other numbers, and each of them."""

    policy: Policy
    values: tuple[FittedValue, ...]
    rounds: int


def fit(cohorts: Sequence[Cohort], policy: Policy, rules: CalibrationRules) -> Fitted:
    """Fit to what came of some cohorts; deterministic."""
    before = parameters_of(policy)
    felt = _felt(cohorts, policy, before)
    least = rules.least.defaults_of_a_parameter
    names = [name for name in before if felt[name] >= least]
    if not names:
        kept = tuple(_kept(name, before[name], felt[name], least) for name in before)
        return Fitted(policy, kept, 0)
    likelihood = _Likelihood(cohorts, policy, names, before, rules)
    at, rounds = likelihood.maximise()
    errors = likelihood.errors(at)
    values = dict(zip(names, likelihood.values(at).values(), strict=True))
    found = []
    for name, value in before.items():
        if name not in values:
            found.append(_kept(name, value, felt[name], least))
            continue
        place, error = at[names.index(name)], errors[names.index(name)]
        low, high = (
            min(place_on_scale(name, place + side * _Z * error), most_of(name)) for side in (-1, 1)
        )
        found.append(FittedValue(name, value, values[name], low, high, felt[name], ""))
    return Fitted(with_values(policy, values), tuple(found), rounds)


def _kept(name: str, value: float, defaults: int, least: int) -> FittedValue:
    why = f"只有 {defaults} 起违约与它有关，不足 {least} 起，维持现行值"
    return FittedValue(name, value, value, None, None, defaults, why)


def _felt(cohorts: Sequence[Cohort], policy: Policy, values: Mapping[str, float]) -> dict[str, int]:
    """Of every number, how many of those whose chance follows it failed."""
    felt = dict.fromkeys(values, 0)
    for cohort in cohorts:
        failed = cohort.parties[cohort.defaulted]
        before = foretell(cohort.snapshot, policy).together[failed]

        waiting = [list(values)]
        while waiting:
            names = waiting.pop()
            # more of each: what moves one way can not cancel out
            more = with_values(policy, {name: _more(name, values[name]) for name in names})
            now = foretell(cohort.snapshot, more).together[failed]
            who = np.abs(now - before) > _FEELS
            if len(names) == 1:
                felt[names[0]] += int(who.sum())
            elif who.any():
                # most numbers of a policy touch nobody: they are left out together
                half = len(names) // 2
                waiting += [names[:half], names[half:]]
    return felt


def _more(name: str, value: float) -> float:
    moved = min(place_on_scale(name, value_on_scale(name, value) + _MORE), most_of(name))
    # what stands at its bound already is looked at from below
    return moved if moved > value else place_on_scale(name, value_on_scale(name, value) - _MORE)


class _Likelihood:
    """The penalised likelihood of the numbers `names`, on their scales."""

    def __init__(
        self,
        cohorts: Sequence[Cohort],
        policy: Policy,
        names: Sequence[str],
        before: Mapping[str, float],
        rules: CalibrationRules,
    ) -> None:
        self._cohorts, self._policy, self._names = cohorts, policy, list(names)
        self._start = np.array([value_on_scale(name, before[name]) for name in names])
        spread = np.array([rules.spread.of(name) for name in names])
        self._held = 1 / spread
        ends = np.array([value_on_scale(n, m) if np.isfinite(m := most_of(n)) else np.inf
                         for n in names])  # fmt: skip
        reach = rules.spread.bound * spread
        self._low, self._high = self._start - reach, np.minimum(self._start + reach, ends)

    def values(self, at: NDArray[np.float64]) -> dict[str, float]:
        """The numbers at a place."""
        return {n: place_on_scale(n, float(x)) for n, x in zip(self._names, at, strict=True)}

    def maximise(self) -> tuple[NDArray[np.float64], int]:
        """The place where it is greatest, and in how many rounds it was found."""
        at = np.clip(self._start, self._low, self._high)
        worst = self._lack(at)
        for done in range(1, _ROUNDS + 1):
            step = self._step(at)
            # a step that overshoots is halved
            for _ in range(6):
                there = np.clip(at + step, self._low, self._high)
                lack = self._lack(there)
                if lack <= worst:
                    break
                step = step / 2
            else:
                return at, done
            moved = float(np.max(np.abs(there - at)))
            at, worst = there, lack
            if moved < _SETTLED:
                return at, done
        return at, _ROUNDS

    def errors(self, at: NDArray[np.float64]) -> NDArray[np.float64]:
        """Standard error of every number on its scale."""
        size = len(self._names)
        held = np.diag(self._held**2)
        bend, varies = held.copy(), held.copy()
        generator = np.random.default_rng(_SEED)
        for cohort in self._cohorts:
            foretold = self._foretold(cohort, at)
            chance = _kept_off_the_ends(foretold.together[cohort.parties])
            slope = self._slopes(cohort, at)
            scored = slope / (chance * (1 - chance))[:, None]
            bend += scored.T @ slope
            lived = joint_outcomes(foretold, _LIVED, generator)[:, cohort.parties]
            varies += np.atleast_2d(np.cov((lived - chance) @ scored, rowvar=False)).reshape(
                size, size
            )
        back = np.linalg.inv(bend)
        return np.asarray(np.sqrt(np.diag(back @ varies @ back)))

    def _step(self, at: NDArray[np.float64]) -> NDArray[np.float64]:
        """Fisher's step within the bounds: the least-squares problem that has it as answer."""
        rows, wanted = [np.diag(self._held)], [self._held * (self._start - at)]
        for cohort in self._cohorts:
            chance = _kept_off_the_ends(self._foretold(cohort, at).together[cohort.parties])
            root = np.sqrt(chance * (1 - chance))
            rows.append(self._slopes(cohort, at) / root[:, None])
            wanted.append((cohort.defaulted - chance) / root)
        # a bound that is reached still leaves a way of some width: the solver wants one
        low, high = self._low - at - 1e-9, self._high - at + 1e-9
        found = lsq_linear(np.concatenate(rows), np.concatenate(wanted), (low, high))
        return np.asarray(found.x)

    def _lack(self, at: NDArray[np.float64]) -> float:
        """What is to be least: the negative logarithm of the penalised likelihood."""
        lack = 0.5 * float(np.sum((self._held * (at - self._start)) ** 2))
        for cohort in self._cohorts:
            chance = _kept_off_the_ends(self._foretold(cohort, at).together[cohort.parties])
            lack -= float(np.sum(np.log(np.where(cohort.defaulted, chance, 1 - chance))))
        return lack

    def _foretold(self, cohort: Cohort, at: NDArray[np.float64]) -> Foretold:
        return foretell(cohort.snapshot, with_values(self._policy, self.values(at)))

    def _slopes(self, cohort: Cohort, at: NDArray[np.float64]) -> NDArray[np.float64]:
        return slopes(
            cohort.snapshot, self._policy, self.values(at), self._names, cohort.parties
        )  # fmt: skip


def _kept_off_the_ends(chance: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.clip(chance, 1e-9, 1 - 1e-9)

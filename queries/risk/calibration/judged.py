"""How a policy did in a year that it foretold, and whether its values may be called probabilities."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydantic import computed_field

from graph.log_view import AnyLog
from queries.risk.calibrated import Calibrated
from queries.risk.calibration import measures
from queries.risk.calibration.chances import foretell
from queries.risk.calibration.cohort import Cohort
from queries.risk.calibration.groups import GroupRow, group_rows
from queries.risk.calibration.measures import Bin, Discrimination
from queries.risk.calibration.rules import CalibrationRules
from queries.risk.policy import Policy

__all__ = ["Judged", "LinkedSplit", "calibrated_by", "judge"]


@dataclass(frozen=True)
class LinkedSplit:
    """Debtors without any adverse fact of their own: with something linked, and with nothing."""

    linked: Bin
    unlinked: Bin


@dataclass(frozen=True)
class Judged:
    """How a policy did in the year that judges.

    Attributes:
        auc, auc_own: with what is linked, and by own facts alone; `lift` is the difference.
        split: what being linked says of those without a record; None where nobody is linked.
        psi: of the chances against those of the year before; None without one.
        overall: all debtors as one part.
    """

    policy: str
    auc: Discrimination
    auc_own: Discrimination
    lift: Discrimination
    ks: float
    brier: float
    log_loss: float
    overall: Bin
    bins: tuple[Bin, ...]
    curve: tuple[tuple[float, float], ...]
    split: LinkedSplit | None
    psi: float | None
    groups: tuple[GroupRow, ...]

    @computed_field
    @property
    def why_no_probability(self) -> str | None:
        """Why its values are no probabilities yet; None where they may be called so."""
        if not self.overall.agrees:
            return (
                f"预测平均 {self.overall.foretold:.2%}，实际 {self.overall.observed:.2%}"
                f"（95% 区间 {self.overall.low:.2%} 至 {self.overall.high:.2%}），总体水平不符"
            )
        off = [str(n) for n, part in enumerate(self.bins, 1) if not part.agrees]
        # one part in twenty is off by chance alone
        if len(off) > 1:
            return f"第 {'、'.join(off)} 组的预测在实际违约率的区间之外"
        if self.auc.low <= 0.5:
            return f"区分能力未能证明：AUC {self.auc.value:.3f}，区间下端 {self.auc.low:.3f}"
        return None


def judge(
    log: AnyLog,
    cohort: Cohort,
    earlier: list[Cohort],
    policy: Policy,
    rules: CalibrationRules,
) -> Judged:
    """How a policy foretells a year.  Raises `ValueError` unless some failed and some did not."""
    told = foretell(cohort.snapshot, policy)
    chances, alone = told.together[cohort.parties], told.alone[cohort.parties]
    failed = cohort.defaulted
    before = None
    if earlier:
        before = foretell(earlier[-1].snapshot, policy).together[earlier[-1].parties]
    return Judged(
        policy.name if policy.hash else policy.version,
        measures.discrimination(chances, failed),
        measures.discrimination(alone, failed),
        measures.gain(chances, alone, failed),
        measures.separation(chances, failed),
        measures.brier(chances, failed),
        measures.log_loss(chances, failed),
        measures.reliability(chances, failed, 1)[0],
        measures.reliability(chances, failed),
        tuple(measures.curve(chances, failed)),
        _split(told.own[cohort.parties], told.linked[cohort.parties], chances, failed),
        None if before is None else measures.psi(before, chances),
        group_rows(log, cohort, chances, rules.least.parties_of_a_group),
    )


def _split(
    own: NDArray[np.float64],
    linked: NDArray[np.float64],
    chances: NDArray[np.float64],
    failed: NDArray[np.bool_],
) -> LinkedSplit | None:
    clean, reached = own == 0, linked > 0
    if not (clean & reached).any() or not (clean & ~reached).any():
        return None
    with_it, without = (
        measures.reliability(chances[among], failed[among], 1)[0]
        for among in (clean & reached, clean & ~reached)
    )
    return LinkedSplit(with_it, without)


def calibrated_by(
    judged: Judged, last: Cohort, earlier: list[Cohort], rules: CalibrationRules
) -> Calibrated | None:
    """What a policy may say of its calibration; None where its values are no probabilities."""
    if judged.why_no_probability:
        return None
    return Calibrated(
        scored_on=last.scored_on,
        until=last.until,
        fitted_to=tuple(cohort.scored_on for cohort in earlier),
        parties=len(last.parties),
        defaults=last.defaults,
        foretold=round(judged.overall.foretold, 6),
        auc=round(judged.auc.value, 6),
        in_default=rules.default.seeds,
    )

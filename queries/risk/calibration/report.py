"""A policy held against what came: which years, how well, and what it would be after it.

The last year that is over is foretold by what was known before it began and judges; earlier ones,
whose outcomes were known by then, are what the numbers are fitted to.  So no number is judged by
what it was fitted to.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray

from graph.errors import NotFoundError
from graph.log import FactLog
from queries.basis import Basis
from queries.risk.calibrated import Calibrated
from queries.risk.calibration import measures
from queries.risk.calibration.chances import foretell
from queries.risk.calibration.cohort import Cohort, gather_cohort, months_after
from queries.risk.calibration.fit import FittedValue, fit
from queries.risk.calibration.groups import GroupRow, group_rows
from queries.risk.calibration.measures import Bin, Discrimination
from queries.risk.calibration.parameters import with_values
from queries.risk.calibration.rules import CalibrationRules, load_rules
from queries.risk.policy import Policy

__all__ = ["Calibration", "Judged", "LinkedSplit", "Year", "calibrate", "calibrated_by", "judge"]

#: Years back that are looked at: older ones tell of another district.
_YEARS = 5


@dataclass(frozen=True)
class Year:
    """Debtors of one day, counted; `role` is fitted (拟合) or judged by (检验)."""

    scored_on: date
    until: date
    parties: int
    defaults: int
    in_default: int
    unknown: int
    role: str


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

    @property
    def why_no_probability(self) -> str:
        """Why its values are no probabilities yet; empty where they may be called so."""
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
        return ""


@dataclass(frozen=True)
class Calibration:
    """What the past says of a policy.

    Attributes:
        present, fitted: how the policy in force did, and the fitted one; None where not judged.
        values: every number of the policy, fitted or kept.
        proposed: a policy to put forward; None where there is none.
        why_not: why nothing is judged, fitted or proposed, each in Chinese with what to do.
    """

    policy: Policy
    years: tuple[Year, ...]
    present: Judged | None
    fitted: Judged | None
    values: tuple[FittedValue, ...]
    proposed: Policy | None
    why_not: tuple[str, ...]
    rules: CalibrationRules
    basis: Basis

    def text(self) -> str:
        """The proposed policy as a file, to be read and put forward; empty for none."""
        if self.proposed is None:
            return ""
        told = self.proposed.model_dump(mode="json", exclude={"hash"}, exclude_defaults=True)
        return yaml.safe_dump(told, allow_unicode=True, sort_keys=False, width=120)

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready form."""
        return {
            "policy": self.policy.name,
            "years": [{**asdict(year), "scored_on": year.scored_on.isoformat(),
                       "until": year.until.isoformat()} for year in self.years],
            "present": _told(self.present),
            "fitted": _told(self.fitted),
            "values": [asdict(value) for value in self.values],
            "why_not": list(self.why_not),
            "proposed": self.text() or None,
            "rules": self.rules.model_dump(mode="json"),
            "basis": self.basis.as_dict(),
        }  # fmt: skip


def _told(judged: Judged | None) -> dict[str, Any] | None:
    if judged is None:
        return None
    return {
        **asdict(judged),
        "bins": [{**asdict(part), "agrees": part.agrees} for part in judged.bins],
        "groups": [{**asdict(row), "agrees": row.agrees} for row in judged.groups],
        "why_no_probability": judged.why_no_probability or None,
    }


def calibrate(
    log: FactLog,
    day: date,
    known_at: datetime,
    policy: Policy,
    rules: CalibrationRules | None = None,
) -> Calibration:
    """Hold a policy against the years that were over by `day`; deterministic, and changes nothing."""
    chosen = rules or load_rules()
    batches = [batch for batch in log.batches() if batch.known_at <= known_at]
    cohorts = _cohorts(log, day, known_at, chosen)
    why_not: list[str] = []
    years = tuple(
        Year(c.scored_on, c.until, len(c.parties), c.defaults, c.in_default, c.unknown,
             "检验" if place == len(cohorts) - 1 else "拟合")
        for place, c in enumerate(cohorts)
    )  # fmt: skip
    present = fitted = proposed = None
    values: tuple[FittedValue, ...] = ()
    least = chosen.least
    if not cohorts:
        first = f"最早的资料于 {batches[0].known_at:%Y-%m-%d} 接收" if batches else "库中还没有资料"
        why_not.append(
            f"{first}，而检验要看当时已知的情况和其后 {chosen.horizon_months} 个月的结果。"
            f"请继续按月报送贷款状态，满 {chosen.horizon_months} 个月后再测算。"
        )
    elif cohorts[-1].defaults < least.defaults_to_measure:
        why_not.append(
            f"{cohorts[-1].scored_on} 在贷的 {len(cohorts[-1].parties)} 户，其后一年知道违约的只有 "
            f"{cohorts[-1].defaults} 起，不足 {least.defaults_to_measure} 起，不作检验：{least.reason}。"
            "请联合邻近区县或等下一年，并补齐贷款的逾期天数和五级分类。"
        )
    elif cohorts[-1].defaults == len(cohorts[-1].parties):
        why_not.append("没有一户是未违约的，分不出好坏，请先补齐正常贷款的状态。")
    else:
        last, earlier = cohorts[-1], cohorts[:-1]
        present = judge(log, last, earlier, policy, chosen)
        known = sum(cohort.defaults for cohort in earlier)
        after = policy
        if known < least.defaults_to_fit:
            why_not.append(
                f"检验年之前各年的违约共 {known} 起，不足 {least.defaults_to_fit} 起，不拟合参数；"
                "参数只能用检验年之前的结果来定，否则就是拿答案核对答案。满一年后再测算。"
            )
        else:
            found = fit(earlier, policy, chosen)
            values = found.values
            moved = {one.name: round(one.value, 6) for one in values if not one.why_not}
            # judged as it would be put forward, to the last digit
            after = with_values(policy, moved, note=f"按 {earlier[0].scored_on} 以来的违约")
            fitted = judge(log, last, earlier, after, chosen)
        said = calibrated_by(fitted or present, last, earlier if fitted else [], chosen)
        if fitted is not None or said != policy.calibration:
            version = f"{policy.version.split('+')[0]}+{day:%Y%m%d}"
            proposed = after.model_copy(
                update={"version": version, "calibration": said, "hash": ""}
            )
    head = Basis(
        day, known_at, batches[-1].position if batches else 0, policy=policy.name, rules=chosen.name
    )
    return Calibration(
        policy, years, present, fitted, values, proposed, tuple(why_not), chosen, head
    )


def _cohorts(log: FactLog, day: date, known_at: datetime, rules: CalibrationRules) -> list[Cohort]:
    """Those of the years that are over, oldest first."""
    found: list[Cohort] = []
    for back in range(1, _YEARS + 1):
        scored_on = months_after(day, -back * rules.horizon_months)
        try:
            # what an earlier year came to is what was known when the year that judges began
            at = known_at if back == 1 else min(known_at, _began(found[0]))
            cohort = gather_cohort(log, scored_on, at, rules)
        except NotFoundError:
            break
        if not len(cohort.parties):
            break
        found.insert(0, cohort)
    return found


def _began(cohort: Cohort) -> datetime:
    return cohort.snapshot.known_at


def judge(
    log: FactLog,
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
        policy.name,
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

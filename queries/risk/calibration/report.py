"""A policy held against what came: which years, how well, and what it would be after it.

The last year that is over is foretold by what was known before it began and judges; earlier ones,
whose outcomes were known by then, are what the numbers are fitted to.  So no number is judged by
what it was fitted to.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

import yaml
from pydantic import PlainSerializer

from graph.errors import NotFoundError
from graph.log import Batch
from graph.log_view import AnyLog
from graph.time import day_of, months_after
from queries.basis import Basis
from queries.risk.calibration.cohort import Cohort, gather_cohort
from queries.risk.calibration.fit import FittedValue, fit
from queries.risk.calibration.judged import Judged, calibrated_by, judge
from queries.risk.calibration.parameters import with_values
from queries.risk.calibration.rules import CalibrationRules, load_rules
from queries.risk.policy import Policy
from queries.visible import as_view

__all__ = ["Calibration", "Year", "calibrate"]

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


def _name_of(policy: Policy) -> str:
    return policy.name


def _text_of(policy: Policy | None) -> str | None:
    if policy is None:
        return None
    told = policy.model_dump(mode="json", exclude={"hash"}, exclude_defaults=True)
    return yaml.safe_dump(told, allow_unicode=True, sort_keys=False, width=120)


@dataclass(frozen=True)
class Calibration:
    """What the past says of a policy.

    Attributes:
        present, fitted: how the policy in force did, and the fitted one; None where not judged.
        values: every number of the policy, fitted or kept.
        proposed: a policy to put forward; None where there is none.
        why_not: why nothing is judged, fitted or proposed, each in Chinese with what to do.
    """

    policy: Annotated[Policy, PlainSerializer(_name_of, return_type=str)]
    years: tuple[Year, ...]
    present: Judged | None
    fitted: Judged | None
    values: tuple[FittedValue, ...]
    proposed: Annotated[Policy | None, PlainSerializer(_text_of, return_type=str | None)]
    why_not: tuple[str, ...]
    rules: CalibrationRules
    basis: Basis

    def text(self) -> str:
        """The proposed policy as a file, to be read and put forward; empty for none."""
        return _text_of(self.proposed) or ""


def calibrate(
    log: AnyLog,
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
    if refused := _why_not_judged(batches, cohorts, chosen):
        why_not.append(refused)
    else:
        last, earlier = cohorts[-1], cohorts[:-1]
        present = judge(log, last, earlier, policy, chosen)
        known = sum(cohort.defaults for cohort in earlier)
        after, version = policy, f"{policy.version.split('+')[0]}+{day:%Y%m%d}"
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
            after = after.model_copy(update={"version": version, "hash": ""})
            fitted = judge(log, last, earlier, after, chosen)
        said = calibrated_by(fitted or present, last, earlier if fitted else [], chosen)
        if fitted is not None or said != policy.calibration:
            proposed = after.model_copy(
                update={"version": version, "calibration": said, "hash": ""}
            )
    head = Basis(
        day,
        known_at,
        batches[-1].position if batches else 0,
        policy=policy.name,
        rules=chosen.name,
        scope=as_view(log).scope,
        head=batches[-1].hash if batches else "",
    )
    return Calibration(
        policy, years, present, fitted, values, proposed, tuple(why_not), chosen, head
    )


def _cohorts(log: AnyLog, day: date, known_at: datetime, rules: CalibrationRules) -> list[Cohort]:
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


def _why_not_judged(batches: list[Batch], cohorts: list[Cohort], rules: CalibrationRules) -> str:
    """Why no year can judge, and what to do; empty where one can."""
    months, least = rules.horizon_months, rules.least
    if not cohorts:
        first = f"最早的资料于 {day_of(batches[0].known_at)} 接收" if batches else "库中还没有资料"
        return (
            f"{first}，而检验要看当时已知的情况和其后 {months} 个月的结果。"
            f"请继续按月报送贷款状态，满 {months} 个月后再测算。"
        )
    last = cohorts[-1]
    if last.defaults < least.defaults_to_measure:
        return (
            f"{last.scored_on} 在贷的 {len(last.parties)} 户，其后一年知道违约的只有 "
            f"{last.defaults} 起，不足 {least.defaults_to_measure} 起，不作检验：{least.reason}。"
            "请联合邻近区县或等下一年，并补齐贷款的逾期天数和五级分类。"
        )
    if last.defaults == len(last.parties):
        return "没有一户是未违约的，分不出好坏。请先补齐正常贷款的状态。"
    return ""

"""Debtors of one day, as they were known then, and what came of them in the months after.

The score of that day is made from what was known on it and no later; what came is read as it is
known today.  A debtor is measured who had a loan on that day and was not known to be in default;
who was is no forecast.  A debtor of whose loans nobody spoke near the end of the months is left
out and counted: unknown is not paid.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from graph.log_view import AnyLog
from graph.snapshot import Snapshot, take_snapshot
from graph.time import end_of_day, months_after
from queries.risk.calibration.default import came_to_default, open_debts, told_to_the_end
from queries.risk.calibration.rules import CalibrationRules
from queries.visible import as_view

__all__ = ["Cohort", "gather_cohort"]


@dataclass(frozen=True, eq=False)
class Cohort:
    """Debtors who were measured.

    Attributes:
        scored_on, until: the day of the score, and the last day on which default was looked for.
        snapshot: what was known on the first to be true on it.
        parties: numbers of the measured in the snapshot.
        defaulted: whether each came to be in default.
        in_default, unknown: how many were left out: known to be in default already, and of whose
            loans nobody says how they went on.
    """

    scored_on: date
    until: date
    snapshot: Snapshot
    parties: NDArray[np.int64]
    defaulted: NDArray[np.bool_]
    in_default: int
    unknown: int

    @property
    def defaults(self) -> int:
        """How many came to be in default."""
        return int(self.defaulted.sum())


def gather_cohort(
    log: AnyLog, scored_on: date, known_at: datetime, rules: CalibrationRules
) -> Cohort:
    """The debtors of a day and what is known of them at `known_at`.

    Raises `NotFoundError` where nothing was known by that day.
    """
    until, view = months_after(scored_on, rules.horizon_months), as_view(log)
    then = take_snapshot(view, scored_on, min(end_of_day(scored_on), known_at))
    now = take_snapshot(view, until, known_at)
    had = open_debts(then, rules)
    debtors = np.unique(had["party"].to_numpy())
    already = np.unique(had.filter(had["bad"])["party"].to_numpy())
    watched = debtors[~np.isin(debtors, already)]
    # whom a later judgement found to be another is followed under the key of today
    today: dict[str, list[int]] = defaultdict(list)
    keys = then.keys.take(pa.array(watched)).to_pylist()
    for number, key in zip(watched.tolist(), keys, strict=True):
        today[now.redirects.get(key, key)].append(number)
    came = came_to_default(log, now, today, scored_on, until, known_at, rules)
    open_then = had["party"].to_numpy()[np.isin(had["party"].to_numpy(), watched)]
    loans_then = had.filter(pc.is_in(had["party"], value_set=pa.array(watched)))["loan"]
    told = told_to_the_end(now, until, rules)
    untold = open_then[
        ~np.asarray(pc.is_in(loans_then, value_set=told).to_numpy(zero_copy_only=False), bool)
    ]
    failed = np.isin(watched, came)
    known = failed | ~np.isin(watched, untold)
    return Cohort(
        scored_on, until, then, watched[known], failed[known], len(already), int((~known).sum())
    )  # fmt: skip

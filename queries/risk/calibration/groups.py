"""Whether a policy foretells alike for all: by sex, age band and village.

Sex and age are read for this report and nothing else.  Groups too small to say anything, or so
small that they would tell of persons, are put together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from graph.log_view import AnyLog
from queries.eligibility.decisions.decide import age_band
from queries.eligibility.facts.gather import gather
from queries.eligibility.facts.records import records_from_log
from queries.rate_interval import rate_interval
from queries.risk.calibration.cohort import Cohort
from queries.risk.calibration.measures import Bin

__all__ = ["OTHERS", "UNKNOWN", "GroupRow", "group_rows"]

UNKNOWN, OTHERS = "未知", "其他"
_UNIT = "单位"


@dataclass(frozen=True)
class GroupRow(Bin):
    """Debtors of one sex, age band or village, whatever their chances."""

    by: str
    value: str


def group_rows(
    log: AnyLog, cohort: Cohort, chances: NDArray[np.float64], least: int
) -> tuple[GroupRow, ...]:
    """Every group of the measured; `chances` in their order, `least` debtors to a group."""
    snapshot = cohort.snapshot
    keys = snapshot.keys.take(pa.array(cohort.parties))
    records = records_from_log(log, snapshot.as_of, snapshot.known_at)
    gathered = gather(records, keys, facts=["age", "village"])
    persons = records.certain("Person").select(["key", "sex"])
    sexes = dict(zip(persons["key"].to_pylist(), persons["sex"].to_pylist(), strict=True))
    sorts: dict[str, list[str]] = {"sex": [], "age_band": [], "village": []}
    for place, key in enumerate(keys.to_pylist()):
        age = gathered.told["age"].column.value(place)
        village = gathered.told["village"].column.value(place)
        without = UNKNOWN if key in sexes else _UNIT
        sorts["sex"].append(sexes.get(key) or without)
        sorts["age_band"].append(without if age is None else age_band(int(age)))
        sorts["village"].append(str(village or UNKNOWN))
    rows: list[GroupRow] = []
    for by, values in sorts.items():
        rows += _rows(by, values, chances, cohort.defaulted, least)
    return tuple(rows)


def _rows(
    by: str,
    values: Sequence[str],
    chances: NDArray[np.float64],
    failed: NDArray[np.bool_],
    least: int,
) -> list[GroupRow]:
    named, number, counts = np.unique(np.array(values, object).astype(str), return_inverse=True,
                                      return_counts=True)  # fmt: skip
    small = counts < least
    merged = np.where(small[number], OTHERS, named[number])
    rows = []
    for value in sorted(set(merged.tolist()), key=lambda name: (name == OTHERS, name)):
        among = merged == value
        # what is left over alone would still be the small group
        if value == OTHERS and among.sum() < least:
            continue
        count, defaults = int(among.sum()), int(failed[among].sum())
        low, high = rate_interval(defaults, count)
        rows.append(GroupRow(count, defaults, float(chances[among].mean()),
                             defaults / count, low, high, by, value))  # fmt: skip
    return rows

"""What is likely to be lent, and to whom it is likely to be of use: many parties as arrays.

Used to put a visit sheet in order, and shown nowhere: an amount rests on income and debts, which
are shown once their owner has consented.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from queries.eligibility.facts.column import Column
from queries.eligibility.facts.fact_column import FactColumn
from queries.eligibility.rules.amount import AmountRule, Capacity, CapBy, Flat, ShareOf
from queries.eligibility.rules.product import Version

__all__ = ["at_most_fen", "farming", "in_time"]

Numbers = NDArray[np.float64]

#: What one farms, seen before any visit; nothing of it needs a consent.
_FARMED = ("contracted_land_mu", "orchard_mu", "animals")


def at_most_fen(rule: AmountRule, columns: Mapping[str, Column], parties: int) -> Numbers:
    """The most that may be lent to each, as far as is known, as `AmountRule.apply` has it for one;
    NaN where nothing is."""
    least = np.full(parties, np.inf)
    for term in rule.least_of:
        found = _term(term, columns, parties)
        least = np.where(np.isnan(found), least, np.minimum(least, found))
    rounded = np.floor(least / rule.round_to_fen) * rule.round_to_fen
    return np.where(np.isinf(least), np.nan, rounded)


def farming(columns: Mapping[str, Column], parties: int) -> NDArray[np.int8]:
    """How sure it is that each farms: 2 said so, 1 has land, trees or animals, 0 nobody says."""
    seen = np.zeros(parties, np.int8)
    for name in _FARMED:
        if (column := columns.get(name)) is not None:
            seen[column.known & (column.values > 0)] = 1
    said = columns.get("is_farmer")
    if said is not None:
        seen[said.known & said.values.astype(bool)] = 2
        seen[said.known & ~said.values.astype(bool)] = 0
    return seen


def in_time(
    version: Version, columns: Mapping[str, Column], told: Mapping[str, FactColumn], as_of: date
) -> dict[str, Column]:
    """The columns as a product takes them: what is too old for it says nothing."""
    found = dict(columns)
    for name, days in version.fresh_days.items():
        if name not in found or name not in told:
            continue
        stated = _stated_on(told[name])
        with np.errstate(invalid="ignore"):
            old = stated < np.datetime64(as_of) - np.timedelta64(days, "D")
        column = found[name]
        found[name] = Column(column.spec, column.values, column.known & ~old)
    return found


def _stated_on(told: FactColumn) -> NDArray[np.datetime64]:
    """The day of each party's statement; not a time where it has none."""
    days = np.full(len(told.rows), np.datetime64("NaT"), "datetime64[D]")
    for place, origin in enumerate(told.origins):
        speaks = np.flatnonzero((told.which == place) & (told.rows >= 0))
        if origin.rows is not None and len(speaks):
            rows = pa.array(told.rows[speaks])
            stated = origin.rows.stated(origin.read.used()).take(rows)
            days[speaks] = np.asarray(stated.to_numpy(zero_copy_only=False), "datetime64[D]")
    return days


def _term(
    term: CapBy | Flat | ShareOf | Capacity, columns: Mapping[str, Column], parties: int
) -> Numbers:
    if isinstance(term, Flat):
        return np.full(parties, float(term.cap_fen))
    if isinstance(term, CapBy):
        column = columns.get(term.cap_by)
        if column is None:
            return np.full(parties, np.nan)
        caps = np.array([float(term.caps_fen.get(code, 0)) for code in column.spec.values])
        return np.where(column.known, caps[np.where(column.known, column.values, 0)], np.nan)
    if isinstance(term, ShareOf):
        total, whole = _sum({term.share_of: term.times}, columns, parties)
        less, known = _sum(dict.fromkeys(term.less, 1.0), columns, parties)
        return np.where(whole & known, np.maximum(0.0, np.rint(total) - less), np.nan)
    comes, whole = _sum(term.surplus.plus, columns, parties)
    goes, _ = _sum(term.surplus.minus, columns, parties)
    found = np.where(whole, np.maximum(0.0, np.rint(comes - goes)), np.nan)
    kind = columns.get("party_kind")
    if not term.for_whom or kind is None:
        return found
    meant = np.array([code in term.for_whom for code in kind.spec.values])
    other = kind.known & ~meant[np.where(kind.known, kind.values, 0)]
    return np.where(other, np.nan, found)


def _sum(
    times: Mapping[str, float], columns: Mapping[str, Column], parties: int
) -> tuple[Numbers, NDArray[np.bool_]]:
    """The sums that are known, each so many times, and of whom all are."""
    total, whole = np.zeros(parties), np.ones(parties, bool)
    for name, often in times.items():
        column = columns.get(name)
        if column is None:
            whole[:] = False
            continue
        total += np.where(column.known, column.values, 0) * often
        whole &= column.known
    return total, whole

"""Apply a version of a product to many parties at once: every condition of each, as arrays.

A column holds one fact of all parties.  Verdicts are int8 in Kleene's order (0 不符合, 1 待补充,
2 符合), so that `all` is the least, `any` the greatest and `not` the mirror image.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from queries.eligibility.facts.column import Column
from queries.eligibility.rules.condition import AllOf, AnyOf, Comes, Leaf, Not, Test
from queries.eligibility.rules.product import Version
from queries.eligibility.verdict import Verdict

__all__ = ["VERDICTS", "Sheet", "evaluate_columns"]

#: Verdict of each code.
VERDICTS = (Verdict.NOT_MET, Verdict.UNKNOWN, Verdict.MET)

Codes = NDArray[np.int8]


@dataclass(frozen=True, eq=False)
class Sheet:
    """Verdicts of many parties.

    Attributes:
        conditions: one row a condition, one column a party.
        overall: of the hard ones together.
    """

    version: Version
    conditions: Codes
    overall: Codes

    def verdict(self, party: int) -> Verdict:
        """The whole verdict of one party."""
        return VERDICTS[self.overall[party]]


def evaluate_columns(version: Version, columns: Mapping[str, Column], parties: int) -> Sheet:
    """Check every condition for all `parties`; a fact without a column is unknown to all."""
    conditions = np.empty((len(version.conditions), parties), np.int8)
    overall = np.full(parties, 2, np.int8)
    for place, item in enumerate(version.conditions):
        conditions[place] = _codes(item.test, columns, parties)
        if item.hard:
            np.minimum(overall, conditions[place], out=overall)
    return Sheet(version, conditions, overall)


def _codes(test: Test, columns: Mapping[str, Column], parties: int) -> Codes:
    match test:
        case AllOf():
            parts = [_codes(part, columns, parties) for part in test.all]
            return np.asarray(np.minimum.reduce(parts))
        case AnyOf():
            parts = [_codes(part, columns, parties) for part in test.any]
            return np.asarray(np.maximum.reduce(parts))
        case Not():
            return np.int8(2) - _codes(test.negated, columns, parties)
        case Comes():
            return _comes(test, columns, parties)
        case Leaf():
            column = columns.get(test.fact)
            if column is None:
                return np.ones(parties, np.int8)
            met = _met(test, column)
            if test.operator == "granted":
                return np.where(column.known & met, np.int8(2), np.int8(1)).astype(np.int8)
            # known and met: 2, known and not met: 0, unknown: 1
            return np.where(column.known, met.view(np.int8) << 1, np.int8(1)).astype(np.int8)


def _comes(test: Comes, columns: Mapping[str, Column], parties: int) -> Codes:
    """Too little is settled by what is known, enough only when all is."""
    total = np.zeros(parties)
    whole, comes_in = np.ones(parties, bool), np.ones(parties, bool)
    for name, times in test.surplus.times.items():
        column = columns.get(name)
        known = np.zeros(parties, bool) if column is None else column.known
        whole &= known
        if column is not None:
            total += np.where(known, column.values, 0) * (
                times if name in test.surplus.plus else -times
            )
        if name in test.surplus.plus:
            comes_in &= known
    enough = np.rint(total) >= test.at_least_fen
    codes = np.where(enough, np.where(whole, 2, 1), 0)
    return np.where(comes_in, codes, 1).astype(np.int8)


def _met(leaf: Leaf, column: Column) -> NDArray[np.bool_]:
    limit: Any = leaf.value
    values = column.values
    match leaf.operator:
        case "is":
            return values if limit else ~values
        case "granted":
            return values
        case "between":
            return np.asarray((values >= limit[0]) & (values <= limit[1]))
        case "at_least":
            return np.asarray(values >= limit)
        case "at_most":
            return np.asarray(values <= limit)
        case "known" | "summed":
            return np.ones(len(values), bool)
        case _:
            accepted = np.array([code in limit for code in column.spec.values], bool)
            among = accepted[values]
            return np.asarray(among if leaf.operator == "one_of" else ~among)

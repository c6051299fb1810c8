"""Whose a debt is: what an individual business owes is its operator's own (民法典 第五十六条).

An individual business has no property apart from that of who runs it: run by one person, its debts
are borne with that person's property; run by a family, or where the two cannot be told apart, with
the family's.  So a loan that either borrowed is told of both.  Only certain ties say who runs it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["operators", "told_of_both"]

_RUNS = "LEGAL_REPRESENTATIVE_OF"


def operators(
    represents: pa.Table, businesses: pa.Array | pa.ChunkedArray
) -> Mapping[str, set[str]]:
    """Key of an operator -> of the businesses, and the other way round.

    Args:
        represents: `LEGAL_REPRESENTATIVE_OF` facts of one time.
        businesses: keys of individual businesses.
    """
    whole = businesses.combine_chunks() if isinstance(businesses, pa.ChunkedArray) else businesses
    known = whole.cast(pa.string())
    certain = pc.greater_equal(represents["certainty"], 1)
    runs = represents.filter(pc.and_(certain, pc.is_in(represents["to_key"], value_set=known)))
    found: dict[str, set[str]] = defaultdict(set)
    for person, business in zip(
        *(runs[end].to_pylist() for end in ("from_key", "to_key")), strict=True
    ):
        found[person].add(business)
        found[business].add(person)
    return found


def told_of_both(borrowed: pa.Table, answers: Mapping[str, set[str]]) -> pa.Table:
    """`BORROWED` facts, each also under the key of who answers for the debt as for his own."""
    if not answers:
        return borrowed
    named = pc.is_in(borrowed["from_key"], value_set=pa.array(list(answers), pa.string()))
    rows = borrowed.filter(named).to_pylist()
    has = set(zip(borrowed["from_key"].to_pylist(), borrowed["to_key"].to_pylist(), strict=True))
    more = []
    for row in rows:
        for other in sorted(answers[row["from_key"]]):
            if (other, row["to_key"]) not in has:
                has.add((other, row["to_key"]))
                more.append({**row, "from_key": other})
    return pa.concat_tables([borrowed, pa.Table.from_pylist(more, borrowed.schema)])

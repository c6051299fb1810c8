"""Of what several sources say of one thing, the word heard last counts.

Sources overlap: a loan may stand in the file of its lender and in one of the bureau.  Only
statements with certainty 1 speak.  Among these the one known last counts (the later `known_from`,
then the later `valid_from`, then the smaller fact id), the same rule as in the questions of the
library.  So one loan is one loan: it seeds once, it is owed once, and a borrower whom newer news
clears is not held to an older adverse word of somebody else.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["last_heard"]


def last_heard(facts: pa.Table, thing: Sequence[str]) -> pa.Table:
    """The fact that counts of each thing.

    Args:
        facts: of one kind, with the columns of the log.
        thing: columns that say what a fact is about (`key` of a loan, both ends of a tie).
    """
    certain = facts.filter(pc.greater_equal(facts["certainty"], 1))
    order = [(name, "ascending") for name in thing]
    order += [("known_from", "descending"), ("valid_from", "descending"), ("fact_id", "ascending")]
    told = certain.sort_by(order)
    first = np.zeros(len(told), dtype=bool)
    first[:1] = True
    for name in thing:
        column = told[name].combine_chunks()
        here, before = column[1:], column[:-1]
        # of what is not told nothing follows but that it is not told: that is one thing as well
        differ = pc.coalesce(
            pc.not_equal(here, before), pc.not_equal(pc.is_valid(here), pc.is_valid(before))
        )
        first[1:] |= differ.to_numpy(zero_copy_only=False)
    return told.filter(pa.array(first))

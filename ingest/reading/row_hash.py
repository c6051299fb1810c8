"""Which rows are probably equal: a number of 64 bits each, equal where the rows are equal.

Equal numbers are a reason to look: what looks alike is compared as it is.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.util import hash_array

from ingest.reading.texts import TEXT

__all__ = ["row_hashes"]

_AT_ONCE = 1 << 16  # rows
_ODD = np.uint64(0x9E3779B97F4A7C15)  # keeps (a, b) and (b, a) apart


def row_hashes(rows: pd.DataFrame) -> NDArray[np.uint64]:
    """The number of each row.

    Some rows at a time: a million keys as Python's texts are 100 MB, and so is a dictionary.
    """
    found = np.zeros(len(rows), np.uint64)
    for begin in range(0, len(rows), _AT_ONCE):
        some = slice(begin, begin + _AT_ONCE)
        for name in rows:
            column = rows[name].iloc[some].values
            # hashing the distinct values alone is worth its while where they are few
            own = hash_array(column, categorize=column.dtype != TEXT)
            found[some] = found[some] * _ODD + own
    return found

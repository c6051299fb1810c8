"""Which rows are probably equal: a number of 64 bits each, equal where the rows are equal.

Equal numbers are a reason to look: what looks alike is compared as it is.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray
from pandas.util import hash_array

from ingest.reading.texts import TEXT, arrow_texts

__all__ = ["row_hashes"]

_AT_ONCE = 1 << 16  # rows
_ODD = np.uint64(0x9E3779B97F4A7C15)  # keeps (a, b) and (b, a) apart
_MIX = np.uint64(0xD6E8FEB86659FD93)
_HALF = np.uint64(32)
_NOTHING = np.uint64(0x5851F42D4C957F2D)  # of a row without a text


def row_hashes(rows: pd.DataFrame) -> NDArray[np.uint64]:
    """The number of each row.

    Some rows at a time: a million keys as Python's texts are 100 MB, and so is a dictionary.
    """
    found = np.zeros(len(rows), np.uint64)
    for begin in range(0, len(rows), _AT_ONCE):
        some = slice(begin, begin + _AT_ONCE)
        for name in rows:
            column = rows[name].iloc[some]
            # hashing the distinct values alone is worth its while where they are few
            own = (
                _of_texts(column)
                if column.dtype == TEXT
                else hash_array(column.values, categorize=True)
            )
            found[some] = found[some] * _ODD + own
    return found


def _of_texts(column: pd.Series) -> NDArray[np.uint64]:
    """A number for each text, from its bytes as Arrow has them: no text becomes an object."""
    found = [_of_array(chunk) for chunk in arrow_texts(column).chunks]
    return np.concatenate([np.zeros(0, np.uint64), *found])


def _of_array(texts: pa.Array) -> NDArray[np.uint64]:
    _, ends, data = texts.buffers()
    at = np.frombuffer(ends, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    held = np.frombuffer(data or b"", np.uint8)
    lengths = np.diff(at)
    found = np.full(len(texts), _NOTHING)
    is_text = texts.is_valid().to_numpy(zero_copy_only=False)
    # texts of one length are a rectangle of bytes, looked at eight columns at a time
    for length in np.flatnonzero(np.bincount(lengths[is_text])).tolist():
        here = np.flatnonzero((lengths == length) & is_text)
        words = -(-length // 8)
        padded = np.zeros((len(here), words * 8), np.uint8)
        if len(here) == len(lengths):  # all of them, as they lie
            padded[:, :length] = held[at[0] : at[-1]].reshape(len(here), length)
        else:
            padded[:, :length] = held[at[here][:, None] + np.arange(length)]
        number = np.full(len(here), length + 1, np.uint64)
        for word in padded.view(np.uint64).T:
            # each step is one to one: texts that differ in one word are told apart
            number = (number ^ word) * _MIX
            number ^= number >> _HALF
            number *= _ODD
            number ^= number >> _HALF
        found[here] = number
    return found

"""Coins that belong to a tie and to a party, not to a run.

A world is one throw of every coin: a party begins distress in it or not, a tie passes it on or
not.  Sixty-four worlds stand in a machine word.  The throw of a coin in a world is a hash of whose
coin it is and of the world's number, and shows "yes" where it lies below the coin's probability.
So a tie that becomes weaker, or goes, passes on in fewer worlds and never in another one; numbers
of parties, order of ties, threads and machines change no bit.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from graph.compiled import compiled

__all__ = ["PRECISION", "WORLDS", "Words", "heads", "identities", "pair_identity", "thresholds"]

Words = NDArray[np.uint64]

#: Worlds of one machine word.
WORLDS = 64
#: Bits of a probability that a coin heeds.
PRECISION = 32

_STEP = np.uint64(0x9E3779B97F4A7C15)  # 2^64 divided by the golden ratio (Steele et al. 2014)
_ONE = np.uint64(1)


def identities(keys: pa.Array | pa.ChunkedArray) -> Words:
    """A number for the coin of every key; the same key, the same number, everywhere."""
    column = keys.combine_chunks() if isinstance(keys, pa.ChunkedArray) else keys
    text = column.cast(pa.large_string())
    ends = np.frombuffer(text.buffers()[1], np.int64)[text.offset : text.offset + len(text) + 1]
    data = np.frombuffer(text.buffers()[2] or b"", np.uint8)
    return _hash_texts(ends, data)


@compiled
def _hash_texts(ends: NDArray[np.int64], data: NDArray[np.uint8]) -> Words:
    made = np.empty(len(ends) - 1, np.uint64)
    for place in range(len(made)):
        number = np.uint64(ends[place + 1] - ends[place])
        for at in range(ends[place], ends[place + 1]):
            number = mixed(number ^ np.uint64(data[at]))
        made[place] = number
    return made


@compiled
def mixed(number: np.uint64) -> np.uint64:
    """SplitMix64's finaliser: every bit of the answer depends on every bit of the number."""
    number += np.uint64(0x9E3779B97F4A7C15)
    number = (number ^ (number >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    number = (number ^ (number >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return number ^ (number >> np.uint64(31))


@compiled
def pair_identity(source: np.uint64, target: np.uint64) -> np.uint64:
    """The number of the coin of a tie; one way is another coin than the other way."""
    return mixed(mixed(source) ^ (target * np.uint64(3) + np.uint64(1)))


def thresholds(probability: NDArray[np.floating]) -> NDArray[np.uint32]:
    """Probabilities as whole numbers of 2^-32; one is the greatest below certainty."""
    scaled = np.rint(np.asarray(probability, np.float64) * 2.0**PRECISION)
    return np.clip(scaled, 0, 2.0**PRECISION - 1).astype(np.uint32)


@compiled
def heads(coin: np.uint64, threshold: np.uint64, word: np.uint64, wanted: np.uint64) -> np.uint64:
    """In which of the `wanted` worlds of a word the coin shows "yes".

    A uniform number is thrown bit by bit from the highest, for all worlds of the word at once, and
    compared with the threshold until every wanted world is decided: some seven hashes.
    """
    below = np.uint64(0)
    equal = wanted
    begin = mixed(coin ^ (word * np.uint64(0xD1342543DE82EF95)))
    for place in range(31, -1, -1):
        thrown = mixed(begin + np.uint64(place))
        if (threshold >> np.uint64(place)) & np.uint64(1):
            below |= equal & ~thrown
            equal &= thrown
        else:
            equal &= ~thrown
        if equal == np.uint64(0):
            break
    return below

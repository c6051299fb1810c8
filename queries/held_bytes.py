"""How much memory an answer takes: its arrays and tables, and what holds them."""

from __future__ import annotations

import sys
from collections.abc import Mapping

import numpy as np
import pyarrow as pa

__all__ = ["held_bytes"]

_LEAVES = (str, bytes, int, float, bool, type(None), type)


def held_bytes(answer: object) -> int:
    """Bytes of all that is reached from an answer, each object once.

    Of arrays and tables what they hold; of what is no container of Python its shell alone: near
    enough to say how many such answers a machine has room for.
    """
    total, seen, left = 0, set[int](), [answer]
    while left:
        each = left.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        if isinstance(each, np.ndarray | pa.Array | pa.ChunkedArray | pa.Table):
            total += each.nbytes
            continue
        total += sys.getsizeof(each)
        if isinstance(each, _LEAVES):
            continue
        if isinstance(each, Mapping):
            left += [*each.keys(), *each.values()]
        elif isinstance(each, list | tuple | set | frozenset):
            left += each
        left += getattr(each, "__dict__", {}).values()
    return total

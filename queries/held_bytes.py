"""How much memory an answer takes: its arrays and tables, and what holds them."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa

__all__ = ["held_bytes"]

_LEAVES = (str, bytes, int, float, bool, type(None), type)
_ARRAYS = (np.ndarray, pa.Array, pa.ChunkedArray, pa.Table)
_SEQUENCES = (list, tuple, set, frozenset)


#: How what an object holds is reached.
_ARRAY, _LEAF, _MAPPING, _SEQUENCE, _OBJECT = "array", "leaf", "mapping", "sequence", "object"


def held_bytes(answer: Any) -> int:
    """Bytes of all that is reached from an answer, each object once.

    Of arrays and tables what they hold; of what is no container of Python its shell alone: near
    enough to say how many such answers a machine has room for.
    """
    total, seen, left = 0, set[int](), [answer]
    # an answer is millions of objects of a few types: a type is looked at once
    walked: dict[type, str] = {}
    while left:
        each = left.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        how = walked.get(type(each)) or walked.setdefault(type(each), _walked(type(each)))
        if how is _ARRAY:
            total += each.nbytes
            continue
        total += sys.getsizeof(each)
        if how is _LEAF:
            continue
        if how is _MAPPING:
            left += each.keys()
            left += each.values()
        elif how is _SEQUENCE:
            left += each
        left += getattr(each, "__dict__", {}).values()
    return total


def _walked(of: type) -> str:
    if issubclass(of, _ARRAYS):
        return _ARRAY
    if issubclass(of, _LEAVES):
        return _LEAF
    if issubclass(of, Mapping):
        return _MAPPING
    return _SEQUENCE if issubclass(of, _SEQUENCES) else _OBJECT

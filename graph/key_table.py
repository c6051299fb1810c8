"""A hash table of texts as machine code: keys are found where they lie, without an object each.

Arrow's own table takes half as long again a key, and only one thread can fill it; this one is
filled once and then read by as many as there are.  Linear probing (D. Knuth, The Art of Computer
Programming 3, 6.4, algorithm L) over slots that hold half of a hash beside the number of a key, so
that a text is read again only where both are likely to be the same.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from graph.compiled import compiled

__all__ = ["NOT_THERE", "KeyTable"]

NOT_THERE = -1

Texts = tuple[NDArray[np.uint8], NDArray[np.int32]]

_STEP = np.uint64(0x9E3779B97F4A7C15)  # 2⁶⁴ / golden ratio, odd: neighbours end far apart
_HALF, _LOW = np.uint64(32), np.uint64(0xFFFFFFFF)
_ONE, _WORD, _AT_ONCE = np.uint64(1), np.uint64(8), np.uint64(64)


class KeyTable:
    """Where each of some keys stands.

    Args:
        keys: texts without nulls, every one once.
    """

    def __init__(self, keys: pa.Array) -> None:
        self._texts = _bytes_of(keys)
        self._slots = np.zeros(1 << (2 * len(keys)).bit_length(), np.uint64)
        _fill(*self._texts, self._slots)

    def find(self, keys: pa.Array) -> NDArray[np.int32]:
        """The number of each key among those of the table, `NOT_THERE` where it is none of them."""
        found = np.empty(len(keys), np.int32)
        _find(*_bytes_of(keys), *self._texts, self._slots, found)
        return found


def _bytes_of(texts: pa.Array) -> Texts:
    """All letters in a row, and where each text begins; one more entry for the end."""
    _, begins, letters = texts.buffers()
    whole = np.frombuffer(begins or b"\0" * 4, np.int32)
    bytes_of = np.frombuffer(letters or b"", np.uint8)
    for array in (whole, bytes_of):
        array.setflags(
            write=False
        )  # Arrow leaves some open for writing: compiled once, not for each
    return bytes_of, whole[texts.offset : texts.offset + len(texts) + 1]


@compiled
def _word(letters: NDArray[np.uint8], at: Any) -> Any:
    """Eight letters as one number; LLVM makes one load of it."""
    word = np.uint64(0)
    for place in range(8):
        word |= np.uint64(letters[at + np.uint64(place)]) << np.uint64(8 * place)
    return word


@compiled
def _hash(letters: NDArray[np.uint8], begin: Any, end: Any) -> Any:
    mixed = (end - begin) * _STEP
    at = begin
    while at + _WORD <= end:
        mixed = (mixed ^ _word(letters, at)) * _STEP
        mixed ^= mixed >> _HALF
        at += _WORD
    rest = np.uint64(0)
    while at < end:
        rest = rest << _WORD | np.uint64(letters[at])
        at += _ONE
    mixed = (mixed ^ rest) * _STEP
    mixed = (mixed ^ mixed >> _HALF) * _STEP
    return mixed ^ mixed >> _HALF


@compiled
def _same(
    one: NDArray[np.uint8], at_one: Any, other: NDArray[np.uint8], at_other: Any, length: Any
) -> bool:
    place = np.uint64(0)
    while place + _WORD <= length:
        if _word(one, at_one + place) != _word(other, at_other + place):
            return False
        place += _WORD
    while place < length:
        if one[at_one + place] != other[at_other + place]:
            return False
        place += _ONE
    return True


@compiled
def _fill(letters: NDArray[np.uint8], begins: NDArray[np.int32], slots: NDArray[np.uint64]) -> None:
    last = np.uint64(len(slots) - 1)
    for key in range(np.uint64(len(begins) - 1)):
        mixed = _hash(letters, np.uint64(begins[key]), np.uint64(begins[key + _ONE]))
        slot = mixed & last
        while slots[slot]:
            slot = (slot + _ONE) & last
        slots[slot] = mixed >> _HALF << _HALF | (key + _ONE)


@compiled
def _find(
    letters: NDArray[np.uint8],
    begins: NDArray[np.int32],
    known_letters: NDArray[np.uint8],
    known_begins: NDArray[np.int32],
    slots: NDArray[np.uint64],
    found: NDArray[np.int32],
) -> None:
    last = np.uint64(len(slots) - 1)
    mixed, first = np.empty(_AT_ONCE, np.uint64), np.empty(_AT_ONCE, np.uint64)
    for begin in range(np.uint64(0), np.uint64(len(found)), _AT_ONCE):
        # slots lie anywhere in memory: many are asked for before one is waited for
        some = min(_AT_ONCE, np.uint64(len(found)) - begin)
        for turn in range(some):
            at = np.uint64(begins[begin + turn])
            mixed[turn] = _hash(letters, at, np.uint64(begins[begin + turn + _ONE]))
            first[turn] = slots[mixed[turn] & last]
        for turn in range(some):
            at = np.uint64(begins[begin + turn])
            length = np.uint64(begins[begin + turn + _ONE]) - at
            slot, held = mixed[turn] & last, first[turn]
            found[begin + turn] = NOT_THERE
            while held:
                if held >> _HALF == mixed[turn] >> _HALF:
                    known = (held & _LOW) - _ONE
                    there = np.uint64(known_begins[known])
                    alike = np.uint64(known_begins[known + _ONE]) - there == length
                    if alike and _same(known_letters, there, letters, at, length):
                        found[begin + turn] = known
                        break
                slot = (slot + _ONE) & last
                held = slots[slot]

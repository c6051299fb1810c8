"""A thing stays under the key that it stands under, also where a later paper could say a fuller one.

A decision is told apart by who made it, by their code.  The edition of 2016 gives only a name, so a
record of it may stand under that name when the same decision comes with the code: it is one
decision, whichever edition came first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from graph.log import FactLog
from ingest.emit import FactFrame, Statement

__all__ = ["under_held_keys"]

_KEYS = ("key", "from_key", "to_key")
_AT_ONCE = 1 << 16


def under_held_keys(log: FactLog, frames: Iterable[Statement]) -> Iterator[Statement]:
    """The facts of a file, each thing under the key that the log holds it by.

    A source states a thing before the ties to it.
    """
    moved: dict[str, str] = {}
    for frame in frames:
        if not isinstance(frame, FactFrame):
            yield frame
            continue
        if frame.also is not None:
            moved |= _moved(log, frame)
        yield _under(frame, moved) if moved else frame


def _moved(log: FactLog, frame: FactFrame) -> dict[str, str]:
    """Key -> the other one, of the things that stand under the other and not under it."""
    own, other = frame.columns["key"], frame.also
    assert isinstance(own, pd.Series) and other is not None
    pairs = {
        key: also
        for key, also in zip(own, other, strict=True)
        if pd.notna(key) and pd.notna(also) and key != also
    }
    if not pairs:
        return {}
    wanted = pa.array(sorted({*pairs, *pairs.values()}), pa.string())
    held: set[str] = set()
    for piece in log.held(frame.kind, rows=_AT_ONCE, columns=["key"]):
        keys = piece["key"].cast(pa.string())
        held.update(keys.filter(pc.is_in(keys, value_set=wanted)).to_pylist())
    return {key: also for key, also in pairs.items() if also in held and key not in held}


def _under(frame: FactFrame, moved: dict[str, str]) -> FactFrame:
    columns = dict(frame.columns)
    for name in _KEYS:
        keys = columns.get(name)
        if isinstance(keys, pd.Series) and keys.isin(moved.keys()).any():
            columns[name] = keys.map(lambda key: moved.get(key, key)).astype(keys.dtype)
    return replace(frame, columns=columns, also=None)

"""Many parties of a snapshot looked up at once.

`Snapshot.index` goes through all keys for one: right for whoever is asked about, and the square of a
district for everybody in it.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from graph.snapshot import Snapshot

__all__ = ["names_of", "numbers_of"]


def numbers_of(snapshot: Snapshot, keys: Iterable[str]) -> NDArray[np.int64]:
    """Number of each party, in order, also by keys that were given up.

    Raises `NotFoundError` as `Snapshot.index` for the first that nobody knows.
    """
    asked = list(keys)
    stand = pa.array([snapshot.redirects.get(key, key) for key in asked], pa.string())
    found = pc.index_in(stand, value_set=snapshot.keys.cast(pa.string()))
    if found.null_count:
        snapshot.index(asked[pc.index(found.is_null(), True).as_py()])
    return np.asarray(found.to_numpy(zero_copy_only=False), np.int64)


def names_of(snapshot: Snapshot, keys: Iterable[str]) -> dict[str, str | None]:
    """Name of each party by the key it was asked by, None when never told; raises as `numbers_of`."""
    asked = list(keys)
    named = snapshot.names.take(pa.array(numbers_of(snapshot, asked))).to_pylist()
    return dict(zip(asked, named, strict=True))

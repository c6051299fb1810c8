"""One place for each distinct key, whichever of many columns names it.

Texts are compared letter by letter, never by a digest alone.  Few keys go through Arrow's hash table;
many through a compiled one (`graph.key_table`): what runs risk has loaded the compiler anyway, and a
question about a small district does not wait 0.3 s for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from itertools import pairwise

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

__all__ = ["key_places"]

#: Keys from which on the compiled table is used: some 40,000 parties.
_MANY = 1 << 18


def key_places(
    columns: Sequence[pa.Array], crew: Executor, *, many: int = _MANY
) -> tuple[pa.Array, list[NDArray[np.int32]]]:
    """The distinct keys of all columns, and for each column the places of its keys among them.

    Args:
        columns: texts without nulls, in each column every key once.
        crew: where columns are looked up side by side.
        many: keys from which on the compiled table is used.
    """
    total = sum(map(len, columns))
    if total < max(many, 1):
        return _encoded(columns)
    from graph.key_table import NOT_THERE, KeyTable

    largest = max(columns, key=len)
    table, itself = KeyTable(largest), np.arange(len(largest), dtype=np.int32)
    places = list(crew.map(lambda keys: itself if keys is largest else table.find(keys), columns))
    new = [place == NOT_THERE for place in places]
    unknown = [keys.filter(pa.array(here)) for keys, here in zip(columns, new, strict=True)]
    others, their_places = key_places(unknown, crew, many=many)
    for place, here, theirs in zip(places, new, their_places, strict=True):
        place[here] = theirs + np.int32(len(largest))
    return pa.concat_arrays([largest, others]), places


def _encoded(columns: Sequence[pa.Array]) -> tuple[pa.Array, list[NDArray[np.int32]]]:
    encoded = pa.concat_arrays([pa.array([], pa.string()), *columns]).dictionary_encode()
    codes, ends = encoded.indices.to_numpy(), np.cumsum([0, *map(len, columns)])
    return encoded.dictionary, [codes[begin:end] for begin, end in pairwise(ends)]

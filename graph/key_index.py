"""Where each of some keys stands, asked for again and again.

Arrow fills a table of all keys each time that some are looked up among them, and of a city that is
slower than looking them up: it lies in no cache.  Here it is filled once (`graph.key_table`); of few
keys Arrow's way is kept, for who asks about a village loads no compiler.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

if TYPE_CHECKING:
    from graph.key_table import KeyTable

__all__ = ["KeyIndex"]

#: Keys from which on the compiled table is used: a district of 50,000 persons.
_MANY = 1 << 16


class KeyIndex:
    """Some keys, each once and in a fixed order.

    Args:
        keys: texts without nulls, every one once.
        many: keys from which on the compiled table is used.
    """

    def __init__(self, keys: pa.Array, *, many: int = _MANY) -> None:
        self.keys, self._many = keys, many

    def find(self, keys: pa.Array | pa.ChunkedArray) -> NDArray[np.int64]:
        """Place of each of some texts among the keys, -1 for a null and for what is none of them."""
        if len(self.keys) < self._many or self.keys.null_count or keys.null_count:
            found = pc.fill_null(pc.index_in(keys, value_set=self.keys), -1)
            return np.asarray(found.to_numpy(), np.int64)
        whole = keys.combine_chunks() if isinstance(keys, pa.ChunkedArray) else keys
        return self._table.find(whole).astype(np.int64)

    def place(self, key: str) -> int:
        """Place of one text among the keys, -1 where it is none of them.

        Looked for from the first on until somebody filled the table: for one key none is filled.
        """
        if "_table" in vars(self):
            return int(self._table.find(pa.array([key], pa.string()))[0])
        return int(pc.index(self.keys, key).as_py())

    @cached_property
    def _table(self) -> KeyTable:
        from graph.key_table import KeyTable

        return KeyTable(self.keys)

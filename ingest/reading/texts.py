"""A column of texts as it was read: coded piece by piece, so that a text costs its bytes once.

A piece is an Arrow dictionary of some thousand rows with small codes of its own: what works once
per distinct text gets them without looking at the rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

__all__ = ["TEXT", "Texts", "coded", "text_series"]

#: The type of text columns behind the gate: Arrow's bytes, with pandas' manners.
TEXT = pd.StringDtype("pyarrow", na_value=np.nan)

_PIECE = 1 << 15  # codes of 16 bits


@dataclass(frozen=True, eq=False)
class Texts:
    """Texts by row; None where there is none.

    Attributes:
        pieces: dictionaries (`int16` -> string), each of at most 32,768 rows.
    """

    pieces: tuple[pa.DictionaryArray, ...]

    @classmethod
    def of(cls, texts: Sequence[str | None]) -> Texts:
        """The column that has these texts."""
        return cls(tuple(map(coded, _cut(texts))))

    def __len__(self) -> int:
        return sum(map(len, self.pieces))

    def array(self) -> pa.ChunkedArray:
        """The texts one after the other."""
        return pa.chunked_array([each.cast(pa.string()) for each in self.pieces], pa.string())

    def series(self, index: pd.Index) -> pd.Series:
        """The column as pandas has it (`TEXT`)."""
        return text_series(self.array(), index)

    def distinct(self) -> tuple[NDArray[np.int32], pa.Array]:
        """For every row the place of its text among the distinct ones (-1: none), and those."""
        held = [piece.dictionary for piece in self.pieces]
        named = pa.concat_arrays([pa.array([], pa.string()), *held]).dictionary_encode()
        number = named.indices.to_numpy().astype(np.int32)
        place = np.full(len(self), -1, np.int32)
        at = begin = 0
        for piece in self.pieces:
            codes = pc.fill_null(piece.indices, -1).to_numpy()
            own = np.append(number[begin : begin + len(piece.dictionary)], np.int32(-1))
            place[at : at + len(piece)] = own[codes]
            at, begin = at + len(piece), begin + len(piece.dictionary)
        return place, named.dictionary

    def begin_with(self, mark: str) -> NDArray[np.bool_]:
        """Rows whose text begins with a mark."""
        place, texts = self.distinct()
        hit = np.append(pc.starts_with(texts, mark).to_numpy(zero_copy_only=False), False)
        marked: NDArray[np.bool_] = hit[place]
        return marked

    def match(self, pattern: str) -> bool:
        """Whether the pattern (RE2) is found in any of the texts."""
        return any(
            pc.any(pc.match_substring_regex(piece.dictionary, pattern)).as_py()
            for piece in self.pieces
        )

    def marked(self) -> bool:
        """Whether any cell is something else than text (`ingest.reading.cell`)."""
        return any(
            pc.any(pc.starts_with(piece.dictionary, "\x00")).as_py() for piece in self.pieces
        )


def text_series(texts: pa.ChunkedArray, index: pd.Index) -> pd.Series:
    """Arrow's texts as pandas has them."""
    return pd.Series(TEXT.__from_arrow__(texts), index=index)


def coded(texts: Sequence[str | None]) -> pa.DictionaryArray:
    """One piece."""
    found = pa.array(texts, pa.string()).dictionary_encode()
    return pa.DictionaryArray.from_arrays(found.indices.cast(pa.int16()), found.dictionary)


def _cut(texts: Sequence[str | None]) -> Iterable[Sequence[str | None]]:
    return (texts[start : start + _PIECE] for start in range(0, len(texts), _PIECE))

"""A column of texts as it was read: coded piece by piece, so that a text costs its bytes once.

A piece is an Arrow dictionary of some thousand rows with small codes of its own: what works once
per distinct text gets them without looking at the rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

__all__ = ["TEXT", "Texts", "arrow_texts", "by_text", "coded", "is_among", "text_series"]

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

    def given(self) -> NDArray[np.bool_]:
        """Rows that have a text."""
        pieces = [piece.is_valid().to_numpy(zero_copy_only=False) for piece in self.pieces]
        return np.concatenate([np.zeros(0, bool), *pieces])

    def begin_with(self, mark: str) -> NDArray[np.bool_]:
        """Rows whose text begins with a mark."""
        return self._where(lambda texts: pc.starts_with(texts, mark))

    def rows_that_match(self, pattern: str) -> NDArray[np.bool_]:
        """Rows whose text matches a pattern (RE2)."""
        return self._where(lambda texts: pc.match_substring_regex(texts, pattern))

    def without(self, words: pa.Array) -> tuple[Texts, int]:
        """The column without these texts, and how many cells lost theirs."""
        pieces, count = [], 0
        for piece in self.pieces:
            if pc.any(pc.is_in(piece.dictionary, value_set=words)).as_py():
                texts = piece.cast(pa.string())
                hit = pc.is_in(texts, value_set=words)
                count += pc.sum(hit).as_py()
                piece = coded(pc.if_else(hit, None, texts))
            pieces.append(piece)
        return (Texts(tuple(pieces)), count) if count else (self, 0)

    def _where(self, holds: Callable[[pa.Array], pa.Array]) -> NDArray[np.bool_]:
        place, texts = self.distinct()
        hit = np.append(holds(texts).to_numpy(zero_copy_only=False), False)
        rows: NDArray[np.bool_] = hit[place]
        return rows

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


def arrow_texts(column: pd.Series) -> pa.ChunkedArray:
    """A column of texts, however pandas has them, as Arrow has them."""
    texts = pa.array(column, pa.string(), from_pandas=True)
    return texts if isinstance(texts, pa.ChunkedArray) else pa.chunked_array([texts])


def by_text(column: pd.Series, holds: Callable[[pa.Array], pa.Array]) -> pd.Series:
    """What holds of each text, false where there is none; `holds` is asked once a distinct text."""
    place = arrow_texts(column).combine_chunks().dictionary_encode()
    hit = np.append(holds(place.dictionary).to_numpy(zero_copy_only=False), False)
    rows = hit[pc.fill_null(place.indices, -1).to_numpy()]
    return pd.Series(rows, index=column.index)


def is_among(column: pd.Series, texts: Iterable[str]) -> NDArray[np.bool_]:
    """Which of the texts are among some; pandas' own `isin` makes an object of each of those first."""
    hit = pc.is_in(arrow_texts(column), value_set=pa.array(texts, pa.string()))
    rows: NDArray[np.bool_] = hit.to_numpy()
    return rows


def coded(texts: Sequence[str | None] | pa.Array) -> pa.DictionaryArray:
    """One piece."""
    plain = texts if isinstance(texts, pa.Array) else pa.array(texts, pa.string())
    found = plain.dictionary_encode()
    return pa.DictionaryArray.from_arrays(found.indices.cast(pa.int16()), found.dictionary)


def _cut(texts: Sequence[str | None]) -> Iterable[Sequence[str | None]]:
    return (texts[start : start + _PIECE] for start in range(0, len(texts), _PIECE))

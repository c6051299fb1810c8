"""When two document numbers are the same one, however their brackets and blanks are written.

样市监罚〔2026〕5号   样市监罚[2026]5号   样市监罚【2026】 5 号
"""

from __future__ import annotations

import unicodedata

import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["folded", "folded_each"]

#: NFKC has made the wide ones plain before.
_OPEN, _CLOSE = "〔[【({〖", "〕]】)}〗"
_BRACKETS = str.maketrans(dict.fromkeys(_OPEN, "[") | dict.fromkeys(_CLOSE, "]"))


def folded(text: str) -> str:
    """The form in which document numbers are compared."""
    told = unicodedata.normalize("NFKC", text).translate(_BRACKETS).upper()
    return "".join(told.split())


def folded_each(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    """The same of many; null stays null."""
    told = pc.utf8_normalize(column, form="NFKC")
    told = pc.replace_substring_regex(told, r"[〔\[【({〖]", "[")
    told = pc.replace_substring_regex(told, r"[〕\]】)}〗]", "]")
    told = pc.utf8_upper(pc.replace_substring_regex(told, r"\s+", ""))
    return told.combine_chunks() if isinstance(told, pa.ChunkedArray) else told

"""Masks as they were kept before 2026-12, read as they are kept now.

They showed the place and the last four (610322********1046), and the date of birth stood in the
same row: together the whole number.  What was written then cannot be unwritten, a log least of all;
so nobody who reads it is given the last four any more.

>>> shortened("合同610322********1046#1f00aa21"), shortened("610322************")
('合同610322************#1f00aa21', '610322************')
"""

from __future__ import annotations

import re

import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["shortened", "shortened_table"]

#: What a mask of then is told by, and what it is now; in RE2 syntax as well.
_FORMS = (
    (r"([1-9][0-9]{5})[*]{8}[0-9]{3}[0-9X]", r"\1************"),
    (r"([1-9][0-9]{5}[*]{7})[0-9]{2}", r"\1**"),
)
_SIGN = "*******"
_MASK, _BORN = "resident_id_masked", "birth_on"


def shortened(text: str) -> str:
    """The text with every mask of before as a mask of now: the place alone."""
    for before, now in _FORMS:
        text = re.sub(before, now, text)
    return text


def shortened_table(table: pa.Table) -> pa.Table:
    """A table of the log likewise, in whichever of its texts a mask stands.

    Where a person's date of birth is told, the mask has it, as `resident_id.mask` does.
    """
    for at, name in enumerate(table.column_names):
        column = table[name]
        # most columns have none, and looking for a sign costs next to nothing
        if _is_text(column.type) and _has_sign(column):
            column = _shortened_column(column)
            if name == _MASK and _BORN in table.column_names:
                column = _with_birth(column, table[_BORN])
            table = table.set_column(at, table.schema.field(name).with_type(column.type), column)
    return table


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind.value_type if pa.types.is_dictionary(kind) else kind))


def _has_sign(column: pa.ChunkedArray) -> bool:
    if pa.types.is_dictionary(column.type):
        return any(
            pc.any(pc.match_substring(piece.dictionary, _SIGN)).as_py() for piece in column.chunks
        )
    return bool(pc.any(pc.match_substring(column, _SIGN)).as_py())


def _shortened_column(column: pa.ChunkedArray) -> pa.ChunkedArray:
    plain = column.cast(pa.string())
    for before, now in _FORMS:
        plain = pc.replace_substring_regex(plain, before, now)
    # two masks may be one by now, and a dictionary has each value once
    return plain.dictionary_encode().cast(column.type) if plain.type != column.type else plain


def _with_birth(masks: pa.ChunkedArray, born: pa.ChunkedArray) -> pa.ChunkedArray:
    plain = masks.cast(pa.string())
    days = pc.strftime(born.cast(pa.timestamp("s")), "%Y%m%d")
    whole = pc.binary_join_element_wise(pc.utf8_slice_codeunits(plain, 0, 6), days, "****", "")
    told = pc.coalesce(whole, plain)
    return told.dictionary_encode().cast(masks.type) if told.type != masks.type else told

"""What most cells of a column are, read by whole columns: plain numbers, mobile phones.

Each function reads the texts in their usual spelling and leaves the others null: those go one by
one through `ingest.checking.parse`, which alone says what is wrong, and agrees on every text here.
"""

from __future__ import annotations

from decimal import Decimal

import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["mobile_phones", "plain_integers", "plain_reals"]

#: Twelve digits before the point: times a million they are still below 2**63.
_DIGITS = 12


def plain_integers(texts: pa.Array, unit: Decimal) -> tuple[pa.Array]:
    """As `numbers.integer`, with as many decimals as are whole in the unit, two at most (`int64`)."""
    if unit != unit.to_integral_value():
        return (pa.nulls(len(texts), pa.int64()),)
    decimals = min(len(str(unit)) - 1, 2)
    point = rf"(\.\d{{1,{decimals}}})?" if decimals else ""
    plain = _numbers(texts, _DIGITS, point)
    numbers = plain.cast(pa.decimal128(_DIGITS + 2, 2))
    return (pc.multiply(numbers, pa.scalar(unit, pa.decimal128(7, 0))).cast(pa.int64()),)


def plain_reals(texts: pa.Array, unit: Decimal) -> tuple[pa.Array]:
    """As `numbers.real`, where the unit changes nothing (`float64`)."""
    if unit != 1:
        return (pa.nulls(len(texts), pa.float64()),)
    return (_numbers(texts, 15, r"(\.\d{1,15})?").cast(pa.float64()),)


def mobile_phones(texts: pa.Array) -> tuple[pa.Array, pa.Array]:
    """As `parse.phone`: masked, and the digits."""
    digits = _where(texts, r"^1\d{10}$")
    first, last = pc.utf8_slice_codeunits(digits, 0, 3), pc.utf8_slice_codeunits(digits, 7)
    return pc.binary_join_element_wise(first, last, "****"), digits


def _numbers(texts: pa.Array, digits: int, point: str) -> pa.Array:
    """Plain numbers without their commas, which part groups of three digits and nothing else."""
    grouped = rf"[1-9]\d{{0,2}}(,\d{{3}}){{1,{digits // 3 - 1}}}"
    plain = _where(texts, rf"^-?(\d{{1,{digits}}}|{grouped}){point}$")
    return pc.replace_substring(plain, ",", "")


def _where(texts: pa.Array, pattern: str) -> pa.Array:
    return pc.if_else(pc.match_substring_regex(texts, pattern), texts, None)

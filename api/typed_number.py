"""A number as it is typed into a form, in the unit that it is kept in."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

__all__ = ["FEN_OF_WAN", "typed_number"]

#: One 万元 in fen.
FEN_OF_WAN: Final = 1_000_000
#: Digits before the point.
_LONGEST = 15


def typed_number(text: str, unit: int) -> int:
    """What was typed, in units of which one of the form's has so many; exact, never by floats.

    Raises `ValueError` for what is no number, has no end, or is no whole number of units.
    """
    try:
        number = Decimal(text) * unit
        if number.adjusted() <= _LONGEST and number == int(number):
            return int(number)
    except ArithmeticError as error:
        raise ValueError(text) from error
    raise ValueError(text)

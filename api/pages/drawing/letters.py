"""How much room letters take: a Chinese character is as wide as it is high, a letter half of that."""

from __future__ import annotations

from unicodedata import east_asian_width

__all__ = ["CAPTION", "LABEL", "LINE", "wide", "wrapped"]

#: Sizes of names and of words on lines, and from one line of a name to the next.
LABEL, CAPTION, LINE = 13, 12, 16
#: Of a letter that is not wide, by the fonts that are named: capitals and digits are the widest.
_NARROW = 0.68


def wide(text: str, size: float) -> float:
    """Width of a text in pixels, never less than a browser needs for it."""
    return sum(size if east_asian_width(one) in "WFA" else size * _NARROW for one in text)


def wrapped(text: str, longest: int) -> tuple[str, ...]:
    """A text in lines of so many characters, as even as they go."""
    if len(text) <= longest:
        return (text,)
    lines = -(-len(text) // longest)
    even = -(-len(text) // lines)
    return tuple(text[at : at + even] for at in range(0, len(text), even))

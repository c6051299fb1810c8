"""How an identifier is spelt before it is checked: one compact form of what people type."""

from __future__ import annotations

import unicodedata

__all__ = ["compact"]

_NOISE = str.maketrans(
    "", "", " \t\r\n-'\u00b7\u200b\u200c\u200d\u2010\u2011\u2012\u2013\u2014\ufeff"
)


def compact(text: str) -> str:
    """Upper case, half-width, without spaces, dashes and invisible marks; nothing is guessed.

    The letter O is not turned into the digit 0: that is a correction, and a person makes it.

    >>> compact(" 610322-19750315-001x ")
    '61032219750315001X'
    >>> compact("６１０３")
    '6103'
    """
    if text.isascii() and text.isalnum():
        return text.upper()
    return unicodedata.normalize("NFKC", text).translate(_NOISE).upper()

"""How an identifier is spelt before it is checked: one compact form of what people type."""

from __future__ import annotations

import re
import unicodedata

__all__ = ["compact"]

# blanks, dashes, invisible marks, and the apostrophe that Excel's users put before a number, in
# every form in which a keyboard has it
_NOISE = str.maketrans(
    "",
    "",
    " \t\r\n-'`\"\u00b4\u00b7\u02b9\u2018\u2019\u201c\u201d\u2032"
    "\u200b\u200c\u200d\u2010\u2011\u2012\u2013\u2014\u2212\ufeff",
)
# a cell that says which number it is: 身份证:…, 统一社会信用代码：…
_SAID_BEFORE = re.compile(
    r"(?:(?:居民|公民)?身份证?(?:证件)?号?码?|(?:统一)?社会信用代码|信用代码|证件号码?):(?=.)"
)


def compact(text: str) -> str:
    """Upper case, half-width, without spaces, dashes, quotes and invisible marks; nothing is guessed.

    What the cell itself calls the number (身份证：…) goes as well.  The letter O is not turned into
    the digit 0: that is a correction, and a person makes it.

    >>> compact(" 610322-19750315-001x ")
    '61032219750315001X'
    >>> compact("６１０３"), compact("身份证：`6103")
    ('6103', '6103')
    """
    if text.isascii() and text.isalnum():
        return text.upper()
    code = unicodedata.normalize("NFKC", text).translate(_NOISE).upper()
    said = _SAID_BEFORE.match(code)
    return code[said.end() :] if said else code

"""Numbers of persons in texts that are no place for them: found, and hidden.

A remark, an address, a reason, a file's name may hold a resident id or a telephone number, and what
is stored is stored for long.  Such a number is replaced by its mask (610322********001X,
138****1234).  An id is one by its date of birth and its check digit, so that a document's number
is hardly ever taken for one; `strict=False` asks for the shape alone, for what nobody checked yet.

A loan's number or a document's must stay a key: there the mask carries a mark of the number that it
hides, so that two numbers stay two, and only an id of somebody of age counts, since such numbers
are often a place, a day of these years and a sequence.

>>> redacted("借款人李四(610322 19900510 1046)，电话13812345678")
'借款人李四(610322********1046)，电话138****5678'
>>> redacted("合同号610322202501010001，金额1,234,567元")
'合同号610322202501010001，金额1,234,567元'
"""

from __future__ import annotations

import re
from collections.abc import Callable

from graph.identifiers import resident_id
from graph.identifiers.person_key import person_key
from graph.identifiers.spelling import compact
from graph.time import today

__all__ = ["MAYBE_NUMBER", "hides_a_number", "redacted", "redacted_key"]

_GAP = r"[ \-\u00b7\u2010-\u2014\u3000]?"
_YEAR, _MONTH, _DAY = "(?:19|20)[0-9]{2}", "(?:0[1-9]|1[0-2])", "(?:0[1-9]|[12][0-9]|3[01])"
_BEFORE, _AFTER = r"(?<![0-9])", r"(?![0-9])"
# within a longer run of digits as well: a bank's number may be an id with two digits behind it
_ID = re.compile(
    f"[1-9][0-9]{{5}}{_GAP}{_YEAR}{_GAP}{_MONTH}{_GAP}{_DAY}{_GAP}[0-9]{{3}}{_GAP}[0-9Xx]"
    rf"|{_BEFORE}[1-9][0-9]{{7}}{_MONTH}{_DAY}[0-9]{{3}}{_AFTER}"
)
_PHONE = re.compile(
    rf"(?<![0-9A-Za-z])(?:\+?86{_GAP})?1[3-9][0-9]{_GAP}[0-9]{{4}}{_GAP}[0-9]{{4}}{_AFTER}"
    rf"|(?<![0-9A-Za-z])0[1-9][0-9]{{1,2}}-[0-9]{{7,8}}{_AFTER}"
)
#: A text in which this is not found holds no number of a person; for whole columns (RE2 syntax).
MAYBE_NUMBER = (
    r"[1-9][0-9]{5}[^0-9]?(?:19|20)[0-9]{2}[^0-9]?[01][0-9][^0-9]?[0-3][0-9][^0-9]?[0-9]{3}"
    r"|[1-9][0-9]{7}[01][0-9][0-3][0-9]{4}|1[3-9][0-9][^0-9]?[0-9]{4}[^0-9]?[0-9]{4}"
    r"|0[1-9][0-9]{1,2}-[0-9]{7}|[\x{FF10}-\x{FF19}]"
)
_OF_AGE = 16
_HALF_WIDTH: dict[int, int | str] = {
    **{0xFF10 + digit: ord("0") + digit for digit in range(10)},
    0xFF38: "X", 0xFF58: "x", 0xFF0D: "-", 0x3000: " ", 0xFF0B: "+",
}  # fmt: skip


def redacted(text: str, *, strict: bool = True) -> str:
    """The text with every number of a person masked; the same text where there is none.

    Args:
        strict: an id counts only with a fitting check digit.  Fifteen digits, which have none, are
            hidden only where nothing was checked.
    """
    return _replaced(_PHONE, _replaced(_ID, text, lambda found: _masked_id(found, strict)),
                     _masked_phone)  # fmt: skip


def redacted_key(text: str, identity_key: str) -> str:
    """A number of a contract or document in which an id stands, as it may be kept; else as it is.

    Equal numbers stay equal and different ones different.  The mark is keyed as persons' keys are:
    an unkeyed one would give the hidden date of birth away.
    """

    def marked(found: str) -> str:
        mask = _masked_id(found, strict=True)
        code = compact(found)
        if mask == found or int(code[6:10]) > today().year - _OF_AGE:
            return found
        return f"{mask}#{person_key(code, identity_key)[-8:]}"

    return _replaced(_ID, text, marked)


def hides_a_number(text: str) -> bool:
    """Whether a text that is to be kept holds a number of a person."""
    return redacted(text) != text


def _replaced(pattern: re.Pattern[str], text: str, mask: Callable[[str], str]) -> str:
    # one character for one, so that what is no number stays as it was written
    plain, parts, end, at = text.translate(_HALF_WIDTH), [], 0, 0
    while found := pattern.search(plain, at):
        hidden = mask(found[0])
        at = found.start() + 1
        if hidden != found[0]:
            parts += [text[end : found.start()], hidden]
            end = at = found.end()
    return "".join((*parts, text[end:])) if parts else text


def _masked_id(text: str, strict: bool) -> str:
    code = compact(text)
    if strict and (len(code) != 18 or resident_id.check(code).value is None):
        return text
    mask = resident_id.mask(code)
    return mask if len(code) == 18 else f"{code[:6]}*******{code[-2:]}"


def _masked_phone(text: str) -> str:
    digits = re.sub(r"[^0-9]", "", text)
    digits = digits[2:] if len(digits) == 13 else digits
    return f"{digits[:3]}{'*' * (len(digits) - 7)}{digits[-4:]}"

"""Numbers of persons in texts that are no place for them: found, and hidden.

A remark, an address, a reason, a file's name may hold a resident id or a telephone number, and what
is stored is stored for long.  Of an id only the place is left (610322************), of a telephone
138****1234.  An id is one by its date of birth and its check digit, so that a document's number
is hardly ever taken for one; `strict=False` asks for the shape alone, for what nobody checked yet.
What somebody else masked (6103221990****1046, 身份证尾号1046) loses its last digits as well: the
date of birth may stand elsewhere, and the two together are the whole number.

A loan's number or a document's must stay a key: there the mask carries a mark of the number that it
hides, so that two numbers stay two, and only an id of somebody of age counts, since such numbers
are often a place, a day of these years and a sequence.

>>> redacted("借款人李四(610322 19900510 1046)，电话13812345678")
'借款人李四(610322************)，电话138****5678'
>>> redacted("王五6103221990****1046，证件尾号1046，卡尾号1046")
'王五610322************，证件尾号****，卡尾号1046'
>>> redacted("合同号610322202501010001，金额1,234,567元")
'合同号610322202501010001，金额1,234,567元'
"""

from __future__ import annotations

import re
from collections.abc import Callable

from graph.identifiers import resident_id
from graph.identifiers.appearance import HIDDEN_SIGNS, masked_form
from graph.identifiers.keyed_hash import keyed_hashes
from graph.identifiers.person_key import key_bytes, person_key
from graph.identifiers.spelling import compact
from graph.time import today

__all__ = ["MAYBE_NUMBER", "hides_a_number", "redacted", "redacted_key", "redacted_name"]

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
#: An id that somebody else masked: place, something hidden within the date, the last digits.
_HALF_MASKED = re.compile(
    rf"{_BEFORE}[1-9][0-9]{{5}}[0-9]{{0,8}}[{HIDDEN_SIGNS}]{{3,12}}[0-9]{{0,3}}[0-9Xx](?![0-9A-Za-z])"
)
#: The end of an id, said to be one.
_ENDS_IN = re.compile(
    r"(?:身份证|证件)件?(?:号码?)?的?(?:尾号|[后末][四4]位|最后[四4]位)(?:数字)?[:：为是]?\s*"
    rf"[0-9]{{3}}[0-9Xx]{_AFTER}"
)
#: A text in which this is not found holds no number of a person; for whole columns (RE2 syntax).
MAYBE_NUMBER = (
    r"[1-9][0-9]{5}[^0-9]?(?:19|20)[0-9]{2}[^0-9]?[01][0-9][^0-9]?[0-3][0-9][^0-9]?[0-9]{3}"
    r"|[1-9][0-9]{7}[01][0-9][0-3][0-9]{4}|1[3-9][0-9][^0-9]?[0-9]{4}[^0-9]?[0-9]{4}"
    r"|0[1-9][0-9]{1,2}-[0-9]{7}|[\x{FF10}-\x{FF19}\x{FF0D}\x{FF38}\x{FF58}]"
    rf"|[1-9][0-9]{{5}}[0-9]{{0,8}}[{HIDDEN_SIGNS}]{{3}}|证件{{0,2}}(?:号码?)?的?(?:尾号|[后末][四4]|最后)"
)
_SIGN = re.compile(f"[{HIDDEN_SIGNS}]")
_KEY = re.compile("[a-z]+:[0-9a-f]{32}")
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
    return _redacted(text, lambda found: _masked_id(found, strict))


def redacted_name(name: str) -> str:
    """A file's name, a list's or a sender's likewise.

    Nobody checks what stands there: an id with a slip, or an old one of fifteen digits, is hidden
    too.  A document's number is told by its division and its years, as in `redacted_key`.
    """
    return _redacted(name, _masked_if_likely)


def _redacted(text: str, mask: Callable[[str], str]) -> str:
    if _KEY.fullmatch(text):
        return text  # one of our own keys: digits stand in it by chance
    hidden = _replaced(_ID, text, mask)
    hidden = _replaced(_PHONE, hidden, _masked_phone)
    hidden = _replaced(_HALF_MASKED, hidden, _masked_wholly)
    return _replaced(_ENDS_IN, hidden, lambda found: f"{found[:-4]}****")


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

    def marked_wholly(found: str) -> str:
        mask = _masked_wholly(found)
        [mark] = keyed_hashes([_SIGN.sub("*", found)], key_bytes(identity_key), said_before="mask ")
        return found if mask == found else f"{mask}#{mark[-8:]}"

    return _replaced(_HALF_MASKED, _replaced(_ID, text, marked), marked_wholly)


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
    return f"{code[:6]}{'*' * (len(code) - 6)}"


def _masked_if_likely(text: str) -> str:
    code = compact(text)
    found = resident_id.check(code)
    if found.value is None and found.code != "check_digit":
        return text
    if found.value is None and int(code[6:10]) > today().year - _OF_AGE:
        return text
    return _masked_id(text, strict=False)


def _masked_wholly(text: str) -> str:
    """What somebody else masked, without the digits that they left at its end."""
    if masked_form(text) is None:
        return text
    return f"{text[:6]}{'*' * (len(text) - 6)}"


def _masked_phone(text: str) -> str:
    digits = re.sub(r"[^0-9]", "", text)
    digits = digits[2:] if len(digits) == 13 else digits
    return f"{digits[:3]}{'*' * (len(digits) - 7)}{digits[-4:]}"

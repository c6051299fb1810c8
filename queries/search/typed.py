"""What a person typed, as a search reads it: a key, a code, a loan number, a place, a name.

Nothing is decided here: one text may be several of these, and each is looked for.  Whatever looks
like a resident id never leaves this module in clear, and one that is faulty is looked for nowhere.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from itertools import combinations, islice, product
from typing import Any

from graph.identifiers import Verdict, person_key, phone_key, resident_id, tail_key
from graph.identifiers import unified_social_credit_code as uscc
from graph.identifiers.spelling import compact
from graph.names.searching import fold
from graph.names.sound import cut, every_way, heard_alike

__all__ = ["Typed", "hidden", "is_personal", "read_typed"]

_KEY = re.compile(r"[a-z][a-z0-9]*:\S+")
_ID = re.compile(r"\d{17}[\dX]|\d{15}")
_ID_BEGUN = re.compile(r"[1-8]\d{5}(19|20)\d{6,}[\dX]*")
_MOBILE = re.compile(r"1[3-9]\d{9}")
_CODE = re.compile(r"(?=(?:.*\d){6})[0-9A-Z]{8,20}")
_CHECK_DIGIT = re.compile(r"(?:\d{3,6}\*+)?([0-9A-Z]{3,4})", re.IGNORECASE)
_TAIL = re.compile(r"tail:[0-9a-f]{16}")
_FOUR = re.compile(r"(?:\d{3,6}\*+)?(\d{3}[\dX])", re.IGNORECASE)
_PLACE = re.compile(r".+(?:村|镇|乡|街道|社区|县|区)")
_PLACE_ENDINGS = ("", "村", "村委会", "村民委员会", "社区", "社区居委会", "镇", "乡", "街道", "街道办事处")  # fmt: skip
_PLACE_END = re.compile(r"(?:村民委员会|村委会|社区居委会|居委会)$")
_SYLLABIC = re.compile(r"[a-zü]+")

_LENGTH = 18
_LEAST_LOAN_NO = 4
#: Names of this many characters and fewer are a person's; of a longer one more may be wrong.
_SHORT = 4
_LONGEST = 30
_MOST_CUTS = 12
_MOST_NAMES, _MOST_NEAR = 300, 60

#: Parameters of `find_party` by which something else than a name is found.
_OTHERWISE = ("keys", "prefixes", "phone_keys", "loan_nos", "places")

_ID_NOT_LOOKED_FOR = "像身份证号码，但校验不通过：{}请对照证件逐位核对后重输；只按借据号找过。"
_DIGITS_ALONE = "只凭证件号码的后几位不能查找，请同时输入姓名，如“李永 001X”。"


@dataclass(frozen=True)
class Typed:
    """What was typed, in every way that it may be meant.

    Attributes:
        keys: of parties; `prefixes`: beginnings of keys, of codes that are partial or faulty.
        folded: the name in the form names are compared in; `household` where it is one's.
        syllables: the name by its sounds, of letters each way to cut them.
        is_latin: letters were typed, so that it may be pinyin or initials.
        within: place that the name was typed with; `digits`: last characters of an identifier;
            `tail_key`: the key of four of them, by which persons are known (`hidden`).
        notes: what the person should know besides the answer.
    """

    text: str = ""
    keys: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ()
    phone_keys: tuple[str, ...] = ()
    loan_nos: tuple[str, ...] = ()
    folded: str = ""
    household: str = ""
    syllables: tuple[tuple[str, ...], ...] = ()
    is_latin: bool = False
    within: str = ""
    alternative: tuple[str, str] | None = None
    digits: str = ""
    tail_key: str = ""
    notes: tuple[str, ...] = field(default=())

    def parameters(self) -> dict[str, Any]:
        """What `find_party` is asked with, as its header declares it."""
        return {
            "keys": list(self.keys),
            "prefixes": list(self.prefixes),
            "phone_keys": list(self.phone_keys),
            "loan_nos": list(self.loan_nos),
            "places": self._places(),
            "names": self._names(),
            "digits": self.digits,
            "tail_key": self.tail_key,
        }

    def near(self) -> dict[str, Any] | None:
        """What `find_party` is asked with once more for names that are nearly this one, where nothing
        is exactly what was typed; None where it is no name."""
        if self.is_latin:
            query = _heard(self.syllables)
        else:
            query = _nearly(self.syllables[0]) if self.syllables else ""
        if not query:
            return None
        nothing: dict[str, list[str]] = {name: [] for name in _OTHERWISE}
        named = _named(query, "near", within=self.within)
        return {**nothing, "names": [named], "digits": self.digits, "tail_key": self.tail_key}

    def _places(self) -> list[str]:
        if self.is_latin or not self.folded or self.digits or self.within:
            return []
        bare = _PLACE_END.sub("", self.text)
        stems = {bare, bare.removesuffix("村"), bare.removesuffix("社区")} - {""}
        return sorted({self.text, *(stem + end for stem in stems for end in _PLACE_ENDINGS)})

    def _names(self) -> list[dict[str, Any]]:
        asked = []
        if self.folded:
            asked.append(_named(_phrase("written", self.folded), "part", within=self.within))
        if self.household:
            written = _phrase("written", self.household)
            asked.append(_named(written, "household", is_household=True))
        if self.alternative:
            name, place = self.alternative
            asked.append(_named(_phrase("written", name), "part", within=place))
        if self.is_latin:
            ways = [_phrase("sounds", way) for way in self.syllables]
            spoken = " OR ".join([*ways, _phrase("initials", self.folded)])
            asked.append(_named(spoken, "sound", within=self.within))
        return asked


def hidden(text: str, identity_key: str) -> str:
    """The text with every resident id and telephone number as its keyed hash.

    What is also a well-formed organisation code is looked for as both (graph.identifiers).  Four
    digits beside a name may end an id: their key comes with them.
    """
    if whole := _hashed(text, identity_key):
        return whole
    words = text.split()
    ends = [found[1].upper() for word in words if (found := _FOUR.fullmatch(compact(word)))]
    keys = [tail_key(end, identity_key) for end in ends[-1:] if len(words) > 1]
    return " ".join([*(_hashed(word, identity_key) or word for word in words), *keys])


def is_personal(text: str) -> bool:
    """Whether the text holds what may not be shown again: a resident id, faulty or not, a phone."""
    spelt = [compact(text), *map(compact, text.split())]
    return any(
        _ID.fullmatch(each) or _ID_BEGUN.match(each) or _MOBILE.fullmatch(each)
        for each in spelt
        if uscc.check(each).value is None or resident_id.check(each).value is not None
    )


def read_typed(text: str) -> Typed:
    """Every meaning of a text; identities are keys in it already (`hidden`)."""
    text = unicodedata.normalize("NFKC", text).strip()
    words = [word for word in text.split() if not _TAIL.fullmatch(word)]
    tails = _TAIL.findall(text)
    text = " ".join(words)
    if keys := [word for word in words if _KEY.fullmatch(word)]:
        phones = tuple(key for key in keys if key.startswith("phone:"))
        return Typed(
            text,
            tuple(key for key in keys if key not in phones),
            phone_keys=phones,
            loan_nos=_loan_nos(text, words),
        )
    if is_personal(text):
        why = resident_id.check(text).message_zh
        # a bank's own number may look like that too
        return Typed(loan_nos=_loan_nos(text, words), notes=(_ID_NOT_LOOKED_FOR.format(why),))
    keys, prefixes, notes = _codes(text)
    rest, within, digits = _qualified(words)
    if not rest:
        return Typed(text, tuple(keys), tuple(prefixes), notes=(_DIGITS_ALONE,))
    folded = fold("".join(rest))[:_LONGEST]
    is_latin = bool(_SYLLABIC.fullmatch(folded))
    syllables = islice(cut(folded.replace("ü", "v")), _MOST_CUTS) if is_latin else every_way(folded)
    two = len(rest) == 2 and not is_latin and not within
    return Typed(
        text=text,
        keys=tuple(keys),
        prefixes=tuple(prefixes),
        loan_nos=_loan_nos(text, words),
        folded=folded,
        household=folded[:-1] if folded.endswith("户") else "",
        syllables=tuple(islice(syllables, _MOST_CUTS)),
        is_latin=is_latin,
        within=within,
        alternative=(fold(rest[0]), rest[1]) if two else None,
        digits=digits,
        tail_key=tails[0] if tails and digits else "",
        notes=tuple(notes),
    )


def _hashed(text: str, identity_key: str) -> str:
    """Keys instead of a resident id or a telephone number; empty for any other text."""
    spelt = compact(text)
    if _MOBILE.fullmatch(spelt):
        return phone_key(spelt, identity_key)
    found = resident_id.check(spelt)
    if found.verdict is Verdict.INVALID or found.value is None:
        return ""
    code = uscc.check(spelt).value
    return " ".join([person_key(found.value, identity_key), *([f"org:{code}"] if code else [])])


def _codes(text: str) -> tuple[list[str], list[str], list[str]]:
    """Keys, beginnings of keys and notes of a text that may be a code of an organisation."""
    code = compact(text)
    if not _CODE.fullmatch(code):
        return [], [], []
    found = uscc.check(code)
    if found.value is not None:
        return [f"org:{found.value}"], [], []
    if len(code) == _LENGTH:
        return [], [f"org:{code[:17]}"], [f"{found.message_zh}前17位相同的列在下面。"]
    return [], [f"org:{code}"], []


def _qualified(words: list[str]) -> tuple[list[str], str, str]:
    """Words of the name, the place and the last digits of an identifier typed with it."""
    rest, within, digits = list(words), "", ""
    for word in words[1:] if len(words) > 1 else words:
        told = _CHECK_DIGIT.fullmatch(word)
        if told and any(map(str.isdigit, word)) and (len(words) > 1 or "*" in word):
            digits = told[1].upper()
            rest.remove(word)
    if len(rest) > 1:
        place = next((word for word in reversed(rest) if _PLACE.fullmatch(word)), None)
        if place is not None:
            within = place
            rest.remove(place)
    return rest, within, digits


def _loan_nos(text: str, words: list[str]) -> tuple[str, ...]:
    """What may be the bank's own number, alone or after the institution's."""
    told = [text, *words, *(word.rpartition(":")[2] for word in words)]
    spelt = [way for each in told for way in (each, each.upper())]
    return tuple(
        dict.fromkeys(
            each for each in spelt if len(each) >= _LEAST_LOAN_NO and any(map(str.isdigit, each))
        )
    )


def _named(
    query: str, match: str, *, within: str = "", is_household: bool = False
) -> dict[str, Any]:
    return {
        "query": query,
        "match": match,
        "within": within,
        "is_household": is_household,
        "limit": _MOST_NEAR if match == "near" else _MOST_NAMES,
    }


def _phrase(column: str, tokens: str | tuple[str, ...]) -> str:
    return f'{column}:"{" ".join(tokens)}"'


def _heard(ways: tuple[tuple[str, ...], ...]) -> str:
    """Names that sound as the letters do to who does not tell zh from z or ing from in."""
    alike = (product(*map(heard_alike, way)) for way in ways)
    found = {told for each in alike for told in islice(each, _MOST_CUTS)} - set(ways)
    return " OR ".join(_phrase("sounds", told) for told in sorted(found))


def _nearly(syllables: tuple[str, ...]) -> str:
    """Names with the sounds of this one, of a short name with one character more or fewer."""
    if len(syllables) < 2:
        return ""
    heard = [f"({' '.join(heard_alike(each))})" for each in syllables]
    if len(heard) > _SHORT:
        some = [" ".join(heard)]
    else:
        least = max(2, len(heard) - 1)
        some = [
            "(" + " ".join(f"+{each}" for each in way) + ")" for way in combinations(heard, least)
        ]
    exact = " ".join(syllables)
    return f'sounds:("{exact}"~1^8 {" ".join(some)})'

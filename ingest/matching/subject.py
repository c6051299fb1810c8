"""What somebody says of a party that they look for, with its numbers turned into keys at once.

A number of a person is hashed where it comes in and is in no object after that; what of it may be shown
again is its mask.  One that is faulty is looked for nowhere and said to be faulty.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Literal, TypeAlias

from graph.errors import InputError
from graph.identifiers import Verdict, person_key, phone_key, resident_id
from graph.identifiers import unified_social_credit_code as uscc
from graph.identifiers.spelling import compact
from graph.names.writing import simplified
from queries.search import is_personal

__all__ = ["KINDS", "Kind", "SaidOf", "Subject", "subject_of"]

Kind: TypeAlias = Literal["person", "organisation", "household"]
#: Kinds that may be asked for, with their terms.
KINDS: Mapping[Kind, str] = MappingProxyType(
    {"person": "自然人", "organisation": "组织", "household": "农户"}
)

_MOBILE_DIGITS = 11
_TAIL = 4
_LONGEST_NAME = 100
_LEAST = 2


@dataclass(frozen=True)
class SaidOf:
    """As it comes from a body, a sheet or a command.

    Attributes:
        ref: by which whoever asks knows it again; it comes back unchanged.
        number: a resident id or a unified social credit code; `tail`: the last four of a resident id.
        age: in full years on the day that is asked about.
    """

    ref: str = ""
    name: str = ""
    number: str = ""
    tail: str = ""
    phone: str = ""
    birth_on: date | None = None
    age: int | None = None
    sex: Literal["male", "female"] | None = None
    town: str = ""
    village: str = ""
    kind: Kind | None = None


@dataclass(frozen=True)
class Subject:
    """The same without a number in it.

    Attributes:
        keys: of the number, all that it may be; `phones` of the telephone.
        tail: kept as it was said, to be hashed by the reader together with the name.
        shown: mask of the number, or the code of an organisation.
        faults: what is wrong with what was said, in Chinese: nothing is looked for by it.
    """

    ref: str
    name: str
    keys: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    tail: str = ""
    birth_on: date | None = None
    age: int | None = None
    sex: str | None = None
    town: str = ""
    village: str = ""
    kind: Kind | None = None
    shown: str = ""
    faults: tuple[str, ...] = ()

    @property
    def has_number(self) -> bool:
        """Whether it was said by a number that holds."""
        return bool(self.keys)


def subject_of(said: SaidOf, identity_key: str) -> Subject:
    """What can be looked for of what was said.

    Raises `InputError`: there is neither a number nor a name of two characters (`match_too_little`), a
    number stands where the name belongs (`number_in_name`).
    """
    name = _name(said.name)
    if is_personal(name):
        raise InputError(
            "名称一栏里像是证件号码或电话。请把它放到号码或电话一栏再查。",
            "A number stands where the name belongs.",
            code="number_in_name",
        )
    faults: list[str] = []
    keys, shown = _number(said.number, identity_key, faults)
    phones = _phone(said.phone, identity_key, faults)
    tail = compact(said.tail)
    if tail and (len(tail) != _TAIL or not tail[:3].isdigit() or tail[3] not in "0123456789X"):
        faults.append("证件号码后四位应为三位数字加一位数字或 X，没有按它查找。")
        tail = ""
    if not (keys or phones) and len(name) < _LEAST:
        raise InputError(
            "".join([*faults, "请至少写明两个字以上的名称，或正确的证件号码、统一社会信用代码。"]),
            "Say a name of two characters and more, or a number that holds.",
            code="match_too_little",
        )
    return Subject(
        ref=said.ref,
        name=name,
        keys=keys,
        phones=phones,
        tail=tail if name else "",
        birth_on=said.birth_on,
        age=said.age,
        sex=said.sex,
        town=said.town.strip(),
        village=said.village.strip(),
        kind=said.kind,
        shown=shown,
        faults=tuple(faults),
    )


def _name(text: str) -> str:
    """Without the blanks that clerks put between the characters of a name."""
    words = text.split()
    joined = " ".join(words) if text.isascii() else "".join(words)
    return joined[:_LONGEST_NAME]


def _number(text: str, identity_key: str, faults: list[str]) -> tuple[tuple[str, ...], str]:
    spelt = compact(text)
    if not spelt:
        return (), ""
    person, firm = resident_id.check(spelt), uscc.check(spelt)
    is_person = person.verdict is not Verdict.INVALID and person.value is not None
    keys = []
    if is_person and person.value is not None:
        keys.append(person_key(person.value, identity_key))
    if firm.value is not None and firm.verdict is not Verdict.INVALID:
        keys.append(f"org:{firm.value}")
    if keys:
        return tuple(keys), resident_id.mask(spelt) if is_person else str(firm.value)
    # of what begins like a code of an organisation, why it is none; of all else, why it is no id
    why = firm if spelt[:1] in {"9", "5", "1", "N", "Y"} and not spelt.isdigit() else person
    faults.append(f"号码校验不通过，没有按它查找：{why.message_zh}")
    return (), "*" * len(spelt)


def _phone(text: str, identity_key: str, faults: list[str]) -> tuple[str, ...]:
    digits = simplified(compact(text))
    if not digits:
        return ()
    if len(digits) != _MOBILE_DIGITS or not digits.isdigit() or not digits.startswith("1"):
        faults.append("电话不是 11 位手机号码，没有按它查找。")
        return ()
    return (phone_key(digits, identity_key),)

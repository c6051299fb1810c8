"""The rules by which two records are compared; each says one thing, and says why.

A rule is a small function of two records.  Its docstring is the sentence that an officer reads; it
returns what it found, or None where it has nothing to say.  How much a finding weighs is data
(`policy.yaml`); here it is only whether the two agree, how, and in which value.

Names are alternatives: of the rules of one group only the strongest finding counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from graph.identifiers import division_code
from graph.names.sound import same_sound, surname_length
from graph.names.writing import common_writing, plain, simplified
from ingest.identity.firm_name import core_name, is_full_name
from ingest.identity.record import Record

__all__ = ["RULES", "Rule", "RuleFinding", "findings", "rule_text"]

_DIGITS_THAT_PROVE = 4
_ALIKE = 80  # rapidfuzz ratio of two firm cores, or of two addresses


@dataclass(frozen=True)
class RuleFinding:
    """What one rule found.

    Attributes:
        level: the name of the finding in `policy.yaml` (`same`, `different`, `near` …).
        value: the value in which they agree; None for a disagreement.
        shown: the two values, as an officer may see them.
    """

    level: str
    value: str | None
    shown: tuple[str, str]


Rule = Callable[[Record, Record], RuleFinding | None]


def firm_name(a: Record, b: Record) -> RuleFinding | None:
    """单位全称（含地区和组织形式）完全相同：同一登记机关辖区内，同行业企业不得重名。"""
    if a.is_person or b.is_person or not (a.name and b.name) or plain(a.name) != plain(b.name):
        return None
    return (
        RuleFinding("full", simplified(a.name), (a.name, b.name)) if is_full_name(a.name) else None
    )


def name_same(a: Record, b: Record) -> RuleFinding | None:
    """姓名（名称）写法完全相同。"""
    if a.name and b.name and plain(a.name) == plain(b.name):
        return RuleFinding("same", simplified(a.name), (a.name, b.name))
    return None


def name_script(a: Record, b: Record) -> RuleFinding | None:
    """姓名只有繁体简体、异体或俗写姓氏（付与傅）的差别。"""
    if not (a.name and b.name) or plain(a.name) == plain(b.name):
        return None
    if common_writing(a.name) == common_writing(b.name):
        return RuleFinding("same", common_writing(a.name), (a.name, b.name))
    return None


def name_former(a: Record, b: Record) -> RuleFinding | None:
    """一方的姓名（名称）是另一方的曾用名。"""
    return _alias(a, b, a.former_names, b.former_names)


def name_nickname(a: Record, b: Record) -> RuleFinding | None:
    """一方的称呼是另一方的小名或绰号，或双方小名相同。"""
    if not (a.is_person and b.is_person):
        return None
    called_a, called_b = called(a), called(b)
    nick_a = {simplified(each) for each in a.nicknames}
    nick_b = {simplified(each) for each in b.nicknames}
    shared = (called_a & nick_b) | (called_b & nick_a) | (nick_a & nick_b)
    if not shared or (a.name and b.name and simplified(a.name) == simplified(b.name)):
        return None
    found = min(shared)
    return RuleFinding("same", found, (a.name or found, b.name or found))


def name_sound(a: Record, b: Record) -> RuleFinding | None:
    """姓名同音（或平翘舌、前后鼻音相近），多音姓氏按姓氏读音。"""
    if not (a.name and b.name and a.is_person and b.is_person):
        return None
    one, other = common_writing(a.name), common_writing(b.name)
    found = same_sound(one, other) if one != other and len(one) > 1 else None
    return RuleFinding(found, one, (a.name, b.name)) if found else None


def name_similar(a: Record, b: Record) -> RuleFinding | None:
    """姓氏相同，名字只差一个字。"""
    if not (a.name and b.name and a.is_person and b.is_person):
        return None
    one, other = common_writing(a.name), common_writing(b.name)
    length = surname_length(one)
    if one == other or one[:length] != other[:length] or max(len(one), len(other)) < 3:
        return None
    if OSA.distance(one, other) == 1 and not same_sound(one, other):
        return RuleFinding("same", one, (a.name, b.name))
    return None


def firm_core(a: Record, b: Record) -> RuleFinding | None:
    """企业字号相同或相近（去掉地区、行业和组织形式后）。"""
    if a.is_person or b.is_person or not (a.name and b.name):
        return None
    one, other = core_name(a.name), core_name(b.name)
    if simplified(a.name) == simplified(b.name):
        return None
    if one == other:
        return RuleFinding("same", one, (a.name, b.name))
    if min(len(one), len(other)) >= 3 and fuzz.ratio(one, other) >= _ALIKE:
        return RuleFinding("near", one, (a.name, b.name))
    return None


def name_different(a: Record, b: Record) -> RuleFinding | None:
    """双方都有姓名（名称），但写法、读音和曾用名都对不上。"""
    if a.name and b.name and not any(rule(a, b) for rule in _NAMES):
        return RuleFinding("different", None, (a.name, b.name))
    return None


def village(a: Record, b: Record) -> RuleFinding | None:
    """所在村相同；不同村，或村名相同而不在同一乡镇，是反面依据。"""
    if a.village and b.village:
        if a.village == b.village:
            return RuleFinding("same", a.village, (_place(a.village), _place(b.village)))
        if a.village_name and a.village_name == b.village_name:
            return RuleFinding("homonym", None, (_place(a.village), _place(b.village)))
        return RuleFinding("different", None, (_place(a.village), _place(b.village)))
    if a.village_name and b.village_name:
        one, other = village_key(a.village_name), village_key(b.village_name)
        if one == other:
            return RuleFinding("name_only", one, (a.village_name, b.village_name))
        return RuleFinding("different", None, (a.village_name, b.village_name))
    return None


def phone(a: Record, b: Record) -> RuleFinding | None:
    """联系电话相同；只有脱敏号码时，可见位相同是较弱的依据。"""
    if a.phone_key and b.phone_key:
        if a.phone_key != b.phone_key:
            return None
        return RuleFinding("same", a.phone_key, (a.phone or "相同", b.phone or "相同"))
    if a.phone and b.phone and _visible_agree(a.phone, b.phone):
        return RuleFinding("masked", min(a.phone, b.phone), (a.phone, b.phone))
    return None


def birth(a: Record, b: Record) -> RuleFinding | None:
    """出生日期相同；月日颠倒或同年同月为部分相符，其余不同是反面依据。"""
    if not (a.birth_on and b.birth_on):
        return None
    shown = (a.birth_on.isoformat(), b.birth_on.isoformat())
    if a.birth_on == b.birth_on:
        return RuleFinding("same", shown[0], shown)
    if a.birth_on.year == b.birth_on.year:
        swapped = (a.birth_on.month, a.birth_on.day) == (b.birth_on.day, b.birth_on.month)
        if swapped or a.birth_on.month == b.birth_on.month:
            return RuleFinding("near", shown[0], shown)
    return RuleFinding("different", None, shown)


def sex(a: Record, b: Record) -> RuleFinding | None:
    """性别不同，是强反面依据。"""
    if a.sex and b.sex and a.sex != b.sex:
        return RuleFinding("different", None, (a.sex, b.sex))
    return None


def address(a: Record, b: Record) -> RuleFinding | None:
    """地址相同或相近。"""
    if not (a.address and b.address):
        return None
    one, other = simplified(a.address), simplified(b.address)
    if one == other:
        return RuleFinding("same", one, (a.address, b.address))
    if fuzz.ratio(one, other) >= _ALIKE and _digits(one) == _digits(other):
        return RuleFinding("near", one, (a.address, b.address))
    return None


def masked_id(a: Record, b: Record) -> RuleFinding | None:
    """脱敏证件号的可见位相符，末四位经比对码核对；有一位不符即不是同一人。"""
    if not (a.masked_id and b.masked_id) or len(a.masked_id) != len(b.masked_id):
        return None
    shown = (a.masked_id, b.masked_id)
    one, other = with_birth(a), with_birth(b)
    ends = {a.tail_key, b.tail_key}
    if not _visible_agree(one, other) or (None not in ends and len(ends) > 1):
        return RuleFinding("different", None, shown)
    # the first six are a whole county's; fewer than four digits more prove nothing
    both = sum("*" not in digits for digits in zip(one[6:], other[6:], strict=True))
    if None in ends and both < _DIGITS_THAT_PROVE:
        return None
    return RuleFinding("same", f"{min(shown)} {a.tail_key}" if a.tail_key else min(shown), shown)


#: Ways in which two names agree, the stronger first.
_NAMES: tuple[Rule, ...] = (
    firm_name, name_same, name_script, name_former, name_nickname, name_sound, name_similar, firm_core,
)  # fmt: skip

#: rule -> the group of alternatives that it belongs to.
RULES: dict[Rule, str] = {
    **dict.fromkeys((*_NAMES, name_different), "name"),
    village: "village",
    phone: "phone",
    birth: "birth",
    sex: "sex",
    address: "address",
    masked_id: "masked_id",
}


def findings(a: Record, b: Record) -> Iterator[tuple[str, str, RuleFinding]]:
    """What every rule finds in a pair: (group, rule, outcome).

    Names written alike are not looked at by the weaker rules for names, which would say nothing.
    """
    agreed = False
    for rule in _NAMES:
        outcome = rule(a, b)
        if outcome is not None:
            agreed = True
            yield "name", rule.__name__, outcome
            if rule in (firm_name, name_same, name_script):
                break
    if not agreed and a.name and b.name:
        yield "name", name_different.__name__, RuleFinding("different", None, (a.name, b.name))
    for rule, group in RULES.items():
        if group != "name" and (outcome := rule(a, b)) is not None:
            yield group, rule.__name__, outcome


@cache
def rule_text(name: str) -> str:
    """The sentence that explains a rule to an officer."""
    return next(rule.__doc__ or "" for rule in RULES if rule.__name__ == name)


def _alias(a: Record, b: Record, of_a: Iterable[str], of_b: Iterable[str]) -> RuleFinding | None:
    if a.name and b.name and simplified(a.name) == simplified(b.name):
        return None
    for one, aliases in ((a.name, of_b), (b.name, of_a)):
        for alias in aliases:
            if one and simplified(one) == simplified(alias):
                return RuleFinding("same", simplified(alias), (a.name or alias, b.name or alias))
    return None


def called(record: Record) -> set[str]:
    """What a person may be called: the name, and the given name without its surname."""
    if not record.name:
        return set()
    name = simplified(record.name)
    return {name, name[surname_length(name) :]} - {""}


@lru_cache(maxsize=1 << 14)
def _place(code: str) -> str:
    town = division_code.name(code[:9]) if len(code) >= 9 else None
    return f"{town or ''}{code}"


def village_key(text: str) -> str:
    return simplified(text).removesuffix("村民委员会").removesuffix("村委会").removesuffix("村")


def _visible_agree(one: str, other: str) -> bool:
    return len(one) == len(other) and all(
        x == y or "*" in (x, y) for x, y in zip(one, other, strict=True)
    )


def with_birth(record: Record) -> str:
    """The masked id with the date of birth where that is known but hidden."""
    masked = record.masked_id or ""
    if record.birth_on and len(masked) == 18 and masked[6:14] == "*" * 8:
        return masked[:6] + record.birth_on.strftime("%Y%m%d") + masked[14:]
    return masked


def _digits(text: str) -> list[str]:
    return [character for character in text if character.isdigit()]

"""How well a candidate fits what was said: a number settles it, all else is added up in bits.

The rules for names, birth and sex, and their weights, are those by which records are compared
(`ingest.identity`); here stand those for what a person at a counter says besides: an age, a village, the
last four of a number, a telephone.  What agrees never takes away; what was not said weighs nothing.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import Any

from graph.names.writing import common_writing, simplified
from ingest.identity.commonness import Commonness
from ingest.identity.comparison import Reason, compare, probability
from ingest.identity.firm_name import core_name
from ingest.identity.policy import load_policy
from ingest.identity.record import Record, told
from ingest.identity.rules import village_key
from ingest.matching.candidates import Found, Gathered
from ingest.matching.policy import Band, MatchPolicy
from ingest.matching.subject import Subject

__all__ = ["Weighed", "weigh"]

_AGE_NEAR, _AGE_OFF = 1, 3
_DIFFERENT = "name_different"
_TEXTS = {
    "age": "年龄相同，或只差一岁（周岁、虚岁）；差三岁以上是反面依据。",
    "place": "所在村镇相同；村名相同而乡镇不同，或村名不同，是反面依据。",
    "digits": "证件号码后四位相同（以比对码核对）。",
    "phone": "联系电话相同（以比对码核对）。",
    "number": "证件号码（统一社会信用代码）相同。",
}


@dataclass(frozen=True)
class Weighed:
    """One candidate with its reasons, the strongest first.

    Attributes:
        odds: log2 of the odds that it is the one; infinite where a number says so.
        contradicted: whether the number is the same and the name another: somebody mistyped one of both.
    """

    found: Found
    odds: float
    band: Band
    reasons: tuple[Reason, ...]
    contradicted: bool = False

    @property
    def probability(self) -> float:
        """Probability that it is the one."""
        return probability(self.odds)


def weigh(gathered: Gathered, policy: MatchPolicy, *, with_mentions: bool = False) -> list[Weighed]:
    """Candidates of one subject, the surest first.

    Who bears another number than the one that was said is somebody else and is left out; where the
    number itself was found, everybody else is, but for mentions without a number `with_mentions`.
    """
    subject, every = gathered.subject, list(gathered.found.values())
    if subject.keys and any("number" in one.by for one in every):
        every = [
            one
            for one in every
            if "number" in one.by or (with_mentions and not _bears_a_number(one, subject))
        ]
    elif subject.keys:
        every = [one for one in every if not _bears_a_number(one, subject)]
    common = _commonness(gathered)
    weighed = [_weigh(one, gathered, common, policy) for one in every]
    weighed.sort(key=_surest_first)
    return weighed


def _surest_first(one: Weighed) -> tuple[Any, ...]:
    row = one.found.row
    return -one.odds, *(row[name] or "" for name in ("name", "town", "village")), one.found.key


def _bears_a_number(found: Found, subject: Subject) -> bool:
    """Whether a candidate is known by a number, or is no kind of party that the number could be of."""
    of_persons = any(key.startswith("person:") for key in subject.keys)
    return found.key.startswith(("person:", "org:")) or of_persons != (found.label == "Person")


def _weigh(found: Found, gathered: Gathered, common: Commonness, policy: MatchPolicy) -> Weighed:
    subject = gathered.subject
    compared = compare(_asked(subject, found), _record(found, subject), common, load_policy())
    reasons = list(compared.reasons)
    if "number" in found.by:
        contradicted = any(one.rule == _DIFFERENT for one in reasons)
        shown = (subject.shown, str(found.row["masked"] or subject.shown))
        first = Reason("number", "same", _TEXTS["number"], shown, math.inf)
        return Weighed(
            found, math.inf, "likely" if contradicted else "sure", (first, *reasons), contradicted
        )
    reasons += _besides(found, gathered, reasons, policy)
    reasons.sort(key=lambda one: -one.bits)
    odds = compared.odds + sum(one.bits for one in reasons if one.rule in _TEXTS)
    return Weighed(found, odds, policy.band(probability(odds)), tuple(reasons))


def _asked(subject: Subject, found: Found) -> Record:
    return told(
        Record(
            key="",
            label=found.label,
            name=subject.name or None,
            birth_on=subject.birth_on,
            sex=subject.sex,
        )
    )


def _record(found: Found, subject: Subject) -> Record:
    name = found.row["name"] or next(iter(found.called), None)
    if name and found.label == "Household" and subject.name.endswith("户"):
        # a household goes by its householder's name
        name = f"{name.removesuffix('户')}户"
    return Record(
        key=found.key,
        label=found.label,
        name=name,
        former_names=tuple(one for one in found.called if one != name),
        birth_on=found.born_on,
        sex=found.sex,
    )


def _besides(
    found: Found, gathered: Gathered, reasons: list[Reason], policy: MatchPolicy
) -> list[Reason]:
    """What the rules of records do not look at."""
    subject, row, told_of = gathered.subject, found.row, []

    def say(rule: str, level: str, one: object, other: object, note: str | None = None) -> None:
        bits = 0.0 if note else policy.findings[f"{rule}.{level}"]
        shown = (str(one), str(other))
        told_of.append(Reason(rule, level, _TEXTS[rule], shown, bits, note))

    if (
        subject.age is not None
        and row["age"] is not None
        and not any(one.rule == "birth" for one in reasons)
    ):
        off = abs(subject.age - row["age"])
        level = (
            "same"
            if not off
            else "near"
            if off <= _AGE_NEAR
            else "different"
            if off >= _AGE_OFF
            else ""
        )
        if level:
            say("age", level, subject.age, row["age"])
    if level := _place_level(subject, row):
        said = f"{subject.town}{subject.village}"
        say("place", level, said, f"{row['town'] or ''}{row['village'] or ''}")
    if "tail" in found.by:
        say("digits", "same", subject.tail, "相同")
    if "phone" in found.by:
        many = gathered.with_phone > policy.phone_of
        note = f"该号码由 {gathered.with_phone} 个主体共用，不作为依据" if many else None
        say("phone", "same", "相同", "相同", note)
    return told_of


def _place_level(subject: Subject, row: dict[str, Any]) -> str:
    """How the place agrees; empty where one of both is not known."""
    towns = _agree(subject.town, row["town"], _town_key)
    villages = _agree(subject.village, row["village"], village_key)
    if villages is None:
        return {None: "", True: "town", False: "different"}[towns]
    if not villages:
        return "different"
    return {None: "name_only", True: "same", False: "homonym"}[towns]


def _agree(said: str, known: str | None, folded: Any) -> bool | None:
    return folded(said) == folded(known) if said and known else None


def _town_key(text: str) -> str:
    bare = simplified(text)
    for ending in ("人民政府", "街道办事处", "街道", "镇", "乡"):
        bare = bare.removesuffix(ending)
    return bare


def _commonness(gathered: Gathered) -> Commonness:
    """How many bear a name, of those whom the search for the name brought."""
    names: Counter[str] = Counter()
    cores: Counter[str] = Counter()
    for found in gathered.with_name:
        for called in {found.row["name"], *found.called} - {None}:
            names[common_writing(str(called))] += 1
            if found.label != "Person":
                cores[core_name(str(called))] += 1
    # of the district as a whole no number is needed: a name's rarity is its bearers' alone
    return Commonness(0, 0, {"name": names, "firm_core": cores})

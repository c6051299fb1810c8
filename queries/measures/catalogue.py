"""The catalogue of lawful measures: area, clause, who enforces it on whom, and for how long.

全国失信惩戒措施基础清单; 国办发〔2020〕49号: a measure that no law, regulation or policy of the State Council
names is none.  The file is `measures.yaml`; its lines are ours, its articles are the law's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from functools import cache, cached_property
from typing import ClassVar, Literal

from pydantic import Field, model_validator

from queries.rule_file import RuleFile, Strict, read_rules

__all__ = ["SURE", "Body", "Catalogue", "Measure", "Sure", "Term", "TriggerRule", "load_measures"]

Sure = Literal["found", "known_high", "unsure"]

#: How sure the clause of a measure is, in words.
SURE: Mapping[Sure, str] = {
    "found": "已核对条文", "known_high": "通行文本，未重新核对", "unsure": "依据未核实，不得适用",
}  # fmt: skip

_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")}
_UNITS = {"十": 10, "百": 100}


class Body(Strict):
    """A kind of authority: its title, and words of which its name has one."""

    title: str
    words: tuple[str, ...]

    def is_named_by(self, name: str | None) -> bool:
        """Whether an authority of this name is one."""
        return any(word in (name or "") for word in self.words)


class TriggerRule(Strict):
    """What a measure may follow from.

    Attributes:
        lists: kinds of list entries.
        penalty: None: no penalty; else words of which one of its classes or contents has one; empty: any.
        paper: a document that no register here holds, in words; None: none will do.
    """

    lists: tuple[str, ...] = ()
    penalty: tuple[str, ...] | None = None
    paper: str | None = None


class Term(Strict):
    """How long a measure may last.

    Attributes:
        kind: fixed and grade_year count months from the decision; record: as long as the record may
            be used; until_met: until the duty is done; once: no duration; decided: what the decision says.
        least, most: months; None: the law names none.
        life: the decision may say for life.
    """

    kind: Literal["fixed", "record", "until_met", "grade_year", "once", "decided"]
    least: int | None = Field(default=None, gt=0)
    most: int | None = Field(default=None, gt=0)
    life: bool = False


class Measure(Strict):
    """One line; `decided_by` made the record, `enforced_by` carries the measure out; None: any."""

    id: str
    area: str
    title: str
    target: str
    subjects: tuple[Literal["organisation", "person", "large_enterprise"], ...]
    roles: tuple[Literal["self", "legal_representative", "principal", "responsible"], ...]
    in_person: bool = False
    trigger: TriggerRule
    decided_by: str | None = None
    enforced_by: str | None = None
    law: str
    article: str
    level: Literal["law", "regulation", "judicial", "rule", "normative"]
    begins: date | None = Field(default=None, alias="from")
    ends: date | None = Field(default=None, alias="until")
    term: Term
    group: Literal[1, 2, 3]
    sure: Sure
    rural: bool = False
    note: str = ""

    @property
    def clause(self) -> str:
        """The law with its article, as a clause is cited."""
        return f"{self.law} 第{self.article}条" if self.article else self.law

    @property
    def may_be_applied(self) -> bool:
        """Whether its basis is sure enough to be applied at all."""
        return self.sure != "unsure"

    def in_force(self, day: date) -> bool:
        """Whether its text is in force on a day."""
        return (self.begins or day) <= day <= (self.ends or day)


class Catalogue(RuleFile):
    """All of `measures.yaml`."""

    FILE: ClassVar[str] = "measures"

    bodies: Mapping[str, Body]
    areas: Mapping[str, str]
    measures: tuple[Measure, ...]

    @model_validator(mode="after")
    def _whole(self) -> Catalogue:
        ids = [item.id for item in self.measures]
        if len(set(ids)) < len(ids):
            raise ValueError("two measures of one id")
        for item in self.measures:
            named = {item.decided_by, item.enforced_by} - {None} - set(self.bodies)
            if item.area not in self.areas or named:
                raise ValueError(f"{item.id}: no such area or body: {item.area} {named}")
        return self

    @cached_property
    def by_id(self) -> Mapping[str, Measure]:
        """Measures by id."""
        return {item.id: item for item in self.measures}

    def area_of(self, words: str | None) -> str | None:
        """The code of an area from its code or its Chinese term."""
        return next((code for code, term in self.areas.items() if words in (code, term)), None)

    def body(self, code: str | None) -> Body | None:
        """A kind of authority; None: any will do."""
        return None if code is None else self.bodies[code]

    def cited(self, area: str | None, law: str | None, article: str | None) -> tuple[Measure, ...]:
        """Measures of an area whose clause a paper cites; none where it cites no clause of it."""
        text, numbers = _plain(law), article_numbers(article) or article_numbers(law)
        return tuple(
            item
            for item in self.measures
            if item.area == area
            and text
            and _plain(item.law) in text
            and (not item.article or article_numbers(item.article) & numbers)
        )


def article_numbers(text: str | None) -> frozenset[int]:
    """Numbers of the articles that a text names: “第四十八条”, “48”, “118、122”."""
    stated = text or ""
    named = re.findall(r"第([零一二三四五六七八九十百\d]+)条", stated)
    if not named and re.fullmatch(r"[\d、,，;；和 ]*", stated):
        named = re.findall(r"\d+", stated)
    return frozenset(_number(item) for item in named)


def _number(text: str) -> int:
    if text.isdigit():
        return int(text)
    total, digit = 0, 0
    for sign in text:
        if sign in _UNITS:
            total += (digit or 1) * _UNITS[sign]
            digit = 0
        else:
            digit = _DIGITS[sign]
    return total + digit


def _plain(law: str | None) -> str:
    """A law's name without brackets, years of edition and “中华人民共和国”."""
    return re.sub(r"[《》〈〉\s]|中华人民共和国|（[^）]*）|\([^)]*\)", "", law or "")


@cache
def load_measures() -> Catalogue:
    """The catalogue that ships with this version; raises pydantic's `ValidationError`."""
    return read_rules(Catalogue)

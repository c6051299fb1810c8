"""For what an institution may ask a consent, as data (`purposes.yaml`)."""

from __future__ import annotations

from functools import cache
from typing import ClassVar

from pydantic import Field, model_validator

from graph.errors import InputError
from graph.information import InformationClass
from queries.rule_file import RuleFile, Strict, read_rules

__all__ = ["ConsentRules", "Purpose", "consent_rules", "find_purpose", "is_written"]


class Purpose(Strict):
    """One purpose.

    Attributes:
        days: for how long a consent is unless it says less, with its first day.
        classes: which information may be asked for it, at most.
    """

    code: str = Field(pattern="[a-z_]+")
    term: str
    clause: str
    days: int = Field(ge=1)
    classes: frozenset[InformationClass]


class Sensitive(Strict):
    """Which classes need a tick of their own, and by which clause."""

    basis: str
    classes: frozenset[InformationClass]


class ConsentRules(RuleFile):
    """Purposes, what is sensitive, and for how long a consent may be."""

    FILE: ClassVar[str] = "purposes"

    sensitive: Sensitive
    longest_days: int = Field(ge=1)
    once_days: int = Field(ge=1)
    purposes: tuple[Purpose, ...]

    @model_validator(mode="after")
    def _consistent(self) -> ConsentRules:
        codes = [purpose.code for purpose in self.purposes]
        if len(codes) != len({*codes}):
            raise ValueError("a purpose is stated twice")
        for purpose in self.purposes:
            if public := [item for item in purpose.classes if item.is_public]:
                raise ValueError(f"{purpose.code}: {public} need no consent")
            if purpose.days > self.longest_days:
                raise ValueError(f"{purpose.code}: longer than longest_days")
        return self


@cache
def consent_rules() -> ConsentRules:
    """The rules in force."""
    return read_rules(ConsentRules)


def find_purpose(named: str) -> Purpose:
    """A purpose by its code or its Chinese term; raises `InputError` (`purpose_unknown`)."""
    rules = consent_rules()
    for purpose in rules.purposes:
        if named in (purpose.code, purpose.term):
            return purpose
    codes = "、".join(f"{purpose.code}（{purpose.term}）" for purpose in rules.purposes)
    raise InputError(
        f"没有这种查询目的。可用的目的：{codes}。",
        f"There is no such purpose; there are: {', '.join(one.code for one in rules.purposes)}.",
        code="purpose_unknown",
    )


def is_written(item: InformationClass) -> bool:
    """Whether a class may be gathered only after warning and with written consent
    (征信业管理条例 第十四条第二款)."""
    return "第十四条（须" in item.basis

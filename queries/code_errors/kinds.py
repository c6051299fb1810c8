"""The kinds of wrong codes, as data: what each means, by which clause, and what to do about it."""

from __future__ import annotations

from functools import cache
from typing import ClassVar, Literal

from queries.rule_file import RuleFile, Strict, read_rules

__all__ = ["GROUPS", "Group", "Kind", "KindFile", "kinds"]

#: wrong: against the rule of the code; repeated: more than one code or subject; use: the code is
#: right and stands in the wrong place; leak: a person's number stands where a code belongs.
Group = Literal["wrong", "repeated", "use", "leak"]
GROUPS: dict[Group, str] = {
    "wrong": "错码",
    "repeated": "重码",
    "use": "用码差错",
    "leak": "个人信息",
}


class Kind(Strict):
    """One kind.

    Attributes:
        means, basis, to_do: in Chinese, as pages and worklists say them.
        vectors: codes that are of this kind (others may be as well); none for kinds that only
            several rows together show.
    """

    code: str
    term: str
    group: Group
    means: str
    basis: str
    to_do: str
    vectors: tuple[str, ...]

    @property
    def in_rate(self) -> bool:
        """Whether the rate counts it."""
        return self.group in ("wrong", "repeated")

    @property
    def can_be_right(self) -> bool:
        """Whether a code of this kind can be right after all, on evidence: a licence never has
        seventeen characters, and a person's number is no code of anybody."""
        return self.code not in ("LENGTH", "ALPHABET", "FILLER", "RESIDENT_ID")


class _Formula(Strict):
    title: str
    says: str
    ceiling_ratio: float | None
    basis: str


class KindFile(RuleFile):
    """Every kind, in the order in which they are shown, and how the rate is formed."""

    FILE: ClassVar[str] = "kinds"

    formula: _Formula
    kinds: tuple[Kind, ...]


@cache
def kinds() -> KindFile:
    """The kinds in force."""
    return read_rules(KindFile)

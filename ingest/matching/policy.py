"""Weights and bands of matching: data under version control (`policy.yaml`)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import ClassVar, Literal, TypeAlias, get_args

from pydantic import Field, model_validator

from queries.rule_file import RuleFile, Strict, read_rules

__all__ = ["Band", "BandRule", "MatchPolicy", "match_policy"]

#: How sure it is that a candidate is the one asked for, the surest first.
Band: TypeAlias = Literal["sure", "likely", "possible", "unlikely"]


class BandRule(Strict):
    """One band.

    Attributes:
        at_least: probability from which it begins; None: no probability leads there, only a number does.
    """

    term: str
    wording: str
    at_least: float | None = Field(default=None, ge=0, lt=1)


class MatchPolicy(RuleFile):
    """Bits of each finding, and the bands."""

    FILE: ClassVar[str] = "policy"

    most_candidates: int = Field(gt=0)
    most_weighed: int = Field(gt=0)
    findings: Mapping[str, float]
    phone_of: int = Field(gt=0)
    bands: Mapping[Band, BandRule]

    @model_validator(mode="after")
    def _ordered(self) -> MatchPolicy:
        if tuple(self.bands) != get_args(Band):
            raise ValueError(f"bands are {get_args(Band)}, in this order")
        least = [rule.at_least for rule in self.bands.values()]
        if least[0] is not None or None in least[1:] or least[-1] != 0:
            raise ValueError("sure has no threshold, the others have, and the last begins at 0")
        if least[1:] != sorted(least[1:], key=float, reverse=True):  # type: ignore[arg-type]
            raise ValueError("each band begins lower than the one before it")
        return self

    def band(self, probability: float) -> Band:
        """The band of who is known by no number."""
        for name, rule in self.bands.items():
            if rule.at_least is not None and probability >= rule.at_least:
                return name
        return "unlikely"


@cache
def match_policy() -> MatchPolicy:
    """The policy that ships with this version."""
    return read_rules(MatchPolicy)

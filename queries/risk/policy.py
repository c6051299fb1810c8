"""The risk policy: data under version control, each line with its reason."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import ClassVar, Literal

from pydantic import Field, model_validator

from graph.schema import SCHEMA
from queries.risk.calibrated import Calibrated
from queries.rule_file import RuleFile, Strict, read_rules

__all__ = [
    "Base",
    "Certainty",
    "Decay",
    "Levels",
    "Policy",
    "Seed",
    "TiePolicy",
    "Variant",
    "load_policy",
]


class Certainty(Strict):
    """How sure a fact or a tie must be to carry risk: no less than certain (docs/adr/0006)."""

    at_least: float = Field(ge=1, le=1)
    reason: str


class Decay(Strict):
    """How a fact fades: its probability halves in `half_life_days`; None = it does not."""

    half_life_days: float | None = Field(gt=0)
    reason: str


class Seed(Strict):
    """Own probability of distress that a fact brings."""

    probability: float = Field(gt=0, lt=1)
    reason: str
    decay: Decay

    def at(self, as_of: date, since: date | None) -> float:
        """The probability at a day, for a fact that is true since another.

        Where nobody said since when, it does not fade: unknown is not long ago.
        """
        half = self.decay.half_life_days
        if half is None or since is None or since >= as_of:
            return self.probability
        return float(self.probability * 0.5 ** ((as_of - since).days / half))


class Variant(Strict):
    """Ties of a kind that pass on less or more than the others, told by a column of theirs or by
    the label of one of their ends."""

    column: str
    value: str
    weight: float = Field(gt=0, le=1)
    reason: str


class TiePolicy(Strict):
    """Whether and how distress flows along a kind of tie.

    Attributes:
        variants: weights of ties of a certain sort, in place of `weight`.
        scale: a ratio column of the tie that scales the weight; where it is unknown, no distress
            flows: unknown is not one.
    """

    flow: Literal["along", "against", "both"]
    weight: float = Field(gt=0, le=1)
    scale: str | None = None
    variants: tuple[Variant, ...] = ()
    reason: str


class Base(Strict):
    """What everybody has without any fact: shown beside a score, no part of it."""

    probability: float = Field(gt=0, lt=0.1)
    reason: str


class Levels(Strict):
    """Words for a share of worlds: the last whose limit it has passed; `none` for nothing at all."""

    reason: str
    none: str
    limits: dict[str, float]

    def of(self, share: float) -> str:
        """The word for a share."""
        reached = [word for word, limit in self.limits.items() if share > limit]
        return reached[-1] if reached else self.none

    @model_validator(mode="after")
    def _rising(self) -> Levels:
        limits = list(self.limits.values())
        if limits != sorted(set(limits)) or not limits or limits[0] < 0:
            raise ValueError("limits of levels must rise")
        return self


class Policy(RuleFile):
    """All seeds and ties, and how sure they must be; `cap` keeps paths acyclic.

    Attributes:
        calibration: None where its values are no probabilities: a policy that was not published
            after calibration never has any.
    """

    FILE: ClassVar[str] = "policy"

    base: Base
    levels: Levels
    cap: float = Field(gt=0, lt=1)
    certainty: Certainty
    seeds: dict[str, Seed]
    ties: dict[str, TiePolicy]
    calibration: Calibrated | None = None

    @model_validator(mode="after")
    def _refuse_typos(self) -> Policy:
        for kind, tie in self.ties.items():
            columns = {item.name for item in SCHEMA.relationships[kind].properties}
            columns |= {"from_label", "to_label"}
            for column in (tie.scale, *(variant.column for variant in tie.variants)):
                if column is not None and column not in columns:
                    raise ValueError(f"{kind} has no column {column}")
        return self

    @property
    def name(self) -> str:
        """Version and content hash: what a basis block states."""
        return f"{self.version}+{self.hash[:12]}"


@cache
def load_policy() -> Policy:
    """The policy that ships with this version."""
    return read_rules(Policy)

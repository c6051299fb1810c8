"""The farmer's 100-point card: points for what is known, a range while something is not.

Unknown is not nothing: an item without its fact may still bring the least or the most, so a score
is a range, and there is a grade only when both ends of it have the same.  Items that the law or
fairness bars are listed with the reason and never scored.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Self

from pydantic import Field, model_validator

from graph.plain_yaml import read_yaml
from graph.time import months_after
from queries.eligibility.facts.catalogue import catalogue
from queries.eligibility.facts.fact import Fact, Value
from queries.rule_file import Strict

__all__ = [
    "UNRATED",
    "Card",
    "Item",
    "Score",
    "Scored",
    "load_card",
    "review_due",
    "reviews_since",
    "score",
]

UNRATED = "不评级"


class Ramp(Strict):
    """`base` at `centre`, one point more or less for every whole `step`."""

    base: int
    centre: int
    step: int = Field(gt=0)


class Item(Strict):
    """One item: points by code, by band (from a value on), or on a ramp.

    Attributes:
        over: a second sum; the whole part of their ratio is what the bands see.
        most, least: of the points.
        no_better_than: a fact of the same codes that bounds it while it is unknown.
        outcome: it is what a calibration measures the card by.
        why: for an item not used, why it may not be.
        fixed: what the published card has wrong.
    """

    id: str
    term: str
    fact: str
    over: str | None = None
    used: bool = True
    why: str | None = None
    fixed: str | None = None
    most: int
    least: int = 0
    points: dict[str, int] | None = None
    bands: tuple[tuple[int, int], ...] | None = None
    ramp: Ramp | None = None
    not_for: tuple[str, ...] = ()
    no_better_than: str | None = None
    outcome: bool = False

    @model_validator(mode="after")
    def _whole(self) -> Self:
        spec = catalogue().own.get(self.fact)
        if spec is None or (self.over is not None and self.over not in catalogue().own):
            raise ValueError(f"{self.id}: no fact is named {self.fact} or {self.over}")
        if sum(form is not None for form in (self.points, self.bands, self.ramp)) != 1:
            raise ValueError(f"{self.id}: points, bands or a ramp, one of them")
        if {*(self.points or ()), *self.not_for} - set(spec.values):
            raise ValueError(f"{self.id}: a code that {self.fact} does not have")
        bound = catalogue().own.get(self.no_better_than or self.fact)
        if bound is None or not set(bound.values) <= set(spec.values):
            raise ValueError(f"{self.id}: {self.no_better_than} does not bound {self.fact}")
        if self.no_better_than and self.points is None:
            raise ValueError(f"{self.id}: only points by code are bounded by another fact")
        if not self.used and not self.why:
            raise ValueError(f"{self.id}: say why it may not be used")
        if self.bands and list(self.bands) != sorted(self.bands):
            raise ValueError(f"{self.id}: bands rise")
        return self

    @property
    def facts(self) -> tuple[str, ...]:
        """Facts that it needs."""
        return (self.fact,) if self.over is None else (self.fact, self.over)

    @property
    def looks_at(self) -> tuple[str, ...]:
        """Facts that it needs, and the one that bounds it."""
        return (*self.facts, *((self.no_better_than,) if self.no_better_than else ()))

    def applies(self, value: Value) -> bool:
        """Whether the item speaks of somebody with this value."""
        return value not in self.not_for

    def of(self, value: Value, over: Value = None) -> int | None:
        """Points of a known value; None where it cannot be worked out (a ratio to nothing)."""
        if self.points is not None:
            return self.points.get(str(value), 0)
        number = float(value or 0)
        if self.over is not None:
            if not over:
                return None
            number = float(int(number / float(over)))
        if self.ramp is not None:
            steps = int((number - self.ramp.centre) / self.ramp.step)
            return min(self.most, max(self.least, self.ramp.base + steps))
        reached = [points for least, points in self.bands or () if number >= least]
        return reached[-1] if reached else 0


class Barred(Strict):
    """What may never be an item, and why."""

    term: str
    why: str


class Card(Strict):
    """The card."""

    version: str
    title: str
    basis: str
    review_months: int = Field(gt=0)
    items: tuple[Item, ...] = Field(min_length=1)
    grades: dict[str, int]
    never: tuple[Barred, ...]
    hash: str = ""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if sum(item.most for item in self.items) != 100:
            raise ValueError("the published card has 100 points")
        falling = list(self.grades.values())
        if falling != sorted(set(falling), reverse=True):
            raise ValueError("grades fall from the highest")
        return self

    @property
    def name(self) -> str:
        """Version and content hash."""
        return f"{self.version}+{self.hash[:12]}"

    @property
    def used(self) -> tuple[Item, ...]:
        """Items that are scored."""
        return tuple(item for item in self.items if item.used)

    @property
    def not_used(self) -> tuple[Barred, ...]:
        """What is never scored and why: items of the published card, and what never may be one."""
        shown = (Barred(term=item.term, why=item.why) for item in self.items if item.why)
        return (*shown, *self.never)

    def grade(self, points: float) -> str:
        """Grade of a score of 100."""
        return next((name for name, least in self.grades.items() if points >= least), UNRATED)


@dataclass(frozen=True)
class Scored:
    """One item for one farmer.

    Attributes:
        least, most: of its points; the same once they are known.
        applies: whether it is on the scale; None while that is unknown.
    """

    item: Item
    value: Value
    least: int
    most: int
    applies: bool | None

    @property
    def points(self) -> int | None:
        """Its points, None while they are unknown and where it is off the scale."""
        return self.least if self.applies and self.least == self.most else None


@dataclass(frozen=True)
class Score:
    """A score of 100, from `low` to `high`; `grade` None while they have different ones.

    Attributes:
        sum_low, sum_high: what the items add up to.
        full: what they add up to at the best; `full_without` where an item may leave the scale.
        missing: facts that would narrow it.
    """

    low: float
    high: float
    grade: str | None
    items: tuple[Scored, ...]
    sum_low: int
    sum_high: int
    full: int
    full_without: int
    missing: tuple[str, ...]
    card: str


@cache
def load_card() -> Card:
    """The card that ships with this version."""
    text = (files("queries.eligibility.scorecard") / "card.yaml").read_text(encoding="utf-8")
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Card.model_validate({**read_yaml(text), "hash": digest})


def score(facts: Mapping[str, Fact], card: Card | None = None) -> Score:
    """Score a farmer; what is left out of the scale is scaled away."""
    chosen = card or load_card()
    scored = tuple(_scored(item, facts) for item in chosen.used)
    counted = [one for one in scored if one.applies is not False]
    scale = sum(one.item.most for one in counted)
    low, high = sum(one.least for one in counted), sum(one.most for one in counted)
    # an item that perhaps does not apply perhaps leaves the scale: the range covers both
    ends = [(low, high, scale)]
    for one in counted:
        if one.applies is None:
            ends += [(a - one.least, b - one.most, of - one.item.most) for a, b, of in ends]
    # where no item is left on the scale, nothing is known: the range is the whole of it
    lowest = min((100 * least / of for least, _, of in ends if of), default=0.0)
    highest = max((100 * most / of for _, most, of in ends if of), default=100.0)
    at_least, at_most = round(max(0.0, lowest), 2), round(max(0.0, highest), 2)
    grade = chosen.grade(at_least)
    missing = [
        name
        for one in counted
        if one.points is None
        for name in one.item.facts
        if name not in facts or facts[name].value is None
    ]
    return Score(
        low=at_least,
        high=at_most,
        grade=grade if grade == chosen.grade(at_most) else None,
        items=scored,
        sum_low=low,
        sum_high=high,
        full=scale,
        full_without=min(of for _, _, of in ends),
        missing=tuple(dict.fromkeys(missing)),
        card=chosen.name,
    )


def review_due(stated_on: date, months: int) -> date:
    """The day by which a grade must be reviewed, so many months after it was given."""
    return months_after(stated_on, months)


def reviews_since(as_of: date, months: int) -> date:
    """The first day of which a grade need not be reviewed yet; every earlier one must be."""
    day = months_after(as_of, -months)
    while review_due(day, months) <= as_of:
        day += timedelta(1)
    return day


def _scored(item: Item, facts: Mapping[str, Fact]) -> Scored:
    held = [facts[name].value if name in facts else None for name in item.facts]
    bound = facts.get(item.no_better_than or "")
    if bound is not None and bound.value is not None:
        return _bounded(item, held[0], bound.value)
    if held[0] is not None and not item.applies(held[0]):
        return Scored(item, held[0], 0, 0, applies=False)
    points = None if None in held else item.of(*held)
    if points is None:
        perhaps = None if item.not_for else True
        return Scored(item, None, item.least, item.most, applies=perhaps)
    return Scored(item, held[0], points, points, applies=True)


def _bounded(item: Item, told: Value, bound: Value) -> Scored:
    """What is known is there whatever else there is: the item applies, and is at best as good."""
    most = item.of(bound) or 0
    if told is None:
        return Scored(item, None, item.least, most, applies=True)
    points = item.of(told) or 0 if item.applies(told) else item.most
    worse, value = min((points, told), (most, bound), key=lambda pair: pair[0])
    return Scored(item, value, worse, worse, applies=True)

"""A rating, and a place, as a program gets them: the same words that an officer reads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from queries.basis import Basis
from queries.coded import with_codes
from queries.eligibility.facts.catalogue import catalogue
from queries.eligibility.facts.fact import Fact, Value, Why
from queries.eligibility.scorecard.card import Barred, Card
from queries.eligibility.scorecard.places import CreditPlaces
from queries.eligibility.scorecard.rating import Rating
from queries.eligibility.scorecard.report import GradeRow
from queries.eligibility.scorecard.village import Share
from queries.eligibility.verdict import Verdict

__all__ = [
    "GradesAnswer",
    "PlaceAnswer",
    "PlacesAnswer",
    "RatingAnswer",
    "grades_answer",
    "place_answer",
    "places_answer",
    "rating_answer",
]


@dataclass(frozen=True)
class PointSum:
    """Points before they are put on the scale of a hundred; `full_without` leaves out what does
    not apply."""

    low: int
    high: int
    full: int
    full_without: int


@dataclass(frozen=True)
class LookedAt:
    """A fact that an item looked at; `reason` says why an unknown one is."""

    value: Value
    source: str
    stated_on: date | None
    reason: Why | None


@dataclass(frozen=True)
class ItemAnswer:
    """One item: what it gave, between `least` and `most`, out of `full`."""

    id: str
    term: str
    applies: bool | None
    points: int | None
    least: int
    most: int
    full: int
    facts: dict[str, LookedAt]


@dataclass(frozen=True)
class MissingFact:
    """A fact that would narrow the score, and how it is had."""

    fact: str
    term: str
    how: str


@dataclass(frozen=True)
class StatedGrade:
    """The grade that was given, and when it is to be reviewed."""

    grade: Value
    source: str
    stated_on: date | None
    review_on: date | None
    overdue: bool


@with_codes
@dataclass(frozen=True)
class Requirement:
    """One requirement of a 信用户 as it came out."""

    wording: str
    verdict: Verdict


@with_codes
@dataclass(frozen=True)
class CreditHousehold:
    """Whether the household can be a 信用户."""

    verdict: Verdict
    requirements: tuple[Requirement, ...]


@dataclass(frozen=True)
class RatingAnswer:
    """A farmer's score: a range, every item, what is missing and what may never be used."""

    party: str
    low: float
    high: float
    grade: str | None
    sum: PointSum
    items: tuple[ItemAnswer, ...]
    missing: tuple[MissingFact, ...]
    not_used: tuple[Barred, ...]
    stated: StatedGrade
    credit_household: CreditHousehold
    basis: Basis


@with_codes
@dataclass(frozen=True)
class PlaceInShort:
    """A town or village, and whether it passes."""

    division: str
    name: str | None
    level: Literal["town", "village"]
    households: int
    verdict: Verdict


@dataclass(frozen=True)
class PlacesAnswer:
    """Every town and village with households."""

    places: tuple[PlaceInShort, ...]
    review_on: date
    basis: Basis


@dataclass(frozen=True)
class PlaceRules:
    """By which rules a place is evaluated."""

    title: str
    basis: str


@dataclass(frozen=True)
class PlaceAnswer(PlaceInShort):
    """One place: shares against its thresholds, and its grades (None: no householder is known)."""

    shares: tuple[Share, ...]
    thresholds: str
    review_on: date
    villages: tuple[str, ...]
    grades: GradeRow | None
    rules: PlaceRules
    basis: Basis


@dataclass(frozen=True)
class GradesAnswer:
    """Grades by sex, age band and village, and what may never be an item."""

    groups: tuple[GradeRow, ...]
    not_used: tuple[Barred, ...]
    basis: Basis


def rating_answer(rating: Rating) -> RatingAnswer:
    """Everything that a rating says."""
    specs, score = catalogue().facts, rating.score
    return RatingAnswer(
        party=rating.party,
        low=score.low,
        high=score.high,
        grade=score.grade,
        sum=PointSum(score.sum_low, score.sum_high, score.full, score.full_without),
        items=tuple(
            ItemAnswer(
                id=one.item.id,
                term=one.item.term,
                applies=one.applies,
                points=one.points,
                least=one.least,
                most=one.most,
                full=one.item.most,
                facts={name: _looked_at(rating.facts[name]) for name in one.item.looks_at},
            )
            for one in score.items
        ),
        missing=tuple(
            MissingFact(name, specs[name].term, specs[name].obtain.how) for name in score.missing
        ),
        not_used=tuple(rating.card.not_used),
        stated=StatedGrade(
            rating.stated.value,
            rating.stated.source,
            rating.stated.stated_on,
            rating.review_on,
            rating.overdue,
        ),
        credit_household=CreditHousehold(
            rating.household, tuple(Requirement(*each) for each in rating.requirements)
        ),
        basis=rating.basis,
    )


def places_answer(found: CreditPlaces) -> PlacesAnswer:
    """Every place in short, towns first."""
    keys = [*sorted(found.towns), *sorted(found.villages)]
    return PlacesAnswer(
        tuple(PlaceInShort(*_in_short(found, key)) for key in keys), found.review_on, found.basis
    )


def place_answer(found: CreditPlaces, key: str) -> PlaceAnswer:
    """One place, by its code of today or a former one; raises as `CreditPlaces.find`."""
    check = found.find(key)
    key = check.division
    return PlaceAnswer(
        *_in_short(found, key),
        shares=check.shares,
        thresholds=found.rules.named_for(key) or "default",
        review_on=found.review_on,
        villages=tuple(one.division for one in found.inside(key)),
        grades=found.grades_of(key),
        rules=PlaceRules(found.rules.title, found.rules.basis),
        basis=found.basis,
    )


def grades_answer(found: CreditPlaces, card: Card) -> GradesAnswer:
    """Whether the card treats people alike."""
    return GradesAnswer(found.grades, tuple(card.not_used), found.basis)


def _in_short(
    found: CreditPlaces, key: str
) -> tuple[str, str | None, Literal["town", "village"], int, Verdict]:
    check = found.towns.get(key) or found.villages[key]
    level: Literal["town", "village"] = "town" if key in found.towns else "village"
    return key, found.names.get(key), level, check.households, check.verdict


def _looked_at(fact: Fact) -> LookedAt:
    return LookedAt(fact.value, fact.source, fact.stated_on, fact.reason)

"""The farmer's scorecard, credit households, villages and towns: published rules as data."""

from __future__ import annotations

from queries.eligibility.scorecard.card import Card, Score, load_card, score
from queries.eligibility.scorecard.card_publish import card_in_force
from queries.eligibility.scorecard.places import CreditPlaces, read_places
from queries.eligibility.scorecard.rating import Rating, rate
from queries.eligibility.scorecard.report import GradeRow, grade_report
from queries.eligibility.scorecard.village import VillageCheck, check_villages

__all__ = [
    "Card",
    "CreditPlaces",
    "GradeRow",
    "Rating",
    "Score",
    "VillageCheck",
    "card_in_force",
    "check_villages",
    "grade_report",
    "load_card",
    "rate",
    "read_places",
    "score",
]

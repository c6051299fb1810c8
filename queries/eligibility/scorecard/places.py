"""A district's credit villages and towns with the grades of their households, as one answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from graph.errors import NotFoundError
from graph.log_view import AnyLog
from queries.basis import Basis
from queries.eligibility.facts.records import records_from_log
from queries.eligibility.scorecard.card import Card, review_due
from queries.eligibility.scorecard.report import GradeRow, grade_report
from queries.eligibility.scorecard.village import (
    Thresholds,
    VillageCheck,
    check_places,
    load_thresholds,
    town_of,
)
from queries.names import division_names, recoded_divisions
from queries.visible import as_view

__all__ = ["CreditPlaces", "read_places"]


@dataclass(frozen=True, eq=False)
class CreditPlaces:
    """Villages, towns and grades of one state of the data.

    Attributes:
        names: of divisions, by key.
        grades: of householders by sex, age band and village.
        recoded: former keys of places, with those of today.
        review_on: the day before which an evaluation made now must be made again.
    """

    villages: dict[str, VillageCheck]
    towns: dict[str, VillageCheck]
    names: dict[str, str]
    grades: tuple[GradeRow, ...]
    recoded: Mapping[str, str]
    rules: Thresholds
    review_on: date
    basis: Basis

    def name(self, key: str) -> str:
        """What a place is called; a village with its town, for villages of one name are many."""
        own = self.names.get(key, "名称未知")
        return own if key in self.towns else self.names.get(town_of(key), "") + own

    def find(self, key: str) -> VillageCheck:
        """One village or town, by its code of today or a former one.

        Raises `NotFoundError` where no household is known.
        """
        key = self.recoded.get(key, key)
        found = self.villages.get(key) or self.towns.get(key)
        if found is None:
            raise NotFoundError(
                "这个村（镇）还没有农户信息。请在“信用村镇”中选择，或先导入农户信息。",
                "No household is known to live in that place.",
                code="place_unknown",
            )
        return found

    def inside(self, town: str) -> list[VillageCheck]:
        """Villages of a town, in the order of their codes."""
        return [one for key, one in sorted(self.villages.items()) if town_of(key) == town]

    def grades_of(self, village: str) -> GradeRow | None:
        """Grades of a village's householders; None where no householder is known."""
        rows = (row for row in self.grades if (row.by, row.value) == ("village", village))
        return next(rows, None)


def read_places(
    log: AnyLog, as_of: date, known_at: datetime, position: int, card: Card | None = None
) -> CreditPlaces:
    """Evaluate every place of the log; `position` is that of the log, for the basis."""
    rules = load_thresholds()
    records = records_from_log(log, as_of, known_at)
    villages, towns = check_places(log, records, rules)
    return CreditPlaces(
        villages,
        towns,
        division_names(log, as_of, known_at),
        grade_report(records, card),
        recoded_divisions(log, as_of, known_at),
        rules,
        review_due(as_of, rules.review_months),
        Basis(
            as_of,
            known_at,
            position,
            rules=f"{rules.title} {rules.name}",
            scope=as_view(log).scope,
            head=log.batches()[position - 1].hash if position else "",
        ),
    )

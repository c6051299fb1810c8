"""Credit households, villages and towns: shares against thresholds that are the place's own.

A household whose level nobody stated may be a credit household or not, and a bad loan of which no
earlier class is known may be newly bad or not, so every share is a range; a village is 符合 when
the worse end reaches the threshold, 不符合 when the better end does not, and otherwise 待补充.  Loans are those of the institutions that report to this graph, and say so.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Self

from pydantic import Field, model_validator

from graph.log_view import AnyLog
from graph.plain_yaml import read_yaml
from queries.coded import with_codes
from queries.eligibility.facts.fact import Fact
from queries.eligibility.facts.records import Records, records_from_log
from queries.eligibility.rules.condition import Certainty, Leaf
from queries.eligibility.rules.failing import failing_words
from queries.eligibility.scorecard.counts import Counts, count_places
from queries.eligibility.verdict import Verdict, all_of
from queries.rule_file import Strict

__all__ = [
    "Share",
    "Thresholds",
    "VillageCheck",
    "check_household",
    "check_places",
    "check_towns",
    "check_villages",
    "load_thresholds",
    "town_of",
]

_DIVISION = "division:"


class _Village(Strict):
    credit_households: float = Field(gt=0, le=1)
    without_arrears: float = Field(gt=0, le=1)
    bad_below: float = Field(gt=0, le=1)
    new_bad_below: float = Field(gt=0, le=1)


class _Town(Strict):
    credit_villages: float = Field(gt=0, le=1)
    without_arrears: float = Field(gt=0, le=1)
    bad_below: float = Field(gt=0, le=1)
    new_bad_below: float = Field(gt=0, le=1)


class Place(Strict):
    """Thresholds of one place."""

    village: _Village
    town: _Town


class HouseholdRule(Leaf):
    """One requirement of a credit household."""

    wording: str


class Thresholds(Strict):
    """The rules of evaluation, with what each place says over them."""

    version: str
    title: str
    basis: str
    certainty: Certainty
    review_months: int = Field(gt=0)
    default: Place
    places: dict[str, Place]
    household: tuple[HouseholdRule, ...]
    hash: str = ""

    @model_validator(mode="after")
    def _codes(self) -> Self:
        if not all(code.isdigit() for code in self.places):
            raise ValueError("places are named by the digits of their division codes")
        return self

    def at(self, division: str) -> Place:
        """Thresholds of a division, by the longest beginning of its code that is named."""
        named = self.named_for(division)
        return self.default if named is None else self.places[named]

    def named_for(self, division: str) -> str | None:
        """Beginning of the code whose own thresholds hold for a division; None: the default."""
        code = division.removeprefix(_DIVISION)
        return max((p for p in self.places if code.startswith(p)), key=len, default=None)

    @property
    def name(self) -> str:
        """Version and content hash."""
        return f"{self.version}+{self.hash[:12]}"


@with_codes
@dataclass(frozen=True)
class Share:
    """A share between two ends, and what it must be: at least the threshold, or `below` it."""

    wording: str
    low: float | None
    high: float | None
    threshold: float
    verdict: Verdict
    below: bool = False


@with_codes
@dataclass(frozen=True)
class VillageCheck:
    """One village or town: every share, and the whole."""

    division: str
    households: int
    shares: tuple[Share, ...]
    verdict: Verdict


@cache
def load_thresholds() -> Thresholds:
    """The thresholds that ship with this version."""
    text = (files("queries.eligibility.scorecard") / "village.yaml").read_text(encoding="utf-8")
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Thresholds.model_validate({**read_yaml(text), "hash": digest})


def check_household(facts: Mapping[str, Fact]) -> tuple[Verdict, tuple[tuple[str, Verdict], ...]]:
    """Whether a household can be a 信用户: the whole, and each requirement as it came out: what
    fails it as a fact, what is open as a question."""
    each = tuple(
        (_as_it_is(rule, facts), rule.verdict(facts)) for rule in load_thresholds().household
    )
    return all_of(verdict for _, verdict in each), each


def _as_it_is(rule: HouseholdRule, facts: Mapping[str, Fact]) -> str:
    verdict = rule.verdict(facts)
    if verdict is Verdict.UNKNOWN:
        return rule.spec.question
    value = facts[rule.fact].value
    if verdict is Verdict.MET or not isinstance(value, bool):
        return rule.wording
    return failing_words().get(rule.fact, {}).get(value, rule.wording)


def check_villages(
    log: AnyLog, as_of: date, known_at: datetime, rules: Thresholds | None = None
) -> dict[str, VillageCheck]:
    """Every village with households, by division key."""
    return check_places(log, records_from_log(log, as_of, known_at), rules)[0]


def check_towns(
    log: AnyLog, as_of: date, known_at: datetime, rules: Thresholds | None = None
) -> dict[str, VillageCheck]:
    """Every town, from its villages; a village's town is the first nine digits of its code."""
    return check_places(log, records_from_log(log, as_of, known_at), rules)[1]


def town_of(village: str) -> str:
    """Key of the town that a village belongs to."""
    return village[: len(_DIVISION) + 9]


def check_places(
    log: AnyLog, records: Records, rules: Thresholds | None = None
) -> tuple[dict[str, VillageCheck], dict[str, VillageCheck]]:
    """Villages and towns from one reading of the log."""
    counts = count_places(log, records)
    chosen = rules or load_thresholds()
    villages = {}
    for place, key in enumerate(counts.villages):
        limits = chosen.at(key).village
        households = int(counts.households[place])
        level = _at_least(
            "信用户占比", counts.credit[place], counts.unknown[place], households,
            limits.credit_households,
        )  # fmt: skip
        shares = (level, *_loan_shares(counts, [place], limits))
        villages[key] = _whole(key, households, shares)
    return villages, _towns(counts, villages, chosen)


def _towns(
    counts: Counts, villages: Mapping[str, VillageCheck], chosen: Thresholds
) -> dict[str, VillageCheck]:
    towns: dict[str, list[int]] = {}
    for place, key in enumerate(counts.villages):
        towns.setdefault(town_of(key), []).append(place)
    found = {}
    for key, places in towns.items():
        limits = chosen.at(key).town
        said = [villages[counts.villages[place]].verdict for place in places]
        level = _at_least(
            "信用村占比", said.count(Verdict.MET), said.count(Verdict.UNKNOWN), len(places),
            limits.credit_villages,
        )  # fmt: skip
        shares = (level, *_loan_shares(counts, places, limits))
        found[key] = _whole(key, int(counts.households[places].sum()), shares)
    return found


def _loan_shares(counts: Counts, places: list[int], limits: _Village | _Town) -> tuple[Share, ...]:
    borrowers = int(counts.borrowers[places].sum())
    perhaps = int(counts.perhaps_in_arrears[places].sum())
    sure = borrowers - int(counts.in_arrears[places].sum()) - perhaps
    return (
        _at_least("无欠款借款人占比", sure, perhaps, borrowers, limits.without_arrears),
        _below("不良贷款率", counts.bad.share(places), limits.bad_below),
        _below("新增不良贷款率", counts.newly_bad.share(places), limits.new_bad_below),
    )


def _at_least(wording: str, sure: int, unsure: int, of: int, threshold: float) -> Share:
    if not of:
        # of nobody no share can be said: 'no borrower in arrears' is not proven by no borrower
        return Share(wording, None, None, threshold, Verdict.UNKNOWN)
    low, high = int(sure) / of, (int(sure) + int(unsure)) / of
    settled = Verdict.MET if low >= threshold else Verdict.NOT_MET
    open_ = low < threshold <= high
    return Share(wording, low, high, threshold, Verdict.UNKNOWN if open_ else settled)


def _below(wording: str, share: tuple[float, float] | None, threshold: float) -> Share:
    if share is None:
        return Share(wording, None, None, threshold, Verdict.UNKNOWN, below=True)
    low, high = share
    settled = Verdict.NOT_MET if low >= threshold else Verdict.MET
    open_ = low < threshold <= high
    return Share(wording, low, high, threshold, Verdict.UNKNOWN if open_ else settled, below=True)


def _whole(key: str, households: int, shares: tuple[Share, ...]) -> VillageCheck:
    return VillageCheck(key, households, shares, all_of(item.verdict for item in shares))

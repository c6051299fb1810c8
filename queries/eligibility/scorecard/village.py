"""Credit households, villages and towns: shares against thresholds that are the place's own.

A household whose level nobody stated may be a credit household or not, so a share is a range; a
village is 符合 when the low end reaches the threshold, 不符合 when the high end does not, and
otherwise 待补充.  Loans are those of the institutions that report to this graph, and say so.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import yaml
from numpy.typing import NDArray
from pydantic import Field, model_validator

from graph.log import FactLog
from queries.eligibility.catalogue import Strict
from queries.eligibility.condition import Certainty, Leaf
from queries.eligibility.fact import Fact
from queries.eligibility.gather import gather
from queries.eligibility.records import Records, records_from_log
from queries.eligibility.verdict import Verdict, all_of

__all__ = [
    "Share",
    "Thresholds",
    "VillageCheck",
    "check_household",
    "check_towns",
    "check_villages",
    "load_thresholds",
]

_BAD = ["substandard", "doubtful", "loss"]
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
        code = division.removeprefix(_DIVISION)
        fits = [prefix for prefix in self.places if code.startswith(prefix)]
        return self.places[max(fits, key=len)] if fits else self.default


@dataclass(frozen=True)
class Share:
    """A share between two ends, and what it must be."""

    wording: str
    low: float | None
    high: float | None
    threshold: float
    verdict: Verdict


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
    return Thresholds.model_validate({**yaml.safe_load(text), "hash": digest})


def check_household(facts: Mapping[str, Fact]) -> tuple[Verdict, tuple[tuple[str, Verdict], ...]]:
    """Whether a household can be a 信用户: the whole, and each requirement in words."""
    each = tuple((rule.wording, rule.verdict(facts)) for rule in load_thresholds().household)
    return all_of(verdict for _, verdict in each), each


def check_villages(
    log: FactLog, as_of: date, known_at: datetime, rules: Thresholds | None = None
) -> dict[str, VillageCheck]:
    """Every village with households, by division key."""
    counts = _counts(log, as_of, known_at)
    chosen = rules or load_thresholds()
    found = {}
    for place, key in enumerate(counts.villages):
        limits = chosen.at(key).village
        households = int(counts.households[place])
        level = _at_least(
            "信用户占比", counts.credit[place], counts.unknown[place], households,
            limits.credit_households,
        )  # fmt: skip
        shares = (level, *_loan_shares(counts, [place], limits))
        found[key] = _whole(key, households, shares)
    return found


def check_towns(
    log: FactLog, as_of: date, known_at: datetime, rules: Thresholds | None = None
) -> dict[str, VillageCheck]:
    """Every town, from its villages; a village's town is the first nine digits of its code."""
    chosen = rules or load_thresholds()
    counts = _counts(log, as_of, known_at)
    villages = check_villages(log, as_of, known_at, chosen)
    towns: dict[str, list[int]] = {}
    for place, key in enumerate(counts.villages):
        towns.setdefault(key[: len(_DIVISION) + 9], []).append(place)
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


@dataclass(frozen=True, eq=False)
class _Counts:
    villages: list[str]
    households: NDArray[np.int64]
    credit: NDArray[np.int64]
    unknown: NDArray[np.int64]
    borrowers: NDArray[np.int64]
    in_arrears: NDArray[np.int64]
    balance: NDArray[np.int64]
    bad: NDArray[np.int64]
    newly_bad: NDArray[np.int64]


def _counts(log: FactLog, as_of: date, known_at: datetime) -> _Counts:
    records = records_from_log(log, as_of, known_at)
    houses = pc.unique(records.certain("Household")["key"].combine_chunks())
    told = gather(records, houses, facts=["village", "credit_household_level"]).columns()
    where, level = told["village"], told["credit_household_level"]
    placed = where.known
    keys, place = np.unique(where.values[placed].astype(str), return_inverse=True)
    count = len(keys)
    none = list(level.spec.values).index("none")
    holds = level.known[placed] & (level.values[placed] != none)
    loans = _loans(records)
    before = _loans(records_from_log(log, as_of - timedelta(365), known_at))
    was_bad = set(before.filter(before["bad"])["loan"].to_pylist())
    home = _villages_of(records, loans["party"], keys)
    kept = home >= 0
    balance = loans["balance_fen"].to_numpy()[kept]
    bad = loans["bad"].to_numpy()[kept]
    new = bad & ~np.isin(loans["loan"].to_numpy(zero_copy_only=False)[kept], list(was_bad))
    late = loans["late"].to_numpy()[kept]
    home = home[kept]
    parties = loans["party"].to_numpy(zero_copy_only=False)[kept]

    def distinct(where: NDArray[np.bool_]) -> NDArray[np.int64]:
        pairs = {(int(h), p) for h, p in zip(home[where], parties[where], strict=True)}
        return np.bincount(np.array([h for h, _ in pairs], np.int64), minlength=count)

    def money(where: NDArray[np.bool_]) -> NDArray[np.int64]:
        return np.bincount(home[where], balance[where], count).astype(np.int64)

    everyone = np.ones(len(home), bool)
    return _Counts(
        [str(key) for key in keys],
        np.bincount(place, minlength=count),
        np.bincount(place[holds], minlength=count),
        np.bincount(place[~level.known[placed]], minlength=count),
        distinct(everyone),
        distinct(late),
        money(everyone),
        money(bad),
        money(new),
    )


def _loans(records: Records) -> pa.Table:
    """Open loans of parties: party, loan, balance, whether bad, whether in arrears."""
    state = records.certain("LoanState").select(
        ["key", "balance_fen", "loan_class", "overdue_days", "settled_on"]
    )
    day = pa.scalar(records.as_of, pa.date32())
    running = pc.fill_null(pc.greater(state["settled_on"], day), True)
    state = state.filter(running)
    ties = records.certain("BORROWED").select(["from_key", "to_key"])
    joined = ties.join(state, "to_key", "key", join_type="inner", use_threads=False)
    return pa.table(
        {
            "party": joined["from_key"].combine_chunks(),
            "loan": joined["to_key"].combine_chunks(),
            "balance_fen": pc.fill_null(joined["balance_fen"], 0),
            "bad": pc.is_in(joined["loan_class"], value_set=pa.array(_BAD)),
            "late": pc.greater(pc.fill_null(joined["overdue_days"], 0), 0),
        }
    )


def _villages_of(records: Records, parties: Any, villages: NDArray[Any]) -> NDArray[np.int64]:
    located = records.certain("LOCATED_IN")
    at = pc.index_in(parties, value_set=located["from_key"].combine_chunks())
    keys = located["to_key"].combine_chunks().take(at.combine_chunks())
    found = pc.fill_null(pc.index_in(keys, value_set=pa.array(villages, pa.string())), -1)
    return np.asarray(found.to_numpy(), np.int64)


def _loan_shares(counts: _Counts, places: list[int], limits: _Village | _Town) -> tuple[Share, ...]:
    borrowers = int(counts.borrowers[places].sum())
    late = int(counts.in_arrears[places].sum())
    balance = int(counts.balance[places].sum())
    return (
        _at_least("无欠款借款人占比", borrowers - late, 0, borrowers, limits.without_arrears),
        _below("不良贷款率", int(counts.bad[places].sum()), balance, limits.bad_below),
        _below(
            "新增不良贷款率", int(counts.newly_bad[places].sum()), balance, limits.new_bad_below
        ),
    )


def _at_least(wording: str, sure: int, unsure: int, of: int, threshold: float) -> Share:
    if not of:
        # of nobody no share can be said: 'no borrower in arrears' is not proven by no borrower
        return Share(wording, None, None, threshold, Verdict.UNKNOWN)
    low, high = int(sure) / of, (int(sure) + int(unsure)) / of
    settled = Verdict.MET if low >= threshold else Verdict.NOT_MET
    open_ = low < threshold <= high
    return Share(wording, low, high, threshold, Verdict.UNKNOWN if open_ else settled)


def _below(wording: str, part: int, whole: int, threshold: float) -> Share:
    if not whole:
        return Share(wording, None, None, threshold, Verdict.UNKNOWN)
    share = part / whole
    verdict = Verdict.MET if share < threshold else Verdict.NOT_MET
    return Share(wording, share, share, threshold, verdict)


def _whole(key: str, households: int, shares: tuple[Share, ...]) -> VillageCheck:
    return VillageCheck(key, households, shares, all_of(item.verdict for item in shares))

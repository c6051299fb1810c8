"""Bands for the card from local loans, shown beside the published ones; a proposal, never more.

A published card says from how many points on a farmer is AAA; whether anybody here reaches them,
and whether who does repays, it does not say.  The local households are scored by the items that
most of them have, the loans left out, for they are what the card is measured by; bands are cut so
that each letter holds an equal share of those of whose loans something is known; and two letters
of which the higher one surely repays worse become one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import yaml

from graph.log_view import AnyLog
from queries.eligibility.facts.fact import Fact
from queries.eligibility.facts.gather import gather
from queries.eligibility.facts.records import Records, records_from_log
from queries.eligibility.scorecard.card import UNRATED, Card, Item, load_card, score
from queries.eligibility.scorecard.report import householders
from queries.rate_interval import rate_interval

__all__ = ["Band", "Calibration", "Coverage", "calibrate"]

#: With fewer borrowers than this nothing is proposed: seven letters of four each say nothing.
LEAST_BORROWERS = 30
#: An item of which fewer households than this share are known leaves the scale.
LEAST_COVERED = 0.5
_BAD = ["substandard", "doubtful", "loss"]


@dataclass(frozen=True)
class Coverage:
    """Of how many households an item is known, and whether the proposed card scores it."""

    item: str
    term: str
    known: int
    used: bool
    why: str


@dataclass(frozen=True)
class Band:
    """One grade by both cards; the last is 不评级, from no points on.

    Attributes:
        published, proposed: the least score of 100; None where the card does not give the grade.
        households_published, households_proposed: whose grade is settled, and is this.
        borrowers, bad: of the latter, those of whose loans a class is known, and is or was bad.
        bad_low, bad_high: the bad share of such borrowers, at 95 % confidence (Wilson).
    """

    grade: str
    published: float | None
    proposed: float | None
    households_published: int
    households_proposed: int
    borrowers: int
    bad: int
    bad_low: float | None
    bad_high: float | None


@dataclass(frozen=True)
class Calibration:
    """What the local loans say of the card.

    Attributes:
        proposed: the card with other bands; None where too little is known.
        households: householders looked at.
        merged: letters that are not proposed, with the reason.
        why_not: why nothing is proposed, empty where something is.
    """

    card: Card
    proposed: Card | None
    households: int
    borrowers: int
    coverage: tuple[Coverage, ...]
    bands: tuple[Band, ...]
    merged: dict[str, str]
    why_not: str

    @property
    def tells_apart(self) -> bool:
        """Whether some better letter surely repays better than a worse one."""
        known = [(band.bad_low, band.bad_high) for band in self.bands]
        told = [(low, high) for low, high in known if low is not None and high is not None]
        return any(high < low for n, (_, high) in enumerate(told) for low, _ in told[n + 1 :])

    def text(self) -> str:
        """The proposed card as a file, to be read, changed and put forward; empty for none."""
        if self.proposed is None:
            return ""
        told = self.proposed.model_dump(
            mode="json", exclude_none=True, exclude_defaults=True, exclude={"hash"}
        )
        return yaml.safe_dump(told, allow_unicode=True, sort_keys=False, width=120)


def calibrate(
    log: AnyLog, as_of: date, known_at: datetime, card: Card | None = None
) -> Calibration:
    """Score the householders of the log and hold the scores against their households' loans."""
    chosen = card or load_card()
    records = records_from_log(log, as_of, known_at)
    heads = householders(records)
    facts = _facts(records, heads, chosen)
    coverage = tuple(_covered(item, facts) for item in chosen.items if _is_open(item))
    local = _with_items(chosen, coverage)
    outcomes = _outcomes(records, heads)
    published = [score(held, chosen).grade for held in facts]
    settled = [
        found.low if found.low == found.high else None
        for found in (score(held, local) for held in facts)
    ]
    known = {place: bad for place, bad in outcomes.items() if settled[place] is not None}
    why_not = ""
    cuts: dict[str, int] = {}
    merged: dict[str, str] = {}
    if len(known) < LEAST_BORROWERS:
        why_not = f"本地既能计分、贷款又有分类的只有 {len(known)} 户，不足 {LEAST_BORROWERS} 户，不提出建议"
    else:
        points = {place: float(settled[place] or 0.0) for place in known}
        cuts, merged = _cuts(points, known, tuple(chosen.grades))
    proposed = None if not cuts else _proposed(local, cuts, as_of)
    if not why_not and not cuts:
        why_not = "本地贷款结果分不出等级：各分数段之间没有差别"
    bands = _bands(chosen, proposed, published, settled, known)
    return Calibration(chosen, proposed, len(facts), len(known), coverage, bands, merged, why_not)


def _facts(records: Records, heads: pa.Array, card: Card) -> list[dict[str, Fact]]:
    asked = sorted({name for item in card.used for name in item.looks_at})
    told = gather(records, heads, facts=asked).told
    return [
        {
            name: Fact(value)
            for name, column in ((name, one.column) for name, one in told.items())
            if (value := column.value(place)) is not None
        }
        for place in range(len(heads))
    ]


def _is_open(item: Item) -> bool:
    return item.used


def _covered(item: Item, facts: list[dict[str, Fact]]) -> Coverage:
    known = sum(all(name in held for name in item.facts) for held in facts)
    share = known / len(facts) if facts else 0.0
    why = ""
    if item.outcome:
        why = "贷款分类用来检验评分卡，再计分就算了两次；不良和逾期由信用户条件和产品条件把关"
    elif share < LEAST_COVERED:
        why = f"全区只有 {share:.0%} 的户有这一项，补齐之前不计入满分"
    return Coverage(item.id, item.term, known, not why, why)


def _with_items(card: Card, coverage: Iterable[Coverage]) -> Card:
    left_out = {one.item: one.why for one in coverage if not one.used}
    items = tuple(
        item.model_copy(update={"used": False, "why": left_out[item.id]})
        if item.id in left_out
        else item
        for item in card.items
    )
    return card.model_copy(update={"items": items})


def _outcomes(records: Records, heads: pa.Array) -> dict[int, bool]:
    """By householder's place: whether a loan of the household is or was bad; the household is
    the unit of credit, and of loans without a class nothing is known."""
    state = records.certain("LoanState").select(["key", "loan_class"])
    state = state.filter(pc.is_valid(state["loan_class"]))
    ties = records.certain("BORROWED").select(["from_key", "to_key"])
    lent = ties.join(state, "to_key", "key", join_type="inner", use_threads=False)
    belongs = records.certain("BELONGS_TO").select(["from_key", "to_key"])
    home = dict(zip(belongs["from_key"].to_pylist(), belongs["to_key"].to_pylist(), strict=True))
    bad: dict[str, bool] = {}
    for party, kind in zip(lent["from_key"].to_pylist(), lent["loan_class"].to_pylist(), strict=True):  # fmt: skip
        unit = home.get(party, party)
        bad[unit] = bad.get(unit, False) or kind in _BAD
    return {
        place: bad[home[head]]
        for place, head in enumerate(heads.to_pylist())
        if home.get(head) in bad
    }


def _cuts(
    points: dict[int, float], bad: dict[int, bool], grades: tuple[str, ...]
) -> tuple[dict[str, int], dict[str, str]]:
    """Least score of each letter, and the letters that are not proposed, with why."""
    scores = np.array(list(points.values()))
    shares = 1 - np.arange(1, len(grades) + 1) / (len(grades) + 1)
    least = {g: int(np.floor(q)) for g, q in zip(grades, np.quantile(scores, shares), strict=True)}
    merged: dict[str, str] = {}
    for higher, lower in pairwise(grades):
        # nobody is AAA on the strength of a tie
        if least[higher] == least[lower]:
            merged[higher] = f"与 {lower} 级起点相同，分不开"
    cuts = {grade: cut for grade, cut in least.items() if grade not in merged and cut > 0}
    outcome = np.array([bad[place] for place in points])
    while cuts:
        rates = [(one, _rate(outcome[_inside(scores, cuts, one)])) for one in (*cuts, UNRATED)]
        worse = next(
            (
                (higher, lower)
                for n, (higher, (at_least, _)) in enumerate(rates)
                for lower, (_, at_most) in rates[n + 1 :]
                if at_least > at_most
            ),
            None,
        )
        if worse is None:
            break
        merged[worse[0]] = f"本地不良率高于 {worse[1]} 级，不能排在其上"
        del cuts[worse[0]]
    return cuts, merged


def _inside(scores: np.ndarray, cuts: dict[str, int], grade: str) -> np.ndarray:
    least = cuts.get(grade, -1)
    above = [cut for cut in cuts.values() if cut > least]
    return (scores >= least) & (scores < min(above, default=np.inf))


def _rate(outcome: np.ndarray) -> tuple[float, float]:
    """The bad share at 95 % confidence; anything where nobody borrowed."""
    return rate_interval(int(outcome.sum()), len(outcome), method="wilson")


def _proposed(local: Card, cuts: dict[str, int], as_of: date) -> Card:
    told = local.model_dump(mode="json") | {
        "version": f"{as_of:%Y-%m-%d}",
        "grades": dict(cuts),
        "hash": "",
    }
    return Card.model_validate(told)


def _bands(
    card: Card,
    proposed: Card | None,
    published: list[str | None],
    settled: list[float | None],
    bad: dict[int, bool],
) -> tuple[Band, ...]:
    bands = []
    given = [proposed.grade(s) if proposed and s is not None else None for s in settled]
    for grade in (*card.grades, UNRATED):
        places = [place for place, one in enumerate(given) if one == grade]
        known = np.array([bad[place] for place in places if place in bad], bool)
        low, high = _rate(known) if len(known) else (None, None)
        bands.append(
            Band(
                grade,
                card.grades.get(grade, 0 if grade == UNRATED else None),
                None
                if proposed is None
                else proposed.grades.get(grade, 0 if grade == UNRATED else None),
                published.count(grade),
                len(places),
                len(known),
                int(known.sum()),
                low,
                high,
            )
        )
    return tuple(bands)

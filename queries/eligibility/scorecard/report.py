"""Grades of a district by sex, age band and village: whether the card treats people alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from queries.eligibility.decisions.decide import age_band
from queries.eligibility.facts.column import Column
from queries.eligibility.facts.fact import Fact, Value
from queries.eligibility.facts.gather import gather
from queries.eligibility.facts.records import Records
from queries.eligibility.scorecard.card import Card, load_card, reviews_since, score

__all__ = ["GradeRow", "grade_report", "householders"]

_OPEN = "待补充"


@dataclass(frozen=True)
class GradeRow:
    """Householders of one sex, age band or village.

    Attributes:
        stated: by the grade that was given and is held; `due` of them are due for review.
        scored: by the grade that the card gives; 待补充 where its facts do not settle one.
        mean_low, mean_high: of the ranges of scores.
    """

    by: str
    value: str
    householders: int
    stated: dict[str, int]
    due: int
    scored: dict[str, int]
    mean_low: float
    mean_high: float


def householders(records: Records) -> pa.Array:
    """Keys of everybody who heads a household."""
    belongs = records.certain("BELONGS_TO")
    heads = belongs.filter(pc.equal(belongs["role"], "householder"))
    return pc.unique(heads["from_key"].combine_chunks())


def grade_report(records: Records, card: Card | None = None) -> tuple[GradeRow, ...]:
    """Every group of householders; sex and age are read for this report and nothing else."""
    chosen = card or load_card()
    heads = householders(records)
    asked = {name for item in chosen.used for name in item.looks_at}
    told = gather(records, heads, facts=[*asked, "age", "village", "credit_grade"]).told
    given = told["credit_grade"]
    due = given.stated_before(reviews_since(records.as_of, chosen.review_months))
    stated = _named(given.column, lambda value: str(value or "未评"))
    scored, low, high = _scored({name: told[name].column for name in asked & set(told)}, chosen)
    if not len(heads):
        return ()
    groups = {
        "age_band": _named(told["age"].column, _band),
        "sex": _sexes(records, heads),
        "village": _named(told["village"].column, lambda value: str(value or "未知")),
    }
    rows = []
    for by, people in groups.items():
        count = people.summed(np.ones(len(heads)))
        dues, lows, highs = (people.summed(each) for each in (due, low, high))
        by_stated, by_scored = people.beside(stated), people.beside(scored)
        for place, value in enumerate(people.names):
            rows.append(
                GradeRow(
                    by,
                    value,
                    int(count[place]),
                    by_stated[place],
                    int(dues[place]),
                    by_scored[place],
                    round(float(lows[place] / count[place]), 2),
                    round(float(highs[place] / count[place]), 2),
                )
            )
    return tuple(rows)


@dataclass(frozen=True, eq=False)
class _Named:
    """Everybody under one of some names, which are in order; each has somebody."""

    names: tuple[str, ...]
    which: NDArray[np.int64]

    @classmethod
    def of(cls, told: Sequence[str], which: NDArray[np.int64]) -> _Named:
        """By what each number is called: two may be called alike."""
        names = sorted(set(told))
        places = {name: place for place, name in enumerate(names)}
        return cls(tuple(names), np.array([places[each] for each in told], np.int64)[which])

    def summed(self, of: NDArray[Any]) -> NDArray[np.float64]:
        """The sum of a number of each, by name."""
        return np.bincount(self.which, weights=of, minlength=len(self.names)).astype(np.float64)

    def beside(self, other: _Named) -> list[dict[str, int]]:
        """By name, how many are under each name of another kind."""
        both = self.which * len(other.names) + other.which
        counts = np.bincount(both, minlength=len(self.names) * len(other.names))
        return [
            {name: count for name, count in zip(other.names, row, strict=True) if count}
            for row in counts.reshape(len(self.names), -1).tolist()
        ]


def _named(column: Column, name: Callable[[Value], str]) -> _Named:
    which, first = _told_apart([column])
    return _Named.of([name(column.value(place)) for place in first], which)


def _band(age: Value) -> str:
    return "未知" if age is None else age_band(int(age))


def _sexes(records: Records, heads: pa.Array) -> _Named:
    persons = records.certain("Person").select(["key", "sex"]).combine_chunks()
    # of several statements the last one counts
    last = persons.take(pa.array(np.arange(len(persons))[::-1]))
    sexes = last["sex"].take(pc.index_in(heads, last["key"].combine_chunks())).combine_chunks()
    told = pc.replace_with_mask(sexes, pc.fill_null(pc.equal(sexes, ""), True), "未知")
    encoded = told.dictionary_encode()
    return _Named.of(encoded.dictionary.to_pylist(), encoded.indices.to_numpy().astype(np.int64))


def _scored(
    columns: Mapping[str, Column], card: Card
) -> tuple[_Named, NDArray[np.float64], NDArray[np.float64]]:
    """Grade of everybody by the card, and both ends of the score: those alike are scored once."""
    which, first = _told_apart(list(columns.values()))
    found = []
    for place in first:
        values = {name: column.value(place) for name, column in columns.items()}
        facts = {name: Fact(value) for name, value in values.items() if value is not None}
        found.append(score(facts, card))
    grades = _Named.of([one.grade or _OPEN for one in found], which)
    low, high = (np.array([getattr(one, end) for one in found]) for end in ("low", "high"))
    return grades, low[which], high[which]


def _told_apart(columns: Sequence[Column]) -> tuple[NDArray[np.int64], list[int]]:
    """Numbers of everybody, the same for those of whom the same is told; one of whom each is told."""
    which = np.zeros(len(columns[0].known), np.int64)
    for column in columns:
        held = pa.array(column.values, mask=~column.known).dictionary_encode()
        told = pc.fill_null(held.indices, len(held.dictionary)).to_numpy(zero_copy_only=False)
        both = pa.array(which * (len(held.dictionary) + 1) + told)
        which = both.dictionary_encode().indices.to_numpy().astype(np.int64)
    first = np.empty(which.max(initial=-1) + 1, np.int64)
    first[which[::-1]] = np.arange(len(which))[::-1]
    return which, first.tolist()

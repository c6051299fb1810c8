"""What a bulletin says, whole: whoever shows it reads nothing else."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict

from graph.encoding import encode
from graph.identifiers.redaction import redacted
from graph.time import Instant
from queries.basis import Basis
from queries.indicators import MEASURES, Book, Rate, rates_of
from queries.indicators.book import CLASSES
from queries.indicators.measures import members
from queries.indicators.rates import ClassRates, Rates, sum_up

__all__ = [
    "BulletinContent",
    "Correction",
    "Decision",
    "Unit",
    "canonical",
    "read_content",
    "write_content",
]

_RATES = ("reporting", "timeliness", "compliance", "entry")


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Unit(_Frozen):
    """One department over all its classes.

    Attributes:
        rank: 1 is best, equals share one; None for who had nothing to report or sent no ledger.
        change: rate -> by how much of one it changed on the period before; None where either is.
    """

    department: str
    name: str
    rank: int | None
    missing: tuple[str, ...]
    counts: Mapping[str, int]
    reporting: Rate
    timeliness: Rate
    compliance: Rate
    entry: Rate
    change: Mapping[str, float | None]
    concealed: int


class Line(_Frozen):
    """One class of one department, or of all."""

    department: str | None
    name: str
    act_class: str | None
    act_class_label: str
    status_label: str
    counts: Mapping[str, int]
    reporting: Rate
    timeliness: Rate
    compliance: Rate
    entry: Rate


class Correction(_Frozen):
    """Refused rows that wait for a department to put right."""

    department: str
    rows: int
    oldest: Instant


class Decision(_Frozen):
    """A decision that was counted: what it is called, and by which measures.

    Attributes:
        measures: places in `BulletinContent.measures`.
    """

    department: str
    act_class: str
    ledger: str | None
    document: str | None
    refused_row: str | None
    measures: tuple[int, ...]


class BulletinContent(_Frozen):
    """All that stands on a bulletin.

    Attributes:
        overdue_repairs: repairs and objections past their day; None where they were not counted.
        decisions: every decision counted: the rows behind each number.
    """

    period: str
    title: str
    as_of: date
    known_at: Instant
    position: int
    head: str | None
    calendar: str
    rules: str
    units: tuple[Unit, ...]
    lines: tuple[Line, ...]
    totals: tuple[Line, ...]
    unplaced: int
    notices: tuple[str, ...]
    corrections: tuple[Correction, ...]
    overdue_repairs: int | None
    remarks: str
    measures: tuple[str, ...]
    decisions: tuple[Decision, ...]

    def rows(
        self, measure: str, department: str | None = None, act_class: str | None = None
    ) -> list[Decision]:
        """The decisions behind a number; raises `ValueError` for a measure that there is none of."""
        place = self.measures.index(measure)
        return [
            item
            for item in self.decisions
            if place in item.measures
            and department in (None, item.department)
            and act_class in (None, item.act_class)
        ]


def write_content(
    book: Book,
    basis: Basis,
    period: str,
    months: tuple[int, int],
    *,
    corrections: Sequence[Correction] = (),
    overdue_repairs: int | None = None,
    remarks: str = "",
    concealed: Mapping[tuple[str, str, int], int] | None = None,
) -> BulletinContent:
    """What is to be said of a period, from a book of decisions.

    Args:
        months: first and last (`queries.indicators.months`).
    """
    first, last = months
    told = rates_of(book, basis, first, last, concealed=concealed)
    length = last - first + 1
    before = rates_of(book, basis, first - length, first - 1, concealed=concealed)
    kind = "月通报" if length == 1 else "季点评"
    return BulletinContent(
        period=period,
        title=f"双公示{kind}（{period}）",
        as_of=basis.as_of,
        known_at=basis.known_at,
        position=basis.position,
        head=basis.head,
        calendar=told.calendar,
        rules=told.rules,
        units=_units(told, before),
        lines=tuple(_line(each) for each in told.lines),
        totals=tuple(_line(each) for each in told.totals),
        unplaced=told.unplaced,
        notices=told.notices,
        corrections=tuple(corrections),
        overdue_repairs=overdue_repairs,
        remarks=redacted(remarks.strip()),
        measures=tuple(MEASURES),
        decisions=_decisions(book, first, last),
    )


def canonical(content: BulletinContent) -> bytes:
    """The content as bytes: the same content is the same bytes, in whatever order it was put."""
    return json.dumps(
        encode(content), ensure_ascii=False, sort_keys=True, separators=(",", ":")
    ).encode()


def read_content(told: bytes) -> BulletinContent:
    """And back."""
    stated: dict[str, Any] = json.loads(told)
    for each in (*stated["units"], *stated["lines"], *stated["totals"]):
        for name in _RATES:
            # what follows from both numbers is worked out again
            each[name].pop("value")
    return BulletinContent.model_validate(stated)


def _units(told: Rates, before: Rates) -> tuple[Unit, ...]:
    now, then = _by_department(told), _by_department(before)
    ranked = [_standing(each) for each in now.values() if _has_rank(each)]
    units = []
    for department, each in now.items():
        rank = None
        if _has_rank(each):
            rank = 1 + sum(other > _standing(each) for other in ranked)
        earlier = then.get(department)
        units.append(
            Unit(
                department=department,
                name=each.department_name,
                rank=rank,
                missing=each.missing,
                counts=each.counts,
                change={name: _change(each, earlier, name) for name in _RATES},
                concealed=each.concealed,
                **{name: getattr(each, name) for name in _RATES},
            )
        )
    return tuple(
        sorted(
            units, key=lambda unit: (unit.rank is None, unit.rank or 0, unit.name, unit.department)
        )
    )


def _by_department(told: Rates) -> dict[str, ClassRates]:
    lines: dict[str, list[ClassRates]] = {}
    for line in told.lines:
        lines.setdefault(line.department or "", []).append(line)
    return {key: sum_up(some, None, key, some[0].department_name) for key, some in lines.items()}


def _has_rank(unit: ClassRates) -> bool:
    return unit.reporting.value is not None and not unit.missing


def _standing(unit: ClassRates) -> tuple[float, ...]:
    """Reported comes first; of a rate of nothing nobody is the worse."""
    values = (getattr(unit, name).value for name in _RATES)
    return tuple(1.0 if value is None else value for value in values)


def _change(now: ClassRates, before: ClassRates | None, name: str) -> float | None:
    value = getattr(now, name).value
    earlier = None if before is None else getattr(before, name).value
    return None if value is None or earlier is None else value - earlier


def _line(each: ClassRates) -> Line:
    return Line(
        department=each.department,
        name=each.department_name,
        act_class=each.act_class,
        act_class_label=each.act_class_label,
        status_label=each.status_label,
        counts=each.counts,
        **{name: getattr(each, name) for name in _RATES},
    )


def _decisions(book: Book, first: int, last: int) -> tuple[Decision, ...]:
    within = (book.month >= first) & (book.month <= last) & (book.body >= 0) & (book.act_class >= 0)
    flags = np.stack([members(book, name) for name in MEASURES])
    found = [
        Decision(
            department=book.bodies[book.body[at]],
            act_class=CLASSES[book.act_class[at]],
            **dict(zip(("ledger", "document", "refused_row"), book.called(at), strict=True)),
            measures=tuple(np.flatnonzero(flags[:, at]).tolist()),
        )
        for at in np.flatnonzero(within & flags.any(axis=0)).tolist()
    ]
    return tuple(
        sorted(
            found,
            key=lambda item: (
                item.department, item.act_class,
                item.document or "", item.ledger or "", item.refused_row or "",
            ),
        )
    )  # fmt: skip

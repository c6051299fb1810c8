"""Every warning that stands at a moment: a pure function of the log up to it, and of law today.

Nothing of a warning is kept anywhere.  What was repaired, withdrawn or ended is not in what the
reader gets, so the warning is not there either, and nothing says that it was.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from functools import cached_property
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from graph.facts import INSTANT
from graph.log import Batch
from graph.schema import SCHEMA
from graph.snapshot import Snapshot
from graph.time import end_of_day, instant_on
from queries.basis import Basis
from queries.district import DistrictReader
from queries.monitoring.event import EVENTS, Evidence, SectorWarning, identity
from queries.monitoring.grades import changed_grades
from queries.monitoring.guarantees import beyond_limits
from queries.monitoring.loans import matured_loans
from queries.monitoring.records import new_records
from queries.monitoring.rule_book import RuleBook, load_monitoring
from queries.monitoring.sector import Sector
from queries.monitoring.ties import new_ties

__all__ = ["WarningList", "WarningRegister", "warning_list", "warning_register"]

_FINDERS: Mapping[str, Callable[[DistrictReader, str, RuleBook], pa.Table]] = {
    "records": new_records,
    "ties": new_ties,
    "grades": changed_grades,
    "loans": matured_loans,
    "guarantees": beyond_limits,
}
_EVERYBODY = Sector()


@dataclass(frozen=True, eq=False)
class WarningRegister:
    """All of them.

    Attributes:
        events: rows of `queries.monitoring.event.EVENTS`, what came last first.
        industries, places: of subjects, as `Sector.has` takes them.
        batches: that were known, by the instant at which each became known.
    """

    events: pa.Table
    industries: pa.Table
    places: pa.Table
    snapshot: Snapshot
    batches: Mapping[datetime, Batch]
    basis: Basis
    book: RuleBook

    def of(
        self,
        sector: Sector = _EVERYBODY,
        *,
        rules: Iterable[str] = (),
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> pa.Table:
        """Events of a sector and of some rules (none named: of all), that came at `since` or later and
        before `until`."""
        events = self.events
        if rules := tuple(rules):
            events = events.filter(pc.is_in(events["rule"], value_set=pa.array(rules)))
        if since is not None:
            events = events.filter(pc.greater_equal(events["heard_at"], pa.scalar(since, INSTANT)))
        if until is not None:
            events = events.filter(pc.less(events["heard_at"], pa.scalar(until, INSTANT)))
        return events.filter(sector.has(events, self.industries, self.places))

    def shown(self, events: pa.Table) -> tuple[SectorWarning, ...]:
        """Some of them as warnings, in their order."""
        return tuple(self._warning(row) for row in events.to_pylist())

    def _warning(self, row: Mapping[str, Any]) -> SectorWarning:
        rule, subject, other = row["rule"], row["subject"], row["other"]
        first, *also = (
            identity(rule, one, another, row["event"])
            for one in self._names(subject)
            for another in (self._names(other) if other else (None,))
        )
        stated, batch = self.book.rules[rule], self.batches[row["heard_at"]]
        return SectorWarning(
            id=first,
            also=tuple(also),
            rule=rule,
            title=stated.title,
            ground=stated.ground,
            subject=subject,
            name=self.snapshot.name(self.snapshot.index(subject)),
            label=row["label"],
            industry=self._industry.get(subject),
            came_at=row["heard_at"],
            position=batch.position,
            batch=batch.batch,
            before=row["before"],
            after=row["after"],
            other=other,
            other_name=None if other is None else self.snapshot.name(self.snapshot.index(other)),
            evidence=tuple(
                Evidence(e["kind"], e["fact_id"], e["source"], e["batch"], e["row"])
                for e in row["evidence"]
            ),
        )

    def _names(self, key: str) -> list[str]:
        """A key, and those that were given up for it: a warning told under them is told."""
        return [key, *self._given_up.get(key, ())]

    @cached_property
    def _given_up(self) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for gone, stays in sorted(self.snapshot.redirects.items()):
            found[stays].append(gone)
        return found

    @cached_property
    def _industry(self) -> Mapping[str, str]:
        told = (self.industries["key"].to_pylist(), self.industries["industry"].to_pylist())
        return dict(zip(*told, strict=True))


@dataclass(frozen=True)
class WarningList:
    """Some warnings of a moment, what came last first; `counts` by rule of all of them."""

    warnings: tuple[SectorWarning, ...]
    total: int
    counts: Mapping[str, int]
    basis: Basis
    rules: str


def warning_list(
    reader: DistrictReader,
    sector: Sector = _EVERYBODY,
    *,
    rules: Iterable[str] = (),
    since: datetime | None = None,
    limit: int = 100,
    offset: int = 0,
    within: float | None = None,
) -> WarningList | None:
    """Warnings that came at `since` or later, cut down; None while they are being computed."""
    register = warning_register(reader, within=within)
    if register is None:
        return None
    events = register.of(sector, rules=rules, since=since)
    counted = pc.value_counts(events["rule"]).to_pylist()
    return WarningList(
        register.shown(events.slice(offset, limit)),
        len(events),
        {
            **dict.fromkeys(register.book.rules, 0),
            **{one["values"]: one["counts"] for one in counted},
        },
        register.basis,
        register.book.name,
    )


def warning_register(
    reader: DistrictReader, *, within: float | None = None
) -> WarningRegister | None:
    """Those of the reader's moment and scope; None while they are being computed, where `within` is
    given."""
    book = load_monitoring()

    def make() -> WarningRegister:
        found = [
            _in_force(_FINDERS[rule.looks_at](reader, code, book), code, book)
            for code, rule in book.rules.items()
        ]
        events = pa.concat_tables([EVENTS.empty_table(), *found])
        order = [("heard_at", "descending"), ("rule", "ascending"), ("subject", "ascending"),
                 ("event", "ascending")]  # fmt: skip
        places = reader.table("LOCATED_IN").select(["from_key", "to_key", "certainty"])
        return WarningRegister(
            events=events.take(pc.sort_indices(events.drop_columns(["evidence"]), sort_keys=order)),
            industries=_industries(reader),
            places=places.filter(pc.greater_equal(places["certainty"], 1)),
            snapshot=reader.snapshot(),
            batches={batch.known_at: batch for batch in reader.moment.batches},
            basis=reader.basis,
            book=book,
        )

    return reader.computed("monitoring", make, rules=book.name, within=within)


def _in_force(events: pa.Table, code: str, book: RuleBook) -> pa.Table:
    """Those of the events that came while the rule was in force."""
    rule = book.rules[code]
    begins = instant_on(rule.in_force_from, time.min)
    kept = pc.greater_equal(events["heard_at"], pa.scalar(begins, INSTANT))
    if rule.in_force_to is not None:
        last = pa.scalar(end_of_day(rule.in_force_to), INSTANT)
        kept = pc.and_(kept, pc.less_equal(events["heard_at"], last))
    return events.filter(kept)


def _industries(reader: DistrictReader) -> pa.Table:
    """What each subject's register says of its industry; the last heard, where none is one."""
    provenance = reader.moment.provenance
    found: dict[str, tuple[tuple[int, float], str]] = {}
    for node in SCHEMA.nodes.values():
        if all(item.name != "industry" for item in node.properties):
            continue
        table = reader.table(node.kind)
        table = table.filter(
            pc.and_(pc.is_valid(table["industry"]), pc.greater_equal(table["certainty"], 1))
        )
        ranks = provenance.ranks(node.kind, table).tolist()
        columns = (table[name].to_pylist() for name in ("key", "industry", "known_from"))
        for key, industry, known, rank in zip(*columns, ranks, strict=True):
            said = (rank, -known.timestamp())
            if key not in found or said < found[key][0]:
                found[key] = (said, industry)
    return pa.table(
        {
            "key": pa.array([*found], pa.string()),
            "industry": pa.array([industry for _, industry in found.values()], pa.string()),
        }
    )

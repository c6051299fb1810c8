"""Which kept decisions a change concerns, and which of them it would turn.

A decision is made again with its own rules and papers on today's facts, once without the change
and once with it: what turned by the mere passing of time is not laid at the door of the change.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Annotated

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field, computed_field

from graph.covered_sources import coverage_days
from graph.facts import true_at
from graph.log import FactLog
from graph.operations import DecisionArchive, KeptDecision, OperationsStore, read_only_store
from graph.schema import SCHEMA
from graph.settings import Settings
from graph.time import Instant, day_of
from graph.vocabulary import Relationship
from ingest.comparing.difference import Difference
from queries.eligibility.decisions.kept_rules import read_rules
from queries.eligibility.decisions.record import case_from, facts_again
from queries.eligibility.facts.records import Records
from queries.eligibility.rules.runner import evaluate, overall
from queries.lawful import barred

__all__ = ["Concerned", "concerned"]


@dataclass(frozen=True)
class Concerned:
    """A kept decision that a change touches.

    Attributes:
        before, after: what its rules and papers say today, without and with the change; None
            where the record lacks what is needed to make it again: it may turn or not.
    """

    decision: Annotated[KeptDecision, Field(exclude=True)]
    before: str | None
    after: str | None

    @computed_field
    @property
    def id(self) -> str:
        """Of the decision."""
        return self.decision.id

    @computed_field
    @property
    def party(self) -> str:
        """On whom it is."""
        return self.decision.party

    @computed_field
    @property
    def product(self) -> str:
        """For which product it is."""
        return self.decision.product

    @computed_field
    @property
    def verdict(self) -> str:
        """As it was made."""
        return self.decision.verdict

    @computed_field
    @property
    def decided_at(self) -> Instant:
        """When it was made."""
        return self.decision.decided_at

    @computed_field
    @property
    def flips(self) -> bool | None:
        """Whether the change turns it; None: nobody can tell from the record."""
        return None if self.before is None else self.before != self.after


def concerned(
    settings: Settings,
    log: FactLog,
    changes: Sequence[Difference],
    taken: Mapping[str, date],
    moment: datetime,
    *,
    store: OperationsStore | None = None,
) -> tuple[Concerned, ...]:
    """Decisions on parties that the changes touch, those that turn first; nothing is written.

    Where a whole list comes or goes, absence from it begins or ends to mean something: then those
    that turn by that are there too, whoever they are about.

    Args:
        taken: what will have been taken in after the changes, and when (`graph.covered_sources`).
    """
    touched: set[str] = set()
    for change in changes:
        touched |= _touched(log, change)
    now = coverage_days(log.batches())
    other = taken.keys() != now.keys()
    if not touched and not other:
        return ()
    with read_only_store(settings, store) as operations:
        if operations is None:
            return ()
        archive = DecisionArchive(operations)
        before = _records(log, (), now, moment)
        after = _records(log, changes, taken, moment)
        again = (
            _again(archive, kept, before, after)
            for kept in archive.of()
            if kept.party in touched or other
        )
        found = [item for item in again if item.decision.party in touched or item.flips]
    return tuple(sorted(found, key=lambda item: item.flips is not True))


def _again(
    archive: DecisionArchive, kept: KeptDecision, before: Records, after: Records
) -> Concerned:
    try:
        case = case_from(kept.record)
        rules = read_rules(archive.text(json.loads(kept.record)["rules"]))
    except (ValueError, KeyError, TypeError):
        # made before decisions kept their inputs and rules
        return Concerned(kept, None, None)
    said = [
        overall(evaluate(rules.version, facts_again(case, records))).value
        for records in (before, after)
    ]
    return Concerned(kept, *said)


def _records(
    log: FactLog, changes: Sequence[Difference], taken: Mapping[str, date], moment: datetime
) -> Records:
    """Everybody's records of today as they would be after the changes, as law lets them be used."""
    day = day_of(moment)

    @cache
    def known(kind: str) -> pa.Table:
        held = log.read(kind)
        for change in changes:
            if kind in change.closed:
                ended = change.closed[kind].combine_chunks()
                held = held.filter(pc.invert(pc.is_in(held["fact_id"], value_set=ended)))
            if kind in change.asserted:
                # when it becomes known is open as yet
                plain = pa.schema([each.with_nullable(True) for each in held.schema])
                new = change.asserted[kind].select(held.column_names).cast(plain)
                held = pa.concat_tables([held, new], promote_options="default")
        return held

    out = barred(known, day)

    def read(kind: str) -> pa.Table:
        held = known(kind)
        return out.without(kind, held.filter(true_at(held, day)))

    return Records(day, moment, taken, read)


def _touched(log: FactLog, difference: Difference) -> set[str]:
    """Keys of what the change is about, and of what is tied to that, before or after it."""
    keys: set[str] = set()
    for kind, table in difference.asserted.items():
        keys |= _keys(kind, table)
    for kind, closed in difference.closed.items():
        ids, held = closed.combine_chunks(), log.read(kind)
        keys |= _keys(kind, held.filter(pc.is_in(held["fact_id"], value_set=ids)))
    about = pa.array(sorted(keys), pa.string())
    for tie in SCHEMA.relationships:
        for table in (log.read(tie), difference.asserted.get(tie)):
            if table is not None and len(table):
                ends = [pc.is_in(table[name], value_set=about) for name in ("from_key", "to_key")]
                keys |= _keys(tie, table.filter(pc.or_(*ends)))
    return keys


def _keys(kind: str, table: pa.Table) -> set[str]:
    is_tie = isinstance(SCHEMA.kind(kind), Relationship)
    names = ("from_key", "to_key") if is_tie else ("key",)
    return {key for name in names for key in pc.unique(table[name]).to_pylist()}

"""Read the facts of the catalogue from records: one party or a whole district, the same code.

Nothing by association enters here: whose records a fact may be read from is said in the
catalogue and checked when that is loaded.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from queries.eligibility.facts.catalogue import Catalogue, catalogue
from queries.eligibility.facts.column import Column
from queries.eligibility.facts.fact import Fact, LinkedHint
from queries.eligibility.facts.fact_column import FactColumn
from queries.eligibility.facts.fact_reader import FactReader
from queries.eligibility.facts.records import Records
from queries.eligibility.facts.relation import RelatedParties

__all__ = ["Gathered", "gather", "in_time"]


@dataclass(frozen=True, eq=False)
class Gathered:
    """Facts of the catalogue for the parties asked about, in their order."""

    told: dict[str, FactColumn]
    hinted: dict[str, FactColumn]
    known: Catalogue
    #: Which of the parties stand for nobody, as far as the guarantees taken in say.
    unbound: NDArray[np.bool_]

    def facts(self, party: int) -> dict[str, Fact]:
        """One party's own facts."""
        return {name: told.fact(party) for name, told in self.told.items()}

    def hints(self, party: int) -> dict[str, LinkedHint]:
        """What is to be shown beside, of others."""
        return {
            name: self._hint(name, told.fact(party), party) for name, told in self.hinted.items()
        }

    def _hint(self, name: str, fact: Fact, party: int) -> LinkedHint:
        if self.known.facts[name].whose == "guaranteed" and self.unbound[party]:
            return LinkedHint(None, reason="not_applicable")
        holds = None if fact.value is None else bool(fact.value)
        return LinkedHint(holds, fact.source, fact.stated_on, fact.reason)

    def columns(self) -> dict[str, Column]:
        """Own facts as columns, with what they imply of each other."""
        columns = {name: told.column for name, told in self.told.items()}
        for name, spec in self.known.own.items():
            for value, implied in spec.implies.items():
                if name not in columns:
                    continue
                cause = columns[name]
                holds = cause.known & (cause.values.astype(bool) == value)
                for other, then in implied.items():
                    if other in columns:
                        columns[other] = _filled(columns[other], holds, then)
        return columns


def in_time(
    columns: Mapping[str, Column], gathered: Gathered, fresh_days: Mapping[str, int], as_of: date
) -> dict[str, Column]:
    """The columns as a product takes them: what is too old for it is unknown."""
    found = dict(columns)
    for name, days in fresh_days.items():
        if name in gathered.told and name in columns:
            old = gathered.told[name].older_than(as_of - timedelta(days))
            held = columns[name]
            found[name] = Column(held.spec, held.values, held.known & ~old)
    return found


def gather(
    records: Records,
    keys: pa.Array,
    *,
    facts: Iterable[str] | None = None,
    institution: str | None = None,
    before: date | None = None,
    consent_no: str = "",
    known: Catalogue | None = None,
) -> Gathered:
    """Facts of the parties `keys`.

    Args:
        facts: names to gather, default all that a source can bring.
        institution: key of the institution that asks, for what is its own.
        consent_no: number of the consent under which is asked: a report asked for under another
            one does not count; empty where nobody numbered it.
        before: history before this day counts for a first loan; default the day asked about.
        known: the catalogue to read by, default the present one.
    """
    known = known or catalogue()
    specs = known.facts
    wanted = [specs[name] for name in (specs if facts is None else facts)]
    people = RelatedParties(records, keys)
    reader = FactReader(records, people, institution, before or records.as_of, consent_no)
    found = {spec.id: reader.told(spec) for spec in wanted if spec.reads}
    return Gathered(
        {name: told for name, told in found.items() if not specs[name].hint},
        {name: told for name, told in found.items() if specs[name].hint},
        known,
        ~people.known("guaranteed"),
    )


def _filled(column: Column, where: NDArray[np.bool_], value: bool | int | str) -> Column:
    if column.spec.type == "code":
        value = list(column.spec.values).index(str(value))
    fill = where & ~column.known
    return Column(column.spec, np.where(fill, value, column.values), column.known | fill)

"""Prospects (首贷培植): who never had a loan as far as we know, and what stands between them and one.

For every product and household (or firm): the member best placed, and what would still be open or
unmet once a visit brought what every visit brings: a signed consent, what the loan is for, and a
credit report without a loan.  That report is not assumed for the answer: nobody here is said to be
a first borrower, only that no loan of theirs is known.  Whole districts are read from the log and
reckoned as arrays.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from graph.errors import NotFoundError
from graph.log import FactLog
from graph.schema import SCHEMA
from queries.eligibility.catalogue import catalogue
from queries.eligibility.columns import Column, Sheet, evaluate_columns
from queries.eligibility.gather import gather
from queries.eligibility.product import Product
from queries.eligibility.records import Records, records_from_log
from queries.eligibility.relation import first_rows
from queries.names import recoded_divisions

__all__ = ["Lacking", "Prospect", "Prospects", "prospects"]

#: What every visit brings.
_VISIT: dict[str, bool] = {
    "consent": True,
    "purpose_lawful": True,
    "farm_purpose": True,
    "any_loan": False,
}
_NEVER = 99
_PERSON = "Person"


@dataclass(frozen=True)
class Lacking:
    """A condition in the way: 待补充 (`open`) or 不符合, and how it can be mended."""

    condition: str
    wording: str
    open: bool
    how: str
    days: int


@dataclass(frozen=True)
class Prospect:
    """One household or firm for one product.

    Attributes:
        unit: key of the household, or of the party where there is none.
        applicant: the member best placed, its name None where nobody told it.
        lacking: beyond consent and credit report; empty: nothing else.
    """

    unit: str
    applicant: str
    name: str | None
    village: str
    product: str
    title: str
    lacking: tuple[Lacking, ...]


@dataclass(frozen=True, eq=False)
class _Ranked:
    """The best member of every unit for one product, and how many conditions are in its way."""

    product: Product
    sheet: Sheet
    parties: NDArray[np.int64]
    ways: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Prospects:
    """A district's prospects; villages are looked up, nobody is spelled out before.

    Attributes:
        units: how many households and firms have no loan as far as is known.
        position: of the log.
    """

    as_of: date
    known_at: datetime
    units: int
    _records: Records
    _keys: pa.Array
    _unit: NDArray[np.int64]
    _unit_keys: pa.Array
    _village: NDArray[Any]
    _recoded: Mapping[str, str]
    _ranked: tuple[_Ranked, ...]

    def summary(self) -> list[dict[str, Any]]:
        """By village and product: units with nothing, and with one thing, in the way."""
        rows = []
        for ranked in self._ranked:
            near = ranked.ways <= 1
            places = self._village[ranked.parties[near]]
            ways = ranked.ways[near]
            for village in np.unique(places.astype(str)) if len(places) else ():
                here = ways[places == village]
                rows.append(
                    {
                        "village": str(village),
                        "product": ranked.product.id,
                        "title": ranked.product.title,
                        "ready": int((here == 0).sum()),
                        "one_missing": int((here == 1).sum()),
                    }
                )
        return sorted(rows, key=lambda row: (row["village"], row["product"]))

    def village(
        self, key: str, *, product: str | None = None, most: int = 1
    ) -> tuple[Prospect, ...]:
        """Prospects of one village, by its code of today or a former one, the nearest first.

        Args:
            product: one product only.
            most: how many conditions may be in the way.

        Raises `NotFoundError` when nobody is known to live there.
        """
        key = self._recoded.get(key, key)
        if not (self._village == key).any():
            raise NotFoundError(
                "这个村还没有农户信息。请核对村编号（division:…），或先导入农户信息。",
                "Nobody is known to live in that village.",
                code="village_unknown",
            )
        found = []
        for ranked in self._ranked:
            if product is not None and ranked.product.id != product:
                continue
            here = (ranked.ways <= most) & (self._village[ranked.parties] == key)
            found += [
                (int(ways), self._prospect(ranked, int(party)))
                for party, ways in zip(ranked.parties[here], ranked.ways[here], strict=True)
            ]
        found.sort(key=lambda pair: (pair[0], pair[1].product, pair[1].unit))
        names = self._names([one.applicant for _, one in found])
        return tuple(replace(one, name=names.get(one.applicant)) for _, one in found)

    def _prospect(self, ranked: _Ranked, party: int) -> Prospect:
        applicant = self._keys[party].as_py()
        return Prospect(
            unit=self._unit_keys[int(self._unit[party])].as_py(),
            applicant=applicant,
            name=None,
            village=str(self._village[party]),
            product=ranked.product.id,
            title=ranked.product.title,
            lacking=tuple(_lacking(ranked.sheet, party)),
        )

    def _names(self, keys: list[str]) -> dict[str, str]:
        wanted = pa.array(keys, pa.string())
        names: dict[str, str] = {}
        for kind in (_PERSON, "FamilyFarm", "Cooperative", "Enterprise", "IndividualBusiness"):
            table = self._records.certain(kind).select(["key", "name", "known_from"])
            table = table.filter(pc.is_in(table["key"], value_set=wanted)).sort_by("known_from")
            told = zip(table["key"].to_pylist(), table["name"].to_pylist(), strict=True)
            names |= {key: name for key, name in told if name is not None}
        return names


def prospects(
    log: FactLog, as_of: date, known_at: datetime, products: Mapping[str, Product]
) -> Prospects:
    """Reckon the prospects of everybody in the log."""
    records = records_from_log(log, as_of, known_at)
    offered = [item for item in products.values() if item.is_at(as_of)]
    keys = _everybody(records, {kind for item in offered for kind in item.for_whom})
    asked = {name for item in offered for name in item.at(as_of).facts}
    gathered = gather(
        records, keys, facts=_telling({*asked, "any_loan", "village", "household_any_loan"})
    )
    told = gathered.columns()
    unit, unit_keys = _units(records, keys)
    loaned = _true(told["any_loan"]) | _true(told["household_any_loan"])
    # one member's loan is the household's: the household is the unit of credit
    taken = np.zeros(len(unit_keys), bool)
    taken[unit[loaned]] = True
    free = ~taken[unit]
    columns = dict(told)
    for name, value in _VISIT.items():
        spec = catalogue().facts[name]
        columns[name] = Column(spec, np.full(len(keys), value), np.ones(len(keys), bool))
    columns |= _implied(columns, len(keys))
    village = told["village"]
    where = np.where(village.known, village.values, "")
    ranked = tuple(
        _rank(item, evaluate_columns(item.at(as_of), columns, len(keys)), unit, free)
        for item in offered
    )
    return Prospects(
        as_of,
        known_at,
        int((~taken).sum()),
        records,
        keys,
        unit,
        unit_keys,
        where,
        recoded_divisions(log, as_of, known_at),
        ranked,
    )


def _telling(asked: set[str]) -> list[str]:
    """The facts asked for, and those that tell them by implication."""
    own = catalogue().own
    telling = {
        name
        for name, spec in own.items()
        for told in spec.implies.values()
        if asked.intersection(told)
    }
    return [name for name in catalogue().facts if name in asked | telling]


def _everybody(records: Records, kinds: set[str]) -> pa.Array:
    """Keys of all parties of these kinds that somebody describes."""
    return pc.unique(
        pa.concat_arrays(
            [
                records.certain(node.kind)["key"].combine_chunks()
                for node in SCHEMA.nodes.values()
                if node.kind in kinds and node.kind != "Household"
            ]
        )
    )


def _units(records: Records, keys: pa.Array) -> tuple[NDArray[np.int64], pa.Array]:
    """Number of each party's household, or of its own where it has none, and the units' keys."""
    belongs = records.certain("BELONGS_TO")
    party = pc.fill_null(pc.index_in(belongs["from_key"], value_set=keys), -1)
    who = np.asarray(party.to_numpy(), np.int64)
    rows = np.flatnonzero(who >= 0)
    first = first_rows(who[rows], rows, belongs, len(keys))
    household = belongs["to_key"].combine_chunks().take(pa.array(first, mask=first < 0))
    own = pc.coalesce(household, keys.cast(pa.string()))
    encoded = own.dictionary_encode()
    return np.asarray(encoded.indices.to_numpy(), np.int64), encoded.dictionary


def _rank(
    product: Product, sheet: Sheet, unit: NDArray[np.int64], free: NDArray[np.bool_]
) -> _Ranked:
    """The member of every unit with the fewest conditions in the way."""
    ways = np.zeros(len(unit), np.int64)
    for place, condition in enumerate(sheet.version.conditions):
        if not condition.hard:
            continue
        codes = sheet.conditions[place]
        mendable = any(step.sets for step in condition.steps)
        # nothing that one can do changes one's age, or who one is
        ways += np.where(codes == 0, 1 if mendable else _NEVER, (codes == 1).astype(np.int64))
    among = np.flatnonzero(free & (ways < _NEVER))
    # by unit, then by ways, then as they stand: the first of each unit is its best
    order = among[np.lexsort((among, ways[among], unit[among]))]
    best = order[np.concatenate([[True], np.diff(unit[order]) != 0])] if len(order) else order
    return _Ranked(product, sheet, best, ways[best])


def _lacking(sheet: Sheet, party: int) -> Iterator[Lacking]:
    for place, condition in enumerate(sheet.version.conditions):
        code = int(sheet.conditions[place, party])
        if not condition.hard or code == 2:
            continue
        if code == 1:
            obtain = min(
                (leaf.spec.obtain for leaf in condition.test.leaves()), key=lambda one: one.days
            )
            yield Lacking(condition.id, condition.wording, True, obtain.how, obtain.days)
        else:
            step = min((s for s in condition.steps if s.sets), key=lambda one: one.days)
            yield Lacking(condition.id, condition.wording, False, step.text, step.days)


def _true(column: Column) -> NDArray[np.bool_]:
    return np.asarray(column.known & column.values.astype(bool))


def _implied(columns: dict[str, Column], count: int) -> dict[str, Column]:
    """What the visit's report says of facts that nobody else tells."""
    found = {}
    for name, value in catalogue().facts["any_loan"].implies[False].items():
        spec = catalogue().facts[name]
        held = columns.get(name)
        told = Column.of(spec, [value]).values
        fill = np.broadcast_to(told, count)
        if held is None:
            found[name] = Column(spec, fill, np.ones(count, bool))
        else:
            values = np.where(held.known, held.values, fill)
            found[name] = Column(spec, values, np.ones(count, bool))
    return found

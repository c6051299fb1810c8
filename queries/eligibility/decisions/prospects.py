"""Prospects (首贷培植): who never had a loan as far as we know, and what stands between them and one.

For every product and household (or firm): the member best placed, and what would still be open or
unmet once a visit brought what every visit brings: a signed consent, what the loan is for, what is
owed, and a credit report without a loan.  That report is not assumed for the answer: nobody here
is said to be a first borrower, only that no loan of theirs is known.  Whoever could be lent
nothing, or does not follow the trade that a product is for, is no prospect; true farmers, and
those to whom more may be lent, come first.  Whole districts are read from the log and reckoned as
arrays.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from graph.errors import NotFoundError
from graph.log_view import AnyLog
from graph.schema import SCHEMA
from queries.eligibility.decisions.likely import at_most_fen, farming, in_time
from queries.eligibility.decisions.prospect import (
    NOTHING,
    Board,
    Lacking,
    Prospect,
    ProspectCount,
)
from queries.eligibility.decisions.steps import errand
from queries.eligibility.facts.catalogue import catalogue
from queries.eligibility.facts.column import Column
from queries.eligibility.facts.fact import Fact, Value
from queries.eligibility.facts.gather import gather
from queries.eligibility.facts.records import Records, records_from_log
from queries.eligibility.facts.relation import first_rows
from queries.eligibility.rules.columns import Sheet, evaluate_columns
from queries.eligibility.rules.condition import Condition, Step
from queries.eligibility.rules.missing import settling
from queries.eligibility.rules.product import Product
from queries.names import recoded_divisions

__all__ = [
    "NOTHING",
    "SEASON_DAYS",
    "Board",
    "Lacking",
    "ProductTotal",
    "Prospect",
    "ProspectCount",
    "Prospects",
    "brought",
    "prospects",
]

#: What every visit brings.
_VISIT: dict[str, bool] = {
    "consent": True,
    "purpose_lawful": True,
    "farm_purpose": True,
    "any_loan": False,
}
#: What the debts are, where nobody knows of one, once the party has declared them at the visit.
_DECLARED: dict[str, int] = {
    "household_owed_fen": 0,
    "private_debt_fen": 0,
    "external_guarantee_fen": 0,
}
#: The trade that a product is for: of whom nobody knows that he follows it is not visited for it.
_TRADES = frozenset({"orchard_mu", "animals"})
#: Days within which what is not met must be mendable: longer, and it is no matter of this visit.
SEASON_DAYS = 90
_NEVER = 99
_FARMER_FIRST = 1e15
#: Asked for beside what the products ask for.
_BESIDE = frozenset(
    {"any_loan", "village", "household_any_loan", "age", "is_farmer", "contracted_land_mu",
     "orchard_mu", "animals"}
)  # fmt: skip
_PERSON = "Person"


@dataclass(frozen=True, eq=False)
class _Ranked:
    """The best member of every unit for one product, how many conditions are in its way, and how
    likely it is that something is lent: the greater `rank` comes first."""

    product: Product
    sheet: Sheet
    parties: NDArray[np.int64]
    ways: NDArray[np.int64]
    rank: NDArray[np.float64]


@dataclass(frozen=True)
class ProductTotal:
    """Units of the whole district with nothing in the way of a product."""

    title: str
    ready: int


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
    _columns: dict[str, Column]
    _ranked: tuple[_Ranked, ...]

    def summary(self) -> tuple[ProspectCount, ...]:
        """By village and product: units with nothing, and with one thing, in the way."""
        rows: list[ProspectCount] = []
        for ranked in self._ranked:
            near = ranked.ways <= 1
            places = self._village[ranked.parties[near]].astype(str)
            villages, at = np.unique(places, return_inverse=True)
            # village by village nobody is gone through: of both there are more in a larger district
            ready, one = (
                np.bincount(at[ranked.ways[near] == ways], minlength=len(villages))
                for ways in (0, 1)
            )
            rows += [
                ProspectCount(
                    village=str(village),
                    product=ranked.product.id,
                    title=ranked.product.title,
                    ready=int(ready[place]),
                    one_missing=int(one[place]),
                )
                for place, village in enumerate(villages)
            ]
        return tuple(sorted(rows, key=lambda row: (row.village, row.product)))

    def totals(self) -> dict[str, ProductTotal]:
        """By product, of all villages: units with nothing in the way."""
        found: dict[str, ProductTotal] = {}
        for row in self.summary():
            before = found.get(row.product)
            ready = row.ready + (before.ready if before else 0)
            found[row.product] = ProductTotal(row.title, ready)
        return found

    def village(
        self, key: str, *, product: str | None = None, most: int = 1
    ) -> tuple[Prospect, ...]:
        """Prospects of one village, by its code of today or a former one.

        The nearest come first, of these the likeliest.

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
                ((int(ways), -float(rank)), self._prospect(ranked, int(party)))
                for party, ways, rank in zip(
                    ranked.parties[here], ranked.ways[here], ranked.rank[here], strict=True
                )
            ]
        found.sort(key=lambda pair: (*pair[0], pair[1].product, pair[1].unit))
        return self._told([one for _, one in found])

    def board(
        self, *, villages: Collection[str] | None = None, product: str | None = None,
        lacks: str = "", most: int = 1, limit: int = 50, offset: int = 0,
    ) -> Board:  # fmt: skip
        """Prospects of several villages together, the nearest first, of these the likeliest.

        Args:
            villages: keys of today; None: of all.
            lacks: id of the one condition that lacks; `NOTHING`: nothing does; empty: any.
        """
        lots: list[tuple[NDArray[Any], ...]] = []
        lacking: dict[str, tuple[str, int]] = {}
        for place, ranked in enumerate(self._ranked):
            if product is not None and ranked.product.id != product:
                continue
            here = ranked.ways <= most
            if villages is not None:
                here &= np.isin(self._village[ranked.parties].astype(str), [*villages])
            only = ranked.ways == 0 if lacks == NOTHING else np.full(len(here), not lacks)
            for condition, wording, rows in _one_lacks(ranked):
                held = lacking.get(condition, (wording, 0))
                lacking[condition] = (held[0], held[1] + int((here & rows).sum()))
                if condition == lacks:
                    only = only | rows
            here &= only
            lots.append(
                (ranked.ways[here], ranked.rank[here], ranked.parties[here],
                 np.full(int(here.sum()), place))
            )  # fmt: skip
        if not lots:
            return Board((), 0, ())
        ways, ranks, parties, of = (np.concatenate(each) for each in zip(*lots, strict=True))
        order = np.lexsort((parties, of, -ranks, ways))
        chosen = order[offset : offset + limit]
        found = self._told(
            [self._prospect(self._ranked[int(of[at])], int(parties[at])) for at in chosen]
        )
        told = ((name, wording, count) for name, (wording, count) in lacking.items() if count)
        return Board(found, len(order), tuple(sorted(told, key=lambda one: (-one[2], one[0]))))

    def _told(self, found: Sequence[Prospect]) -> tuple[Prospect, ...]:
        """With what is known of who they are and where they live."""
        people, units = [one.applicant for one in found], [one.unit for one in found]
        names, masked = self._names(people), self._last(_PERSON, "resident_id_masked", people)
        phones = self._last(_PERSON, "phone_masked", people)
        numbers = self._last("Household", "household_no", units)
        homes = self._last("Household", "address", units)
        roles = self._roles(people)
        return tuple(
            replace(
                one,
                name=names.get(one.applicant),
                masked=masked.get(one.applicant),
                phone_masked=phones.get(one.applicant),
                household_no=numbers.get(one.unit),
                address=homes.get(one.unit),
                role=roles.get((one.applicant, one.unit)),
            )
            for one in found
        )

    def _roles(self, people: list[str]) -> dict[tuple[str, str], str]:
        """What each is in a household, by person and household."""
        table = self._records.certain("BELONGS_TO").select(["from_key", "to_key", "role"])
        table = table.filter(pc.is_in(table["from_key"], value_set=pa.array(people, pa.string())))
        return {(row["from_key"], row["to_key"]): row["role"] for row in table.to_pylist()}

    def _prospect(self, ranked: _Ranked, party: int) -> Prospect:
        applicant = self._keys[party].as_py()
        return Prospect(
            unit=self._unit_keys[int(self._unit[party])].as_py(),
            applicant=applicant,
            name=None,
            village=str(self._village[party]),
            product=ranked.product.id,
            title=ranked.product.title,
            lacking=tuple(_lacking(ranked, self._columns, party)),
            age=self._age(party),
            farms=tuple(self._farms(party)),
        )

    def _age(self, party: int) -> int | None:
        column = self._columns.get("age")
        value = None if column is None else column.value(party)
        return None if value is None else int(value)

    def _farms(self, party: int) -> Iterator[str]:
        """What the household is known to farm."""
        for name, words in (("contracted_land_mu", "承包地 {:g} 亩"), ("orchard_mu", "果园 {:g} 亩"),
                            ("animals", "奶畜 {:g} 头")):  # fmt: skip
            column = self._columns.get(name)
            value = None if column is None else column.value(party)
            if isinstance(value, (int, float)) and value > 0:
                yield words.format(value)

    def _names(self, keys: list[str]) -> dict[str, str]:
        names: dict[str, str] = {}
        for kind in (_PERSON, "FamilyFarm", "Cooperative", "Enterprise", "IndividualBusiness"):
            names |= self._last(kind, "name", keys)
        return names

    def _last(self, kind: str, name: str, keys: list[str]) -> dict[str, str]:
        """What was said last of these parties, by key."""
        table = self._records.certain(kind).select(["key", name, "known_from"])
        wanted = pa.array(keys, pa.string())
        table = table.filter(pc.is_in(table["key"], value_set=wanted)).sort_by("known_from")
        told = zip(table["key"].to_pylist(), table[name].to_pylist(), strict=True)
        return {key: value for key, value in told if value is not None}


def prospects(
    log: AnyLog, as_of: date, known_at: datetime, products: Mapping[str, Product]
) -> Prospects:
    """Reckon the prospects of everybody in the log."""
    records = records_from_log(log, as_of, known_at)
    offered = [item for item in products.values() if item.is_at(as_of)]
    keys = _everybody(records, {kind for item in offered for kind in item.for_whom})
    asked = {name for item in offered for name in item.at(as_of).facts}
    gathered = gather(records, keys, facts=_telling({*asked, *_BESIDE}))
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
    columns |= _implied(columns, len(keys)) | _filled_in(columns, _DECLARED, len(keys))
    village = told["village"]
    where = np.where(village.known, village.values, "")
    farmer = farming(columns, len(keys))
    ranked = []
    for item in offered:
        version = item.at(as_of)
        known = in_time(version, columns, gathered.told, as_of)
        sheet = evaluate_columns(version, known, len(keys))
        money = at_most_fen(version.amount, known, len(keys))
        ranked.append(_rank(item, sheet, unit, free, farmer, money))
    return Prospects(
        as_of, known_at, int((~taken).sum()), records, keys, unit, unit_keys, where,
        recoded_divisions(log, as_of, known_at), columns, tuple(ranked),
    )  # fmt: skip


def brought() -> str:
    """The papers that a visit brings, in Chinese."""
    named = [catalogue().facts[name].paper for name in _VISIT]
    papers = dict.fromkeys(paper for paper in named if paper)
    return "、".join([*papers, "负债情况声明"])


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
                # on a day of which no product is nobody is asked about
                pa.array([], pa.string()),
                *(
                    records.certain(node.kind)["key"].combine_chunks()
                    for node in SCHEMA.nodes.values()
                    if node.kind in kinds and node.kind != "Household"
                ),
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
    product: Product,
    sheet: Sheet,
    unit: NDArray[np.int64],
    free: NDArray[np.bool_],
    farmer: NDArray[np.int8],
    money: NDArray[np.float64],
) -> _Ranked:
    """The member of every unit with the fewest conditions in the way, and of these the likeliest."""
    ways = np.zeros(len(unit), np.int64)
    for place, condition in enumerate(sheet.version.conditions):
        if not condition.hard:
            continue
        codes = sheet.conditions[place]
        # nothing that one can do changes one's age, or who one is, or grows an orchard by autumn
        unmet = 1 if _ways_out(condition) else _NEVER
        unseen = _NEVER if _TRADES.intersection(condition.facts) else 1
        ways += np.where(codes == 0, unmet, np.where(codes == 1, unseen, 0))
    # whom nothing can be lent is not ready for anything
    ways[money <= 0] += _NEVER
    among = np.flatnonzero(free & (ways < _NEVER))
    # a true farmer before any sum: sums stay below the step between the two
    rank = np.asarray(farmer * _FARMER_FIRST + np.nan_to_num(money), np.float64)
    # by unit, then by ways, then by rank, then as they stand: the first of each unit is its best
    order = among[np.lexsort((among, -rank[among], ways[among], unit[among]))]
    best = order[np.concatenate([[True], np.diff(unit[order]) != 0])] if len(order) else order
    return _Ranked(product, sheet, best, ways[best], rank[best])


def _ways_out(condition: Condition) -> list[Step]:
    """What can be done within the season about a condition that is not met, quickest first."""
    steps = [step for step in condition.steps if step.sets and step.days <= SEASON_DAYS]
    return sorted(steps, key=lambda step: step.days)


def _one_lacks(ranked: _Ranked) -> Iterator[tuple[str, str, NDArray[np.bool_]]]:
    """Each hard condition with those of its ranked to whom it alone is in the way."""
    near = ranked.ways == 1
    for place, condition in enumerate(ranked.sheet.version.conditions):
        if condition.hard:
            codes = ranked.sheet.conditions[place][ranked.parties]
            yield condition.id, condition.wording, near & (codes != 2)


def _lacking(ranked: _Ranked, columns: Mapping[str, Column], party: int) -> Iterator[Lacking]:
    """What is in the way, each with the remedy for the fact that lacks."""
    known = catalogue()
    facts = {
        name: Fact(value)
        for name in ranked.sheet.version.facts
        if name in columns and (value := columns[name].value(party)) is not None
    }
    for place, condition in enumerate(ranked.sheet.version.conditions):
        code = int(ranked.sheet.conditions[place, party])
        if not condition.hard or code == 2:
            continue
        if code == 1:
            missing = settling(condition, facts) or condition.facts
            trips = [errand([known.facts[name]], known) for name in missing]
            how = "；".join(dict.fromkeys(trip.how for trip in trips))
            days = max(trip.days for trip in trips)
            yield Lacking(condition.id, condition.wording, True, how, days)
        else:
            step = _ways_out(condition)[0]
            yield Lacking(condition.id, condition.wording, False, step.text, step.days)


def _true(column: Column) -> NDArray[np.bool_]:
    return np.asarray(column.known & column.values.astype(bool))


def _implied(columns: dict[str, Column], count: int) -> dict[str, Column]:
    """What the visit's report says of facts that nobody else tells."""
    return _filled_in(columns, catalogue().implied("any_loan", False), count)


def _filled_in(
    columns: Mapping[str, Column], told: Mapping[str, Value], count: int
) -> dict[str, Column]:
    """Facts that nobody tells, as they would be told."""
    found = {}
    for name, value in told.items():
        spec = catalogue().facts[name]
        held = columns.get(name)
        fill = np.broadcast_to(Column.of(spec, [value]).values, count)
        if held is None:
            found[name] = Column(spec, fill, np.ones(count, bool))
        else:
            values = np.where(held.known, held.values, fill)
            found[name] = Column(spec, values, np.ones(count, bool))
    return found

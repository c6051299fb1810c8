"""The log as readers see it: ties of a key that was judged to be another party stand under that one.

The log keeps what each source said, under the key that the source knew.  Here `SAME_AS` facts with
certainty 1 (and whatever else the schema calls an identity) are followed: a tie whose end was given up stands, from the moment of the judgement,
under the key that stays, and goes back when the judgement is undone.  So a tie has one or more
*stands*, each with its ends and its own known time; the first keeps the fact's id, a later one
adds `~` and the position of the batch that moved it.  Asked at an earlier known time, everything
stands where it stood.

What the register of divisions says of former codes is followed as well (`RECODED_AS`): who lived in a
village that was merged lives in the one that took it in.

Descriptions do not move: what a list without identifiers wrote of "老三" corrects no register, and
the town of a former village is not that of the present one.

In doubt nothing is followed: a key with two different targets, and keys in a circle, stay.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache, cached_property
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from graph.facts import INSTANT, arrow_schema
from graph.log import Batch, FactLog
from graph.schema import SCHEMA
from graph.time import MAX_DATE, MIN_DATE
from graph.vocabulary import Relationship

__all__ = ["Resolution", "led", "redirects"]

_TIES = tuple(kind for kind in SCHEMA.relationships if kind not in SCHEMA.identities)
_STAND_ONLY = ["known_to", "origin"]


@cache
def _declared() -> pa.Array:
    # made when it is used: pyarrow loads pandas, a fifth of a second, before the first array it makes of a list
    return pa.array([item.kind for item in SCHEMA.kinds], pa.string())


@dataclass(frozen=True)
class _Epoch:
    """From the batch at `position` on, known at `since`: key -> (key that stays, its label)."""

    since: datetime
    position: int
    moved: Mapping[str, tuple[str, str]]


def redirects(same_as: Iterable[Mapping[str, Any]]) -> dict[str, tuple[str, str]]:
    """Where each given-up key leads in the end: key -> (key that stays, its label).

    `same_as` are the `SAME_AS` facts held at one time; only certain ones without a valid time count.
    """
    targets: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for row in same_as:
        timeless = row["valid_from"] in (None, MIN_DATE) and row["valid_to"] in (None, MAX_DATE)
        if row["certainty"] >= 1 and timeless:
            targets[row["from_key"]].add((row["to_key"], row["to_label"]))
    step = {key: next(iter(ends)) for key, ends in targets.items() if len(ends) == 1}
    found = {}
    for key, first in step.items():
        passed, here = {key}, first
        while here[0] not in passed and here[0] in step:
            passed.add(here[0])
            here = step[here[0]]
        if here[0] not in passed:
            found[key] = here
    return found


def led(kind: str, table: pa.Table, moved: Mapping[str, tuple[str, str]]) -> pa.Table:
    """Facts of one kind where they stand when `moved` keys (`redirects`) are given up.

    Ties stand under the keys that stay; what describes a given-up key, and the tie that was
    followed, are left out: such a key is no party, and no division, of its own.
    """
    if not moved:
        return table
    given_up = pa.array(sorted(moved), pa.string())
    declared = SCHEMA.kind(kind)
    is_tie = isinstance(declared, Relationship)
    if isinstance(declared, Relationship) and declared.source_leads and not declared.is_identity:
        table = _led(table, "from", given_up, moved)
    else:
        about = table["from_key" if is_tie else "key"].cast(pa.string())
        table = table.filter(pc.invert(pc.is_in(about, value_set=given_up)))
    return _led(table, "to", given_up, moved) if kind in _TIES else table


def _led(
    table: pa.Table, end: str, given_up: pa.Array, moved: Mapping[str, tuple[str, str]]
) -> pa.Table:
    """The table with one end of its ties led on to the keys that stay."""
    places = pc.index_in(table[f"{end}_key"].cast(pa.string()), value_set=given_up)
    if places.null_count == len(places):
        return table
    for part, column in enumerate((f"{end}_key", f"{end}_label")):
        stays = pa.array([moved[key][part] for key in given_up.to_pylist()], pa.string())
        plain = table[column].cast(pa.string())
        led = pc.coalesce(stays.take(places.combine_chunks()), plain.combine_chunks())
        if pa.types.is_dictionary(table[column].type):
            led = led.dictionary_encode()
        table = table.set_column(table.column_names.index(column), column, led)
    return table


class Resolution:
    """The log batch by batch, as far as it had come when this was made, with `SAME_AS` followed."""

    def __init__(self, log: FactLog) -> None:
        self._log = log
        self.batches = tuple(log.batches())
        self._placed: dict[str, pa.Table] = {}

    def facts(self, batch: Batch, kind: str) -> pa.Table:
        """Facts that a batch asserts, where they stand at its known time."""
        own = self._log.facts(batch, kind)
        stands = self._stands(kind)
        if not len(stands):
            return own
        first = stands.filter(pc.equal(stands["fact_id"], stands["origin"]))
        # by identifier: a fact stated again names the batch that brought it, not this one
        here = pc.is_in(first["fact_id"], value_set=own["fact_id"].combine_chunks())
        first = first.filter(here).drop_columns(_STAND_ONLY)
        elsewhere = pc.is_in(own["fact_id"], value_set=first["fact_id"].combine_chunks())
        return pa.concat_tables([own.filter(pc.invert(elsewhere)), first])

    def moved(self, batch: Batch) -> dict[str, pa.Table]:
        """By kind, ties that were asserted before and stand elsewhere from this batch on."""
        if batch.known_at not in {epoch.since for epoch in self._epochs}:
            return {}
        found = {kind: _began(self._stands(kind), batch) for kind in _TIES}
        return {kind: facts for kind, facts in found.items() if len(facts)}

    def closures(self, batch: Batch) -> pa.Table:
        """What ends being held, or ends standing where it stood, with a batch: kind, fact_id."""
        said = self._log.closures(batch)
        # a log may be older than the schema: what is gone from it is read by nobody
        said = said.filter(pc.is_in(said["kind"], value_set=_declared()))
        turn = batch.known_at in {epoch.since for epoch in self._epochs}
        kinds = set(_TIES if turn else said["kind"].to_pylist())
        ended = []
        for kind in sorted(kinds):
            stands = self._stands(kind)
            placed = pc.is_in(said["fact_id"], value_set=stands["origin"].combine_chunks())
            said = said.filter(pc.invert(pc.and_(pc.equal(said["kind"], kind), placed)))
            here = stands.filter(pc.equal(stands["known_to"], pa.scalar(batch.known_at, INSTANT)))
            ended += [{"kind": kind, "fact_id": each} for each in here["fact_id"].to_pylist()]
        return pa.concat_tables([said, pa.Table.from_pylist(ended, said.schema)])

    def history(self, kind: str) -> pa.Table:
        """Every stand of every fact of a kind, with `known_to` (null = still held)."""
        facts = self._history(kind)
        stands = self._stands(kind)
        if not len(stands):
            return facts
        placed = pc.is_in(facts["fact_id"], value_set=stands["origin"].combine_chunks())
        return pa.concat_tables([facts.filter(pc.invert(placed)), stands.drop_columns(["origin"])])

    # ----------------------------------------------------------------- placing

    def _history(self, kind: str) -> pa.Table:
        if not self.batches:
            return _stand_schema(kind).empty_table().drop_columns(["origin"])
        return self._log.history(kind, known_at=self.batches[-1].known_at)

    @cached_property
    def _epochs(self) -> tuple[_Epoch, ...]:
        if not any(kind in batch.files for batch in self.batches for kind in SCHEMA.identities):
            return ()
        rows = [row for kind in SCHEMA.identities for row in self._history(kind).to_pylist()]
        turns = {row["known_from"] for row in rows} | {row["known_to"] for row in rows}
        return tuple(
            _Epoch(
                batch.known_at,
                batch.position,
                redirects(row for row in rows if _held(row, batch.known_at)),
            )
            for batch in self.batches
            if batch.known_at in turns
        )

    def _stands(self, kind: str) -> pa.Table:
        """All stands of the facts of a kind that ever stood at a given-up key; `origin` = the fact."""
        if kind not in self._placed:
            given_up = {key for epoch in self._epochs for key in epoch.moved}
            stands: list[dict[str, Any]] = []
            if given_up and kind in _TIES:
                facts, keys = self._history(kind), pa.array(sorted(given_up), pa.string())
                at_from = pc.is_in(facts["from_key"], value_set=keys)
                touched = facts.filter(pc.or_(at_from, pc.is_in(facts["to_key"], value_set=keys)))
                leads = SCHEMA.relationships[kind].source_leads
                stands = [
                    stand for row in touched.to_pylist() for stand in self._places(row, leads)
                ]
            self._placed[kind] = pa.Table.from_pylist(stands, _stand_schema(kind))
        return self._placed[kind]

    def _places(self, row: dict[str, Any], source_leads: bool) -> list[dict[str, Any]]:
        """One fact's stands, in order; `source_leads` as the schema says of its kind."""
        before = [epoch for epoch in self._epochs if epoch.since <= row["known_from"]]
        within = [epoch for epoch in self._epochs if _held(row, epoch.since)]
        began = before[-1].moved if before else {}
        stands = [{**row, "origin": row["fact_id"], **_ends(row, began, source_leads)}]
        for epoch in within:
            ends = _ends(row, epoch.moved, source_leads)
            if epoch.since == row["known_from"] or ends.items() <= stands[-1].items():
                continue
            stands[-1]["known_to"] = epoch.since
            fact_id = f"{row['fact_id']}~{epoch.position}"
            held = {"known_from": epoch.since, "known_to": row["known_to"]}
            stands.append({**stands[0], "fact_id": fact_id, **held, **ends})
        return stands


def _held(row: Mapping[str, Any], instant: datetime) -> bool:
    return bool(
        row["known_from"] <= instant and (row["known_to"] is None or instant < row["known_to"])
    )


def _ends(
    row: Mapping[str, Any], moved: Mapping[str, tuple[str, str]], source_leads: bool
) -> dict[str, str]:
    from_key, from_label = row["from_key"], row["from_label"]
    if source_leads:
        from_key, from_label = moved.get(from_key, (from_key, from_label))
    to_key, to_label = moved.get(row["to_key"], (row["to_key"], row["to_label"]))
    return {
        "from_key": from_key, "from_label": from_label, "to_key": to_key, "to_label": to_label,
    }  # fmt: skip


def _began(stands: pa.Table, batch: Batch) -> pa.Table:
    later = pc.not_equal(stands["fact_id"], stands["origin"])
    at = pc.equal(stands["known_from"], pa.scalar(batch.known_at, INSTANT))
    return stands.filter(pc.and_(later, at)).drop_columns(_STAND_ONLY)


def _stand_schema(kind: str) -> pa.Schema:
    schema = arrow_schema(kind).append(pa.field("known_to", INSTANT))
    return schema.append(pa.field("origin", pa.string()))

"""What a complete list no longer names, and whether that may be taken as ended.

A fact that is not seen again ends only when its source declares complete lists, every part of the
list arrived, and no more went missing than the source allows (`expected.max_fall_ratio`).  In any
other case, and wherever a refused row may have named it, the fact stays as it is and is marked
`stale_suspected`, with the reason.  A list speaks for the scopes that it names (`scope` in
source.yaml) and for no other.

With each batch of a complete list are kept, beside its facts: `listed`, the keys of its rows and
their scopes; `stale`, the facts under suspicion after it; `restated` and, of a part, `confirmed`
(`ingest.comparing.active_facts`).
They name a fact by its first identifier, which stays when a withdrawal states it again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from graph.effective_batches import effective_batches
from graph.facts import arrow_schema
from graph.log import Batch, FactLog
from ingest.comparing.active_facts import ActiveFacts, active_facts, confirmed, restated
from ingest.comparing.difference import Difference, Held, fact_ids
from ingest.comparing.list_part import ListPart
from ingest.comparing.listed_rows import UNNAMED, ListedRows, Named, numbered_rows
from ingest.comparing.listing import kept_listing
from ingest.finding import RowFinding
from ingest.memory import release_memory
from ingest.spill import SpilledTables

__all__ = ["REASONS", "Settlement", "last_stale", "missing_parts", "parts_of", "settle"]

#: Why a fact that was not seen again was not ended.
REASONS = {
    "part_missing": "名单还有几份没到",
    "fell": "缺少的行超过允许的比例",
    "no_limit": "该来源没有登记允许减少的比例",
    "row_refused": "名单中这一行被退回",
    "row_unreadable": "名单中有退回的行认不出是谁",
    "left_blank": "名单中有这一行，但没有填这一项",
}

_ENDS = -1  # in the place of a reason

_AT_ONCE = 1 << 16  # facts looked at at a time

_STALE = pa.schema([("kind", pa.string()), ("fact_id", pa.string()), ("reason", pa.string())])


@dataclass
class Settlement:
    """What a complete list settles.

    Attributes:
        ended: how many facts end with it, by kind.
        stale: facts not seen again that stay: kind, fact_id, reason.
        missing_parts: numbers of the parts still to come.
        attachments: tables to keep with the batch.
        findings: warnings about the list as a whole.
    """

    ended: dict[str, int] = field(default_factory=dict)
    stale: pa.Table = field(default_factory=_STALE.empty_table)
    missing_parts: tuple[int, ...] = ()
    attachments: SpilledTables = field(default_factory=SpilledTables)
    findings: list[RowFinding] = field(default_factory=list)


def parts_of(batches: Sequence[Batch], source: str, table: str, part: ListPart) -> dict[int, Batch]:
    """The other parts of the same list that have arrived, by number; of one sent twice the last.

    A list that was whole is finished: what comes under its name later begins a new one.
    """
    found: dict[int, Batch] = {}
    for batch in effective_batches(batches):
        if (batch.source, batch.notes.get("table"), batch.notes.get("list")) != (
            source, table, part.name,
        ):  # fmt: skip
            continue
        if batch.notes["of"] == part.of:
            found[batch.notes["part"]] = batch
        if batch.notes["of"] != part.of or len(found) == part.of:
            found = {}
    found.pop(part.number, None)
    return found


def missing_parts(batches: Sequence[Batch], last: Batch) -> tuple[int, ...]:
    """Parts of the list of a table's last batch that have not arrived."""
    said = last.notes
    if "of" not in said:
        return ()
    part = ListPart(said["list"], said["part"], said["of"])
    before = [batch for batch in batches if batch.position < last.position]
    return _missing(part, parts_of(before, last.source, said["table"], part))


def _missing(part: ListPart, others: dict[int, Batch]) -> tuple[int, ...]:
    return tuple(n for n in range(1, part.of + 1) if n != part.number and n not in others)


def last_stale(log: FactLog, batches: Sequence[Batch], source: str, table: str) -> pa.Table:
    """The facts of a table under suspicion after its last list: kind, fact_id, reason."""
    for batch in reversed(effective_batches(batches)):
        if batch.source == source and batch.notes.get("table") == table:
            kept = log.table(batch, "stale")
            return _STALE.empty_table() if kept is None else kept
    return _STALE.empty_table()


def settle(
    log: FactLog,
    difference: Difference,
    lines: pa.Table,
    *,
    source: str,
    table: str,
    part: ListPart | None,
    limit: float | None,
    batch: str,
    day: date,
) -> Settlement:
    """Add to `difference` what ends with a complete list; say what stays, and why.

    Args:
        difference: with what was held before it (`compare`, `keep_held`).
        lines: the rows of this file (`ingest.comparing.listing`).
        part: which part of a list it is; None for corrected rows that came back: they lift the
            suspicion from what they say, and end nothing.
        limit: share of what a scope held that may go missing; None: nothing may end.
        day: of the list: what ends is true until then.
    """
    batches = effective_batches(log.batches())
    own = [item for item in batches if (item.source, item.notes.get("table")) == (source, table)]
    before = last_stale(log, batches, source, table)
    others = {} if part is None else parts_of(batches, source, table, part)
    arrived = [kept_listing(log, item) for item in others.values()]
    [now, *elsewhere], listed = numbered_rows([lines, *arrived], _own_listings(log, own))
    del arrived
    release_memory()
    facts = active_facts(log, own, others, listed, difference, day)
    if part is None:
        return _settled(before, facts, facts.stated == 0, _STALE.empty_table(), lines)
    missing = _missing(part, others)
    everyone = [now, *elsewhere]
    is_judged = _those(listed.scopes, [each.scope for each in everyone])[facts.scope]
    gone = is_judged & ~facts.seen
    why = _reasons(facts, is_judged, gone, everyone, listed, difference, limit, missing)
    stays = np.zeros(len(gone), bool)
    stays[gone] = why != _ENDS
    suspected = _suspected(facts, stays, why[why != _ENDS])
    settlement = _settled(before, facts, ~is_judged, suspected, lines)
    settlement.missing_parts = missing
    for kind, ended in facts.chosen(gone & ~stays):
        settlement.ended[kind] = len(ended)
        in_full = _held_in_full(log, kind, (difference.held or {}).get(kind), ended)
        _end(kind, in_full, day, batch, difference)
    settlement.attachments["restated"] = restated(facts, now.key_of(facts.stated.max(initial=0)))
    if part.of > 1:
        settlement.attachments["confirmed"] = confirmed(facts)
    settlement.findings = _findings(part, missing, suspected)
    return settlement


def _own_listings(log: FactLog, own: Sequence[Batch]) -> list[pa.Table | None]:
    return [kept_listing(log, item) if "listed" in item.files else None for item in own]


def _settled(
    before: pa.Table,
    facts: ActiveFacts,
    unjudged: NDArray[np.bool_],
    suspected: pa.Table,
    lines: pa.Table,
) -> Settlement:
    """The suspicion after a file: what it raises, and what was raised before and it leaves open."""
    left = before
    if len(before):
        ids = facts.first_ids(unjudged).combine_chunks()
        left = before.filter(pc.is_in(before["fact_id"], value_set=ids))
    stale = pa.concat_tables([left, suspected])
    settlement = Settlement(stale=stale)
    settlement.attachments["listed"] = lines
    settlement.attachments["stale"] = stale
    return settlement


def _suspected(facts: ActiveFacts, stays: NDArray[np.bool_], why: NDArray[np.int8]) -> pa.Table:
    """The facts that stay though they were not seen again: kind, fact_id, reason."""
    kinds = pa.DictionaryArray.from_arrays(
        pa.array(facts.kind[stays], pa.int16()), pa.array(facts.kinds, pa.string())
    )
    reasons = pa.DictionaryArray.from_arrays(pa.array(why), pa.array([*REASONS], pa.string()))
    return pa.table(
        [kinds.cast(pa.string()), facts.first_ids(stays), reasons.cast(pa.string())],
        schema=_STALE,
    )


def _held_in_full(log: FactLog, kind: str, kept: Held | None, ids: pa.ChunkedArray) -> pa.Table:
    chosen = [arrow_schema(kind).empty_table()]
    for held in kept.facts.pieces(kind) if kept else log.held(kind, rows=_AT_ONCE):
        here = pc.is_in(held["fact_id"], value_set=ids)
        if pc.any(here).as_py():
            chosen.append(held.filter(here))
    return pa.concat_tables(chosen, promote_options="default")


def _those(count: int, numbers: Sequence[NDArray[np.int32]]) -> NDArray[np.bool_]:
    """Of so many keys or scopes, which are among some; the last place is that of the unnamed."""
    found = np.zeros(count + 1, bool)
    for each in numbers:
        found[each] = True
    found[UNNAMED] = False
    return found


def _is_stated(
    facts: ActiveFacts,
    gone: NDArray[np.bool_],
    judged: NDArray[np.bool_],
    now: Named,
    keys: int,
    difference: Difference,
) -> NDArray[np.bool_]:
    """Of the facts gone, whether the list says anything of their kind in a row of their key."""
    found = np.zeros(int(gone.sum()), bool)
    kind_gone, key_gone = facts.kind[gone], facts.key[gone]
    again = judged & facts.seen
    for at, kind in enumerate(facts.kinds):
        said = _those(keys, [facts.key[again & (facts.kind == at)]])
        if kind in difference.stated:
            rows = difference.stated.columns(kind, ["row"])["row"].to_numpy()
            said[now.key_of(int(rows.max(initial=0)))[rows]] = True
        said[UNNAMED] = False
        here = kind_gone == at
        found[here] = said[key_gone[here]]
    return found


def _share_lost(
    scope: NDArray[np.int32], thing: NDArray[np.int32], is_lost: NDArray[np.bool_], scopes: int
) -> NDArray[np.float64]:
    """By scope the share of its things of which everything is lost; NaN where it has none."""
    # one array of all three, in place: there are five million of them
    things = scope.astype(np.int64)
    things <<= 31
    things |= thing
    things <<= 1
    things |= is_lost
    things.sort()
    # what of a thing is not lost comes first
    lost = (things.astype(np.int8) & 1).astype(bool)
    things >>= 1
    first = np.ones(len(things), bool)
    np.not_equal(things[1:], things[:-1], out=first[1:])
    things = things[first]
    things >>= 31
    every, left = (np.bincount(some, minlength=scopes) for some in (things, things[~lost[first]]))
    with np.errstate(invalid="ignore"):
        share: NDArray[np.float64] = (every - left) / every
    return share


def _reasons(
    facts: ActiveFacts,
    judged: NDArray[np.bool_],
    gone: NDArray[np.bool_],
    everyone: Sequence[Named],
    listed: ListedRows,
    difference: Difference,
    limit: float | None,
    missing: tuple[int, ...],
) -> NDArray[np.int8]:
    """For every fact not seen again, why it stays: its place among the reasons, or that it ends."""
    if not gone.any():
        return np.zeros(0, np.int8)
    named = _those(listed.keys, [each.key for each in everyone])
    accepted = _those(listed.keys, [each.key[~each.refused] for each in everyone])
    refused = _those(listed.keys, [each.key[each.refused] for each in everyone])
    unreadable = [each.scope[each.refused & (each.key == UNNAMED)] for each in everyone]
    everywhere = any(bool((each == UNNAMED).any()) for each in unreadable)
    key, scope = facts.key[gone], facts.scope[gone]
    lost = _lost_by_scope(facts, judged, named, listed)
    said = _is_stated(facts, gone, judged, everyone[0], listed.keys, difference)
    tests = {
        "part_missing": np.full(len(key), bool(missing)),
        "row_unreadable": _those(listed.scopes, unreadable)[scope] | everywhere,
        "no_limit": np.full(len(key), limit is None),
        "fell": lost[scope] > (1 if limit is None else limit),
        "row_refused": refused[key] & ~accepted[key],
        "left_blank": accepted[key] & ~said,
    }
    places = [[*REASONS].index(name) for name in tests]
    return np.select([*tests.values()], places, _ENDS).astype(np.int8)


def _lost_by_scope(
    facts: ActiveFacts, judged: NDArray[np.bool_], named: NDArray[np.bool_], listed: ListedRows
) -> NDArray[np.float64]:
    key, seen = facts.key[judged], facts.seen[judged]
    is_lost = np.where(key == UNNAMED, ~seen, ~named[key])
    # what another row says too tells nothing of the row that once stated it
    counted = ~(is_lost & seen)
    thing, is_lost = key[counted], is_lost[counted]
    del key, seen
    # what has no key is counted fact by fact
    unnamed = np.flatnonzero(thing == UNNAMED)
    thing[unnamed] = listed.keys + unnamed
    where = judged.copy()
    where[judged] = counted
    return _share_lost(facts.scope[where], thing, is_lost, listed.scopes)


def _end(kind: str, facts: pa.Table, day: date, batch: str, difference: Difference) -> None:
    """Close facts, and state again until `day` those that had begun before it."""
    difference.close(kind, facts["fact_id"])
    begun = facts.filter(pc.fill_null(pc.less(facts["valid_from"], pa.scalar(day)), True))
    if not len(begun):
        return
    count = len(begun)
    columns = dict(zip(begun.column_names, begun.columns, strict=True)) | {
        "fact_id": fact_ids(batch, kind, count, difference.asserted.counts().get(kind, 0)),
        "valid_to": pa.repeat(pa.scalar(day), count),
        "batch": pa.repeat(batch, count),
        "row": pa.repeat(pa.scalar(0, pa.int32()), count),
    }
    difference.add_asserted(kind, columns)


def _findings(part: ListPart, missing: tuple[int, ...], suspected: pa.Table) -> list[RowFinding]:
    found = []
    if missing:
        lacking = "、".join(map(str, missing))
        found.append(
            RowFinding(
                None,
                None,
                "list_incomplete",
                f"名单“{part.name}”共 {part.of} 份，还缺第 {lacking} 份。请补齐；补齐之前不会结束任何记录。",
                f"Of the list's {part.of} parts number {missing} did not arrive yet; nothing ends.",
                severity="warning",
            )
        )
    counts = pc.value_counts(suspected["reason"]).to_pylist()
    return found + [
        RowFinding(
            None,
            None,
            "stale_suspected",
            f"有 {item['counts']} 条原有记录这次没有见到：{REASONS[item['values']]}。"
            "这些记录保持不变，标为“疑似过期”，请核实。",
            f"{item['counts']} facts were not seen again ({item['values']}): they stay, under "
            "suspicion.",
            severity="warning",
        )
        for item in sorted(counts, key=lambda item: str(item["values"]))
    ]

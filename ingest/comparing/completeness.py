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
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from graph.effective_batches import effective_batches
from graph.facts import arrow_schema
from graph.log import Batch, FactLog
from ingest.comparing.active_facts import confirmed, held_facts, restated
from ingest.comparing.difference import Difference, fact_ids
from ingest.comparing.list_part import ListPart
from ingest.comparing.listing import kept_listing, listing_table
from ingest.finding import RowFinding
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
    lines: pd.DataFrame,
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
        lines: the rows of this file (`ingest.comparing.listing`).
        part: which part of a list it is; None for corrected rows that came back: they lift the
            suspicion from what they say, and end nothing.
        limit: share of what a scope held that may go missing; None: nothing may end.
        day: of the list: what ends is true until then.
    """
    batches = effective_batches(log.batches())
    own = [item for item in batches if (item.source, item.notes.get("table")) == (source, table)]
    before = last_stale(log, batches, source, table)
    if part is None:
        _, facts = held_facts(log, own, {}, difference, day)
        return _settled(before, facts[facts["stated"] == 0], _STALE.empty_table(), lines)
    others = parts_of(batches, source, table, part)
    missing = _missing(part, others)
    ids, facts = held_facts(log, own, others, difference, day)
    everyone = pd.concat([lines, *(kept_listing(log, item) for item in others.values())])
    judged = facts[facts["scope"].isin(everyone["scope"].dropna())]
    reasons = _reasons(judged, everyone, difference, lines, limit, missing)
    gone, stays = judged[~judged["seen"]], reasons.notna()
    suspected = pa.Table.from_pandas(
        gone[stays].assign(reason=reasons[stays])[_STALE.names], _STALE, preserve_index=False
    )
    elsewhere = facts[~facts.index.isin(judged.index)]
    settlement = _settled(before, elsewhere, suspected, lines)
    settlement.missing_parts = missing
    for kind, chosen in gone[~stays].groupby("kind", sort=True):
        settlement.ended[kind] = len(chosen)
        ended = ids[kind].take(pa.array(chosen["place"]))
        _end(kind, _held_in_full(log, kind, ended), day, batch, difference)
    settlement.attachments["restated"] = restated(facts, lines)
    if part.of > 1:
        settlement.attachments["confirmed"] = confirmed(facts)
    settlement.findings = _findings(part, missing, suspected)
    return settlement


def _settled(
    before: pa.Table, unjudged: pd.DataFrame, suspected: pa.Table, lines: pd.DataFrame
) -> Settlement:
    """The suspicion after a file: what it raises, and what was raised before and it leaves open."""
    left = pa.array(unjudged["fact_id"], pa.string())
    stale = pa.concat_tables(
        [before.filter(pc.is_in(before["fact_id"], value_set=left)), suspected]
    )
    settlement = Settlement(stale=stale)
    settlement.attachments["listed"] = listing_table(lines)
    settlement.attachments["stale"] = stale
    return settlement


def _held_in_full(log: FactLog, kind: str, ids: pa.ChunkedArray) -> pa.Table:
    pieces = log.held(kind, rows=_AT_ONCE)
    chosen = [held.filter(pc.is_in(held["fact_id"], value_set=ids)) for held in pieces]
    return pa.concat_tables([arrow_schema(kind).empty_table(), *chosen], promote_options="default")


def _stated(
    judged: pd.DataFrame, keys: pd.Series, difference: Difference, lines: pd.DataFrame
) -> pd.Index:
    """(kind, key) of which the list says something, by this file or by another part; of some keys."""
    key_of = lines[lines["key"].isin(keys)].set_index("row")["key"]
    said = []
    for kind in difference.stated:
        rows = difference.stated.columns(kind, ["row"])["row"].to_numpy()
        found = key_of.reindex(rows[np.isin(rows, key_of.index)])
        said.append(pd.DataFrame({"kind": kind, "key": found.to_numpy()}))
    again = judged["seen"] & judged["key"].isin(keys)
    pairs = pd.concat([judged.loc[again, ["kind", "key"]], *said])
    return pd.MultiIndex.from_frame(pairs.drop_duplicates())


def _share_lost(things: pd.DataFrame) -> pd.Series:
    """By scope the share of its things of which everything is lost."""
    scope, scopes = pd.factorize(things["scope"])
    thing, _ = pd.factorize(things["thing"])
    each, place = np.unique(scope.astype(np.int64) << 32 | thing, return_inverse=True)
    left = np.bincount(place, weights=~things["lost"].to_numpy(bool), minlength=len(each))
    of_scope = each >> 32
    count = np.bincount(of_scope, minlength=len(scopes))
    return pd.Series(np.bincount(of_scope, left == 0, minlength=len(scopes)) / count, scopes)


def _reasons(
    judged: pd.DataFrame,
    everyone: pd.DataFrame,
    difference: Difference,
    lines: pd.DataFrame,
    limit: float | None,
    missing: tuple[int, ...],
) -> pd.Series:
    """For every fact not seen again, why it stays; None for those that end."""
    gone = judged[~judged["seen"]]
    if gone.empty:
        return pd.Series(index=gone.index, dtype=object)
    stated = _stated(judged, gone["key"].dropna(), difference, lines)
    refused = everyone["refused"].astype(bool)
    accepted = everyone["key"][~refused].dropna()
    unreadable = everyone[refused & everyone["key"].isna()]
    everywhere = bool(unreadable["scope"].isna().any())
    # what has no key is counted fact by fact
    things = judged.assign(thing=judged["key"].fillna(judged["fact_id"]))
    unlisted = ~things["key"].isin(everyone["key"].dropna())
    things["lost"] = unlisted.where(things["key"].notna(), ~things["seen"])
    # what another row says too tells nothing of the row that once stated it
    things = things[~(things["lost"] & things["seen"])]
    lost = _share_lost(things)
    pairs = pd.MultiIndex.from_frame(gone[["kind", "key"]])
    tests = {
        "part_missing": np.full(len(gone), bool(missing)),
        "row_unreadable": gone["scope"].isin(unreadable["scope"]) | everywhere,
        "no_limit": np.full(len(gone), limit is None),
        "fell": gone["scope"].map(lost) > (1 if limit is None else limit),
        "row_refused": gone["key"].isin(everyone["key"][refused].dropna())
        & ~gone["key"].isin(accepted),
        "left_blank": gone["key"].isin(accepted) & ~pairs.isin(stated),
    }
    chosen = np.select([np.asarray(test, bool) for test in tests.values()], list(tests), "")
    return pd.Series(chosen, gone.index, object).replace("", None)


def _end(kind: str, facts: pa.Table, day: date, batch: str, difference: Difference) -> None:
    """Close facts, and state again until `day` those that had begun before it."""
    difference.close(kind, facts["fact_id"])
    begun = facts.filter(pc.fill_null(pc.less(facts["valid_from"], pa.scalar(day)), True))
    if not len(begun):
        return
    before = difference.asserted.get(kind)
    count = len(begun)
    replaced = {
        "fact_id": fact_ids(batch, kind, count, 0 if before is None else len(before)),
        "valid_to": pa.repeat(pa.scalar(day), count),
        "batch": pa.repeat(batch, count),
        "row": pa.repeat(pa.scalar(0, pa.int32()), count),
    }
    for name, column in replaced.items():
        begun = begun.set_column(begun.column_names.index(name), name, column)
    difference.asserted[kind] = (
        begun if before is None else pa.concat_tables([before, begun], promote_options="default")
    )


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

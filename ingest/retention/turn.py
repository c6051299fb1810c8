"""A turn of retention: what has ended is deleted, the stores at any time, the log while nobody reads it.

    rows of the stores -> records of the log in one rewrite (`ingest.erasure`) -> the turn is noted

Answers leave out a record from the day on which it may not be used any more, whatever lies in the log;
a turn takes its bytes.  Nothing goes that is still lawfully used, or of which no law says when.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from graph.compacting import compact_if_worth
from graph.log import FactLog
from graph.operations import (
    OperationsStore,
    RepairCases,
    RetentionTurn,
    RetentionTurns,
    claim,
    release,
    store_for,
)
from graph.progress import Progress, silent
from graph.settings import Settings
from graph.time import day_of
from ingest.erasure import Trace
from ingest.erasure.act import carry_out_order, finish_order
from ingest.erasure.order import Order
from ingest.erasure.whose import held_of_records
from ingest.retention.records import records_over
from ingest.retention.stores import end_by_rules, ended_by_rules
from queries.lawful import retention_rules

__all__ = ["Due", "Retained", "daily_turn", "due", "retain"]

_GROUND, _BY = "retention_ended", "保存期限"
_CLAIM = "retention"
#: The rule of what stood on a consent.
_BY_TWO = "consented"


@dataclass(frozen=True)
class Due:
    """What a turn would delete.

    Attributes:
        rules: the file by which, with its hash.
        records: adverse kind -> how many records.  facts: kind -> how many facts with them.
        rows: rule of the stores -> how many rows.
        kept: what has no term by law, in words, and is therefore deleted by nobody.
    """

    rules: str
    records: Mapping[str, int]
    facts: Mapping[str, int]
    rows: Mapping[str, int]
    kept: tuple[str, ...]


@dataclass(frozen=True)
class Retained:
    """What became of a turn; `traces`: where something of it still stands, none is good."""

    turn: RetentionTurn
    traces: tuple[Trace, ...] = ()


def due(settings: Settings, *, at: datetime, store: OperationsStore | None = None) -> Due:
    """What has ended by now; nothing is written."""
    law = retention_rules()
    log = FactLog(settings.log_dir)
    with store_for(settings, store) as books:
        records = records_over(log, day_of(at), but=_open(books))
        rows = ended_by_rules(books, at)
    kept = [f"{rule.title}：{rule.clause}" for rule in law.stores.values() if rule.how == "kept"]
    kept += [law.words(name) for name, rule in law.rules.items() if rule.sure == "judgement"]
    # another consent, or a contract, may need what one consent opened: that is for two persons to say
    kept.append(f"{law.words(_BY_TWO)}；授权都已结束的，由两人办理（xinnong erase）")
    return Due(
        law.name,
        {kind: len(keys) for kind, keys in records.items()},
        _facts(log, records),
        rows,
        tuple(kept),
    )


def retain(
    settings: Settings,
    *,
    at: datetime,
    store: OperationsStore | None = None,
    progress: Progress | None = None,
) -> Retained:
    """Delete what has ended, everywhere; no service may run.

    Raises as `ingest.erasure.erase` where the log has something that goes.
    """
    say = progress or silent
    log = FactLog(settings.log_dir)
    with store_for(settings, store) as books:
        # what was cut off is in the log no more, and still elsewhere
        finish_order(settings, books, at=at, say=say)
        rows = end_by_rules(books, at)
        if rows:
            books.shrink()
        records = records_over(log, day_of(at), but=_open(books))
        if not records:
            return Retained(_note(books, at, rows, {}, {}, None))
        keys = tuple(sorted(key for keys in records.values() for key in keys))
        held = held_of_records(log, keys)
        reason = f"征信业管理条例 第十六条；{retention_rules().name}"
        order = Order(
            (), (), (), tuple(sorted(held.values)), _GROUND, reason, _BY, _BY, records=keys
        )
        told = carry_out_order(settings, books, order, at=at, say=say)
        turn = _note(books, at, rows, told.facts, {}, told.number)
        return Retained(turn, told.traces)


def daily_turn(settings: Settings, store: OperationsStore, *, at: datetime) -> RetentionTurn | None:
    """The turn of a day while a service runs: rows of the stores, and a copy of small batches.

    Facts of the log wait, and are told (`RetentionTurn.waiting`): their files are not rewritten under
    who reads them.  None where the day had its turn, or another service is at it.
    """
    turns = RetentionTurns(store)
    if _was_today(turns, at) or not claim(store, _CLAIM):
        return None
    try:
        if _was_today(turns, at):
            return None
        log = FactLog(settings.log_dir)
        rows = end_by_rules(store, at)
        waiting = _facts(log, records_over(log, day_of(at), but=_open(store)))
        compact_if_worth(log)
        return _note(store, at, rows, {}, waiting, None)
    finally:
        release(store, _CLAIM)


def _was_today(turns: RetentionTurns, at: datetime) -> bool:
    last = turns.last()
    return last is not None and last.turned_on >= day_of(at)


def _note(
    store: OperationsStore,
    at: datetime,
    rows: Mapping[str, int],
    facts: Mapping[str, int],
    waiting: Mapping[str, int],
    tombstone: int | None,
) -> RetentionTurn:
    return RetentionTurns(store).note(
        at=at, turned_on=day_of(at), rules=retention_rules().name, rows=rows, facts=facts,
        waiting=waiting, tombstone=tombstone,
    )  # fmt: skip


def _facts(log: FactLog, records: Mapping[str, list[str]]) -> dict[str, int]:
    keys = [key for each in records.values() for key in each]
    if not keys:
        return {}
    return {kind: len(ids) for kind, ids in sorted(held_of_records(log, keys).facts.items())}


def _open(store: OperationsStore) -> frozenset[str]:
    """Records about which somebody still has something to do."""
    return frozenset(case.record for case in RepairCases(store).all() if case.open)

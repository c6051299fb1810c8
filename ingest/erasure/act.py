"""A lawful deletion, carried out: log, refused rows, files on their way, operations store, graph.

    order noted -> rows of the log (the tombstone is the commit) -> the other stores -> the graph anew
    -> every store looked through -> order gone

It is done while nobody else works on the data folder: a service holds answers in memory that were made
of what goes.  Killed anywhere, it is finished by the next one.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from graph.backup.inventory import DATA, read_inventory
from graph.catch_up import catch_up
from graph.engine import delete_store, used_by_others
from graph.erasing import ErasureOrder, erase_rows
from graph.errors import BusyError, SettingsError
from graph.information import InformationClass
from graph.log import FactLog
from graph.operations import OperationsStore, store_for
from graph.operations.erasure import Named, erase_named
from graph.progress import Progress, silent
from graph.settings import Settings
from graph.tombstones import Tombstone, tombstones
from ingest.erasure.order import BY_CONSENT, Order, digests, order_of
from ingest.erasure.traces import Trace, traces_left, traces_of
from ingest.erasure.whose import Held, held_of, held_of_records, keys_of

__all__ = [
    "Erasure",
    "carry_out_order",
    "deletions",
    "erase",
    "finish_order",
    "verify_backups",
    "verify_erased",
    "would_erase",
]


@dataclass(frozen=True)
class Erasure:
    """What became of a deletion.

    Attributes:
        facts: how many rows of the log are gone, by kind.
        number: of its tombstone; None where the log held nothing, or only a look was taken.
        kept: rows of the operations store that stay by another duty.
        traces: where something of it still stands although it may not: none is good.
    """

    facts: dict[str, int]
    number: int | None
    deleted: tuple[Named, ...]
    kept: tuple[Named, ...]
    traces: tuple[Trace, ...]


def would_erase(
    settings: Settings, key: str, *, classes: Collection[InformationClass] = BY_CONSENT
) -> Erasure:
    """What a deletion would take; nothing is written.  Raises as `keys_of`."""
    log = FactLog(settings.log_dir)
    held = held_of(log, keys_of(log, key), classes)
    return Erasure(_counts(held), None, (), (), ())


def deletions(settings: Settings) -> tuple[Tombstone, ...]:
    """Every deletion, in order; raises as `tombstones`."""
    return tombstones(settings.log_dir)


def verify_erased(settings: Settings) -> tuple[Trace, ...]:
    """Where something that was ever deleted still stands; raises as `tombstones`."""
    with store_for(settings) as store:
        return tuple(traces_left(settings, store))


def verify_backups(settings: Settings, folders: Sequence[Path]) -> tuple[Trace, ...]:
    """Where something that was ever deleted still stands in backups; each is whole, or refused.

    Raises `InputError` as `read_inventory`, and as `tombstones`.
    """
    found: list[Trace] = []
    for folder in folders:
        read_inventory(folder)
        there = Settings(data=folder / DATA, operations_url=None)
        # a copy is opened: nothing is written into a backup
        with TemporaryDirectory() as place:
            copy = Settings(data=Path(place), operations_url=None)
            if there.operations_file.exists():
                shutil.copy(there.operations_file, copy.operations_file)
            with OperationsStore(copy) as books:
                traces = traces_left(settings, books, there=there)
        found += [replace(item, place=f"{folder}: {item.place}") for item in traces]
    return tuple(found)


def erase(
    settings: Settings,
    key: str,
    *,
    ground: str,
    reason: str,
    by: str,
    second: str,
    at: datetime,
    classes: Collection[InformationClass] = BY_CONSENT,
    store: OperationsStore | None = None,
    progress: Progress | None = None,
) -> Erasure:
    """Delete what is held of a party, of some classes, everywhere; one begun before is finished first.

    Raises:
        InputError: as `order_of`.  NotFoundError: as `keys_of`.  LogError: as `erase_rows`.
        BusyError: `in_use`.  SettingsError: `graph_of_others`, where the graph is not our own engine's.
    """
    _alone(settings)
    right = order_of(ground, reason, by, second)
    say = progress or silent
    with store_for(settings, store) as books:
        finish_order(settings, books, at=at, say=say)
        log = FactLog(settings.log_dir)
        keys = keys_of(log, key)
        held = held_of(log, keys, classes)
        order = Order(
            tuple(sorted(held.keys)),
            tuple(sorted(held.things)),
            tuple(sorted(classes)),
            tuple(sorted(held.values)),
            *right,
        )
        order.note(settings)
        return _carry_out(settings, books, order, at, say)


def carry_out_order(
    settings: Settings, store: OperationsStore, order: Order, *, at: datetime, say: Progress
) -> Erasure:
    """Delete what an order names; one begun before is finished first.  Raises as `erase`."""
    _alone(settings)
    finish_order(settings, store, at=at, say=say)
    order.note(settings)
    return _carry_out(settings, store, order, at, say)


def finish_order(
    settings: Settings, store: OperationsStore, *, at: datetime, say: Progress
) -> Erasure | None:
    """Finish the deletion that was begun and cut off; None where there is none.  Raises as `erase`."""
    begun = Order.noted(settings)
    if begun is None:
        return None
    _alone(settings)
    return _carry_out(settings, store, begun, at, say)


def _alone(settings: Settings) -> None:
    if settings.neo4j_uri:
        raise SettingsError(
            "图数据库由外部提供，依法删除后须整库重建：请先清空该库并取消 XINNONG_NEO4J_URI，删除后再补齐。",
            "The graph is another server's: empty it, unset XINNONG_NEO4J_URI, delete, then refill it.",
            code="graph_of_others",
        )
    if used_by_others(settings):
        raise BusyError(
            "服务或其他命令正在使用这个数据目录。依法删除须停机办理：请先停止服务，再重试。",
            "A service or another command uses this data folder: stop it, then try again.",
            code="in_use",
        )


def _carry_out(
    settings: Settings, store: OperationsStore, order: Order, at: datetime, say: Progress
) -> Erasure:
    log = FactLog(settings.log_dir)
    if order.records:
        held = held_of_records(log, order.records)
    else:
        classes = [item for item in InformationClass if item in order.classes]
        held = held_of(log, order.keys, classes)
    names = {*order.keys, *order.things, *order.records}
    gone = {*order.values, *order.things, *order.records}
    if _goes_wholly(log, held):
        gone |= names
    tombstone = erase_rows(
        log,
        held,
        ErasureOrder(
            order.ground, order.reason, order.by, order.second, digests(settings, sorted(gone))
        ),
        at=at,
        progress=say,
    )
    told = erase_named(store, names)
    _refused_rows(settings, {*order.values, *names})
    shutil.rmtree(settings.data / "uploads", ignore_errors=True)
    say("重建图数据库", 0, None)
    delete_store(settings)
    catch_up(settings, owned=True, progress=say)
    traces = traces_of(settings, store, gone)
    if not any(trace for trace in traces if not trace.why):
        Order.done(settings)
    return Erasure(
        _counts(held),
        tombstone.number if tombstone else None,
        tuple(item for item in told if item.fate != "keep"),
        tuple(item for item in told if item.fate == "keep"),
        tuple(traces),
    )


def _goes_wholly(log: FactLog, held: Held) -> bool:
    """Whether nothing stays of the party: a firm's register goes on naming who represented it."""
    everything = held_of(log, held.keys, InformationClass)
    return everything.count == held.count


def _refused_rows(settings: Settings, values: Collection[str]) -> None:
    """Delete refused rows in which one of the texts stands."""
    wanted = pa.array(sorted(values), pa.string())
    for path in sorted(settings.quarantine_dir.glob("*.parquet")):
        table = pq.read_table(path)
        among = partial(pc.is_in, value_set=wanted)
        goes = pa.nulls(len(table), pa.bool_()).fill_null(False)
        for column in table.columns:
            if pa.types.is_string(column.type):
                goes = pc.or_(goes, pc.fill_null(among(column.combine_chunks()), False))
        if pc.any(goes).as_py():
            aside = path.with_suffix(".part")
            pq.write_table(table.filter(pc.invert(goes)), aside, compression="zstd")
            aside.replace(path)


def _counts(held: Held) -> dict[str, int]:
    return {kind: len(ids) for kind, ids in sorted(held.facts.items())}

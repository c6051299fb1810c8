"""Whether the operations store is whole: its file, its decisions, its ledger beside the log."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from sqlalchemy import text

from graph.errors import OperationsError
from graph.log import Batch
from graph.operations.decision import DecisionArchive
from graph.operations.ledger import Ledger
from graph.operations.store import OperationsStore, read_only_store
from graph.settings import Settings

__all__ = ["operations_problems"]

_SHOWN = 3


def operations_problems(settings: Settings, batches: Sequence[Batch]) -> list[str]:
    """What is wrong with the store, in words: empty when it is whole, or none was made yet."""
    try:
        with read_only_store(settings) as store:
            if store is None:
                return []
            return [*_of_the_file(settings, store), *_of_decisions(store), *_lost(store, batches)]
    except OperationsError as error:
        return [error.message_zh]


def _of_the_file(settings: Settings, store: OperationsStore) -> list[str]:
    if settings.operations_url is not None:
        return []
    with store.reading() as session:
        told = [str(row[0]) for row in session.execute(text("PRAGMA integrity_check"))]
    if told == ["ok"]:
        return []
    return [
        f"运行库 {settings.operations_file} 已损坏（{told[0]}）。请从备份恢复该文件 / "
        "the operations store is damaged: restore it from backup"
    ]


def _of_decisions(store: OperationsStore) -> list[str]:
    altered = [
        item.id[:12]
        for item in DecisionArchive(store).of()
        if hashlib.sha256(item.record).hexdigest() != item.id
    ]
    if not altered:
        return []
    return [
        f"{len(altered)} 份判定记录的内容与编号不符（{'、'.join(altered[:_SHOWN])}）。"
        "请从备份恢复运行库 / kept decisions were altered"
    ]


def _lost(store: OperationsStore, batches: Sequence[Batch]) -> list[str]:
    lost = Ledger(store).lost(batches)
    if not lost:
        return []
    told = "、".join(f"第 {item.position} 批 {item.file_name}" for item in lost[:_SHOWN])
    return [
        f"台账中有 {len(lost)} 批在日志里找不到（{told}）。请从备份恢复 log 目录；"
        "确实找不回来的，运行 xinnong check --accept-loss / the ledger knows batches that are lost"
    ]

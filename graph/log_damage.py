"""What is wrong with a fact log, in words: which file, and what can be done about it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from graph.errors import LogError

__all__ = [
    "altered",
    "batch_unreadable",
    "file_damaged",
    "gap",
    "ledger_ahead",
    "tail_lost",
    "unwritable",
]

_SHOWN = 3


def gap(position: int) -> LogError:
    """A batch is lost, and later ones are there."""
    return LogError(
        f"事实日志缺少第 {position} 批。请从备份恢复整个 log 目录。",
        f"The fact log lacks batch {position}: restore the whole log folder.",
        code="log_gap",
    )


def batch_unreadable(name: str, error: Exception) -> LogError:
    """A manifest is none."""
    return LogError(
        f"事实日志批次 {name} 无法读取。请从备份恢复该目录。",
        f"Batch {name} cannot be read ({type(error).__name__}): restore it from backup.",
        code="log_damaged",
    )


def ledger_ahead(lost: Sequence[str]) -> LogError:
    """The ledger names batches, as `第 3 批 贷款.csv`, that the log does not have."""
    more = f" 等 {len(lost)} 批" if len(lost) > _SHOWN else ""
    return LogError(
        f"台账中已入库的{'、'.join(lost[:_SHOWN])}{more}在事实日志里找不到，本次没有写入任何内容。"
        "请从备份恢复 log 目录；确实找不回来的，运行 xinnong check --accept-loss，"
        "再请部门重新报送这些文件。",
        f"The ledger knows {len(lost)} committed batches that the log lacks; nothing was written. "
        "Restore the log from backup; if they are gone for good, `xinnong check --accept-loss`, "
        "then deliver them again.",
        code="log_tail_lost",
    )


def unwritable(folder: Path, error: OSError) -> LogError:
    """The disk is full, or the folder is not to be written."""
    return LogError(
        f"事实日志 {folder} 写不进去（磁盘已满或没有权限）。请腾出空间后重试；已有数据未受影响。",
        f"The fact log cannot be written ({error}): make room and try again; nothing was changed.",
        code="log_unwritable",
    )


def altered(name: str) -> LogError:
    """A manifest reads well and is not the one that was written."""
    return LogError(
        f"事实日志批次 {name} 的清单被改动或损坏，没有用它得出任何结果。"
        "请从备份恢复该目录（或整个 log 目录），再运行 xinnong check。",
        f"The manifest of batch {name} is not the one that was written: restore the folder or the "
        "whole log from backup, then `xinnong check`.",
        code="log_damaged",
    )


def tail_lost(position: int, left: int) -> LogError:
    """The log had come to `position`, and `left` batches are there."""
    lost = f"第 {left + 1} 批" if position == left + 1 else f"第 {left + 1} 至 {position} 批"
    return LogError(
        f"事实日志最后的批次丢失：应有 {position} 批，只有 {left} 批。请从备份恢复{lost}的目录"
        "（或整个 log 目录）。确实找不回来的，运行 xinnong check --accept-loss，"
        "再请部门重新报送这些文件。",
        f"The last batches of the log are lost: {left} of {position} are there. Restore them from "
        "backup; if they are gone for good, `xinnong check --accept-loss`, then deliver them again.",
        code="log_tail_lost",
    )


def file_damaged(path: Path, why: str) -> LogError:
    """A file is not what was written, or is gone."""
    where = f"{path.parent.name}/{path.name}"
    return LogError(
        f"事实日志的文件 {where} 已损坏或缺失，没有用它得出任何结果。"
        f"请从备份恢复 {path}（或整个 log 目录），再运行 xinnong check；"
        "没有备份的，请新建数据目录，用各部门的原文件重新导入。",
        f"{where} of the fact log is damaged or missing ({why}); nothing was derived from it. "
        "Restore it or the whole log from backup, then `xinnong check`; without a backup take the "
        "departments' files into a new data folder.",
        code="log_damaged",
    )

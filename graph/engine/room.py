"""Whether the machine has room for the engine: asked before it is started, not learnt from its end."""

from __future__ import annotations

import shutil

import psutil

from graph.errors import EngineError
from graph.settings import Settings

__all__ = ["TO_REBUILD_MB", "refuse_full_disk", "refuse_too_little_memory"]

#: An engine that cannot write its log and its promises fails in ways that look like damage.
_TO_START_MB = 64
#: A new store reserves half a gigabyte for its promises before it holds anything.
TO_REBUILD_MB = 1_024


def refuse_too_little_memory(settings: Settings) -> None:
    """Raise `EngineError` (`no_memory`) where heap and page cache do not fit."""
    needed = settings.engine_heap_mb + settings.engine_page_cache_mb
    available = psutil.virtual_memory().available // 2**20
    if needed > available:
        raise EngineError(
            f"引擎需要 {needed} MB 内存，本机只剩 {available} MB。"
            "请关闭其他程序，或调小 XINNONG_ENGINE_HEAP_MB。",
            f"The engine wants {needed} MB of memory, {available} MB are free: "
            "lower XINNONG_ENGINE_HEAP_MB.",
            code="no_memory",
        )


def refuse_full_disk(settings: Settings, *, needed_mb: int = _TO_START_MB) -> None:
    """Raise `EngineError`: `disk_full` where there is no room, `engine_unwritable` where it is not ours.

    Nothing is lost by it: the log is written only where it is written whole.
    """
    probe = settings.engine_dir / ".room"
    try:
        probe.write_bytes(b"x" * 4096)
        probe.unlink()
    except OSError as error:
        probe.unlink(missing_ok=True)
        raise EngineError(
            f"引擎目录 {settings.engine_dir} 写不进去（磁盘已满、只读或没有权限）。"
            "请腾出空间或检查目录后重试；已接收的数据不受影响。",
            f"{settings.engine_dir} cannot be written ({error.strerror}): make room or check the "
            "folder; nothing was lost.",
            code="engine_unwritable",
        ) from error
    free = shutil.disk_usage(settings.engine_dir).free // 2**20
    if free < needed_mb:
        raise EngineError(
            f"引擎目录 {settings.engine_dir} 所在的磁盘只剩 {free} MB，至少需要 {needed_mb} MB。"
            "请腾出空间后重试；已接收的数据不受影响。",
            f"{free} MB are free where the engine keeps its store, {needed_mb} MB are needed: make "
            "room and try again; nothing was lost.",
            code="disk_full",
        )

"""What the engine's process said, and why it ended where it did not come up."""

from __future__ import annotations

from pathlib import Path

from graph.errors import EngineError
from graph.settings import Settings

__all__ = ["host_log", "start_failure"]


def host_log(settings: Settings) -> Path:
    """The file that its output goes to, anew with every start."""
    return settings.engine_dir / "host.log"


def start_failure(settings: Settings) -> EngineError:
    """Why the engine's process ended, by what it said last; its own words from the second line on."""
    log = host_log(settings)
    text = log.read_text(encoding="utf-8", errors="replace")
    tail = "\n".join(line for line in text.splitlines() if line.strip())[-1500:]
    if "Address already in use" in text:
        return EngineError(
            f"引擎端口被占用。请关闭占用者，或取消 XINNONG_ENGINE_PORT。\n{tail}",
            "The engine's port is taken: free it or unset XINNONG_ENGINE_PORT.",
            code="port_taken",
        )
    if "Could not reserve enough space" in text or "OutOfMemory" in text:
        return EngineError(
            f"内存不足，引擎无法启动。请关闭其他程序，或调小 XINNONG_ENGINE_HEAP_MB。\n{tail}",
            "Too little memory for the engine: lower XINNONG_ENGINE_HEAP_MB.",
            code="no_memory",
        )
    if "No space left on device" in text or "Disk quota exceeded" in text:
        return EngineError(
            f"磁盘已满，引擎无法启动。请腾出空间后重试；已接收的数据不受影响。\n{tail}",
            "The disk is full, the engine cannot start: make room and try again; nothing was lost.",
            code="disk_full",
        )
    return EngineError(
        f"引擎启动失败。日志 {log} 的最后几行：\n{tail}",
        f"The engine did not start; see {log}.",
        code="start_failed",
    )

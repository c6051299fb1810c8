"""What reading one file may take: memory, time, room on disk; and what is said when it took more.

Files of a million rows stay well within; a file of two kilobytes that would take a machine's memory
ends its own reading and nothing else.
"""

from __future__ import annotations

import resource
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from graph.errors import InputError

__all__ = ["End", "Limits", "refused"]

_STATM = Path("/proc/self/statm")
_UNKNOWN_BASE = 4 << 30  # address space of the imports, where the system does not tell

#: How a reading ended that gave nothing.
End = Literal["memory", "time", "size", "died"]


@dataclass(frozen=True)
class Limits:
    """Limits of one reading.

    Attributes:
        memory_bytes: beyond what the imports take.
        processor_s: of the processor's time, so that a busy machine refuses no file.
        wall_s: by the clock, for what waits and does not work.
        file_bytes: of any file it writes: the strings of a workbook, and what it hands over.
    """

    memory_bytes: int = 1 << 30
    processor_s: int = 30
    wall_s: float = 900.0
    file_bytes: int = 3 << 30

    @classmethod
    def of(cls, path: Path) -> Limits:
        """Those for a file: the larger it is, the longer it may take."""
        megabytes = path.stat().st_size >> 20
        return cls(processor_s=30 + 10 * megabytes, wall_s=900.0 + 300 * megabytes)

    def hold(self) -> None:
        """Hold this process to them, for good.

        macOS does not heed the limit of memory; the others hold there too.
        """
        pages = int(_STATM.read_text("ascii").split()[0]) if _STATM.exists() else 0
        base = pages * resource.getpagesize() or _UNKNOWN_BASE
        for what, most in (
            (resource.RLIMIT_AS, base + self.memory_bytes),
            (resource.RLIMIT_CPU, self.processor_s),
            (resource.RLIMIT_FSIZE, self.file_bytes),
            (resource.RLIMIT_CORE, 0),
        ):
            _, hard = resource.getrlimit(what)
            if hard != resource.RLIM_INFINITY:
                most = min(most, hard)
            resource.setrlimit(what, (most, hard))

    def are_of_files(self) -> bool:
        """Whether it is these limits that end a file, and not narrower ones of the machine."""
        return resource.getrlimit(resource.RLIMIT_FSIZE)[0] == self.file_bytes


def refused(name: str, end: End, why: str, limits: Limits) -> InputError:
    """The error of a file whose reading gave nothing."""
    if end == "memory":
        return InputError(
            f"{name} 读取时需要的内存超过 {limits.memory_bytes >> 20} MB，已停止，整份未接收。"
            "文件可能已损坏或是恶意文件；请用 Excel 打开确认，只留要报送的表，另存为新的 .xlsx 或 CSV，"
            "太大的分成几份，再重新导入。",
            f"{name} took more than {limits.memory_bytes >> 20} MB to read: refused.",
            code="reading_memory",
        )
    if end == "time":
        return InputError(
            f"{name} 读取了很久仍没有读完，已停止，整份未接收。文件可能已损坏或是恶意文件；"
            "请用 Excel 打开确认，只留要报送的表，另存为新的 .xlsx 或 CSV，再重新导入。",
            f"{name} took more than {limits.processor_s} s of processor time, or "
            f"{limits.wall_s:.0f} s by the clock, to read: refused.",
            code="reading_time",
        )
    if end == "size":
        return InputError(
            f"{name} 展开后过大，整份未接收。文件可能已损坏或是恶意文件；请用 Excel 打开确认，"
            "只留要报送的表，分成几份后再导入。",
            f"{name} unpacks to more than {limits.file_bytes >> 20} MB: refused.",
            code="file_too_large",
        )
    return InputError(
        f"{name} 读取时程序异常中止，整份未接收。文件多半已损坏；请用 Excel 打开检查，"
        "另存为新的 .xlsx 或 CSV 后重新导入。仍然不行的，请把文件交给技术人员检查。",
        f"Reading {name} ended badly ({why or 'no answer'}): refused.",
        code="reading_died",
    )

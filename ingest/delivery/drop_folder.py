"""A folder into which departments drop files; what arrives there is taken in.

    DIR/loan/一月.csv         a sub-folder named as a source, in English or Chinese
    DIR/担保合同.xlsx          or a file name that one source declares as its own
    DIR/已处理/2026-04-01/…    files that were taken in, and what is to be checked in them
    DIR/未通过/2026-04-01/…    files refused as a whole, and what is wrong with refused rows

A file counts as written when it has not changed for a while.  Killed between taking a file in and
moving it, the next run takes it in again, which is a no-op, and moves it.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from graph.errors import BusyError, InputError
from graph.file_name import beside, shown
from graph.log import FactLog
from graph.progress import Progress
from graph.settings import Settings
from graph.time import today
from ingest.catalogue.source import in_order, load_source, source_names
from ingest.correction.quarantine import Quarantine, RefusedRow, open_rows
from ingest.correction.workbook import write_error_workbook
from ingest.finding import FindingGroup, grouped
from ingest.pipeline import ingest
from ingest.report import BatchReport

__all__ = ["DONE", "REFUSED", "Arrival", "DropFolder"]

DONE, REFUSED = "已处理", "未通过"

_NOT_MOVED = "但这个文件移不走：请检查目录的写入权限，或把它移开。"

#: Names of files that a program is still writing, or keeps for itself.
_NOT_YET = (".tmp", ".part", ".partial", ".crdownload", ".download", ".swp")


@dataclass(frozen=True)
class Arrival:
    """What became of one file.

    Attributes:
        moved_to: where it is now; None while it waits for another run of its source.
        report: what was taken in, of a workbook with several tables of the first; None when it
            was refused as a whole.
    """

    name: str
    source: str | None
    moved_to: Path | None
    report: BatchReport | None
    message_zh: str


class DropFolder:
    """Take in what lies in a folder; `settle_s` is how long a file must not have changed."""

    def __init__(self, folder: Path, settings: Settings, *, settle_s: float = 2.0) -> None:
        self.folder, self.settings, self.settle_s = folder, settings, settle_s
        self._seen: dict[Path, tuple[tuple[int, int], float]] = {}
        self._stuck: dict[Path, tuple[int, int]] = {}  # what could not be moved, as it was

    def take(self, progress: Progress | None = None) -> Iterator[Arrival]:
        """Take in every file that is whole, sources that others need first; not into the graph."""
        ready = [path for path in sorted(self._files()) if self._is_whole(path)]
        claims = {path: _sources_of(path, self.folder) for path in ready}
        for path in ready:
            if len(claims[path]) != 1:
                yield self._refuse(path, None, _unclear(claims[path]))
        for source in in_order({names[0] for names in claims.values() if len(names) == 1}):
            for path in ready:
                if claims[path] == [source]:
                    yield self._take(path, source, progress)

    def is_empty(self) -> bool:
        """Whether nothing waits in it."""
        return not any(self._files())

    def _files(self) -> Iterator[Path]:
        for path in self.folder.rglob("*"):
            inside = path.relative_to(self.folder).parts
            hidden = any(part.startswith((".", "~$")) for part in inside)
            if (
                not hidden
                and inside[0] not in {DONE, REFUSED}
                and not path.name.lower().endswith(_NOT_YET)
                and _is_file(path)
                and not self._is_stuck(path)
            ):
                yield path

    def _is_stuck(self, path: Path) -> bool:
        """Whether a file stands where it cannot be moved from, and is still the same."""
        return path in self._stuck and self._stuck[path] == _state(path)

    def _is_whole(self, path: Path) -> bool:
        state, now = _state(path), time.monotonic()
        if state is None:
            return False
        before, since = self._seen.get(path, (None, now))
        if state != before:
            since = now
        self._seen[path] = (state, since)
        return now - since >= self.settle_s

    def _take(self, path: Path, source: str, progress: Progress | None) -> Arrival:
        try:
            came = ingest(
                source,
                [path],
                settings=self.settings,
                into_graph=False,
                wait_s=0,
                progress=progress,
            )
        except BusyError as error:
            return Arrival(shown(path), source, None, None, error.message_zh)
        except InputError as error:
            if error.cause_code in {"file_changing", "file_missing"}:
                return Arrival(shown(path), source, None, None, error.message_zh)
            return self._refuse(path, source, error.message_zh)
        for each in came.batches:
            self._explain(path, each)
        # a workbook may hold several tables, each a report of its own
        report, total = came.batches[0], came.batches
        rows_in, refused = (sum(getattr(x, n) for x in total) for n in ("rows_in", "quarantined"))
        message = f"读入 {rows_in} 行，退回 {refused} 行"
        message += "".join(f"；其中一张表未接收：{item.message_zh}" for item in came.refused)
        moved = self._move(path, DONE)
        if moved is None:
            return Arrival(shown(path), source, None, report, f"{message}，{_NOT_MOVED}")
        warned = grouped(item for x in total for item in x.findings if item.severity == "warning")
        if warned:
            message += f"，提示 {len(warned)} 种"
            lines = [_line(each) for each in warned]
            told = self._place(DONE, moved.name, ".提示.txt")
            told.write_text("\n".join(lines) + "\n", encoding="utf-8-sig")
        return Arrival(shown(path), source, moved, report, message)

    def _explain(self, path: Path, report: BatchReport) -> None:
        """Write the error workbook of the batch's rows that wait to be put right."""
        log = FactLog(self.settings.log_dir)
        cells = Quarantine(self.settings.quarantine_dir).cells(report.batch)
        tables: dict[str, list[tuple[RefusedRow, dict[str, str | None]]]] = {}
        for item in open_rows(log, report.source):
            if item.batch.batch == report.batch and item.row in cells:
                tables.setdefault(item.table, []).append((item, cells[item.row]))
        for table, rows in tables.items():
            place = self._place(REFUSED, path.name, ".错误明细.xlsx")
            write_error_workbook(place, load_source(report.source), table, rows)

    def _refuse(self, path: Path, source: str | None, message: str) -> Arrival:
        moved = self._move(path, REFUSED)
        if moved is None:
            return Arrival(shown(path), source, None, None, f"{message}{_NOT_MOVED}")
        told = self._place(REFUSED, moved.name, ".原因.txt")
        told.write_text(message + "\n", encoding="utf-8-sig")
        return Arrival(shown(path), source, moved, None, message)

    def _move(self, path: Path, to: str) -> Path | None:
        """Move a file away; None where it cannot be: it is left alone until it changes."""
        place = self._place(to, path.name)
        try:
            path.rename(place)
        except OSError:
            state = _state(path)
            if state is None:  # somebody took it away
                return None
            self._stuck[path] = state
            return None
        self._seen.pop(path, None)
        return place

    def _place(self, to: str, name: str, ending: str = "") -> Path:
        """A free name in today's folder."""
        folder = self.folder / to / today().isoformat()
        folder.mkdir(parents=True, exist_ok=True)
        wanted, number = beside(name, ending) if ending else name, 1
        while (place := folder / wanted).exists():
            number += 1
            last = Path(ending or name)
            stem, between = (name, last.stem) if ending else (last.stem, "")
            wanted = beside(stem, f"{between}-{number}{last.suffix}")
        return place


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # in a folder that nobody may look into
        return False


def _state(path: Path) -> tuple[int, int] | None:
    """Size and time of change; None of what is not there."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns


def _line(group: FindingGroup) -> str:
    place = f"第 {group.where()} 行" if group.rows and group.rows != (1,) else ""
    column = f"“{group.first.column}”" if group.first.column else ""
    return f"{place}{column}{'：' if place or column else ''}{group.first.message_zh}"


def _sources_of(path: Path, root: Path) -> list[str]:
    """Sources that a file may be of: by the nearest sub-folder named so, else by its name."""
    for part in reversed(path.relative_to(root).parts[:-1]):
        for name in source_names():
            if part in {name, load_source(name).title}:
                return [name]
    return [
        name
        for name in source_names()
        if any(table.names_file(path.name) for _, table in load_source(name).shapes())
    ]


def _unclear(sources: Sequence[str]) -> str:
    if not sources:
        return "认不出是哪个来源的文件。请放进以来源命名的子文件夹，或按模板的文件名命名。"
    titles = "、".join(load_source(name).title for name in sources)
    return f"文件名对得上几个来源：{titles}。请放进以来源命名的子文件夹。"

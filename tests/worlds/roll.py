"""A source of the tests' own: the firms of villages, each with its representative.

Three things are said by a row: the firm, who represents it (where that is filled in), and the
cooperative of its village, which several rows say and the first of them states.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import ModuleType

import pandas as pd

from graph.log import FactLog
from ingest.catalogue.source import Source
from ingest.comparing.list_part import ListPart, part_named
from ingest.correction.quarantine import Quarantine
from ingest.emit import FactFrame, node, tie
from ingest.plan import already, commit, content_sha256, plan, taken_before
from ingest.report import BatchReport

__all__ = ["Roll", "live", "roll_source", "write_roll"]

HEAD = "编号,村,名称,代表人,日期\n"

#: number, village, representative; a row's name is its number
Row = tuple[str, str, str]


def roll(rows: pd.DataFrame) -> Iterator[FactFrame]:
    firm = "org:" + rows["number"]
    yield node("Enterprise", rows, key=firm, valid_from=rows["day"], name=rows["title"])
    yield tie(
        "LEGAL_REPRESENTATIVE_OF",
        rows,
        source=("person:" + rows["representative"], "Person"),
        target=(firm, "Enterprise"),
        where=rows["representative"].notna(),
        valid_from=rows["day"],
    )
    village = "org:of-" + rows["village"]
    yield node("Cooperative", rows, key=village, where=~village.duplicated(), name=rows["village"])


def roll_source(limit: float | None = 0.5, **changed: object) -> Source:
    """Its declaration; `limit` is the share that may go missing."""
    module = ModuleType("ingest.sources.roll")
    module.roll = roll  # type: ignore[attr-defined]
    sys.modules["ingest.sources.roll"] = module
    table = {
        "key": ["number"],
        "scope": ["village"],
        "fields": [
            {"name": "number", "title": "编号", "required": True, "identifier": True},
            {"name": "village", "title": "村", "required": True},
            {"name": "title", "title": "名称"},
            {"name": "representative", "title": "代表人"},
            {"name": "day", "title": "日期", "type": "date"},
        ],
    }
    declared = {
        "name": "roll",
        "title": "花名册",
        "title_en": "roll",
        "department": "信用办",
        "legal_basis": "无",
        "catalogue": ["consent"],
        "retention": ["loans"],
        "completeness": "snapshot",
        "expected": {"max_fall_ratio": limit},
        "tables": {"roll": table},
    }
    return Source.model_validate({**declared, **changed})


def write_roll(path: Path, rows: Iterable[Row], day: str = "2026-01-01") -> Path:
    """A file of the source."""
    lines = [f"{number},{village},{number},{who},{day}\n" for number, village, who in rows]
    path.write_text(HEAD + "".join(lines), encoding="utf-8")
    return path


class Roll:
    """Lists taken in one after the other, a day each from 2026-03-02 on."""

    def __init__(self, folder: Path, source: Source) -> None:
        self.folder, self.source = folder, source
        self.log = FactLog(folder / "log")
        self.count = 0

    def take(
        self, rows: Iterable[Row], part: ListPart | None = None, day: str = "2026-01-01"
    ) -> BatchReport:
        """Take a file of these rows in."""
        path = write_roll(self.folder / f"list{self.count + 1}.csv", rows, day)
        return self.take_file(path, part)

    def take_file(self, path: Path, part: ListPart | None = None) -> BatchReport:
        """Take a file in, as the pipeline does."""
        now = datetime(2026, 3, 2, 4, tzinfo=UTC) + timedelta(days=self.count)
        self.count += 1
        sha256, part = content_sha256(path), part or part_named(path)
        if done := taken_before(self.log, "roll", sha256, part):
            return already(self.log, done)
        planned = plan(
            self.log,
            self.source,
            path,
            sha256,
            identity_key="11" * 32,
            quarantine=Quarantine(self.folder / "quarantine"),
            part=part,
            day=now.date(),
            progress=lambda *_: None,
        )
        return commit(self.log, Quarantine(self.folder / "quarantine"), planned, now)


def live(log: FactLog, as_of: date | None = None) -> set[str]:
    """Firms that are held to be there (on a day, or from some day without end)."""
    held = log.read("Enterprise", as_of=as_of).to_pylist()
    return {
        row["key"].removeprefix("org:")
        for row in held
        if as_of is not None or row["valid_to"] is None
    }

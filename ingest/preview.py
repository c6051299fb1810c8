"""A dry run: what taking files in would do, with nothing written anywhere.

Each file is laid over the log as it is now; of several files none sees what another would change.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from graph.log import FactLog
from graph.operations import DecisionArchive, KeptDecision, read_only_store
from graph.progress import Progress, silent
from graph.schema import SCHEMA
from graph.secrets import load_secrets
from graph.settings import Settings
from graph.time import day_of, utc_now
from graph.vocabulary import Relationship
from ingest.difference import Difference
from ingest.form import with_form, with_forms
from ingest.part import Part
from ingest.plan import already, content_sha256, plan, report_of
from ingest.report import BatchReport
from ingest.source import load_source

__all__ = ["Preview", "preview"]

_UNDECIDED = (
    "判定记录要连同变动后的全部事实才能重新计算，试运行不写入，因此只列出涉及的判定，不断言结论会变。",
    "A verdict can only be computed again from all facts after the change; a dry run writes none, "
    "so the decisions concerned are listed, and none is claimed to flip.",
)


@dataclass(frozen=True)
class Preview:
    """What taking files in would do.

    Attributes:
        batches: a report a file, as ingest would give it; `position` is None.
        decisions: kept decisions on parties that the files change something about, or that are
            tied to what they change; each may flip.
    """

    batches: tuple[BatchReport, ...]
    decisions: tuple[KeptDecision, ...]

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready form."""
        return {
            "dry_run": True,
            "batches": [item.as_dict() for item in self.batches],
            "decisions_concerned": [
                {
                    "id": item.id,
                    "party": item.party,
                    "product": item.product,
                    "verdict": item.verdict,
                    "decided_at": item.decided_at.isoformat(),
                }
                for item in self.decisions
            ],
            "decisions_note": dict(zip(("zh", "en"), _UNDECIDED, strict=True)),
        }


def preview(
    source: str,
    paths: Sequence[Path],
    *,
    settings: Settings,
    known_at: datetime | None = None,
    part: Part | None = None,
    form: Path | None = None,
    progress: Progress | None = None,
) -> Preview:
    """Find out what `ingest` with the same arguments would do.

    Raises `InputError` as `ingest` would; what has no secrets yet has no facts either.
    """
    declared = load_source(source)
    declared = with_form(declared, form) if form else with_forms(declared, settings.forms_dir)
    log = FactLog(settings.log_dir)
    known = settings.secrets_file.exists()
    key = load_secrets(settings.secrets_file).identity_key if known else secrets.token_hex(32)
    moment = known_at or utc_now()
    reports: list[BatchReport] = []
    touched: set[str] = set()
    for path in map(Path, paths):
        sha256 = content_sha256(path)
        if done := log.find(source, sha256):
            reports.append(already(done))
            continue
        planned = plan(
            log,
            declared,
            path,
            sha256,
            identity_key=key,
            part=part,
            day=day_of(moment),
            progress=progress or silent,
        )
        reports.append(report_of(planned, None, moment))
        touched |= _touched(log, planned.difference)
    return Preview(tuple(reports), _decisions(settings, touched))


def _touched(log: FactLog, difference: Difference) -> set[str]:
    """Keys of what the change is about, and of what is tied to that, before or after it."""
    keys: set[str] = set()
    for kind, table in difference.asserted.items():
        keys |= _keys(kind, table)
    for kind in sorted({kind for kind, _ in difference.closed}):
        ids = pa.array([fact_id for each, fact_id in difference.closed if each == kind])
        held = log.read(kind)
        keys |= _keys(kind, held.filter(pc.is_in(held["fact_id"], value_set=ids)))
    about = pa.array(sorted(keys), pa.string())
    for tie in SCHEMA.relationships:
        for table in (log.read(tie), difference.asserted.get(tie)):
            if table is not None and len(table):
                ends = [pc.is_in(table[name], value_set=about) for name in ("from_key", "to_key")]
                keys |= _keys(tie, table.filter(pc.or_(*ends)))
    return keys


def _keys(kind: str, table: pa.Table) -> set[str]:
    is_tie = isinstance(SCHEMA.kind(kind), Relationship)
    names = ("from_key", "to_key") if is_tie else ("key",)
    return {key for name in names for key in pc.unique(table[name]).to_pylist()}


def _decisions(settings: Settings, parties: set[str]) -> tuple[KeptDecision, ...]:
    if not parties:
        return ()
    with read_only_store(settings) as store:
        if store is None:
            return ()
        return tuple(item for item in DecisionArchive(store).of() if item.party in parties)

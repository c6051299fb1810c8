"""A dry run: what taking files in would do, with nothing written anywhere.

Each file is laid over the log as it is now; of several files none sees what another would change.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from graph.covered_sources import coverage_days
from graph.log import FactLog
from graph.operations import OperationsStore, read_only_store
from graph.progress import Progress, silent
from graph.secrets import load_secrets
from graph.settings import Settings
from graph.time import day_of, utc_now
from ingest.catalogue.form import with_form, with_forms
from ingest.catalogue.source import load_source
from ingest.catalogue.within import of_day
from ingest.checking.confirmed import confirmed_codes
from ingest.comparing.completeness import parts_of
from ingest.comparing.concerned import Concerned, concerned
from ingest.comparing.difference import Difference
from ingest.comparing.list_part import ListPart, part_named
from ingest.correction.quarantine import Quarantine
from ingest.plan import already, content_sha256, part_sha256, plan, report_of, taken_before
from ingest.reading.apart import begin_reading
from ingest.report import BatchReport, Refusals, RefusedFile

__all__ = ["Preview", "preview"]


@dataclass(frozen=True)
class Preview:
    """What taking files in would do.

    Attributes:
        batches: a report a file, as ingest would give it; `position` is None.
        refused: files of which nothing could be taken.
        decisions: kept decisions on parties that the files change something about, or that are
            tied to what they change: what their rules and papers say today, before and after.
    """

    batches: tuple[BatchReport, ...]
    decisions: Annotated[tuple[Concerned, ...], Field(serialization_alias="decisions_concerned")]
    refused: tuple[RefusedFile, ...] = ()
    dry_run: Literal[True] = True


def preview(
    source: str,
    paths: Sequence[Path],
    *,
    settings: Settings,
    known_at: datetime | None = None,
    part: ListPart | None = None,
    form: Path | None = None,
    progress: Progress | None = None,
    store: OperationsStore | None = None,
) -> Preview:
    """Find out what `ingest` with the same arguments would do.

    Raises `InputError` as `ingest` would; what has no secrets yet has no facts either.
    """
    declared = load_source(source)
    declared = with_form(declared, form) if form else with_forms(declared, settings.forms_dir)
    declared = of_day(declared, day_of(known_at or utc_now()), settings.catalogues_dir)
    begin_reading()
    log = FactLog(settings.log_dir)
    known = settings.secrets_file.exists() or bool(log.batches())
    key = load_secrets(settings.secrets_file).identity_key if known else secrets.token_hex(32)
    moment = known_at or utc_now()
    with read_only_store(settings, store) as operations:
        confirmed = confirmed_codes(settings.data, operations)
    reports: list[BatchReport] = []
    refusals = Refusals()
    changes: list[Difference] = []
    taken = coverage_days(log.batches())
    wanted: list[tuple[Path, str | None]] = [(Path(path), None) for path in paths]
    while wanted:
        path, only = wanted.pop(0)
        planned = None
        with refusals.of(path):
            sha256, which = content_sha256(path), part or part_named(path)
            if done := taken_before(log, source, part_sha256(sha256, only), which):
                reports.append(already(log, done))
                wanted[:0] = [(path, name) for name in done.notes.get("others", ())]
                continue
            planned = plan(
                log,
                declared,
                path,
                sha256,
                only=only,
                identity_key=key,
                quarantine=Quarantine(settings.quarantine_dir),
                confirmed=confirmed,
                part=which,
                day=day_of(moment),
                progress=progress or silent,
            )
        if planned is None:
            continue
        wanted[:0] = [(path, name) for name in planned.table.others]
        name, others = (
            planned.table.name,
            parts_of(log.batches(), source, planned.table.name, which),
        )
        if not planned.table.is_correction and len(others) + 1 >= which.of:
            taken[f"{source}/{name}"] = day_of(moment)
        reports.append(report_of(planned, None, moment))
        changes.append(planned.difference)
        taken[source] = day_of(moment)
    if not reports:
        refusals.tell()
    decisions = concerned(settings, log, changes, taken, moment, store=store)
    return Preview(tuple(reports), decisions, refusals.files())

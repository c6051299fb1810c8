"""From a file to the log to the graph: plan, commit, project, report.

A file is one batch, named by its source and content, so the same file again is no new batch.
Before the commit nothing is written that a reader sees; after it the batch is the truth, and the
projection catches up now or at the next run.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from graph.catch_up import catch_up
from graph.errors import InputError
from graph.file_name import shown
from graph.log import FactLog
from graph.operations import Ledger, OperationsStore, lease, store_for
from graph.private import private_folder
from graph.progress import Progress, silent
from graph.secrets import make_secrets
from graph.settings import Settings
from graph.time import day_of, utc_now
from ingest.catalogue.form import with_form, with_forms
from ingest.catalogue.source import Source, load_source
from ingest.catalogue.within import of_day
from ingest.checking.confirmed import confirmed_codes
from ingest.comparing.list_part import ListPart, part_named
from ingest.correction.quarantine import Quarantine
from ingest.plan import already, commit, content_sha256, part_sha256, plan, taken_before
from ingest.reading.apart import begin_reading
from ingest.report import BatchReport, Refusals, Report

__all__ = ["WAIT_S", "bring_up", "ingest"]

#: How long a run waits for another one of the same source before it gives up.
WAIT_S = 600.0


def ingest(
    source: str,
    paths: Sequence[Path],
    *,
    settings: Settings,
    known_at: datetime | None = None,
    part: ListPart | None = None,
    into_graph: bool = True,
    form: Path | None = None,
    wait_s: float = WAIT_S,
    progress: Progress | None = None,
    store: OperationsStore | None = None,
) -> Report:
    """Take in files of one source.

    Args:
        known_at: when the files were received; default now.  Must be later than the last batch.
        part: which part of a list the file is; default what its name says.
        into_graph: also bring the graph up to date.
        form: a county's form that the files have; default: the source's own headings, or those of
            any form in the data folder.
        wait_s: how long to wait while another run holds the source.
        store: of a service that holds one open.

    Returns:
        A report a file, and one for each further table on sheets of its own.  A file of which nothing can be taken is refused by itself: those behind
        it are taken in.

    Raises:
        InputError: of the first file, where none could be taken.
        BusyError: another run held the source all the time; nothing was done.
    """
    declared = load_source(source)
    declared = with_form(declared, form) if form else with_forms(declared, settings.forms_dir)
    declared = of_day(declared, day_of(known_at or utc_now()), settings.catalogues_dir)
    log = FactLog(settings.log_dir)
    say = progress or silent
    begin_reading()
    private_folder(settings.data)
    key = make_secrets(settings.secrets_file).identity_key
    quarantine = Quarantine(settings.quarantine_dir)
    reports, refusals = [], Refusals()
    with store_for(settings, store) as operations:
        ledger = Ledger(operations)
        # one run of one source at a time: what is compared with must not change before the commit
        with lease(operations, settings, source, wait_s=wait_s, progress=say):
            ledger.refuse_lost(log.batches())
            # what a killed run committed and could not enter any more
            ledger.reconcile(log.batches())
            quarantine.tidy(log, source, utc_now())
            confirmed = confirmed_codes(settings.data, operations)
            for path in map(Path, paths):
                with refusals.of(path):
                    for report in _take_in(
                        log, ledger, quarantine, declared, path, key, part, known_at, say, confirmed
                    ):
                        reports.append(report)
                        known_at = known_at + timedelta(microseconds=1) if known_at else None
            quarantine.tidy(log, source, utc_now())
    if not reports:
        refusals.tell()
    projected = bring_up(settings, progress=progress, store=store) if into_graph else None
    return Report(tuple(reports), projected, refusals.files())


def bring_up(
    settings: Settings,
    *,
    progress: Progress | None = None,
    store: OperationsStore | None = None,
) -> int:
    """Bring the graph up to the log, and note it in the ledger; returns the batches written."""
    position = len(FactLog(settings.log_dir).batches())
    projected = catch_up(settings, progress=progress)
    with store_for(settings, store) as operations:
        Ledger(operations).projected(position)
    return projected


def _take_in(
    log: FactLog,
    ledger: Ledger,
    quarantine: Quarantine,
    source: Source,
    path: Path,
    identity_key: str,
    part: ListPart | None,
    known_at: datetime | None,
    say: Progress,
    confirmed: frozenset[str],
) -> Iterator[BatchReport]:
    """Every table of a file: the first, and those on sheets of their own."""
    sha256, part = content_sha256(path), part or part_named(path)
    wanted: list[str | None] = [None]
    for only in wanted:
        report, others = _take_table(
            log,
            ledger,
            quarantine,
            source,
            path,
            sha256,
            only,
            identity_key,
            part,
            known_at,
            say,
            confirmed,
        )
        yield report
        known_at = known_at + timedelta(microseconds=1) if known_at else None
        wanted += others


def _take_table(
    log: FactLog,
    ledger: Ledger,
    quarantine: Quarantine,
    source: Source,
    path: Path,
    of_file: str,
    only: str | None,
    identity_key: str,
    part: ListPart,
    known_at: datetime | None,
    say: Progress,
    confirmed: frozenset[str],
) -> tuple[BatchReport, Sequence[str]]:
    """One table of a file, and which others it holds."""
    sha256 = part_sha256(of_file, only)
    ledger.received(source.name, sha256, file_name=shown(path), at=utc_now())
    done = taken_before(log, source.name, sha256, part)
    if done:
        return already(log, done), done.notes.get("others", ())
    with _noting_failure(ledger, source.name, shown(path), sha256):
        ledger.checking(source.name, sha256)
        planned = plan(
            log,
            source,
            path,
            of_file,
            only=only,
            identity_key=identity_key,
            quarantine=quarantine,
            confirmed=confirmed,
            part=part,
            day=day_of(known_at or utc_now()),
            progress=say,
        )
    say(f"写入日志 {shown(path)}", 0, None)
    report = commit(log, quarantine, planned, known_at)
    ledger.reconcile(batch for batch in log.batches() if batch.position == report.position)
    return report, planned.table.others


@contextmanager
def _noting_failure(ledger: Ledger, source: str, file_name: str, sha256: str) -> Iterator[None]:
    try:
        yield
    except InputError as error:
        ledger.failed(source, sha256, file_name=file_name, code=error.cause_code, at=utc_now())
        raise

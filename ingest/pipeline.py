"""From a file to the log to the graph: read, check, compare, commit, project, report.

A file is one batch, named by its source and content, so the same file again is no new batch.
Before the commit nothing is written that a reader sees; after it the batch is the truth, and the
projection catches up now or at the next run.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from filelock import FileLock

from graph.catch_up import catch_up
from graph.errors import InputError
from graph.log import Batch, FactLog
from graph.operations import Ledger, OperationsStore
from graph.progress import Progress, silent
from graph.secrets import make_secrets
from graph.settings import Settings
from graph.time import utc_now
from ingest.difference import compare
from ingest.finding import findings_table
from ingest.form import with_form, with_forms
from ingest.gate import check
from ingest.quarantine import Quarantine, settled_by
from ingest.report import BatchReport, Report
from ingest.source import Source, load_source
from ingest.table import read_table

__all__ = ["ingest"]


def ingest(
    source: str,
    paths: Sequence[Path],
    *,
    settings: Settings,
    known_at: datetime | None = None,
    into_graph: bool = True,
    form: Path | None = None,
    progress: Progress | None = None,
) -> Report:
    """Take in files of one source.

    Args:
        known_at: when the files were received; default now.  Must be later than the last batch.
        into_graph: also bring the graph up to date.
        form: a county's form that the files have; default: the source's own headings, or those of
            any form in the data folder.

    Returns:
        A report a file.  A file that cannot be read at all raises `InputError`; the files before
        it are committed, it and those after it are not touched.
    """
    declared = load_source(source)
    declared = with_form(declared, form) if form else with_forms(declared, settings.forms_dir)
    log = FactLog(settings.log_dir)
    key = make_secrets(settings.secrets_file).identity_key
    say = progress or silent
    settings.data.mkdir(parents=True, exist_ok=True)
    quarantine = Quarantine(settings.quarantine_dir)
    reports = []
    # one run of one source at a time: what is compared with must not change before the commit
    with (
        FileLock(settings.data / "ingest.lock", is_singleton=True),
        OperationsStore(settings) as store,
    ):
        ledger = Ledger(store)
        # what a killed run committed and could not enter any more
        ledger.reconcile(log.batches())
        quarantine.tidy(log, source, utc_now())
        for path in map(Path, paths):
            with _noting_refusal(ledger, declared, path):
                reports.append(_ingest_file(log, quarantine, declared, path, key, known_at, say))
            ledger.reconcile(log.batches()[-1:])
            known_at = known_at + timedelta(microseconds=1) if known_at else None
        quarantine.tidy(log, source, utc_now())
    projected = catch_up(settings, progress=progress) if into_graph else None
    return Report(tuple(reports), projected)


@contextmanager
def _noting_refusal(ledger: Ledger, source: Source, path: Path) -> Iterator[None]:
    try:
        yield
    except InputError as error:
        if path.is_file():
            with path.open("rb") as stream:
                sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
            ledger.refused(
                source.name, sha256, file_name=path.name, code=error.cause_code, at=utc_now()
            )
        raise


def _ingest_file(
    log: FactLog,
    quarantine: Quarantine,
    source: Source,
    path: Path,
    identity_key: str,
    known_at: datetime | None,
    say: Progress,
) -> BatchReport:
    say(f"读取 {path.name}", 0, None)
    table = read_table(path, source)
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    done = log.find(source.name, sha256)
    if done:
        return _already(done)
    say(f"校验 {path.name}", 0, table.rows_in)
    gated = check(table, identity_key=identity_key, known=_known(log))
    batch = f"{source.name}-{sha256[:16]}"
    last = log.batches()[-1:]
    moment = known_at or max(
        [utc_now(), *(item.known_at + timedelta(microseconds=1) for item in last)]
    )
    say(f"比对 {path.name}", 0, len(gated.rows))
    frames = source.facts(table.name, gated.rows) if len(gated.rows) else iter(())
    difference = compare(log, frames, source=source.name, batch=batch, known_at=moment)
    counts = {
        "rows_in": table.rows_in,
        "accepted": len(difference.changed_rows),
        "unchanged": len(gated.rows) - len(difference.changed_rows),
        "quarantined": len(gated.quarantined),
    }
    say(f"写入日志 {path.name}", 0, None)
    quarantine.keep(batch, table, gated)
    with log.append(
        source=source.name,
        batch=batch,
        file_name=path.name,
        content_sha256=sha256,
        known_at=moment,
    ) as pending:
        for kind, facts in difference.asserted.items():
            pending.assert_facts(kind, facts)
        pending.close_facts(difference.closed)
        pending.attach("findings", findings_table(gated.findings, table.name))
        pending.attach("settled", settled_by(table, gated))
        pending.counts.update(counts)
    return BatchReport(
        source=source.name,
        file_name=path.name,
        batch=batch,
        position=(len(last) and last[0].position + 1) or 1,
        known_at=moment,
        asserted={kind: len(facts) for kind, facts in difference.asserted.items()},
        closed=len(difference.closed),
        findings=tuple(gated.findings),
        **counts,
    )


def _already(batch: Batch) -> BatchReport:
    """The same content again: every row that was taken then is unchanged now."""
    refused = batch.counts["quarantined"]
    return BatchReport(
        source=batch.source,
        file_name=batch.file_name,
        batch=batch.batch,
        position=None,
        known_at=batch.known_at,
        rows_in=batch.counts["rows_in"],
        accepted=0,
        unchanged=batch.counts["rows_in"] - refused,
        quarantined=refused,
    )


def _known(log: FactLog) -> Callable[[str], Collection[str]]:
    @cache
    def keys(label: str) -> frozenset[str]:
        return frozenset(log.read(label)["key"].to_pylist())

    return keys

"""What taking in one file would do: read, checked, compared and settled, and nothing written.

A dry run shows a plan; an ingest commits it.  Both see the same, because it is the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa

from graph.effective_batches import effective_batches, withdrawals
from graph.errors import InputError, XinnongError, where_raised
from graph.file_name import shown
from graph.log import Batch, FactLog
from graph.log_prefix import LogPrefix
from graph.progress import Progress
from graph.provenance import REGISTERS
from graph.resolution import redirects
from graph.schema import SCHEMA
from ingest.catalogue.source import Source
from ingest.checking.gate import Gated, check
from ingest.comparing.completeness import Settlement, parts_of, settle
from ingest.comparing.difference import Difference, Dispute, compare
from ingest.comparing.held_keys import under_held_keys
from ingest.comparing.list_part import ListPart
from ingest.comparing.listing import listing
from ingest.comparing.named_bodies import of_named_bodies
from ingest.comparing.organisation_codes import of_organisation_codes
from ingest.comparing.other_names import other_names
from ingest.comparing.registered_name import under_registered_names
from ingest.comparing.unknown_subjects import unknown_subjects
from ingest.correction.kept import kept_rows, put_back
from ingest.correction.quarantine import Quarantine, rows_to_keep, settled_by
from ingest.finding import RowFinding, by_importance, findings_table, kept_findings
from ingest.guidance.platform import with_platform_words
from ingest.identity.provisional import name_parties
from ingest.memory import forget_pages, release_memory
from ingest.reading.apart import read_apart
from ingest.reading.table import Table
from ingest.report import BatchReport
from ingest.tied import tied

__all__ = [
    "Plan",
    "already",
    "batch_name",
    "commit",
    "content_sha256",
    "part_sha256",
    "plan",
    "report_of",
    "taken_before",
]


_ROWS_SHOWN = 10
_OF_SHEETS = frozenset({"sheet_chosen", "unread_sheet"})


@dataclass
class Plan:
    """What one file says and what would be written of it.

    Attributes:
        registers: kinds of party that the source is the register of.
        gated: what was found in it, without the rows, which are facts by now.
        settlement: what its list settles; None where it is no complete list.
        findings: of the gate and of the list.
        kept: the refused rows, as the quarantine may hold them.
    """

    source: str
    registers: tuple[str, ...]
    table: Table
    gated: Gated
    sha256: str
    batch: str
    part: ListPart
    difference: Difference
    settlement: Settlement | None
    findings: tuple[RowFinding, ...]
    counts: dict[str, int]
    kept: pa.Table


def content_sha256(path: Path) -> str:
    """Digest of a file; raises `InputError` (`file_missing`)."""
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise InputError(
            f"找不到或打不开文件 {path.name}。请核对文件名和权限。",
            f"There is no file {path.name}, or it cannot be opened.",
            code="file_missing",
        ) from error


def part_sha256(sha256: str, table: str | None) -> str:
    """Digest of a table that a file holds beside its first one: a delivery of its own."""
    return sha256 if table is None else hashlib.sha256(f"{sha256}/{table}".encode()).hexdigest()


def taken_before(log: FactLog, source: str, sha256: str, part: ListPart) -> Batch | None:
    """The standing batch that already brought this very content.

    Content that is part of another list now is not taken before: an unchanged part is seen again.
    """
    for batch in effective_batches(log.batches()):
        said = (batch.notes.get("list"), batch.notes.get("part"), batch.notes.get("of"))
        if (batch.source, batch.content_sha256) == (source, sha256) and (
            part.of == 1 or said == (part.name, part.number, part.of)
        ):
            return batch
    return None


def plan(
    log: FactLog,
    source: Source,
    path: Path,
    sha256: str,
    *,
    identity_key: str,
    quarantine: Quarantine,
    part: ListPart,
    day: date,
    progress: Progress,
    confirmed: frozenset[str] = frozenset(),
    only: str | None = None,
) -> Plan:
    """Read a file and find out what it changes.

    Args:
        sha256: of its content, taken before.
        quarantine: holds what a returned error workbook leaves masked.
        confirmed: codes that a person confirmed in spite of their check digit.
        day: on which what it no longer names would end.
        only: the table that is wanted, of a workbook with several (`Table.others`).

    Raises:
        InputError: as `read_apart`, and `too_few_rows`, `file_changing`, `correction_withdrawn`;
            `file_unforeseen` for what nobody thought of, so that the files behind it are taken.
    """
    # one state of the log for all that is held against it; its manifests are looked at once
    log = LogPrefix(log.folder, log.batches())
    with _everything_foreseen(path):
        name = shown(path)
        progress(f"读取 {name}", 0, None)
        table = (
            _of_several(read_apart(path, source.only(only)), source, only)
            if only
            else (read_apart(path, source))
        )
        if content_sha256(path) != sha256:
            raise InputError(
                f"{path.name} 在读取时还在变化。请等它写完后再导入。",
                f"{path.name} was still being written.",
                code="file_changing",
            )
        _refuse_withdrawn(log, source, table)
        if table.is_correction:
            # names of batches that the log knows: what a file says leads to no other file
            named = {origin.batch for origin in table.origins.values()}
            ours = {item.batch for item in log.batches() if item.source == source.name} & named
            table = put_back(table, {batch: quarantine.cells(batch) for batch in ours})
        # corrected rows that come back are a part of an older list, and no list of their own
        is_list = not table.is_correction
        counted = _counted(log, source, table, part) if is_list else []
        progress(f"校验 {name}", 0, table.rows_in)
        gated = check(
            table,
            identity_key=identity_key,
            known=_known(log),
            joined=tied(log),
            confirmed=confirmed,
        )
        gated.rows, of_nobody = of_organisation_codes(log, table.spec, gated.rows)
        gated.findings += of_nobody
        gated.rows = of_named_bodies(log, table.spec, gated.rows)
        gated.rows = name_parties(
            gated.rows, table.spec, source=source.name, identity_key=identity_key
        )
        gated.findings += other_names(log, table.spec, gated.rows)
        if source.uploaded:
            gated.findings += unknown_subjects(log, table.spec, gated.rows)
            gated.findings = with_platform_words(table.spec, gated.findings)
        delivered = part_sha256(sha256, only)
        batch = batch_name(log, source.name, delivered)
        progress(f"比对 {name}", 0, len(gated.rows))
        is_complete = source.completeness_of(table.name) == "snapshot"
        lines = listing(table, gated, identity_key) if is_complete else None
        rows = gated.take_rows()
        frames = source.facts(table.name, rows) if len(rows) else iter(())
        frames = under_held_keys(log, under_registered_names(log, frames))
        del rows  # what reads them is the last to hold them
        release_memory()
        difference = compare(
            log, frames, source=source.name, batch=batch, day=day, keep_held=is_complete
        )
        settlement = None
        if lines is not None:
            settlement = settle(
                log,
                difference,
                lines,
                source=source.name,
                table=table.name,
                part=part if is_list else None,
                limit=source.expected_of(table.name).max_fall_ratio,
                batch=batch,
                day=day,
            )
            difference.held = None
            del lines
            release_memory()
        return Plan(
            source=source.name,
            registers=source.registers,
            table=table,
            gated=gated,
            sha256=delivered,
            batch=batch,
            part=part,
            difference=difference,
            settlement=settlement,
            findings=by_importance(
                (
                    *gated.findings,
                    *counted,
                    *map(_disputed, difference.disputes),
                    *(settlement.findings if settlement else ()),
                )
            ),
            counts=_counts(table, gated, difference),
            kept=kept_rows(table, rows_to_keep(gated), identity_key, confirmed),
        )


def _of_several(table: Table, source: Source, only: str) -> Table:
    """One table of a workbook with several; what it says of the other sheets was told before."""
    notes = tuple(item for item in table.notes if item.code not in _OF_SHEETS)
    title = source.tables[only].title or only
    return replace(table, file_name=f"{table.file_name}（{title}）", notes=notes, others=())


@contextmanager
def _everything_foreseen(path: Path) -> Iterator[None]:
    """What nobody thought of refuses one file, and not those behind it."""
    try:
        yield
    except XinnongError:
        raise
    except Exception as error:
        name, place = shown(path), where_raised(error)
        raise InputError(
            f"{name} 在校验时遇到程序没有预料到的情况，整份未接收，别的文件不受影响。请检查文件内容后重新导入；"
            f"仍然不行的，请把文件和这句话交给技术人员（{place}）。",
            f"{name} was refused by a defect of the program: {place}.",
            code="file_unforeseen",
        ) from error


def commit(
    log: FactLog, quarantine: Quarantine, planned: Plan, known_at: datetime | None
) -> BatchReport:
    """Write a plan as one batch; with the rename at its end it is the truth.

    The refused rows are kept before it: a batch that says that it refused rows has them.
    """
    settled = planned.settlement
    with log.append(
        source=planned.source,
        batch=planned.batch,
        file_name=planned.table.file_name,
        content_sha256=planned.sha256,
        known_at=known_at,
        notes=_notes(planned),
    ) as pending:
        quarantine.keep(planned.batch, planned.kept)
        for kind in planned.difference.asserted:
            pending.assert_facts(kind, planned.difference.asserted.pieces(kind), forget_pages)
            release_memory()
        pending.close_facts(planned.difference.closed)
        pending.attach("findings", findings_table(planned.findings, planned.table.name))
        pending.attach("settled", settled_by(planned.table, planned.gated))
        if settled:
            for name in settled.attachments:
                pending.attach(name, settled.attachments[name])
        for name in planned.difference.attachments:
            pending.attach(name, planned.difference.attachments[name])
        pending.counts.update(planned.counts)
    return report_of(planned, pending.position, pending.known_at)


def _notes(planned: Plan) -> dict[str, Any]:
    said: dict[str, Any] = {"table": planned.table.name, REGISTERS: list(planned.registers)}
    if planned.table.others:
        said["others"] = list(planned.table.others)
    if planned.table.is_correction:
        return said
    part = planned.part
    return {**said, "list": part.name, "part": part.number, "of": part.of}


def report_of(planned: Plan, position: int | None, known_at: datetime) -> BatchReport:
    """The report of a plan, committed or not."""
    settled = planned.settlement or Settlement()
    return BatchReport(
        source=planned.source,
        file_name=planned.table.file_name,
        batch=planned.batch,
        position=position,
        known_at=known_at,
        asserted=planned.difference.asserted.counts(),
        closed=planned.difference.closed_count,
        ended=settled.ended,
        succeeded=planned.difference.succeeded,
        stale_suspected=len(settled.stale),
        missing_parts=settled.missing_parts,
        findings=planned.findings,
        **planned.counts,
    )


def already(log: FactLog, batch: Batch) -> BatchReport:
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
        findings=(*kept_findings(log.table(batch, "findings")), *_overtaken(log, batch)),
    )


def _overtaken(log: FactLog, batch: Batch) -> list[RowFinding]:
    """That a complete list which comes again is not the last word: another one came since."""
    said = batch.notes
    later = [
        item
        for item in effective_batches(log.batches())
        if item.position > batch.position
        and (item.source, item.notes.get("table")) == (batch.source, said.get("table"))
        and "of" in item.notes
        and (item.notes["list"] != said.get("list") or item.notes["part"] == said.get("part"))
    ]
    if not later or "listed" not in batch.files:
        return []
    last = later[-1]
    return [
        RowFinding(
            None,
            None,
            "older_list_again",
            f"这份文件与第 {batch.position} 批完全相同，其后又收到过第 {last.position} 批"
            f"“{last.file_name}”，本次没有作任何改动。如果要以这份为准，请先撤销后来的批次，"
            "或在文件中更新日期后再报送。",
            f"The file is batch {batch.position} again, and batch {last.position} came since: "
            "nothing was changed. Withdraw what came later, or deliver it under a new date.",
            severity="warning",
        )
    ]


def _refuse_withdrawn(log: FactLog, source: Source, table: Table) -> None:
    """Corrected rows of a file that was withdrawn would bring back what was taken away."""
    if not table.is_correction:
        return
    batches = log.batches()
    gone = {origin.batch for origin in table.origins.values()} & withdrawals(batches).keys()
    for batch in batches:
        if batch.source == source.name and batch.batch in gone:
            raise InputError(
                f"{table.file_name} 更正的是已撤销的文件 {batch.file_name}（第 {batch.position} 批），"
                "整份未接收。该文件如已重新导入，请重新导出错误明细再更正。",
                f"{table.file_name} corrects rows of batch {batch.position}, which was withdrawn.",
                code="correction_withdrawn",
            )


def _counts(table: Table, gated: Gated, difference: Difference) -> dict[str, int]:
    return {
        "rows_in": table.rows_in,
        "accepted": len(difference.changed_rows),
        "unchanged": gated.accepted - len(difference.changed_rows),
        "quarantined": len(gated.quarantined),
    }


def batch_name(log: FactLog, source: str, sha256: str) -> str:
    """Name of the next batch with this content: with a number where it came before."""
    same = sum((b.source, b.content_sha256) == (source, sha256) for b in log.batches())
    return f"{source}-{sha256[:16]}" + (f"-{same + 1}" if same else "")


def _counted(log: FactLog, source: Source, table: Table, part: ListPart) -> list[RowFinding]:
    """Whether the whole delivery has about as many rows as it should; its last part decides."""
    expected = source.expected_of(table.name)
    others = parts_of(log.batches(), source.name, table.name, part)
    if len(others) + 1 < part.of:
        return []
    count = table.rows_in + sum(batch.counts["rows_in"] for batch in others.values())
    if expected.min is not None and count < expected.min:
        raise InputError(
            f"{table.file_name} 只有 {count} 行，该来源至少应有 {expected.min} 行，整份未接收。"
            "请检查是否导出不全；确属减少的，请与信用办联系，由信用办调整该来源的最少行数。",
            f"{table.file_name} has {count} rows, fewer than the {expected.min} expected.",
            code="too_few_rows",
        )
    if expected.max is None or count <= expected.max:
        return []
    return [
        RowFinding(
            None,
            None,
            "too_many_rows",
            f"共 {count} 行，多于通常的 {expected.max} 行。请核对是否重复导出。",
            f"{count} rows, more than the {expected.max} expected.",
            severity="warning",
        )
    ]


def _disputed(dispute: Dispute) -> RowFinding:
    shown = "、".join(map(str, dispute.rows[:_ROWS_SHOWN]))
    more = f" 等 {len(dispute.rows)}" if len(dispute.rows) > _ROWS_SHOWN else ""
    return RowFinding(
        dispute.rows[0],
        None,
        "several_at_once",
        f"第 {shown}{more} 行在同一天写了不同的“{dispute.term}”，同一时间只能有一个，"
        "这一项都没有采用（原来的保持不变）。请核实后只留一个，再重新报送。",
        f"Rows {list(dispute.rows[:_ROWS_SHOWN])} name several where there is one at a time: none "
        "is taken.",
        severity="warning",
    )


def _known(log: FactLog) -> Callable[[str], Collection[str]]:
    """The keys of what is described with a label, and those that lead to one of them."""

    @cache
    def moved() -> dict[str, tuple[str, str]]:
        return redirects(row for kind in SCHEMA.identities for row in log.read(kind).to_pylist())

    @cache
    def keys(label: str) -> frozenset[str]:
        described = frozenset(log.read(label)["key"].to_pylist())
        return described | {key for key, (stays, _) in moved().items() if stays in described}

    return keys

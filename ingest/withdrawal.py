"""Taking a batch back: the wrong file came, and afterwards it is as if it had not.

The log is only ever added to: a withdrawal is a batch of the same source.  It closes what the
withdrawn batch states and is still held, and states again what that batch had closed, with its
content, its batch and its row, under an identifier of its own.  So an answer at an earlier known
time still shows what was believed then.  Only the last standing batch of a source can go: what
came later was compared with it.  See ADR 0071.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Annotated, Literal

import pyarrow.compute as pc
from pydantic import Field, computed_field

from graph.covered_sources import coverage_days
from graph.effective_batches import effective_batches, withdrawals
from graph.errors import InputError, NotFoundError
from graph.facts import arrow_schema, ids_again
from graph.identifiers.redaction import redacted
from graph.log import Batch, FactLog
from graph.operations import Ledger, OperationsStore, lease, store_for
from graph.operations.responsible import responsible
from graph.progress import Progress, silent
from graph.schema import SCHEMA
from graph.settings import Settings
from graph.time import Instant, utc_now
from ingest.comparing.concerned import Concerned, concerned
from ingest.comparing.difference import Difference
from ingest.correction.quarantine import Quarantine, open_rows
from ingest.identity.former_codes import JUDGED
from ingest.memory import release_memory
from ingest.pipeline import WAIT_S, bring_up
from ingest.repair.record import DECIDED

__all__ = ["Withdrawal", "preview_withdrawal", "withdraw"]

_MOST_REASON = 500
_SHOWN = 5
#: A log may be older than the schema: a kind that is gone from it is read by nobody any more.
_KINDS = frozenset(item.kind for item in SCHEMA.kinds)


@dataclass(frozen=True)
class Withdrawal:
    """What withdrawing a batch does, or did.

    Attributes:
        state: `possible` (nothing is written), `withdrawn`, `already` (it was, before).
        batch: the one that is taken back.
        made: the batch that takes it back; None while that is only possible.
        leaves, returns: facts by kind that are held no more, and that are held again.
        released: refused rows of the batch that wait for nobody any more.
        reopened: refused rows of earlier batches that it had settled and that are open again.
        without_text: how many of these can only be asked for again: their text was deleted.
        decisions: kept decisions that it touches; only looked for while it is only possible.
    """

    state: Literal["possible", "withdrawn", "already"]
    batch: Annotated[Batch, Field(exclude=True)]
    made: Annotated[Batch | None, Field(exclude=True)] = None
    leaves: dict[str, int] = field(default_factory=dict)
    returns: dict[str, int] = field(default_factory=dict)
    released: int = 0
    reopened: int = 0
    without_text: int = 0
    decisions: Annotated[
        tuple[Concerned, ...], Field(serialization_alias="decisions_concerned")
    ] = ()

    @computed_field(alias="batch")
    @property
    def batch_name(self) -> str:
        """Of the one that is taken back."""
        return self.batch.batch

    @computed_field
    @property
    def position(self) -> int:
        """Of it in the log."""
        return self.batch.position

    @computed_field
    @property
    def source(self) -> str:
        """Whose it is."""
        return self.batch.source

    @computed_field
    @property
    def file_name(self) -> str:
        """The file that brought it."""
        return self.batch.file_name

    @computed_field
    @property
    def withdrawn_by(self) -> int | None:
        """Position of the batch that takes it back."""
        return self.made.position if self.made else None

    @computed_field
    @property
    def withdrawn_at(self) -> Instant | None:
        """When it was taken back."""
        return self.made.known_at if self.made else None

    @computed_field
    @property
    def by(self) -> str | None:
        """Who answers for it."""
        return self.made.notes.get("by") if self.made else None

    @computed_field
    @property
    def reason(self) -> str | None:
        """Why."""
        return self.made.notes.get("reason") if self.made else None


def preview_withdrawal(
    name: str, *, settings: Settings, store: OperationsStore | None = None
) -> Withdrawal:
    """What `withdraw` would do; nothing is written.  Raises as `withdraw` does."""
    log = FactLog(settings.log_dir)
    found, difference = _look(log, Quarantine(settings.quarantine_dir), name)
    if found.made:
        return found
    taken = coverage_days(item for item in log.batches() if item.batch != found.batch.batch)
    decisions = concerned(settings, log, [difference], taken, utc_now(), store=store)
    return replace(found, decisions=decisions)


def withdraw(
    name: str,
    *,
    reason: str,
    by: str,
    settings: Settings,
    known_at: datetime | None = None,
    into_graph: bool = True,
    wait_s: float = WAIT_S,
    progress: Progress | None = None,
    store: OperationsStore | None = None,
) -> Withdrawal:
    """Take a batch back; one that was taken back before stays so, and nothing is written.

    Args:
        name: of the batch, or its position in the log.
        reason: why; who reads the log later reads it there.
        by: who answers for it.
        known_at: when this became known; default now.
        into_graph: also bring the graph up to date.
        wait_s: how long to wait while another run holds the source.
        store: of a service that holds one open.

    Raises:
        NotFoundError: `batch_unknown`.
        InputError: `reason_missing`, `reason_long`, `reason_personal`, `user_missing`;
            `withdrawal_of_withdrawal`, `withdrawal_of_judgement`, `withdrawal_of_act`, `batch_not_last`.
        BusyError: another run held the source all the time; nothing was done.
    """
    notes = {"by": responsible(by, "撤销"), "reason": _why(reason)}
    log = FactLog(settings.log_dir)
    source = _find(log.batches(), name).source
    quarantine = Quarantine(settings.quarantine_dir)
    with store_for(settings, store) as operations:
        ledger = Ledger(operations)
        with lease(operations, settings, source, wait_s=wait_s, progress=progress or silent):
            ledger.refuse_lost(log.batches())
            found, difference = _look(log, quarantine, name)
            if found.made is None:
                position = _commit(log, found.batch, difference, notes, known_at)
                found = replace(found, state="withdrawn", made=log.batches()[position - 1])
            # also what a killed run wrote and could not enter any more
            ledger.reconcile(log.batches())
            quarantine.tidy(log, source, utc_now())
    if into_graph:
        bring_up(settings, progress=progress, store=store)
    return found


def _look(log: FactLog, quarantine: Quarantine, name: str) -> tuple[Withdrawal, Difference]:
    batches = log.batches()
    batch = _find(batches, name)
    if made := withdrawals(batches).get(batch.batch):
        leaves = pc.value_counts(log.closures(made)["kind"]).to_pylist()
        return Withdrawal(
            "already",
            batch,
            made,
            leaves={each["values"]: each["counts"] for each in leaves if each["values"] in _KINDS},
            returns={kind: int(made.files[kind]["rows"]) for kind in made.kinds if kind in _KINDS},
        ), Difference()
    _refuse(batches, batch)
    difference = _undone(log, batch)
    left = [item for item in effective_batches(batches) if item.batch != batch.batch]
    open_now = open_rows(log, batch.source)
    before = {(item.batch.batch, item.row) for item in open_now}
    again = [
        item
        for item in open_rows(log, batch.source, batches=left)
        if (item.batch.batch, item.row) not in before
    ]
    kept = {item.batch.batch: quarantine.cells(item.batch.batch) for item in again}
    return Withdrawal(
        "possible",
        batch,
        leaves={kind: len(ids) for kind, ids in difference.closed.items()},
        returns=difference.asserted.counts(),
        released=sum(item.batch.batch == batch.batch for item in open_now),
        reopened=len(again),
        without_text=sum(item.row not in kept[item.batch.batch] for item in again),
    ), difference


def _undone(log: FactLog, batch: Batch) -> Difference:
    """What takes back all that a batch, the last one of its source, said and ended."""
    difference = Difference()
    closures = log.closures(batch)
    for kind in sorted(_KINDS & {*batch.kinds, *closures["kind"].unique().to_pylist()}):
        history = log.history(kind, coded=True)
        held = pc.is_null(history["known_to"])
        own = history.filter(pc.and_(held, pc.equal(history["batch"], batch.batch)))
        difference.close(kind, own["fact_id"])
        ended = closures.filter(pc.equal(closures["kind"], kind))["fact_id"].combine_chunks()
        back = history.filter(pc.is_in(history["fact_id"], value_set=ended))
        del history, held, own
        if len(back):
            at = back.column_names.index("fact_id")
            again = ids_again(back["fact_id"], batch.position)
            back = back.set_column(at, "fact_id", again).drop_columns(["known_to"])
            difference.asserted[kind] = back.cast(arrow_schema(kind))
        del back
        release_memory()
    return difference


def _commit(
    log: FactLog,
    batch: Batch,
    difference: Difference,
    notes: dict[str, str],
    known_at: datetime | None,
) -> int:
    name = f"{batch.batch}-withdrawn"
    with log.append(
        source=batch.source,
        batch=name,
        file_name=batch.file_name,
        content_sha256=hashlib.sha256(name.encode()).hexdigest(),
        known_at=known_at,
        notes={"withdraws": batch.batch, **notes},
    ) as pending:
        for kind, facts in difference.asserted.items():
            pending.assert_facts(kind, facts)
        pending.close_facts(difference.closed)
        # it is no file: the rows of the withdrawn one stay in their own batch's account
        pending.counts.update(rows_in=0, accepted=0, unchanged=0, quarantined=0)
    return pending.position


def _find(batches: Sequence[Batch], name: str) -> Batch:
    for batch in batches:
        if name in (batch.batch, str(batch.position)):
            return batch
    last = "、".join(map(_told, effective_batches(batches)[-_SHOWN:]))
    raise NotFoundError(
        f"没有这个批次。{f'最近的批次：{last}。' if last else '还没有任何批次。'}请核对批次号。",
        "There is no such batch: name it, or give its position in the log.",
        code="batch_unknown",
    )


def _refuse(batches: Sequence[Batch], batch: Batch) -> None:
    if "withdraws" in batch.notes:
        raise InputError(
            "这一批本身就是一次撤销，不能再撤销。要恢复被撤销的内容，请重新导入原文件。",
            "The batch is a withdrawal: to undo it, deliver the file again.",
            code="withdrawal_of_withdrawal",
        )
    if batch.source == JUDGED:
        raise InputError(
            "主体核对不按批次撤销。请在核对页撤销该条核对，或用 xinnong identity undo。",
            "A judgement is taken back by `xinnong identity undo`.",
            code="withdrawal_of_judgement",
        )
    if batch.source == DECIDED:
        raise InputError(
            "修复、异议和撤销不按批次撤销。请在名单与修复页继续办理该件。",
            "What an act on a record said is changed by the next act of its case.",
            code="withdrawal_of_act",
        )
    later = [
        item
        for item in effective_batches(batches)
        if item.source == batch.source and item.position > batch.position
    ]
    if later:
        shown = "、".join(map(_told, reversed(later[-_SHOWN:])))
        more = f"等 {len(later)} 批" if len(later) > _SHOWN else ""
        raise InputError(
            f"{_told(batch)} 之后该来源又收到 {shown}{more}，它们是与这一批比对后写入的。"
            "请从最后一批起依次撤销，撤到这一批为止，再把正确的文件按顺序重新导入。",
            f"What came later from the source ({len(later)}) stands on batch {batch.position}: "
            "withdraw the last one first, and so on, and deliver what was right again.",
            code="batch_not_last",
        )


def _told(batch: Batch) -> str:
    return f"第 {batch.position} 批 {batch.file_name}"


def _why(reason: str) -> str:
    text = reason.strip()
    if not text:
        raise InputError(
            "请写明撤销原因，例如“送成了去年的名单”。",
            "Say why the batch is withdrawn.",
            code="reason_missing",
        )
    if len(text) > _MOST_REASON:
        raise InputError(
            f"撤销原因请不超过 {_MOST_REASON} 字。",
            f"The reason has more than {_MOST_REASON} characters.",
            code="reason_long",
        )
    if redacted(text, strict=False) != text:
        raise InputError(
            "撤销原因会永久保留，请不要写公民身份号码和电话号码。",
            "The reason is kept for ever: leave resident ids and telephone numbers out of it.",
            code="reason_personal",
        )
    return text

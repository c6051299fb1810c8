"""The fact log: what each batch of each source said, append-only, as Parquet files.

    log/00000001-loan-3f2a…/        one folder a batch, in order of commit
        manifest.json               who, when, how many rows, sha256 of every file, of the previous
        Loan.parquet …              facts asserted, one file a kind (`graph.facts.arrow_schema`)
        closures.parquet            facts that this batch closed: kind, fact_id
        findings.parquet            what was wrong with rows, never the rows (written by ingest)
        settled.parquet             refused rows of earlier batches that this one puts right
        … (names in lower case)     what else ingest keeps: rows of a complete list, facts no
                                    longer confirmed

The rename of the batch folder is the commit: files are written into `.pending-…`, synced, and
appear whole or not at all.  A killed writer leaves a pending folder that the next one removes.
Manifests are chained by hash, and `head.json` states the last (`graph.log_head`): an altered,
missing or reordered batch is refused by whoever reads the log, and files by whoever reads them
(`graph.sealed`).
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache, reduce
from pathlib import Path
from typing import Any, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc
from filelock import FileLock

from graph.batch import CLOSURES, MANIFEST, Batch, load, remembered
from graph.compacted import Copied, compacted, compacted_harms
from graph.errors import LogError
from graph.facts import INSTANT, arrow_schema, coded_schema, true_at, written_schema
from graph.identifiers.older_masks import shortened_table
from graph.log_damage import altered, gap, tail_lost, unwritable
from graph.log_head import HEAD, Head, place_head, prepare_head, read_head
from graph.private import private_folder
from graph.sealed import harm_of, iterate_sealed, read_sealed, sync, write_sealed
from graph.secrets import key_in_use
from graph.time import utc_now
from graph.tombstones import harms, standing, tidy

__all__ = ["Batch", "FactLog", "PendingBatch"]

_CLOSURE_SCHEMA = pa.schema([("kind", pa.string()), ("fact_id", pa.string())])
_PENDING = ".pending-"
_IS_BATCH = re.compile(r"[0-9].*-")
#: Columns that had another name in logs of before 2026-12.
_RENAMED = {"usable_until": "published_until"}


class FactLog:
    """Read and append the log in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    # ------------------------------------------------------------------ reading

    def batches(self) -> list[Batch]:
        """Every committed batch, in order.

        A manifest is read once and again only when the file is another one by now.

        Raises:
            LogError: `log_gap`, `log_tail_lost` where a batch is lost; `log_damaged` where one is
                not what was written.
        """
        # before the batches: one that another process commits meanwhile is not missed
        head = read_head(self.folder)
        there = compacted(self.folder)
        found = self._in_order(remembered, there.batches if there else ())
        # those that a copy states are chained already
        checked = there.position - 1 if there and found and found[0] is there.batches[0] else 0
        for before, batch in zip([None, *found][checked:], found[checked:], strict=False):
            if batch.previous != (before.hash if before else ""):
                raise altered((before or batch).folder.name)
        if head and head.position > len(found):
            raise tail_lost(head.position, len(found))
        if head and head.position and found[head.position - 1].hash != head.hash:
            raise altered(found[head.position - 1].folder.name)
        return found

    def _in_order(self, read: Callable[[Path], Batch], first: Sequence[Batch] = ()) -> list[Batch]:
        """Every batch; the `first` ones are known already, where they still are those of the log."""
        try:
            names = sorted(name for name in os.listdir(self.folder) if _IS_BATCH.match(name))
        except FileNotFoundError:
            return []
        if [batch.folder.name for batch in first] != names[: len(first)]:
            first = ()
        found = [*first, *(read(self.folder / name) for name in names[len(first) :])]
        for expected, batch in enumerate(found[len(first) :], start=len(first) + 1):
            if batch.position != expected:
                raise gap(expected)
        return found

    def facts(self, batch: Batch, kind: str, *, coded: bool = False) -> pa.Table:
        """Facts of one kind that one batch asserted; `coded` as in `graph.facts.coded_schema`."""
        schema = coded_schema(kind) if coded else arrow_schema(kind)
        if kind not in batch.files:
            return schema.empty_table()
        texts = [field.name for field in schema if pa.types.is_dictionary(field.type)]
        read = self._read(batch, kind, read_dictionary=texts)
        return _under(schema, _as_kept_now(batch, read))

    def closures(self, batch: Batch) -> pa.Table:
        """Facts that one batch closed: kind, fact_id."""
        if CLOSURES not in batch.files:
            return _CLOSURE_SCHEMA.empty_table()
        return self._read(batch, CLOSURES)

    def table(self, batch: Batch, name: str) -> pa.Table | None:
        """A table attached to a batch (its findings), or None."""
        if name not in batch.files:
            return None
        return _as_kept_now(batch, self._read(batch, name))

    @staticmethod
    def _read(batch: Batch, name: str, *, read_dictionary: Sequence[str] | None = None) -> pa.Table:
        return read_sealed(
            *standing(batch.folder, name, batch.files[name]), read_dictionary=read_dictionary
        )

    def history(
        self, kind: str, *, known_at: datetime | None = None, coded: bool = False
    ) -> pa.Table:
        """Every fact of a kind ever known, with `known_to` (null = still held).

        With `known_at`, only what had been said by then, and only closures made by then.
        """
        batches = [
            batch for batch in self.batches() if known_at is None or batch.known_at <= known_at
        ]
        held = [piece.table() for piece in self._pieces(kind, batches, coded=coded)]
        if not held:
            return _nothing_known(kind, coded)
        facts = pa.concat_tables(held) if len(held) > 1 else held[0]
        ids, at = self._closed(kind, batches)
        if not len(ids):
            return facts.append_column("known_to", pa.nulls(len(facts), INSTANT))
        where = pc.index_in(facts["fact_id"], value_set=ids)
        return facts.append_column("known_to", at.take(where))

    def _closed(self, kind: str, batches: Sequence[Batch]) -> tuple[pa.Array, pa.Array]:
        """Identifiers of the facts of a kind that the batches closed, and when."""
        ids, at = [pa.array([], pa.string())], [pa.array([], INSTANT)]
        closing = [batch for batch in batches if batch.closes(kind)]
        for piece in self._pieces(CLOSURES, closing):
            closures = piece.table()
            here = pc.equal(closures["kind"], kind)
            ids.append(closures["fact_id"].filter(here).combine_chunks())
            at.append(piece.known_at().filter(here.combine_chunks()))
        return pa.concat_arrays(ids), pa.concat_arrays(at)

    def _pieces(
        self, name: str, batches: Iterable[Batch], *, coded: bool = False
    ) -> Iterator[_Piece]:
        """What batches say in a table, in order: small ones that follow each other in one piece."""
        there = compacted(self.folder)
        ranges = there.ranges.get(name, {}) if there else {}
        copy = there.read(name, coded=coded) if there and ranges else None
        if copy is not None and name != CLOSURES:
            copy = _under(coded_schema(name) if coded else arrow_schema(name), copy)
        run: list[Batch] = []
        for batch in batches:
            if name not in batch.files:
                continue
            if there and copy is not None and batch.position in ranges and there.knows(batch):
                first, _ = ranges[batch.position]
                if run and first != sum(ranges[run[-1].position]):
                    yield Copied(run, copy, ranges)
                    run = []
                run.append(batch)
                continue
            if run and copy is not None:
                yield Copied(run, copy, ranges)
                run = []
            yield _Own(self, batch, name, coded)
        if run and copy is not None:
            yield Copied(run, copy, ranges)

    def read(
        self,
        kind: str,
        *,
        as_of: date | None = None,
        known_at: datetime | None = None,
        coded: bool = False,
    ) -> pa.Table:
        """Facts of a kind that are held at `known_at` (None: now) and true at `as_of`.

        Without `as_of` every valid time is returned.  Columns: `graph.facts.arrow_schema`, or
        `coded_schema` with `coded`.
        """
        history = self.history(kind, known_at=known_at, coded=coded)
        if not len(history):
            return _nothing_held(kind, coded)
        wanted = [pc.is_null(history["known_to"])]
        if as_of is not None:
            wanted.append(true_at(history, as_of))
        held = history.drop_columns(["known_to"])
        # looked through once, and where all is held and true there is nothing to copy
        mask = reduce(pc.and_, wanted)
        return held if pc.all(mask, skip_nulls=False).as_py() else held.filter(mask)

    def held(
        self, kind: str, *, rows: int, columns: Sequence[str] | None = None
    ) -> Iterator[pa.Table]:
        """What `read` gives, some `rows` at a time: the whole of it is never in memory.

        Args:
            columns: the only ones that are wanted.
        """
        batches = self.batches()
        ids, _ = self._closed(kind, batches)
        schema = arrow_schema(kind)
        if columns is not None:
            schema = pa.schema(
                [schema.field(name) for name in dict.fromkeys((*columns, "fact_id"))]
            )
        there = [*schema.names, *(old for old, name in _RENAMED.items() if name in schema.names)]
        pieces = (
            _under(schema, some)
            for piece in self._pieces(kind, batches)
            for some in piece.some(rows, there)
        )
        # hundreds of small batches are looked at at once, and not one by one
        for facts in _gathered(pieces, rows):
            if len(ids):
                facts = facts.filter(pc.invert(pc.is_in(facts["fact_id"], value_set=ids)))
            yield facts

    # ---------------------------------------------------------------- appending

    @contextmanager
    def append(
        self,
        *,
        source: str,
        batch: str,
        file_name: str,
        content_sha256: str,
        known_at: datetime | None = None,
        notes: Mapping[str, Any] | None = None,
    ) -> Iterator[PendingBatch]:
        """Write one batch; it is committed when the block ends without an exception.

        Writers take turns through a file lock.  `known_at` must be later than the last batch's;
        without it, it is now or just after the last batch's.
        """
        with self.writer():
            committed = self.batches()
            key = key_in_use(self.folder)
            last = committed[-1] if committed else None
            if known_at is None:
                known_at = utc_now()
                if last:
                    known_at = max(known_at, last.known_at + timedelta(microseconds=1))
            if last and known_at <= last.known_at:
                raise LogError(
                    f"接收时间 {known_at:%Y-%m-%d %H:%M:%S} 不晚于上一批 "
                    f"{last.known_at:%Y-%m-%d %H:%M:%S}。请改用更晚的时间。",
                    f"known_at {known_at} is not later than the last batch's {last.known_at}.",
                    code="known_at_not_later",
                )
            pending = self.folder / f"{_PENDING}{batch}"
            writing = PendingBatch(pending, len(committed) + 1, known_at)
            try:
                pending.mkdir(parents=True, mode=0o700)
                yield writing
                manifest = {
                    "position": writing.position,
                    "batch": batch,
                    "key": key,
                    "source": source,
                    "file_name": file_name,
                    "content_sha256": content_sha256,
                    "known_at": known_at.astimezone(UTC).isoformat(),
                    "counts": dict(writing.counts),
                    "files": writing.files,
                    "notes": dict(notes or {}),
                    "previous": last.hash if last else "",
                }
                text = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True)
                (pending / MANIFEST).write_text(text, encoding="utf-8")
                sync(pending / MANIFEST)
                sync(pending)
                digest = hashlib.sha256(text.encode()).hexdigest()
                head = prepare_head(self.folder, Head(writing.position, digest))
                pending.rename(self.folder / f"{writing.position:08d}-{batch}")
                place_head(self.folder, head)
            except BaseException as error:
                shutil.rmtree(pending, ignore_errors=True)
                if isinstance(error, OSError):
                    raise unwritable(self.folder, error) from error
                raise

    @contextmanager
    def writer(self) -> Iterator[None]:
        """Hold the log for writing; what a killed writer left behind is removed first."""
        private_folder(self.folder)
        with FileLock(self.folder / ".lock", is_singleton=True):
            for left in self.folder.glob(f"{_PENDING}*"):
                shutil.rmtree(left)
            for left in self.folder.glob(f".{HEAD}.*"):
                left.unlink()
            tidy(self.folder)
            yield

    def accept_loss(self) -> int:
        """Go on without the batches after the last one that is there; returns how many are lost.

        What they said is gone until their files are delivered again.
        """
        with self.writer():
            head, found = read_head(self.folder), self._in_order(load)
            if head is None or head.position <= len(found):
                return 0
            now = Head(len(found), found[-1].hash if found else "")
            place_head(self.folder, prepare_head(self.folder, now))
            return head.position - len(found)

    # ---------------------------------------------------------------- verifying

    def verify(self) -> list[str]:
        """Problems found by reading every byte again: empty when the log is whole."""
        problems = [*harms(self.folder)]
        if problems:
            return problems
        previous = ""
        head = read_head(self.folder)
        found = self._in_order(load)
        for batch in found:
            if batch.previous != previous:
                problems.append(f"{batch.folder.name}: 与上一批的校验链不符 / chain broken")
            previous = batch.hash
            for name, stated in batch.files.items():
                path, seal = standing(batch.folder, name, stated)
                if harm := harm_of(path, seal):
                    problems.append(f"{batch.folder.name}/{path.name}: {harm}")
        problems += compacted_harms(self.folder)
        return problems + self._tail_problems(head, found)

    def _tail_problems(self, head: Head | None, found: Sequence[Batch]) -> list[str]:
        if head is None:
            lost = (self.folder / HEAD).exists()
            return [
                f"{HEAD}: 已损坏，下一次导入会重写 / damaged, written anew by the next batch"
            ] * lost
        if head.position > len(found):
            return [tail_lost(head.position, len(found)).message_zh]
        if head.position and found[head.position - 1].hash != head.hash:
            return [f"{found[head.position - 1].folder.name}: 清单被改动 / manifest altered"]
        return []


class PendingBatch:
    """A batch being written; invisible to readers until it is committed.

    Attributes:
        position, known_at: that it will have; its facts become known then.
    """

    def __init__(self, folder: Path, position: int, known_at: datetime) -> None:
        self.folder = folder
        self.position = position
        self.known_at = known_at
        self.files: dict[str, dict[str, Any]] = {}
        self.counts: dict[str, int] = {}

    def assert_facts(
        self,
        kind: str,
        facts: pa.Table | Iterable[pa.Table],
        let_go: Callable[[], None] = lambda: None,
    ) -> None:
        """Write the facts of one kind, in one table or in pieces.

        Each must have exactly the kind's columns.  `known_from` is filled in: it is the batch's.

        Args:
            let_go: as in `graph.sealed.write_sealed`.
        """
        pieces = [facts] if isinstance(facts, pa.Table) else facts
        schema = written_schema(kind)
        table = pa.concat_tables(
            [schema.empty_table(), *(self._known(piece).cast(schema) for piece in pieces)]
        )
        if len(table):
            # that some texts are coded here is nothing that a reader should meet
            self._write(kind, table.unify_dictionaries(), store_schema=False, let_go=let_go)

    def _known(self, facts: pa.Table) -> pa.Table:
        known = pa.repeat(pa.scalar(self.known_at, INSTANT), len(facts))
        return facts.set_column(facts.column_names.index("known_from"), "known_from", known)

    def close_facts(self, closed: Mapping[str, pa.Array | pa.ChunkedArray]) -> None:
        """Write which facts this batch closes: kind -> fact ids."""
        tables = [
            pa.table([pa.repeat(kind, len(ids)), ids], schema=_CLOSURE_SCHEMA)
            for kind, ids in closed.items()
            if len(ids)
        ]
        if tables:
            self._write(CLOSURES, pa.concat_tables(tables))
            self.files[CLOSURES]["kinds"] = sorted(kind for kind, ids in closed.items() if len(ids))

    def attach(self, name: str, table: pa.Table) -> None:
        """Keep another table with the batch (its findings), under a name in lower case."""
        if len(table):
            self._write(name, table)

    def _write(self, name: str, table: pa.Table, **how: Any) -> None:
        if name in self.files:
            raise LogError(f"批次内重复写入 {name}", f"{name} was already written in this batch")
        path = self.folder / f"{name}.parquet"
        self.files[name] = write_sealed(path, table, **how)


@dataclass(frozen=True)
class _Own:
    """What one batch says, from its own file."""

    log: FactLog
    batch: Batch
    name: str
    coded: bool

    def table(self) -> pa.Table:
        if self.name == CLOSURES:
            return self.log.closures(self.batch)
        return self.log.facts(self.batch, self.name, coded=self.coded)

    def known_at(self) -> pa.Array:
        return pa.repeat(
            pa.scalar(self.batch.known_at, INSTANT), len(self.log.closures(self.batch))
        )

    def some(self, rows: int, columns: Sequence[str]) -> Iterator[pa.Table]:
        path, stated = standing(self.batch.folder, self.name, self.batch.files[self.name])
        for some in iterate_sealed(path, stated, rows, columns):
            yield _as_kept_now(self.batch, some)


_Piece: TypeAlias = _Own | Copied


def _gathered(pieces: Iterable[pa.Table], rows: int) -> Iterator[pa.Table]:
    """The same rows in pieces of up to so many, small ones put together."""
    waiting, count = list[pa.Table](), 0
    for piece in pieces:
        if waiting and count + len(piece) > rows:
            yield _one(waiting)
            waiting, count = [], 0
        waiting.append(piece)
        count += len(piece)
    if waiting:
        yield _one(waiting)


def _one(pieces: Sequence[pa.Table]) -> pa.Table:
    return pieces[0] if len(pieces) == 1 else pa.concat_tables(pieces).combine_chunks()


@cache
def _nothing_held(kind: str, coded: bool) -> pa.Table:
    """Made once: an empty table of thirty columns takes as long as a small one."""
    return (coded_schema(kind) if coded else arrow_schema(kind)).empty_table()


@cache
def _nothing_known(kind: str, coded: bool) -> pa.Table:
    """The history of a kind of which no batch says anything: of most kinds, in most logs."""
    return _nothing_held(kind, coded).append_column("known_to", pa.nulls(0, INSTANT))


def _under(schema: pa.Schema, facts: pa.Table) -> pa.Table:
    if facts.schema.equals(schema):
        return facts
    facts = facts.rename_columns([_RENAMED.get(name, name) for name in facts.column_names])
    # a later version of the schema may have gained columns: they are null in older files
    whole = pa.concat_tables([schema.empty_table(), facts], promote_options="default")
    return whole.select(schema.names)


def _as_kept_now(batch: Batch, table: pa.Table) -> pa.Table:
    return table if batch.key else shortened_table(table)

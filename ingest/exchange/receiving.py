"""Taking in what a partner has: page by page, in our headings, through the ordinary ingest of a source.

Nothing is kept beside the log.  A page is entered as taken only after ingest had it; killed between the
two, the same page is fetched again, and what it says again is no news.  What the contract does not
know (a code that was not agreed) is handed on as such, so that the row is refused and told, not lost.
"""

from __future__ import annotations

import csv
import hashlib
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from graph.operations import Intake, OperationsStore, Outbox, lease
from graph.private import private_folder
from graph.progress import Progress, silent
from graph.settings import Settings
from graph.time import utc_now
from ingest.catalogue.field import FieldSpec
from ingest.catalogue.source import load_source
from ingest.checking.numbers import per_unit
from ingest.exchange.connection import connection_of
from ingest.exchange.contract import Incoming, contract_for, contract_named
from ingest.exchange.ends import end_of
from ingest.exchange.reply import NoAnswer
from ingest.exchange.request import End, Page
from ingest.pipeline import bring_up, ingest

__all__ = ["Received", "receive", "receive_by", "translated"]

_WAIT_S = 600.0
_FEN = {"元": Decimal(100), "万元": Decimal(1_000_000), "分": Decimal(1)}


@dataclass(frozen=True)
class Received:
    """What one run took in; `problem` is why it ended before all was there, None where nothing did."""

    contract: str
    pages: int
    rows: int
    accepted: int
    unchanged: int
    quarantined: int
    problem: str | None


def receive(
    settings: Settings,
    store: OperationsStore,
    name: str,
    *,
    by: str,
    into_graph: bool = True,
    progress: Progress | None = None,
) -> Received:
    """Take in whatever a partner has that was not taken in.

    Raises `InputError` (`user_missing`, `exchange_direction`), and as `connection_of` and `ingest`.
    """
    contract = contract_for(name, "in")
    connection = connection_of(settings, contract)
    with lease(store, settings, f"exchange-{name}", wait_s=_WAIT_S):
        Outbox(store).note_act(name, "receive", by=by, at=utc_now())
        found = receive_by(
            settings, store, name, end_of(contract, connection), progress=progress or silent
        )
        if into_graph and found.pages:
            bring_up(settings, progress=progress, store=store)
    return found


def receive_by(
    settings: Settings, store: OperationsStore, name: str, end: End, *, progress: Progress = silent
) -> Received:
    """The same by an end that is handed down, into the log alone; who calls it keeps others apart."""
    contract, outbox = contract_named(name), Outbox(store)
    counted = dict.fromkeys(("pages", "rows", "accepted", "unchanged", "quarantined"), 0)
    problem = None
    for table, incoming in contract.incoming.items():
        for _ in range(100_000):  # a partner that never ends is left
            try:
                page = _fetched(end, table, _cursor(outbox, name, table), contract.limits.tries)
            except NoAnswer as error:
                problem = f"{error}。没有接收的从原处继续。"
                break
            if page is None:
                break
            progress(f"接收 {contract.title} {page.name}", counted["pages"], None)
            counts, batches = _taken_in(settings, store, name, incoming, page)
            outbox.enter_intake(
                Intake(
                    name, f"{table}/{page.name}", page.next, len(page.rows), batches, counts, utc_now()
                )
            )  # fmt: skip
            end.taken(page, counts)
            counted["pages"] += 1
            counted["rows"] += len(page.rows)
            for what, count in counts.items():
                counted[what] += count
    return Received(name, **counted, problem=problem)


def translated(
    incoming: Incoming, rows: list[Mapping[str, Any]]
) -> tuple[list[str], list[list[str]]]:
    """Headings and cells of a source's table, from rows as the partner has them."""
    fields = {
        item.name: item for item in load_source(incoming.source).tables[incoming.table].fields
    }
    names = [
        *incoming.columns.values(),
        *(n for n in incoming.fixed if n not in incoming.columns.values()),
    ]
    at = {field: name for name, field in incoming.columns.items()}
    cells = [
        [
            incoming.fixed[name]
            if name in incoming.fixed
            else _cell(incoming, fields[name], row.get(at[name]))
            for name in names
        ]
        for row in rows
    ]
    return [fields[name].title for name in names], cells


def _cell(incoming: Incoming, spec: FieldSpec, value: Any) -> str:
    text = (
        "" if value is None else str(int(value)) if isinstance(value, bool) else str(value).strip()
    )
    codes = incoming.codes.get(spec.name)
    if codes is not None:
        # a code that was not agreed must not be taken for one of ours
        return codes.get(text, f"未约定的代码：{text}" if text else "")
    unit = incoming.units.get(spec.name)
    if unit is None or not text:
        return text
    try:
        amount = Decimal(text) * _FEN[unit] / per_unit(spec)
    except InvalidOperation:
        return text
    return f"{amount:f}"


def _fetched(end: End, table: str, cursor: str, tries: int) -> Page | None:
    """A page, asked for some times; raises `NoAnswer`."""
    for turn in range(tries):
        try:
            return end.fetch(table, cursor)
        except NoAnswer:
            if turn + 1 == tries:
                raise
    raise AssertionError("at least one try")


def _cursor(outbox: Outbox, name: str, table: str) -> str:
    own = (item for item in outbox.intakes(name) if item.name.startswith(f"{table}/"))
    return next((item.next for item in own), "")


def _taken_in(
    settings: Settings, store: OperationsStore, name: str, incoming: Incoming, page: Page
) -> tuple[dict[str, int], tuple[str, ...]]:
    heads, cells = translated(incoming, list(page.rows))
    mark = hashlib.sha256(f"{name}/{page.table}/{page.name}".encode()).hexdigest()[:12]
    with _aside(settings) as folder:
        path = folder / f"{incoming.file}-{mark}.csv"
        with path.open("w", encoding="utf-8-sig", newline="") as stream:
            csv.writer(stream).writerows([heads, *cells])
        report = ingest(incoming.source, [path], settings=settings, into_graph=False, store=store)
    counts = {
        what: sum(getattr(batch, what) for batch in report.batches)
        for what in ("accepted", "unchanged", "quarantined")
    }
    return counts, tuple(batch.batch for batch in report.batches)


@contextmanager
def _aside(settings: Settings) -> Iterator[Path]:
    """A folder for one page; what a killed run left in it is deleted: it holds personal data."""
    folder = settings.data / "exchange"
    shutil.rmtree(folder, ignore_errors=True)
    try:
        yield private_folder(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)

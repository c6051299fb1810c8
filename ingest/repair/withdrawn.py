"""`fact.withdrawn`: what used a record that was repaired or annulled since.

A kept decision says of every input by which fact it was read, a bulletin names its documents; an export
is noted with its records when it is let out (`graph.operations.record_use`).  They stay what they were;
whoever relied on them is to be told.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyarrow.compute as pc
from pydantic import computed_field

from graph.log import FactLog
from graph.operations import Bulletins, DecisionArchive, OperationsStore, RecordUses, store_for
from graph.settings import Settings
from graph.time import Instant, day_of
from ingest.repair.record import DECIDED, RECORD_KINDS, record_files
from queries.filed import document_of
from queries.lawful import regimes

__all__ = ["Withdrawn", "withdrawals_of"]


_KINDS = {
    "decision": "判定", "bulletin": "通报", "export": "导出", "case_file": "案卷",
    "public_download": "公示下载", "exchange": "共享",
}  # fmt: skip


@dataclass(frozen=True)
class Withdrawn:
    """Something that used a record: a decision, or what was let out.

    Attributes:
        kind: `decision`, or what the use was noted as.
        name: its identifier; `title`: what it is (of a decision its product).
        verdict: of a decision; empty for others.
        cited: it names the record, or a fact of it.  A decision that does not was about a party of the
            record while the record could be used, and may have counted it beside others.
    """

    kind: str
    name: str
    title: str
    at: Instant
    verdict: str = ""
    cited: bool = True

    @computed_field
    @property
    def kind_label(self) -> str:
        """In Chinese."""
        return _KINDS.get(self.kind, self.kind)


def withdrawals_of(
    settings: Settings, record: str, *, store: OperationsStore | None = None
) -> list[Withdrawn]:
    """What used a record, the oldest first; the record may have ended."""
    facts, since = _facts_of(FactLog(settings.log_dir), record)
    with store_for(settings, store) as operations:
        found = []
        for item in DecisionArchive(operations).of():
            cited = any(name.partition(".")[0] in facts for name in _read_by(item.record))
            begun, ended = since.get(item.party, (None, None))
            known = json.loads(item.record).get("known_at", "")
            beside = begun is not None and begun <= known and (ended is None or known < ended)
            if cited or beside:
                found.append(
                    Withdrawn(
                        "decision", item.id, item.product, item.decided_at, item.verdict, cited
                    )
                )
        found += [
            Withdrawn("bulletin", item.id, f"{item.period} 第 {item.edition} 版", item.written_at)
            for item in Bulletins(operations).all()
            if _names(item.content, facts | {record, document_of(record)})
        ]
        found += [
            Withdrawn(use.kind, use.name, use.title, use.at)
            for use in RecordUses(operations).of(record)
            if not use.whole or _was_published(FactLog(settings.log_dir), record, since, use.at)
        ]
    return sorted(found, key=lambda item: (item.at, item.kind, item.name))


def _facts_of(
    log: FactLog, record: str
) -> tuple[frozenset[str], dict[str, tuple[str, str | None]]]:
    """Every fact that ever was stated of a record or tied somebody to it, by first identifier; and of
    each party between which instants it was known to be tied to a record that nobody had ended."""
    found: set[str] = set()
    parties: dict[str, str] = {}
    ended: str | None = None
    for kind in RECORD_KINDS:
        for table, column in ((kind, "key"), (regimes().records[kind].tie, "to_key")):
            said = log.history(table)
            for row in said.filter(pc.equal(said[column], record)).to_pylist():
                known = row["known_from"].isoformat()
                if row["source"] == DECIDED:
                    ended = min(ended or known, known)
                    continue
                found.add(row["fact_id"].partition(".")[0])
                if party := row.get("from_key"):
                    parties[party] = min(parties.get(party, known), known)
    return frozenset(found), {party: (known, ended) for party, known in parties.items()}


def _was_published(
    log: FactLog, record: str, since: dict[str, tuple[str, str | None]], at: datetime
) -> bool:
    """Whether a record, of an organisation, was known at an instant, nobody had ended it by then, and its
    term was not over."""
    known = at.isoformat()
    if not any(
        party.startswith("org:") and begun <= known and (ended is None or known < ended)
        for party, (begun, ended) in since.items()
    ):
        return False
    told = (record_files(log, kind, [record], day_of(at)).get(record) for kind in RECORD_KINDS)
    return not any(each is not None and each.ended == "expired" for each in told)


def _names(content: bytes, wanted: frozenset[str]) -> bool:
    """Whether a frozen bulletin names the record (by its document, since it names no subject), or a
    fact of it, among its rows."""
    waiting: list[Any] = [json.loads(content)]
    while waiting:
        told = waiting.pop()
        if isinstance(told, str):
            if told.partition(".")[0] in wanted or told in wanted:
                return True
        elif isinstance(told, dict):
            waiting += told.values()
        elif isinstance(told, list):
            waiting += told
    return False


def _read_by(record: bytes) -> Iterator[str]:
    """Facts by which the inputs of a decision were read, those that a paper outdid too."""
    waiting: list[Any] = [*json.loads(record).get("inputs", {}).values()]
    while waiting:
        told = waiting.pop()
        if isinstance(told, dict):
            if isinstance(told.get("fact_id"), str):
                yield told["fact_id"]
            waiting.append(told.get("against"))

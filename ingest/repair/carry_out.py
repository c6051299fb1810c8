"""From acts to the log: what the cases say of a record becomes statements of the source `repair_decision`.

A repair or the end of a shielding is a removal, an objection and a shielding a state, an annulment
another, publication beyond the term its last day.  The log is brought to what the cases say in one
batch: what is new is asserted, what no longer holds is closed, so a dismissed objection gives the
record back.  Said again it changes nothing, and a run killed between an act and its batch is healed by
the next.  Only records that a department stated are spoken of: no act makes an entry.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

import pyarrow as pa
from filelock import FileLock

from graph.facts import arrow_schema
from graph.log import FactLog
from graph.operations import Case, Ledger, OperationsStore, RepairCases, store_for
from graph.private import private_folder
from graph.schema import SCHEMA
from graph.settings import Settings
from graph.time import day_of
from ingest.repair.record import DECIDED, RECORD_KINDS, said_of

__all__ = ["carry_out", "effect_of", "not_carried_out"]

#: What stands in the place of a file's name: it is none.
_NAMED = "修复、异议和撤销的办理结果"

#: What a statement says, besides whose it is.
_SAID = ("removed_on", "record_state", "extended_until")

_STATES = {
    ("objection", "frozen"): "disputed",
    ("objection", "verified"): "disputed",
    ("objection", "proposed"): "disputed",
    ("objection", "annulled"): "annulled",
    ("objection", "withdrawn"): "annulled",
    ("annulment", "annulled"): "annulled",
    ("annulment", "withdrawn"): "annulled",
    ("shield", "shielded"): "shielded",
    ("shield", "performance_stated"): "shielded",
}
_REMOVED = {("repair", "repaired"), ("shield", "final")}

_Wanted = tuple[str, int, str, "date | None", "str | None", "date | None"]


def effect_of(case: Case) -> dict[str, Any]:
    """What a case says of its record as it stands; empty: nothing."""
    at = (case.kind, case.state)
    if at in _STATES:
        return {"record_state": _STATES[at]}
    if at in _REMOVED:
        approved = case.last("approve")
        assert approved is not None
        return {"removed_on": day_of(approved.at)}
    if at == ("expiry", "continued"):
        return {"extended_until": date.fromisoformat(case.stated("until"))}
    return {}


def carry_out(settings: Settings, *, store: OperationsStore | None = None) -> int:
    """Bring the log to what the cases say; returns how many statements were made or closed."""
    log = FactLog(settings.log_dir)
    private_folder(settings.data)
    with (
        FileLock(settings.data / "repair.lock", is_singleton=True),
        store_for(settings, store) as operations,
    ):
        cases = RepairCases(operations).all()
        news, gone = _difference(log, cases)
        if news or gone:
            Ledger(operations).refuse_lost(log.batches())
            _append(log, news, gone)
    return len(news) + sum(map(len, gone.values()))


def not_carried_out(log: FactLog, cases: Iterable[Case]) -> frozenset[int]:
    """Numbers of the cases of which the log does not say yet what they say."""
    news, gone = _difference(log, cases)
    rows = {row for ids in gone.values() for row in ids.values()}
    return frozenset({number for _, number, *_ in news} | rows)


def _difference(
    log: FactLog, cases: Iterable[Case]
) -> tuple[list[_Wanted], dict[str, dict[str, int]]]:
    """What is to be stated, and by kind the facts to be closed with the case of each."""
    wanted: set[_Wanted] = set()
    for case in cases:
        if effect := effect_of(case):
            removed, state, until = (effect.get(name) for name in _SAID)
            wanted.add((case.record_kind, case.number, case.record, removed, state, until))
    held = _held(log)
    news = sorted(wanted - held.keys(), key=lambda item: item[:3])
    known = {
        kind: {row["key"] for row in said_of(log, kind, pa.array(keys, pa.string()))}
        for kind in RECORD_KINDS
        if (keys := [item[2] for item in news if item[0] == kind])
    }
    gone: dict[str, dict[str, int]] = {}
    for item, fact_id in held.items():
        if item not in wanted:
            gone.setdefault(item[0], {})[fact_id] = item[1]
    return [item for item in news if item[2] in known[item[0]]], gone


def _held(log: FactLog) -> dict[_Wanted, str]:
    """What the log says of acts by now -> the fact; read from their own batches alone, which are few."""
    own = [batch for batch in log.batches() if batch.source == DECIDED]
    ended = {fact for batch in own for fact in log.closures(batch)["fact_id"].to_pylist()}
    found: dict[_Wanted, str] = {}
    for batch in own:
        for kind in RECORD_KINDS:
            for row in log.facts(batch, kind).to_pylist():
                if row["fact_id"] not in ended:
                    removed, state, until = (row[name] for name in _SAID)
                    found[kind, row["row"], row["key"], removed, state, until] = row["fact_id"]
    return found


def _append(log: FactLog, news: list[_Wanted], gone: Mapping[str, Mapping[str, int]]) -> None:
    ended = {kind: sorted(ids) for kind, ids in sorted(gone.items())}
    stated = f"{len(log.batches())}|{news}|{ended}"
    sha256 = hashlib.sha256(stated.encode()).hexdigest()
    batch = f"{DECIDED}-{sha256[:16]}"
    with log.append(
        source=DECIDED, batch=batch, file_name=_NAMED, content_sha256=sha256
    ) as pending:
        for kind in sorted({item[0] for item in news}):
            rows = [_fact(log, item, batch, pending.known_at) for item in news if item[0] == kind]
            pending.assert_facts(kind, pa.Table.from_pylist(rows, arrow_schema(kind)))
        pending.close_facts({kind: pa.array(ids, pa.string()) for kind, ids in ended.items()})
        pending.counts.update(rows_in=len(news), accepted=len(news), unchanged=0, quarantined=0)


def _fact(log: FactLog, item: _Wanted, batch: str, moment: datetime) -> dict[str, Any]:
    kind, number, key, *said = item
    stated = said_of(log, kind, pa.array([key], pa.string()))[0]
    # whoever looks at one statement of a record, this one too, finds all that a department said of it
    names = [item.name for item in SCHEMA.nodes[kind].properties]
    told = {name: stated[name] for name in names} | dict(zip(_SAID, said, strict=True))
    return {
        **told,
        "fact_id": hashlib.blake2b(f"{batch}|{number}|{key}".encode(), digest_size=16).hexdigest(),
        "key": key,
        "label": SCHEMA.thing(SCHEMA.nodes[kind]).label,
        "valid_from": stated["valid_from"],
        "valid_to": stated["valid_to"],
        "known_from": moment,
        "certainty": 1.0,
        "source": DECIDED,
        "batch": batch,
        "row": number,
    }

"""New adverse public records: entries of lists, penalties, arrears of tax, by the key of the record."""

from __future__ import annotations

from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from graph.facts import INSTANT
from graph.last_heard import last_heard
from graph.schema import SCHEMA
from queries.district import DistrictReader
from queries.monitoring.event import EVENTS, events, evidence
from queries.monitoring.first_heard import FirstHeard, among, whole
from queries.monitoring.rule_book import RuleBook
from queries.owning import Owning, owning

__all__ = ["new_records"]

_LISTS = ("list_kind", "tax_kind")
_NUMBERS = ("case_no", "document_no")


def new_records(reader: DistrictReader, code: str, book: RuleBook) -> pa.Table:
    """Every record of the rule's kinds that may be used, with each proven subject of it."""
    found = [EVENTS.empty_table()]
    for kind in book.rules[code].kinds:
        records = last_heard(reader.table(kind), ["key"])
        for tie in owning(SCHEMA.superlabel(SCHEMA.nodes[kind])):
            ties = last_heard(reader.table(tie.kind), [tie.party, tie.thing])
            ties = ties.filter(pc.is_in(ties[tie.thing], value_set=whole(records["key"])))
            if not len(ties):
                continue
            if kind in book.owed:
                found.append(_owed(reader, code, kind, book.owed[kind], tie, ties))
            else:
                found.append(_recorded(reader, code, kind, records, tie, ties))
    return pa.concat_tables(found)


def _recorded(
    reader: DistrictReader, code: str, kind: str, records: pa.Table, tie: Owning, ties: pa.Table
) -> pa.Table:
    """By columns: a district has three hundred thousand records."""
    at = whole(pc.index_in(ties[tie.thing], value_set=whole(records["key"])))
    records = records.take(at)
    said = FirstHeard(reader, kind, ["key"]).of(records)
    tied = FirstHeard(reader, tie.kind, [tie.party, tie.thing]).of(ties)
    heard = pc.if_else(pc.greater(said, tied), said, tied)
    rows = pa.StructArray.from_arrays(
        [pa.repeat(kind, len(records))]
        + [whole(records[name]) for name in ("fact_id", "source", "batch", "row")],
        fields=list(EVENTS.field("evidence").type.value_type),
    )
    offsets = pa.array(range(len(records) + 1), pa.int32())
    columns = {
        "rule": pa.repeat(code, len(records)),
        "subject": whole(ties[tie.party]),
        "label": whole(ties[tie.party.replace("key", "label")]),
        "event": whole(records["key"]),
        "other": pa.nulls(len(records), pa.string()),
        "heard_at": heard.cast(INSTANT),
        "before": pa.nulls(len(records), pa.string()),
        "after": _said(kind, records),
        "evidence": pa.ListArray.from_arrays(offsets, rows),
    }
    return pa.table(columns, EVENTS)


def _owed(
    reader: DistrictReader, code: str, kind: str, balance: str, tie: Owning, ties: pa.Table
) -> pa.Table:
    """What is owed until it is paid: once paid it ended, and what is owed afterwards is another event."""
    day = reader.moment.as_of
    versions: dict[str, list[dict[str, Any]]] = {}
    told = last_heard(reader.whenever(kind), ["key", "valid_from"])
    for row in told.sort_by([("valid_from", "ascending")]).to_pylist():
        if row["valid_from"] is None or row["valid_from"] <= day:
            versions.setdefault(row["key"], []).append(row)
    began: dict[str, date | None] = {}
    for key, rows in versions.items():
        if not rows[-1][balance]:
            continue
        since = len(rows) - 1
        while since and rows[since - 1][balance] != 0:
            since -= 1
        began[key] = rows[since]["valid_from"]
    standing = {row["key"]: row for row in last_heard(reader.table(kind), ["key"]).to_pylist()}
    tied = FirstHeard(reader, tie.kind, [tie.party, tie.thing]).at(ties)
    said = FirstHeard(
        reader, kind, ["key", "valid_from"], among("key", keys=whole(ties[tie.thing]))
    )
    first = dict(
        zip(
            zip(told["key"].to_pylist(), told["valid_from"].to_pylist(), strict=True),
            said.at(told),
            strict=True,
        )
    )
    found = []
    for row, at in zip(ties.to_pylist(), tied, strict=True):
        key = row[tie.thing]
        if key not in began or key not in standing or not standing[key][balance]:
            continue
        found.append(
            {
                "rule": code,
                "subject": row[tie.party],
                "label": row[tie.party.replace("key", "label")],
                "event": f"{key}@{began[key]}",
                "heard_at": max(at, first[key, began[key]]),
                "after": _said(kind, pa.Table.from_pylist([standing[key]]))[0].as_py(),
                "evidence": [evidence(kind, standing[key])],
            }
        )
    return events(found)


def _said(kind: str, records: pa.Table) -> pa.Array:
    """What a record is, in Chinese, with its number."""
    node = SCHEMA.nodes[kind]
    what: Any = pa.repeat(node.term, len(records))
    for name in _LISTS:
        if name in records.column_names:
            words = SCHEMA.property(kind, name).values
            codes = pa.array([*words], pa.string())
            terms = pa.array([*words.values()], pa.string())
            place = pc.index_in(records[name].cast(pa.string()), value_set=codes)
            said = terms.take(whole(place))
            begins = "列入" if name == "list_kind" else f"{node.term}："
            said = pc.binary_join_element_wise(begins, said, "")
            what = pc.coalesce(said, what)
    for name in _NUMBERS:
        if name in records.column_names:
            number = whole(records[name].cast(pa.string()))
            what = pc.coalesce(pc.binary_join_element_wise(what, number, " "), what)
    return what

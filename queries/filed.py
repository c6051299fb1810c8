"""What departments filed, for counting departments: every record, ended ones too, and no subject.

Law takes what was removed, expired or annulled out of every answer about a party.  Whether a department
told of a decision, and when, is no answer about a party: it is counted here, over columns that say
nothing of whom the record names and nothing of what it says of him.

    document   the record without its subject: class, authority and number (`penalty:1161…:样罚〔2026〕3号`)
    body       key of the authority that decided; null where the record has no code of one
    arrived_on the day on which it was told as the record says, else null
    first_known_on   the day on which some file that stands first brought it
    is_registered    whether some register knows its subject; a natural person is asked of none
    is_ended         whether it may be used no more: then it is counted, and not named
    not_published    why law has it neither published nor owed (a code of `queries.lawful.publication`)
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graph.effective_batches import effective_batches
from graph.log_view import FactsAt, LogView
from graph.moment import Moment
from graph.provenance import PARTY_KINDS
from graph.resolution import led
from graph.schema import SCHEMA
from graph.vocabulary import Node, ValueType
from queries.lawful.publication import SUBJECT, publication, why_not_published
from queries.lawful.regimes import regimes
from queries.lawful.table import ended_records

__all__ = ["document_of", "filed", "filed_kinds"]

#: Texts that tell of the record and of whoever decided, besides codes and days.
_OF_THE_OFFICE = frozenset({"document_no", "case_no", "authority"})
#: In China, where a batch became known.
_OFFSET = np.timedelta64(8, "h")


def document_of(record: str) -> str:
    """What a record of an administrative decision is called where its subject is not named.

    >>> document_of("penalty:116103050160001M1M:凤市监处罚〔2025〕1号:05MA9T00026A")
    'penalty:116103050160001M1M:凤市监处罚〔2025〕1号'
    """
    return record.rpartition(":")[0]


@cache
def filed_kinds() -> frozenset[str]:
    """Kinds of records that departments file: adverse ones, and every administrative decision."""
    return frozenset(
        node.kind
        for node in SCHEMA.nodes.values()
        if not node.describes
        and (node.is_adverse or SCHEMA.superlabel(node) == "AdministrativeDecision")
    )


def filed(kind: str, view: LogView, moment: Moment) -> pa.Table:
    """One row a record of a kind as it is held at the moment, whatever became of it since.

    Columns: `document`, `body`, `first_known_on`, `is_registered`, `not_published`, `is_ended`, and of the
    properties of the kind those that are codes or days, its number and its authority.

    Raises:
        ValueError: no record of that kind is filed.
    """
    if kind not in filed_kinds():
        raise ValueError(f"{kind} is filed by nobody; these are: {sorted(filed_kinds())}")
    at = view.at(moment.as_of, moment.known_at)
    # one record may hold for several times: it is filed once, as the last of them says
    held = at.held(kind)
    order = pc.sort_indices(held, sort_keys=[("valid_from", "ascending"), ("fact_id", "ascending")])
    held = held.take(order)
    keys = _plain(held["key"])
    last = _last_of_each(keys)
    held, keys = held.take(last), keys.take(last)
    columns = {
        "document": _without_subject(keys, SCHEMA.superlabel(SCHEMA.nodes[kind])),
        "body": _tied(at, "DECIDED_BY", keys, known="from_key", wanted="to_key"),
        "first_known_on": _first_known(kind, keys, view, moment, at),
        "is_registered": _registered(kind, keys, at, moment),
        "not_published": _not_published(kind, keys, held, at, moment),
        "is_ended": pc.is_in(keys, value_set=ended_records(kind, at.held(kind), moment.lawful_on)),
    }
    columns |= {name: _plain(held[name]) for name in _told(SCHEMA.nodes[kind])}
    return pa.table(columns)


def _told(node: Node) -> list[str]:
    """Properties that may be counted by: codes, days, and what is the office's own."""
    return [
        item.name
        for item in node.properties
        if item.values or item.type is ValueType.DATE or item.name in _OF_THE_OFFICE
    ]


def _without_subject(keys: pa.ChunkedArray, superlabel: str) -> pa.ChunkedArray:
    if superlabel != "AdministrativeDecision":
        # a list entry is one subject's alone: its key names nobody else, and is not given
        return pa.chunked_array([pa.nulls(len(keys), pa.string())])
    return pc.replace_substring_regex(keys, r":[^:]*$", "")


def _last_of_each(keys: pa.ChunkedArray) -> pa.Array:
    """Places of the last row of each key."""
    table = pa.table({"key": keys, "place": pa.array(np.arange(len(keys)))})
    return table.group_by("key").aggregate([("place", "max")])["place_max"].combine_chunks()


def _tied(
    at: FactsAt, tie: str, keys: pa.ChunkedArray, *, known: str, wanted: str
) -> pa.ChunkedArray:
    """The key at the other end of a tie of each key; null where there is none."""
    told = at.held(tie)
    place = pc.index_in(keys, value_set=_plain(told[known]).combine_chunks())
    return _plain(told[wanted]).combine_chunks().take(place.combine_chunks())


def _first_known(
    kind: str, keys: pa.ChunkedArray, view: LogView, moment: Moment, at: FactsAt
) -> pa.Array:
    """The day in China on which a batch that stands first brought each key."""
    history = view.log.history(kind, known_at=moment.known_at)
    stands = pa.array([batch.batch for batch in effective_batches(moment.batches)], pa.string())
    history = history.filter(pc.is_in(_plain(history["batch"]), value_set=stands))
    history = led(kind, history, at.moved)
    if not len(history):
        return pa.nulls(len(keys), pa.date32())
    first = (
        pa.table({"key": _plain(history["key"]), "at": history["known_from"]})
        .group_by("key")
        .aggregate([("at", "min")])
    )
    place = pc.index_in(keys, value_set=_plain(first["key"]).combine_chunks())
    instants = first["at_min"].combine_chunks().take(place.combine_chunks())
    days = (instants.cast(pa.timestamp("us")).to_numpy(zero_copy_only=False) + _OFFSET).astype(
        "datetime64[D]"
    )
    return pa.array(days, pa.date32())


def _registered(kind: str, keys: pa.ChunkedArray, at: FactsAt, moment: Moment) -> pa.Array:
    """Whether some register knows the subjects of each record; natural persons are asked of none."""
    known = [pa.array([], pa.string())]
    for source_of in sorted(PARTY_KINDS):
        rank = moment.provenance.ranks(source_of, told := at.held(source_of))
        known.append(_texts(told["key"].filter(pa.array(rank == 0))))
    registers = pc.unique(pa.concat_arrays(known))
    unknown = [pa.array([], pa.string())]
    for tie in _subject_ties(kind):
        told = at.held(tie)
        subject = _plain(told["from_key"])
        asked = pc.starts_with(subject, "org:")
        missing = pc.and_(asked, pc.invert(pc.is_in(subject, value_set=registers)))
        unknown.append(_texts(told["to_key"].filter(missing)))
    out = pc.is_in(keys, value_set=pa.concat_arrays(unknown))
    return pc.invert(out).combine_chunks()


def _not_published(
    kind: str, keys: pa.ChunkedArray, held: pa.Table, at: FactsAt, moment: Moment
) -> pa.Array:
    """The reason code of each record: worked out once for all that say the same, who are many."""
    rules, record = publication(), regimes().records.get(kind)
    wanted = {name for line in rules.lines for name in line.when} | {"authority"}
    wanted |= {record.of_class} - {None} if record else set()  # type: ignore[arg-type]
    said = {name: _plain(held[name]) for name in sorted(wanted & {*held.column_names})}
    subject = pa.chunked_array([pa.nulls(len(keys), pa.string())])
    for tie in _subject_ties(kind):
        told = at.held(tie)
        place = pc.index_in(keys, value_set=_texts(told["to_key"]))
        subject = pc.coalesce(subject, _texts(told["from_label"]).take(place.combine_chunks()))
    table = pa.table({**said, SUBJECT: subject, "place": pa.array(np.arange(len(keys)))})
    names = [name for name in table.column_names if name != "place"]
    alike = table.group_by(names).aggregate([("place", "list")])
    codes: list[str | None] = [None] * len(keys)
    for row in alike.to_pylist():
        found = why_not_published(kind, row, moment.lawful_on)
        if found is not None:
            for place in row["place_list"]:
                codes[place] = found.code
    return pa.array(codes, pa.string())


@cache
def _subject_ties(kind: str) -> tuple[str, ...]:
    """Ties from a party to a record of a kind."""
    return tuple(
        tie.kind
        for tie in SCHEMA.relationships.values()
        if kind in tie.targets and SCHEMA.common_label(tie.sources) == "Party"
    )


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return column.cast(pa.string()) if pa.types.is_dictionary(column.type) else column


def _texts(column: pa.ChunkedArray) -> pa.Array:
    return _plain(column).combine_chunks().cast(pa.string())

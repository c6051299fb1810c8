"""What is published of organisations: permits, penalties, lists and honours within their terms.

For everybody, so that it is read for everybody: as who is open to public classes alone sees it, of
organisations alone, and of their records what law lets be published on the day (`queries.lawful`).
Natural persons are never in it (公共信用信息 of natural persons is for authorised queries), and no
free text of a record is: it may name somebody.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import repeat
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import computed_field

from graph.identifiers.spelling import compact
from graph.information import InformationClass
from graph.last_heard import last_heard
from graph.names.writing import simplified
from graph.operations import EVERYTHING, OperationsStore, RecordUses
from graph.schema import SCHEMA
from graph.time import utc_now
from queries.basis import Basis
from queries.district import DistrictReader
from queries.lawful import SUBJECT, publication, regimes, why_not_published
from queries.reader import Reader
from queries.scope import Scope

__all__ = ["KINDS", "PUBLIC", "Notice", "Published", "RecordRef", "note_download", "published"]

_CODE = "unified_social_credit_code"

#: Everybody: nothing but the public classes is open to them.
PUBLIC = Scope("社会公众", open_classes=frozenset())


@dataclass(frozen=True)
class _Kind:
    """How one kind of record is told: its tie, and which of its properties is which of a notice."""

    term: str
    tie: str
    what: str
    document_no: str
    since: str
    until: str | None


#: Kinds that are published, in the order in which a page shows them.
KINDS: Mapping[str, _Kind] = {
    "Permit": _Kind(
        "行政许可", "HOLDS_PERMIT", "document_name", "document_no", "decided_on", "valid_to_on"
    ),
    "Penalty": _Kind(
        "行政处罚", "PENALISED_BY", "penalty_kinds", "document_no", "decided_on", "published_until"
    ),
    "ListEntry": _Kind(
        "失信和异常名单", "SUBJECT_OF", "list_kind", "case_no", "listed_on", "published_until"
    ),
    "Honour": _Kind(
        "守信名单和荣誉", "HONOURED_BY", "list_kind", "document_no", "awarded_on", "valid_to_on"
    ),
}


@dataclass(frozen=True)
class Notice:
    """One published record of one organisation.

    Attributes:
        kind: `Permit`, `Penalty`, `ListEntry` or `Honour`.
        code: of the organisation; None where nobody stated one.
        what: which permit, penalty, list or honour, in Chinese.
        what_code: its codes: of a penalty one for each kind, of a permit, whose name is free, none.
        until: last day on which it is published, or of its term; None: as the record has none.
    """

    kind: str
    name: str
    code: str | None
    what: str
    what_code: tuple[str, ...]
    document_no: str | None
    authority: str | None
    since: date | None
    until: date | None

    @computed_field
    @property
    def kind_label(self) -> str:
        """In Chinese."""
        return KINDS[self.kind].term


@dataclass(frozen=True)
class RecordRef:
    """Which record of whom: keys, that leave the office nowhere."""

    party: str
    label: str
    kind: str
    record: str


@dataclass(frozen=True, eq=False)
class Published:
    """All that is published on a day.

    Attributes:
        records: the same notices by the record that each is of.
    """

    notices: tuple[Notice, ...]
    basis: Basis
    records: Mapping[RecordRef, Notice]
    _by: Mapping[str, tuple[Notice, ...]]

    def of(self, text: str) -> tuple[Notice, ...]:
        """Records of the organisation of exactly this name, or this code.

        A part of a name finds nothing: nobody is to leaf through others.
        """
        return self._by.get(compact(text)) or self._by.get(simplified(text)) or ()


def published(reader: Reader) -> Published:
    """What is published at the reader's moment, whoever the reader is."""
    everybody = reader.seen_by(PUBLIC)
    return everybody.computed("published", lambda: _published(everybody))


def note_download(store: OperationsStore, reader: Reader) -> None:
    """Note that all of it was fetched, once for each state of the data: whoever has it can be found to
    have what is repaired or annulled afterwards."""
    RecordUses(store).note(
        "public_download",
        reader.moment.head,
        title=f"公示信息下载（数据第 {reader.basis.position} 批）",
        at=utc_now(),
        records=[EVERYTHING],
    )


def _published(reader: DistrictReader) -> Published:
    organisations = dict(_organisations(reader))
    records = {
        ref: notice for kind in KINDS for ref, notice in _notices(reader, kind, organisations)
    }
    notices = list(records.values())
    place = {kind: number for number, kind in enumerate(KINDS)}
    notices.sort(key=lambda one: (one.name, place[one.kind], str(one.document_no)))
    notices.sort(key=lambda one: one.since or date.min, reverse=True)
    # of one organisation there are many: what it is called is written out once
    written = {name: simplified(name) for name in {one.name for one in notices}}
    by: dict[str, list[Notice]] = defaultdict(list)
    for one in notices:
        name = written[one.name]
        by[name].append(one)
        if one.code is not None and one.code != name:
            by[one.code].append(one)
    found = {key: tuple(told) for key, told in by.items()}
    return Published(tuple(notices), reader.basis, records, found)


@cache
def _labels() -> tuple[str, ...]:
    """Kinds of organisations: parties whose register is public."""
    return tuple(
        node.label
        for node in SCHEMA.nodes.values()
        if node.superlabel == "Party" and node.information is InformationClass.REGISTER
    )


def _organisations(reader: DistrictReader) -> Iterator[tuple[str, tuple[str, str | None]]]:
    """Key -> name and code of each organisation that somebody named."""
    for label in _labels():
        table = reader.table(label)
        told = last_heard(table.filter(pc.is_valid(table["name"])), ["key"])
        codes = told[_CODE].to_pylist() if _CODE in told.column_names else repeat(None, len(told))
        columns = told["key"].to_pylist(), told["name"].to_pylist(), codes
        for key, name, code in zip(*columns, strict=True):
            yield key, (name, code)


def _notices(
    reader: DistrictReader, kind: str, organisations: Mapping[str, tuple[str, str | None]]
) -> Iterator[tuple[RecordRef, Notice]]:
    spec, moment = KINDS[kind], reader.moment
    wanted, heard = _asked_by_law(kind), last_heard(reader.table(kind), ["key"])
    shown = (spec.what, spec.document_no, "authority", spec.since, spec.until)
    # by columns: a district has three hundred thousand records
    columns = (
        heard[name].to_pylist() if name in heard.column_names else repeat(None, len(heard))
        for name in (*shown, *wanted)
    )
    said = dict(zip(heard["key"].to_pylist(), zip(*columns, strict=True), strict=True))
    # many say the same of what law asks: it is worked out once for all of them
    is_published: dict[tuple[Any, ...], bool] = {}
    what_is: dict[str | None, tuple[str, tuple[str, ...]]] = {}
    ties = reader.table(spec.tie)
    of_one = pc.is_in(ties["from_label"].cast("string"), value_set=pa.array(_labels()))
    ties = ties.filter(pc.and_(of_one, pc.greater_equal(ties["certainty"], 1)))
    ends = (ties[name].to_pylist() for name in ("from_key", "from_label", "to_key"))
    for party, label, record in sorted({*zip(*ends, strict=True)}):
        told = said.get(record)
        if told is None or party not in organisations:
            continue
        alike = (label, *told[len(shown) :])
        if alike not in is_published:
            stated = {**dict(zip(wanted, alike[1:], strict=True)), SUBJECT: label}
            is_published[alike] = why_not_published(kind, stated, moment.lawful_on) is None
        if not is_published[alike]:
            continue
        what, document_no, authority, since, until = told[: len(shown)]
        if what not in what_is:
            what_is[what] = _what(kind, what)
        yield (
            RecordRef(party, label, kind, record),
            Notice(
                kind, *organisations[party], *what_is[what], document_no, authority, since, until
            ),
        )


@cache
def _asked_by_law(kind: str) -> tuple[str, ...]:
    """What a record has to say for it to be told whether it is published."""
    record = regimes().records.get(kind)
    names = {name for line in publication().lines for name in line.when} - {SUBJECT}
    names |= {record.of_class} if record and record.of_class else set()
    return tuple(sorted(names | {"authority"}))


def _what(kind: str, what: str | None) -> tuple[str, tuple[str, ...]]:
    """What a record is, in Chinese, and its codes."""
    spec = KINDS[kind]
    codes = tuple(SCHEMA.property(kind, spec.what).codes_in(what or ""))
    return (SCHEMA.word(kind, spec.what, what) or what if what else None) or spec.term, codes

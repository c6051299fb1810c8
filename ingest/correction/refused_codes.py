"""Which refused rows were refused for a code, and which taken ones are in doubt for a name.

The log says why and in which column, never the value; the cell lies in the quarantine, masked where
it is a person's, for as long as it may be kept.  What the field of a column is, its catalogue says, so
that every source with a code column is looked at, whichever comes to be.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import cache

import pyarrow.compute as pc

from graph.effective_batches import effective_batches
from graph.identifiers.spelling import compact
from graph.log import Batch, FactLog
from graph.names.writing import plain
from ingest.catalogue.field import FieldSpec
from ingest.catalogue.source import Source, TableSpec, load_source, source_names
from ingest.checking.naming import suggests
from ingest.checking.parties import FILLER
from ingest.correction.quarantine import Quarantine, RefusedRow, open_rows
from ingest.finding import RowFinding
from ingest.reading.cell import NUMERIC, shown
from queries.code_errors import Refused, RowRef

__all__ = ["refused_codes"]

#: What the gate says of a code -> kind of code error.
_KINDS = {
    "length": "LENGTH",
    "alphabet": "ALPHABET",
    "class": "DEPT_CLASS",
    "division": "AREA",
    "check_digit": "CHECK_DIGIT",
    "embedded_check_digit": "GB11714",
    "filler": "FILLER",
    "not_filler": "FILLER",
    "resident_id_in_code": "RESIDENT_ID",
    "two_readings": "RESIDENT_ID",
    "organisation_number": "RESIDENT_ID",
}
_CODED = frozenset({"uscc", "uscc_or_filler", "organisation_code"})
#: Columns in which a person may stand as well: only what can be nothing but a code is counted.
_EITHER = "party_id"
#: The rule on texts that are numbers of organisations.
_NO_PERSON = "organisation_number"
_TWINS, _OTHER_NAME, _REQUIRED = "duplicate_key", "name_differs", "required"


def refused_codes(
    log: FactLog, quarantine: Quarantine, *, batches: Collection[Batch] | None = None
) -> list[Refused]:
    """Open refused rows of every source that concern a code, and names that differ."""
    told = effective_batches(log.batches() if batches is None else batches)
    held: dict[str, dict[int, dict[str, str | None]]] = {}
    found: list[Refused] = []
    for item in open_rows(log, batches=list(log.batches() if batches is None else batches)):
        source = _source(item.batch.source)
        spec = source.tables.get(item.table) if source else None
        if source is None or spec is None:
            continue  # a log may be older than the sources
        name = item.batch.batch
        if name not in held:
            held[name] = quarantine.cells(name)
        found += _of_row(source, spec, item, held[name].get(item.row, {}))
    found = [*(item for item in found if item.kind != _TWINS), *_twins(found)]
    for batch in told:
        found += _other_names(log, batch)
    return found


@cache
def _source(name: str) -> Source | None:
    return load_source(name) if name in source_names() else None


def _of_row(
    source: Source, spec: TableSpec, item: RefusedRow, cells: Mapping[str, str | None]
) -> Iterator[Refused]:
    by_title = {field.title: field for field in spec.fields}
    for finding in item.findings:
        if finding.code == _TWINS:
            key = [field for field in spec.fields if field.name in spec.key]
            if len(key) == 1 and key[0].type in _CODED and source.registers:
                yield _refused(source, item, key[0], cells, spec, _TWINS)
            continue
        field = by_title.get(finding.column or "")
        if field is None:
            continue
        if finding.code == _REQUIRED:
            yield from _filler_alone(source, spec, item, field, cells)
        elif kind := _kind_of(field, finding, cells):
            yield _refused(source, item, field, cells, spec, kind)


def _kind_of(field: FieldSpec, finding: RowFinding, cells: Mapping[str, str | None]) -> str | None:
    kind = _KINDS.get(finding.code)
    if field.type in _CODED or field.check == finding.code == _NO_PERSON:
        return kind
    if field.type != _EITHER or kind is None or kind == "RESIDENT_ID":
        return None
    # in a column of persons and organisations a number with letters is a code, whatever else it is
    text = compact(shown(cells.get(field.name) or ""))
    return kind if "*" not in text and any(x.isalpha() for x in text[:-1]) else None


def _filler_alone(
    source: Source,
    spec: TableSpec,
    item: RefusedRow,
    lacking: FieldSpec,
    cells: Mapping[str, str | None],
) -> Iterator[Refused]:
    """A filler is no fault where another number of the register stands beside it."""
    for check in spec.checks:
        if check.rule != _REQUIRED or lacking.name not in check.fields:
            continue
        for name, values in (check.when or {}).items():
            field = next(each for each in spec.fields if each.name == name)
            if field.type in _CODED and FILLER in values and cells.get(name) == FILLER:
                yield _refused(source, item, field, cells, spec, "FILLER")


def _refused(
    source: Source,
    item: RefusedRow,
    field: FieldSpec,
    cells: Mapping[str, str | None],
    spec: TableSpec,
    kind: str,
) -> Refused:
    kept = cells.get(field.name)
    code = compact(shown(kept).removeprefix(NUMERIC)) if kept else None
    named = next((each for each in spec.fields if each.name == field.name_field), None)
    name = cells.get(named.name) if named is not None else None
    if kind == "RESIDENT_ID":
        # nobody who reads a list of faults need know whose number it is
        code, name = (f"{code[:6]}{'*' * (len(code) - 6)}" if code else None), None
    if name and suggests(name) == "person":
        name = f"{name[:1]}{'*' * (len(name) - 1)}"
    return Refused(
        RowRef(item.batch.batch, item.row, refused=True),
        source.department,
        item.batch.file_name,
        field.title,
        kind,
        code,
        name,
    )


def _twins(found: list[Refused]) -> Iterator[Refused]:
    """Rows of a register that give one code to several names: none was taken."""
    by_code: dict[str, list[Refused]] = {}
    for item in found:
        if item.kind == _TWINS and item.code:
            by_code.setdefault(item.code, []).append(item)
    for several in by_code.values():
        if len({plain(item.name or "") for item in several}) > 1:
            for item in several:
                yield Refused(
                    item.ref, item.source, item.file_name, item.column,
                    "ONE_CODE_MANY_SUBJECTS", item.code, item.name,
                )  # fmt: skip


def _other_names(log: FactLog, batch: Batch) -> Iterator[Refused]:
    """Taken rows whose name is not one that their code is known under."""
    source = _source(batch.source)
    findings = log.table(batch, "findings")
    if source is None or findings is None:
        return
    for row in findings.filter(pc.equal(findings["code"], _OTHER_NAME)).to_pylist():
        spec = source.tables.get(row["table"])
        if spec is None or not row["row"]:
            continue
        titles = {field.title: field.name for field in spec.fields}
        name = titles.get(row["column"] or "")
        own = [each for each in spec.fields if each.name_field == name]
        fields = [each for each in own if each.type in {*_CODED, _EITHER}]
        if fields:
            yield Refused(
                RowRef(batch.batch, row["row"]), source.department, batch.file_name,
                row["column"], "NAME_MISMATCH", None, None,
                of_body=fields[0].check == "public_body_code",
            )  # fmt: skip

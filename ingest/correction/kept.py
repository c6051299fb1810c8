"""What is kept of a refused row's cells: no number of a person is among them.

A row waits to be put right, often for another cell than its numbers.  So a number that could be
read stays usable without being there: kept are its mask, which is shown, and the key that stands
for it everywhere.  When the error workbook comes back with the mask untouched, the key takes its
place again.  A number that could not be read is masked as far as it tells a person, and whoever
corrects the row types it anew from the document.  See ADR 0081.

A kept cell begins with a mark that no file can bring itself (`ingest.reading.cell`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from functools import partial

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from graph.identifiers import resident_id
from graph.identifiers import unified_social_credit_code as uscc
from graph.identifiers.appearance import appearance
from graph.identifiers.person_in_code import as_meant, looks_like_a_person
from graph.identifiers.redaction import MAYBE_NUMBER, redacted, redacted_key
from graph.identifiers.spelling import compact
from ingest.catalogue.field import FieldSpec
from ingest.checking.parties import FILLER
from ingest.checking.values import read_column
from ingest.correction.quarantine import UNITS
from ingest.reading.cell import NUMERIC, comes_back, kept_cell
from ingest.reading.table import Table
from ingest.reading.texts import Texts

__all__ = ["UNREAD", "kept_rows", "put_back"]

#: The column of a row that could not be read as one: its line.
UNREAD = "unread"

#: Types whose number is a person's or may be.
_PARTIES = frozenset({"resident_id", "party_id", "uscc", "uscc_or_filler", "organisation_code"})
_RUN = re.compile(r"[0-9]{5,}")
#: A code with a character too many or too few, or with a class that there is none of: behind the
#: division stand two letters that nobody types for a digit, as in codes given out since 2015.
_OF_A_FIRM = re.compile(r"[0-9A-Z]{1,3}[0-9]{5,6}(?=.{0,2}[AC-HJKMNPRT-Y]{2})[0-9A-Z]{8,12}")
_AT_ONCE = 1 << 15


def kept_rows(
    table: Table,
    numbers: Collection[int],
    identity_key: str,
    confirmed: frozenset[str] = frozenset(),
) -> pa.Table:
    """Some rows as they may be kept: `row`, a column a field of the file, and `unread`."""
    rows = pa.array(sorted(numbers), pa.int32())
    said = table.texts(numbers)
    kept: dict[str, pa.ChunkedArray] = {}
    for spec in table.spec.fields:
        if spec.name not in said.column_names:
            continue
        names = spec.name_field if spec.name_field in said.column_names else None
        parts = [
            _kept_texts(
                spec,
                some[spec.name].to_pylist(),
                some[names].to_pylist() if names else None,
                identity_key,
                confirmed,
            )
            for begin in range(0, len(said), _AT_ONCE)
            for some in (said.slice(begin, _AT_ONCE),)
        ]
        kept[spec.name] = pa.chunked_array(parts, pa.string())
    # a row that could not be read as one has no cells, only its line
    lines = [
        None if line is None else redacted(line, strict=False)
        for line in map(table.unread.get, rows.to_pylist())
    ]
    at = pc.index_in(rows, value_set=said["row"].combine_chunks())
    found = {"row": rows, UNREAD: pa.array(lines, pa.string())}
    found |= {name: column.take(at) for name, column in kept.items()}
    units = {spec.name: spec.unit for spec in table.spec.fields if spec.unit}
    return pa.table(found).replace_schema_metadata({UNITS: json.dumps(units)})


def put_back(table: Table, held: Mapping[str, Mapping[int, Mapping[str, str | None]]]) -> Table:
    """A returned workbook with the keys of the numbers whose masks were left as they were.

    Args:
        held: batch -> row -> field -> cell, as the quarantine kept them.
    """
    kept = {
        row: held.get(origin.batch, {}).get(origin.row, {}) for row, origin in table.origins.items()
    }

    def change(field: str, rows: Sequence[int], texts: list[str | None]) -> list[str | None]:
        cells = [kept.get(row, {}).get(field) for row in rows]
        return [
            cell if comes_back(text, cell) else text
            for cell, text in zip(cells, texts, strict=True)
        ]

    return table.changed(change)


def _kept_texts(
    spec: FieldSpec,
    texts: list[str | None],
    names: list[str | None] | None,
    identity_key: str,
    confirmed: frozenset[str],
) -> pa.Array:
    """A column's cells as they may be kept."""
    if spec.type in _PARTIES or spec.type == "phone":
        read = read_column(
            spec,
            Texts.of(texts),
            pd.RangeIndex(len(texts)),
            identity_key,
            names=None if names is None else Texts.of(names),
            confirmed=confirmed,
        ).columns
        wanted = ["_key", "_masked", "_label", "_birth_on", "_sex", "_tail_key"]
        told = [read.get(spec.name + suffix) for suffix in wanted]
        columns = [[None] * len(texts) if column is None else column.tolist() for column in told]
        kept = [
            None if text is None else _kept_number(text, *values)
            for text, *values in zip(texts, *columns, strict=True)
        ]
    else:
        hide = _hiding(spec, identity_key)
        kept = list(texts)
        for at in np.flatnonzero(_closely(spec, texts)).tolist():
            kept[at] = hide(texts[at])  # type: ignore[arg-type]
    return pa.array(kept, pa.string())


def _closely(spec: FieldSpec, texts: list[str | None]) -> NDArray[np.bool_]:
    """Which cells must be looked at one by one; in the others no number of a person is to hide."""
    said = pa.array(texts, pa.string())
    if spec.check == "organisation_number":
        maybe = said.is_valid()
    else:
        maybe = pc.fill_null(pc.match_substring_regex(said, MAYBE_NUMBER), False)
    found: NDArray[np.bool_] = maybe.to_numpy(zero_copy_only=False)
    return found


def _hiding(spec: FieldSpec, identity_key: str) -> Callable[[str], str]:
    """How numbers of persons are hidden in a cell where none belongs."""
    if spec.check == "organisation_number":
        # a child's number too, which may stand in a contract's as a date does
        return lambda text: (
            _hidden(text) if looks_like_a_person(text) else redacted_key(text, identity_key)
        )
    if spec.type == "household" or spec.is_number_of_a_thing:
        return partial(redacted_key, identity_key=identity_key)

    def hide(text: str) -> str:
        bare = text.removeprefix(NUMERIC)
        hidden = redacted(bare, strict=False)
        return text if hidden == bare else hidden

    return hide


def _kept_number(
    text: str, key: str | None, mask: str | None, label: str | None, born: date | None,
    sex: str | None, tail: str | None,
) -> str:  # fmt: skip
    if text.startswith(NUMERIC):  # its last digits are lost: it is typed anew
        return _hidden(text.removeprefix(NUMERIC))
    if pd.isna(key):
        return _hidden(text)
    if pd.isna(mask):
        return text  # an organisation's code is public
    if label is None:
        return kept_cell(str(mask), str(key))
    if pd.isna(born):
        return str(mask)  # somebody else masked it: what they left of its end is not kept
    assert born is not None
    # a cell of before had no key of the end, and comes back without it
    end = [] if pd.isna(tail) else [str(tail)]
    return kept_cell(str(mask), str(key), born.isoformat(), str(sex), *end)


def _hidden(text: str) -> str:
    """A number that could not be read, as far as it may be shown."""
    code = compact(text)
    named = appearance(code)
    if named and named.code == "scientific":
        return text  # of its digits Excel has left nothing that names anybody
    if code == FILLER:
        return code
    if looks_like_a_person(code):
        return resident_id.mask(as_meant(code))
    if len(code) == 18 and uscc.subject_class(code):
        # a code with a slip is corrected letter by letter, and is nobody's secret
        person = resident_id.check(code).code
        if not code[:17].isdigit() or (person != "check_digit" and uscc.registrar_known(code)):
            return text
    if _OF_A_FIRM.fullmatch(code):
        return text
    if len(code) in (15, 18) and code[:-1].isdigit():
        return resident_id.mask(code)
    hidden = redacted(text, strict=False)
    if hidden != text or not _RUN.search(code):
        return hidden
    return _RUN.sub(lambda run: f"{run[0][:3]}{'*' * (len(run[0]) - 3)}", code)

"""From text cells to typed columns, one reader a field type.

A reader works once per distinct value.  It returns the typed columns of a field and, for every
value that it could not read or that is doubtful, a verdict; whether a row is refused for it is
the gate's business.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd
import pyarrow as pa

from graph.identifiers import Finding as IdentifierFinding
from graph.identifiers import Verdict
from ingest.catalogue.field import FieldSpec
from ingest.checking.parse import (
    CellVerdict,
    WrongError,
    code,
    day,
    division,
    flag,
    integer,
    organisation,
    organisation_or_filler,
    party,
    phone,
    real,
)
from ingest.checking.persons import PARTY_SUFFIXES, ordinary, persons, surely_no_organisation
from ingest.reading.cell import NUMERIC
from ingest.reading.texts import TEXT, Texts, text_series

__all__ = ["CellVerdict", "Reading", "read_column"]

#: Values of the distinct texts of a field, one tuple a text, and the verdicts by place.
_Read: TypeAlias = tuple[list[tuple[Any, ...]], dict[int, CellVerdict]]


#: How a typed column is stored: what is mostly different as Arrow's text, the few values of a
#: code list as objects that all rows share.
_Stored: TypeAlias = pd.StringDtype | type[object] | Literal["Int64", "Float64", "boolean"]

_PARTY: dict[str, _Stored] = {
    suffix: TEXT if suffix in ("_key", "_masked", "_code") else object for suffix in PARTY_SUFFIXES
}
_NOWHERE = np.array([], dtype=np.int32)
_AT_ONCE = 1 << 15  # distinct texts read at a time


@dataclass
class Reading:
    """One column as read.

    Attributes:
        columns: typed columns by name, indexed by row.
        place: of every row's value among the distinct ones, -1 where the cell is empty; kept only
            where there are verdicts.
        verdicts: place -> what is wrong or doubtful.
    """

    columns: dict[str, pd.Series]
    place: np.ndarray
    verdicts: dict[int, CellVerdict]

    def has(self, severity: Literal["error", "warning"]) -> bool:
        """Whether any value has a verdict of this severity."""
        return any(each.severity == severity for each in self.verdicts.values())

    def passes(self, severity: Literal["error", "warning"]) -> np.ndarray:
        """Rows whose value has no verdict of this severity."""
        if not self.has(severity):
            return np.ones(len(next(iter(self.columns.values()))), dtype=bool)
        hit = [at for at, each in self.verdicts.items() if each.severity == severity]
        # one more place at the end is what -1, the empty cell, points to
        free = np.ones(int(self.place.max()) + 2, dtype=bool)
        free[hit] = False
        passing: np.ndarray = free[self.place]
        return passing


def read_column(spec: FieldSpec, cells: Texts, index: pd.Index, identity_key: str) -> Reading:
    """Read the text cells of one field; `index` numbers their rows."""
    read, stored = _reader(spec, identity_key)
    if read is None and not cells.marked():  # text is what it says
        return Reading({spec.name: cells.series(index)}, _NOWHERE, {})
    place, texts = cells.distinct()
    verdicts: dict[int, CellVerdict] = {}
    parts: dict[str, list[Any]] = {suffix: [] for suffix in stored}
    for begin in range(0, len(texts), _AT_ONCE):
        some = texts.slice(begin, _AT_ONCE).to_pylist()
        values, found = (read or _as_they_are)(some)
        verdicts |= {begin + at: verdict for at, verdict in found.items()}
        for number, (suffix, dtype) in enumerate(stored.items()):
            part = [value[number] for value in values]
            # at once into Arrow's bytes: as Python's strings a million keys are 90 MB
            parts[suffix].append(pa.array(part, pa.string()) if dtype is TEXT else part)
    columns = {
        spec.name + suffix: _spread(parts.pop(suffix), place, index, dtype)
        for suffix, dtype in stored.items()
    }
    return Reading(columns, place if verdicts else _NOWHERE, verdicts)


def _spread(parts: list[Any], place: np.ndarray, index: pd.Index, dtype: _Stored) -> pd.Series:
    """The column with the distinct values by place, and nothing where the place is -1."""
    if dtype is TEXT:
        distinct = pa.chunked_array(parts, pa.string())
        return text_series(distinct.take(pa.array(place, mask=place < 0)), index)
    known = list(chain(*parts, [None]))
    if dtype is object:
        values = np.empty(len(known), dtype=object)
        values[:] = known
        return pd.Series(values[place], index=index, dtype=object)
    return pd.Series(pd.array(known, dtype=dtype).take(place), index=index)


def _reader(
    spec: FieldSpec, identity_key: str
) -> tuple[Callable[[list[str]], _Read] | None, dict[str, _Stored]]:
    """What reads the texts of a field (None: nothing is to be read), and the columns it gives."""
    match spec.type:
        case "text":
            return None, {"": TEXT}
        case "integer" | "money":
            return _each(lambda text: integer(text, spec)), {"": "Int64"}
        case "real" | "ratio":
            return _each(lambda text: real(text, spec)), {"": "Float64"}
        case "date":
            return _each(day), {"": object}
        case "flag":
            return _each(flag), {"": "boolean"}
        case "code":
            return _each(lambda text: code(text, spec)), {"": object}
        case "phone":
            return _tuples(lambda text: phone(text, identity_key), 2), {
                "_masked": TEXT,
                "_key": TEXT,
            }
        case "household":
            return _households, {"": TEXT, "_key": TEXT}
        case "division":
            return _checked(division), {"": object, "_key": object}
        case "resident_id":
            return lambda texts: _persons(texts, identity_key), _PARTY
        case "uscc":
            return _checked(organisation), _PARTY
        case "uscc_or_filler":
            return _checked(organisation_or_filler), _PARTY
        case "party_id":
            return lambda texts: _parties(texts, identity_key), _PARTY


def _as_they_are(texts: list[str]) -> _Read:
    """Text from a spreadsheet in which some cells are numbers."""
    return [(text.removeprefix(NUMERIC),) for text in texts], {}


def _each(parse: Callable[[str], Any]) -> Callable[[list[str]], _Read]:
    """The reader for a type with one value."""
    return _tuples(lambda text: (parse(text),), 1)


def _tuples(parse: Callable[[str], tuple[Any, ...]], width: int) -> Callable[[list[str]], _Read]:
    """The reader for a type with `width` values."""

    def read(texts: list[str]) -> _Read:
        values: list[tuple[Any, ...]] = []
        verdicts = {}
        for place, text in enumerate(texts):
            try:
                values.append(parse(text.removeprefix(NUMERIC)))
            except WrongError as error:
                values.append((None,) * width)
                verdicts[place] = error.verdict
        return values, verdicts

    return read


def _checked(
    parse: Callable[[str], tuple[tuple[Any, ...], IdentifierFinding]],
) -> Callable[[list[str]], _Read]:
    """The reader for an identifier that is checked one by one."""

    def read(texts: list[str]) -> _Read:
        found = [parse(text.removeprefix(NUMERIC)) for text in texts]
        return [values for values, _ in found], _verdicts(
            texts, {place: finding for place, (_, finding) in enumerate(found)}
        )

    return read


def _households(texts: list[str]) -> _Read:
    """A household's number is whatever its town wrote; that it exists is asked elsewhere."""
    plain = [text.removeprefix(NUMERIC) for text in texts]
    return [(text, f"household:{text}") for text in plain], {}


def _persons(texts: list[str], identity_key: str) -> _Read:
    values, findings = persons([text.removeprefix(NUMERIC) for text in texts], identity_key)
    return values, _verdicts(texts, findings)


def _parties(texts: list[str], identity_key: str) -> _Read:
    """Persons and organisations in one column: the plain persons all at once."""
    plain = [text.removeprefix(NUMERIC) for text in texts]
    is_person = [
        sure and surely_no_organisation(text)
        for text, sure in zip(plain, ordinary(plain), strict=True)
    ]
    people = iter(persons([t for t, person in zip(plain, is_person, strict=True) if person],
                          identity_key)[0])  # fmt: skip
    values, findings = [], {}
    for place, (text, person) in enumerate(zip(plain, is_person, strict=True)):
        if person:
            values.append(next(people))
        else:
            one, findings[place] = party(text, identity_key)
            values.append(one)
    return values, _verdicts(texts, findings)


def _verdicts(
    texts: Sequence[str], findings: dict[int, IdentifierFinding]
) -> dict[int, CellVerdict]:
    severities: dict[Verdict, Literal["error", "warning"]] = {
        Verdict.INVALID: "error",
        Verdict.WARNING: "warning",
    }
    return {
        place: CellVerdict(
            finding.code,
            finding.message_zh,
            finding.message_en,
            f"{len(texts[place].removeprefix(NUMERIC))} 位",
            severities[finding.verdict],
        )
        for place, finding in findings.items()
        if finding.verdict in severities
    }

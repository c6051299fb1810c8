"""From text cells to typed columns, one reader a field type.

A reader works once per distinct value.  It returns the typed columns of a field and, for every
value that it could not read or that is doubtful, a verdict; whether a row is refused for it is
the gate's business.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, partial
from itertools import chain
from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pandas.api.types import pandas_dtype

from graph.identifiers import IdentifierIssue, Verdict, phone_keys, tail_key
from graph.identifiers.appearance import masked_form, visible_tail
from graph.identifiers.redaction import MAYBE_NUMBER, redacted, redacted_key
from ingest.catalogue.field import FieldSpec
from ingest.checking.days import day
from ingest.checking.naming import PROVISIONAL
from ingest.checking.numbers import integer, per_unit, real
from ingest.checking.ordinary import mobile_phones, plain_integers, plain_reals
from ingest.checking.parse import (
    CodeList,
    code,
    division,
    flag,
    phone,
)
from ingest.checking.parties import (
    Names,
    old_code_or_new,
    organisation,
    organisation_or_filler,
    parties,
)
from ingest.checking.persons import PARTY_SUFFIXES, persons
from ingest.checking.verdict import CellVerdict, WrongError
from ingest.reading.cell import KEPT, NUMERIC, kept_values
from ingest.reading.texts import TEXT, Texts

__all__ = ["Reading", "read_column"]

#: Values of the distinct texts of a field, column by column, and the verdicts by place.
_Read: TypeAlias = tuple[Sequence[pa.Array | Sequence[Any]], dict[int, CellVerdict]]

#: What reads distinct texts.
_Reader: TypeAlias = Callable[[pa.Array], _Read]

#: What reads one code: the text, the names that rows give it, the codes that were confirmed.
_CodeParser: TypeAlias = Callable[
    [str, Names, Collection[str]], tuple[tuple[Any, ...], IdentifierIssue]
]

#: How a typed column is stored: what is mostly different as Arrow's text, the few values of a
#: code list as objects that all rows share.
_Stored: TypeAlias = pd.StringDtype | type[object] | Literal["Int64", "Float64", "boolean"]

_PARTY: dict[str, _Stored] = {
    suffix: TEXT if suffix in ("_key", "_masked", "_code") else object for suffix in PARTY_SUFFIXES
}
_ARROW: dict[_Stored, pa.DataType] = {
    TEXT: pa.string(),
    "Int64": pa.int64(),
    "Float64": pa.float64(),
    "boolean": pa.bool_(),
}
_HIDDEN = CellVerdict(
    "personal_number",
    "文字中有身份证号码或电话号码，已隐去后保存。请不要把号码写在这一列。",
    "A number of a person stands in the text; it was masked before it was stored.",
    "含个人号码的文字",
    "warning",
)
_MASKED = CellVerdict(
    "masked_id",
    "证件号码只给出了一部分，不能据以认定是谁：已按姓名暂存，请到“主体核对”确认。",
    "A masked resident id proves nobody: the party is kept under its name, to be settled.",
    "隐去的号码",
    "warning",
)
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


def read_column(
    spec: FieldSpec,
    cells: Texts,
    index: pd.Index,
    identity_key: str,
    *,
    names: Texts | None = None,
    confirmed: frozenset[str] = frozenset(),
) -> Reading:
    """Read the text cells of one field.

    Args:
        index: numbers their rows.
        names: of a party's field: what each row calls the party, which decides what a number
            leaves open.
        confirmed: codes whose check digit fails and that a person has confirmed.
    """
    said = _Said(identity_key, names, confirmed)
    read, stored = _reader(spec, said)
    if spec.type == "text" and not cells.marked() and not cells.match(MAYBE_NUMBER):
        return Reading({spec.name: cells.series(index)}, _NOWHERE, {})  # text is what it says
    place, texts = cells.distinct()
    said.place = place
    if cells.marked():  # whether a number may stand here is asked elsewhere
        texts = pc.replace_substring(texts, NUMERIC, "")
    verdicts: dict[int, CellVerdict] = {}
    parts: dict[str, list[Any]] = {suffix: [] for suffix in stored}
    for begin in range(0, len(texts), _AT_ONCE):
        said.begin = begin
        columns, found = read(texts.slice(begin, _AT_ONCE))
        verdicts |= {begin + at: verdict for at, verdict in found.items()}
        for (suffix, dtype), values in zip(stored.items(), columns, strict=True):
            # at once into Arrow's bytes: as Python's strings a million keys are 90 MB
            parts[suffix].append(values if dtype is object else pa.array(values, _ARROW[dtype]))
    return Reading(
        {
            spec.name + suffix: _spread(parts.pop(suffix), place, index, dtype)
            for suffix, dtype in stored.items()
        },
        place if verdicts else _NOWHERE,
        verdicts,
    )


@dataclass
class _Said:
    """What is known beside the texts of a column.

    Attributes:
        place: of every row's text among the distinct ones; `begin`: the first that is looked at.
    """

    identity_key: str
    names: Texts | None
    confirmed: frozenset[str]
    place: np.ndarray = field(default_factory=lambda: _NOWHERE)
    begin: int = 0

    def names_of(self, at: int) -> set[str]:
        """What the rows with the text at a place call the party; asked for the few that need it."""
        if self._named is None:
            return set()
        order, names = self._named
        first, last = np.searchsorted(
            self.place, [self.begin + at, self.begin + at + 1], sorter=order
        )
        return set(names.take(pa.array(order[first:last])).drop_null().to_pylist())

    @cached_property
    def _named(self) -> tuple[np.ndarray, pa.ChunkedArray] | None:
        """The rows in the order of their places, and their names."""
        if self.names is None:
            return None
        return np.argsort(self.place, kind="stable"), self.names.array()


def _spread(parts: list[Any], place: np.ndarray, index: pd.Index, dtype: _Stored) -> pd.Series:
    """The column with the distinct values by place, and nothing where the place is -1."""
    if dtype is object:
        known = list(chain(*parts, [None]))
        values = np.empty(len(known), dtype=object)
        values[:] = known
        return pd.Series(values[place], index=index, dtype=object, copy=False)
    distinct = pa.chunked_array(parts, _ARROW[dtype])
    spread = distinct.take(pa.array(place, mask=place < 0))
    return pd.Series(pandas_dtype(dtype).__from_arrow__(spread), index=index, copy=False)


def _reader(spec: FieldSpec, beside: _Said) -> tuple[_Reader, dict[str, _Stored]]:
    """What reads the texts of a field, and the columns it gives."""
    match spec.type:
        case "text":
            return partial(_texts, spec=spec, beside=beside), {"": TEXT}
        case "integer" | "money":
            plain = partial(plain_integers, unit=per_unit(spec))
            return _mostly(plain, _each(lambda text: integer(text, spec))), {"": "Int64"}
        case "real" | "ratio":
            plain = partial(plain_reals, unit=per_unit(spec))
            return _mostly(plain, _each(lambda text: real(text, spec))), {"": "Float64"}
        case "date":
            return _each(lambda text: day(text, spec)), {"": object}
        case "flag":
            return _each(flag), {"": "boolean"}
        case "code":
            kept = spec.kept()
            return _each(lambda text: code(text, spec, kept)), {"": object}
        case "code_list":
            return _each(CodeList(spec)), {"": object}
        case "phone":
            phones = partial(_phones, identity_key=beside.identity_key)
            return _or_kept(phones, _kept_phone), {"_masked": TEXT, "_key": TEXT}
        case "household":
            return partial(_households, beside=beside), {"": TEXT, "_key": TEXT}
        case "division":
            return _checked(division, 2), {"": object, "_key": object}
        case "resident_id":
            persons_alone = partial(_persons, identity_key=beside.identity_key)
            some = _or_masked(persons_alone, spec, beside.identity_key)
            return _or_kept(some, _kept_person), _PARTY
        case "uscc":
            return partial(_codes, parse=organisation, beside=beside), _PARTY
        case "uscc_or_filler":
            return partial(_codes, parse=organisation_or_filler, beside=beside), _PARTY
        case "organisation_code":
            return partial(_codes, parse=old_code_or_new, beside=beside), _PARTY
        case "party_id":
            either = _or_masked(partial(_parties, beside=beside), spec, beside.identity_key)
            return _or_kept(either, _kept_person), _PARTY


def _texts(texts: pa.Array, spec: FieldSpec, beside: _Said) -> _Read:
    """A text is what it says, but for numbers of persons, which are stored in no text."""
    kept: list[str] = texts.to_pylist()
    hidden = {}
    for at in np.flatnonzero(pc.match_substring_regex(texts, MAYBE_NUMBER)).tolist():
        text = kept[at]
        if spec.is_number_of_a_thing:
            kept[at] = redacted_key(text, beside.identity_key)
        else:
            kept[at] = redacted(text)
        if kept[at] != text:
            hidden[at] = _HIDDEN
    return [kept], hidden


def _each(parse: Callable[[str], Any]) -> _Reader:
    """The reader for a type with one value."""
    return _tuples(lambda text: (parse(text),), 1)


def _tuples(parse: Callable[[str], tuple[Any, ...]], width: int) -> _Reader:
    """The reader for a type with `width` values."""

    def read(texts: pa.Array) -> _Read:
        values: list[tuple[Any, ...]] = []
        verdicts = {}
        for place, text in enumerate(texts.to_pylist()):
            try:
                values.append(parse(text))
            except WrongError as error:
                values.append((None,) * width)
                verdicts[place] = error.verdict
        return _columns(values, width), verdicts

    return read


def _columns(values: list[tuple[Any, ...]], width: int) -> Sequence[Sequence[Any]]:
    return list(zip(*values, strict=True)) if values else [()] * width


def _mostly(
    ordinary: Callable[[pa.Array], Sequence[pa.Array]], other: _Reader
) -> Callable[[pa.Array], tuple[list[pa.Array], dict[int, CellVerdict]]]:
    """The reader for a type most of whose texts are read at once, and only the others one by one.

    Args:
        ordinary: the columns, null where it does not read the text.
    """

    def read(texts: pa.Array) -> tuple[list[pa.Array], dict[int, CellVerdict]]:
        columns = ordinary(texts)
        is_left = columns[0].is_null()
        left = np.flatnonzero(is_left)
        others, found = other(texts.filter(is_left))
        return [
            pc.replace_with_mask(column, is_left, pa.array(values, column.type))
            for column, values in zip(columns, others, strict=True)
        ], {int(left[at]): verdict for at, verdict in found.items()}

    return read


def _checked(
    parse: Callable[[str], tuple[tuple[Any, ...], IdentifierIssue]], width: int
) -> _Reader:
    """The reader for an identifier that is checked one by one."""

    def read(texts: pa.Array) -> _Read:
        plain = texts.to_pylist()
        found = [parse(text) for text in plain]
        values = _columns([values for values, _ in found], width)
        return values, _verdicts(plain, {at: finding for at, (_, finding) in enumerate(found)})

    return read


def _households(texts: pa.Array, beside: _Said) -> _Read:
    """A household's number is whatever its town wrote; that it exists is asked elsewhere."""
    plain: list[str] = texts.to_pylist()
    for at in np.flatnonzero(pc.match_substring_regex(texts, MAYBE_NUMBER)).tolist():
        plain[at] = redacted_key(plain[at], beside.identity_key)
    kept = pa.array(plain, pa.string())
    return [kept, pc.binary_join_element_wise("household", kept, ":")], {}


def _phones(texts: pa.Array, identity_key: str) -> _Read:
    (masked, digits), verdicts = _mostly(mobile_phones, _tuples(phone, 2))(texts)
    keys = pa.array(phone_keys(digits.drop_null().to_pylist(), identity_key), pa.string())
    return [masked, pc.replace_with_mask(digits, digits.is_valid(), keys)], verdicts


def _or_kept(read: _Reader, values: Callable[[str], tuple[Any, ...]]) -> _Reader:
    """The reader for numbers, some of which come back from the quarantine as what stood for them."""

    def both(texts: pa.Array) -> _Read:
        is_kept = pc.starts_with(texts, KEPT)
        columns, verdicts = read(texts)
        if not pc.any(is_kept).as_py():
            return columns, verdicts
        each = [column.to_pylist() if isinstance(column, pa.Array) else [*column]
                for column in columns]  # fmt: skip
        for at in np.flatnonzero(is_kept).tolist():
            verdicts.pop(at, None)
            for column, value in zip(each, values(texts[at].as_py()), strict=True):
                column[at] = value
        return each, verdicts

    return both


def _or_masked(read: _Reader, spec: FieldSpec, identity_key: str) -> _Reader:
    """The reader of a party that a row may name without a number: a masked one does as well.

    Courts publish 6103221990****1046.  Its party is nobody's yet, and waits to be settled; what it
    shows of the last four is kept as a key, and keeps two mentions of one name apart.
    """
    if not spec.otherwise:
        return read

    def either(texts: pa.Array) -> _Read:
        columns, verdicts = read(texts)
        masked = [at for at, verdict in verdicts.items() if verdict.code == "masked_id"]
        if not masked:
            return columns, verdicts
        each = [list(column) for column in columns]
        for at in masked:
            text = texts[at].as_py()
            mask, end = masked_form(text), visible_tail(text)
            verdicts[at] = _MASKED
            tail = tail_key(end, identity_key) if end else None
            # the form in which masks were kept before: the same mention stays the same party
            told = f"{mask[:6]}{'*' * (12 - len(end or ''))}{end or ''}" if mask else ""
            values = (f"{PROVISIONAL}{told}", "Person", mask, None, None, None, tail)
            for column, value in zip(each, values, strict=True):
                column[at] = value
        return each, verdicts

    return either


def _kept_person(cell: str) -> tuple[Any, ...]:
    mask, key, born, sex, *tail = kept_values(cell)
    return key, "Person", mask, None, date.fromisoformat(born), sex, tail[0] if tail else None


def _kept_phone(cell: str) -> tuple[Any, ...]:
    mask, key = kept_values(cell)
    return mask, key


def _persons(texts: pa.Array, identity_key: str) -> _Read:
    plain = texts.to_pylist()
    columns, findings = persons(plain, identity_key)
    return columns, _verdicts(plain, findings)


def _parties(texts: pa.Array, beside: _Said) -> _Read:
    """Persons and organisations in one column."""
    plain = texts.to_pylist()
    columns, findings = parties(plain, beside.identity_key, beside.names_of, beside.confirmed)
    return columns, _verdicts(plain, findings)


def _codes(texts: pa.Array, parse: _CodeParser, beside: _Said) -> _Read:
    """Organisations alone, one by one."""
    plain = texts.to_pylist()
    found = [
        parse(text, partial(beside.names_of, at), beside.confirmed) for at, text in enumerate(plain)
    ]
    values = _columns([values for values, _ in found], len(_PARTY))
    return values, _verdicts(plain, {at: finding for at, (_, finding) in enumerate(found)})


def _verdicts(texts: Sequence[str], findings: dict[int, IdentifierIssue]) -> dict[int, CellVerdict]:
    severities: dict[Verdict, Literal["error", "warning"]] = {
        Verdict.INVALID: "error",
        Verdict.WARNING: "warning",
    }
    return {
        place: CellVerdict(
            finding.code,
            finding.message_zh,
            finding.message_en,
            f"{len(texts[place])} 位",
            severities[finding.verdict],
        )
        for place, finding in findings.items()
        if finding.verdict in severities
    }

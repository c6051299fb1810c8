"""A resident id in a code column is found, masked and refused: in every source that has one."""

from __future__ import annotations

import pandas as pd
import pytest

from ingest import load_source, source_names
from ingest.catalogue.field import FieldSpec
from ingest.checking.rules import FIELD_RULES
from ingest.checking.values import read_column
from ingest.correction.kept import _kept_texts
from ingest.reading.texts import Texts

KEY = "11" * 32
#: Passes the check digit of a code; passes the one inside as well; and with letters for digits.
NUMBERS = ("610322200406307817", "610322201406289836", "6I0322197503I5OO1X")
CODED = [
    pytest.param(field, id=f"{name}-{table}-{field.name}")
    for name in source_names()
    for table, spec in load_source(name).tables.items()
    for field in spec.fields
    if field.type in ("uscc", "uscc_or_filler", "organisation_code")
    or field.check == "organisation_number"
]


def test_there_are_such_columns_in_many_sources() -> None:
    assert len(CODED) > 40


@pytest.mark.parametrize("field", CODED)
def test_it_is_refused_and_kept_masked(field: FieldSpec) -> None:
    texts: list[str | None] = list(NUMBERS)
    read = read_column(field, Texts.of(texts), pd.RangeIndex(len(texts)), KEY)
    if field.check == "organisation_number":
        said = read.columns[field.name]
        assert not FIELD_RULES["organisation_number"].holds(said).any()
    else:
        assert [read.verdicts[at].code for at in read.place] == ["resident_id_in_code"] * 3
    kept = _kept_texts(field, texts, None, KEY, frozenset()).to_pylist()
    for raw, cell in zip(
        ("610322200406307817", "610322201406289836", "61032219750315001X"), kept, strict=True
    ):
        assert raw[-4:] not in cell and raw not in cell
        assert cell.startswith("610322") and "****" in cell

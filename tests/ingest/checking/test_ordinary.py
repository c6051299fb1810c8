"""Cells read by whole columns say what each of them says by itself, or are left to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from graph.identifiers import phone_key
from ingest.catalogue.field import FieldSpec
from ingest.checking.numbers import integer, per_unit, real
from ingest.checking.ordinary import mobile_phones, plain_integers, plain_reals
from ingest.checking.parse import phone
from ingest.checking.values import read_column
from ingest.checking.verdict import WrongError
from ingest.reading.cell import NUMERIC
from ingest.reading.texts import Texts

KEY = "11" * 32
SPECS = [
    FieldSpec(name="n", title="数", type="integer"),
    FieldSpec(name="n", title="元", type="money", unit="元"),
    FieldSpec(name="n", title="万元", type="money", unit="万元"),
    FieldSpec(name="n", title="亩", type="real"),
    FieldSpec(name="n", title="占比", type="ratio", unit="百分比"),
]
number = (
    st.from_regex(r"-?\d{0,14}(,\d{3})?(\.\d{0,4})?(E\d)?%?", fullmatch=True)
    | st.from_regex(r"\d{1,4}(,\d{1,4}){0,5}(\.\d{1,3})?", fullmatch=True)
    | st.sampled_from(
        ["0.1", "-0", "٣", "1_000", "9223372036854775807", "99999999999999999999", "五万", "", ".5",
         "5.", "0,123", "5万元", "5 万", "¥5", "3%", "8亩"]
    )
)  # fmt: skip
dialled = st.from_regex(r"[01]?\d{6,12}", fullmatch=True) | st.sampled_from(
    ["138-0000-1234", "029 8765 4321", "1٣٣٣٣٣٣٣٣٣٣", "12345", "1380000123四"]
)


def one_by_one(texts: list[str], parse: Callable[[str], Any]) -> list[Any]:
    found = []
    for text in texts:
        try:
            found.append(parse(text))
        except WrongError as error:
            found.append(error.verdict)
    return found


def as_a_column(texts: list[str], spec: FieldSpec, column: str) -> list[Any]:
    read = read_column(spec, Texts.of(texts), pd.RangeIndex(len(texts)), KEY)
    values = read.columns[column]
    return [
        read.verdicts.get(int(read.place[at])) if pd.isna(value) else value
        for at, value in enumerate(values)
    ]


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.title)
@given(texts=st.lists(number.filter(bool), max_size=8))
@example(texts=["999999999999.99", "12,345.6", "1.005", "22.2"])
def test_numbers(spec: FieldSpec, texts: list[str]) -> None:
    parse = real if spec.type in ("real", "ratio") else integer
    expected = one_by_one(texts, lambda text: parse(text, spec))
    assert as_a_column(texts, spec, "n") == expected
    # what a spreadsheet holds as a number is one
    marked = [NUMERIC + text for text in texts]
    assert as_a_column(marked, spec, "n") == expected


@given(st.lists(dialled, max_size=8))
def test_phones(texts: list[str]) -> None:
    spec = FieldSpec(name="phone", title="电话", type="phone")
    said = one_by_one(texts, phone)
    masked, keys = (as_a_column(texts, spec, f"phone{end}") for end in ("_masked", "_key"))
    assert masked == [each[0] if isinstance(each, tuple) else each for each in said]
    assert keys == [phone_key(each[1], KEY) if isinstance(each, tuple) else each for each in said]


def test_plain_cells_take_the_quick_way() -> None:
    texts = Texts.of(["12,345.67", "8", "13800001234"]).distinct()[1]
    (whole,), (money,) = (plain_integers(texts, per_unit(spec)) for spec in SPECS[:2])
    assert whole.to_pylist() == [None, 8, 13_800_001_234]
    assert money.to_pylist() == [1_234_567, 800, 1_380_000_123_400]
    assert plain_reals(texts, per_unit(SPECS[3]))[0].to_pylist() == [12_345.67, 8.0, 13_800_001_234]
    assert [each.to_pylist()[2] for each in mobile_phones(texts)] == ["138****1234", "13800001234"]

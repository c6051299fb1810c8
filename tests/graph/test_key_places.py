"""Places of keys: every key has one, whichever columns name it, by either table."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pyarrow as pa
import pytest
from breadth import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.key_places import key_places
from graph.key_table import NOT_THERE, KeyTable

# lengths around a word of eight letters, some that differ in the last letter alone, Chinese, nothing
TEXTS = st.text("ab\0人", max_size=18)
COLUMNS = st.lists(st.lists(TEXTS, unique=True, max_size=40), max_size=6)


@settings(max_examples=examples(200))
@given(COLUMNS)
def test_places_lead_back_to_the_keys_and_no_key_has_two(columns: list[list[str]]) -> None:
    arrays = [pa.array(column, pa.string()) for column in columns]
    with ThreadPoolExecutor(2) as crew:
        for many in (1, 1_000_000):
            keys, places = key_places(arrays, crew, many=many)
            assert set(keys.to_pylist()) == {text for column in columns for text in column}
            assert len(keys) == len(set(keys.to_pylist()))
            for column, place in zip(columns, places, strict=True):
                assert place.dtype == np.int32
                assert keys.take(pa.array(place)).to_pylist() == column


@pytest.mark.parametrize("count", [0, 1, 63, 64, 65, 5_000])
def test_a_table_knows_its_keys_and_no_other(count: int) -> None:
    keys = pa.array([f"person:{number:032x}" for number in range(count + 10)])
    table = KeyTable(keys[3 : count + 3])
    assert table.find(keys[3 : count + 3]).tolist() == list(range(count))
    assert table.find(keys[:3]).tolist() == [NOT_THERE] * 3
    assert table.find(keys[count + 3 :]).tolist() == [NOT_THERE] * 7

"""Keys are found among many as among few, and what is none of them is told."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from breadth import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.key_index import KeyIndex

TEXTS = st.text("ab\0人", max_size=12)


@pytest.mark.parametrize("many", [0, 1_000_000], ids=["compiled", "arrow"])
@settings(max_examples=examples(100))
@given(st.lists(TEXTS, unique=True, max_size=30), st.lists(TEXTS | st.none(), max_size=30))
def test_each_is_found_where_it_stands(many: int, held: list[str], asked: list[str | None]) -> None:
    index = KeyIndex(pa.array(held, pa.string()), many=many)
    expected = [held.index(each) if each in held else -1 for each in asked]
    whole = pa.array(asked, pa.string())
    for keys in (whole, pa.chunked_array([whole[:7], whole[7:]], pa.string())):
        found = index.find(keys)
        assert found.dtype == np.int64 and found.tolist() == expected
        # the second time from the table that the first filled
        assert index.find(keys).tolist() == expected
    # from the table where there is one, else from the first key on
    assert [index.place(each) for each in asked if each is not None] == [
        place for each, place in zip(asked, expected, strict=True) if each is not None
    ]
    fresh = KeyIndex(pa.array(held, pa.string()), many=many)
    assert [fresh.place(each) for each in held] == list(range(len(held)))


def test_a_key_that_is_null_is_never_found() -> None:
    index = KeyIndex(pa.array(["a", None, "b"]), many=0)
    assert index.find(pa.array(["b", None, "c", "a"])).tolist()[::3] == [2, 0]

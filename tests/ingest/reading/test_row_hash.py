"""Equal rows have equal numbers, however they lie in memory; unequal ones hardly ever."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from ingest.reading.row_hash import row_hashes
from ingest.reading.texts import TEXT

text = st.none() | st.text("ab甲\x000", max_size=18) | st.sampled_from(["", "\x00", "12345678" * 2])


@given(st.lists(st.tuples(text, text), max_size=20), st.integers(0, 5), st.integers(1, 5))
def test_numbers_go_by_what_rows_say(
    rows: list[tuple[str | None, str | None]], before: int, piece: int
) -> None:
    columns = {name: [row[at] for row in rows] for at, name in enumerate("ab")}
    numbers = row_hashes(
        pd.DataFrame({name: pd.Series(each, dtype=TEXT) for name, each in columns.items()})
    )
    told = dict(zip(rows, numbers.tolist(), strict=True))
    assert [told[row] for row in rows] == numbers.tolist()
    assert len(set(told.values())) == len(told)
    # as slices of something longer, in pieces
    lying = {
        name: pa.chunked_array(
            [
                pa.array(["x"] * before + each[at : at + piece], pa.large_string()).slice(before)
                for at in range(0, len(each), piece)
            ],
            pa.large_string(),
        )
        for name, each in columns.items()
    }
    frame = pd.DataFrame({name: TEXT.__from_arrow__(each) for name, each in lying.items()})
    assert row_hashes(frame).tolist() == numbers.tolist()


def test_the_number_of_a_row_is_not_that_of_its_mirror() -> None:
    frame = pd.DataFrame({"a": ["x", "y"], "b": ["y", "x"]}, dtype=TEXT)
    one, other = row_hashes(frame).tolist()
    assert one != other


def test_what_is_no_text_has_numbers_too() -> None:
    days = pd.DataFrame({"day": pd.Series(["2026-01-01", None, "2026-01-01"], dtype=object)})
    one, none, again = row_hashes(days).tolist()
    assert one == again != none


def test_texts_of_no_length_are_texts() -> None:
    for texts in (["", ""], [None, None], ["", None], []):
        numbers = row_hashes(pd.DataFrame({"a": pd.Series(texts, dtype=TEXT)})).tolist()
        assert len(set(numbers)) == len(set(texts))

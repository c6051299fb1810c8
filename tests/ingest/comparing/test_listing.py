"""Keys of the rows of a list are put together by columns as they are row by row."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.comparing.listing import _joined
from ingest.reading.texts import TEXT

text = st.none() | st.sampled_from(["", "a", "甲乙", "a\x1f"])
ROW = st.tuples(
    text,
    text,
    st.none() | st.sampled_from([date(2026, 1, 2), date(1999, 12, 31)]),
    st.none() | st.integers(0, 3),
)


@pytest.mark.parametrize("names", [(), ("no",), ("no", "party"), ("day", "count", "no")])
@pytest.mark.parametrize("strict", [False, True])
@given(rows=st.lists(ROW, max_size=6))
def test_by_column_as_by_row(
    names: tuple[str, ...], strict: bool, rows: list[tuple[object, ...]]
) -> None:
    no, party, day, count = ([row[at] for row in rows] for at in range(4))
    typed = pd.DataFrame(
        {
            "no": pd.Series(no, dtype=TEXT),
            "party_key": pd.Series(party, dtype=TEXT),
            "day": pd.Series(day, dtype=object),
            "count": pd.Series(count, dtype="Int64"),
        }
    )
    values = {"no": no, "party": party, "day": day, "count": count}
    expected = []
    for at in range(len(rows)):
        said = [values[name][at] for name in names]
        is_open = strict and any(each is None for each in said)
        expected.append(
            None if is_open else "\x1f".join("" if each is None else str(each) for each in said)
        )
    found = _joined(typed, names, strict=strict)
    assert found.astype(object).where(found.notna(), None).tolist() == expected

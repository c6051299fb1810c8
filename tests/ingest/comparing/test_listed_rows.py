"""Listings in numbers say what they say in words: the oracle looks rows up one by one."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pandas as pd
import pyarrow as pa
from breadth import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.comparing.completeness import _share_lost
from ingest.comparing.listed_rows import UNNAMED, numbered_rows
from ingest.comparing.listing import listing_table

ROW = st.tuples(
    st.integers(2, 9), st.sampled_from(["a", "b", "c", "", None]),
    st.sampled_from(["x", "y", None]), st.booleans(),
)  # fmt: skip
LISTING = st.lists(ROW, max_size=6, unique_by=lambda row: row[0])


def frame(rows: list[tuple[int, str | None, str | None, bool]]) -> pa.Table:
    columns = pd.DataFrame(rows, columns=["row", "key", "scope", "refused"])
    return listing_table(columns)


@settings(max_examples=examples(100))
@given(
    st.lists(LISTING, min_size=1, max_size=3),
    st.lists(st.none() | LISTING, min_size=1, max_size=3),
    st.lists(st.tuples(st.integers(0, 2), st.integers(0, 9)), max_size=8),
)
def test_numbers_say_what_texts_say(
    lines: list[list[tuple[int, str | None, str | None, bool]]],
    own: list[list[tuple[int, str | None, str | None, bool]] | None],
    asked: list[tuple[int, int]],
) -> None:
    named, listed = numbered_rows(
        [frame(rows) for rows in lines], [None if rows is None else frame(rows) for rows in own]
    )
    told: dict[int, set[str | None]] = defaultdict(set)
    for rows, numbers in zip(lines, named, strict=True):
        key_of = numbers.key_of(12)
        assert len(key_of) >= 13 and key_of[0] == UNNAMED
        for at, (row, key, _, refused) in enumerate(rows):
            assert (numbers.row[at], numbers.refused[at]) == (row, refused)
            assert key_of[row] == numbers.key[at]
            assert (numbers.key[at] == UNNAMED) == (key is None)
            told[int(numbers.key[at])].add(key)
    asked = [(batch, row) for batch, row in asked if batch < len(own)]
    batch, row = (np.array([each[at] for each in asked], np.int32) for at in (0, 1))
    key, scope = listed.about(batch, row)
    scopes: dict[int, set[str | None]] = defaultdict(set)
    for at, (of, number) in enumerate(asked):
        there = {each[0]: each for each in own[of] or ()}.get(number)
        told[int(key[at])].add(there[1] if there else None)
        scopes[int(scope[at])].add(there[2] if there else None)
    # one text a number, and one number a text
    for said, count in ((told, listed.keys), (scopes, listed.scopes)):
        texts = [text for each in said.values() for text in each]
        assert len(texts) == len(set(texts)) == len(said)
        assert all(UNNAMED <= number < count for number in said)
        assert said.get(UNNAMED, {None}) == {None}


@settings(max_examples=examples(100))
@given(
    st.lists(st.tuples(st.integers(0, 2), st.integers(0, 3), st.booleans()), max_size=12),
)
def test_the_share_of_things_lost(facts: list[tuple[int, int, bool]]) -> None:
    scope, thing, lost = (np.array([each[at] for each in facts]) for at in range(3))
    found = _share_lost(scope.astype(np.int32), thing.astype(np.int32), lost.astype(bool), 3)
    for each in range(3):
        things = defaultdict(list)
        for of, what, is_lost in facts:
            if of == each:
                things[what].append(is_lost)
        if not things:
            assert np.isnan(found[each])
        else:
            assert found[each] == sum(map(all, things.values())) / len(things)

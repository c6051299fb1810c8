"""The word heard last counts, held against a loop over rows; what is not told is a thing of its own."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from graph.last_heard import last_heard

_SHAPE = pa.schema([
    ("fact_id", pa.string()), ("key", pa.string()), ("scheme", pa.string()),
    ("certainty", pa.float64()), ("known_from", pa.timestamp("us", tz="UTC")), ("valid_from", pa.date32()),
])  # fmt: skip
_ROW = st.tuples(
    st.sampled_from("ab"), st.sampled_from(["x", "y", None]), st.sampled_from([1.0, 1.0, 0.8]),
    st.integers(1, 3), st.sampled_from([None, 1, 2]),
)  # fmt: skip


def slow(rows: list[dict[str, Any]], thing: list[str]) -> list[str]:
    """Ids of what counts, one row after the other."""
    counts: dict[tuple[Any, ...], dict[str, Any]] = {}

    def rank(row: dict[str, Any]) -> tuple[datetime, date, list[int]]:
        # the smaller id goes before, so that it counts
        return (
            row["known_from"],
            row["valid_from"] or date.min,
            [-ord(one) for one in row["fact_id"]],
        )

    for row in rows:
        if row["certainty"] < 1:
            continue
        of = tuple(row[name] for name in thing)
        if of not in counts or rank(row) > rank(counts[of]):
            counts[of] = row
    return sorted(row["fact_id"] for row in counts.values())


@given(st.lists(_ROW, max_size=8))
def test_each_thing_has_the_word_heard_last(told: list[tuple[Any, ...]]) -> None:
    rows = [
        {
            "fact_id": f"f{number}", "key": key, "scheme": scheme, "certainty": certainty,
            "known_from": datetime(2026, 1, day, tzinfo=UTC),
            "valid_from": None if since is None else date(2025, 1, since),
        }
        for number, (key, scheme, certainty, day, since) in enumerate(told)
    ]  # fmt: skip
    table = pa.Table.from_pylist(rows, _SHAPE)
    for thing in (["key"], ["key", "scheme"], ["key", "valid_from"]):
        assert sorted(last_heard(table, thing)["fact_id"].to_pylist()) == slow(rows, thing)


def test_what_is_not_told_is_one_thing() -> None:
    same = {"key": "a", "certainty": 1.0, "known_from": datetime(2026, 1, 1, tzinfo=UTC)}
    rows = [{"fact_id": name, "scheme": scheme, "valid_from": None, **same}
            for name, scheme in (("1", None), ("2", None), ("3", "x"))]  # fmt: skip
    kept = last_heard(pa.Table.from_pylist(rows, _SHAPE), ["key", "scheme"])
    assert sorted(kept["fact_id"].to_pylist()) == ["1", "3"]

"""Every kind of record has one heading on a party's page, and none is lost."""

from __future__ import annotations

import re
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from api.record_topics import TOPICS, topics_of

ASKED = (
    (Path(__file__).parents[2] / "queries" / "party" / "records.cypher")
    .read_text(encoding="utf-8")
    .partition("[t:")[2]
    .partition("]")[0]
)
KINDS = sorted(kind for kinds in TOPICS.values() for kind in kinds)


def test_every_kind_that_is_asked_for_has_one_heading() -> None:
    assert KINDS == sorted({*KINDS}) == sorted(re.findall(r"\w+", ASKED))


@given(st.lists(st.sampled_from(KINDS), max_size=12))
def test_every_row_stands_once(kinds: list[str]) -> None:
    rows = [{"kind": kind, "n": place} for place, kind in enumerate(kinds)]
    told = topics_of(rows)
    found = [row for topic in told for _, held in topic.kinds for row in held]
    assert sorted(row["n"] for row in found) == [*range(len(kinds))]
    assert [topic.count for topic in told] == [sum(len(h) for _, h in t.kinds) for t in told]
    assert all(topic.count for topic in told)

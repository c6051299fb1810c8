"""The difference by column says what the difference row by row says, on random histories."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from breadth import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from slow_difference import slow_compare

from graph.log import FactLog
from ingest.comparing import laying, slots
from ingest.comparing.both import Both
from ingest.comparing.difference import Difference, compare
from ingest.comparing.laid import Laid
from ingest.comparing.one_by_one import one_by_one
from ingest.comparing.slots import NO_SLOT, numbered_slots
from ingest.comparing.vacancies import Vacated
from ingest.emit import Statement, node, tie, vacated

DAY = st.one_of(st.none(), st.dates(date(2026, 1, 1), date(2026, 1, 6)))
NODE = st.tuples(st.sampled_from("abc"), DAY, DAY, st.sampled_from([None, "甲", "乙"]))
TIE = st.tuples(
    st.sampled_from("ab"), st.sampled_from("xy"), st.sampled_from(["", "1"]), DAY,
    st.sampled_from([None, 0.5, 0.25]),
)  # fmt: skip
HOME = st.tuples(
    st.sampled_from("pqr"), st.sampled_from("hk"), DAY,
    st.sampled_from(["householder", "householder", "son", None]),
)  # fmt: skip
PAIR = st.tuples(st.sampled_from("pqr"), st.sampled_from("pqr"), DAY, DAY)
OFFICE = st.tuples(
    st.sampled_from("pq"), st.sampled_from(["firm1", "firm2"]), DAY, DAY, st.booleans()
)
GONE = st.tuples(st.sampled_from(["BELONGS_TO", "SPOUSE_OF"]), st.sampled_from("pqr"), DAY)
FILE = st.tuples(
    st.lists(NODE, max_size=5), st.lists(TIE, max_size=5), st.lists(HOME, max_size=4),
    st.lists(PAIR, max_size=3), st.lists(OFFICE, max_size=3), st.lists(GONE, max_size=2),
)  # fmt: skip
ALL = ("Enterprise", "HOLDS_SHARES_IN", "BELONGS_TO", "SPOUSE_OF", "LEGAL_REPRESENTATIVE_OF")
TODAY = date(2026, 1, 4)
KNOWN = datetime(2026, 2, 1, tzinfo=UTC)


def table(rows: list[Any], names: str) -> pd.DataFrame:
    found = pd.DataFrame(rows, columns=names.split(), dtype=object)
    found.index = pd.RangeIndex(2, 2 + len(found))
    return found


def frames(
    nodes: list[Any],
    ties: list[Any],
    homes: Sequence[Any] = (),
    pairs: Sequence[Any] = (),
    offices: Sequence[Any] = (),
    gone: Sequence[Any] = (),
) -> list[Statement]:
    rows, joined = table(nodes, "key begin end name"), table(ties, "a b n begin ratio")
    home, pair = table(list(homes), "a b begin role"), table(list(pairs), "a b begin end")
    office = table(list(offices), "a b begin end undated")
    left = table(list(gone), "kind key begin")
    return [
        node("Enterprise", rows, key=rows["key"], valid_from=rows["begin"],
             valid_to=rows["end"], name=rows["name"]),
        tie("HOLDS_SHARES_IN", joined, source=(joined["a"], "Person"),
            target=(joined["b"], "Enterprise"), discriminator=joined["n"],
            valid_from=joined["begin"], share_ratio=joined["ratio"]),
        tie("BELONGS_TO", home, source=(home["a"], "Person"), target=(home["b"], "Household"),
            valid_from=home["begin"], role=home["role"]),
        tie("SPOUSE_OF", pair, source=(pair["a"], "Person"), target=(pair["b"], "Person"),
            valid_from=pair["begin"], valid_to=pair["end"]),
        tie("LEGAL_REPRESENTATIVE_OF", office, source=(office["a"], "Person"),
            target=(office["b"], "Enterprise"), valid_from=office["begin"],
            valid_to=office["end"], undated=office["undated"].astype(bool)),
        *(vacated(kind, of=left["key"], since=left["begin"], where=left["kind"] == kind)
          for kind in ("BELONGS_TO", "SPOUSE_OF")),
    ]  # fmt: skip


def said(difference: Difference) -> tuple[Any, ...]:
    """All but the identifiers, in an order of its own; closures by identifier."""
    facts = {
        kind: sorted(
            repr(
                {
                    name: value
                    for name, value in row.items()
                    if name not in {"fact_id", "known_from"}
                }
            )
            for row in table.to_pylist()
        )
        for kind, table in difference.asserted.items()
    }
    closed = {kind: sorted(ids.to_pylist()) for kind, ids in difference.closed.items()}
    return facts, closed, set(difference.changed_rows.tolist())


@settings(max_examples=examples(150))
@given(st.lists(FILE, min_size=1, max_size=4))
def test_by_column_as_by_row(
    tmp_path_factory: pytest.TempPathFactory, files: list[tuple[list[Any], ...]]
) -> None:
    log = FactLog(tmp_path_factory.mktemp("log"))
    for number, stated in enumerate(files, start=1):
        facts = frames(*stated)
        fast = compare(log, facts, source="s", batch=f"s-{number}", day=TODAY)
        slow = slow_compare(log, facts, source="s", batch=f"s-{number}", day=TODAY, known_at=KNOWN)
        assert said(fast) == said(slow)
        with log.append(
            source="s", batch=f"s-{number}", file_name="f", content_sha256=str(number)
        ) as pending:
            for kind, table in fast.asserted.items():
                pending.assert_facts(kind, table)
            pending.close_facts(fast.closed)
            for name, attached in fast.attachments.items():
                pending.attach(name, attached)
    ids = [one for kind in ALL for one in log.history(kind)["fact_id"].to_pylist()]  # fmt: skip
    assert len(ids) == len(set(ids))


def one_after_the_other(
    both: Both, held: NDArray[np.int64], news: NDArray[np.int64], begins: pa.ChunkedArray
) -> Laid:
    """What `succeeding` says in columns, by the timeline."""
    slot = np.arange(both.held_count + both.news_count, dtype=np.int32)
    slot[news + both.held_count] = held
    places = np.sort(np.concatenate([held, news + both.held_count]))
    return one_by_one(both, [slot], places, begins, Vacated(), lambda _: {})


@settings(max_examples=examples(150))
@given(
    st.lists(
        st.tuples(st.lists(NODE, max_size=6), st.lists(TIE, max_size=6)), min_size=2, max_size=4
    )
)
def test_what_succeeds_another_is_written_as_the_timeline_has_it(
    tmp_path_factory: pytest.TempPathFactory, files: list[tuple[list[Any], list[Any]]]
) -> None:
    """In the same order as well: identifiers go by it, and the bytes of the log."""
    log = FactLog(tmp_path_factory.mktemp("log"))
    for number, stated in enumerate(files, start=1):
        fast = compare(log, frames(*stated), source="s", batch=f"s-{number}", day=TODAY)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(laying, "succeeding", one_after_the_other)
            slow = compare(log, frames(*stated), source="s", batch=f"s-{number}", day=TODAY)
        assert list(fast.asserted) == list(slow.asserted)
        for kind in fast.asserted:
            assert fast.asserted[kind].to_pylist() == slow.asserted[kind].to_pylist()
        assert {kind: ids.to_pylist() for kind, ids in fast.closed.items()} == {
            kind: ids.to_pylist() for kind, ids in slow.closed.items()
        }
        assert fast.changed_rows.tolist() == slow.changed_rows.tolist()
        with log.append(
            source="s", batch=f"s-{number}", file_name="f", content_sha256=str(number)
        ) as pending:
            for kind, table in fast.asserted.items():
                pending.assert_facts(kind, table)
            pending.close_facts(fast.closed)


def test_what_other_sources_say_is_not_compared_with(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    log = FactLog(tmp_path_factory.mktemp("log"))
    said_by_s = frames([("a", None, None, "甲")], [])
    with log.append(source="s", batch="s-1", file_name="f", content_sha256="1") as pending:
        for kind, table in compare(
            log, said_by_s, source="s", batch="s-1", day=TODAY
        ).asserted.items():
            pending.assert_facts(kind, table)
    assert compare(log, said_by_s, source="s", batch="s-2", day=TODAY).asserted == {}
    other = compare(log, said_by_s, source="t", batch="t-1", day=TODAY)
    assert other.asserted["Enterprise"]["row"].to_pylist() == [2]
    assert other.closed == {}


def test_slots_that_look_alike_and_differ_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    ends = pa.table(
        {
            "from_key": ["a", "b", "a", "a", "b"],
            "to_key": ["x", "x", "y", "x", "x"],
            "discriminator": ["", "", "", "", "1"],
        }
    )
    alike = numbered_slots("HOLDS_SHARES_IN", ends)
    monkeypatch.setattr(slots, "row_hashes", lambda rows: np.zeros(len(rows), np.uint64))
    alike += numbered_slots("HOLDS_SHARES_IN", ends)
    for numbers in alike:
        assert numbers[0] == numbers[3] and len(set(numbers.tolist())) == 4


def test_slots_of_one_family_are_the_same_at_either_end() -> None:
    pairs = pa.table({"from_key": ["a", "b", "c"], "to_key": ["b", "c", "d"]})
    one, other = numbered_slots("SPOUSE_OF", pairs)
    assert one.tolist()[1:] == other.tolist()[:2] and len({*one, *other}) == 4
    homes = pa.table({"from_key": ["a", "b"], "to_key": ["b", "b"], "role": ["householder", "son"]})
    member, head = numbered_slots("BELONGS_TO", homes)
    assert len({*member, head[0]}) == 3 and head[1] == NO_SLOT


def test_facts_come_in_pieces_as_in_one() -> None:
    rows = pd.DataFrame(
        {"key": ["a", None, "b", "c", None], "name": list("甲乙丙丁戊")}, dtype=object
    )
    rows.index = pd.RangeIndex(2, 7)
    other = pd.Series(list("54321"), index=rows.index[::-1])
    stated = node("Enterprise", rows, key=rows["key"], name=rows["name"], address=other)
    pieces = [pd.DataFrame(said, index=numbers) for numbers, said in stated.pieces(2)]
    assert [piece.index.tolist() for piece in pieces] == [[2], [4, 5]]
    assert pd.concat(pieces).astype(object).equals(stated.frame.astype(object))
    assert stated.frame["address"].tolist() == ["1", "3", "4"]

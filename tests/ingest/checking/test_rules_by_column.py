"""Rules that are looked at by columns, or once a distinct text, say what they say cell by cell."""

from __future__ import annotations

import re
import unicodedata

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.checking import naming, row_rules, rules
from ingest.checking.naming import are_organisations, suggests
from ingest.checking.row_rules import ROW_RULES
from ingest.checking.rules import FIELD_RULES
from ingest.checking.schema import Rule, Told, validate
from ingest.checking.verdict import CellVerdict
from ingest.reading.texts import TEXT, by_text, is_among

_ENDINGS = sorted(set(re.findall(r"[\u4e00-\u9fff]+", naming._ORGANISATION.pattern)))
word = st.text(
    st.sampled_from("王建国样县东村家庭南充买艾·•・0１A aK\u212a\u017f\u3000(（）)\n"), max_size=5
)
name = st.builds(
    lambda *parts: "".join(parts),
    word,
    st.sampled_from(["", *_ENDINGS, "Co.", "ltd", "LIMITED", "公 司", "\uf9d1"]),
    st.sampled_from(["", "", "（个人）", "\n", " ", "1"]),
)
names = st.lists(name | st.text(max_size=6), max_size=20)


@given(names)
def test_organisations_by_column(column: list[str]) -> None:
    assert are_organisations(pa.array(column, pa.string())).to_pylist() == [
        suggests(each) == "organisation" for each in column
    ]


@pytest.mark.parametrize("ending", _ENDINGS)
def test_every_ending_is_looked_at(ending: str) -> None:
    assert are_organisations(pa.array([f"样县东风{ending}"])).to_pylist() == [
        suggests(f"样县东风{ending}") == "organisation"
    ]


@given(names)
def test_names_of_persons_by_column(column: list[str]) -> None:
    held = FIELD_RULES["person_name"].holds(pd.Series(column, dtype=TEXT))
    pattern = rules._PERSON_NAME
    whole = pa.compute.match_substring_regex(
        pa.array([unicodedata.normalize("NFKC", each) for each in column], pa.string()), pattern
    )
    assert held.tolist() == whole.to_pylist()


@given(st.lists(st.tuples(word, word), max_size=12))
def test_names_that_agree(pairs: list[tuple[str, str]]) -> None:
    pairs += [(one, " ".join(one)) for one, _ in pairs]
    columns = [pd.Series([pair[end] for pair in pairs], dtype=TEXT) for end in (0, 1)]
    holds = ROW_RULES["agree"].holds
    assert holds is not None
    plain = [row_rules._written(column) for column in columns]
    assert holds(columns).tolist() == (plain[0] == plain[1]).tolist()


maybe = st.lists(st.none() | st.text("甲乙丙", max_size=2), max_size=15)


@given(maybe, st.lists(st.text("甲乙丙", max_size=2), max_size=4))
def test_texts_among_others(column: list[str | None], others: list[str]) -> None:
    for dtype in (TEXT, object):
        series = pd.Series(column, dtype=dtype, index=pd.RangeIndex(3, 3 + len(column)))
        assert is_among(series, others).tolist() == [each in others for each in column]
        long = by_text(series, lambda texts: pa.compute.greater(pa.compute.utf8_length(texts), 1))
        assert long.tolist() == [each is not None and len(each) > 1 for each in column]
        assert long.index.equals(series.index)


number = st.none() | st.integers(-3, 3)
rows = st.lists(st.tuples(number, number), max_size=12)


@given(
    rows, st.lists(st.tuples(st.sampled_from("ab"), st.integers(-2, 3), st.booleans()), max_size=6)
)
def test_a_cell_is_told_once_by_the_gravest_rule(
    cells: list[tuple[int | None, int | None]], bounds: list[tuple[str, int, bool]]
) -> None:
    frame = pd.DataFrame(
        {name: pd.array([row[at] for row in cells], "Int64") for at, name in enumerate("ab")},
        index=pd.Index(np.arange(len(cells)) * 2 + 5),
    )

    def rule(name: str, low: int | None, grave: bool) -> Rule:
        said = CellVerdict(
            f"at_least_{low}", "太小", "Too low.", "小", "error" if grave else "warning"
        )
        if low is None:
            return Rule(lambda: frame[name].notna(), lambda _: said)
        return Rule(lambda: (frame[name] >= low).fillna(True), lambda _: said)

    given_rules: dict[str, list[tuple[int | None, bool]]] = {"a": [(None, True)], "b": []}
    for name, low, grave in bounds:
        given_rules[name].append((low, grave))
    by_name = {name: [rule(name, *each) for each in some] for name, some in given_rules.items()}
    found = list(validate(frame.index, by_name, {"a": "甲", "b": "乙"}))

    expected = []
    told: set[tuple[str, int]] = set()
    for severity in (True, False):
        for name, some in given_rules.items():
            for low, grave in some:
                for row, value in frame[name].items():
                    fails = pd.isna(value) if low is None else bool(pd.notna(value) and value < low)
                    if fails and grave is severity and (name, row) not in told:
                        told.add((name, row))
                        expected.append((name, row, low, grave))
    assert [_told(each) for each in found] == [
        (name, row, {"a": "甲", "b": "乙"}[name], "required" if low is None else f"at_least_{low}",
         "error" if grave else "warning")
        for name, row, low, grave in expected
    ]  # fmt: skip


def _told(each: Told) -> tuple[str, int | None, str | None, str, str]:
    found = each.finding
    code = "required" if found.code == "at_least_None" else found.code
    return each.column, found.row, found.column, code, found.severity

"""A column of resident ids read at once says what the check of each single one says."""

from __future__ import annotations

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from graph.identifiers import Verdict, person_key, resident_id, tail_key
from graph.identifiers import unified_social_credit_code as uscc
from ingest.catalogue.field import FieldSpec
from ingest.checking.persons import ordinary, persons
from ingest.checking.values import read_column
from ingest.reading.texts import Texts

KEY = "11" * 32

area = st.sampled_from(["610322", "610305", "110101", "990101", "810000", "911156", "610399"])
birth = st.dates().map(lambda day: f"{day:%Y%m%d}".rjust(8, "0")) | st.sampled_from(
    ["20990101", "19750230", "18790101", "00000000", "20261231"]
)
numbered = st.builds(
    lambda a, b, s: resident_id.complete(f"{a}{b}{s:03d}"), area, birth, st.integers(0, 999)
)
spoilt = st.builds(
    lambda text, at, by: text[: at % 18] + by + text[at % 18 + 1 :],
    numbered,
    st.integers(0, 17),
    st.sampled_from(["", "0", "X", "x", "１", "O", " ", "٣"]),
)
old = numbered.map(lambda text: text[:6] + text[8:17])
texts = st.lists(numbered | spoilt | old | st.text(max_size=20), max_size=30)


@given(texts)
def test_a_column_says_what_each_check_says(column: list[str]) -> None:
    columns, findings = persons(column, KEY)
    values = list(zip(*columns, strict=True))
    for place, (text, sure) in enumerate(zip(column, ordinary(column), strict=True)):
        single = resident_id.check(text)
        if sure:
            assert (single.verdict, single.code, single.value) == (Verdict.VALID, "ok", text)
        else:
            assert findings[place] == single
        if single.value is None:
            assert set(values[place]) == {None}
            continue
        assert values[place] == (
            person_key(text, KEY),
            "Person",
            resident_id.mask(single.value),
            None,
            resident_id.birth_on(text),
            resident_id.sex(text),
            tail_key(single.value[14:], KEY),
        )


def test_plain_ids_take_the_quick_way() -> None:
    assert ordinary(["61032219750315001X", "610322197503150011", ""]).tolist() == [
        True,
        False,
        False,
    ]


def test_persons_and_organisations_in_one_column() -> None:
    firm = uscc.complete("91610305MA900001")
    # characters 3 and 4 of this person's id are a province, so it goes the long way
    person = resident_id.complete("61110219750315901")
    cells = Texts.of([firm, "61032219750315001X", None, person, "123"])
    spec = FieldSpec(name="party", title="证件号码", type="party_id")
    read = read_column(spec, cells, pd.RangeIndex(5), KEY)
    assert read.columns["party_label"].tolist() == ["Enterprise", "Person", None, "Person", None]
    assert read.columns["party_key"][0] == f"org:{firm}"
    assert read.passes("error").tolist() == [True, True, True, True, False]

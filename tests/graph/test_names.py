"""How names are written and sound, and what of them a search index holds."""
# ruff: noqa: RUF001

from __future__ import annotations

from importlib.resources import files

import pyarrow as pa
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from graph.names.searching import NAMED_KINDS, fold, search_columns, search_rows
from graph.names.sound import cut, heard_alike
from graph.names.writing import plain, simplified

NAMES = st.text(
    st.one_of(
        st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5),
        st.sampled_from("单曾乐长重尉迟（）()·・• 　ＡＢａ1２㈱ⅠⅡ國"),
    ),
    min_size=1,
    max_size=12,
)


@given(NAMES)
def test_what_is_folded_is_folded(name: str) -> None:
    assert fold(fold(name)) == fold(name) == fold(f" {name}　")
    assert fold(name).isalnum() or not fold(name)


@given(NAMES, st.data())
def test_any_run_of_characters_is_a_phrase_of_the_index(name: str, data: st.DataObject) -> None:
    folded = fold(name)
    columns = search_columns(name)
    assert columns["written"].split() == list(folded)
    for column in ("sounds", "initials"):
        for way in columns[column].split(" | "):
            assert len(way.split()) == len(folded)
    if folded:
        begin = data.draw(st.integers(0, len(folded) - 1))
        end = data.draw(st.integers(begin + 1, len(folded)))
        assert f" {' '.join(folded[begin:end])} " in f" {columns['written']} "


@pytest.mark.parametrize("dot", list("·・•‧∙⋅.･"))
def test_a_name_is_the_same_with_any_dot_and_with_none(dot: str) -> None:
    assert plain(f"买买提{dot}艾力") == plain("买买提艾力") == fold(f"买买提{dot}艾力")


def test_a_surname_is_found_by_its_own_reading_and_by_the_ordinary_one() -> None:
    assert {"shan", "dan"} <= set(search_columns("单英")["sounds"].split())
    assert search_columns("尉迟英")["sounds"].startswith("yu chi ")
    assert search_columns("重庆")["initials"].split(" | ") == ["c q", "z q"]


def test_a_long_text_is_cut_and_a_hostile_one_harmless() -> None:
    assert len(search_columns("长" * 30_000)["written"]) < 300
    assert search_columns("（）。") == {"written": "", "sounds": "", "initials": ""}


def test_every_name_is_a_row_once() -> None:
    told = pa.chunked_array([["李永", "李永", None, ""], ["許春英"]], pa.string())
    rows = pa.concat_tables(search_rows([told, told])).to_pylist()
    assert [row["name"] for row in rows] == ["李永", "許春英"]
    assert rows[1]["written"] == "许 春 英"
    assert list(search_rows([])) == []
    assert {"Person", "Household", "Enterprise", "FinancialInstitution"} <= {*NAMED_KINDS}
    assert "Farmer" not in NAMED_KINDS and "Village" not in NAMED_KINDS


def test_letters_are_cut_every_way() -> None:
    assert set(cut("xuchunying")) == {("xu", "chun", "ying")}
    assert set(cut("fangan")) == {("fang", "an"), ("fan", "gan")}
    assert list(cut("xcy")) == []
    assert "ying" in heard_alike("yin") and heard_alike("yin")[0] == "yin"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("張國華", "张国华"),
        ("陜西榮盛農業開發有限公司", "陕西荣盛农业开发有限公司"),  # 陜 is no traditional form of 陕
        ("蘓栢濶", "苏柏阔"),
        ("衞寳熈", "卫宝熙"),
        ("锺志强", "钟志强"),
        ("張乾", "张干"),
        ("乾隆", "乾隆"),
        ("甯喆", "甯喆"),  # given back to names in 2013
    ],
)
def test_traditional_and_variant_characters_are_read_as_the_standard_ones(
    written: str, read: str
) -> None:
    assert simplified(written) == read
    assert simplified(read) == read


def test_what_a_variant_leads_to_is_final() -> None:
    text = (files("graph.names") / "characters.yaml").read_text(encoding="utf-8")
    pairs = yaml.safe_load(text)["variants"].split()
    assert all(len(pair) == 2 for pair in pairs)
    assert len({pair[0] for pair in pairs}) == len(pairs)
    assert all(simplified(one) == simplified(other) == other for one, other in pairs)

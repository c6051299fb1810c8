"""Words of code lists as registers, standards and village books write them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

import ingest
from graph.log import FactLog
from graph.settings import Settings
from ingest.catalogue.field import FieldSpec, label
from ingest.catalogue.form import FieldForm
from ingest.catalogue.source import load_source, source_names
from ingest.checking.values import read_column
from ingest.reading.texts import Texts

LISTS = [
    (name, spec)
    for name in source_names()
    for table in load_source(name).tables.values()
    for spec in table.fields
    if spec.codes
]
#: GB/T 4761-2008, two-digit codes: code -> what we keep.
RELATIONS = {
    **dict.fromkeys(range(1, 3), "householder"),
    **dict.fromkeys(range(10, 13), "spouse"),
    **dict.fromkeys((20, 21, 22, 23, 24, 25, 26, 27, 29), "son"),
    28: "son_in_law",
    **dict.fromkeys((30, 31, 32, 33, 34, 35, 36, 37, 39), "daughter"),
    38: "daughter_in_law",
    **dict.fromkeys(range(40, 50), "grandchild"),
    50: "parent", 51: "father", 52: "mother", 57: "father", 58: "mother", 59: "parent",
    **dict.fromkeys(range(53, 57), "parent_in_law"),
    **dict.fromkeys(range(60, 70), "grandparent"),
    **dict.fromkeys(range(70, 80), "sibling"),
    **dict.fromkeys((*range(80, 98), 99), "other"),
}  # fmt: skip


def field(source: str, name: str) -> FieldSpec:
    tables = load_source(source).tables.values()
    return next(spec for table in tables for spec in table.fields if spec.name == name)


def read(spec: FieldSpec, *texts: str) -> list[str | None]:
    """What is kept of the texts; None where one is refused."""
    column = read_column(spec, Texts.of(list(texts)), pd.RangeIndex(len(texts)), "")
    return [None if pd.isna(each) else each for each in column.columns[spec.name]]


@pytest.mark.parametrize(
    ("source", "name", "text", "kept"),
    [
        ("enterprise", "registration_state", "开业", "active"),
        ("enterprise", "registration_state", "存续（在营、开业、在册）", "active"),
        ("enterprise", "registration_state", "存续(在营,开业,在册)", "active"),
        ("enterprise", "registration_state", "在营", "active"),
        ("enterprise", "registration_state", "吊销，未注销", "revoked"),
        ("enterprise", "registration_state", "吊销未注销", "revoked"),
        ("enterprise", "registration_state", "吊销,已注销", "cancelled"),
        ("enterprise", "registration_state", "已注销", "cancelled"),
        ("enterprise", "registration_state", "迁出", "moved"),
        ("enterprise", "registration_state", "歇业", None),
        ("individual_business", "registration_state", "存续（在营、开业、在册）", "active"),
        ("village_collective", "registration_state", "存续（在营、开业、在册）", "active"),
        ("farmer_household", "role", "妻", "spouse"),
        ("farmer_household", "role", "长子", "son"),
        ("farmer_household", "role", "次女", "daughter"),
        ("farmer_household", "role", "儿媳", "daughter_in_law"),
        ("farmer_household", "role", "之子", "son"),
        ("farmer_household", "role", "户 主", "householder"),
        ("farmer_household", "role", "本人或户主", "householder"),
        ("farmer_household", "role", "孙子、孙女或外孙子、外孙女", "grandchild"),
        # a spreadsheet's 1 is as well 01 本人 without its zero as the one-digit 1 配偶
        ("farmer_household", "role", "1", None),
        ("farmer_household", "role", "邻居", None),
        ("loan", "security_kind", "农户联保", "joint_group"),
        ("loan", "security_kind", "信用/免担保", "unsecured"),
        ("administrative_decision", "penalty_kinds", "罚款；", "罚款"),
        ("administrative_decision", "penalty_kinds", "罚款; 警告", "罚款；警告"),
        ("administrative_decision", "penalty_kinds", " 警告 、罚款，警告", "警告；罚款"),
        ("administrative_decision", "penalty_kinds", "罚款/没收非法财物", "罚款；没收非法财物"),
        ("administrative_decision", "penalty_kinds", "没收违法所得、没收非法财物、罚款",
         "没收违法所得、没收非法财物；罚款"),
        ("administrative_decision", "penalty_kinds", "吊销营业执照", "吊销许可证件"),
        ("administrative_decision", "penalty_kinds", "限制从业\n降低资质等级", "限制从业；降低资质等级"),
        ("administrative_decision", "penalty_kinds", "警告；训诫", None),
    ],
)  # fmt: skip
def test_words_in_the_wild(source: str, name: str, text: str, kept: str | None) -> None:
    assert read(field(source, name), text) == [kept]


def test_every_code_of_the_standard_of_relations() -> None:
    role = field("farmer_household", "role")
    assert read(role, *(f"{code:02}" for code in RELATIONS)) == list(RELATIONS.values())
    # codes that the standard does not give, and those of one digit
    assert read(role, "98", "00", *map(str, range(10))) == [None] * 12


@pytest.mark.parametrize("digit", ["1", "2", "3", "4"])
def test_digits_of_security_are_refused_with_the_words_asked_for(digit: str) -> None:
    spec = field("loan", "security_kind")
    assert read(spec, digit) == [None]
    assert spec.message and all(word in spec.message for word in spec.codes)


@given(
    of=st.sampled_from(LISTS),
    place=st.integers(0, 10),
    blank=st.sampled_from(["", " ", "　", "\u00a0"]),
    wide=st.booleans(),
    data=st.data(),
)
def test_every_word_survives_blanks_and_width(
    of: tuple[str, FieldSpec], place: int, blank: str, wide: bool, data: st.DataObject
) -> None:
    _, spec = of
    words = [*spec.codes.items(), *((w, code) for code, ws in spec.also.items() for w in ws)]
    word, code = data.draw(st.sampled_from(words))
    text = f" {word[:place]}{blank}{word[place:]}\u3000"
    if wide:
        text = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)
    else:
        text = text.replace("，", ",").replace("（", "(").replace("）", ")")
    assert read(spec, text) == [code]


@given(
    words=st.lists(
        st.sampled_from(list(field("administrative_decision", "penalty_kinds").codes)),
        min_size=1, max_size=5,
    ),
    between=st.sampled_from(["；", ";", "、", "，", ",", "/", " ", "\n", "|", "；；", "; "]),
)  # fmt: skip
def test_a_list_of_classes_is_read_whatever_sets_them_apart(words: list[str], between: str) -> None:
    spec = field("administrative_decision", "penalty_kinds")
    [kept] = read(spec, between + between.join(words) + between)
    assert kept is not None
    # what is kept reads as itself, names no class twice, and says no other word
    assert read(spec, kept) == [kept]
    classes = kept.split("；")
    assert len(set(classes)) == len(classes)
    assert {label(part) for word in classes for part in word.split("、")} == {
        label(part) for word in words for part in word.split("、")
    }


def test_a_word_means_one_thing() -> None:
    said = {"name": "a", "title": "列", "type": "code", "codes": {"甲 乙": "x", "甲、乙": "y"}}
    with pytest.raises(ValidationError, match="two things"):
        FieldSpec.model_validate(said)
    said |= {"codes": {"甲": "x"}, "also": {"z": ["丙"]}}
    with pytest.raises(ValidationError, match="offered"):
        FieldSpec.model_validate(said)


def test_a_form_with_a_list_of_its_own_has_no_other_words() -> None:
    """Digits of a county's form may mean other things than those of the standard."""
    assert "also" not in FieldForm.model_fields


@pytest.mark.parametrize("spec", [spec for _, spec in LISTS], ids=lambda spec: spec.name)
def test_only_words_are_offered_beside_known_digits(spec: FieldSpec) -> None:
    """What the template offers reads as itself."""
    assert read(spec, *spec.codes) == list(spec.codes.values())


PENALTY = (
    "行政相对人名称,行政相对人类别,行政相对人代码_3(统一社会信用代码),行政相对人代码_2（工商注册号）,"
    "行政处罚决定书文号,违法行为类型,违法事实,处罚依据,处罚类别,处罚内容,罚款金额（万元）,处罚决定日期,公示截止期,"
    "处罚机关,处罚机关统一社会信用代码,行政相对人代码_3（组织机构代码）\n"
)
DECIDED = (
    "凤翔样甲（集团）有限公司,法人及非法人组织,91610305MA6XT0014H,,样市监罚〔2026〕{}号,无证经营,样,样法第一条,"
    "{},罚款2000元,{},2026-03-02,2027-03-02,样区市场监督管理局,{},\n"
)


def test_public_decisions_as_platforms_hand_them_out(tmp_path: Path) -> None:
    """Codes numbered otherwise, lists with any sign between, an authority without a code."""
    path = tmp_path / "行政处罚.csv"
    rows = (
        ("罚款", "0.2", "11610305016000005N"),
        ("罚款；", "0.2", "11610305016000005N"),
        ("罚款; 警告", "0.2", "11610305016000005N"),
        ("罚款", "0.2", "00000000000000000X"),
        ("罚款", "2000", "11610305016000005N"),
    )
    text = PENALTY + "".join(DECIDED.format(n, *said) for n, said in enumerate(rows))
    path.write_text(text, encoding="utf-8")
    settings = Settings(data=tmp_path / "data")
    report = ingest.ingest("administrative_decision", [path], settings=settings, into_graph=False)
    found = [(item.row, item.code, item.severity) for item in report.batches[0].findings]
    assert sorted(found) == [(5, "not_filler", "warning"), (6, "fine_not_in_yuan", "error")]
    log = FactLog(settings.log_dir)
    penalties = {row["document_no"][-2]: row for row in log.read("Penalty").to_pylist()}
    kinds = {number: row["penalty_kinds"] for number, row in penalties.items()}
    assert kinds == {"0": "罚款", "1": "罚款", "2": "罚款；警告", "3": "罚款"}
    assert {row["from_key"] for row in log.read("PENALISED_BY").to_pylist()} == {
        "org:91610305MA6XT0014H"
    }
    assert len(log.read("DECIDED_BY")) == 3

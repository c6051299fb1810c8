"""What goes out to departments: templates, the manual's pages, the masking list, forms."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pandas as pd
import pytest
import python_calamine

from graph.errors import SettingsError
from ingest.catalogue.field import FieldSpec
from ingest.catalogue.form import load_form, with_form, with_forms
from ingest.catalogue.source import Source, load_source, source_names
from ingest.checking.gate import check
from ingest.checking.row_rules import ROW_RULES
from ingest.checking.rules import FIELD_RULES
from ingest.checking.values import read_column
from ingest.guidance.dictionary import dictionary_page, sources_page
from ingest.guidance.masking import masked, masking_list
from ingest.guidance.template import write_template
from ingest.reading.table import read_table
from ingest.reading.texts import Texts

MANUAL = Path(__file__).parents[3] / "docs" / "manual"
TABLES = [(name, table) for name in source_names() for table in load_source(name).tables]


@pytest.mark.parametrize(("name", "table"), TABLES, ids=lambda each: each)
def test_a_template_is_read_as_what_it_is_a_template_of(
    tmp_path: Path, name: str, table: str
) -> None:
    source = load_source(name)
    spec = source.tables[table]
    # its name is that of the files it is for, as a department would save it
    path = tmp_path / f"{(spec.files or ('x',))[0].replace('*', '甲')}.xlsx"
    write_template(source, table, path)
    read = read_table(path, source)
    assert (read.name, len(read.frame), read.notes) == (table, 0, ())
    assert set(read.frame.columns) == {field.name for field in spec.fields}
    with python_calamine.CalamineWorkbook.from_path(str(path)) as book:
        guide = book.get_sheet_by_name("填写说明").to_python()
    explained = {row[0] for row in guide}
    assert {field.title for field in spec.fields} <= explained


@pytest.mark.parametrize(("name", "table"), TABLES, ids=lambda each: each)
def test_catalogue(name: str, table: str) -> None:
    """Examples are taken by the gate, rules exist, what is compared can be compared."""
    spec = load_source(name).tables[table]
    names = {field.name for field in spec.fields}
    for field in spec.fields:
        assert field.check is None or field.check in FIELD_RULES
        if field.example:
            read = read_column(field, Texts.of([field.example]), pd.RangeIndex(1), "11" * 32)
            assert not read.has("error"), (field.name, field.example)
    for row_check in spec.checks:
        assert row_check.rule in ROW_RULES
        assert {*row_check.fields, *row_check.when} <= names


def test_drop_downs_formats_and_comments(tmp_path: Path) -> None:
    many = {f"第{n:03d}类经营项目": f"k{n}" for n in range(60)}
    source = Source.model_validate(
        {
            "name": "trial", "title": "试表", "title_en": "t", "department": "d", "legal_basis": "l",
            "catalogue": ["consent"],
            "retention": ["loans"],
            "tables": {"trial": {"fields": [
                {"name": "number", "title": "编号", "identifier": True, "example": "007",
                 "required": True},
                {"name": "kind", "title": "类别", "type": "code", "codes": {"甲": "a", "乙": "b"}},
                {"name": "trade", "title": "经营项目", "type": "code", "codes": many},
                {"name": "amount", "title": "数量", "type": "integer", "minimum": 1, "maximum": 9},
            ]}},
        }
    )  # fmt: skip
    path = tmp_path / "t.xlsx"
    write_template(source, "trial", path)
    with zipfile.ZipFile(path) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
        comments = archive.read("xl/comments1.xml").decode()
        styles = archive.read("xl/styles.xml").decode()
    assert '<dataValidation type="list"' in sheet and 'sqref="B2:B1048576"' in sheet
    lists = re.findall(r"<formula1>(.*?)</formula1>", sheet)
    # a list in the validation itself may have 255 characters; a longer one is a range
    assert lists == ['"甲,乙"', "代码!$A$1:$A$60"]
    text_style = re.search(r'<col min="1" max="1"[^>]*style="(\d+)"', sheet)
    assert text_style and '<xf numFmtId="49"' in styles
    assert "示例：007" in comments and "必填" in comments and "1 至 9" in comments
    with python_calamine.CalamineWorkbook.from_path(str(path)) as book:
        hidden = {item.name: str(item.visible) for item in book.sheets_metadata}
        assert [row[0] for row in book.get_sheet_by_name("代码").to_python()] == list(many)
    assert "Hidden" in hidden["代码"]
    again = tmp_path / "again.xlsx"
    write_template(source, "trial", again)
    assert again.read_bytes() == path.read_bytes()


def test_the_manual_says_what_the_catalogues_say() -> None:
    sources = [load_source(name) for name in source_names()]
    said = "run: xinnong dictionary docs/manual"
    assert (MANUAL / "dictionary.md").read_text("utf-8") == dictionary_page(sources), said
    assert (MANUAL / "sources.md").read_text("utf-8") == sources_page(sources), said


def test_masking_list() -> None:
    titles = {spec.name: rule for _, spec, rule in masking_list(load_source("farmer_household"))}
    assert titles["member"] and titles["phone"] and titles["annual_income_fen"]
    assert "collected_on" not in titles and "village" not in titles
    assert titles["member_name"] == "只留第一个字"


@pytest.mark.parametrize(
    ("field", "text", "shown"),
    [
        ({"name": "p", "type": "resident_id"}, "61032219750315001X", "610322************"),
        ({"name": "p", "type": "resident_id"}, "6103221975031500", "*" * 16),
        ({"name": "p", "type": "phone", "sensitivity": "C2"}, "13812341234", "138****1234"),
        ({"name": "p", "type": "phone", "sensitivity": "C2"}, "12345", "***"),
        ({"name": "a_name", "sensitivity": "C2"}, "欧阳某某", "欧***"),
        ({"name": "a", "type": "money", "sensitivity": "C2"}, "12.5", "***"),
        ({"name": "a", "type": "money"}, "12.5", "12.5"),
        ({"name": "a"}, None, None),
    ],
)
def test_masked(field: dict[str, str], text: str | None, shown: str | None) -> None:
    assert masked(FieldSpec.model_validate({"title": "列", **field}), text) == shown


# ------------------------------------------------------------------------------ counties' forms

FORM = """
source: farmer_household
title: 某县农户采集表
tables:
  farmer_household:
    files: ["*采集表*"]
    fields:
      member: {title: 证件号, aliases: [身份证]}
      annual_income_fen: {title: 年收入（万元）, unit: 万元}
      role: {title: 关系, codes: {本户户主: householder, 妻: spouse}}
"""
ROW = {
    "户号": "610305100201-1", "户主姓名": "张三", "关系": "本户户主", "姓名": "张三",
    "身份证": "61032219750315001X", "村编码": "610305100201", "年收入（万元）": "5.2",
    "采集日期": "2026-04-01",
}  # fmt: skip


def test_a_countys_form_is_one_yaml_and_no_code(tmp_path: Path) -> None:
    forms = tmp_path / "forms"
    forms.mkdir()
    (forms / "county.yaml").write_text(FORM, encoding="utf-8")
    path = tmp_path / "春季采集表.csv"
    path.write_text(",".join(ROW) + "\n" + ",".join(ROW.values()) + "\n", encoding="utf-8")
    base = load_source("farmer_household")
    for source in (with_forms(base, forms), with_form(base, forms / "county.yaml")):
        read = read_table(path, source)
        gated = check(read, identity_key="11" * 32, known=lambda _: {"division:610305100201"})
        assert gated.findings == []
        assert gated.rows["annual_income_fen"].tolist() == [5_200_000]
        assert gated.rows["role"].tolist() == ["householder"]
        assert gated.rows["member_masked"].tolist() == ["61032219750315****"]
    # the source's own file is still read beside the form
    write_template(base, "farmer_household", tmp_path / "农户.xlsx")
    assert read_table(tmp_path / "农户.xlsx", with_forms(base, forms)).notes == ()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("      hobby: {title: 爱好}\n", "hobby"),
        ("      collected_on: {required: false}\n", "采集日期"),
        ("      education: {codes: {神童: genius}}\n", "genius"),
        ("      village: {reference: County}\n", "village.reference"),
        ("  nothing: {fields: {}}\n", "nothing"),
        (": {", "有误"),
    ],
)
def test_a_form_adds_nothing_and_loosens_nothing(tmp_path: Path, change: str, says: str) -> None:
    path = tmp_path / "form.yaml"
    path.write_text(FORM + change, encoding="utf-8")
    with pytest.raises(SettingsError) as refused:
        with_form(load_source("farmer_household"), path)
    assert says in refused.value.message_zh


def test_a_form_of_another_source(tmp_path: Path) -> None:
    path = tmp_path / "form.yaml"
    path.write_text(FORM, encoding="utf-8")
    assert load_form(path).source == "farmer_household"
    with pytest.raises(SettingsError):
        with_form(load_source("loan"), path)
    assert with_forms(load_source("loan"), tmp_path).forms == ()

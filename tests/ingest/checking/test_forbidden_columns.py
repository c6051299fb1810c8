"""What may not enter a credit record is declared by no source, and refused with its clause."""

from __future__ import annotations

from pathlib import Path

import pytest

from graph.errors import SettingsError
from graph.settings import Settings
from ingest import ingest, load_source, source_names
from ingest.catalogue.forbidden import forbidden, why_forbidden
from ingest.catalogue.form import with_forms


@pytest.mark.parametrize(
    ("heading", "title"),
    [
        ("血型", "血型和献血"),
        ("是否无偿献血", "血型和献血"),
        ("法定代表人民族", "民族"),
        ("儿童预防接种时间", "预防接种"),
        ("既往病史", "健康、疾病和病史"),
        ("政治面貌", "政治面貌"),
        ("动物疫病防控", None),
        ("畜禽疾病损失", None),
        ("民族贸易企业", None),
        ("企业名称", None),
        ("血 型", "血型和献血"),
        ("Blood_Type", "血型和献血"),
        ("健康状况（必填）", "健康、疾病和病史"),
        ("残疾等级", "健康、疾病和病史"),
        ("JKZK", "健康、疾病和病史"),
        ("MZ", "民族"),
        ("ZZMM", "政治面貌"),
        ("儿童身份证号", "未成年人信息"),
        ("是否信访人员", "信访"),
        ("残疾人就业保障金", None),
        ("基本医疗保险缴费基数", None),
        ("作物病虫疾病", None),
        ("MZZT", None),
    ],
)
def test_headings(heading: str, title: str | None) -> None:
    found = why_forbidden(heading)
    assert (found and found.title) == title


def test_every_class_names_its_clause() -> None:
    assert all("条" in item.why or "目录" in item.why for item in forbidden())


@pytest.mark.parametrize("name", source_names())
def test_no_source_declares_one(name: str) -> None:
    source = load_source(name)
    titles = [
        (field.title, *field.aliases) for spec in source.tables.values() for field in spec.fields
    ]
    assert not [title for several in titles for title in several if why_forbidden(title)]


def test_such_a_column_is_left_out_with_the_reason_and_kept_nowhere(tmp_path: Path) -> None:
    path = tmp_path / "失信被执行人.csv"
    head = "被执行人名称,被执行人证件号码,执行法院,执行依据文号,案号,失信行为具体情形,发布日期,血型,备用\n"
    row = "张样三,61032219750315001X,样本区人民法院,（2024）样民初1号,（2024）样执1号,违反财产报告制度,{},稀有血型样例,备用内容样例\n"
    path.write_text(head + row.format("2025-11-10") + row.format(""), encoding="utf-8")
    settings = Settings(data=tmp_path / "data")
    (report,) = ingest("judgment_defaulter", [path], settings=settings, into_graph=False).batches
    told = {(f.column, f.code): f.message_zh for f in report.findings if f.row == 1}
    assert set(told) == {("血型", "forbidden_column"), ("备用", "unknown_column")}
    assert "征信业管理条例 第十四条" in told[("血型", "forbidden_column")]
    for file in settings.data.rglob("*"):
        if file.is_file():
            assert "稀有血型样例".encode() not in file.read_bytes()
            assert "备用内容样例".encode() not in file.read_bytes()


def test_a_form_does_not_lead_such_a_column_into_a_field(tmp_path: Path) -> None:
    (tmp_path / "county.yaml").write_text(
        "source: farmer_household\ntitle: 某县采集表\ntables:\n  farmer_household:\n"
        "    fields:\n      occupation: {title: 职业, aliases: [宗教信仰]}\n",
        encoding="utf-8",
    )
    with pytest.raises(SettingsError, match="宗教信仰"):
        with_forms(load_source("farmer_household"), tmp_path)

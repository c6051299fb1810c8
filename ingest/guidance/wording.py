"""A field in words: what the template, the manual and the data dictionary say of it."""

from __future__ import annotations

from typing import Any

from ingest.catalogue.field import FieldSpec, RowCheck
from ingest.catalogue.source import Source, TableSpec
from ingest.checking.row_rules import ROW_RULES
from ingest.checking.rules import FIELD_RULES, find_rule

__all__ = ["allowed", "field_rule", "file_title", "row_rule", "type_wording"]

_TYPES = {
    "text": "文字",
    "integer": "整数",
    "real": "数字",
    "ratio": "比例",
    "money": "金额",
    "date": "日期",
    "flag": "是否",
    "code": "代码",
    "code_list": "代码（可填多项）",
    "resident_id": "公民身份号码",
    "uscc": "统一社会信用代码",
    "party_id": "身份证号或统一社会信用代码",
    "division": "行政区划代码",
    "phone": "电话号码",
    "household": "户号",
    "uscc_or_filler": "统一社会信用代码或17个0加X",
    "organisation_code": "组织机构代码或统一社会信用代码",
}
_FORMS = {
    "date": "写成 2026-04-01",
    "flag": "填“是”或“否”",
    "code_list": "多项以分号隔开",
    "resident_id": "18 位，末位可为 X",
    "uscc": "18 位",
    "organisation_code": "9 位或 18 位",
    "uscc_or_filler": "18 位；没有代码的填17个0加X，并另填工商注册号",
    "division": "6、9 或 12 位",
}


def type_wording(spec: FieldSpec) -> str:
    """The type with its unit."""
    return f"{_TYPES[spec.type]}（{spec.unit}）" if spec.unit else _TYPES[spec.type]


def allowed(spec: FieldSpec) -> list[str]:
    """What may be chosen in the field; empty where anything may be written."""
    if spec.type == "flag":
        return ["是", "否"]
    return list(spec.codes)


def field_rule(spec: FieldSpec) -> str:
    """What is checked of the field, in one sentence."""
    said = []
    if spec.type in _FORMS:
        said.append(_FORMS[spec.type])
    if spec.must_be_text:
        said.append("须为文本格式")
    if spec.minimum is not None or spec.maximum is not None:
        low, high = (_number(bound) for bound in (spec.minimum, spec.maximum))
        said.append(
            f"{low} 至 {high}" if low and high else f"不小于 {low}" if low else f"不大于 {high}"
        )
    if spec.check:
        said.append(find_rule(spec.check, FIELD_RULES).wording.rstrip("。"))
    if spec.reference:
        said.append("须是库中已有的编号")
    return "；".join(said)


def row_rule(check: RowCheck, table: TableSpec) -> str:
    """What is checked of several fields together."""
    titles = {spec.name: spec.title for spec in table.fields}
    rule = check.message or find_rule(check.rule, ROW_RULES).wording.format(
        *(titles[name] for name in check.fields)
    )
    when = "，".join(f"“{titles[n]}”为 {'、'.join(v)} 时" for n, v in check.when.items())
    return f"{when}，{rule}" if when else rule


def file_title(source: Source, table: str) -> str:
    """What a file of this table is called."""
    several = len(source.tables) > 1
    return source.tables[table].title or (f"{source.title}-{table}" if several else source.title)


def _number(bound: Any) -> str:
    return "" if bound is None else f"{bound:g}" if bound < 1e6 else f"{bound:,.0f}"

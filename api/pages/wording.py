"""How values are said to people: labels, code values, money, percentages."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from graph.schema import SCHEMA
from ingest import load_source, source_names
from queries.eligibility.catalogue import FactSpec

__all__ = ["LABELS", "STATES", "VALUES", "fact", "money", "percent", "show", "source"]

#: Chinese term of every label and relationship.
LABELS = {
    **{node.label: node.term for node in SCHEMA.nodes.values()},
    **{tie.type: tie.term for tie in SCHEMA.relationships.values()},
    "LegalRepresentative": "法定代表人",
    "Party": "主体",
}

VALUES = {
    "male": "男", "female": "女", "householder": "户主", "spouse": "配偶", "son": "子",
    "daughter": "女", "father": "父", "mother": "母", "other": "其他", "single": "未婚",
    "married": "已婚", "divorced": "离异", "widowed": "丧偶", "primary": "小学", "junior": "初中",
    "senior": "高中", "vocational": "中专", "college": "大专", "bachelor": "本科",
    "active": "存续", "revoked": "吊销", "cancelled": "注销", "moved": "迁出", "pass": "正常",
    "special_mention": "关注", "substandard": "次级", "doubtful": "可疑", "loss": "损失",
    "unsecured": "信用", "guarantee": "保证", "mortgage": "抵押", "pledge": "质押",
    "general": "一般保证", "joint_and_several": "连带责任保证", "joint_group": "联保",
    "judgment_defaulter": "失信被执行人", "county": "县级", "town": "乡镇级", "village": "村级",
    "none": "无", "national": "国家级", "province": "省级", "city": "市级",
    "repaired": "已修复或移出", "expired": "公示期满", "identity_not_proven": "身份未核实",
    "superseded": "已有更新的说法", "settled": "已结清", "ratio_unknown": "持股比例未知",
    "graph": "图谱", "identity": "主体核对", "not_collected": "尚未采集", "no_bureau_answer": "尚无征信答复",
    "no_consent": "未获授权", "undetermined": "记录不完整，尚不能断定", "stale": "已有的材料过期", "not_applicable": "不适用",
    "found": "有公开出处", "known": "行业惯例", "unsure": "待本地确认",
}  # fmt: skip


#: States of a delivery and of an upload.
STATES = {
    "received": "收到", "checking": "校验", "committed": "入图", "done": "完成", "failed": "失败",
    "receiving": "接收中", "waiting": "排队", "running": "处理中",
}  # fmt: skip


def show(value: Any) -> str:
    """Any value as an officer reads it; unknown is a dash, never an empty cell."""
    if value is None or value == "":
        return "—"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M} UTC"
    if isinstance(value, date):
        return "长期" if value == date.max else "—" if value == date.min else value.isoformat()
    if isinstance(value, (list, tuple)):
        return "、".join(map(show, value))
    if isinstance(value, float):
        return f"{value:g}"
    return VALUES.get(value, value) if isinstance(value, str) else str(value)


def money(fen: int | None) -> str:
    """Fen as yuan, or as 万元 from ten thousand yuan."""
    if fen is None:
        return "—"
    return f"{fen / 1e6:,.2f} 万元" if abs(fen) >= 1_000_000 else f"{fen / 100:,.2f} 元"


def fact(value: Any, spec: FactSpec) -> str:
    """A fact's value in the words of the catalogue."""
    if value is not None and spec.type == "money":
        return money(value)
    if value is not None and spec.type == "code":
        return spec.values[value]
    return show(value)


def percent(ratio: float | None) -> str:
    """A ratio as a percentage."""
    return "—" if ratio is None else f"{ratio * 100:.2f}%"


def source(name: str) -> str:
    """Title of a source; what an officer supplied stays as it is said."""
    return load_source(name).title if name in source_names() else show(name)

"""How values are said to people: labels, code values, money, percentages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

from graph.schema import SCHEMA
from ingest.catalogue.source import load_source, source_names
from queries.codes import GROUPS, KINDS, MATCHES, WORDS
from queries.eligibility.facts.catalogue import FactSpec

__all__ = [
    "GRADES",
    "GROUPS",
    "LABELS",
    "LEAST_SHARE",
    "MATCHES",
    "STATES",
    "answered",
    "basis_line",
    "fact",
    "instant",
    "money",
    "percent",
    "points",
    "said",
    "show",
    "source",
    "version",
    "who",
]

#: Officers read the clock of China.
_CHINA = timezone(timedelta(hours=8))

#: Chinese term of every label and relationship.
LABELS = KINDS

#: Chinese term of every property.
TERMS = {item.name: item.term for kind in SCHEMA.kinds for item in kind.properties}

#: Grades from the best; then those that have none, and why.
GRADES = (*SCHEMA.codes("Household.credit_grade"), "不评级", "待补充", "未评")

#: Units by the end of a property's name; money has its own words.
_UNITS = {"_mu": " 亩", "person_count": " 人", "labour_count": " 人", "employee_count": " 人",
          "member_count": " 人", "household_count": " 户"}  # fmt: skip

#: A share below this is not worth a line of its own: it goes with the rest.
LEAST_SHARE = 0.01

#: The least ratio that two decimals of a percentage can tell from nothing.
_LEAST_RATIO = 0.00005

#: States of a delivery and of an upload.
STATES = {
    "received": "收到", "checking": "校验", "committed": "入图", "done": "完成", "failed": "失败", "withdrawn": "已撤销",
    "receiving": "接收中", "waiting": "排队", "running": "处理中",
    "cancelled": "已取消",
}  # fmt: skip


def show(value: Any) -> str:
    """Any value as an officer reads it; unknown is a dash, never an empty cell."""
    if value is None or value == "":
        return "—"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, date):
        return "长期" if value == date.max else "—" if value == date.min else value.isoformat()
    if isinstance(value, (list, tuple)):
        return "、".join(map(show, value))
    if isinstance(value, float):
        return f"{value:g}" if abs(value) < 1e6 else f"{value:,.2f}"
    return WORDS.get(value, value) if isinstance(value, str) else str(value)


def basis_line(stated: Mapping[str, Any]) -> str:
    """As of when, from which data and by which rules an answer is, in one line."""
    parts = [f"截至 {stated['as_of']}"] if stated.get("as_of") else []
    if stated.get("known_at"):
        parts.append(f"按 {instant(stated['known_at'])} 所知")
    if stated.get("position"):
        parts.append(f"数据到第 {stated['position']} 批")
    for name, term in (("policy", "策略"), ("rules", "规则")):
        if stated.get(name):
            parts.append(f"{term}{version(stated[name])}")
    if stated.get("same_as"):
        parts.append(f"并入 {stated['same_as']}")
    if stated.get("truncated"):
        parts.append("结果较多，只列出一部分")
    if stated.get("scope"):
        parts.append(f"查看人 {stated['scope']}")
    return "；".join(parts)


def instant(value: datetime | str) -> str:
    """A moment by the clock of China, as it stands on the wall of the office."""
    told = datetime.fromisoformat(value) if isinstance(value, str) else value
    aware = told if told.tzinfo is not None else told.replace(tzinfo=UTC)
    return f"{aware.astimezone(_CHINA):%Y-%m-%d %H:%M}"


def said(value: Any, name: str, kind: str | None = None) -> str:
    """A property's value with its unit, a code in its word; of a kind, where that is known."""
    if value is None or value == "":
        return show(value)
    if name.endswith("_fen"):
        return money(value)
    if name.endswith("_ratio"):
        return percent(value)
    if isinstance(value, str):
        own = SCHEMA.word(kind, name, value) if kind else None
        return own or SCHEMA.words.get(name, {}).get(value) or show(value)
    unit = next((unit for end, unit in _UNITS.items() if name.endswith(end)), "")
    return show(value) + unit


def answered(value: Any, name: str) -> str:
    """A value in the column `name` of a question's answer: no code of ours, no fen."""
    if isinstance(value, Mapping):
        # in the order of the schema; what only the machine reads has no term there
        known = [key for key in TERMS if key in value and not key.endswith("_key")]
        return "；".join(f"{TERMS[key]} {answered(value[key], key)}" for key in known)
    if isinstance(value, list):
        return "、".join(answered(item, name) for item in value if item != "Party")
    if isinstance(value, str) and value in LABELS:
        return LABELS[value]
    if isinstance(value, str) and name == "source":
        return source(value)
    if isinstance(value, str) and name == "match":
        return MATCHES[value]
    if isinstance(value, float) and name.endswith("certainty"):
        return f"{value:.0%}"
    return said(value, name)


def who(name: str | None, key: str) -> str:
    """A party by name; a household, whose name is its householder's, is told from the person."""
    if not name:
        return "（未具名）"
    return f"{name}户" if key.startswith("household:") else name


def points(low: float, high: float | None = None) -> str:
    """A score, or the range that it lies in."""
    return f"{low:g}" if high is None or low == high else f"{low:g}–{high:g}"


def money(fen: int | None) -> str:
    """Fen as yuan, or as 万元 from ten thousand yuan."""
    if fen is None:
        return "—"
    return f"{fen / 1e6:,.2f} 万元" if abs(fen) >= 1_000_000 else f"{fen / 100:,.2f} 元"


def fact(value: Any, spec: FactSpec, places: Mapping[str, str] | None = None) -> str:
    """A fact's value in the words of the catalogue; a division by its name in `places`."""
    if value is not None and spec.type == "money":
        return money(value)
    if value is not None and spec.type == "code":
        return spec.values[value]
    if isinstance(value, str) and value.startswith("division:"):
        return (places or {}).get(value, value.removeprefix("division:"))
    if isinstance(value, float) and spec.id.endswith("_share"):
        return percent(value)
    return show(value)


def percent(ratio: float | None) -> str:
    """A ratio as a percentage; one that would be written as nothing, and is something, says so."""
    if ratio is None:
        return "—"
    if 0 < ratio < _LEAST_RATIO:
        return "不到 0.01%"
    return f"{ratio * 100:.2f}%"


def version(name: str) -> str:
    """A version with its content hash, as "版本 2026.1，校验码 …"; what names the file is left out."""
    told, _, digest = name.rpartition(" ")[2].rpartition(":")[2].partition("+")
    return f"版本 {told}" + (f"（校验码 {digest}）" if digest else "")


#: Sources that are acts of the office itself.
_OFFICE = {"identity": "主体核对", "repair_decision": "修复、异议和撤销"}


def source(name: str) -> str:
    """Title of a source, or of one of its lists; what an officer supplied stays as it is said."""
    of, _, table = name.partition("/")
    if of not in source_names():
        return _OFFICE.get(of) or show(name)
    known = load_source(of)
    return (known.tables[table].title if table in known.tables else None) or known.title

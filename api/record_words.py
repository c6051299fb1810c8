"""How records are said to people: what is registered, what is adverse, and how far one looked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from api.wording import LABELS, said, show, source
from graph.schema import SCHEMA
from queries.codes import ADVERSE, adverse_word
from queries.lawful import SUBJECT, why_not_published

if TYPE_CHECKING:
    from queries.adverse import Adverse

__all__ = ["adverse_said", "adverse_sentence", "record_said", "tie_said", "unpublished_said"]

#: Kinds of record that are published, or lawfully are not.
_PUBLISHED = frozenset({"Permit", "Penalty", "AdministrativeAct"})

#: What names a record, in this order.
_TITLES = (
    "name",
    "loan_no",
    "line_no",
    "policy_no",
    "certificate_no",
    "plot_no",
    "contract_no",
    "document_no",
)


def adverse_said(row: Mapping[str, Any]) -> str:
    """One adverse record in a line."""
    what = adverse_word(row["kind"], row["what"])
    parts = [f"{ADVERSE[row['kind']]}：{what}" if what else ADVERSE[row["kind"]]]
    parts += [str(row[name]) for name in ("document_no", "authority") if row[name]]
    if row["amount_fen"] is not None:
        parts.append(said(row["amount_fen"], "amount_fen"))
    if row["since"] is not None:
        parts.append(f"{show(row['since'])} 起")
    if row["until"] is not None:
        parts.append(f"公示至 {show(row['until'])}")
    parts.append(f"来源 {source(row['source'])}")
    return ("疑似，身份未核实，不作依据　" if row["certainty"] < 1 else "") + "，".join(parts)


def adverse_sentence(found: Adverse) -> str:
    """What was looked at, up to which day, and what was found; what nobody brought is said."""
    day = found.answer.basis.as_of.isoformat()
    asked = "、".join(
        f"{source(each.source)}（数据到 {each.last_on.isoformat()}）" for each in found.sources
    )
    unheard = "、".join(ADVERSE[kind] for kind in found.unheard)
    told = []
    if found.proven:
        told.append(f"截至 {day}，已接入的来源有 {len(found.proven)} 条本主体的不利记录。")
    elif asked:
        told.append(f"截至 {day}，已接入的来源未发现本主体的不利记录：{asked}。")
    else:
        told.append("还没有接入任何会记载不利情况的来源，有无不利记录不知道。")
    if unheard:
        told.append(f"尚未接入：{unheard}；没有接入的不等于没有。")
    if found.answer.basis.truncated:
        told.append("记录较多，只列出一部分。")
    return "".join(told)


def record_said(row: Mapping[str, Any]) -> str:
    """What a record says, property by property, and what it leads to."""
    parts = _properties(row["record_kind"], row["facts"] or {})
    parts += tie_said(row["kind"], row["tie"])
    parts += [f"{LABELS[other['kind']]} {_title(other)}" for other in row["others"]]
    return "；".join(parts) or "只登记了有这一项，没有内容"


def unpublished_said(row: Mapping[str, Any], subject: str, lawful_on: date) -> str:
    """Why a record of a party is lawfully not published; empty where it is, or is no such record."""
    if row["record_kind"] not in _PUBLISHED:
        return ""
    label = "Person" if subject.startswith("person:") else None
    told = {**(row["facts"] or {}), SUBJECT: label}
    found = why_not_published(row["record_kind"], told, lawful_on)
    return f"不公示：{found.title}（{found.clause}）" if found else ""


def tie_said(kind: str, tie: Mapping[str, Any]) -> list[str]:
    """What the tie itself says: a role, a kind of tenure, a sum insured."""
    return _properties(kind, tie)


def _properties(kind: str | None, facts: Mapping[str, Any]) -> list[str]:
    if kind is None:
        return []
    return [
        f"{item.term} {said(facts[item.name], item.name, kind)}"
        for item in SCHEMA.kind(kind).properties
        if facts.get(item.name) is not None and not item.name.endswith("_key")
    ]


def _title(other: Mapping[str, Any]) -> str:
    facts = other["facts"] or {}
    named = next((facts[name] for name in _TITLES if facts.get(name)), None)
    return str(named or other["key"])

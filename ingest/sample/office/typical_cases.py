"""Typical cases of the sample district: one in each state that a case can be in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from graph.log import FactLog
from graph.operations import TypicalCases
from ingest.sample.office.desk import Desk

__all__ = ["ORDER", "PLANNED", "plant"]

ORDER = 20
_PROPOSER, _APPROVER = "样本科员", "样本主任"
#: What a case may stand on, and by which tie somebody has it.
_TIES: Final = {"Penalty": "PENALISED_BY", "Honour": "HONOURED_BY"}

#: Title -> kind of the record, its document, days ago and until when (days ago, after now where
#: negative), and the state it is in since.
PLANNED: Final = {
    "按时纳税，多年为A级": ("Honour", "凤信〔2026〕红1", 90, -200, "shown"),
    "道德模范带动一村": ("Honour", "凤信〔2026〕红2", 5, -200, "waiting"),
    "安全设施长期缺失被处罚": ("Penalty", "凤应急复罚〔2026〕10号", 60, -120, "shown"),
    "计量器具作弊被处罚": ("Penalty", "凤应急复罚〔2026〕11号", 70, -120, "withdrawn"),
    "拒不整改被从重处罚": ("Penalty", "凤应急复罚〔2026〕21号", 100, 10, "expired"),
    # the record was repaired since: nothing of it is told any more
    "整改后已修复的旧案": ("Penalty", "凤应急复罚〔2026〕1号", 120, -30, "record_ended"),
}


def plant(at: Desk) -> Mapping[str, Any]:
    """Put them forward, let them pass, take one back; `cases` of the truth says how each stands."""
    book = TypicalCases(at.office.store)
    held = {case.title: case for case in book.all()}
    records = _records(FactLog(at.office.settings.log_dir))
    for title, (kind, document, ago, until, state) in PLANNED.items():
        if document not in records:
            raise LookupError(f"{document}: no file of the district has it")
        case = held.get(title) or book.put(
            "good" if kind == "Honour" else "bad", *records[document], title=title,
            story=f"{title}：{document}，供各单位参考。", until=at.day(until), reason="诚信宣传教育",
            by=_PROPOSER, at=at.ago(ago),
        )  # fmt: skip
        if state != "waiting" and case.approved_at is None and case.ended_at is None:
            book.approve(case.number, by=_APPROVER, at=at.ago(ago - 2))
        if state == "withdrawn" and case.ended_at is None:
            book.end(case.number, by=_APPROVER, because="内容需要修改", at=at.ago(3))
    return {"cases": {title: said[-1] for title, said in PLANNED.items()}}


def _records(log: FactLog) -> dict[str, tuple[str, str, str]]:
    """Document -> whose it is, kind, key."""
    found: dict[str, tuple[str, str, str]] = {}
    for kind, tie in _TIES.items():
        whose = {row["to_key"]: row["from_key"] for row in log.read(tie).to_pylist()}
        for row in log.read(kind).to_pylist():
            if row["document_no"] and row["key"] in whose:
                found[row["document_no"]] = (whose[row["key"]], kind, row["key"])
    return found

"""Penalties repaired under each regime, annulled, frozen, expired by class, and in force."""

from __future__ import annotations

from typing import Any

import pandas as pd

from graph.identifiers import unified_social_credit_code as uscc
from ingest.sample.public_records.district import District, Planted
from ingest.sample.public_records.lists import listed_firms

__all__ = ["FILES", "ORDER", "plant"]

ORDER = 41
_FILE = "信用修复相关行政处罚.csv"
FILES = (("administrative_decision", _FILE),)

_SAFETY = ("凤翔区应急管理局", uscc.complete("1161030501600PK3"))
_MARKET = ("凤翔区市场监督管理局", uscc.complete("1161030501600PK4"))

#: Number, authority, day of the decision, state in the truth, and what else the paper says.
_PLANTED: tuple[tuple[int, tuple[str, str], str, str, dict[str, str]], ...] = (
    (1, _SAFETY, "2025-03-03", "order_58", {"修复日期": "2025-09-08"}),
    (2, _SAFETY, "2026-01-05", "order_36", {"修复日期": "2026-05-11"}),
    (3, _MARKET, "2025-08-04", "samr_order_107", {"修复日期": "2026-01-12"}),
    # market supervision before its own regime began
    (4, _MARKET, "2025-04-07", "order_58", {"修复日期": "2025-12-24"}),
    (5, _SAFETY, "2026-01-05", "annulled", {"当前状态": "撤销"}),
    (6, _SAFETY, "2026-01-05", "frozen", {"当前状态": "异议"}),
    # by the class that the sector gave it: a year, three months
    (7, _SAFETY, "2025-01-06", "expired", {"失信等级": "一般"}),
    (8, _MARKET, "2026-01-05", "expired", {"失信等级": "轻微"}),
    (9, _SAFETY, "2025-10-09", "expired", {"公示截止期": "2026-04-08"}),
    # the same day and a graver class: three years
    (10, _SAFETY, "2026-01-05", "in_force", {"失信等级": "严重"}),
    (11, _MARKET, "2026-01-05", "in_force", {"失信等级": "严重"}),
    (12, _SAFETY, "2026-01-05", "in_force", {}),
    # that from which an entry of a list follows
    (21, _SAFETY, "2026-01-05", "in_force", {"失信等级": "严重"}),
)


def plant(district: District) -> Planted:
    """One file; `records` of the truth says by document how it ended, or that it did not."""
    firms = listed_firms(district).pairs
    rows = []
    for place, (number, authority, decided, _, said) in enumerate(_PLANTED):
        graded = {"等级认定单位": authority[0]} if "失信等级" in said else {}
        rows.append(_penalty(firms[30 + place], number, authority, decided) | said | graded)
    truth = {_number(number): state for number, _, _, state, _ in _PLANTED}
    return Planted({_FILE: pd.DataFrame(rows)}, {"records": truth})


def _number(number: int) -> str:
    return f"凤应急复罚〔2026〕{number}号"


def _penalty(
    who: tuple[str, str], number: int, authority: tuple[str, str], decided: str
) -> dict[str, Any]:
    return {
        "行政相对人名称": who[0],
        "行政相对人类别": "法人及非法人组织",
        "行政相对人代码_1（统一社会信用代码）": who[1],
        "行政处罚决定书文号": _number(number),
        "违法行为类型": "样例类型",
        "违法事实": "样例事实",
        "处罚依据": "样例依据",
        "处罚类别": "罚款",
        "处罚内容": "罚款2000元",
        "罚款金额（万元）": "0.2",
        "处罚决定日期": decided,
        "公示截止期": "",
        "修复日期": "",
        "失信等级": "",
        "等级认定单位": "",
        "处罚程序": "普通程序",
        "处罚机关": authority[0],
        "处罚机关统一社会信用代码": authority[1],
        "当前状态": "正常",
        "上报日期": "",
    }

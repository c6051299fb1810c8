"""By which acts an application for credit goes forward: a table of state and act, and their words.

The chain is that of the closed loop of the financing platforms (信易贷 信用贷款闭环): 推送, 受理, 尽调,
授信 or 拒绝, 签约, 放款, 还款 or 逾期, 结清, 反馈.  No act leads back; 还款 and 逾期 stand side by side,
since who paid late pays again.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from graph.schema import SCHEMA

__all__ = [
    "ACTS",
    "BOTH",
    "BY_THE_BANK",
    "DEMAND_STATES",
    "ENDED",
    "MOVES",
    "PAPERS",
    "RANK",
    "REFUSALS",
    "STATES",
    "moves",
]

#: States of a demand; from `pushed` on its applications say how it goes.
DEMAND_STATES: Final[Mapping[str, str]] = MappingProxyType(
    {"registered": "已登记", "matched": "已匹配产品", "pushed": "已推送", "withdrawn": "已撤回"}
)

#: States of an application, in the words of the schema.
STATES: Final = SCHEMA.property("FinancingApplicationState", "application_state").values

ACTS: Final[Mapping[str, str]] = MappingProxyType({
    "register": "登记需求", "match": "匹配产品", "push": "推送", "accept": "受理", "investigate": "尽职调查",
    "grant": "授信", "refuse": "拒绝", "sign": "签约", "disburse": "放款",
    "disbursement_failed": "放款失败", "repay": "还款", "overdue": "登记逾期", "settle": "结清",
    "lapse": "授信失效", "withdraw": "撤回", "feedback": "结果反馈", "note": "备注", "paper": "附件",
    "remind": "催办",
})  # fmt: skip

#: (state, act) -> next state of an application.
MOVES: Final[Mapping[tuple[str, str], str]] = MappingProxyType({
    ("pushed", "accept"): "accepted",
    ("accepted", "investigate"): "investigating",
    ("investigating", "grant"): "granted",
    ("pushed", "refuse"): "refused",
    ("accepted", "refuse"): "refused",
    ("investigating", "refuse"): "refused",
    ("pushed", "withdraw"): "withdrawn",
    ("accepted", "withdraw"): "withdrawn",
    ("investigating", "withdraw"): "withdrawn",
    ("granted", "withdraw"): "withdrawn",
    ("granted", "sign"): "signed",
    ("granted", "lapse"): "lapsed",
    ("signed", "lapse"): "lapsed",
    ("signed", "disburse"): "disbursed",
    ("signed", "disbursement_failed"): "signed",
    ("disbursed", "disburse"): "disbursed",
    ("disbursed", "disbursement_failed"): "disbursed",
    ("disbursed", "repay"): "repaying",
    ("disbursed", "overdue"): "overdue",
    ("repaying", "disburse"): "repaying",
    ("repaying", "disbursement_failed"): "repaying",
    ("repaying", "repay"): "repaying",
    ("repaying", "overdue"): "overdue",
    ("repaying", "settle"): "settled",
    ("overdue", "overdue"): "overdue",
    ("overdue", "repay"): "overdue",
    ("overdue", "settle"): "settled",
    ("settled", "feedback"): "closed",
    ("refused", "feedback"): "closed",
    ("lapsed", "feedback"): "closed",
})  # fmt: skip

#: How far each state is; no act leads to a lower one.
RANK: Final[Mapping[str, int]] = MappingProxyType({
    "pushed": 1, "accepted": 2, "investigating": 3, "granted": 4, "signed": 5, "disbursed": 6,
    "repaying": 7, "overdue": 7, "settled": 8, "refused": 8, "lapsed": 8, "withdrawn": 9, "closed": 9,
})  # fmt: skip

#: Said of an application in any state, which stays.
BOTH: Final = frozenset({"note", "paper", "remind"})
#: States in which nobody waits for anything.
ENDED: Final = frozenset({"withdrawn", "closed"})
#: Acts that are the bank's alone; the platform pushes, notes, and withdraws for the applicant.
BY_THE_BANK: Final = frozenset({act for _, act in MOVES} - {"withdraw"})

#: Why a bank refuses, in codes; a text stands beside each.
REFUSALS: Final = SCHEMA.property("FinancingApplicationState", "refusal").values

#: Kinds of papers.
PAPERS: Final[Mapping[str, str]] = MappingProxyType({
    "application": "申请材料", "visit": "实地调查表", "approval": "审批意见", "contract": "合同",
    "voucher": "放款凭证", "repayment": "还款凭证", "other": "其他",
})  # fmt: skip


def moves(state: str) -> tuple[str, ...]:
    """The acts that may come next, besides notes and papers."""
    return tuple(act for before, act in MOVES if before == state)

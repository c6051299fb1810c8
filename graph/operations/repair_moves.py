"""By which acts a case about a public record goes forward: a table of state and act, and their words."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

__all__ = ["ACTS", "KINDS", "MOVES", "SECOND", "STATES", "TOLD", "CaseKind", "moves"]

CaseKind: TypeAlias = Literal["repair", "objection", "annulment", "shield", "expiry"]

KINDS: Final[Mapping[str, str]] = MappingProxyType({
    "repair": "信用修复", "objection": "异议", "annulment": "撤销决定", "shield": "法院裁定暂时屏蔽",
    "expiry": "期满未纠正",
})  # fmt: skip

ACTS: Final[Mapping[str, str]] = MappingProxyType({
    "apply": "申请", "accept": "受理", "refuse": "不予受理", "propose": "拟定", "approve": "批准",
    "disapprove": "不批准", "decline": "不予修复", "file": "提出异议", "verify": "核查", "dismiss": "异议不成立",
    "withdraw": "撤回公示", "performed": "履行完毕", "failed": "履行失败", "note": "登记", "stop": "停止公示",
    "acknowledge": "接收方确认",
})  # fmt: skip

STATES: Final[Mapping[str, str]] = MappingProxyType({
    "applied": "待受理", "accepted": "已受理", "refused": "不予受理", "proposed": "待批准",
    "repaired": "已修复", "declined": "未批准", "frozen": "已冻结、待核查", "verified": "已核查、待答复",
    "dismissed": "异议不成立、已恢复", "annulled": "已撤销、待撤回公示", "withdrawn": "已撤回公示",
    "shielded": "暂时屏蔽", "performance_stated": "履行完毕、待批准", "final": "屏蔽终结、已修复",
    "restored": "履行失败、已恢复", "uncorrected": "期满未纠正、待主管部门规定", "stopped": "已停止公示",
    "continued": "按规定继续公示",
})  # fmt: skip

#: Kind -> (state, act) -> next state.  The state of no case yet is the empty one.
MOVES: Final[Mapping[str, Mapping[tuple[str, str], str]]] = {
    "repair": {
        ("", "apply"): "applied",
        ("applied", "accept"): "accepted",
        ("applied", "refuse"): "refused",
        ("accepted", "propose"): "proposed",
        ("accepted", "decline"): "declined",
        ("proposed", "approve"): "repaired",
        ("proposed", "disapprove"): "declined",
    },
    "objection": {
        ("", "file"): "frozen",
        ("frozen", "verify"): "verified",
        ("frozen", "dismiss"): "dismissed",
        ("verified", "dismiss"): "dismissed",
        ("verified", "propose"): "proposed",
        ("proposed", "approve"): "annulled",
        ("proposed", "disapprove"): "dismissed",
        ("annulled", "withdraw"): "withdrawn",
    },
    "annulment": {
        ("", "propose"): "proposed",
        ("proposed", "approve"): "annulled",
        ("proposed", "disapprove"): "declined",
        ("annulled", "withdraw"): "withdrawn",
    },
    "shield": {
        ("", "propose"): "proposed",
        ("proposed", "approve"): "shielded",
        ("proposed", "disapprove"): "declined",
        ("shielded", "performed"): "performance_stated",
        ("shielded", "failed"): "restored",
        ("performance_stated", "approve"): "final",
        ("performance_stated", "failed"): "restored",
    },
    "expiry": {
        ("", "note"): "uncorrected",
        ("uncorrected", "stop"): "stopped",
        ("uncorrected", "propose"): "proposed",
        ("proposed", "approve"): "continued",
        ("proposed", "disapprove"): "stopped",
    },
}

#: Acts that another person than the one of the last act has to do.
SECOND: Final = frozenset({"approve", "disapprove"})
#: States in which the parties that were told acknowledge it.
TOLD: Final = frozenset({"repaired", "annulled", "withdrawn", "final"})


def moves(kind: str, state: str) -> tuple[str, ...]:
    """The acts that may come next in a case of a kind, without acknowledgements."""
    return tuple(act for before, act in MOVES[kind] if before == state)

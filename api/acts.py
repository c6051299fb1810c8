"""What is done in the house; who may do it follows from the role (`api.security.permission`)."""

from __future__ import annotations

from enum import StrEnum
from typing import Self

__all__ = ["Act"]


class Act(StrEnum):
    """What is done: a code, and its Chinese term for who may not.

    Attributes:
        is_on_everything: done on the data of the whole district: for who works in all of it.
    """

    term: str
    is_on_everything: bool

    def __new__(cls, code: str, term: str, is_on_everything: bool = False) -> Self:
        """A member; its value is the code."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.term, member.is_on_everything = term, is_on_everything
        return member

    #: Nothing about anybody: what there is to ask, which rules hold, whether we run.
    LOOK = "look", "查看目录和规则"
    #: Answers about parties and places, of what the scope sees.
    ASK = "ask", "查询"
    #: Decisions, made of what the scope sees, and kept.
    DECIDE = "decide", "判定并存档"
    #: Who is whom: both records side by side.
    JUDGE = "judge", "核对主体", True
    #: Files of departments: sent, looked at, put right, withdrawn.
    RECEIVE = "receive", "接收数据", True
    #: Rules: tried over all decisions, put forward, let pass.
    RULE = "rule", "制定规则", True
    #: Public records: rates, wrong codes, repairs, measures, who is linked to whom.
    OFFICE = "office", "办理信用办事务", True
    #: The house itself: engine, stores and log looked at, repaired, begun.
    KEEP = "keep", "维护数据和引擎", True
    #: A guarantee written within the limits of everybody's.
    GUARANTEE = "guarantee", "写入担保", True
    #: Who may log in, as what; which programs may ask.
    PEOPLE = "people", "管理人员和客户端", True
    #: Who asked and did what, about whom.
    AUDIT = "audit", "查阅审计", True
    #: What a subject opens to whom, and takes back.
    CONSENT = "consent", "登记授权"
    #: A demand for a loan, from its receipt to its settlement.
    FINANCE = "finance", "办理融资"
    #: Being told of what changes.
    NOTIFY = "notify", "订阅事件"

"""What is done in the house, and who may not.

What is asked is answered of what the scope sees, so that asking is refused to nobody.  What is done on
all the data there is, is for who sees all of it.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Self

from graph.errors import ForbiddenError

if TYPE_CHECKING:
    from queries.scope import Scope

__all__ = ["Act", "permit"]


class Act(StrEnum):
    """What is done: a code, and its Chinese term for who may not.

    Attributes:
        is_on_everything: done on the data of the whole district, not on what a scope sees.
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
    #: Demands for credit and what becomes of them, each institution its own.
    FINANCE = "finance", "办理融资"


def permit(act: Act, scope: Scope) -> None:
    """Raises `ForbiddenError` (`not_permitted`) where a scope may not do an act."""
    if act.is_on_everything and not scope.sees_everything:
        raise ForbiddenError(
            f"您的权限不能办理“{act.term}”。请找数据管理员办理。",
            f"This scope may not do that: {act.value} is done on all the data.",
            code="not_permitted",
        )

"""As what somebody works: what they may do, and what is open to them, follows from it."""

from __future__ import annotations

from graph.termed import Termed

__all__ = ["Role", "role_of"]


class Role(Termed):
    """A role: a code and its Chinese term."""

    #: Who did not log in: whoever looks at what is published.
    VISITOR = "visitor", "公众"
    LOAN_OFFICER = "loan_officer", "信贷员"
    MANAGER = "manager", "信贷主管"
    CREDIT_OFFICE = "credit_office", "信用办"
    CLERK = "clerk", "部门经办人"
    INSPECTOR = "inspector", "检查员"
    CLIENT = "client", "平台客户端"
    AUDITOR = "auditor", "审计员"
    ADMINISTRATOR = "administrator", "管理员"


_BY_CODE = {str(role): role for role in Role}


def role_of(code: str) -> Role:
    """The role of a code; raises `ValueError` where there is none."""
    found = _BY_CODE.get(code)
    if found is None:
        raise ValueError(f"{code} is no role")
    return found

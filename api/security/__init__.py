"""Who asks: people with a session, clients with a token, whoever uses this machine."""

from __future__ import annotations

from api.security.asker import Asker, local_asker, visitor
from api.security.permission import may, permit
from api.security.role import Role
from api.security.roles import Policy, policy_of

__all__ = ["Asker", "Policy", "Role", "local_asker", "may", "permit", "policy_of", "visitor"]

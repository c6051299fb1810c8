"""Who asks: people with a session, clients with a token, whoever uses this machine."""

from __future__ import annotations

from api.security.asker import Asker, local_asker
from api.security.role import Role

__all__ = ["Asker", "Role", "local_asker"]

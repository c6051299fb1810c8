"""For whom this machine answers, until people can log in: the one place that says so.

Whoever can reach the data folder of this machine sees everything.  A log-in puts the scope of the
person in place of it (`api.dependencies.scope`).
"""

from __future__ import annotations

from queries.scope import ADMINISTRATOR, Scope

__all__ = ["local_scope"]


def local_scope() -> Scope:
    """The scope of whoever uses this machine: of its service, and of its commands."""
    return ADMINISTRATOR

"""For whom the commands of this machine answer: the one place that says so.

Whoever can reach the data folder of this machine sees everything.  Over the network whoever asks is
known by a log-in, and sees what their role does (`api.security`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from queries.scope import Scope

__all__ = ["local_scope"]


def local_scope() -> Scope:
    """The scope of whoever uses this machine: of its commands."""
    # a command that only helps answers nobody anything
    from queries.scope import ADMINISTRATOR

    return ADMINISTRATOR

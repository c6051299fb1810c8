"""For whom a page is rendered: its frame names them, and leads only where they may go."""

from __future__ import annotations

from contextvars import ContextVar

from api.security.asker import Asker

__all__ = ["showing_to", "shown_to"]

_shown_to: ContextVar[Asker | None] = ContextVar("_shown_to", default=None)


def showing_to(asker: Asker | None) -> None:
    """What this request renders from now on is for them."""
    _shown_to.set(asker)


def shown_to() -> Asker | None:
    """For whom this request renders; None where nobody is known."""
    return _shown_to.get()

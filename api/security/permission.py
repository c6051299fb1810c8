"""Whether somebody may do an act: their role has it, and they work where it is done."""

from __future__ import annotations

from api.acts import Act
from api.security.asker import Asker
from graph.errors import ForbiddenError

__all__ = ["may", "permit"]


def may(act: Act, asker: Asker, *, only_looks: bool = False) -> bool:
    """Whether an act is among an asker's; one on everything needs the whole district.

    Args:
        only_looks: whether nothing is done, and what was done is read.
    """
    if act not in asker.acts and not (only_looks and act in asker.looks):
        return False
    return not act.is_on_everything or asker.scope.divisions is None


def permit(act: Act, asker: Asker, *, only_looks: bool = False) -> None:
    """Raises `ForbiddenError` (`not_permitted`) where an asker may not do an act (`may`)."""
    if not may(act, asker, only_looks=only_looks):
        raise ForbiddenError(
            f"您的权限不能办理“{act.term}”。请找数据管理员办理。",
            f"This role, or this area, may not do that: {act.value}.",
            code="not_permitted",
        )

"""For whom the financing loop is worked, of one request: an institution, or the platform itself."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from api.acts import Act
from graph.errors import ForbiddenError, XinnongError
from ingest.financing import FinancingDesk

if TYPE_CHECKING:
    from api.services import Services
    from queries.scope import Scope

__all__ = ["carried", "desk_for"]


def desk_for(services: Services, scope: Scope) -> FinancingDesk:
    """The desk of whoever asks; raises `ForbiddenError` (`not_permitted`) where they ask for no
    institution and do not see everything."""
    if scope.institution is None and not scope.sees_everything:
        raise ForbiddenError(
            f"您没有所属金融机构，不能办理“{Act.FINANCE.term}”。请找管理员设置。",
            "Whoever works on the loop does so for an institution.",
            code="not_permitted",
        )
    return FinancingDesk(services.office, scope.institution, services.has_consent)


def carried(desk: FinancingDesk) -> None:
    """After an answer: bring log and graph to what was done; what fails is done at the next act."""
    with suppress(XinnongError):
        desk.carry_out()

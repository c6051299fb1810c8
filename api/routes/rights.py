"""Changes of rights that wait for a second person: of users and of clients."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import Field

from api.acts import Act
from api.admission import MOST, Flag, Whole
from api.dependencies import Body, Serving, asker
from api.needs import needs
from api.rights_noted import noted
from api.security import Asker
from api.security.rights import (
    RightsAnswer,
    RightsView,
    actor_of,
    confirm_change,
    latest_changes,
    refuse_change,
)
from graph.time import utc_now

__all__ = ["router"]

router = APIRouter(prefix="/v1", tags=["users"])

Number = Annotated[Whole, Path(ge=1, le=MOST, description="变更编号 / number of a change")]
Who = Annotated[Asker, Depends(asker)]


class Refusal(Body):
    """退回."""

    why: str = Field(default="", title="原因", max_length=500)


@router.get("/rights-changes", summary="权限变更 / changes of rights")
@needs(Act.PEOPLE)
def listed(
    services: Serving,
    of: Annotated[Literal["users", "clients"], Query(title="用户或客户端")] = "users",
    waiting: Annotated[Flag, Query(title="只列待确认的")] = False,
) -> list[RightsView]:
    """The newest changes of users, or of clients, with who put them forward and what became of them."""
    return latest_changes(
        services.office.store, of_clients=of == "clients", at=utc_now(), waiting=waiting
    )


@router.post("/rights-changes/{number}/confirmation", summary="确认权限变更 / confirm a change")
@needs(Act.PEOPLE)
def confirm(number: Number, request: Request, services: Serving, who: Who) -> RightsAnswer:
    """Let a change pass, which is in force with this answer; a link or a secret is said here alone."""
    made = confirm_change(services.office, number, actor=actor_of(who), at=utc_now())
    return noted(request, made)


@router.post("/rights-changes/{number}/refusal", summary="退回权限变更 / refuse a change")
@needs(Act.PEOPLE)
def refuse(
    number: Number, body: Refusal, request: Request, services: Serving, who: Who
) -> RightsAnswer:
    """Let a change not pass; who put it forward takes it back so."""
    made = refuse_change(services.office, number, why=body.why, actor=actor_of(who), at=utc_now())
    return noted(request, made)

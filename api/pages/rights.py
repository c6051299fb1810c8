"""Forms by which a second person confirms or refuses a change of rights, from the pages of users and
of clients."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Path, Request
from fastapi.responses import HTMLResponse, Response

from api.acts import Act
from api.admission import MOST, Whole
from api.dependencies import Serving, asker
from api.needs import needs
from api.pages.rendering import page, see_other
from api.rights_noted import noted
from api.security import Asker
from api.security.rights import Kind, actor_of, confirm_change, refuse_change
from graph.time import utc_now

__all__ = ["router"]

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

_USERS, _CLIENTS = "/users", "/clients"
_OF_CLIENTS = frozenset(map(str, (Kind.NEW_CLIENT, Kind.CLIENT, Kind.SECRET, Kind.KEY)))
Number = Annotated[Whole, Path(ge=1, le=MOST)]
Who = Annotated[Asker, Depends(asker)]


@router.post("/rights-changes/{number}/confirmation")
@needs(Act.PEOPLE)
def confirm(number: Number, request: Request, services: Serving, who: Who) -> Response:
    """Let a change pass; a link or a secret stands on the page that answers, and nowhere else."""
    made = confirm_change(services.office, number, actor=actor_of(who), at=utc_now())
    noted(request, made)
    if made.secret is not None:
        return page("client_secret.html", here=_CLIENTS, made=made)
    if made.path is not None:
        address = str(request.base_url).rstrip("/") + made.path
        named = made.user.display_name if made.user else made.change.said if made.change else ""
        return page("user_link.html", here=_USERS, named=named, address=address)
    return see_other(_leads(made.change.kind if made.change else ""))


@router.post("/rights-changes/{number}/refusal")
@needs(Act.PEOPLE)
def refuse(
    number: Number,
    request: Request,
    services: Serving,
    who: Who,
    why: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """Let a change not pass, or take one's own back."""
    made = refuse_change(services.office, number, why=why, actor=actor_of(who), at=utc_now())
    noted(request, made)
    return see_other(_leads(made.change.kind if made.change else ""))


def _leads(kind: str) -> str:
    return _CLIENTS if kind in _OF_CLIENTS else _USERS

"""Pages of events: what happened last, who is sent what, what was not taken and is to be sent again."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import HTMLResponse, Response

from api.acts import Act
from api.admission import MOST, Whole
from api.dependencies import Asking, Serving
from api.events.desk import (
    EVENT_KINDS,
    STATES,
    HookSecret,
    change_hook,
    deliveries_of,
    hook_file,
    hooks_of,
    last_event,
    newest_events,
    replay_hook,
    send_again,
    subscribe,
)
from api.needs import needs
from api.pages.english.speaking import message_of
from api.pages.navigation import Entry
from api.pages.rendering import page, see_other
from api.security import Asker
from api.services import Services
from graph.errors import InputError
from graph.time import utc_now

__all__ = ["ENTRIES", "router"]

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

ENTRIES = (
    Entry("管理", 80, "/events", "事件推送", "信息变化、撤回和修复推送给谁，没有收下的逐条重发"),
)

_HERE = "/events"
#: Events and deliveries on a page.
_ON_A_PAGE = 50
_OK, _UNPROCESSABLE = 200, 422
_ACTS = ("rotate", "pause", "resume", "end")

HookId = Annotated[str, Path(max_length=32)]
Cursor = Annotated[Whole, Path(ge=1, le=MOST)]


async def _form(request: Request) -> dict[str, list[str]]:
    form = await request.form()
    return {name: [str(value).strip() for value in form.getlist(name)] for name in form}


Form = Annotated[dict[str, list[str]], Depends(_form)]


@router.get("/events")
@needs(Act.NOTIFY)
def listed(who: Asking, services: Serving) -> HTMLResponse:
    """Subscriptions, the form of a new one, and what happened last."""
    return _listed(who, services)


@router.post("/events/hooks")
@needs(Act.NOTIFY)
def add(who: Asking, services: Serving, form: Form) -> Response:
    """Subscribe; the secret is shown this once."""
    try:
        made = subscribe(
            services.office, who, _one(form, "url"), title=_one(form, "title"),
            by=_one(form, "by"), at=utc_now(), kinds=form.get("kinds", []),
            divisions=_list(form, "divisions"), subjects=_list(form, "subjects"),
        )  # fmt: skip
    except InputError as error:
        return _listed(who, services, given=form, error=message_of(error))
    return _hook(who, services, made.hook.id, secret=made.secret)


@router.get("/events/hooks/{hook_id}")
@needs(Act.NOTIFY)
def one(hook_id: HookId, who: Asking, services: Serving) -> HTMLResponse:
    """One subscription, with its deliveries and what was done with it."""
    return _hook(who, services, hook_id)


@router.post("/events/hooks/{hook_id}")
@needs(Act.NOTIFY)
def act(hook_id: HookId, who: Asking, services: Serving, form: Form) -> Response:
    """Rotate, pause, resume, end, replay."""
    what, by = _one(form, "action"), _one(form, "by")
    try:
        if what == "replay":
            after = _one(form, "after")
            if not (after.isascii() and after.isdigit() and int(after) <= MOST):
                raise InputError("位置应为数字。", "A cursor is a number.", code="cursor")
            replay_hook(services.office, who, hook_id, int(after), by=by, at=utc_now())
        elif what in _ACTS:
            told = change_hook(services.office, who, hook_id, what, by=by, at=utc_now())
            if isinstance(told, HookSecret):
                return _hook(who, services, hook_id, secret=told.secret)
        else:
            raise InputError("请选择一项操作。", "Choose an action.", code="action")
    except InputError as error:
        return _hook(who, services, hook_id, error=message_of(error))
    return see_other(f"/events/hooks/{hook_id}")


@router.post("/events/hooks/{hook_id}/deliveries/{cursor}")
@needs(Act.NOTIFY)
def again(hook_id: HookId, cursor: Cursor, who: Asking, services: Serving, form: Form) -> Response:
    """Send a delivery again that is tried no more."""
    try:
        send_again(services.office, who, hook_id, cursor, by=_one(form, "by"), at=utc_now())
    except InputError as error:
        return _hook(who, services, hook_id, error=message_of(error))
    return see_other(f"/events/hooks/{hook_id}")


def _one(form: dict[str, list[str]], name: str) -> str:
    return (form.get(name) or [""])[0]


def _list(form: dict[str, list[str]], name: str) -> list[str] | None:
    """What was entered into one field, one a line or with commas."""
    text = _one(form, name).replace("，", ",").replace("、", ",")
    return [part for line in text.splitlines() for part in line.replace(",", " ").split()] or None


def _listed(
    who: Asker, services: Services, *, given: dict[str, list[str]] | None = None, error: str = ""
) -> HTMLResponse:
    office = services.office
    # before the list is read: what comes between is told by the stream
    seen = last_event(office)
    return page(
        "events.html",
        _UNPROCESSABLE if error else _OK,
        here=_HERE,
        hooks=hooks_of(office, who),
        events=newest_events(office, who, most=_ON_A_PAGE)[::-1],
        seen=seen,
        kinds=EVENT_KINDS,
        states=STATES,
        given={name: values[0] for name, values in (given or {}).items() if name != "kinds"},
        chosen=(given or {}).get("kinds", []),
        error=error,
    )


def _hook(
    who: Asker, services: Services, hook_id: str, *, secret: str = "", error: str = ""
) -> HTMLResponse:
    return page(
        "events_hook.html",
        _UNPROCESSABLE if error else _OK,
        here=_HERE,
        hook=hook_file(services.office, who, hook_id),
        deliveries=deliveries_of(services.office, who, hook_id, most=_ON_A_PAGE),
        kinds=EVENT_KINDS,
        states=STATES,
        secret=secret,
        error=error,
    )

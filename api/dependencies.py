"""What a route is handed: a reader for its answer, the doors of the office, a party's key.

What waits for a store is a plain function, which the framework gives a thread; what is only looked at is
a coroutine, for changing threads and back costs more than it does.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, TypeVar

import anyio
import anyio.to_thread
from fastapi import Depends, Path, Query, Request
from pydantic import BaseModel, ConfigDict

from api.admission import Day, Instant
from api.audit_trail import note_asker, note_standing
from api.decision_jobs import AskersJobs, DecisionJobs
from api.needs import is_open, is_own
from api.rate_limit import count_asker, count_refused
from api.security import Asker, permit, policy_of, visitor
from api.security.acting import act_as
from api.security.bearer import from_bearer, in_scope
from api.security.consented import PURPOSE_HEADER, asking_for, sees_by_consent
from api.security.known import COOKIE, Known
from api.security.own_sources import OwnSources
from api.security.shown_to import showing_to
from api.services import Services
from api.trace import note_scope
from graph.errors import ForbiddenError, LoginError
from graph.time import past, utc_now
from ingest.delivery.inbox import Inbox
from queries.consent import Consented
from queries.reader import Reader
from queries.scope import Scope

__all__ = [
    "FOR_A_RUN_S",
    "AsOf",
    "Asking",
    "Body",
    "Key",
    "KnownAt",
    "Office",
    "Owned",
    "Reading",
    "Received",
    "Scoped",
    "Serving",
    "asker",
    "asker_again",
    "asker_of",
    "asking",
    "inbox",
    "jobs",
    "known",
    "own_sources",
    "permitted",
    "reader",
    "scope",
    "services",
]


#: How long a request waits while another run holds the source, in seconds.
FOR_A_RUN_S = 5.0

#: Threads that look up who asks.
_LOOKING_UP = 4
_ASKER, _KNOWN = "xinnong.asker", "xinnong.known"
Found = TypeVar("Found")
#: Methods that do nothing.
_SAFE = ("GET", "HEAD")


#: A day to ask about; None is today.
AsOf = Annotated[
    Day | None, Query(title="截至哪一天", description="不写为今天 / as of, today by default")
]


async def _past(
    known_at: Annotated[
        Instant | None,
        Query(
            title="按哪一时点所知",
            description="不写为最新 / as it was known at an instant with its offset",
        ),
    ] = None,
) -> datetime | None:
    """Raises `InputError` (`known_at_future`)."""
    return known_at and past(known_at)


#: An instant that has been; None is now.
KnownAt = Annotated[datetime | None, Depends(_past)]


def _services_of(request: Request) -> Services:
    """What this application holds open."""
    found: Services = request.app.state.services
    return found


async def services(request: Request) -> Services:
    """The same, of a route."""
    return _services_of(request)


def asker_of(request: Request) -> Asker:
    """Who asks.

    Raises `LoginError` where nobody said who they are.
    """
    found: Asker | None = request.scope.get(_ASKER) or request.app.state.asker
    if found is None:
        raise LoginError(
            "请先登录。", "Say who you are first: log in, or send a token.", code="login_required"
        )
    return found


async def asker(request: Request) -> Asker:
    """The same, of a route; raises as `asker_of`."""
    return asker_of(request)


def asking(request: Request) -> Asker:
    """Who asks, for what this request states (`Purpose`); what consents open is no part of it.

    Raises `InputError` (`purpose_unknown`).
    """
    return asking_for(asker_of(request), request.headers.get(PURPOSE_HEADER))


def scope(request: Request) -> Scope:
    """What whoever asks sees, with what consents open as they stand now: the same for all of a request.

    Raises `InputError` (`purpose_unknown`), and as `Services.consented`.
    """
    who = asking(request)
    if not sees_by_consent(who):
        return who.scope
    held: Consented | None = getattr(request.state, "consented", None)
    if held is None:
        opened = _services_of(request)
        held = request.state.consented = opened.consented_now(who, at=utc_now())
        # on which consents the answer stands is known once it is known whom it is about
        note_standing(request, opened.consents, held)
    return held.scope


def known(request: Request) -> Known | None:
    """The session in which somebody asks; None where they have none."""
    found: Known | None = request.scope.get(_KNOWN)
    return found


async def permitted(request: Request) -> None:
    """Of every route and page: whether whoever asks may do what it does (`api.needs`).

    Who it is, is looked up by threads that do nothing else: slow requests hold the others, and
    what is open to everybody is asked of nobody, so that health waits for no thread.

    Raises `LoginError`, `RateLimitedError`, and `ForbiddenError` (`not_permitted`, `password_due`,
    `insufficient_scope`).
    """
    endpoint = getattr(request.scope.get("route"), "endpoint", None)
    declared = getattr(endpoint, "needs", None)
    if declared is None:
        return
    showing_to(request.app.state.asker)
    await _find(request, endpoint)
    if is_open(endpoint):
        return
    found = asker_of(request)
    count_asker(request, found.id)
    note_scope(request, found.scope.name)
    showing_to(found)
    # who may not is noted as well
    note_asker(request, found, declared.act)
    in_scope(declared.act, found)
    permit(declared.act, found, only_looks=request.method in _SAFE)
    held = known(request)
    if held is not None and held.user.must_change and not is_own(endpoint):
        raise ForbiddenError(
            "请先在“我的账户”设置密码，再办理其他事项。",
            "Choose a password first.",
            code="password_due",
        )
    await act_as(request, found)


async def _find(request: Request, endpoint: Any) -> None:
    """Note who asks, where they said so.

    What is open is answered to everybody as to a visitor; a page of it, which says at its head who
    is logged in, looks for a session all the same.
    """
    opened = is_open(endpoint)
    if opened and request.app.state.asker is None:
        request.scope[_ASKER] = visitor()
        if getattr(request.scope["route"], "include_in_schema", True):
            return
    try:
        found, held = await _who(request, bearer=not opened)
    except LoginError:
        count_refused(request)
        raise
    if held is not None:
        request.scope[_KNOWN] = held
        showing_to(held.asker)
    if found is not None and not opened:
        request.scope[_ASKER] = found


async def _who(request: Request, *, bearer: bool = True) -> tuple[Asker | None, Known | None]:
    """Who asks, and in which session: by a token, else whoever uses this machine, else by a session.

    The only place that looks it up.  Raises as `from_bearer`.
    """
    if bearer and "authorization" in request.headers:
        client = await _looked_up(request, from_bearer, request, _services_of(request).office)
        if client is not None:
            return client, None
    local: Asker | None = request.app.state.asker
    if local is not None:
        return local, None
    token = request.cookies.get(COOKIE)
    held = await _looked_up(request, _services_of(request).known_by, token) if token else None
    return (None if held is None else held.asker), held


async def _looked_up(request: Request, look_up: Callable[..., Found], *of: Any) -> Found:
    """What a thread of those that only look up who asks finds."""
    state = request.app.state
    if not hasattr(state, "looking_up"):
        state.looking_up = anyio.CapacityLimiter(_LOOKING_UP)
    return await anyio.to_thread.run_sync(look_up, *of, limiter=state.looking_up)


async def asker_again(request: Request) -> Asker | None:
    """Who asks, looked up anew, of a request that goes on for long; None where they may ask no more."""
    try:
        found, _ = await _who(request)
    except (LoginError, ForbiddenError):
        return None
    return found


def reader(
    request: Request,
    as_of: AsOf = None,
    known_at: KnownAt = None,
) -> Reader:
    """A reader for this request alone: one moment for all that it answers.

    Raises `InputError` (`known_at_future`), and as `Services.moment`.
    """
    who = asker_of(request)
    made = _services_of(request).reader(scope(request), as_of=as_of, known_at=known_at)
    if not who.is_local:
        made = made.showing(policy_of(who.role).shows)
    note_scope(request, made.scope.name)
    return made


def reader_of_now(request: Request) -> Reader:
    """A reader for this request alone, of now: for what may be shown as law has it today, and not as
    it was known before; raises as `Services.moment`."""
    return reader(request)


async def inbox(request: Request) -> Inbox:
    """The inbox of this application."""
    found: Inbox = request.app.state.inbox
    return found


def jobs(request: Request) -> AskersJobs:
    """The jobs of whoever asks."""
    found: DecisionJobs = request.app.state.jobs
    # what is submitted or fetched stands on consents as well, and the audit says on which
    scope(request)
    return found.of(asking(request))


async def own_sources(request: Request) -> OwnSources:
    """Whose files whoever asks sends and sees."""
    return OwnSources(asker_of(request).department)


Owned = Annotated[OwnSources, Depends(own_sources)]
Asking = Annotated[Asker, Depends(asker)]
Office = Annotated[AskersJobs, Depends(jobs)]
Received = Annotated[Inbox, Depends(inbox)]
Reading = Annotated[Reader, Depends(reader)]
Now = Annotated[Reader, Depends(reader_of_now)]
Scoped = Annotated[Scope, Depends(scope)]
Serving = Annotated[Services, Depends(services)]
Key = Annotated[str, Path(description="主体编号 / party key", max_length=128)]


class Body(BaseModel):
    """A request body: what nobody declared, or is of another type than declared, is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

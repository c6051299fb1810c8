"""What a route is handed: a reader for its answer, the doors of the office, a party's key."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import Depends, Path, Query, Request
from pydantic import BaseModel, ConfigDict

from api.acts import permit
from api.admission import Day, Instant
from api.decision_jobs import DecisionJobs
from api.security import Asker
from api.services import Services
from api.trace import note_scope
from graph.time import past
from ingest.delivery.inbox import Inbox
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
    "Reading",
    "Received",
    "Scoped",
    "Serving",
    "asker",
    "inbox",
    "jobs",
    "permitted",
    "reader",
    "scope",
    "services",
]


#: How long a request waits while another run holds the source, in seconds.
FOR_A_RUN_S = 5.0


#: A day to ask about; None is today.
AsOf = Annotated[
    Day | None, Query(title="截至哪一天", description="不写为今天 / as of, today by default")
]


def _past(
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


def services(request: Request) -> Services:
    """What this application holds open."""
    found: Services = request.app.state.services
    return found


def asker(request: Request) -> Asker:
    """Who asks."""
    found: Asker = request.app.state.asker
    return found


def scope(request: Request) -> Scope:
    """What whoever asks sees."""
    return asker(request).scope


async def permitted(request: Request) -> None:
    """Of every route and page: whether whoever asks may do what it does (`api.needs`).

    In the loop of the server: it waits for no thread, or health would wait for slow requests.

    Raises `ForbiddenError` (`not_permitted`).
    """
    declared = getattr(getattr(request.scope.get("route"), "endpoint", None), "needs", None)
    if declared is not None:
        permit(declared.act, scope(request))


def reader(
    request: Request,
    as_of: AsOf = None,
    known_at: KnownAt = None,
) -> Reader:
    """A reader for this request alone: one moment for all that it answers.

    Raises `InputError` (`known_at_future`), and as `Services.moment`.
    """
    made = services(request).reader(scope(request), as_of=as_of, known_at=known_at)
    note_scope(request, made.scope.name)
    return made


def reader_of_now(request: Request) -> Reader:
    """A reader for this request alone, of now: for what may be shown as law has it today, and not as
    it was known before; raises as `Services.moment`."""
    return reader(request)


def inbox(request: Request) -> Inbox:
    """The inbox of this application."""
    found: Inbox = request.app.state.inbox
    return found


def jobs(request: Request) -> DecisionJobs:
    """The jobs of this application."""
    found: DecisionJobs = request.app.state.jobs
    return found


Asking = Annotated[Asker, Depends(asker)]
Office = Annotated[DecisionJobs, Depends(jobs)]
Received = Annotated[Inbox, Depends(inbox)]
Reading = Annotated[Reader, Depends(reader)]
Now = Annotated[Reader, Depends(reader_of_now)]
Scoped = Annotated[Scope, Depends(scope)]
Serving = Annotated[Services, Depends(services)]
Key = Annotated[str, Path(description="主体编号 / party key", max_length=128)]


class Body(BaseModel):
    """A request body: what nobody declared, or is of another type than declared, is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

"""What a route is handed: the open workbench, a party's key, strict bodies, forms of this site."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Path, Request
from pydantic import BaseModel, ConfigDict

from api.decision_jobs import DecisionJobs
from api.workbench import Workbench
from graph.errors import InputError
from ingest.delivery.inbox import Inbox

__all__ = [
    "FOR_A_RUN_S",
    "Bench",
    "Body",
    "Key",
    "Office",
    "Received",
    "inbox",
    "jobs",
    "own_site",
    "workbench",
]


#: How long a request waits while another run holds the source, in seconds.
FOR_A_RUN_S = 5.0


def workbench(request: Request) -> Workbench:
    """The open workbench of this application."""
    found: Workbench = request.app.state.workbench
    return found


def inbox(request: Request) -> Inbox:
    """The inbox of this application."""
    found: Inbox = request.app.state.inbox
    return found


def jobs(request: Request) -> DecisionJobs:
    """The jobs of this application."""
    found: DecisionJobs = request.app.state.jobs
    return found


def own_site(request: Request) -> None:
    """Refuse a form that another site sent: the browser says where it came from."""
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        raise InputError(
            "这个请求来自另一个网站，已拒绝。请在本系统的页面上操作。",
            "The form came from another site.",
            code="other_site",
        )


Office = Annotated[DecisionJobs, Depends(jobs)]
Received = Annotated[Inbox, Depends(inbox)]
Bench = Annotated[Workbench, Depends(workbench)]
Key = Annotated[str, Path(description="主体编号 / party key", max_length=128)]


class Body(BaseModel):
    """A request body: a field that nobody declared is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)

"""What a route is handed: the open workbench, a party's key, strict bodies."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Path, Request
from pydantic import BaseModel, ConfigDict

from api.decision_jobs import DecisionJobs
from api.workbench import Workbench
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


Office = Annotated[DecisionJobs, Depends(jobs)]
Received = Annotated[Inbox, Depends(inbox)]
Bench = Annotated[Workbench, Depends(workbench)]
Key = Annotated[str, Path(description="主体编号 / party key", max_length=128)]


class Body(BaseModel):
    """A request body: what nobody declared, or is of another type than declared, is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

"""How what takes two persons is answered: done, or accepted and waiting for the second one."""

from __future__ import annotations

from typing import Any, TypeVar

from fastapi import Request, Response

from api.audit_trail import note_thing
from api.security.rights import RightsAnswer, RightsView

__all__ = ["WAITING", "noted", "or_waiting"]

Done = TypeVar("Done")

#: How the description of a route says so.
WAITING: dict[int | str, dict[str, Any]] = {
    202: {
        "model": RightsView,
        "description": "已提出，待另一位管理员确认 / waits for a second person",
    }
}
_ACCEPTED = 202


def noted(request: Request, answer: RightsAnswer) -> RightsAnswer:
    """Have the audit name the change, and say where there was nobody to confirm it."""
    note_thing(request, answer.noted)
    return answer


def or_waiting(
    request: Request, response: Response, answer: RightsAnswer, done: Done | None
) -> Done | RightsView:
    """What was done; where it waits, the change, with the status that says so."""
    noted(request, answer)
    if answer.change is not None and done is None:
        response.status_code = _ACCEPTED
        return answer.change
    assert done is not None
    return done

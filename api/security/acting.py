"""Whoever is logged in acts in their own name: what a form or a body says of who acts is theirs.

This is the one place that knows by which names it is said (`by`, `user`).  A field that is not sent
is filled in; another's name is refused.  Whoever uses this machine without a log-in says who acts.
"""

from __future__ import annotations

from typing import Any

from fastapi import Request
from starlette.datastructures import FormData

from api.admission import bodies, declared
from api.security.asker import Asker
from graph.errors import InputError

__all__ = ["ACTORS", "act_as"]

#: By which names bodies and forms say who acts.
ACTORS = ("by", "user")
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


async def act_as(request: Request, asker: Asker) -> None:
    """Have a request act in the name of whoever asks.

    Raises `InputError` (`by_is_the_asker`).
    """
    if asker.is_local or request.method in ("GET", "HEAD"):
        return
    # FastAPI has read a body that its route declares, and hands on the very same object
    body: Any = getattr(request, "_json", None)
    if isinstance(body, dict):
        for name in _actors_of(request):
            _refuse_another(body.get(name), asker)
            body[name] = asker.name
    elif request.headers.get("content-type", "").startswith(_FORMS):
        form = await request.form()
        for name in ACTORS:
            _refuse_another(form.get(name), asker)
        kept = [item for item in form.multi_items() if item[0] not in ACTORS]
        # in place: pages that read the form themselves and routes that declare it are handed this one
        FormData.__init__(form, [*kept, *((name, asker.name) for name in _fields_of(request))])


def _fields_of(request: Request) -> list[str]:
    """Under which names a form says who acts: as its route declares it, else under the first."""
    told = declared(request.scope.get("route"))
    return [name for name in ACTORS if name in told] or [ACTORS[0]]


def _actors_of(request: Request) -> list[str]:
    """Under which names a body says who acts: a text, and not what something is told by."""
    return [
        name
        for name in ACTORS
        if any(
            name in model.model_fields and model.model_fields[name].annotation is str
            for model in bodies(request.scope.get("route"))
        )
    ]


def _refuse_another(told: object, asker: Asker) -> None:
    if told is not None and (not isinstance(told, str) or told.strip() not in ("", asker.name)):
        raise InputError(
            "办理人就是登录的本人，不能写别人的姓名。请删去后重试。",
            "Who acts is whoever is logged in: leave the name out.",
            code="by_is_the_asker",
        )

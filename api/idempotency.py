"""Requests that are done once under the client's key (draft-ietf-httpapi-idempotency-key-header-07).

    @router.post("/consents", status_code=201)
    @needs(Act.CONSENT)
    @once_by_key
    def register(body: NewConsent, scope: Scoped, services: Serving) -> ConsentView: ...

The same key with the same body is answered as it was the first time, with another body 422, and while
the first is still being done 409.  What was refused leaves its key free.
"""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable
from functools import wraps
from typing import Annotated, Any, TypeVar

from fastapi import Header, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, TypeAdapter

from api.dependencies import asker_of
from api.handed import Handed, takes_also
from api.services import Services
from graph.operations import IdempotencyKeys
from graph.time import utc_now

__all__ = ["IdempotencyKey", "once", "once_by_key"]

Way = TypeVar("Way", bound=Callable[..., Any])

#: A key of the client's own, new for each thing that it asks for.
IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        max_length=128,
        description="重发同一请求时不变的键 / the same for a request that is sent again",
    ),
]

_ANY: TypeAdapter[Any] = TypeAdapter(Any)
_OK = 200


def once_by_key(way: Way) -> Way:
    """Have a route that makes something do so once under a key; it takes one body."""
    asked = inspect.signature(way, eval_str=True)
    told: TypeAdapter[Any] = TypeAdapter(asked.return_annotation)
    handed = Handed(asked, Request, "keyed")

    @wraps(way)
    def answered(key: IdempotencyKey = None, **given: Any) -> Any:
        keyed = handed.take(given)
        if key is None:
            return way(**given)
        [body] = [value for value in given.values() if isinstance(value, BaseModel)]
        services, route = keyed.app.state.services, keyed.scope["route"]
        said = [value for value in given.values() if isinstance(value, Response)]
        return once(
            keyed, services, key, body, lambda: told.dump_python(way(**given), mode="json"),
            # what waits for somebody else is answered with another status than what was made
            status=lambda: next((each.status_code for each in said if each.status_code), None)
            or route.status_code or _OK,
        )  # fmt: skip

    by_key = inspect.Parameter(
        "key", inspect.Parameter.KEYWORD_ONLY, annotation=IdempotencyKey, default=None
    )
    takes_also(answered, asked, *handed.parameters, by_key)
    answered.is_once_by_key = True  # type: ignore[attr-defined]
    return answered  # type: ignore[return-value]


def once(
    request: Request,
    services: Services,
    key: str | None,
    body: BaseModel,
    act: Callable[[], Any],
    *,
    status: int | Callable[[], int] = _OK,
) -> JSONResponse:
    """The answer to a request: of `act`, or the one that was given under its key.

    Args:
        status: of the answer; where `act` decides it, asked once that is done.

    Raises as `act`, and as `IdempotencyKeys.begin`.
    """
    if key is None:
        return JSONResponse(_ANY.dump_python(act(), mode="json"), _decided(status))
    owner, keys = asker_of(request).id, IdempotencyKeys(services.store)
    said = f"{request.method} {request.url.path}\n{body.model_dump_json()}"
    before = keys.begin(owner, key, hashlib.sha256(said.encode()).hexdigest(), at=utc_now())
    if before is not None:
        return JSONResponse(before.body, before.status, {"Idempotency-Replayed": "true"})
    try:
        told = _ANY.dump_python(act(), mode="json")
    except BaseException:
        keys.let_go(owner, key)
        raise
    decided = _decided(status)
    keys.answer(owner, key, decided, told)
    return JSONResponse(told, decided)


def _decided(status: int | Callable[[], int]) -> int:
    return status if isinstance(status, int) else status()

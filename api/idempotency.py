"""Requests that are done once under the client's key (draft-ietf-httpapi-idempotency-key-header-07).

The same key with the same body is answered as it was the first time, with another body 422, and while
the first is still being done 409.  What was refused leaves its key free.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Header, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, TypeAdapter

from api.dependencies import asker
from api.services import Services
from graph.operations import IdempotencyKeys
from graph.time import utc_now

__all__ = ["IdempotencyKey", "once"]

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


def once(
    request: Request,
    services: Services,
    key: str | None,
    body: BaseModel,
    act: Callable[[], Any],
    *,
    status: int = 200,
) -> JSONResponse:
    """The answer to a request: of `act`, or the one that was given under its key.

    Raises as `act`, and as `IdempotencyKeys.begin`.
    """
    if key is None:
        return JSONResponse(_ANY.dump_python(act(), mode="json"), status)
    owner, keys = asker(request).id, IdempotencyKeys(services.store)
    said = f"{request.method} {request.url.path}\n{body.model_dump_json()}"
    before = keys.begin(owner, key, hashlib.sha256(said.encode()).hexdigest(), at=utc_now())
    if before is not None:
        return JSONResponse(before.body, before.status, {"Idempotency-Replayed": "true"})
    try:
        told = _ANY.dump_python(act(), mode="json")
    except BaseException:
        keys.let_go(owner, key)
        raise
    keys.answer(owner, key, status, told)
    return JSONResponse(told, status)

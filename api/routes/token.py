"""Tokens of clients: fetched, given back, and the keys by which others know them.

RFC 6749 (4.4, client credentials), 7009 (revocation), 7517 (keys), 8414 (what is offered), 9068.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response
from starlette.datastructures import UploadFile

from api.acts import Act
from api.dependencies import Serving
from api.needs import needs, open_to_all
from api.rate_limit import TOKEN
from api.security.bearer import issuer_of
from api.security.client_proof import ASSERTION_TYPE, Door, OAuthError, proven
from api.security.clients import CLIENT_ACTS, give_back
from api.security.signing_keys import ALGORITHM, LIFETIME, signing_keys
from api.security.tokens import issue
from api.trace import note_code, trace_of
from graph.time import utc_now

__all__ = ["router"]

router = APIRouter(tags=["token"])

_TOKEN, _REVOCATION, _KEYS = "/v1/token", "/v1/token/revocation", "/v1/jwks"
_GRANT = "client_credentials"
_FORM = "application/x-www-form-urlencoded"
_STATUS = {"invalid_client": 401}
_BAD_REQUEST = 400


@dataclass(frozen=True)
class AccessToken:
    """一枚令牌 (RFC 6749, 5.1)."""

    access_token: str
    token_type: str
    expires_in: int
    scope: str


async def _form(request: Request) -> dict[str, str]:
    """The parameters, none of which may come twice (RFC 6749, 3.2); empty ones were not sent."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
        return {"": "another type"}
    told = await request.form()
    pairs = [
        (name, value) for name, value in told.multi_items() if not isinstance(value, UploadFile)
    ]
    if len({name for name, _ in pairs}) < len(pairs):
        return {"": "a parameter came twice"}
    return {name: value for name, value in pairs if value}


Form = Annotated[dict[str, str], Depends(_form)]

#: How a form is described: FastAPI describes only those whose fields it reads itself.
_CREDENTIALS = {
    "client_id": {"type": "string", "title": "客户端编号"},
    "client_assertion_type": {"type": "string", "enum": [ASSERTION_TYPE]},
    "client_assertion": {"type": "string", "title": "签名声明（RFC 7523）"},
}


def _described(required: str, more: Mapping[str, Any]) -> dict[str, Any]:
    shape = {"type": "object", "required": [required], "properties": {**more, **_CREDENTIALS}}
    return {
        "requestBody": {"required": True, "content": {_FORM: {"schema": shape}}},
        "security": [{"client_secret": []}, {}],
    }


_ERROR: dict[int | str, dict[str, Any]] = {
    status: {
        "description": told,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "title": "OAuthError",
                    "required": ["error", "error_description", "title", "code", "trace"],
                    "properties": {
                        name: {"type": "string"}
                        for name in ("error", "error_description", "title", "code", "trace")
                    },
                }
            }
        },
    }
    for status, told in {
        400: "请求不合要求 / invalid_request, invalid_scope, unsupported_grant_type",
        401: "客户端身份没有得到证明 / invalid_client",
    }.items()
}


@router.post(
    _TOKEN,
    dependencies=[Depends(TOKEN)],
    summary="领取令牌 / fetch a token",
    response_model=AccessToken,
    responses=_ERROR,
    openapi_extra=_described(
        "grant_type",
        {
            "grant_type": {"type": "string", "enum": [_GRANT]},
            "scope": {"type": "string", "title": "要办的事，空格分隔；不写为登记的全部"},
        },
    ),
)
@needs(Act.LOOK)
@open_to_all
def fetch(request: Request, services: Serving, form: Form) -> Response:
    """Client credentials (RFC 6749, 4.4): by `client_secret_basic` or `private_key_jwt`."""

    def answer(door: Door) -> Response:
        if "grant_type" not in form:
            raise OAuthError("invalid_request", "缺少 grant_type。", "grant_type is missing.")
        if form["grant_type"] != _GRANT:
            raise OAuthError(
                "unsupported_grant_type",
                f"只受理 {_GRANT}。",
                f"Only {_GRANT} is offered.",
            )
        at = utc_now()
        client = proven(door, request.headers.get("authorization"), form, at)
        may = [act.value for act in CLIENT_ACTS if act in client.acts]
        wanted = sorted(set(form.get("scope", " ".join(may)).split(" ")))
        if not set(wanted) <= set(may):
            raise OAuthError(
                "invalid_scope",
                f"要办的事超出了登记的范围。登记的有：{' '.join(may)}。",
                f"The client is registered for: {' '.join(may)}.",
            )
        keys, issuer = (
            signing_keys(services.office.settings.data),
            issuer_of(request, services.office.settings),
        )
        token = issue(keys, client.id, wanted, issuer=issuer, at=at)
        told = {
            "access_token": token,
            "token_type": "Bearer",
            "expires_in": int(LIFETIME.total_seconds()),
            "scope": " ".join(wanted),
        }
        return JSONResponse(told, headers={"Pragma": "no-cache"})

    return _answered(request, services, form, _TOKEN, answer)


@router.post(
    _REVOCATION,
    dependencies=[Depends(TOKEN)],
    summary="交还令牌 / give a token back",
    responses={**_ERROR, 200: {"description": "令牌不再有效 / it is taken no more"}},
    openapi_extra=_described("token", {"token": {"type": "string", "title": "令牌"}}),
)
@needs(Act.LOOK)
@open_to_all
def revoke(request: Request, services: Serving, form: Form) -> Response:
    """A client's own token is taken no more (RFC 7009); what is no token of it changes nothing."""

    def answer(door: Door) -> Response:
        if "token" not in form:
            raise OAuthError("invalid_request", "缺少 token。", "token is missing.")
        at = utc_now()
        client = proven(door, request.headers.get("authorization"), form, at)
        issuer = issuer_of(request, services.office.settings)
        give_back(door.store, services.office.settings, client, form["token"], issuer=issuer, at=at)
        return JSONResponse({})

    return _answered(request, services, form, _REVOCATION, answer)


def _answered(
    request: Request,
    services: Serving,
    form: Mapping[str, str],
    path: str,
    answer: Callable[[Door], Response],
) -> Response:
    """What an endpoint for clients answers, and what it refuses, in the words of RFC 6749, 5.2."""
    issuer = issuer_of(request, services.office.settings)
    door = Door(services.office.store, services.office.settings, (issuer, f"{issuer}{path}"))
    try:
        if "" in form:
            raise OAuthError(
                "invalid_request",
                f"请求应为 {_FORM}，每个参数只出现一次。",
                f"A body of {_FORM} in which no parameter comes twice: {form['']}.",
            )
        if len(request.headers.getlist("authorization")) > 1:
            raise OAuthError("invalid_request", "Authorization 出现了两次。", "Two Authorizations.")
        return answer(door)
    except OAuthError as refused:
        note_code(request, refused.error)
        status = _STATUS.get(refused.error, _BAD_REQUEST)
        told = {
            "error": refused.error,
            "error_description": refused.en,
            "title": refused.zh,
            "code": refused.error,
            "trace": trace_of(request),
        }
        headers = {} if status == _BAD_REQUEST else {"WWW-Authenticate": 'Basic realm="xinnong"'}
        return JSONResponse(told, status, headers=headers)


@dataclass(frozen=True)
class PublishedKeys:
    """签名公钥 (RFC 7517, 5)."""

    keys: list[dict[str, str]]


@router.get(_KEYS, summary="验证令牌的公钥 / keys by which tokens are known")
@needs(Act.LOOK)
@open_to_all
def keys(services: Serving) -> PublishedKeys:
    """Public keys of every token that may be alive; who meets another `kid` asks again."""
    return PublishedKeys(**signing_keys(services.office.settings.data).published(utc_now()))


@dataclass(frozen=True)
class AuthorizationServer:
    """令牌服务的说明 (RFC 8414, 2)."""

    issuer: str
    token_endpoint: str
    jwks_uri: str
    revocation_endpoint: str
    scopes_supported: list[str]
    response_types_supported: list[str]
    grant_types_supported: list[str]
    token_endpoint_auth_methods_supported: list[str]
    token_endpoint_auth_signing_alg_values_supported: list[str]
    revocation_endpoint_auth_methods_supported: list[str]
    revocation_endpoint_auth_signing_alg_values_supported: list[str]
    access_token_signing_alg_values_supported: list[str]


@router.get("/.well-known/oauth-authorization-server", summary="令牌服务说明 / what is offered")
@needs(Act.LOOK)
@open_to_all
def metadata(request: Request, services: Serving) -> AuthorizationServer:
    """Where tokens are fetched, and how a client proves itself."""
    issuer = issuer_of(request, services.office.settings)
    ways, algorithms = ["client_secret_basic", "private_key_jwt"], ["ES256", "RS256"]
    return AuthorizationServer(
        issuer=issuer,
        token_endpoint=f"{issuer}{_TOKEN}",
        jwks_uri=f"{issuer}{_KEYS}",
        revocation_endpoint=f"{issuer}{_REVOCATION}",
        scopes_supported=[act.value for act in CLIENT_ACTS],
        response_types_supported=[],
        grant_types_supported=[_GRANT],
        token_endpoint_auth_methods_supported=ways,
        token_endpoint_auth_signing_alg_values_supported=algorithms,
        revocation_endpoint_auth_methods_supported=ways,
        revocation_endpoint_auth_signing_alg_values_supported=algorithms,
        access_token_signing_alg_values_supported=[ALGORITHM],
    )

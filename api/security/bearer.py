"""Who asks with a token: a client, for what it was registered and the token says (RFC 6750)."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import Request

from api.acts import Act
from api.security.asker import Asker, scope_of
from api.security.clients import CLIENT_ACTS
from api.security.consented import PURPOSE_HEADER
from api.security.role import Role
from api.security.signing_keys import signing_keys
from api.security.tokens import Token, TokenError, digest_of, read
from graph.errors import ForbiddenError, LoginError
from graph.operations import Client, Clients, OfficeBooks
from graph.settings import Settings
from graph.time import utc_now
from queries.scope import Scope

__all__ = ["InsufficientScopeError", "TokenRefusedError", "from_bearer", "in_scope", "issuer_of"]

_SCHEME = "bearer"


class TokenRefusedError(LoginError):
    """Something came as a token and is none that is taken."""

    code = "invalid_token"
    headers: Mapping[str, str] = {"WWW-Authenticate": 'Bearer error="invalid_token"'}

    def __init__(self) -> None:
        super().__init__(
            "令牌无效、已过期或已撤销。请重新领取令牌（POST /v1/token）后再试。",
            "The token is not valid, has run out or was revoked: fetch another at /v1/token.",
        )


class InsufficientScopeError(ForbiddenError):
    """The token is good, and not for that."""

    code = "insufficient_scope"

    def __init__(self, act: Act) -> None:
        super().__init__(
            f"这个令牌不能办理“{act.term}”。需要的，请管理员给客户端登记这一项，再重新领取令牌。",
            f"The token is not for {act.value}: its client or its scope lacks it.",
        )
        self.headers: Mapping[str, str] = {
            "WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{act.value}"'
        }


def issuer_of(request: Request, settings: Settings) -> str:
    """By which name tokens are ours: the address that others use, or the one that was asked."""
    return settings.public_url or str(request.base_url).rstrip("/")


def from_bearer(request: Request, office: OfficeBooks) -> Asker | None:
    """Who asks with a token; None where no token came.

    The client is looked up at every request: what ended or was narrowed holds from the next one on.

    Raises `TokenRefusedError` (`invalid_token`) and `ForbiddenError` (`purpose_not_registered`).
    """
    told = request.headers.getlist("authorization")
    tokens = [token for token in map(_token_of, told) if token is not None]
    if not tokens:
        return None
    if len(told) > 1:
        raise TokenRefusedError
    at = utc_now()
    try:
        token = read(
            signing_keys(office.settings.data),
            tokens[0],
            issuer=issuer_of(request, office.settings),
            at=at,
        )
    except TokenError:
        raise TokenRefusedError from None
    found = Clients(office.store).asking(token.client, digest_of("token", token.jti))
    if found is None or not _is_standing(*found, token):
        raise TokenRefusedError
    client = found[0]
    acts = {act for act in CLIENT_ACTS if act in token.scope and act in client.acts}
    return Asker(
        f"client:{client.id}", client.name, Role.CLIENT, _scope(client, request), frozenset(acts)
    )


def in_scope(act: Act, asker: Asker) -> None:
    """Raises `InsufficientScopeError` where a client's token is not for an act."""
    if asker.role is Role.CLIENT and act not in asker.acts:
        raise InsufficientScopeError(act)


def _token_of(authorization: str) -> str | None:
    scheme, _, token = authorization.partition(" ")
    return token.strip() if scheme.lower() == _SCHEME else None


def _is_standing(client: Client, is_spent: bool, token: Token) -> bool:
    """Whether neither the client nor this token, nor all of its tokens so far, were ended."""
    ended = client.tokens_from is not None and token.issued_at <= client.tokens_from
    return client.ended_at is None and not is_spent and not ended


def _scope(client: Client, request: Request) -> Scope:
    """What a client sees: what is public, and what was opened to its institution."""
    purpose = request.headers.get(PURPOSE_HEADER, client.purposes[0])
    if purpose not in client.purposes:
        raise ForbiddenError(
            "这个客户端没有登记这项用途。请核对用途，或请管理员登记。",
            "The client is not registered for that purpose.",
            code="purpose_not_registered",
        )
    return scope_of(
        Role.CLIENT, divisions=client.divisions, institution=client.institution, purpose=purpose
    )

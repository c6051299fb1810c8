"""Programs of other organisations: registered, given secrets and keys, ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response
from pydantic import Field

from api.acts import Act
from api.admission import MOST, Count, Whole
from api.dependencies import Body, Serving, asker
from api.guarded import editable, if_match
from api.idempotency import once_by_key
from api.needs import needs
from api.rights_noted import WAITING, or_waiting
from api.security import Asker
from api.security.client_rights import (
    change_client,
    key_for_client,
    register_client,
    secret_for_client,
)
from api.security.clients import (
    CLIENT_ACTS,
    DAYS,
    MOST_DAYS,
    OVERLAP,
    Client,
    ClientFile,
    Credential,
    IssuedSecret,
    client_file,
    client_files,
    end_client,
    end_credential,
    refuse_tokens,
)
from api.security.rights import RightsView, actor_of
from api.security.signing_keys import signing_keys
from graph.time import utc_now

__all__ = ["router"]

router = APIRouter(prefix="/v1", tags=["clients"])

ClientId = Annotated[str, Path(description="客户端编号 / client", max_length=32)]
Number = Annotated[Whole, Path(ge=1, le=MOST, description="凭据编号 / number of a credential")]
Who = Annotated[Asker, Depends(asker)]
By = Annotated[str, Field(title="办理人姓名或工号", max_length=64)]
Days = Annotated[Count, Field(title="有效天数", ge=1, le=MOST_DAYS)]


class Registration(Body):
    """一个客户端的登记."""

    name: str = Field(title="名称：哪个单位的哪个系统", min_length=1, max_length=64)
    acts: list[str] = Field(
        title="能办的事", description=" ".join(CLIENT_ACTS), min_length=1, max_length=10
    )
    purposes: list[Annotated[str, Field(min_length=1, max_length=64)]] = Field(
        title="用途", min_length=1, max_length=20
    )
    institution: str | None = Field(default=None, title="机构编号", max_length=128)
    divisions: list[Annotated[str, Field(max_length=12)]] | None = Field(
        default=None, title="区划代码；不写为全区", min_length=1, max_length=200
    )
    by: By


class ClientChange(Body):
    """变更客户端的权限；不写的不变."""

    acts: list[str] | None = Field(
        default=None,
        title="能办的事",
        description=" ".join(CLIENT_ACTS),
        min_length=1,
        max_length=10,
    )
    purposes: list[Annotated[str, Field(min_length=1, max_length=64)]] | None = Field(
        default=None, title="用途", min_length=1, max_length=20
    )
    divisions: list[Annotated[str, Field(max_length=12)]] | None = Field(
        default=None, title="区划代码", min_length=1, max_length=200
    )
    is_everywhere: bool = Field(default=False, title="改为全区")
    by: By


class SecretWanted(Body):
    """要一个新密钥."""

    days: Days = DAYS
    overlap_hours: Count = Field(default=OVERLAP, title="旧密钥还用几小时", ge=0, le=720)
    by: By


class KeyWanted(Body):
    """登记对方的公钥."""

    public_key: str = Field(title="公钥，PEM 或 JWK", max_length=5_000)
    days: Days = DAYS
    by: By


class Doing(Body):
    """由谁办理."""

    by: By


class Ending(Body):
    """停用."""

    by: By
    why: str = Field(title="原因", max_length=500)


class Replacement(Body):
    """换令牌签名密钥."""

    at_once: bool = Field(default=False, title="旧密钥签发的令牌立即作废")


@dataclass(frozen=True)
class ReplacedKey:
    """The name of the key that signs from now on."""

    kid: str


@router.get("/clients", summary="客户端名单 / clients")
@needs(Act.PEOPLE)
def listed(services: Serving) -> list[ClientFile]:
    """Every client with its secrets and keys, of which nothing secret is kept."""
    return client_files(services.office.store)


@router.get("/clients/{client}", summary="一个客户端 / one client")
@needs(Act.PEOPLE)
@editable
def one(client: ClientId, services: Serving) -> ClientFile:
    """With its secrets and keys; its tag is what acts on it are held to."""
    return client_file(services.office.store, client)


@router.post("/clients", status_code=201, responses=WAITING, summary="登记客户端 / register")
@needs(Act.PEOPLE)
@once_by_key
def add(
    body: Registration, request: Request, response: Response, services: Serving, who: Who
) -> Client | RightsView:
    """Register a client, which can ask once it has a secret or a key; where there is a second
    administrator, once that one confirmed (202)."""
    told = body.model_dump()
    actor = actor_of(who, told.pop("by"))
    made = register_client(services.office, **told, actor=actor, at=utc_now())
    return or_waiting(request, response, made, made.client)


@router.patch("/clients/{client}", responses=WAITING, summary="变更客户端 / change a client")
@needs(Act.PEOPLE)
@if_match(one)
def change(
    client: ClientId,
    body: ClientChange,
    request: Request,
    response: Response,
    services: Serving,
    who: Who,
) -> Client | RightsView:
    """Change what a client may: what narrows is in force at its next request, what widens once a
    second administrator confirmed (202)."""
    told = body.model_dump()
    actor = actor_of(who, told.pop("by"))
    made = change_client(services.office, client, **told, actor=actor, at=utc_now())
    return or_waiting(request, response, made, made.client)


@router.post(
    "/clients/{client}/secrets",
    status_code=201,
    responses=WAITING,
    summary="新密钥 / make a secret",
)
@needs(Act.PEOPLE)
def make_secret(
    client: ClientId,
    body: SecretWanted,
    request: Request,
    response: Response,
    services: Serving,
    who: Who,
) -> IssuedSecret | RightsView:
    """A new secret, said in this answer and never again; the one before is taken for the overlap.  For
    a client that somebody else registered a second administrator confirms it (202), and is told it."""
    told = body.model_dump()
    actor = actor_of(who, told.pop("by"))
    made = secret_for_client(services.office, client, **told, actor=actor, at=utc_now())
    secret = None
    if made.secret is not None and made.credential is not None:
        secret = IssuedSecret(made.credential.client, made.secret, made.credential)
    return or_waiting(request, response, made, secret)


@router.post(
    "/clients/{client}/keys",
    status_code=201,
    responses=WAITING,
    summary="登记公钥 / register a key",
)
@needs(Act.PEOPLE)
@once_by_key
def register_key(
    client: ClientId,
    body: KeyWanted,
    request: Request,
    response: Response,
    services: Serving,
    who: Who,
) -> Credential | RightsView:
    """A public key by which the client signs its statements (RFC 7523); for a client that somebody
    else registered a second administrator confirms it (202)."""
    told = body.model_dump()
    actor = actor_of(who, told.pop("by"))
    made = key_for_client(services.office, client, **told, actor=actor, at=utc_now())
    return or_waiting(request, response, made, made.credential)


@router.post("/clients/credentials/{number}/end", summary="停用密钥或公钥 / end a credential")
@needs(Act.PEOPLE)
def end_one(number: Number, body: Doing, services: Serving) -> Credential:
    """Take a secret or a key no more."""
    return end_credential(services.office.store, number, by=body.by, at=utc_now())


@router.post("/clients/{client}/tokens/end", summary="撤销已发令牌 / refuse its tokens")
@needs(Act.PEOPLE)
@if_match(one)
def end_tokens(client: ClientId, body: Doing, services: Serving) -> Client:
    """Refuse every token that a client has, from its next request on."""
    return refuse_tokens(services.office.store, client, by=body.by, at=utc_now())


@router.post("/clients/{client}/end", summary="停用客户端 / end a client")
@needs(Act.PEOPLE)
@if_match(one)
def end(client: ClientId, body: Ending, services: Serving) -> Client:
    """A client may ask no more, from its next request on."""
    return end_client(services.office.store, client, by=body.by, why=body.why, at=utc_now())


@router.post("/jwks/replacement", summary="换令牌签名密钥 / replace the key that signs tokens")
@needs(Act.PEOPLE)
def replace_key(body: Replacement, services: Serving) -> ReplacedKey:
    """Sign with a new key; tokens of the old one live on, or are refused where it got out."""
    keys = signing_keys(services.office.settings.data)
    return ReplacedKey(keys.replace(utc_now(), at_once=body.at_once).kid)

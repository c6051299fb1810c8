"""What a change of rights does once it is in force: each kind of it, with what is told of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from api.security.clients import add_key, change, new_secret, register
from api.security.people import (
    Person,
    add_person,
    change_person,
    forget_second_factor,
    link_for,
)
from graph.operations import Client, Credential, OfficeBooks
from graph.termed import Termed

__all__ = ["EFFECTS", "Effected", "Kind"]


class Kind(Termed):
    """What is changed."""

    NEW_USER = "new_user", "新增用户"
    USER = "user", "变更用户"
    LINK = "link", "管理员的登录链接"
    SECOND_FACTOR = "second_factor", "取消动态口令"
    NEW_CLIENT = "new_client", "登记客户端"
    CLIENT = "client", "扩大客户端权限"
    SECRET = "secret", "客户端的新密钥"
    KEY = "key", "客户端的公钥"


@dataclass(frozen=True)
class Effected:
    """What came of a change that is in force; `path` of a link and `secret` are said once."""

    user: Person | None = None
    path: str | None = None
    client: Client | None = None
    credential: Credential | None = None
    secret: str | None = None


def _add_user(books: OfficeBooks, told: Mapping[str, Any], by: str, at: datetime) -> Effected:
    return Effected(user=add_person(books.store, **told, by=by, at=at))


def _change_user(books: OfficeBooks, told: Mapping[str, Any], _by: str, _at: datetime) -> Effected:
    told = {**told}
    return Effected(user=change_person(books.store, told.pop("name"), **told))


def _link(books: OfficeBooks, told: Mapping[str, Any], by: str, at: datetime) -> Effected:
    return Effected(path=link_for(books.store, told["name"], by=by, at=at))


def _drop_factor(books: OfficeBooks, told: Mapping[str, Any], _by: str, _at: datetime) -> Effected:
    user: Person = forget_second_factor(books.store, told["name"])
    return Effected(user=user)


def _add_client(books: OfficeBooks, told: Mapping[str, Any], by: str, at: datetime) -> Effected:
    told = {**told}
    public_key = told.pop("public_key")
    client = register(books.store, **told, by=by, at=at)
    kept = add_key(books.store, client.id, public_key, by=by, at=at) if public_key else None
    return Effected(client=client, credential=kept)


def _change_client(books: OfficeBooks, told: Mapping[str, Any], by: str, _at: datetime) -> Effected:
    told = {**told}
    return Effected(client=change(books.store, told.pop("client"), **told, by=by))


def _add_secret(books: OfficeBooks, told: Mapping[str, Any], by: str, at: datetime) -> Effected:
    told = {**told}
    made = new_secret(books.store, books.settings, told.pop("client"), **told, by=by, at=at)
    return Effected(credential=made.credential, secret=made.secret)


def _add_key(books: OfficeBooks, told: Mapping[str, Any], by: str, at: datetime) -> Effected:
    told = {**told}
    client, public_key = told.pop("client"), told.pop("public_key")
    return Effected(credential=add_key(books.store, client, public_key, **told, by=by, at=at))


#: Does a change: books, what is told, who put it forward, when.
EFFECTS: dict[Kind, Callable[[OfficeBooks, Mapping[str, Any], str, datetime], Effected]] = {
    Kind.NEW_USER: _add_user,
    Kind.USER: _change_user,
    Kind.LINK: _link,
    Kind.SECOND_FACTOR: _drop_factor,
    Kind.NEW_CLIENT: _add_client,
    Kind.CLIENT: _change_client,
    Kind.SECRET: _add_secret,
    Kind.KEY: _add_key,
}

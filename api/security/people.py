"""Who may log in is entered, changed and put out of use here; every way in leads here."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from api.security.role import Role, role_of
from api.security.roles import policy_of
from graph.errors import InputError, NotFoundError
from graph.identifiers.redaction import redacted
from graph.operations import LoginLinks, OperationsStore, Sessions, User, Users
from graph.time import Instant

__all__ = [
    "INSTITUTIONAL",
    "Person",
    "add_person",
    "change_person",
    "checked",
    "end_person",
    "forget_second_factor",
    "link_for",
    "list_people",
    "named",
    "person",
]

#: Roles that ask for an institution.
INSTITUTIONAL = (Role.LOAN_OFFICER, Role.MANAGER)
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,63}")
_DIVISION = re.compile(r"\d{2}|\d{4}|\d{6}|\d{9}|\d{12}")


@dataclass(frozen=True)
class Person:
    """A user as the administrator sees them: nothing by which one could log in."""

    id: str
    name: str
    display_name: str
    role: str
    role_label: str
    institution: str | None
    department: str | None
    divisions: tuple[str, ...] | None
    is_active: bool
    has_password: bool
    has_second_factor: bool
    issuer: str | None
    external_id: str | None
    person_key: str | None
    made_by: str
    made_at: Instant


def list_people(store: OperationsStore) -> list[Person]:
    """Everybody who was ever entered, by name."""
    return [_person(user) for user in Users(store).every()]


def person(store: OperationsStore, name: str) -> Person:
    """One, by the name of the log-in; raises `NotFoundError` (`user_unknown`)."""
    return _person(named(store, name))


def add_person(
    store: OperationsStore,
    *,
    name: str,
    display_name: str,
    role: str,
    institution: str = "",
    department: str = "",
    divisions: Sequence[str] = (),
    by: str,
    at: datetime,
    must_change: bool = True,
) -> Person:
    """Enter somebody; they log in by a link (`link_for`) and then choose a password.

    Raises `InputError` (`user_name`, `user_role`, `user_incomplete`, `user_divisions`, `user_taken`).
    """
    spelt, shown = name.strip().casefold(), display_name.strip()
    if not _NAME.fullmatch(spelt):
        raise InputError(
            "登录名用 2 至 64 个小写字母、数字、点、横线，以字母或数字开头。",
            "A name is 2 to 64 letters, digits, dots and dashes.",
            code="user_name",
        )
    if len(shown) < 2 or redacted(shown) != shown or len(shown) > 64:
        raise InputError(
            "姓名或工号至少两个字，不能含证件号码或电话。",
            "A display name has at least two characters, and no number of a person.",
            code="user_name",
        )
    if shown in {one.display_name for one in Users(store).every()}:
        raise InputError(
            "已有同名的用户：办理人要分得清，请在姓名后加工号。",
            "Somebody is called so: acts must tell them apart.",
            code="user_taken",
        )
    told = checked(role, institution, department, divisions)
    made = Users(store).add(
        name=spelt, display_name=shown, made_by=by, at=at, must_change=must_change, **told
    )
    return _person(made)


def change_person(
    store: OperationsStore,
    name: str,
    *,
    role: str | None = None,
    institution: str | None = None,
    department: str | None = None,
    divisions: Sequence[str] | None = None,
    issuer: str | None = None,
    external_id: str | None = None,
    person_key: str | None = None,
) -> Person:
    """Change what is told of somebody; what is None stays.  It holds from their next request on.

    Raises `NotFoundError`, and `InputError` as `add_person` and `last_administrator`.
    """
    user = named(store, name)
    told = checked(
        user.role if role is None else role,
        user.institution or "" if institution is None else institution,
        user.department or "" if department is None else department,
        user.divisions or () if divisions is None else divisions,
    )
    if told["role"] != user.role:
        _refuse_the_last(store, user)
    more = {
        key: value or None
        for key, value in (
            ("issuer", issuer), ("external_id", external_id), ("person_key", person_key),
        )
        if value is not None
    }  # fmt: skip
    return _person(Users(store).change(user.id, **told, **more))


def end_person(store: OperationsStore, name: str, *, at: datetime) -> Person:
    """Put somebody out of use: their sessions end, and they can open none.

    Raises `NotFoundError`, and `InputError` (`last_administrator`).
    """
    user = named(store, name)
    _refuse_the_last(store, user)
    ended = Users(store).change(user.id, is_active=False)
    Sessions(store).end_all(user.id, at=at, because="user_ended")
    return _person(ended)


def forget_second_factor(store: OperationsStore, name: str) -> Person:
    """Take the second factor from somebody who lost it; raises `NotFoundError`."""
    user = named(store, name)
    return _person(
        Users(store).change(
            user.id, second_factor=None, second_factor_step=None, recovery_hashes=()
        )
    )


def link_for(store: OperationsStore, name: str, *, by: str, at: datetime) -> str:
    """Path of a one-time link for somebody; raises `NotFoundError`, `InputError` (`user_ended`)."""
    user = named(store, name)
    if not user.is_active:
        raise InputError("这个用户已经停用。", "That user was put out of use.", code="user_ended")
    return f"/login/link/{LoginLinks(store).make(user.id, made_by=by, at=at)}"


def checked(
    role: str, institution: str, department: str, divisions: Sequence[str]
) -> dict[str, Any]:
    """Role, institution, department and divisions as they are kept of somebody.

    Raises `InputError` (`user_role`, `user_incomplete`, `user_divisions`).
    """
    try:
        known = role_of(role)
    except ValueError:
        known = Role.VISITOR
    if known in (Role.VISITOR, Role.CLIENT):
        codes = "、".join(f"{one}（{one.term}）" for one in Role if one not in _NOT_PEOPLE)
        raise InputError(f"角色应为：{codes}。", "No such role for people.", code="user_role")
    if known in INSTITUTIONAL and not institution.strip():
        raise InputError(
            f"{known.term}须写明所属机构的编号（institution:机构代码）。",
            "Name the institution.",
            code="user_incomplete",
        )
    if known is Role.CLERK and not department.strip():
        raise InputError(
            f"{known.term}须写明所属部门，与来源说明中的部门一致。",
            "Name the department.",
            code="user_incomplete",
        )
    places = tuple(code.strip() for code in divisions if code.strip())
    if any(not _DIVISION.fullmatch(code) for code in places):
        raise InputError(
            "区划代码为 2、4、6、9 或 12 位数字。", "A division is a code.", code="user_divisions"
        )
    own = policy_of(known).area == "own"
    return {
        "role": str(known),
        "institution": (institution.strip() or None) if known in INSTITUTIONAL else None,
        "department": department.strip() or None,
        "divisions": places if own and places else None,
    }


_NOT_PEOPLE = (Role.VISITOR, Role.CLIENT)


def _refuse_the_last(store: OperationsStore, user: User) -> None:
    others = [
        one
        for one in Users(store).every()
        if one.role == Role.ADMINISTRATOR and one.is_active and one.id != user.id
    ]
    if user.role == Role.ADMINISTRATOR and not others:
        raise InputError(
            "这是最后一名管理员，不能停用或者改作其他角色。",
            "The last administrator stays one.",
            code="last_administrator",
        )


def named(store: OperationsStore, name: str) -> User:
    """The user of a log-in's name; raises `NotFoundError` (`user_unknown`)."""
    user = Users(store).by_name(name)
    if user is None:
        raise NotFoundError("没有这个用户。请核对。", "There is no such user.", code="user_unknown")
    return user


def _person(user: User) -> Person:
    told = {key: getattr(user, key) for key in Person.__dataclass_fields__ if hasattr(user, key)}
    return Person(
        **told,
        role_label=role_of(user.role).term,
        has_password=user.password_hash is not None,
        has_second_factor=user.second_factor is not None,
    )

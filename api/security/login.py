"""Logging in: by name and password, with a second factor where there is one, or by a one-time link.

Whoever is refused is told the same, in the same time, whether or not there is such a user.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from api.security.keys import device_of, digest_with, login_key, new_device
from api.security.passwords import check_password, hashed, is_password
from api.security.second_factor import recovery_digest, step_of
from graph.errors import BusyError, InputError, LoginError
from graph.operations import (
    LoginAttempts,
    LoginLinks,
    LoginSession,
    OfficeBooks,
    OperationsStore,
    Sessions,
    User,
    Users,
)

__all__ = ["Entered", "LinkOf", "choose_password", "enter_by_link", "link_of", "log_in"]

#: How long a session that is over is listed: half a year, as other records of who used the house.
_REMEMBERED = timedelta(days=184)


@dataclass(frozen=True)
class Entered:
    """One who is inside: the token of the new session, and of the browser."""

    user: User
    token: str
    device: str


@dataclass(frozen=True)
class LinkOf:
    """For whom a one-time link is, and whether a code of the second factor is asked for as well."""

    display_name: str
    role: str
    asks_code: bool


def log_in(
    office: OfficeBooks,
    *,
    name: str,
    password: str,
    code: str = "",
    device: str = "",
    address: str = "",
    at: datetime,
) -> Entered:
    """Open a session for who knows the password, and shows the second factor where there is one.

    Args:
        device: what the browser says of itself (`api.security.keys`).

    Raises:
        LoginError: `login_refused`; `code_needed` where the password is right and the code missing.
        BusyError: `login_locked`, too many attempts failed.
    """
    key, store = login_key(office.settings), office.store
    user = Users(store).by_name(name)
    known = device_of(key, user.id, device) if user is not None else None
    counted = digest_with(key, f"attempt:{name.strip().casefold()}:{known or ''}").hex()
    attempts = LoginAttempts(store)
    _begin(attempts, counted, at)
    right = is_password(password, user.password_hash if user is not None else None)
    if user is None or not right or not user.is_active:
        raise _refused()
    strong = _shown(store, key, user, code, at)
    attempts.succeed(counted)
    return _entered(store, key, user, device if known else "", "password", address, strong, at)


def link_of(office: OfficeBooks, token: str, *, at: datetime) -> LinkOf | None:
    """For whom a link is; None where it cannot be used (any more).  To look uses nothing up."""
    found = LoginLinks(office.store).find(token, at=at)
    if found is None:
        return None
    user = Users(office.store).get(found.user)
    if not user.is_active:
        return None
    return LinkOf(user.display_name, user.role, asks_code=user.second_factor is not None)


def enter_by_link(
    office: OfficeBooks, token: str, *, code: str = "", address: str = "", at: datetime
) -> Entered:
    """Open a session by a link, and use it up.

    Raises `LoginError` (`link_spent`, `code_needed`, `login_refused`), and `BusyError`.
    """
    key, store = login_key(office.settings), office.store
    found = LoginLinks(store).find(token, at=at)
    user = Users(store).get(found.user) if found is not None else None
    if user is None or not user.is_active:
        raise _spent()
    strong = False
    if user.second_factor is not None:
        counted = digest_with(key, f"code:{user.id}").hex()
        attempts = LoginAttempts(store)
        _begin(attempts, counted, at)
        strong = _shown(store, key, user, code, at)
        attempts.succeed(counted)
    if LoginLinks(store).use(token, at=at) != user.id:
        raise _spent()
    return _entered(store, key, user, "", "link", address, strong, at)


def choose_password(
    office: OfficeBooks, user: User, *, old: str, new: str, session: LoginSession, at: datetime
) -> None:
    """Choose a password; every other session of the user ends.

    Who came by a link of the administrator need not know the old one.

    Raises `InputError` (`password_wrong`, `password_weak`), and `BusyError` (`login_locked`).
    """
    check_password(new, name=user.name, display_name=user.display_name)
    if user.password_hash is not None and session.by != "link":
        counted = digest_with(login_key(office.settings), f"password:{user.id}").hex()
        attempts = LoginAttempts(office.store)
        _begin(attempts, counted, at)
        if not is_password(old, user.password_hash):
            raise InputError("原密码不对。", "The old password is wrong.", code="password_wrong")
        attempts.succeed(counted)
    Users(office.store).change(user.id, password_hash=hashed(new), must_change=False)
    Sessions(office.store).end_all(user.id, at=at, because="password", but=session.number)


def _entered(
    store: OperationsStore,
    key: bytes,
    user: User,
    device: str,
    by: str,
    address: str,
    strong: bool,
    at: datetime,
) -> Entered:
    sessions = Sessions(store)
    sessions.drop_before(at - _REMEMBERED)
    token = sessions.open(user.id, at=at, by=by, address=address, is_strong=strong)
    return Entered(user, token, device or new_device(key, user.id))


def _shown(store: OperationsStore, key: bytes, user: User, code: str, at: datetime) -> bool:
    """Whether a second factor was shown, where there is one; each code is good once."""
    if user.second_factor is None:
        return False
    if not code.strip():
        raise LoginError(
            "请同时输入动态口令（或者一个备用码）。", "A code is needed too.", code="code_needed"
        )
    step = step_of(key, user.id, user.second_factor, code, at=at)
    users = Users(store)
    if step is not None:
        if users.use_code(user.id, step):
            return True
    elif users.use_recovery(user.id, recovery_digest(code)):
        return True
    raise _refused()


def _begin(attempts: LoginAttempts, counted: str, at: datetime) -> None:
    until = attempts.begin(counted, at=at)
    if until is not None:
        minutes = -(-int((until - at).total_seconds()) // 60)
        raise BusyError(
            f"尝试次数过多，请在 {max(1, minutes)} 分钟后再试，或者请管理员发一次性登录链接。",
            "Too many attempts: try again later, or ask the administrator for a link.",
            code="login_locked",
        )


def _refused() -> LoginError:
    return LoginError(
        "登录名、密码或者动态口令不对。请核对后重试；忘记密码的，请管理员发一次性登录链接。",
        "Name, password or code is wrong.",
        code="login_refused",
    )


def _spent() -> LoginError:
    return LoginError(
        "这个登录链接已经用过、过期或者不完整。请管理员再发一个。",
        "This link was used, is too old, or is not whole: ask for another.",
        code="link_spent",
    )

"""One's own account: password, second factor, sessions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from api.security.consented import may_ask_for
from api.security.keys import login_key
from api.security.known import Known
from api.security.login import choose_password
from api.security.second_factor import (
    Enrolment,
    enrolment,
    new_recovery,
    recovery_digest,
    step_of,
)
from graph.errors import InputError
from graph.operations import OfficeBooks, Sessions, Users
from graph.time import Instant

__all__ = [
    "OwnSession",
    "begin_second_factor",
    "choose_purpose",
    "confirm_second_factor",
    "drop_second_factor",
    "end_session",
    "own_sessions",
    "set_password",
]


@dataclass(frozen=True)
class OwnSession:
    """A log-in of one's own; `is_this` is the one in which it is asked."""

    number: int
    by: str
    made_at: Instant
    seen_at: Instant
    address: str
    is_strong: bool
    is_open: bool
    is_this: bool


def own_sessions(office: OfficeBooks, known: Known, *, at: datetime) -> list[OwnSession]:
    """The newest log-ins of whoever asks."""
    return [
        OwnSession(
            one.number, one.by, one.made_at, one.seen_at, one.address, one.is_strong,
            one.is_open(at), one.number == known.session.number,
        )
        for one in Sessions(office.store).all_of(known.user.id)
    ]  # fmt: skip


def end_session(office: OfficeBooks, known: Known, number: int, *, at: datetime) -> None:
    """End a log-in of one's own; raises `NotFoundError` (`session_unknown`)."""
    Sessions(office.store).end(number, user=known.user.id, at=at, because="ended_by_user")


def choose_purpose(office: OfficeBooks, known: Known, purpose: str) -> None:
    """Ask for a purpose from the next request of this log-in on; raises as `may_ask_for`."""
    chosen = may_ask_for(known.asker.role, purpose)
    Sessions(office.store).choose(known.session.number, chosen.code)


def set_password(
    office: OfficeBooks, known: Known, *, old: str, new: str, again: str, at: datetime
) -> None:
    """Choose a password; the other log-ins end.

    Raises `InputError` (`password_differs`), and as `api.security.login.choose_password`.
    """
    if new != again:
        raise InputError("两次输入的新密码不一样。", "They differ.", code="password_differs")
    choose_password(office, known.user, old=old, new=new, session=known.session, at=at)


def begin_second_factor(office: OfficeBooks, known: Known) -> Enrolment:
    """What an authenticator is shown; nothing is kept yet."""
    return enrolment(login_key(office.settings), known.user.id, known.user.name)


def confirm_second_factor(
    office: OfficeBooks, known: Known, *, nonce: str, code: str, at: datetime
) -> list[str]:
    """Keep a second factor once a code of it was shown; returns recovery codes, which are kept
    nowhere in clear.

    Raises `InputError` (`code_wrong`, `factor_there`).
    """
    if known.user.second_factor is not None:
        raise InputError("已经启用动态口令。", "There is one already.", code="factor_there")
    user = known.user.id
    step = step_of(login_key(office.settings), user, nonce[:64], code, at=at)
    if step is None:
        raise InputError(
            "口令不对：请核对手机的时间，输入当前显示的六位数字。", "Wrong code.", code="code_wrong"
        )
    codes = new_recovery()
    Users(office.store).change(
        user,
        second_factor=nonce[:64],
        second_factor_step=step,
        recovery_hashes=tuple(recovery_digest(one) for one in codes),
    )
    return codes


def drop_second_factor(office: OfficeBooks, known: Known, *, code: str, at: datetime) -> None:
    """Go without a second factor; raises `InputError` (`code_wrong`)."""
    user = known.user
    if user.second_factor is None:
        return
    step = step_of(login_key(office.settings), user.id, user.second_factor, code, at=at)
    if step is None or not Users(office.store).use_code(user.id, step):
        raise InputError("口令不对，或者刚刚用过。", "Wrong code.", code="code_wrong")
    Users(office.store).change(
        user.id, second_factor=None, second_factor_step=None, recovery_hashes=()
    )

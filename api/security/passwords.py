"""Passwords: which may be chosen, and how one is compared with what is kept of it (argon2id, with the
parameters that RFC 9106 recommends second)."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from argon2.profiles import RFC_9106_LOW_MEMORY

from graph.errors import InputError

__all__ = ["LEAST", "LONGEST", "check_password", "hashed", "is_password"]

#: Characters of a password.
LEAST, LONGEST = 10, 200
_LEAST_DIFFERENT = 5
_HASHER = PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)
#: Each comparison takes 64 MB and a processor: no more of them at once, however many are tried.
_AT_ONCE = BoundedSemaphore(2)


def check_password(password: str, *, name: str, display_name: str = "") -> None:
    """Raises `InputError` (`password_weak`) for one that is guessed at once."""
    spelt = password.casefold()
    reason = ""
    if not LEAST <= len(password) <= LONGEST:
        reason = f"须有 {LEAST} 至 {LONGEST} 个字符"
    elif len(set(spelt)) < _LEAST_DIFFERENT:
        reason = "重复的字符过多"
    elif name.casefold() in spelt or (display_name and display_name.casefold() in spelt):
        reason = "不能包含登录名或者姓名"
    elif spelt in _common() or spelt.strip("0123456789!@#.") in _common():
        reason = "是常见密码"
    if reason:
        raise InputError(
            f"这个密码{reason}，请换一个。可以用几个不相干的词连成一句。",
            "This password is too short, too common, or holds your name: choose another.",
            code="password_weak",
        )


def hashed(password: str) -> str:
    """What is kept of a password."""
    with _AT_ONCE:
        return _HASHER.hash(password)


def is_password(password: str, kept: str | None) -> bool:
    """Whether it is the password of which that is kept; as long in coming where nothing is kept."""
    with _AT_ONCE:
        try:
            found = _HASHER.verify(kept or _nobodys(), password[:LONGEST])
        except (Argon2Error, InvalidHashError):
            return False
    return found and kept is not None


@cache
def _nobodys() -> str:
    return _HASHER.hash("nobody")


@cache
def _common() -> frozenset[str]:
    text = (files(__package__) / "common_passwords.txt").read_text(encoding="utf-8")
    return frozenset(line for line in text.splitlines() if line and not line.startswith("#"))

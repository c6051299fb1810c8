"""What a browser carries of a log-in, and what we may know of where it is."""

from __future__ import annotations

from fastapi import Request, Response

from api.security.known import COOKIE
from api.security.login import Entered

__all__ = ["DEVICE", "address_of", "carry", "keep", "let_go"]

#: Name of the cookie by which a browser is known in which somebody logged in before.
DEVICE = "xinnong_device"
_YEAR_S = 365 * 24 * 3600


def carry(answer: Response, request: Request, entered: Entered) -> None:
    """Have a browser carry a session, until it is closed, and what it is known by, for a year."""
    secure = request.url.scheme == "https"
    answer.set_cookie(COOKIE, entered.token, httponly=True, samesite="strict", secure=secure)
    keep(answer, request, DEVICE, entered.device)


def keep(answer: Response, request: Request, name: str, value: str) -> None:
    """Have a browser keep something for a year, for us alone."""
    answer.set_cookie(
        name, value, max_age=_YEAR_S, httponly=True, samesite="strict",
        secure=request.url.scheme == "https",
    )  # fmt: skip


def let_go(answer: Response) -> None:
    """Have a browser forget its session."""
    answer.delete_cookie(COOKIE, httponly=True, samesite="strict")


def address_of(request: Request) -> str:
    """The network address that a request came from."""
    return request.client.host if request.client else ""

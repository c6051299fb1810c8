"""Where a form of the frame leads back to: the page on which it stood."""

from __future__ import annotations

from urllib.parse import urlsplit

from fastapi import Request

from api.needs import routes_of
from api.security.own_path import own_path

__all__ = ["came_from"]


def came_from(request: Request) -> str:
    """The page of ours from which a form was sent, where it can be asked for again; else nothing."""
    try:
        told = urlsplit(request.headers.get("referer", ""))
    except ValueError:
        return ""
    if told.netloc != request.url.netloc or not _is_asked_for(request, told.path):
        return ""
    return own_path(told.path + (f"?{told.query}" if told.query else ""), "")


def _is_asked_for(request: Request, path: str) -> bool:
    """Whether a page answers at a path, and not a form alone."""
    found = [route for route in routes_of([request.app.router]) if route.path_regex.fullmatch(path)]
    # a word in an address is no number of another page
    said = [route for route in found if route.path == path] or found
    return any("GET" in (route.methods or ()) for route in said)

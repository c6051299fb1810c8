"""What wrappers of a route are handed besides it: one request and one response, whoever asks."""

from __future__ import annotations

import inspect
from pathlib import Path

from fastapi import FastAPI, Request, Response
from fastapi.testclient import TestClient

from api.app import create_app
from api.handed import Handed
from api.needs import routes_of
from api.security import local_asker
from graph.settings import Settings


def wrapped(way, *, name):  # type: ignore[no-untyped-def]
    asked = inspect.signature(way, eval_str=True)
    handed = Handed(asked, Request, name)

    def answered(**given: object) -> object:
        seen = handed.take(given)
        return {**way(**given), name: seen.url.path}

    answered.__signature__ = asked.replace(  # type: ignore[attr-defined]
        parameters=[
            *handed.parameters,
            *(
                one.replace(kind=inspect.Parameter.KEYWORD_ONLY)
                for one in asked.parameters.values()
            ),
        ]
    )
    return answered


def test_wrappers_over_one_another_and_a_route_that_asks_itself() -> None:
    app = FastAPI()

    def plain(number: int) -> dict[str, object]:
        return {"number": number}

    def asking(number: int, request: Request) -> dict[str, object]:
        return {"number": number, "own": request.url.path}

    app.get("/plain/{number}")(wrapped(wrapped(plain, name="inner"), name="outer"))
    app.get("/asking/{number}")(wrapped(wrapped(asking, name="inner"), name="outer"))
    with TestClient(app) as client:
        assert client.get("/plain/1").json() == {
            "number": 1, "inner": "/plain/1", "outer": "/plain/1",
        }  # fmt: skip
        assert client.get("/asking/2").json() == {
            "number": 2, "own": "/asking/2", "inner": "/asking/2", "outer": "/asking/2",
        }  # fmt: skip


def test_no_route_asks_for_the_request_or_the_response_twice(tmp_path: Path) -> None:
    """The one under the last name would be handed alone, and the call fails."""
    app = create_app(Settings(data=tmp_path, operations_url=None), answers_for=local_asker())
    routes = list(routes_of([app.router]))
    assert len(routes) > 200
    for route in routes:
        asked = inspect.signature(route.endpoint, eval_str=True).parameters.values()
        for kind in (Request, Response):
            assert [one.annotation for one in asked].count(kind) <= 1, (route.path, kind)

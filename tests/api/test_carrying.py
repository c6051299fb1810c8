"""From a page of another moment one goes on at that moment, wherever one can."""

from __future__ import annotations

from fastapi import APIRouter, FastAPI
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.testclient import TestClient

from api.carrying import Carrying, carried, taking
from api.needs import routes_of
from api.pages import router as pages
from api.routes import routers

TAKES = taking(routes_of([*routers(), pages]))
DAY = {"as_of": "2026-03-01"}
BOTH = {**DAY, "known_at": "2026-03-02T08:00:00+08:00"}
ALONG = "as_of=2026-03-01&amp;known_at=2026-03-02T08%3A00%3A00%2B08%3A00"


def test_links_take_along_what_their_page_takes() -> None:
    told = carried(
        '<a href="/parties/person%3Aa">甲</a><a class="x" href="/parties/a/decisions#form">乙</a>'
        '<a href="/prospects?product=b">丙</a><a href="/send">报送</a><a href="#main">正文</a>'
        '<a href="/parties/a?as_of=2020-01-01">另一天</a><a href="https://example.org/">外</a>',
        BOTH,
        TAKES,
    )
    assert f'<a href="/parties/person%3Aa?{ALONG}">' in told
    assert f'<a class="x" href="/parties/a/decisions?{ALONG}#form">' in told
    assert f'<a href="/prospects?product=b&amp;{ALONG}">' in told
    # a page that has no moment refuses the names, and a link that says a day means it
    assert '<a href="/send">' in told and '<a href="#main">' in told and ">外</a>" in told
    assert 'href="/parties/a?as_of=2020-01-01&amp;known_at=' in told
    assert 'https://example.org/"' in told


def test_forms_take_them_along_too() -> None:
    told = carried(
        '<form method="post" action="/parties/a/decisions"></form><form method="post"></form>'
        '<form method="get"><input name="q"></form><form action="/money"></form>'
        '<form action="/products"><input name="as_of" type="date"></form>'
        '<form method="post" action="/send"></form>',
        DAY,
        TAKES,
        "/villages/v/prospects",
    )
    hidden = '<input type="hidden" name="as_of" value="2026-03-01">'
    assert '<form method="post" action="/parties/a/decisions?as_of=2026-03-01">' in told
    assert f'<form method="get">{hidden}<input name="q">' in told
    assert f'<form action="/money">{hidden}</form>' in told
    assert told.count(hidden) == 2
    assert '<form method="post" action="/send">' in told and '<form method="post"></form>' in told


def test_what_somebody_typed_stays_text() -> None:
    told = carried('<a href="/prospects">甲</a>', {"as_of": '"><script>'}, TAKES)
    assert "<script>" not in told and "%22%3E%3Cscript%3E" in told


def test_a_page_of_now_is_left_as_it_is_and_a_redirect_leads_on() -> None:
    inner = APIRouter()

    @inner.get("/page")
    def page(as_of: str = "") -> HTMLResponse:
        return HTMLResponse(f'<a href="/page">这里</a>{as_of}')

    @inner.post("/sent")
    def sent(as_of: str = "") -> RedirectResponse:
        return RedirectResponse("/page", 303)

    app = FastAPI()
    app.include_router(inner)
    app.add_middleware(Carrying, routes=routes_of([inner]))
    client = TestClient(app, follow_redirects=False)
    assert client.get("/page").text == '<a href="/page">这里</a>'
    then = client.get("/page", params=DAY)
    assert then.text == '<a href="/page?as_of=2026-03-01">这里</a>2026-03-01'
    assert int(then.headers["content-length"]) == len(then.content)
    assert client.post("/sent", params=DAY).headers["location"] == "/page?as_of=2026-03-01"

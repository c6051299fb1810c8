"""From a page of another moment one goes on at that moment, wherever one can."""

from __future__ import annotations

import re
from collections.abc import Mapping

from fastapi import APIRouter, FastAPI
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.testclient import TestClient

from api.carrying import Asking, Leading, Takes, asking, taking
from api.needs import routes_of
from api.pages import rendering
from api.pages import router as pages
from api.routes import routers

TAKES = taking(routes_of([*routers(), pages]))
DAY = {"as_of": "2026-03-01"}
BOTH = {**DAY, "known_at": "2026-03-02T08:00:00+08:00"}
ALONG = "as_of=2026-03-01&amp;known_at=2026-03-02T08%3A00%3A00%2B08%3A00"


def carried(
    template: str, asked: Mapping[str, str], takes: Takes, here: str = "/", **values: str
) -> str:
    """A template, filled for a request with such clocks."""
    with asking(asked, here, takes):
        return rendering.environment("zh").from_string(template).render(**values)


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


def test_what_a_template_puts_into_a_link_stays_what_it_was() -> None:
    told = carried(
        '<a href="/parties/{{ key|urlencode }}{% if more %}?hops={{ more }}{% endif %}#{{ "x" }}">甲</a>'
        '<a class="{{ "a" if more else "b" }}" href="{{ path }}">乙</a>{% macro m(to) %}<form action="{{ to }}">'
        "</form>{% endmacro %}{{ m('/money') }}{{ said }}",
        DAY, TAKES, key="person:a&b", more="2", path="/prospects?product=a&x=%22",
        said='<a href="/prospects">',
    )  # fmt: skip
    assert '<a href="/parties/person%3Aa%26b?hops=2&amp;as_of=2026-03-01#x">' in told
    assert '<a class="a" href="/prospects?product=a&amp;x=%22&amp;as_of=2026-03-01">' in told
    assert '<form action="/money"><input type="hidden" name="as_of" value="2026-03-01">' in told
    # what comes from data is no link, whatever it looks like
    assert "&lt;a href=&#34;/prospects&#34;&gt;" in told
    assert carried('<a href="{{ "javascript:x" }}">', DAY, TAKES) == '<a href="javascript:x">'


def test_what_somebody_typed_stays_text() -> None:
    told = carried('<a href="/prospects">甲</a>', {"as_of": '"><script>'}, TAKES)
    assert "<script>" not in told and "%22%3E%3Cscript%3E" in told


def test_a_page_of_now_is_left_as_it_is_and_a_redirect_leads_on() -> None:
    inner = APIRouter()

    @inner.get("/page")
    def page(as_of: str = "") -> HTMLResponse:
        made = rendering.environment("zh").from_string('<a href="/page">这里</a>{{ day }}')
        return HTMLResponse(made.render(day=as_of))

    @inner.post("/sent")
    def sent(as_of: str = "") -> RedirectResponse:
        return rendering.see_other("/page")

    app = FastAPI()
    app.include_router(inner)
    app.add_middleware(Asking, routes=routes_of([inner]))
    client = TestClient(app, follow_redirects=False)
    assert client.get("/page").text == '<a href="/page">这里</a>'
    then = client.get("/page", params=DAY)
    assert then.text == '<a href="/page?as_of=2026-03-01">这里</a>2026-03-01'
    assert client.post("/sent", params=DAY).headers["location"] == "/page?as_of=2026-03-01"
    # nothing of one request is left for the next
    assert client.get("/page").text == '<a href="/page">这里</a>'


def test_every_template_still_loads_and_each_link_of_ours_is_led() -> None:
    environment = rendering.environment("zh")
    for name in environment.list_templates():
        source, _, _ = environment.loader.get_source(environment, name)  # type: ignore[union-attr]
        led = Leading(environment).preprocess(source, name)
        assert led.count('filter led("GET")') == len(re.findall(r"<a\b[^>]*?href=", source)), name
        environment.get_template(name)

"""Requests that other sites send, and what every answer forbids them; no engine is needed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from routes import every_route
from starlette.datastructures import Headers
from starlette.testclient import TestClient

import api.pages
from api.app import create_app
from api.guard import is_foreign
from api.headers import HEADERS
from api.security import local_asker
from graph.settings import Settings

HERE = "http://127.0.0.1:8000"
STATIC = Path(api.pages.__file__).parent / "static"
TEMPLATES = sorted((Path(api.pages.__file__).parent / "templates").glob("*.html"))


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    """The app as it is served, not started: whatever comes past the guard would fail aloud."""
    return create_app(Settings(data=tmp_path_factory.mktemp("data")), answers_for=local_asker())


@pytest.fixture(scope="module")
def client(service: FastAPI) -> Iterator[TestClient]:
    yield TestClient(service, HERE, raise_server_exceptions=False)


def unsafe(app: FastAPI) -> list[tuple[str, str]]:
    """Every method and path that can change something."""
    return [
        (method, re.sub(r"{[^}]+}", "x", path))
        for method, path in every_route(app)
        if method not in ("GET", "HEAD", "OPTIONS")
    ]


FOREIGN = [
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://127.0.0.1:9999"},
    {"Origin": "http://localhost:8000"},
    {"Origin": "http://127.0.0.1:8000.evil.example"},
    {"Origin": ""},
    {"Origin": "http://["},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site", "Origin": HERE},
    {"Referer": "https://evil.example/127.0.0.1:8000"},
    {"Origin": HERE, "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"},
]


def test_nothing_is_changed_for_another_site(service: FastAPI, client: TestClient) -> None:
    """The forged court list, the kept decision, the started search, and whatever comes to be."""
    ways = unsafe(service)
    assert {("POST", "/v1/batches"), ("POST", "/v1/parties/search"), ("POST", "/")} <= set(ways)
    for method, path in ways:
        for told in FOREIGN:
            answer = client.request(method, path, headers=told)
            assert answer.status_code == 403, (method, path, told)
            assert "另一个网站" in answer.text
    answer = client.post("/v1/nothing", headers=FOREIGN[0])
    assert (answer.status_code, answer.json()["code"]) == (403, "other_site")


@pytest.mark.parametrize(
    "told",
    [
        {},  # a program, which is no browser
        {"Origin": HERE, "Sec-Fetch-Site": "same-origin"},
        {"Origin": HERE},
        {"Sec-Fetch-Site": "none"},
        {"Referer": f"{HERE}/send"},
    ],
)
def test_programs_and_our_own_pages_are_let_by(told: dict[str, str]) -> None:
    assert not is_foreign("POST", Headers({"host": "127.0.0.1:8000", **told}))


@pytest.mark.parametrize(
    ("told", "foreign"),
    [
        ({}, False),
        # a link in a letter
        ({"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate",
          "sec-fetch-dest": "document"}, False),
        ({"sec-fetch-site": "same-origin", "sec-fetch-mode": "no-cors"}, False),
        # a picture, a frame, a script whose address is a question
        ({"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors",
          "sec-fetch-dest": "image"}, True),
        ({"sec-fetch-site": "same-site", "sec-fetch-mode": "navigate",
          "sec-fetch-dest": "iframe"}, True),
        ({"sec-fetch-site": "cross-site", "sec-fetch-mode": "cors"}, True),
    ],
)  # fmt: skip
def test_a_link_may_be_followed_and_nothing_else(told: dict[str, str], foreign: bool) -> None:
    assert is_foreign("GET", Headers({"host": "127.0.0.1:8000", **told})) is foreign


@pytest.mark.parametrize(
    "host", ["example.com", "testserver", "", "127.0.0.1.evil.example", "evil.example:8000",
             "127.0.0.1@evil.example", "[::2]"]
)  # fmt: skip
def test_foreign_hosts_are_refused(client: TestClient, host: str) -> None:
    answer = client.get("/healthz", headers={"host": host})
    assert (answer.status_code, answer.json()["code"]) == (400, "foreign_host")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:8000", "LOCALHOST", "[::1]", "[::1]:80"])
def test_it_answers_under_its_own_names(client: TestClient, host: str) -> None:
    assert client.get("/healthz", headers={"host": host}).status_code == 200


def test_every_answer_forbids_frames_foreign_readers_and_keeping(
    service: FastAPI, client: TestClient
) -> None:
    """Of every route, file and error; what needs the engine fails here, and a failure is no way
    around it."""
    files = [f"/static/{path.name}" for path in STATIC.iterdir()]
    ways = [(method, re.sub(r"{[^}]+}", "x", path)) for method, path in every_route(service)]
    others = ["/nothing", "/v1/nothing", "/v1/openapi.json", "/static/nothing"]
    seen = set()
    for method, path in [*ways, *(("GET", path) for path in (*files, *others)), ("PUT", "/")]:
        answer = client.request(method, path)
        seen.add(answer.status_code)
        assert {name: answer.headers.get(name) for name in HEADERS} == dict(HEADERS), path
        kept = "no-cache" if path.startswith("/static/") else "no-store"
        assert answer.headers.get_list("cache-control") == [kept], path
        assert "text/html" not in answer.headers.get("content-type", "") or "<html" in answer.text
    assert {200, 404, 405, 500} <= seen
    foreign = client.get("/healthz", headers={"host": "evil.example"})
    assert {name: foreign.headers[name] for name in HEADERS} == dict(HEADERS)


def test_the_policy_allows_nothing_inline() -> None:
    policy = HEADERS["Content-Security-Policy"]
    assert "unsafe" not in policy and "*" not in policy and "frame-ancestors 'none'" in policy


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_no_page_takes_a_name_of_the_frame(template: Path) -> None:
    """What the frame reads of everybody would be what a page means by it."""
    text = template.read_text(encoding="utf-8")
    assert not re.search(r"{%-? *(?:macro|set) +(?:asker|menu|here|start_of|watermark)\b", text)


def test_what_the_frame_sets_is_the_name_of_nothing_else() -> None:
    """What it sets for itself a page reads in the place of what it was given."""
    texts = {path.name: path.read_text(encoding="utf-8") for path in TEMPLATES}
    kept = set(re.findall(r"{%-? *set +(\w+)", texts.pop("frame.html"))) - {"at"}  # of a loop alone
    assert kept
    for name, text in texts.items():
        assert not kept & set(re.findall(r"\b\w+\b", text)), name


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_no_page_needs_what_the_policy_forbids(template: Path) -> None:
    text = template.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle\s*=|<style|\son\w+\s*=|javascript:|<base\b", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)
    assert not re.search(r"""(?:src|href|action)\s*=\s*["']?(?:https?:)?//""", text)

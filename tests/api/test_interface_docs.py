"""The page that tells the interface: whole, in two languages, with lines that work as they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from types import SimpleNamespace
from typing import Any

import pytest
from curling import sent
from fastapi import FastAPI
from outline import Outline
from starlette.testclient import TestClient

from api.app import create_app
from api.audit_writer import TrailWriter
from api.curl import curl_of
from api.languages import described
from api.python_client import client_source
from api.security import local_asker
from graph.operations import OperationsStore
from graph.settings import Settings
from ingest.identity.judging import Judging
from queries.scope import ADMINISTRATOR


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    """Over nothing: what is let by fails as a defect."""
    settings = Settings(data=tmp_path_factory.mktemp("data"))
    made = create_app(settings, answers_for=local_asker())
    made.state.services = SimpleNamespace(
        settings=settings,
        judging=Judging(settings, None),  # type: ignore[arg-type]
        reader=lambda *_, **__: SimpleNamespace(scope=ADMINISTRATOR),
    )
    made.state.inbox = made.state.streams = SimpleNamespace()
    made.state.jobs = SimpleNamespace(of=lambda _: SimpleNamespace())
    with OperationsStore(settings) as store, TrailWriter(store) as made.state.trail:
        yield made


@pytest.fixture(scope="module")
def client(app: FastAPI) -> TestClient:
    return TestClient(app, "http://127.0.0.1", raise_server_exceptions=False)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_of_the_interface_is_whole(
    client: TestClient, app: FastAPI, language: str
) -> None:
    start = client.get(f"/docs?language={language}")
    assert start.status_code == 200
    outline = Outline(start.text)
    assert not outline.wrong
    assert "<script" not in start.text.partition("<main")[2]
    assert "http://" not in start.text.replace("http://127.0.0.1", "")
    groups = [link for link in outline.links if link.startswith("/docs/ways/")]
    assert len(groups) > 40
    shown = 0
    for link in groups:
        answer = client.get(link)
        assert answer.status_code == 200, link
        read = Outline(answer.text)
        assert not read.wrong, (link, read.wrong)
        shown += len(re.findall(r"<p><code>[A-Z]+ /", answer.text))
        if language == "en":
            # codes of examples and values are in Chinese where they are so
            prose = re.sub(
                r"<(pre|code)>.*?</\1>|<td>.*?</td>|中文", "", answer.text, flags=re.DOTALL
            )
            main = prose[prose.index("<main") :]
            assert not re.search("[\u4e00-\u9fff]", main), (
                link,
                re.findall("[\u4e00-\u9fff]+", main),
            )
    told = described(app, "zh")["paths"]
    assert shown == sum(len(operations) for operations in told.values())
    assert client.get("/docs/ways/nothing").status_code == 404


def test_every_line_that_is_shown_is_let_by(client: TestClient, app: FastAPI) -> None:
    """As it stands, with the examples in it: known, well-formed, and of the right kind."""
    told = described(app, "zh")
    refused = []
    for path, operations in told["paths"].items():
        for method, operation in operations.items():
            line = curl_of(method, path, operation, told["components"]["schemas"])
            if "event-stream" in str(operation["responses"]):
                continue
            answer = sent(client, line, TOKEN="", CLIENT="c", SECRET="s")
            if answer.status_code in (405, 413, 415, 422):
                refused.append((method, path, answer.status_code, answer.text[:120], line[:300]))
    assert not refused


def test_a_line_on_the_page_is_the_line_that_works(client: TestClient, app: FastAPI) -> None:
    page = client.get("/docs/ways/consents").text
    told = described(app, "zh")
    for method, operation in told["paths"]["/v1/consents"].items():
        line = curl_of(method, "/v1/consents", operation, told["components"]["schemas"])
        assert line in unescape(page)


def test_the_client_for_python_is_served_as_it_is_written(client: TestClient, app: FastAPI) -> None:
    served = client.get("/docs/python-client")
    assert served.text == client_source(app.openapi())
    assert "xinnong_client.py" in served.headers["content-disposition"]
    made: dict[str, Any] = {"__name__": "xinnong_client"}
    exec(compile(served.text, "xinnong_client.py", "exec"), made)
    ways = [name for name in vars(made["Xinnong"]) if name.startswith(("get_", "post_"))]
    assert len(ways) > 80
    for name in (
        "post_parties_search",
        "get_parties_by_key",
        "post_decisions",
        "post_financing_demands",
    ):
        assert name in ways

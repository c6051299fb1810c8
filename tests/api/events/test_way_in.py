"""Events through route, page and command: the same, of one's own, and secrets shown once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import pytest
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from starlette.testclient import TestClient
from typer.testing import CliRunner

import api.pages.events
import api.routes.events
from api.acts import Act
from api.command_line import app
from api.security import Asker, Role, local_asker
from api.services import Services
from graph.errors import XinnongError
from graph.operations import HookDeliveries, Hooks, note_event
from graph.settings import Settings
from queries.scope import Scope

AT = datetime(2026, 6, 1, 2, tzinfo=UTC)
A, B = "person:" + "a" * 32, "person:" + "b" * 32
URL = "https://bank.example/hook"


class Door:
    """The routes and pages of events over a store, asked by somebody who may change."""

    def __init__(self, services: Services) -> None:
        self.services, self.asker = services, local_asker()
        service = FastAPI()
        service.state.services = services

        @service.middleware("http")
        async def asked(request: Request, going_on: Any) -> Any:
            service.state.asker = self.asker
            return await going_on(request)

        @service.exception_handler(XinnongError)
        async def refused(_request: Request, error: XinnongError) -> JSONResponse:
            return JSONResponse({"code": error.cause_code}, 400)

        service.include_router(api.routes.events.router)
        service.include_router(api.pages.events.router)
        self.client = TestClient(service, follow_redirects=False)

    def happen(self, *subjects: str, kind: str = "subject.changed", **more: Any) -> None:
        with self.services.store.transaction() as session:
            for subject in subjects:
                note_event(session, kind, subject, at=AT, **{"kinds": ["Loan"], **more})

    def post(self, path: str, status: int = 200, **body: Any) -> Any:
        answer = self.client.post(path, json=body)
        assert answer.status_code == status, answer.text
        return answer.json()


@pytest.fixture
def door(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Door]:
    settings = Settings(data=tmp_path_factory.mktemp("office"))
    monkeypatch.setenv("XINNONG_DATA", str(settings.data))
    with Services(settings, reads_graph=False) as opened:
        yield Door(opened)


def run(*arguments: str) -> Any:
    done = CliRunner().invoke(app, ["events", *arguments, "--json"])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def officer(**more: Any) -> Asker:
    scope = Scope("信贷员", open_classes=frozenset(), **more)
    return Asker("user:7", "王五", Role.LOAN_OFFICER, scope, frozenset({Act.NOTIFY}))


def of(party: str) -> str:
    """A party as the page leads to it."""
    return f"/parties/{quote(party)}"


def test_events_are_read_by_cursor_to_their_end(door: Door) -> None:
    assert door.client.get("/v1/events").json() == {"events": [], "cursor": 0, "last": 0}
    door.happen(A, B, A)
    first = door.client.get("/v1/events?limit=2").json()
    assert [each["cursor"] for each in first["events"]] == [1, 2]
    rest = door.client.get(f"/v1/events?after={first['cursor']}").json()
    assert [each["subject"] for each in rest["events"]] == [A] and rest["cursor"] == rest[
        "last"
    ] == 3
    assert rest["events"][0]["kind_label"] == "主体信息有变化"
    assert rest["events"][0]["kind_labels"] == ["贷款"]
    assert run("list", "--after", str(first["cursor"])) == rest
    assert len(door.client.get("/v1/events", params={"subject": B}).json()["events"]) == 1
    assert door.client.get("/v1/events?kind=decision.kept").json()["events"] == []
    page = door.client.get("/events").text
    assert "主体信息有变化" in page and of(A) in page


def test_who_is_told_nothing_goes_on_all_the_same(door: Door) -> None:
    door.happen(*[A] * 20, kinds=["Loan"])
    door.happen(B, kinds=["Loan"])
    door.happen(B, kind="decision.kept", kinds=[], about="d1", institution="org:bank")
    door.asker = officer(grants={B: frozenset({"credit"})}, institution="org:bank")
    told = door.client.get("/v1/events").json()
    assert [(each["subject"], each["kind"]) for each in told["events"]] == [
        (B, "subject.changed"), (B, "decision.kept"),
    ]  # fmt: skip
    door.asker = officer()
    assert door.client.get("/v1/events").json() == {"events": [], "cursor": 22, "last": 22}
    assert of(A) not in door.client.get("/events").text


def test_the_page_shows_what_is_left_however_much_was_dropped(door: Door) -> None:
    door.happen(*[A] * 70)
    HookDeliveries(door.services.store).drop_before(AT.replace(year=2027))
    empty = door.client.get("/events")
    assert empty.status_code == 200 and of(A) not in empty.text
    door.happen(B, A, B)
    page = door.client.get("/events").text
    assert (page.count(of(B)), page.count(of(A))) == (2, 1)
    # the newest first, and no more than a page of them, however many others are not told of
    door.happen(*[B] * 60, *[A] * 60)
    door.asker = officer(grants={B: frozenset({"credit"})})
    page = door.client.get("/events").text
    assert (page.count(of(B)), page.count(of(A))) == (50, 0)


def test_a_secret_is_shown_when_it_is_made_and_when_it_is_replaced(door: Door) -> None:
    made = door.post(
        "/v1/hooks", 201, url=URL, title="核心系统", by="张三", kinds=["fact.withdrawn"]
    )
    name, secret = made["hook"]["id"], made["secret"]
    assert secret.startswith("whsec_")
    for path in ("/v1/hooks", f"/v1/hooks/{name}", "/events", f"/events/hooks/{name}"):
        assert "whsec" not in door.client.get(path).text
    again = door.post(f"/v1/hooks/{name}/rotation", by="张三")
    assert again["secret"] != secret and again["hook"]["two_secrets_until"]
    assert door.post(f"/v1/hooks/{name}/pause", by="张三")["state"] == "paused"
    assert run("change", name, "resume", "--by", "张三")["state"] == "active"
    assert door.post(f"/v1/hooks/{name}/end", by="张三")["state_label"] == "已停用"
    assert door.post(f"/v1/hooks/{name}/resumption", 400, by="张三")["code"] == "hook_ended"
    acts = [each["act"] for each in door.client.get(f"/v1/hooks/{name}").json()["acts"]]
    assert acts == ["end", "resume", "pause", "rotate", "subscribe"]
    assert run("hooks") == door.client.get("/v1/hooks").json()


def test_a_subscription_is_its_owners(door: Door) -> None:
    local = door.post("/v1/hooks", 201, url=URL, title="核心系统", by="张三")["hook"]["id"]
    door.asker = officer()
    own = door.post("/v1/hooks", 201, url=URL, title="本行系统", by="王五")["hook"]["id"]
    assert [each["id"] for each in door.client.get("/v1/hooks").json()] == [own]
    for path in (f"/v1/hooks/{local}", f"/v1/hooks/{local}/deliveries", f"/events/hooks/{local}"):
        assert door.client.get(path).json()["code"] == "hook_unknown"
    for act in ("pause", "rotation", "end"):
        assert door.post(f"/v1/hooks/{local}/{act}", 400, by="王五")["code"] == "hook_unknown"
    assert door.post(f"/v1/hooks/{local}/replay", 400, by="王五", after=0)["code"] == "hook_unknown"
    assert Hooks(door.services.store).find(local).state == "active"
    door.asker = local_asker()
    assert {each["id"] for each in door.client.get("/v1/hooks").json()} == {local, own}


@pytest.mark.parametrize(
    ("given", "code"),
    [({"url": "https://127.0.0.1/"}, "hook_address"), ({"url": "http://bank.example/"}, "hook_url"),
     ({"url": "https://a:b@bank.example/"}, "hook_url"), ({"title": " "}, "hook_title_missing"),
     ({"by": "张"}, "user_missing"), ({"divisions": ["x"]}, "hook_divisions")],
)  # fmt: skip
def test_what_cannot_be_subscribed_is_said(door: Door, given: dict[str, Any], code: str) -> None:
    body = {"url": URL, "title": "核心系统", "by": "张三", **given}
    assert door.post("/v1/hooks", 400, **body)["code"] == code
    if "divisions" not in given:
        page = door.client.post("/events/hooks", data=body)
        assert page.status_code == 422 and 'role="alert"' in page.text


def test_the_page_subscribes_and_changes(door: Door) -> None:
    made = door.client.post(
        "/events/hooks",
        data={"url": URL, "title": "核心系统", "by": "张三", "kinds": ["subject.changed"],
              "divisions": "610305、610306", "subjects": f"{A}\n{B}"},
    )  # fmt: skip
    assert made.status_code == 200 and "whsec_" in made.text
    [hook] = door.client.get("/v1/hooks").json()
    assert (hook["kinds"], hook["divisions"], hook["subjects"]) == (
        ["subject.changed"], ["610305", "610306"], 2,
    )  # fmt: skip
    path = f"/events/hooks/{hook['id']}"
    for action, state in (("pause", "paused"), ("resume", "active"), ("end", "ended")):
        answer = door.client.post(path, data={"action": action, "by": "张三"})
        assert answer.status_code == 303, answer.text
        assert Hooks(door.services.store).find(hook["id"]).state == state
    assert "已停用" in door.client.get(path).text
    assert door.client.post(path, data={"action": "x", "by": "张三"}).status_code == 422


def test_no_secret_is_in_the_store(door: Door) -> None:
    secret = door.post("/v1/hooks", 201, url=URL, title="核心系统", by="张三")["secret"]
    kept = b"".join(
        path.read_bytes() for path in door.services.settings.data.glob("operations.sqlite3*")
    )
    assert b"bank.example" in kept and secret.removeprefix("whsec_").encode() not in kept

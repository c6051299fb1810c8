"""What leaves the house is in the audit before it leaves; over a small application, without an engine."""

from __future__ import annotations

import asyncio
import hashlib
import json
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse
from starlette.testclient import TestClient

from api.acts import Act
from api.audit_keys import keys_in
from api.audit_trail import Audited, note_asker, note_subjects, noted_now
from api.audit_writer import TrailWriter
from api.needs import needs
from api.security import Asker, Role
from graph.information import InformationClass
from graph.operations import AuditEntry, OperationsStore, Trail
from graph.operations.audit import check_chain
from graph.settings import Settings
from queries.scope import Scope

MAN, WOMAN, THIRD = (f"person:{letter * 32}" for letter in "abc")
FIRM = "org:91610305MA92001956"
OFFICER = Asker(
    "user:7", "样本甲", Role.LOAN_OFFICER,
    Scope("信贷员", institution="institution:C1103610305002", purpose="贷前审查"),
    frozenset(Act),
)  # fmt: skip


def _refuse(_request: Request, status: int, code: str, zh: str, _en: str) -> Response:
    return JSONResponse({"code": code, "title": zh}, status)


async def permitted(request: Request) -> None:
    if request.headers.get("x-nobody") is None:
        note_asker(request, OFFICER, request.scope["route"].endpoint.needs.act)


def application() -> FastAPI:
    app = FastAPI(dependencies=[Depends(permitted)])
    app.add_middleware(Audited, refuse=_refuse)

    @app.get("/v1/parties/{key}/loans")
    @needs(Act.ASK, InformationClass.CREDIT, InformationClass.IDENTITY)
    def loans(key: str) -> dict[str, Any]:
        noted = noted_now()
        assert noted is not None
        noted.consents.add("12")
        return {"party": key, "guarantor": WOMAN}

    @app.post("/points/{number}/leaving")
    @needs(Act.OFFICE)
    async def leave(number: int, request: Request) -> Response:
        app.state.done.append(number)
        note_subjects(request, [THIRD])
        await request.body()
        return Response(status_code=303, headers={"location": "/points"})

    @app.get("/v1/products")
    @needs(Act.LOOK)
    def products() -> list[str]:
        return [MAN]

    @app.get("/v1/look/{key}")
    @needs(Act.LOOK)
    def look(key: str) -> str:
        return key

    @app.get("/v1/refused")
    @needs(Act.ASK)
    def refused() -> None:
        raise HTTPException(404)

    @app.get("/v1/broken")
    @needs(Act.ASK)
    def broken() -> None:
        raise ZeroDivisionError

    @app.get("/v1/many")
    @needs(Act.ASK)
    def many() -> StreamingResponse:
        async def lines() -> AsyncIterator[bytes]:
            for key in (MAN, WOMAN, WOMAN, THIRD):
                yield f'{{"party": "{key[:20]}'.encode()
                yield f'{key[20:]}"}}\n'.encode()
                await asyncio.sleep(0)

        return StreamingResponse(lines(), media_type="text/event-stream")

    return app


@pytest.fixture
def store(tmp_path: Path) -> Iterator[OperationsStore]:
    with OperationsStore(Settings(data=tmp_path)) as opened:
        yield opened


@pytest.fixture
def app(store: OperationsStore) -> Iterator[FastAPI]:
    made = application()
    made.state.done = []
    with TrailWriter(store) as writer:
        made.state.trail = writer
        yield made


@pytest.fixture
def client(app: FastAPI) -> TestClient:
    return TestClient(app, raise_server_exceptions=False)


def entries(store: OperationsStore) -> list[AuditEntry]:
    return Trail(store).after(0, limit=100)


def about(store: OperationsStore, number: int) -> set[str]:
    """Who of those here an entry is about."""
    trail = Trail(store)
    marks = trail.marks(number)[number]
    return {key for key in (MAN, WOMAN, THIRD, FIRM) if trail.mark(key) in marks}


def test_an_entry_says_who_what_whom_and_why(client: TestClient, store: OperationsStore) -> None:
    answer = client.get(f"/v1/parties/{MAN}/loans")
    [entry] = entries(store)
    assert (entry.who, entry.name, entry.role) == ("user:7", "样本甲", "loan_officer")
    assert (entry.institution, entry.purpose) == ("institution:C1103610305002", "贷前审查")
    assert (entry.act, entry.way) == ("ask", "GET /v1/parties/{key}/loans")
    assert entry.items == ("credit", "identity")
    assert (entry.consents, entry.status, entry.address) == (("12",), 200, "testclient")
    assert entry.result == hashlib.sha256(answer.content).hexdigest()
    # he who was asked about, and she who stands in the answer
    assert about(store, 1) == {MAN, WOMAN}
    assert entry.subjects == 2


@pytest.mark.parametrize(
    "body",
    [
        {"data": {"subject": FIRM, "by": "张三"}},
        {"json": {"parties": [FIRM], "text": "张三 610322199001011234"}},
    ],
)
def test_an_act_is_about_whom_its_body_names(
    client: TestClient, store: OperationsStore, body: dict[str, Any]
) -> None:
    client.post("/points/5/leaving", follow_redirects=False, **body)
    [entry] = entries(store)
    assert (entry.act, entry.status, entry.thing) == ("office", 303, "number=5")
    assert about(store, 1) == {FIRM, THIRD}
    with closing(sqlite3.connect(store.settings.operations_file)) as raw:
        kept = json.dumps(
            [list(map(str, row)) for table in ("audit_entries", "audit_subjects")
             for row in raw.execute(f"SELECT * FROM {table}")], ensure_ascii=False,
        )  # fmt: skip
    assert "张三" not in kept
    assert "1990" not in kept


def test_what_is_about_nobody_is_left_out(client: TestClient, store: OperationsStore) -> None:
    client.get("/v1/products")
    client.get("/nothing")
    client.get(f"/v1/parties/{MAN}/loans", headers={"x-nobody": "1"})
    assert entries(store) == []
    # but a way that looks at somebody is about him, whatever it declares
    client.get(f"/v1/look/{MAN}")
    assert about(store, 1) == {MAN}


def test_what_was_refused_is_there_with_its_status(
    client: TestClient, store: OperationsStore
) -> None:
    assert client.get("/v1/refused").status_code == 404
    assert client.get("/v1/broken").status_code == 500
    assert [(entry.way, entry.status) for entry in entries(store)] == [
        ("GET /v1/refused", 404),
        ("GET /v1/broken", 500),
    ]


def test_parts_of_an_answer_are_entered_before_they_leave(
    app: FastAPI, store: OperationsStore
) -> None:
    seen: list[tuple[bytes, int]] = []

    async def asked() -> None:
        scope = {
            "type": "http", "method": "GET", "path": "/v1/many", "raw_path": b"/v1/many",
            "query_string": b"", "headers": [], "client": ("127.0.0.1", 1), "app": app,
            "http_version": "1.1", "scheme": "http", "server": ("127.0.0.1", 80), "root_path": "",
        }  # fmt: skip

        async def receive() -> dict[str, Any]:
            await asyncio.sleep(60)
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            if message["type"] == "http.response.body":
                trail = Trail(store)
                known = [entry.number for entry in trail.about(MAN, WOMAN, THIRD)]
                seen.append((message["body"], len(known)))

        await app(scope, receive, send)

    asyncio.run(asked())
    left = b""
    for body, known in seen:
        left += body
        assert known >= len(keys_in(left)), "somebody left who is in no entry"
    told = entries(store)
    assert [entry.follows for entry in told] == [None] + [1] * (len(told) - 1)
    assert told[-1].result == hashlib.sha256(left).hexdigest()
    assert set().union(*(about(store, entry.number) for entry in told)) == {MAN, WOMAN, THIRD}
    assert sum(entry.subjects for entry in told) == 3, "each once"


class Full(TrailWriter):
    """A writer over a store that cannot be written."""

    def __init__(self, store: OperationsStore) -> None:
        super().__init__(store)
        with closing(sqlite3.connect(store.settings.operations_file)) as raw, raw:
            raw.execute(
                "CREATE TRIGGER full BEFORE INSERT ON audit_entries "
                "BEGIN SELECT RAISE(ABORT, 'no room'); END"
            )
        raw.close()


def test_where_nothing_can_be_entered_nothing_leaves(app: FastAPI, store: OperationsStore) -> None:
    with Full(store) as writer:
        app.state.trail = writer
        client = TestClient(app, raise_server_exceptions=False)
        answer = client.get(f"/v1/parties/{MAN}/loans")
        assert (answer.status_code, answer.json()["code"]) == (503, "audit_unavailable")
        assert MAN not in answer.text
        assert WOMAN not in answer.text
        assert answer.headers["retry-after"] == "2"
        # an act may have been done: the answer says so
        answer = client.post("/points/5/leaving", follow_redirects=False)
        assert "可能已经生效" in answer.json()["title"]
        assert app.state.done == [5]
        assert "可能已经生效" not in client.get(f"/v1/parties/{MAN}/loans").json()["title"]
        # of nobody is still told
        assert client.get("/v1/products").status_code == 200
    assert entries(store) == []


def test_an_application_that_was_not_opened_answers_nobody(app: FastAPI) -> None:
    del app.state.trail
    client = TestClient(app, raise_server_exceptions=False)
    assert client.get(f"/v1/parties/{MAN}/loans").status_code == 503
    assert client.get("/v1/refused").status_code == 404


def test_what_comes_together_is_entered_together_and_one_that_cannot_keeps_none_out(
    store: OperationsStore,
) -> None:
    import dataclasses

    from graph.operations import AuditNote
    from graph.time import utc_now

    good = AuditNote(at=utc_now(), who="user:7", name="样本甲", role="r", act="ask", way="x")
    bad = dataclasses.replace(good, status=None)  # type: ignore[arg-type]
    with TrailWriter(store) as writer:
        futures = [writer.write(note) for note in [good] * 50 + [bad] + [good] * 50]
        numbers = [future.result() for future in futures if future.exception() is None]
    assert numbers == list(range(1, 101))
    assert check_chain(store).problem is None


def test_keys_are_found_as_they_stand_in_answers() -> None:
    html = f'<a href="/parties/{MAN}">x</a> <a href="/parties/{WOMAN.replace(":", "%3A")}"></a>'
    assert keys_in(html.encode()) == {MAN, WOMAN}
    assert keys_in(f'["{FIRM}", "household:610305103201-000322", "loan:C1:5"]'.encode()) == {
        FIRM, "household:610305103201-000322",
    }  # fmt: skip
    assert keys_in(f"{MAN}0 person:zz org:1".encode()) == set()

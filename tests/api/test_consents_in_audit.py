"""The audit says on which consents an answer stands, and what is for once begins to be used with it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse, Response
from starlette.testclient import TestClient

from api.acts import Act
from api.audit_trail import Audited
from api.dependencies import Scoped, permitted
from api.needs import needs
from api.security import Asker, Role
from api.services import Services
from graph.errors import OperationsError
from graph.information import InformationClass
from graph.operations import Channel, Consents, Mode, Trail
from graph.operations.consent import Consent
from graph.settings import Settings
from graph.time import today, utc_now
from queries.consent import AskedConsent, ConsentedScopes, register_consent
from queries.scope import Scope

MAN, WOMAN, STRANGER = (f"person:{letter * 32}" for letter in "abc")
BANK = "institution:bank"
OFFICER = Asker(
    "user:1", "王信贷", Role.LOAN_OFFICER,
    Scope("信贷员", institution=BANK, open_classes=frozenset()), frozenset({Act.LOOK, Act.ASK}),
)  # fmt: skip


def _refuse(_request: Request, status: int, code: str, zh: str, _en: str) -> Response:
    return JSONResponse({"code": code, "title": zh}, status)


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    with Services(Settings(data=tmp_path), reads_graph=False) as opened:
        yield opened


@pytest.fixture
def client(services: Services) -> TestClient:
    app = FastAPI(dependencies=[Depends(permitted)])
    app.state.asker, app.state.services = OFFICER, services
    app.add_middleware(Audited, refuse=_refuse)

    @app.get("/v1/parties/{key}/loans")
    @needs(Act.ASK, InformationClass.CREDIT)
    def loans(key: str, scope: Scoped) -> dict[str, Any]:
        if key == STRANGER:
            raise HTTPException(404)
        return {"party": key, "loans": [1] if key in scope.grants else []}

    @app.get("/v1/both")
    @needs(Act.ASK, InformationClass.CREDIT)
    def both(scope: Scoped) -> list[str]:
        return sorted(scope.grants)

    @app.get("/v1/parties/{key}/taxes")
    @needs(Act.ASK, InformationClass.TAX)
    def taxes(key: str, scope: Scoped) -> list[str]:
        return sorted(scope.grants.get(key, ()))

    return TestClient(app, raise_server_exceptions=False)


def opened(services: Services, subject: str, **more: Any) -> int:
    told: dict[str, Any] = {
        "items": ("credit", "land"), "from_on": today(), "sensitive_tick": True,
        "onward_tick": True, "channel": Channel.ONLINE,
    }  # fmt: skip
    asked = AskedConsent(subject, BANK, "credit_approval", **told | more)
    return register_consent(services.store, asked, by="窗口张三", at=utc_now()).number


def consents_of_entries(services: Services) -> list[tuple[str, ...]]:
    return [entry.consents for entry in Trail(services.store).after(0, limit=100)]


def kept(services: Services, number: int) -> Consent:
    return Consents(services.store).find(number)


def test_an_entry_names_the_consents_that_opened_its_answer(
    client: TestClient, services: Services
) -> None:
    first, second = opened(services, MAN), opened(services, MAN, items=("credit",))
    other = opened(services, WOMAN)
    opened(services, MAN, items=("land",))
    assert client.get(f"/v1/parties/{MAN}/loans").json()["loans"] == [1]
    assert client.get("/v1/both").status_code == 200
    assert client.get(f"/v1/parties/{MAN}/taxes").status_code == 200
    Consents(services.store).revoke(first, how="窗口", by="李四", at=utc_now())
    assert client.get(f"/v1/parties/{MAN}/loans").status_code == 200
    numbers = [
        tuple(sorted(map(str, one)))
        for one in ([first, second], [first, second, other], [], [second])
    ]
    assert [tuple(sorted(one)) for one in consents_of_entries(services)] == numbers


def test_once_is_begun_by_an_answer_and_over_with_the_day(
    client: TestClient, services: Services
) -> None:
    number = opened(services, MAN, mode=Mode.ONCE)
    # what reads nothing of what it opens, or is refused, begins nothing
    client.get(f"/v1/parties/{MAN}/taxes")
    client.get(f"/v1/parties/{STRANGER}/loans")
    assert kept(services, number).first_use() is None
    for _ in range(2):
        assert client.get(f"/v1/parties/{MAN}/loans").json()["loans"] == [1]
    held = kept(services, number)
    assert [(act.act, act.by) for act in held.acts] == [("begun", "王信贷")]
    tomorrow = utc_now() + timedelta(days=1)
    assert services.consented(OFFICER, at=tomorrow).grants == {}
    over = held.ending(tomorrow)
    assert over is not None and over.act == "used"


def test_two_requests_at_once_use_it_once(client: TestClient, services: Services) -> None:
    number = opened(services, MAN, mode=Mode.ONCE)
    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(lambda _: client.get(f"/v1/parties/{MAN}/loans"), range(8)))
    assert {answer.status_code for answer in told} == {200}
    assert [act.act for act in kept(services, number).acts] == ["begun"]
    assert consents_of_entries(services) == [(str(number),)] * 8


def test_what_cannot_be_noted_is_not_answered(
    client: TestClient, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(services, MAN, mode=Mode.ONCE)

    def fails(*_: object, **__: object) -> None:
        raise OperationsError("满了。", "Full.")

    monkeypatch.setattr(ConsentedScopes, "begin", fails)
    answer = client.get(f"/v1/parties/{MAN}/loans")
    assert (answer.status_code, answer.json()["code"]) == (503, "audit_unavailable")


def test_another_purpose_stands_on_other_consents(client: TestClient, services: Services) -> None:
    number = opened(services, MAN)
    opened(services, WOMAN)
    after = {"Purpose": "post_loan"}
    assert client.get(f"/v1/parties/{MAN}/loans", headers=after).json()["loans"] == []
    assert client.get(f"/v1/parties/{MAN}/loans").json()["loans"] == [1]
    assert consents_of_entries(services) == [(), (str(number),)]

"""How often who may ask: counted by client and by address, and said in headers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from clients_app import served
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.testclient import TestClient

from api.rate_limit import LIMITS, RateLimit, RateLimitedError, forget_all
from api.security.clients import new_secret, register
from graph.time import utc_now


@pytest.fixture(autouse=True)
def nobody_asked() -> Iterator[None]:
    forget_all()
    yield
    forget_all()


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    made = served(tmp_path_factory.mktemp("data"))
    yield made
    made.state.services.store.close()


@pytest.fixture(scope="module")
def service(app: FastAPI) -> TestClient:
    return TestClient(app, "http://127.0.0.1")


def bearing(app: FastAPI, service: TestClient) -> dict[str, str]:
    held = app.state.services
    client = register(
        held.store, name="样例银行", acts=["ask"], purposes=["贷款审批"], institution=None,
        divisions=None, by="管理员", at=utc_now(),
    )  # fmt: skip
    made = new_secret(held.store, held.settings, client.id, by="管理员", at=utc_now())
    told = service.post(
        "/v1/token", data={"grant_type": "client_credentials"}, auth=(client.id, made.secret)
    )
    return {"Authorization": f"Bearer {told.json()['access_token']}"}


def told(answer: Any) -> dict[str, dict[str, int]]:
    """The fields as a client reads them: items with their parameters."""
    found: dict[str, dict[str, int]] = {}
    for field in ("ratelimit-policy", "ratelimit"):
        for item in answer.headers[field].split(", "):
            name, *parameters = item.split(";")
            assert re.fullmatch(r'"[a-z_]+"', name)
            stated = {key: int(value) for key, value in (one.split("=") for one in parameters)}
            found.setdefault(name.strip('"'), {}).update(stated)
    return found


def test_a_client_is_told_what_is_left_and_when_there_is_more(
    app: FastAPI, service: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LIMITS["client"], "most", 3)
    one, other = bearing(app, service), bearing(app, service)
    for left in (2, 1, 0):
        answer = service.get("/v1/who", headers=one)
        [(name, state)] = told(answer).items()
        assert (answer.status_code, name) == (200, "client")
        assert {**state, "t": 0} == {"q": 3, "w": 60, "r": left, "t": 0}
        assert 1 <= state["t"] <= 60
    refused = service.get("/v1/who", headers=one)
    assert (refused.status_code, refused.json()["code"]) == (429, "rate_limited")
    assert refused.headers["content-type"] == "application/problem+json"
    assert told(refused)["client"]["r"] == 0
    assert int(refused.headers["retry-after"]) == told(refused)["client"]["t"]
    assert f"{refused.headers['retry-after']} 秒" in refused.json()["title"]
    # each has its own, and whoever uses the machine waits for nobody
    assert service.get("/v1/who", headers=other).status_code == 200
    assert "ratelimit" not in service.get("/v1/who").headers


def test_tokens_are_fetched_so_many_times_from_an_address(
    service: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LIMITS["token"], "most", 2)
    answers = [service.post("/v1/token") for _ in range(3)]
    assert [one.status_code for one in answers] == [400, 400, 429]
    assert [told(one)["token"]["r"] for one in answers] == [1, 0, 0]


def test_who_tries_tokens_out_is_held_up_and_holds_up_nobody(
    app: FastAPI, service: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LIMITS["refused_token"], "most", 2)
    good = bearing(app, service)
    wrong = {"Authorization": "Bearer x"}
    answers = [service.get("/v1/who", headers=wrong) for _ in range(3)]
    assert [one.status_code for one in answers] == [401, 401, 429]
    # another behind the same address goes on
    assert service.get("/v1/who", headers=good).status_code == 200


def test_the_whole_of_what_is_published_has_a_limit(
    service: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LIMITS["public_records"], "most", 1)
    patient = TestClient(service.app, "http://127.0.0.1", raise_server_exceptions=False)
    first, second = (patient.get("/v1/public/records") for _ in range(2))
    assert (first.status_code == 429, second.status_code) == (False, 429)
    assert told(second)["public_records"]["r"] == 0


def test_addresses_of_one_office_are_one() -> None:
    limit = RateLimit(1, 60)

    def asks(address: str) -> bool:
        try:
            limit.count_address(Request({"type": "http", "client": (address, 1)}))
        except RateLimitedError:
            return False
        return True

    assert asks("2001:db8:1:2::1") and not asks("2001:db8:1:2:ffff::9")
    assert asks("2001:db8:1:3::1")
    assert asks("192.0.2.1") and asks("192.0.2.2") and not asks("192.0.2.1")


@given(
    st.integers(1, 4),
    st.integers(1, 20),
    st.lists(st.tuples(st.integers(0, 15), st.sampled_from("ab")), max_size=60),
)
def test_never_more_than_so_many_within_any_window(
    most: int, seconds: int, steps: list[tuple[int, str]]
) -> None:
    """Against the plain rule: those let through within the window before, of the same one."""
    now = 0.0
    limit = RateLimit(most, seconds, clock=lambda: now)
    passed: list[tuple[float, str]] = []
    for step, who in steps:
        now += step
        within = [at for at, one in passed if one == who and at > now - seconds]
        try:
            quota = limit.count(who)
        except RateLimitedError as refused:
            assert len(within) == most
            assert refused.quota.left == 0
            # after that time one is let through again, and not before
            assert min(within) + seconds - now <= refused.quota.again_s
            assert refused.quota.again_s < min(within) + seconds - now + 1
        else:
            assert len(within) < most
            passed.append((now, who))
            assert quota.left == most - len(within) - 1


def test_threads_do_not_share_a_place() -> None:
    limit = RateLimit(50, 60)

    def asks(_: int) -> bool:
        try:
            limit.count("a")
        except RateLimitedError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(asks, range(200))) == 50


def test_the_interface_says_who_may_ask_and_how_often(app: FastAPI) -> None:
    described = app.openapi()
    schemes = described["components"]["securitySchemes"]
    scopes = schemes["client"]["flows"]["clientCredentials"]["scopes"]
    assert scopes.keys() == {"look", "ask", "decide", "consent", "finance", "notify"}
    assert schemes["session"]["in"] == "cookie"
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            assert isinstance(operation["security"], list), (method, path)
            for way in operation["security"]:
                for name, wanted in way.items():
                    assert name in schemes and set(wanted) <= scopes.keys()
            for answer in operation["responses"].values():
                assert {"RateLimit", "RateLimit-Policy"} <= answer["headers"].keys()
            assert "Retry-After" in operation["responses"]["429"]["headers"]
    paths = described["paths"]
    assert paths["/v1/parties/{key}/loans"]["get"]["security"] == [
        {"client": ["ask"]},
        {"session": []},
        {},
    ]
    assert paths["/v1/clients"]["get"]["security"] == [{"session": []}, {}]
    assert paths["/v1/public/records"]["get"]["security"] == []
    assert paths["/v1/token"]["post"]["security"] == [{"client_secret": []}, {}]

"""The first steps of a program that asks, as the page shows them, over a real district."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
from curling import sent
from starlette.testclient import TestClient

from api.app import create_app
from api.guide import guide
from api.python_client import client_source
from api.security.clients import IssuedSecret
from api.security.first_start import demonstration_client
from api.who_asks import local_scope
from graph.operations import Consents
from graph.settings import Settings
from graph.time import utc_now
from ingest.sample.consents import MAIN_BANK, households_of, register_sample


@pytest.fixture(scope="module")
def service(district: Settings) -> Iterator[TestClient]:
    """As it is served: whoever asks has a token."""
    with TestClient(create_app(district), "http://127.0.0.1") as opened:
        services = opened.app.state.services  # type: ignore[attr-defined]
        households = households_of(services.reader(local_scope()))
        register_sample(services.office, households, at=utc_now())
        yield opened


@pytest.fixture(scope="module")
def demonstrated(service: TestClient, district: Settings) -> IssuedSecret:
    store = service.app.state.services.store  # type: ignore[attr-defined]
    return demonstration_client(store, district, by="某人", at=utc_now())


@pytest.fixture(scope="module")
def person(service: TestClient) -> str:
    """Somebody who lets the bank look."""
    store = service.app.state.services.store  # type: ignore[attr-defined]
    return next(
        one.terms.subject
        for one in Consents(store).of(institution=MAIN_BANK, limit=200)
        if one.terms.subject.startswith("person:")
        and one.terms.sensitive_tick
        and not one.acts
        and one.terms.to_on > utc_now().date()
    )


def test_every_line_of_the_guide_works_as_it_stands(
    service: TestClient, demonstrated: IssuedSecret, person: str
) -> None:
    known = {"CLIENT": demonstrated.client, "SECRET": demonstrated.secret, "PERSON": person}
    statuses = []
    for step in guide():
        answer = patiently(service, step.curl, known)
        statuses.append(answer.status_code)
        assert answer.status_code < 400, (step.title, answer.text)
        for variable, place in step.keeps.items():
            known[variable] = str(at(answer.json(), place))
        if "etag" in answer.headers:
            known["ETAG"] = answer.headers["etag"].replace('"', '\\"')
    assert statuses == [200, 200, 200, 304, 200, 200, 201]
    again = sent(service, guide()[-1].curl, **known)
    assert (again.status_code, again.headers["idempotency-replayed"]) == (201, "true")


def patiently(service: TestClient, line: str, known: dict[str, str]) -> Any:
    """The answer, of a graph that may be busy: it says when to come again."""
    for _ in range(10):
        answer = sent(service, line, **known)
        if answer.status_code != 503:
            break
        time.sleep(float(answer.headers["retry-after"]))
    return answer


def at(told: Any, place: str) -> Any:
    for part in place.split("."):
        told = told[int(part)] if isinstance(told, list) else told[part]
    return told


def test_the_client_for_python_does_the_same(
    service: TestClient, demonstrated: IssuedSecret, person: str
) -> None:
    made: dict[str, Any] = {"__name__": "xinnong_client"}
    source = client_source(service.app.openapi())  # type: ignore[attr-defined]
    exec(compile(source, "xinnong_client.py", "exec"), made)
    xinnong = made["Xinnong"]("", demonstrated.client, demonstrated.secret, http=service)
    found = xinnong.post_parties_search(text="合作社")
    key = found["rows"][0]["key"]
    assert xinnong.get_parties_by_key(key)["question"] == "party_card"
    decided = xinnong.post_decisions(
        product="farmer_small_credit_loan", party=person, institution=MAIN_BANK
    )
    assert xinnong.get_decisions_by_decision_id(decided["decision_id"])["record"]
    many = xinnong.post_decisions_many(product="farmer_small_credit_loan", parties=[person])
    assert [line["party"] for line in many] == [person]
    pages = list(xinnong.pages(xinnong.get_lists_entries, limit=2))
    rows = [row for page in pages for row in page["entries"]]
    assert len(rows) == pages[0]["total"]
    taken = xinnong.post_financing_demands(
        subject=person, amount_fen=5_000_000, months=12, purpose="春耕", reference="R-2", by="",
        idempotency_key="demand-2",
    )  # fmt: skip
    number = taken["act"]["demand"]
    assert xinnong.get_financing_demands_by_number(number)["demand"]["number"] == number
    with pytest.raises(made["Problem"]) as refused:
        xinnong.get_parties_by_key("org:nobody")
    assert (refused.value.status, refused.value.code) == (404, "party_unknown")
    with pytest.raises(made["Problem"]) as wrong:
        made["Xinnong"]("", demonstrated.client, "wrong", http=service).get_lists()
    assert wrong.value.status == 401


def test_a_new_secret_of_the_demonstration_ends_the_one_before(
    service: TestClient, district: Settings
) -> None:
    """Printed once: who read an older window has nothing."""
    store = service.app.state.services.store  # type: ignore[attr-defined]
    first = demonstration_client(store, district, by="某人", at=utc_now())
    second = demonstration_client(store, district, by="某人", at=utc_now())
    assert first.client == second.client
    asked = {"grant_type": "client_credentials"}
    statuses = [
        service.post("/v1/token", data=asked, auth=(one.client, one.secret)).status_code
        for one in (first, second)
    ]
    assert statuses == [401, 200]

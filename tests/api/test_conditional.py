"""ETag, If-None-Match and If-Match: what is had is not sent, what changed is not acted on unseen."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st
from staffed import Staffed, staffed
from starlette.testclient import TestClient
from world import World

from api.acts import Act
from api.conditional import Tagged, is_of_one_state, of_one_state
from api.dependencies import Reading, services
from api.entity_tag import names, tag_of
from api.needs import needs, routes_of
from api.problems import add_handlers, defect
from api.routes import routers
from api.security import Role, local_asker
from api.security.asker import scope_of
from api.services import Services
from api.trace import Traced
from graph.log import FactLog
from graph.settings import Settings

BEGAN = datetime(2026, 1, 5, tzinfo=UTC)
CONSENT: dict[str, Any] = {
    "subject": f"person:{1:032x}", "institution": "institution:C1402610305001",
    "purpose": "credit_approval", "items": ["land"], "sensitive_tick": True, "onward_tick": True,
    "by": "李信贷",
}  # fmt: skip
REVOKED = {"how": "线上", "by": "李信贷"}


@given(st.lists(st.text("abc019!", max_size=5), max_size=4), st.text("abc019!", max_size=5))
def test_a_header_names_what_stands_in_it(told: list[str], one: str) -> None:
    """RFC 9110, 13.1: a list of tags; by a weak one nothing is changed."""
    header = " , ".join(f'"{each}"' for each in told)
    weak = ", ".join(f'W/"{each}"' for each in told)
    assert names(header, f'"{one}"') is (one in told)
    assert names(weak, f'"{one}"', weakly=True) is (one in told)
    assert names(weak, f'"{one}"') is False
    assert names("*", f'"{one}"')


def test_equal_parts_have_equal_tags() -> None:
    assert tag_of("a", 1, BEGAN) == tag_of("a", 1, BEGAN) != tag_of("a1", "", BEGAN)


class Firms:
    """A log of firms and two routes over it: one is worked out of a state, one of who knows what."""

    def __init__(self, folder: Path) -> None:
        self.log = FactLog(folder / "log")
        self.worked = 0
        self.days = 0
        self.services = Services(Settings(data=folder), reads_graph=False)
        self.app = FastAPI()
        self.app.state.services, self.app.state.asker = self.services, local_asker()
        self.app.dependency_overrides[services] = lambda: self.services
        add_handlers(self.app)
        self.app.add_middleware(Tagged)
        self.app.add_middleware(Traced, defect=defect, who="somebody")

        @self.app.get("/v1/firms")
        @needs(Act.ASK)
        @of_one_state
        def firms(reader: Reading, begins: str = "") -> list[str]:
            self.worked += 1
            return [
                key
                for key in reader.table("Enterprise")["key"].to_pylist()
                if key.startswith(begins)
            ]

        @self.app.get("/v1/count")
        @needs(Act.ASK)
        def count(reader: Reading) -> int:
            self.worked += 1
            return len(reader.table("Enterprise"))

        self.client = TestClient(self.app, "http://127.0.0.1")

    def send(self, *keys: str) -> None:
        """One batch of firms."""
        self.days += 1
        world = World(self.log)
        world.count = self.days * 1_000
        for key in keys:
            world.node("Enterprise", key, name=key)
        world.commit(BEGAN + timedelta(days=self.days))

    def again(self, path: str, tag: str) -> int:
        """How it is answered to somebody who has an answer of that tag."""
        answer = self.client.get(path, headers={"If-None-Match": tag})
        if answer.status_code == 304:
            assert (answer.content, answer.headers["etag"]) == (b"", tag)
            assert "content-type" not in answer.headers
        return answer.status_code


@pytest.fixture
def firms(tmp_path: Path) -> Iterator[Firms]:
    opened = Firms(tmp_path)
    opened.send("a1", "b1")
    yield opened
    opened.services.close()


@pytest.mark.parametrize(("path", "worked"), [("/v1/firms", 1), ("/v1/count", 2)])
def test_what_is_had_already_is_not_sent(firms: Firms, path: str, worked: int) -> None:
    """Of one state, it is not even worked out again."""
    tag = firms.client.get(path).headers["etag"]
    assert firms.again(path, tag) == 304
    assert firms.worked == worked
    among = firms.client.get(path, headers={"If-None-Match": f'"other", W/{tag}'})
    assert (among.status_code, among.headers["etag"]) == (304, tag)
    assert firms.again(path, '"other"') == 200
    firms.send("a2")
    assert firms.again(path, tag) == 200


def test_a_tag_is_of_one_question_one_moment_and_one_reader(firms: Firms) -> None:
    tag = firms.client.get("/v1/firms").headers["etag"]
    assert firms.again("/v1/firms?begins=a", tag) == 200
    assert firms.again("/v1/firms?as_of=2026-01-31", tag) == 200
    firms.app.state.asker = local_asker().seeing(scope_of(Role.CREDIT_OFFICE))
    assert firms.again("/v1/firms", tag) == 200
    firms.send("c1")
    then = (BEGAN + timedelta(days=1)).isoformat().replace("+", "%2B")
    old = firms.client.get(f"/v1/firms?known_at={then}").headers["etag"]
    firms.send("c2")
    assert firms.again(f"/v1/firms?known_at={then}", old) == 304


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Staffed]:
    with staffed(tmp_path_factory.mktemp("house") / "data") as opened:
        yield opened


@pytest.fixture(scope="module")
def officer(house: Staffed) -> TestClient:
    return house.inside(house.enter(Role.LOAN_OFFICER))


def consent(officer: TestClient) -> tuple[str, str]:
    """Path and tag of a new consent."""
    number = officer.post("/v1/consents", json=CONSENT).json()["number"]
    path = f"/v1/consents/{number}"
    return path, officer.get(path).headers["etag"]


def test_an_act_on_what_changed_meanwhile_is_refused(officer: TestClient) -> None:
    path, tag = consent(officer)
    wrong = officer.post(f"{path}/revocation", json=REVOKED, headers={"If-Match": '"other"'})
    assert (wrong.status_code, wrong.json()["code"]) == (412, "state_changed")
    assert officer.get(path).headers["etag"] == tag
    weak = officer.post(f"{path}/revocation", json=REVOKED, headers={"If-Match": f"W/{tag}"})
    assert weak.status_code == 412
    done = officer.post(f"{path}/revocation", json=REVOKED, headers={"If-Match": tag})
    assert (done.status_code, done.json()["state"]) == (200, "revoked")
    assert done.headers["etag"] == officer.get(path).headers["etag"] != tag
    late = officer.post(f"{path}/revocation", json=REVOKED, headers={"If-Match": tag})
    assert late.status_code == 412
    nothing = officer.post("/v1/consents/999999/use", json={"reason": "查阅", "by": "李信贷"},
                           headers={"If-Match": "*"})  # fmt: skip
    assert nothing.status_code == 412


def test_of_two_who_saw_the_same_one_acts(officer: TestClient) -> None:
    """At once, by as many as there are: the others are told that it changed."""
    path, tag = consent(officer)
    with ThreadPoolExecutor(4) as many:
        answers = list(
            many.map(
                lambda _: (
                    officer.post(
                        f"{path}/revocation", json=REVOKED, headers={"If-Match": tag}
                    ).status_code
                ),
                range(4),
            )
        )
    assert sorted(answers) == [200, 412, 412, 412]


def test_a_tag_of_one_reader_is_nothing_to_another(house: Staffed, officer: TestClient) -> None:
    path, tag = consent(officer)
    other = house.inside(house.enter(Role.LOAN_OFFICER, name="zweiter"))
    assert other.get(path, headers={"If-None-Match": tag}).status_code == 200
    assert officer.get(path, headers={"If-None-Match": tag}).status_code == 304


def test_a_user_is_changed_as_they_were_seen(house: Staffed) -> None:
    admin = house.inside(house.enter(Role.ADMINISTRATOR))
    house.enter(Role.INSPECTOR, name="dritter")
    tag = admin.get("/v1/users/dritter").headers["etag"]
    headers = {"If-Match": '"other"'}
    change = {"person_key": f"person:{2:032x}"}
    assert admin.patch("/v1/users/dritter", json=change, headers=headers).status_code == 412
    assert (
        admin.patch("/v1/users/dritter", json=change, headers={"If-Match": tag}).status_code == 200
    )
    assert admin.get("/v1/users/niemand").status_code == 404


def test_a_round_is_not_put_over_another_word(house: Staffed) -> None:
    """RFC 6585, 3: who would overwrite what the office entered says that they saw it."""
    office = house.inside(house.enter(Role.CREDIT_OFFICE))
    body = {"allowed": [0, 1], "notice": "通知〔2026〕1号", "by": "王科员"}
    first = office.put("/v1/code-rounds/2031", json=body)
    assert first.status_code == 200, first.text
    blind = office.put("/v1/code-rounds/2031", json={**body, "allowed": [2]})
    assert (blind.status_code, blind.json()["code"]) == (428, "if_match_required")
    tag = first.headers["etag"]
    again = office.put(
        "/v1/code-rounds/2031", json={**body, "allowed": [2]}, headers={"If-Match": tag}
    )
    assert (again.status_code, again.json()["allowed"]) == (200, [2])
    late = office.put("/v1/code-rounds/2031", json=body, headers={"If-Match": tag})
    assert late.status_code == 412


def test_what_is_worked_out_of_a_state_reads_the_log_alone() -> None:
    """A route that asks the office's books has more than one state."""
    marked = [route for route in routes_of(routers()) if is_of_one_state(route.endpoint)]
    assert len(marked) >= 14
    for route in marked:
        takes = {part.call.__name__ for part in route.dependant.dependencies if part.call}
        assert route.methods == {"GET"}
        assert takes == {"reader"}, route.path


#: Made anew each time, and why.
NOT_BY_KEY = {
    "/v1/clients/{client}/secrets": "a secret is kept nowhere",
    "/v1/hooks": "a secret is kept nowhere",
    "/v1/users/{name}/link": "a link is kept nowhere",
    "/v1/own-links": "a link is kept nowhere",
    "/v1/financing/demands/{number}/links": "a link is kept nowhere",
    "/v1/session": "a session is one's own",
    "/v1/parties/{key}/case-files": "every copy has a number of its own",
    "/v1/batches": "a file is known by its digest",
}


def test_whatever_makes_something_does_so_once_under_a_key() -> None:
    making = [
        route
        for route in routes_of(routers())
        if "POST" in route.methods and route.status_code in (201, 202)
    ]
    keyless = {
        route.path
        for route in making
        if "idempotency-key" not in {each.alias.lower() for each in _headers(route.dependant)}
    }
    assert keyless == set(NOT_BY_KEY)


def _headers(of: Any) -> list[Any]:
    return [*of.header_params, *(each for part in of.dependencies for each in _headers(part))]


def test_a_consent_is_registered_once_under_a_key(officer: TestClient) -> None:
    key = {"Idempotency-Key": "k-1"}
    first = officer.post("/v1/consents", json=CONSENT, headers=key)
    again = officer.post("/v1/consents", json=CONSENT, headers=key)
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    assert again.headers["idempotency-replayed"] == "true"
    assert officer.get(f"/v1/consents/{first.json()['number']}").json() == first.json()
    other = officer.post("/v1/consents", json={**CONSENT, "items": ["tax"]}, headers=key)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    refused = {**CONSENT, "purpose": "none"}
    key = {"Idempotency-Key": "k-2"}
    assert officer.post("/v1/consents", json=refused, headers=key).status_code == 400
    assert officer.post("/v1/consents", json=CONSENT, headers=key).status_code == 201

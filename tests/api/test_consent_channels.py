"""A consent that is revoked changes the next answer, whichever way it is asked for.

What an officer gets after a revocation is held against what the officer got before there was any
consent: not one byte that hangs on the consent may stay.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pytest
from breadth import at_landing
from patient import Patient, at_once
from starlette.testclient import TestClient
from world import World

import api.pages
from api.acts import Act
from api.app import create_app
from api.decision_jobs import DecisionJobs
from api.rehearsal import Rehearsal
from api.security import Asker, Role
from api.security.people import add_person, end_person
from graph.connection import Graph
from graph.information import InformationClass
from graph.log import FactLog
from graph.operations import Channel, Consents, Mode
from graph.projection import project
from graph.settings import Settings
from graph.time import today, utc_now
from queries.consent import AskedConsent, find_purpose, register_consent
from queries.eligibility import packaged
from queries.library import _AT_ONCE
from queries.scope import WITHHELD, Scope

VILLAGE, TOWN = "division:610322104203", "division:610322104"
HEAD, WIFE, FIRM = ("person:a", "Person"), ("person:b", "Person"), ("org:1", "Enterprise")
HOUSEHOLD, LOAN = ("household:1", "Household"), ("loan:1", "Loan")
BANK = ("institution:bank", "FinancialInstitution")
OFFICER = Asker(
    "user:1", "王信贷", Role.LOAN_OFFICER,
    Scope("样例信贷员", ("610322104",), BANK[0], "", frozenset()),
    frozenset({Act.LOOK, Act.ASK, Act.DECIDE}),
)  # fmt: skip
#: What tells that the consent was looked at.
NAME, LOAN_NO = "许春英", "loan:1"
PRODUCT = "farmer_small_credit_loan"


@pytest.fixture(scope="module")
def town(office: Settings) -> Settings:
    world = World(FactLog(office.log_dir))
    for key, label, name in (
        (TOWN, "Town", "田家庄镇"), (VILLAGE, "Village", "许家村"), (*BANK, "凤翔农商银行"),
        (*FIRM, "丰硕果业"),
    ):  # fmt: skip
        world.node(label, key, name=name)
    world.tie("PART_OF", (VILLAGE, "Village"), (TOWN, "Town"))
    for one in (HEAD, WIFE, HOUSEHOLD, FIRM):
        world.tie("LOCATED_IN", one, (VILLAGE, "Village"))
    world.node("Person", HEAD[0], name=NAME, birth_on=date(1980, 1, 1))
    world.node("Person", WIFE[0], name="李永", birth_on=date(1985, 1, 1))
    world.node("Household", HOUSEHOLD[0], household_no="H-1")
    world.tie("BELONGS_TO", HEAD, HOUSEHOLD, role="householder")
    world.tie("BELONGS_TO", WIFE, HOUSEHOLD, role="spouse")
    world.node("Loan", LOAN[0], principal_fen=100_000, loan_no="JK-77")
    world.node("LoanState", LOAN[0], "Loan", balance_fen=77_700, loan_class="substandard")
    world.tie("BORROWED", HEAD, LOAN)
    world.tie("LENT_BY", LOAN, BANK)
    world.tie("GUARANTEES", HEAD, WIFE, amount_fen=10_000)
    world.commit(datetime(2026, 3, 1, tzinfo=UTC))
    with Graph(office) as graph:
        project(FactLog(office.log_dir), graph)
    return office


@pytest.fixture(scope="module")
def client(town: Settings) -> Iterator[TestClient]:
    with pytest.MonkeyPatch.context() as patch:
        for found in pkgutil.iter_modules(api.pages.__path__):
            module = importlib.import_module(f"api.pages.{found.name}")
            if hasattr(module, "PATIENCE"):
                patch.setattr(module, "PATIENCE", 300.0)
        with Patient(create_app(town, answers_for=OFFICER), "http://127.0.0.1") as opened:
            yield opened


@dataclass(frozen=True)
class Window:
    """Where consents are registered while the officer's session goes on."""

    store: Any

    def open(self, subject: str, **more: Any) -> int:
        """A consent to every class of the purpose; its number."""
        purpose = find_purpose("credit_approval")
        told: dict[str, Any] = {
            "items": tuple(sorted(purpose.classes)), "from_on": today(), "sensitive_tick": True,
            "onward_tick": True, "channel": Channel.ONLINE,
        }  # fmt: skip
        asked = AskedConsent(subject, BANK[0], "credit_approval", **told | more)
        return register_consent(self.store, asked, by="窗口张三", at=utc_now()).number

    def revoke(self, *numbers: int) -> None:
        for number in numbers:
            Consents(self.store).revoke(number, how="窗口", by="窗口李四", at=utc_now())


@pytest.fixture
def window(client: TestClient) -> Iterator[Window]:
    made = Window(client.app.state.services.store)  # type: ignore[attr-defined]
    yield made
    consents = Consents(made.store)
    made.revoke(*(one.number for one in consents.of(limit=1_000)))


def everybody(window: Window) -> list[int]:
    return [window.open(key) for key in (HEAD[0], WIFE[0], HOUSEHOLD[0])]


#: Channel -> how it is asked: method, address, body.
CHANNELS: dict[str, tuple[str, str, Any]] = {
    "page": ("GET", "/parties/person:a", None),
    "page of decisions": ("GET", "/parties/person:a/decisions", None),
    "page of structure": ("GET", "/structure", None),
    "page of prospects": ("GET", "/prospects", None),
    "page of search": ("POST", "/", {"text": NAME}),
    "search": ("POST", "/v1/parties/search", {"text": NAME}),
    "card": ("GET", "/v1/parties/person:a", None),
    "loans": ("GET", "/v1/parties/person:a/loans", None),
    "guarantees": ("GET", "/v1/parties/person:a/guarantees", None),
    "neighbourhood": ("GET", "/v1/parties/person:a/neighbourhood", None),
    "risk": ("GET", "/v1/parties/person:a/risk", None),
    "what if": ("POST", "/v1/parties/person:a/risk/what-if", {"without_ties": []}),
    "score": ("GET", "/v1/parties/person:a/score", None),
    "structure": ("GET", "/v1/parties/person:a/standing", None),
    "patterns": ("GET", "/v1/guarantees/patterns", None),
    "hints": ("GET", "/v1/parties/person:a/hints", None),
    "question": ("POST", "/v1/questions/loans", {"key": "person:a"}),
    "decision": ("POST", "/v1/decisions", {"party": HEAD[0], "product": PRODUCT}),
    "many decisions": (
        "POST", "/v1/decisions/many", {"parties": [HEAD[0], WIFE[0]], "product": PRODUCT},
    ),
    "export of rows": ("GET", "/v1/lending/on_file/rows", None),
    "figures": ("GET", "/v1/lending", None),
    "prospects": ("GET", "/v1/prospects", None),
    "places": ("GET", "/v1/places", None),
    "losses": ("POST", "/v1/stress/losses", {}),
}  # fmt: skip
#: Those that tell the same of one household and of none: nothing in them hangs on a party.
_ANY = {"page of structure", "page of prospects", "patterns", "prospects", "places", "hints"}
_VOLATILE = re.compile(
    r'"(decision_id|known_at|inputs_digest|made_at|decided_at|trace|instance)": ?"[^"]*"'
    r"|[0-9a-f]{32,64}|\d{8}-\d{6}-\d{6}|\d{4}-\d{2}-\d{2} \d{2}:\d{2}(:\d{2})?"
)


def told(client: TestClient, channel: str) -> str:
    method, path, body = CHANNELS[channel]
    sent = {"data": body} if method == "POST" and not path.startswith("/v1") else {"json": body}
    given = sent if body is not None else {}
    answer = client.request(method, path, follow_redirects=True, **given)
    assert answer.status_code < 500 and answer.status_code != 202, (channel, answer.text)
    # what a page has to pass on stands in it whoever asks; which decision it is belongs to the request
    return f"{answer.status_code} {_VOLATILE.sub('~', answer.text)}"


@pytest.mark.parametrize("channel", at_landing([*CHANNELS][1::4], CHANNELS))
def test_the_next_answer_of_every_channel_is_as_if_nobody_had_agreed(
    client: TestClient, window: Window, channel: str
) -> None:
    before = told(client, channel)
    numbers = everybody(window)
    agreed = told(client, channel)
    assert channel in _ANY or agreed != before, "nothing hangs on the consent"
    window.revoke(*numbers)
    assert told(client, channel) == before
    again = everybody(window)
    assert told(client, channel) == agreed
    window.revoke(*again)


def test_what_was_seen_is_seen_no_more(client: TestClient, window: Window) -> None:
    numbers = everybody(window)
    assert LOAN_NO in told(client, "loans"), told(client, "loans")[-1500:]
    assert NAME in told(client, "page")
    window.revoke(*numbers)
    for channel in CHANNELS:
        text = told(client, channel)
        assert LOAN_NO not in text and "77700" not in text and "777.00" not in text, channel
        if channel != "page of search":  # it says again what was typed
            assert NAME not in text, channel
    assert WITHHELD in told(client, "search")


def test_each_class_and_each_tick_opens_its_own(client: TestClient, window: Window) -> None:
    number = window.open(HEAD[0], items=(InformationClass.IDENTITY,))
    assert NAME in told(client, "card") and LOAN_NO not in told(client, "loans")
    window.revoke(number)
    number = window.open(HEAD[0], sensitive_tick=False)
    # land and identity need no tick of their own, credit does
    assert NAME in told(client, "card") and LOAN_NO not in told(client, "loans")
    window.revoke(number)
    number = window.open(HEAD[0], onward_tick=False)
    assert NAME not in told(client, "card")
    window.revoke(number)
    window.open(HEAD[0], institution_name="凤翔农商银行", mode=Mode.CONTINUOUS)
    post = {"Purpose": "post_loan"}
    assert LOAN_NO in client.get("/v1/parties/person:a/loans").text
    assert LOAN_NO not in client.get("/v1/parties/person:a/loans", headers=post).text
    refused = client.get("/v1/parties/person:a/loans", headers={"Purpose": "curiosity"})
    assert refused.json()["code"] == "purpose_unknown"
    # a browser that fetches ahead says so in the same header
    assert LOAN_NO in client.get(
        "/v1/parties/person:a/loans", headers={"Purpose": "prefetch"}
    ).text  # fmt: skip


def test_a_kept_decision_is_not_shown_when_the_consent_is_over(
    client: TestClient, window: Window
) -> None:
    numbers = everybody(window)
    body = {"party": HEAD[0], "product": PRODUCT, "institution": BANK[0]}
    kept = client.post("/v1/decisions", json=body).json()["decision_id"]
    assert client.get(f"/v1/decisions/{kept}").status_code == 200
    window.revoke(*numbers)
    assert client.get(f"/v1/decisions/{kept}").status_code == 404
    assert client.post(f"/v1/decisions/{kept}/replay").status_code == 404


def test_who_asks_for_an_institution_need_not_name_it_and_names_no_other(
    client: TestClient, window: Window
) -> None:
    everybody(window)
    body = {"party": HEAD[0], "product": PRODUCT}
    kept = client.post("/v1/decisions", json=body).json()["decision_id"]
    assert client.get(f"/v1/decisions/{kept}").json()["record"]["institution"] == BANK[0]
    other = client.post("/v1/decisions", json={**body, "institution": "institution:other"})
    assert (other.status_code, other.json()["code"]) == (403, "institution_not_own")


def test_a_running_job_stops_using_it_at_its_next_line(
    client: TestClient, window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers, lines = everybody(window), 0
    line: Callable[..., Any] = DecisionJobs._line

    def after_three(self: DecisionJobs, *given: Any) -> Any:
        nonlocal lines
        lines += 1
        made = line(self, *given)
        if lines == 3:
            window.revoke(*numbers)
        return made

    monkeypatch.setattr(DecisionJobs, "_line", after_three)
    body = {"product": PRODUCT, "parties": [HEAD[0]] * 6}
    answer = client.post("/v1/decisions/jobs", json=body)
    place = answer.headers["location"]
    # whose job it is does not hang on what consents opened when it was submitted
    while (job := client.get(place).json())["state"] not in ("done", "failed"):
        time.sleep(0.05)
    assert job["state"] == "done"
    made = [json.loads(text) for text in client.get(f"{place}/result").text.splitlines()]
    assert all("verdict" in one for one in made[:3])
    alone = client.post("/v1/decisions", json={"party": HEAD[0], "product": PRODUCT}).json()
    assert [one.get("verdict", one.get("code")) for one in made[3:]] == [
        alone.get("verdict", alone.get("code"))
    ] * 3
    assert all("77700" not in json.dumps(one) for one in made[3:])


def test_the_store_that_cannot_be_asked_lets_nothing_be_seen(
    client: TestClient, window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    from graph.errors import OperationsError

    everybody(window)

    def fails(*_: Any) -> Any:
        raise OperationsError("运行库无法读写。", "The store is away.")

    monkeypatch.setattr(Consents, "since", fails)
    answer = at_once(client, "/v1/parties/person:a/loans")
    assert answer.status_code == 503 and LOAN_NO not in answer.text


@pytest.mark.parametrize(
    "product", sorted(name for name, product in packaged().items() if product.is_at(today()))
)
def test_not_agreeing_never_turns_into_not_met(
    client: TestClient, window: Window, product: str
) -> None:
    """What fails without consent fails with it too: a public record, or what the applicant said."""

    def conditions(party: str) -> dict[str, str] | None:
        told = client.post("/v1/decisions", json={"party": party, "product": product}).json()
        if "conditions" not in told:
            return None
        return {one["id"]: one["verdict_code"] for one in told["conditions"]}

    parties = (HEAD[0], HOUSEHOLD[0], FIRM[0])
    numbers = [window.open(key) for key in (*parties, WIFE[0])]
    agreed = {party: conditions(party) for party in parties}
    window.revoke(*numbers)
    some = [window.open(key, items=(InformationClass.IDENTITY,)) for key in (*parties, WIFE[0])]
    partly = {party: conditions(party) for party in parties}
    window.revoke(*some)
    nobody = {party: conditions(party) for party in parties}
    looked = 0
    for withheld in (partly, nobody):
        for party in parties:
            for name, outcome in (withheld[party] or {}).items():
                looked += 1
                if outcome == "not_met":
                    assert (agreed[party] or {})[name] == "not_met", (party, name)
    assert looked


# ------------------------------------------------------- what is asked before somebody waits for it


@pytest.fixture
def texts(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the graph is asked for whoever does not see everything; it answers all the same."""
    heard: list[str] = []
    read_many = Graph.read_many

    def noting(self: Graph, statements: Any, **given: Any) -> Any:
        heard.extend(each.text for each in statements if "$open" in each.text)
        return read_many(self, statements, **given)

    monkeypatch.setattr(Graph, "read_many", noting)
    return heard


def rehearsed(client: TestClient) -> Rehearsal:
    with Rehearsal(client.app.state.services) as rehearsal:  # type: ignore[attr-defined]
        rehearsal.start()
        assert rehearsal.wait(600)
    return rehearsal


@pytest.mark.sweep
def test_after_a_start_everything_that_an_officer_asks_is_asked_once(
    client: TestClient, window: Window, texts: list[str]
) -> None:
    everybody(window)
    rehearsed(client)
    assert not texts, "nobody may log in, and something is asked"
    add_person(
        window.store, name="wang", display_name="王信贷", role="loan_officer", institution=BANK[0],
        divisions=["610322104"], by="某人", at=utc_now(),
    )  # fmt: skip
    rehearsed(client)
    planned = {*texts}
    assert len(planned) == len(texts) > 20
    texts.clear()
    for channel in CHANNELS:
        told(client, channel)
    assert texts and {*texts} <= planned
    end_person(window.store, "wang", at=utc_now())


def test_a_service_that_closes_asks_no_further_question(
    client: TestClient, window: Window, texts: list[str]
) -> None:
    add_person(
        window.store,
        name="zhao",
        display_name="赵主任",
        role="credit_office",
        by="某人",
        at=utc_now(),
    )
    rehearsal = Rehearsal(client.app.state.services)  # type: ignore[attr-defined]
    rehearsal.close()
    rehearsal.start()
    assert rehearsal.wait(600)
    assert len(texts) == _AT_ONCE  # those at hand are asked side by side

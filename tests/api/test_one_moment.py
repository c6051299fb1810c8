"""All of one answer stands on one moment: batches that land between any two reads change nothing."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from breadth import at_landing
from starlette.testclient import TestClient
from waiting import until
from world import World

import api.pages
from api.app import create_app
from api.pages import router as pages
from api.routes import routers
from api.security import local_asker
from graph.connection import Graph
from graph.encoding import encode
from graph.errors import NotFoundError
from graph.log import FactLog
from graph.projection import project
from graph.settings import Settings
from queries.runs import Runs
from queries.scope import ADMINISTRATOR, Scope
from queries.single_flight import SingleFlight

VILLAGE, TOWN = "division:610322104203", "division:610322104"
HEAD, WIFE, FIRM = ("person:a", "Person"), ("person:b", "Person"), ("org:1", "Enterprise")
HOUSEHOLD, LOAN = ("household:1", "Household"), ("loan:1", "Loan")
BANK = ("institution:bank", "FinancialInstitution")
START = datetime(2026, 3, 1, tzinfo=UTC)
FIRST = START.isoformat().replace("+00:00", "Z")


class Town:
    """A household, its loan and its guarantor; `news` says all of it otherwise than before."""

    def __init__(self, log: FactLog) -> None:
        self.world = World(log)
        self.batches = 0
        self._said: list[tuple[str, str]] = []
        for key, label, name in (
            (TOWN, "Town", "田家庄镇"),
            (VILLAGE, "Village", "许家村"),
            (*BANK, "凤翔农商银行"),
            (*FIRM, "丰硕果业"),
        ):
            self.world.node(label, key, name=name)
        self.world.tie("PART_OF", (VILLAGE, "Village"), (TOWN, "Town"))
        for one in (HEAD, WIFE, HOUSEHOLD, FIRM):
            self.world.tie("LOCATED_IN", one, (VILLAGE, "Village"))
        self.world.tie("BELONGS_TO", HEAD, HOUSEHOLD, role="householder")
        self.world.tie("BELONGS_TO", WIFE, HOUSEHOLD, role="spouse")
        self.world.node("Loan", LOAN[0], principal_fen=100_000, loan_no="JK-1")
        self.world.tie("BORROWED", HEAD, LOAN)
        self.world.tie("LENT_BY", LOAN, BANK)
        self.news()

    def news(self) -> None:
        """One more batch: names, ages, balances, guarantees and records, each in new words."""
        number = self.batches
        for kind, fact in self._said:
            self.world.close(kind, fact)
        self._said = []
        say = self._say
        say("Person", *HEAD, name=f"许春英{number}", birth_on=date(1980, 1, 1 + number % 28))
        say("Person", *WIFE, name=f"李永{number}", birth_on=date(1985, 1, 1))
        say("Household", *HOUSEHOLD, household_no=f"H-{number}")
        say("LoanState", *LOAN, balance_fen=50_000 + number, loan_class="pass")
        penalty = (f"penalty:{number}", "Penalty")
        say("Penalty", *penalty, document_no=f"罚〔2026〕{number}号", decided_on=date(2026, 1, 9))
        for kind, source, target, told in (
            ("PENALISED_BY", FIRM, penalty, {}),
            ("GUARANTEES", FIRM, HEAD, {"amount_fen": 10_000 + number}),
            ("LEGAL_REPRESENTATIVE_OF", (WIFE if number % 2 else HEAD), FIRM, {}),
        ):
            self._said.append((kind, self.world.tie(kind, source, target, **told)))
        self.world.commit(START + timedelta(hours=number), f"news{number}")
        self.batches += 1

    def _say(self, kind: str, key: str, label: str, **told: Any) -> None:
        self._said.append((kind, self.world.node(kind, key, label, **told)))


def unnumbered(page: str) -> str:
    """A page without its own number and instant, which no two have in common."""
    return re.sub(r"\d{8}-\d{6}-\d{6}|时间 [0-9: -]{16}", "", page)


@pytest.fixture(scope="module")
def town(office: Settings) -> Town:
    return Town(FactLog(office.log_dir))


@pytest.fixture(scope="module")
def client(office: Settings, town: Town) -> Iterator[TestClient]:
    assert town.batches
    with Graph(office) as graph:
        project(FactLog(office.log_dir), graph)
    with pytest.MonkeyPatch.context() as patch:
        for found in pkgutil.iter_modules(api.pages.__path__):
            module = importlib.import_module(f"api.pages.{found.name}")
            if hasattr(module, "PATIENCE"):
                patch.setattr(module, "PATIENCE", 300.0)
        with TestClient(
            create_app(office, answers_for=local_asker()), "http://127.0.0.1"
        ) as opened:
            yield opened


@contextmanager
def between_reads(patch: pytest.MonkeyPatch, do: Callable[[], None]) -> Iterator[list[str]]:
    """Do something after reads of the graph and of the log's list of batches.

    After each of the first ones, and then ever more rarely: a read that is not held to the moment
    finds news whichever of those before it brought them.
    """
    reads: list[str] = []
    busy = False

    def after(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def read(*given: Any, **more: Any) -> Any:
            nonlocal busy
            found = real(*given, **more)
            if not busy:
                busy = True
                reads.append(name)
                try:
                    if len(reads) <= FIRST_READS or len(reads).bit_count() == 1:
                        do()
                finally:
                    busy = False
            return found

        return read

    with patch.context() as inner:
        for of, name in ((Graph, "read_many"), (FactLog, "batches")):
            if hasattr(of, name):
                inner.setattr(of, name, after(f"{of.__name__}.{name}", getattr(of, name)))
        yield reads
        # what a thread beside the request let land has landed
        until(lambda: not busy)


def forget(client: TestClient) -> Any:
    """The services, as if nothing had been computed yet."""
    services: Any = client.app.state.services  # type: ignore[attr-defined]
    services._warm.close()
    services.runs.close()
    services.runs, services._warm = Runs(), SingleFlight[bool]("warm")
    return services


#: Reads after each of which something lands.
FIRST_READS = 3

ANSWERS = [
    ("GET", "/parties/person:a", None),
    ("GET", "/parties/person:a/decisions", None),
    ("GET", "/guarantees", None),
    ("GET", "/money?by=village", None),
    ("GET", "/prospects", None),
    ("GET", f"/villages/{VILLAGE}/prospects?assessor=person:a&most=20", None),
    ("GET", "/places", None),
    ("POST", "/", {"text": "许春英"}),
    ("GET", "/v1/worklist", None),
    ("GET", "/v1/parties/org:1/adverse", None),
    ("GET", "/v1/calibration", None),
]


@pytest.mark.parametrize(
    ("method", "path", "form"),
    at_landing(ANSWERS[6:9:2], ANSWERS),
    ids=[path for _, path, _ in ANSWERS],
)
def test_what_lands_between_two_reads_changes_nothing(
    client: TestClient,
    town: Town,
    monkeypatch: pytest.MonkeyPatch,
    method: str,
    path: str,
    form: dict[str, str] | None,
) -> None:
    log, graph = FactLog(town.world.log.folder), forget(client).graph
    before = client.request(method, path, data=form)
    assert before.status_code == 200, before.text

    def land() -> None:
        town.news()
        project(log, graph)

    forget(client)
    with between_reads(monkeypatch, land) as reads:
        during = client.request(method, path, data=form)
    assert reads and unnumbered(during.text) == unnumbered(before.text)
    forget(client)
    after = client.request(method, path, data=form)
    assert after.status_code == 200 and after.text != before.text


@pytest.mark.parametrize(
    "path",
    ["/v1/parties/person:a", "/v1/parties/person:a/risk", "/v1/prospects", "/v1/places",
     "/v1/stress/clearing", pytest.param("/parties/person:a", marks=pytest.mark.sweep)],
)  # fmt: skip
def test_an_answer_as_it_was_known_stays_what_it_was(
    client: TestClient, town: Town, path: str
) -> None:
    """A past instant gives what was said then; the same without it gives today's news."""
    then = {"as_of": "2026-06-01", "known_at": FIRST}
    first = client.get(path, params=then)
    assert first.status_code == 200, first.text
    town.news()
    services: Any = client.app.state.services  # type: ignore[attr-defined]
    project(FactLog(town.world.log.folder), services.graph)
    assert unnumbered(client.get(path, params=then).text) == unnumbered(first.text)
    if path.startswith("/v1"):
        basis = _basis(first.json())
        assert (basis["as_of"], basis["known_at"], basis["position"]) == (
            "2026-06-01", "2026-03-01T00:00:00+00:00", 1
        )  # fmt: skip
    else:
        assert "许春英0" in first.text and "2026-03-01 08:00" in first.text
        assert "许春英0" not in client.get(path).text


def _basis(told: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = told.get("basis") or told
    return found


@pytest.mark.parametrize(
    ("given", "status", "code"),
    [
        ({"known_at": "2999-01-01T00:00:00Z"}, 400, "known_at_future"),
        ({"known_at": "2026-03-01T00:00:00"}, 422, "request_malformed"),
        ({"known_at": "yesterday"}, 422, "request_malformed"),
        ({"known_at": "2000-01-01T00:00:00Z"}, 404, "nothing_known"),
        ({"as_of": "2026-02-30"}, 422, "request_malformed"),
        ({"as_of": "1769817600"}, 422, "request_malformed"),
        ({"asof": "2026-03-01"}, 422, "request_malformed"),
        ({"as_of": ["2026-03-01", "2026-03-02"]}, 422, "request_malformed"),
    ],
)
def test_a_moment_that_cannot_be_is_refused(
    client: TestClient, given: dict[str, Any], status: int, code: str
) -> None:
    answer = client.get("/v1/parties/person:a", params=given)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert client.get("/parties/person:a", params=given).status_code == status


def every_route(router: Any) -> Iterator[Any]:
    """Routes of a router, and of those that it includes."""
    for route in router.routes:
        inner = getattr(route, "original_router", None)
        if inner is not None:
            yield from every_route(inner)
        elif getattr(route, "methods", None):
            yield route


def test_a_name_that_nobody_declared_is_refused_everywhere(client: TestClient) -> None:
    """Every route and every page; what is left out silently answers another question."""
    asked, digest = 0, "0" * 64
    for route in (each for router in (*routers(), pages) for each in every_route(router)):
        # an issuer sends what it wants beside what it must
        if route.path in ("/healthz", "/readyz", "/login/oidc/callback"):
            continue
        path = (
            route.path_format.replace("{decision_id}", digest)
            .replace("{number}", "1")
            .replace("{year}", "2026")
        )
        for name in ("{decision_id}", "{job_id}", "{proposal}"):
            path = path.replace(name, digest)
        path = path.replace("{", "").replace("}", "")
        for method in route.methods - {"HEAD", "OPTIONS"}:
            answer = client.request(method, path, params={"nobody": "1"}, json={})
            assert answer.status_code == 422, (method, path, answer.status_code)
            asked += 1
    assert asked > 50


@pytest.mark.sweep
def test_every_basis_names_the_scope_that_it_was_read_for(client: TestClient) -> None:
    services: Any = client.app.state.services  # type: ignore[attr-defined]
    scope = Scope("许家村网格员", divisions=("610322104203",))
    for reader in (services.reader(ADMINISTRATOR), services.reader(scope)):
        stated = [
            reader.basis,
            reader.ask("party_card", key="person:a").basis,
            reader.search("许春英").basis,
            reader.adverse("org:1").answer.basis,
            reader.risk("person:a").basis,
            reader.structure().overview.basis,
            reader.structure().guarantee_position("person:a").basis,
            reader.places().basis,
            reader.calibration().basis,
            reader.losses("village").basis,
            reader.clearing(cash_fen={}).basis,
            reader.rating("person:a").basis,
            *(one.basis for one in reader.decide_every("person:a")),
        ]
        assert {encode(one)["scope"] for one in stated} == {reader.scope.said}
        assert {encode(one)["head"] for one in stated} == {reader.moment.head[:12]}
        assert len(stated) > 15


@pytest.mark.sweep
def test_a_page_of_then_leads_on_at_then(client: TestClient) -> None:
    then = {"as_of": "2026-06-01", "known_at": FIRST}
    told = client.get("/parties/person:a", params=then)
    assert told.status_code == 200
    links = [unescape(found) for found in re.findall(r'<a\b[^>]*href="(/[^"]*)"', told.text)]
    of_a_moment = [link for link in links if "as_of=2026-06-01" in link and "known_at=" in link]
    assert any(link.startswith("/parties/") for link in of_a_moment)
    for link in dict.fromkeys(links):
        # what takes no moment (a file to send) is not asked for one
        assert client.get(link).status_code in (200, 202, 404), link


def test_the_administrator_is_named_wherever_an_answer_is(client: TestClient) -> None:
    for _, path, _ in ANSWERS:
        if path == "/":
            continue  # asks nothing yet
        told = client.get(path)
        assert ADMINISTRATOR.name in told.text, path


def test_a_kept_decision_is_opened_to_whom_it_was_made_for(client: TestClient) -> None:
    services: Any = client.app.state.services  # type: ignore[attr-defined]
    reader = services.reader(ADMINISTRATOR)
    products = ("farmer_small_credit_loan", "apple_loan")
    mine, other = (
        services.keep(reader.decide(product, "person:a", institution=bank))
        for product, bank in zip(products, (BANK[0], None), strict=True)
    )
    assert {mine, other} <= {one.id for one in reader.kept_decisions()}
    near = Scope("本行", divisions=("610322104203",), institution=BANK[0])
    seen = services.reader(near)
    assert [one.id for one in seen.kept_decisions()] == [mine]
    assert seen.kept_decision(mine).id == mine
    far = Scope("外县", divisions=("610100",), institution=BANK[0])
    for scope, name in ((near, other), (far, mine), (Scope("无", ("610322104203",)), mine)):
        with pytest.raises(NotFoundError) as refused:
            services.reader(scope).kept_decision(name)
        assert refused.value.cause_code == "decision_unknown"


#: What one transaction is, at most: the moment, keys, the page's questions, those of a decision.
MOST_READS = 6


def test_a_page_takes_a_handful_of_round_trips(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in ("/parties/person:a", "/parties/person:a/decisions", "/decisions"):
        assert client.get(path).status_code == 200
        with between_reads(monkeypatch, lambda: None) as reads:
            client.get(path)
        trips = [name for name in reads if name.startswith("Graph")]
        assert 0 < len(trips) <= MOST_READS, (path, trips)

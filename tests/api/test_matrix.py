"""Role × way in × area × consent: what each is answered, and of which classes it is told.

What is expected is worked out here, slowly, from the two files as they are written (`roles.yaml`,
`purposes.yaml`), by nothing that answers.  Every way in that is about a party is asked of everybody by
every role; what tells of everybody at once is asked by every role.  A way in that reads of parties and
stands in neither is no way in.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import pytest
import yaml
from crawl import NO_ANSWER, paths
from fastapi.routing import APIRoute
from matrix_world import (
    ASKING_FOR,
    BANK,
    NEAR_TOWN,
    OTHER_PURPOSE,
    SUBJECTS,
    Subject,
    agree,
    marks_in,
    state_facts,
)
from patient import Patient
from starlette.testclient import TestClient

import api.pages
import api.security
import queries.consent
from api.app import create_app
from api.needs import is_open, is_own, routes_of
from api.pages import router as pages
from api.rate_limit import forget_all
from api.routes import routers
from api.security import local_asker
from api.security.clients import new_secret, register
from api.security.people import add_person, link_for
from graph.settings import Settings
from graph.time import utc_now
from queries.scope import ADMINISTRATOR

#: Each role asks in words of its own, and what a question reads is planned once for each.
pytestmark = pytest.mark.timeout(3600)

#: The files, read by nothing of ours.
ROLES: dict[str, dict[str, Any]] = yaml.safe_load(
    (files(api.security) / "roles.yaml").read_text(encoding="utf-8")
)
_PURPOSES: dict[str, Any] = yaml.safe_load(
    (files(queries.consent) / "purposes.yaml").read_text(encoding="utf-8")
)
PURPOSES = {one["code"]: frozenset(one["classes"]) for one in _PURPOSES["purposes"]}
SENSITIVE = frozenset(_PURPOSES["sensitive"]["classes"])
PUBLIC = frozenset({"division", "register", "public_record"})
#: Who asks for an institution, and works in one town of two.
OF_A_BANK = ("loan_officer", "manager", "client")
ASKERS = [name for name in ROLES if name != "visitor"]
#: Acts that are done on everything: those of one town do none.
ON_EVERYTHING = {"judge", "receive", "rule", "office", "keep", "guarantee", "people", "audit"}
NUMBER = {subject.key: subject for subject in SUBJECTS}


# ------------------------------------------------------------------------ what is expected, slowly


def opened(of: Subject, purpose: str) -> frozenset[str]:
    """Classes that a subject has open to the bank, asking for a purpose, now."""
    agreed = {"active": ASKING_FOR, "without the tick": ASKING_FOR, "other purpose": OTHER_PURPOSE}
    if agreed.get(of.state) != purpose:
        return frozenset()
    shut = SENSITIVE if of.state == "without the tick" and of.label != "Enterprise" else frozenset()
    return PURPOSES[purpose] - shut


def may_see(role: str, of: Subject, purpose: str = ASKING_FOR) -> frozenset[str]:
    """Classes of information that a role may be told about a subject."""
    told = ROLES[role]
    if told["area"] == "own" and not of.is_near:
        return PUBLIC
    seen = PUBLIC | frozenset(told["open"])
    if role in OF_A_BANK:
        seen |= opened(of, purpose) & frozenset(told["by_consent"])
    return seen


def is_let(role: str, route: APIRoute) -> bool:
    """Whether a role may do what a way in does."""
    told, act = ROLES[role], route.endpoint.needs.act.value
    if act in ON_EVERYTHING and told["area"] == "own":
        return False
    return act in told["acts"] or (act in told["looks"] and "GET" in route.methods)


# --------------------------------------------------------------------------------- the ways in


EVERY = [*routes_of([*routers(), pages])]


def beginning(key: str) -> str:
    """Of the name of a party: what was typed comes back, and is no mark."""
    subject = NUMBER[key]
    of_class = {"Person": "identity", "Household": "household"}.get(subject.label, "register")
    return subject.mark(of_class).removesuffix(".qz")


#: What is sent to a way in that is about the party `key`, and is told so in its body.
SENT: dict[str, Callable[[str], dict[str, Any]]] = {
    "/v1/parties/search": lambda key: {"text": beginning(key)},
    "/": lambda key: {"text": beginning(key)},
    "/v1/decisions": lambda key: {"party": key, "product": "farmer_small_credit_loan"},
    "/v1/decisions/many": lambda key: {"parties": [key], "product": "farmer_small_credit_loan"},
    "/parties/{key}/decisions": lambda _: {"product": "farmer_small_credit_loan"},
    "/v1/parties/{key}/risk/what-if": lambda _: {"without_ties": []},
    "/v1/match": lambda key: {"name": beginning(key)},
    "/v1/match/batch": lambda key: {"queries": [{"name": beginning(key)}]},
    "/v1/parties/{key}/case-files": lambda _: {"purpose": "核查", "by": "人员credit_office"},
    "/parties/{key}/link": lambda key: {"text": beginning(key)},
    "/linked/{key}": lambda _: {"purpose": "核查", "form": "print", "by": "人员credit_office"},
    "/v1/measures/admission": lambda key: {"measure": "approval_no_promise", "subject": key},
    "/v1/stress/distress": lambda key: {"failed": [key]},
    "/v1/guarantees/check": lambda key: {
        "guarantor": key, "borrower": "org:body", "amount_fen": 1_000, "kind": "general",
        "lender_code": "C1402610305001", "contract_no": "D1", "loan": f"loan:{NUMBER[key].mark('credit')}",
    },
    **{
        f"/v1/questions/{name}": lambda key: {"key": key}
        for name in ("loans", "party_card", "records", "guarantees_given", "adverse_records", "neighbourhood")
    },
}  # fmt: skip
#: About everybody at once, by POST.
OF_ALL: dict[str, dict[str, Any]] = {
    "/v1/stress/losses": {},
    "/v1/stress/clearing": {},
    "/v1/stress/exposures": {"lender": BANK},
    "/villages/{village}/prospects": {},
    "/decisions": {},
    "/scenarios": {"what": "place", "place": f"division:{NEAR_TOWN}", "percent": "50"},
}
#: Acts that write, and what is asked of those that acts have made; each has tests of its own.
ELSEWHERE = NO_ANSWER | {
    "/v1/calendar/{year}", "/v1/measures/applied", "/measures/applied", "/v1/points", "/points",
    "/financing", "/v1/typical-cases", "/typical-cases", "/v1/bulletins", "/v1/bulletins/{digest}",
    "/v1/bulletins/{digest}/workbook", "/bulletins/{digest}", "/bulletins/{digest}/workbook",
    "/bulletins/{digest}/rows", "/v1/decisions/{decision_id}", "/decisions/{decision_id}",
    "/v1/decisions/{decision_id}/replay", "/v1/monitoring/inboxes/{number}",
    "/monitoring/inboxes/{number}", "/exchange/{contract}", "/v1/questions/{name}",
    # counts of decisions for who makes rules (test_decision_pages)
    "/publishing",
    # for a purpose of each role's own, and a form for it (test_matching)
    "/v1/screen", "/screening",
    # whom somebody watches is kept, and leads on (test_desks)
    "/parties/{key}/watching", "/watching",
    # entered by officers of whom the subject let see it (test_visits)
    "/parties/{subject}/visit",
}  # fmt: skip


@dataclass(frozen=True)
class Way:
    """One way in, asked about one party or about all."""

    method: str
    template: str
    route: APIRoute
    body: Callable[[str], dict[str, Any]] | None


def template_of(route: APIRoute) -> str:
    return re.sub(r":\w+}", "}", route.path)


def ways() -> tuple[list[Way], list[Way], set[str]]:
    """Those about a party, those about everybody, and what stands in neither."""
    each, every, neither = [], [], set()
    for route in EVERY:
        needs, template = route.endpoint.needs, template_of(route)
        if not needs.access or is_open(route.endpoint) or is_own(route.endpoint):
            continue
        method = next(iter(route.methods))
        if template == "/v1/questions/{name}":
            each += [
                Way(method, name, route, body) for name, body in SENT.items() if "questions" in name
            ]
        elif method == "POST" and template in SENT:
            each.append(Way(method, template, route, SENT[template]))
        elif method == "GET" and "{key}" in template:
            each.append(Way(method, template, route, None))
        elif method == "POST" and template in OF_ALL:
            every.append(Way(method, template, route, lambda _, sent=OF_ALL[template]: sent))
        elif method == "GET" and template not in ELSEWHERE:
            every.append(Way(method, template, route, None))
        elif template not in ELSEWHERE:
            neither.add(f"{method} {template}")
    return each, every, neither


OF_ONE, OF_EVERYBODY, NOWHERE = ways()


def test_every_way_in_that_reads_of_parties_is_asked() -> None:
    assert not NOWHERE, "say what it is sent (SENT, OF_ALL), or where it is tested (ELSEWHERE)"
    assert len(OF_ONE) > 30 and len(OF_EVERYBODY) > 40
    for route in EVERY:
        act = route.endpoint.needs.act.value
        for role, told in ROLES.items():
            stated = [act in told["acts"], act in told["looks"], act in told["no_acts"]]
            assert stated.count(True) == 1, (role, route.path)


# ------------------------------------------------------------------------------------- asking


@dataclass
class Asking:
    """Somebody at the service."""

    browser: TestClient
    headers: dict[str, str]

    def ask(self, way: Way, key: str = "") -> tuple[int, str]:
        """Status and text."""
        forget_all()
        found = paths(
            way.template.replace("{key}", key), {"": "division:610322104201", "样例农商行": BANK}
        )
        body = way.body(key) if way.body else None
        sent = (
            {}
            if body is None
            else ({"json": body} if way.template.startswith("/v1") else {"data": body})
        )
        answer = self.browser.request(way.method, found[0], headers=self.headers, **sent)
        return answer.status_code, answer.text


@pytest.fixture(scope="module")
def settled(office: Settings) -> Settings:
    state_facts(office)
    return office


@pytest.fixture(scope="module")
def patient() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for found in pkgutil.iter_modules(api.pages.__path__):
            module = importlib.import_module(f"api.pages.{found.name}")
            if hasattr(module, "PATIENCE"):
                patch.setattr(module, "PATIENCE", 300.0)
        yield


@pytest.fixture(scope="module")
def local(settled: Settings, patient: None) -> Iterator[Asking]:
    """Who sees everything: what there is to be told."""
    app = create_app(settled, answers_for=local_asker())
    with Patient(app, "http://127.0.0.1", follow_redirects=False) as opened:
        services = app.state.services
        assert services.is_warm(services.reader(ADMINISTRATOR), within=600)
        yield Asking(opened, {})


@pytest.fixture(scope="module")
def askers(settled: Settings, patient: None) -> Iterator[dict[str, Asking]]:
    """By role; under the empty name somebody who did not log in."""
    app = create_app(settled)
    with Patient(app, "http://127.0.0.1", follow_redirects=False) as opened:
        store = app.state.services.store
        agree(store)

        def browser() -> TestClient:
            made = Patient(app, "http://127.0.0.1", follow_redirects=False)
            # all within the loop in which the service lives
            made.portal = opened.portal
            return made

        made = {"": Asking(browser(), {})}
        for role in ASKERS:
            if role == "client":
                continue
            name, at_a_bank = role.replace("_", "-"), role in OF_A_BANK
            add_person(
                store, name=name, display_name=f"人员{role}", role=role,
                institution=BANK if at_a_bank else "", divisions=[NEAR_TOWN] if at_a_bank else [],
                department="农业农村局" if role == "clerk" else "", by="某人", at=utc_now(),
                must_change=False,
            )  # fmt: skip
            inside = browser()
            assert inside.post(link_for(store, name, by="某人", at=utc_now())).status_code == 303
            made[role] = Asking(inside, {})
        client = register(
            store, name="银行系统", acts=ROLES["client"]["acts"], purposes=[ASKING_FOR, OTHER_PURPOSE],
            institution=BANK, divisions=[NEAR_TOWN], by="管理员", at=utc_now(),
        )  # fmt: skip
        secret = new_secret(store, settled, client.id, by="管理员", at=utc_now()).secret
        form = {"grant_type": "client_credentials"}
        token = opened.post("/v1/token", data=form, auth=(client.id, secret)).json()["access_token"]
        made["client"] = Asking(browser(), {"Authorization": f"Bearer {token}"})
        yield made


@dataclass(frozen=True)
class Shown:
    """What a way in tells whoever sees everything: its status, and the classes of the subject's own."""

    status: int
    classes: frozenset[str]


@pytest.fixture(scope="module")
def shown(local: Asking) -> dict[tuple[str, str, str, bool], Shown]:
    """By method, template, label and whether it is in public: such subjects are alike."""
    found = {}
    for way in OF_ONE:
        for subject in SAMPLES:
            status, text = local.ask(way, subject.key)
            own = frozenset(of for of, number in marks_in(text) if number == subject.number)
            found[way.method, way.template, subject.label, subject.is_public] = Shown(status, own)
    return found


#: One of each sort, of whom everything is told to whoever sees everything.
SAMPLES = list({(one.label, one.is_public): one for one in SUBJECTS}.values())
#: Ways in that work out much of each: asked of some of every sort.
HEAVY = re.compile(
    r"decisions|/risk|/score|/standing|/hints|/owners|/bods|^/parties|points|case-files|distress"
)
_FEW = {("Person", True, "none"), ("Person", True, "active"), ("Person", True, "without the tick"),
        ("Person", True, "revoked"), ("Person", False, "active"), ("Household", True, "active"),
        ("Enterprise", True, "none")}  # fmt: skip
FEW = [one for one in SUBJECTS if (one.label, one.is_near, one.state) in _FEW
       and one.is_public == (one.label == "Enterprise")]  # fmt: skip
#: Worked out of what is stated of the party itself, or of its owners.
_BY_OWN_FACTS = re.compile(r"/admission|/score|/owners|/bods|/grades|/decisions")
#: Tells parties as ends of ties.
_BY_TIES = re.compile(r"neighbourhood")
#: Answered as if everybody were there: what is told of nobody is empty, or the party is one of many.
NOT_MISSED = {
    "/v1/parties/search", "/", "/v1/decisions/many", "/v1/match", "/v1/match/batch",
}  # fmt: skip
#: Refused as such where any of several parties is not known: which, is told nobody.
SCENARIOS = {"/v1/guarantees/check", "/v1/stress/distress"}


def is_known(role: str, of: Subject, purpose: str = ASKING_FOR) -> bool:
    """Whether a role is told that there is such a party: it sees some fact of it."""
    facts = {"Person": {"identity", "household", "credit_report"}, "Household": {"household", "identity"},
             "Enterprise": {"register"}}[of.label]  # fmt: skip
    facts |= {"credit", "guarantee", "property", "land", "insurance", "tax", "contribution", "utility",
              "operation", "appraisal", "grade", "measure", "complaint"}  # fmt: skip
    return of.is_public or bool(may_see(role, of, purpose) & facts)


# ------------------------------------------------------------------------------------ the matrix


@pytest.mark.sweep
@pytest.mark.parametrize("role", ASKERS)
def test_each_role_is_told_what_the_files_let_it_and_no_more(
    askers: dict[str, Asking], shown: dict[tuple[str, str, str, bool], Shown], role: str
) -> None:
    """Of every party, at every way in that is about one."""
    wrong: list[object] = []
    for way in OF_ONE:
        if not is_let(role, way.route):
            status, text = askers[role].ask(way, SAMPLES[0].key)
            if status != 403 or marks_in(text):
                wrong.append((way.template, "refused", status))
            continue
        for of in FEW if HEAVY.search(way.template) else SUBJECTS:
            status, text = askers[role].ask(way, of.key)
            found = marks_in(text)
            for of_class, number in found:
                if of_class not in may_see(role, SUBJECTS[number]):
                    wrong.append((way.template, of, "LEAKS", of_class, SUBJECTS[number]))
            told = shown[way.method, way.template, of.label, of.is_public]
            is_missing = not is_known(role, of) and way.template not in NOT_MISSED
            if way.template in SCENARIOS:
                if status not in (told.status, 400, 404):
                    wrong.append((way.template, of, "status", status))
                continue
            if status == 404 and _BY_OWN_FACTS.search(way.template) and not found:
                # nothing is told of whom nothing of its own is seen, though a tie of it is
                continue
            if status != (404 if is_missing else told.status):
                wrong.append((way.template, of, "status", status, "of", told.status, is_missing))
            if is_missing and found:
                wrong.append((way.template, of, "tells of nobody", found))
            own = {of_class for of_class, number in found if number == of.number}
            due = told.classes & may_see(role, of)
            if _BY_TIES.search(way.template):
                # what is told depends on who is tied to whom: that nothing leaks is asked above
                own = due
            if not is_missing and own != due:
                wrong.append((way.template, of, "told", own - due, "not told", due - own))
    assert not wrong, "\n".join(map(str, wrong))


@pytest.mark.parametrize("role", ASKERS)
def test_what_tells_of_everybody_tells_each_role_of_whom_it_may_be_told(
    askers: dict[str, Asking], role: str
) -> None:
    """Lists, figures, boards: a mark stands in them only where the files let it."""
    wrong: list[object] = []
    for way in OF_EVERYBODY:
        status, text = askers[role].ask(way)
        found = marks_in(text)
        if not is_let(role, way.route):
            if status != 403 or found:
                wrong.append((way.template, "refused", status, sorted(found)))
        elif way.template == "/v1/financing/applications" and role == "credit_office":
            assert status == 403  # it reads the figures of the loop, not whose they are
        elif status in (401, 403) or status >= 500:
            wrong.append((way.template, "let", status, text[:200]))
        for of_class, number in found:
            if of_class not in may_see(role, SUBJECTS[number]):
                wrong.append((way.template, "LEAKS", of_class, SUBJECTS[number]))
    assert not wrong, "\n".join(map(str, wrong))


def test_who_did_not_log_in_is_told_of_nobody(askers: dict[str, Asking]) -> None:
    for way in (*OF_ONE, *OF_EVERYBODY):
        status, text = askers[""].ask(way, SAMPLES[0].key)
        assert status == 401 if way.template.startswith("/v1") else status == 303, way.template
        assert not marks_in(text), way.template


@pytest.mark.sweep
@pytest.mark.parametrize("role", OF_A_BANK)
def test_another_purpose_opens_what_was_agreed_to_for_it(
    askers: dict[str, Asking], shown: dict[tuple[str, str, str, bool], Shown], role: str
) -> None:
    stated = Asking(askers[role].browser, askers[role].headers | {"Purpose": OTHER_PURPOSE})
    looked = 0
    for way in OF_ONE:
        if not way.template.startswith("/v1/parties/{key}") or HEAVY.search(way.template):
            continue
        if not is_let(role, way.route):
            continue
        for of in SUBJECTS:
            status, text = stated.ask(way, of.key)
            own = {of_class for of_class, number in marks_in(text) if number == of.number}
            told = shown[way.method, way.template, of.label, of.is_public]
            known = is_known(role, of, OTHER_PURPOSE)
            due = told.classes & may_see(role, of, OTHER_PURPOSE) if known else frozenset()
            assert own == due or (_BY_TIES.search(way.template) and own < due), (way, of)
            assert status == (told.status if known else 404), (way.template, of)
            looked += bool(own)
    assert looked > 5


@pytest.mark.sweep
def test_the_marks_stand_where_such_things_are_told(
    shown: dict[tuple[str, str, str], Shown],
) -> None:
    """Of nearly every class something is told somewhere: what is not there leaks nowhere."""
    told = frozenset[str]().union(*(one.classes for one in shown.values()))
    assert told >= {
        "identity", "household", "property", "land", "insurance", "tax", "credit", "guarantee",
        "contribution", "utility", "operation", "appraisal", "complaint", "measure", "register",
        "public_record",
    }  # fmt: skip

"""What each role may do: every role at every way in, as the one file says it; and its file."""

from __future__ import annotations

import asyncio
import hashlib
import re
import threading
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
import yaml
from fastapi import APIRouter, Request
from fastapi.routing import APIRoute
from patient import at_once
from staffed import PEOPLE, Staffed, staffed
from typer.testing import CliRunner
from waiting import PATIENCE

import api.security
from api.acts import Act
from api.command_line import app as commands
from api.dependencies import permitted
from api.needs import is_open, needs, routes_of
from api.pages import router as pages
from api.pages.start import entries_for, start_of
from api.routes import routers
from api.security import Role, policy_of
from api.security.known import asker_by_id, asker_of
from api.security.people import add_person, change_person, list_people
from api.security.roles import read_roles
from graph.errors import ForbiddenError, InputError, SettingsError
from graph.information import InformationClass
from graph.operations import Users
from graph.settings import Settings
from graph.time import utc_now
from ingest import load_source, source_names
from queries.identities import EVERYTHING, Shows

EVERY = [*routes_of([*routers(), pages])]
TEXT = (files(api.security) / "roles.yaml").read_text(encoding="utf-8")
#: The file, read by nothing of ours.
SAID: dict[str, dict[str, Any]] = yaml.safe_load(TEXT)
#: What anybody may open who did not log in, by hand.
OPEN = {
    "GET /healthz", "GET /readyz", "GET /login", "POST /login", "GET /login/link/{token}",
    "POST /login/link/{token}", "POST /logout", "POST /language", "GET /public", "POST /public",
    "GET /public/typical-cases", "GET /v1/public/records", "POST /v1/public/records/search",
    "GET /v1/public/typical-cases", "POST /v1/session", "GET /v1/openapi.json",
    "GET /docs", "GET /docs/python-client", "GET /docs/ways/{group}",
    "POST /v1/token", "POST /v1/token/revocation", "GET /v1/jwks", "GET /login/oidc",
    "GET /.well-known/oauth-authorization-server", "GET /login/oidc/callback",
    # a subject's own view and an applicant's progress: by a link that was given to them
    "GET /mine", "GET /mine/links/{token}", "POST /mine/links/{token}", "POST /mine/closing",
    "POST /mine/consents/{number}/revocation", "POST /mine/requests", "POST /mine/reports",
    "GET /financing/progress/{token}",
}  # fmt: skip
FILLED = {"token": "x", "number": "1", "year": "2026"}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Staffed]:
    with staffed(tmp_path_factory.mktemp("house") / "data") as opened:
        for role in PEOPLE:
            opened.enter(role)
        opened.enter(Role.ADMINISTRATOR, name="zweite")
        yield opened


def named(route: APIRoute) -> str:
    return f"{sorted(route.methods)[0]} {route.path}"


def says(role: str, route: APIRoute) -> bool:
    """Whether the file lets a role open a route; these roles work in the whole district."""
    told, act = SAID[role], route.endpoint.needs.act.value
    return act in told["acts"] or (act in told["looks"] and "GET" in route.methods)


@pytest.mark.parametrize("role", PEOPLE, ids=str)
def test_each_role_at_each_way_in(house: Staffed, role: Role) -> None:
    """The dependency itself, at every route there is: refused where the file does not let them."""
    login = role.value.replace("_", "-")
    token = dict(house.inside(login).cookies)["xinnong_session"]

    async def every() -> dict[str, bool]:
        found = {}
        for route in EVERY:
            scope = {
                "type": "http", "method": sorted(route.methods)[0], "path": route.path, "route": route,
                "app": house.app, "headers": [(b"cookie", f"xinnong_session={token}".encode())],
                "query_string": b"", "scheme": "http", "server": ("127.0.0.1", 80),
            }  # fmt: skip
            try:
                await permitted(Request(scope))
                found[named(route)] = True
            except ForbiddenError as error:
                assert error.cause_code == "not_permitted"
                found[named(route)] = False
        return found

    told = asyncio.run(every())
    assert told == {named(route): is_open(route.endpoint) or says(role, route) for route in EVERY}
    assert any(told.values()) and not all(told.values())


def test_who_is_not_known_gets_in_nowhere_but_where_it_is_open_to_all(house: Staffed) -> None:
    """Over the app as it is served: every route has the dependency."""
    outside, opened = house.browser(), set()
    for route in EVERY:
        path = re.sub(r"{(\w+)(:\w+)?}", lambda found: FILLED.get(found[1], "0" * 64), route.path)
        answer = at_once(outside, path, method=sorted(route.methods)[0])
        if path.startswith("/v1") and answer.status_code == 401:
            refused = answer.json()["code"] == "login_required"
        else:
            refused = answer.headers.get("location", "").startswith("/login?next=") or (
                answer.headers.get("location") == "/login" and path != "/logout"
            )
        if not refused:
            opened.add(named(route))
    assert opened == OPEN == {named(route) for route in EVERY if is_open(route.endpoint)}


def test_a_clerk_is_refused_over_the_app_too(house: Staffed) -> None:
    clerk = house.inside("clerk")
    for route in EVERY:
        if is_open(route.endpoint) or says("clerk", route):
            continue
        path = re.sub(r"{(\w+)(:\w+)?}", lambda found: FILLED.get(found[1], "0" * 64), route.path)
        answer = clerk.request(sorted(route.methods)[0], path)
        assert answer.status_code in (403, 400), named(route)
        if answer.status_code == 403:
            assert "您的权限不能办理" in answer.text


def test_a_route_without_a_mark_is_closed() -> None:
    silent = APIRouter()

    @silent.get("/somewhere")
    @needs(Act.LOOK)
    def somewhere() -> str:
        return ""

    assert not is_open(somewhere)


def test_every_page_that_is_offered_opens_and_each_role_begins_somewhere(house: Staffed) -> None:
    """What the frame shows is what may be opened, and no more."""
    seen = {}
    for role in PEOPLE:
        user = Users(house.store).by_name(role.value.replace("_", "-"))
        assert user is not None
        asker = asker_of(user)
        offered = {entry.path for entries in entries_for(asker).values() for entry in entries}
        for route in EVERY:
            if "GET" in route.methods and route.path in offered:
                assert says(role, route), (role, route.path)
        begins = start_of(asker)
        assert begins == "/account" or begins in offered
        seen[role] = (begins, frozenset(offered))
    assert seen[Role.CLERK][0] == "/department" and "/deliveries" in seen[Role.CLERK][1]
    assert (
        seen[Role.ADMINISTRATOR][0] == "/administration" and "/" not in seen[Role.ADMINISTRATOR][1]
    )
    assert seen[Role.CREDIT_OFFICE][0] == "/desk"
    assert seen[Role.LOAN_OFFICER][0] == seen[Role.MANAGER][0] == "/lending-desk"
    assert seen[Role.AUDITOR][0] == "/audit" and seen[Role.INSPECTOR][0] == "/supervision"
    assert "/rates" not in seen[Role.LOAN_OFFICER][1] and "/" in seen[Role.LOAN_OFFICER][1]
    assert len({offered for _, offered in seen.values()}) >= 5


def test_area_institution_and_role_are_the_users_and_hold_from_the_next_request_on(
    house: Staffed,
) -> None:
    officer = house.inside("loan-officer")
    before = officer.get("/v1/session").json()
    change_person(house.store, "loan-officer", divisions=["610305100"])
    assert officer.get("/v1/session").json()["divisions"] == ["610305100"]
    # nothing of it is the request's
    headers = {"x-institution": "institution:other", "institution": "institution:other"}
    same = officer.get("/v1/session", headers=headers).json()
    assert same["institution"] == before["institution"]
    change_person(house.store, "loan-officer", divisions=[])
    user = Users(house.store).by_name("loan-officer")
    assert user is not None
    found = asker_by_id(f"user:{user.id}", house.store)
    assert found is not None and found.scope == asker_of(user).scope
    assert asker_by_id("client:1", house.store) is asker_by_id("user:none", house.store) is None


def test_one_who_is_logged_in_acts_in_their_own_name(house: Staffed) -> None:
    office = house.inside("credit-office")
    body = {"days": {"2026-12-31": "rest"}, "reason": "通知", "user": "赵六六"}
    refused = office.post("/v1/calendar/edits", json=body)
    assert (refused.status_code, refused.json()["code"]) == (400, "by_is_the_asker")
    assert "赵六六" not in refused.text
    for named_so in ({}, {"by": "王科员"}):
        told = office.post("/v1/points/1/leaving", json={"why": "本人申请", **named_so})
        assert told.json()["code"] == "participant_unknown"
    form = {"name": "张三", "reason": "监测", "begins_on": "2026-01-01"}
    told = office.post("/monitoring/subscriptions", data={**form, "by": "赵六六"})
    assert told.status_code == 400
    assert office.post("/monitoring/subscriptions", data=form).status_code == 303
    kept = office.get("/v1/monitoring/subscriptions").json()
    assert "王科员" in str(kept) and "赵六六" not in str(kept)
    body = {"name": "李四", "begins_on": "2026-01-01", "reason": "监测"}
    assert office.post("/v1/monitoring/subscriptions", json=body).status_code == 201


def test_a_form_asks_who_acts_only_where_nobody_is_logged_in(house: Staffed) -> None:
    page = house.inside("credit-office").get("/monitoring/subscriptions").text
    assert 'name="reason"' in page and 'name="by"' not in page and "王科员" in page


def test_a_clerk_sends_and_sees_the_sources_of_the_own_department(
    house: Staffed, tmp_path: Path
) -> None:
    own = {name for name in source_names() if "农业农村局" in load_source(name).department}
    assert "farmer_household" not in own or len(own) >= 2
    mine = next(name for name in sorted(own) if load_source(name).department == "农业农村局")
    theirs = "enterprise"
    clerk, office = house.inside("clerk"), house.inside("credit-office")
    digest = "0" * 64
    file = {"content": ("x.csv", b"a,b\n", "text/csv")}

    def sent(browser: Any, source: str) -> httpx.Response:
        form = {"source": source, "sha256": digest}
        answer: httpx.Response = browser.post("/v1/batches", data=form, files=file)
        return answer

    assert sent(clerk, theirs).json()["code"] == "not_own_source"
    assert sent(clerk, mine).json()["code"] == "digest_mismatch"
    assert sent(office, theirs).json()["code"] == "digest_mismatch"
    page = clerk.post("/send", data={"source": theirs, "action": "try"}, files=file)
    assert page.status_code == 403
    shown = clerk.get("/send").text
    title = load_source(theirs).title
    assert load_source(mine).title in shown and f'value="{theirs}"' not in shown
    assert title in office.get("/send").text
    listed = {one["source"] for one in clerk.get("/v1/freshness").json()}
    assert listed <= own < {one["source"] for one in office.get("/v1/freshness").json()}
    # what somebody else's department sent is unknown to them
    inbox = house.app.state.inbox
    content = b"x,y\n"
    upload = inbox.receive(theirs, "y.csv", hashlib.sha256(content).hexdigest(), content, chunks=2)
    for path in (f"/v1/batches/{upload.id}", f"/uploads/{upload.id}"):
        assert clerk.get(path).status_code == 404
        assert office.get(path).status_code == 200
    table = next(iter(load_source(theirs).tables))
    assert clerk.get(f"/corrections/{theirs}/{table}").status_code == 404
    assert upload.id not in clerk.get("/deliveries").text


def test_a_clerk_of_no_department_has_no_source(house: Staffed) -> None:
    user = Users(house.store).by_name("clerk")
    assert user is not None
    assert asker_of(user).department == "农业农村局"
    assert asker_of(SimpleNamespace(**{**vars(user), "department": None})).department == ""  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"role": "visitor"}, "user_role"), ({"role": "client"}, "user_role"),
        ({"role": "king"}, "user_role"), ({"role": "clerk"}, "user_incomplete"),
        ({"role": "loan_officer", "institution": ""}, "user_incomplete"),
        ({"divisions": ["61x"]}, "user_divisions"), ({"name": "a b"}, "user_name"),
        ({"display_name": "王"}, "user_name"), ({"display_name": "王13812345678"}, "user_name"),
        ({"display_name": "王科员"}, "user_taken"), ({"name": "CREDIT-office"}, "user_taken"),
    ],
)  # fmt: skip
def test_who_cannot_be_a_user_is_refused(house: Staffed, told: dict[str, Any], code: str) -> None:
    asked: dict[str, Any] = {
        "name": "neuer", "display_name": "新同事", "role": "loan_officer",
        "institution": "institution:x", "by": "某人", "at": utc_now(), **told,
    }  # fmt: skip
    with pytest.raises(InputError) as raised:
        add_person(house.store, **asked)
    assert raised.value.cause_code == code
    assert "neuer" not in {one.name for one in list_people(house.store)}


def test_the_administrator_works_by_pages_and_by_the_interface(tmp_path: Path) -> None:
    with staffed(tmp_path / "data") as house:
        house.enter(Role.ADMINISTRATOR, name="zweite")
        administers(house)


def administers(house: Staffed) -> None:
    """The only administrator: nobody has to confirm."""
    admin = house.inside("zweite")
    form = {"name": "neu1", "display_name": "新一", "role": "auditor"}
    made = admin.post("/users", data=form)
    link = re.search(r"http://127\.0\.0\.1(/login/link/[\w-]+)", made.text)
    assert link and house.browser().post(link[1]).headers["location"] == "/account"
    assert "已经有人使用" in admin.post("/users", data={**form, "display_name": "新二"}).text
    body = {"name": "neu2", "display_name": "新三", "role": "clerk", "department": "税务局"}
    answer = admin.post("/v1/users", json=body)
    assert answer.status_code == 201 and answer.json()["made_by"] == "zweite"
    assert not {"password_hash", "second_factor"} & answer.json().keys()
    changed = admin.patch("/v1/users/neu2", json={"role": "inspector"})
    assert (changed.json()["role"], changed.json()["department"]) == ("inspector", "税务局")
    path = admin.post("/v1/users/neu2/link").json()["path"]
    inside = house.browser()
    assert inside.post(path).status_code == 303
    assert admin.post("/v1/users/neu2/end").json()["is_active"] is False
    assert inside.get("/account").status_code == 303
    assert admin.post("/v1/users/neu2/link").json()["code"] == "user_ended"
    assert "新三" in admin.get("/users").text and "已停用" in admin.get("/users").text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("  closed: [identity, ", "  closed: ["),
        ("  no_acts: [judge, ", "  no_acts: ["),
        ("auditor:\n", "audit0r:\n"),
        ("    keep: 网络安全法 第二十一条；数据安全法 第二十七条", "    keep: ''"),
        ("    division: GB/T 2260 公开标准\n", ""),
        ("  looks: {}\n  no_acts: [ask, ", "  looks: {ask: x}\n  no_acts: [ask, "),
        ("shows: {certificate: hidden", "shows: {certificate: perhaps"),
    ],
)
def test_a_file_of_roles_with_a_gap_does_not_load(before: str, after: str) -> None:
    assert read_roles(TEXT)
    assert before in TEXT
    with pytest.raises(SettingsError) as raised:
        read_roles(TEXT.replace(before, after, 1))
    assert raised.value.cause_code == "roles_wrong"


def test_what_the_file_opens() -> None:
    public = {one for one in InformationClass if one.is_public}
    for role in Role:
        policy = policy_of(role)
        assert public <= policy.open.keys()
        if role in (Role.VISITOR, Role.CLERK, Role.AUDITOR, Role.ADMINISTRATOR, Role.LOAN_OFFICER,
                    Role.MANAGER, Role.CLIENT):  # fmt: skip
            assert policy.open.keys() == public
    assert InformationClass.CREDIT in policy_of(Role.CREDIT_OFFICE).closed
    assert InformationClass.CREDIT in policy_of(Role.LOAN_OFFICER).by_consent


def test_identities_are_shown_as_the_role_needs_them() -> None:
    row = {
        "key": "person:1", "masked": "61030519900307****", "match": "phone", "matched": "138****1234",
        "facts": {"resident_id_masked": "61030519900307****", "phone_masked": "138****1234",
                  "address": "样例省样例市样例村一组", "name": "张三"},
        "others": [{"key": "org:1", "masked": "91610305MA9T00018F", "address": "样例路一号"}],
    }  # fmt: skip
    assert EVERYTHING.of(row) == row
    hidden = Shows("hidden", "hidden", "hidden").of(row)
    assert hidden["masked"] is hidden["matched"] is hidden["facts"]["phone_masked"] is None
    assert hidden["facts"] == {
        "resident_id_masked": None, "phone_masked": None, "address": None, "name": "张三",
    }  # fmt: skip
    # what is published of a firm stays
    assert hidden["others"] == row["others"]
    masked = Shows("masked", "masked", "masked").of(row)
    assert masked["masked"] == "610305************" and masked["matched"] == "138********"
    assert masked["facts"]["address"] == "样例省样例市…"


def test_health_answers_while_fifty_slow_requests_hold_the_threads(house: Staffed) -> None:
    go_on, token = threading.Event(), dict(house.inside("credit-office").cookies)
    slow = house.services.moment
    held = threading.Semaphore(0)

    def moment(**_: object) -> object:
        held.release()
        go_on.wait(PATIENCE)
        return slow()

    house.services.moment = moment  # type: ignore[method-assign,assignment]

    async def asked() -> int:
        transport = httpx.ASGITransport(house.app, raise_app_exceptions=False)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://127.0.0.1", cookies=token
        ) as browser:
            waiting = [asyncio.create_task(browser.get("/rates")) for _ in range(50)]
            assert await asyncio.to_thread(held.acquire, timeout=PATIENCE)
            await asyncio.sleep(1)  # time for the others to hold what they can
            # answered while none of them can be: nobody stands behind them
            assert (await browser.get("/healthz")).status_code == 200
            assert (await browser.get("/users")).status_code == 403
            assert not any(each.done() for each in waiting)
            go_on.set()
            return len(await asyncio.gather(*waiting))

    try:
        assert asyncio.run(asyncio.wait_for(asked(), PATIENCE)) == 50
    finally:
        go_on.set()
        house.services.moment = slow  # type: ignore[method-assign]


def test_init_makes_the_administrator_and_links_until_one_is_inside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XINNONG_DATA", str(tmp_path / "data"))
    run = CliRunner()
    told = [run.invoke(commands, ["init"]).output for _ in range(2)]
    first, second = (re.search(r"/login/link/[\w-]+", one) for one in told)
    assert first and second and first[0] != second[0]
    with staffed(tmp_path / "data") as house:
        assert house.browser().post(first[0]).status_code == 401
        admin = house.browser()
        assert admin.post(second[0]).headers["location"] == "/account"
        form = {"new": "第一次的密码就是这个了", "again": "第一次的密码就是这个了"}
        assert admin.post("/account/password", data=form).status_code == 303
    assert "/login/link/" not in run.invoke(commands, ["init"]).output
    added = run.invoke(
        commands, ["users", "add", "li", "--shown", "李信贷", "--role", "loan_officer",
                   "--institution", "institution:x"],
    )  # fmt: skip
    assert "/login/link/" in added.output
    listed = run.invoke(commands, ["users", "list", "--json"]).output
    assert '"li"' in listed and "password_hash" not in listed
    assert "/login/link/" in run.invoke(commands, ["users", "link", "li"]).output
    assert (
        "已修改" in run.invoke(commands, ["users", "change", "li", "--divisions", "610305"]).output
    )
    assert "已停用" in run.invoke(commands, ["users", "end", "li"]).output
    assert Settings(data=tmp_path / "data").operations_file.exists()


def test_the_demonstration_has_four_people_and_four_links(tmp_path: Path) -> None:
    from api.security.first_start import demonstration_links

    with staffed(tmp_path / "data") as house:
        links = demonstration_links(house.store, by="某人", at=utc_now())
        begins = {}
        for role, _, path in links:
            begins[role] = house.browser().post(path).headers["location"]
        assert begins == {
            Role.LOAN_OFFICER: "/lending-desk", Role.CREDIT_OFFICE: "/desk",
            Role.CLERK: "/department", Role.ADMINISTRATOR: "/administration",
        }  # fmt: skip
        assert len(demonstration_links(house.store, by="某人", at=utc_now())) == 4
        assert len(list_people(house.store)) == 4

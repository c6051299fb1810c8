"""Who is inside, by what, and for how long: passwords, second factors, links, sessions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyotp
import pytest
from argon2 import PasswordHasher
from hypothesis import given
from hypothesis import strategies as st
from outline import Outline
from staffed import PEOPLE, Staffed, staffed

from api.security import passwords
from api.security.keys import login_key
from api.security.known import COOKIE
from api.security.login import enter_by_link, link_of, log_in
from api.security.own_path import own_path
from api.security.passwords import check_password, hashed
from api.security.people import add_person, end_person, link_for
from api.security.role import Role
from api.security.second_factor import enrolment, recovery_digest
from graph.errors import BusyError, InputError, LoginError
from graph.operations import OfficeBooks, Sessions, Users

AT = datetime(2026, 11, 30, 1, 0, tzinfo=UTC)
PASSWORD = "竹林里的第七盏灯 42"
REAL, QUICK = passwords._HASHER, PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
KNOWN = QUICK.hash(PASSWORD)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A comparison takes no time here, but where it is asked how long it takes."""
    monkeypatch.setattr(passwords, "_HASHER", QUICK)
    passwords._nobodys.cache_clear()
    yield
    passwords._nobodys.cache_clear()


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Staffed]:
    with staffed(tmp_path / "data") as opened:
        yield opened


@pytest.fixture
def office(house: Staffed) -> OfficeBooks:
    """Where 王 has a password."""
    made = add_person(
        house.store, name="wang", display_name="王科员", role="credit_office", by="某人", at=AT
    )
    Users(house.store).change(made.id, password_hash=KNOWN, must_change=False)
    return house.services.office


def refused(office: OfficeBooks, at: datetime, **told: str) -> str:
    """The code with which a log-in is refused."""
    asked = {"name": "wang", "password": "falsch falsch", **told}
    with pytest.raises((LoginError, BusyError)) as raised:
        log_in(office, **asked, at=at)
    return raised.value.cause_code


def test_a_session_is_a_new_one_and_ends_by_its_age_by_idleness_and_by_hand(
    office: OfficeBooks,
) -> None:
    sessions = Sessions(office.store)
    first = log_in(office, name=" WANG ", password=PASSWORD, at=AT)
    second = log_in(office, name="wang", password=PASSWORD, device=first.device, at=AT)
    assert first.token != second.token and first.device == second.device
    assert sessions.find(first.token, at=AT + timedelta(minutes=59)) is not None
    # it was used a moment ago: an hour counts from then
    assert sessions.find(first.token, at=AT + timedelta(minutes=118)) is not None
    assert sessions.find(second.token, at=AT + timedelta(minutes=61)) is None
    # used all day long, it ends all the same
    for minute in range(120, 720, 50):
        assert sessions.find(first.token, at=AT + timedelta(minutes=minute)) is not None
    assert sessions.find(first.token, at=AT + timedelta(hours=12)) is None
    third = log_in(office, name="wang", password=PASSWORD, at=AT)
    found = sessions.find(third.token, at=AT)
    assert found is not None
    sessions.end(found[0].number, user=found[1].id, at=AT)
    assert sessions.find(third.token, at=AT) is None
    assert sessions.find("", at=AT) is None


def test_nothing_by_which_one_could_log_in_is_kept(house: Staffed, office: OfficeBooks) -> None:
    entered = log_in(office, name="wang", password=PASSWORD, at=AT)
    path = link_for(house.store, "wang", by="某人", at=AT)
    key = login_key(office.settings)
    shown = enrolment(key, entered.user.id, "wang")
    Users(house.store).change(
        entered.user.id,
        second_factor=shown.nonce,
        recovery_hashes=(recovery_digest("aaaaaa-bbbbbb-cccccc"),),
    )
    files = [one.read_bytes() for one in office.settings.data.glob("operations.sqlite3*")]
    for secret in (
        entered.token, path.rpartition("/")[2], PASSWORD, shown.typed, "aaaaaa-bbbbbb-cccccc",
    ):  # fmt: skip
        assert not any(secret.encode() in content for content in files)


def test_who_guesses_waits_longer_each_time_and_locks_out_no_browser_that_is_known(
    office: OfficeBooks,
) -> None:
    known = log_in(office, name="wang", password=PASSWORD, at=AT).device
    assert [refused(office, AT) for _ in range(6)] == ["login_refused"] * 5 + ["login_locked"]
    # not even the right one is looked at, and waiting is not made longer by asking
    assert refused(office, AT + timedelta(seconds=29), password=PASSWORD) == "login_locked"
    waits, now = [], AT
    for _ in range(8):
        began = now
        while refused(office, now) == "login_locked":
            now += timedelta(seconds=10)
        waits.append((now - began).total_seconds())
    assert waits == sorted(waits) and waits[0] == 30 and waits[-1] == 900
    # whoever logged in here before is let in meanwhile
    assert log_in(office, name="wang", password=PASSWORD, device=known, at=now)
    # and a device that says so is believed only with our mark
    forged = known[:-1] + ("1" if known.endswith("0") else "0")
    assert refused(office, now, password=PASSWORD, device=forged) == "login_locked"
    later = now + timedelta(minutes=15)
    assert log_in(office, name="wang", password=PASSWORD, at=later)
    assert refused(office, later) == "login_refused"


def test_an_unknown_name_is_told_the_same(office: OfficeBooks) -> None:
    """Word for word, and as often: nobody learns who works here."""
    told: dict[str, list[str]] = {"wang": [], "nobody": []}
    for name, said in told.items():
        for _ in range(6):
            with pytest.raises((LoginError, BusyError)) as raised:
                log_in(office, name=name, password="falsch falsch", at=AT)
            said.append(str(raised.value))
    assert told["wang"] == told["nobody"] and len(set(told["wang"])) == 2


def test_an_unknown_name_costs_a_comparison_too(
    office: OfficeBooks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "_HASHER", REAL)
    user = Users(office.store).by_name("wang")
    assert user is not None
    Users(office.store).change(user.id, password_hash=hashed(PASSWORD))
    compared: list[str] = []
    verify = PasswordHasher.verify
    monkeypatch.setattr(
        PasswordHasher, "verify",
        lambda self, kept, told: compared.append(kept) or verify(self, kept, told),
    )  # fmt: skip
    refused(office, AT, name="nobody")
    refused(office, AT, name="wang")
    assert len(compared) == 2 and compared[0] != compared[1]
    assert {one.split("$")[3] for one in compared} == {"m=65536,t=3,p=4"}


def test_a_user_who_was_ended_is_out_at_once(house: Staffed, office: OfficeBooks) -> None:
    add_person(
        house.store, name="qian", display_name="钱管理", role="administrator", by="x某", at=AT
    )
    entered = log_in(office, name="wang", password=PASSWORD, at=AT)
    path = link_for(house.store, "wang", by="某人", at=AT)
    end_person(house.store, "wang", at=AT)
    assert Sessions(house.store).find(entered.token, at=AT) is None
    assert refused(office, AT, password=PASSWORD) == "login_refused"
    with pytest.raises(LoginError):
        enter_by_link(office, path.rpartition("/")[2], at=AT)
    with pytest.raises(InputError) as last:
        end_person(house.store, "qian", at=AT)
    assert last.value.cause_code == "last_administrator"


def test_a_link_is_used_once_within_its_day_and_looking_uses_nothing_up(
    house: Staffed, office: OfficeBooks
) -> None:
    def made(at: datetime = AT) -> str:
        return link_for(house.store, "wang", by="某人", at=at).rpartition("/")[2]

    token = made()
    for _ in range(3):
        seen = link_of(office, token, at=AT)
        assert seen is not None and seen.display_name == "王科员"
    assert enter_by_link(office, token, at=AT).user.name == "wang"
    with pytest.raises(LoginError) as spent:
        enter_by_link(office, token, at=AT)
    assert spent.value.cause_code == "link_spent" and link_of(office, token, at=AT) is None
    older, newer = made(), made()
    assert link_of(office, older, at=AT) is None
    assert link_of(office, newer, at=AT + timedelta(hours=23, minutes=59)) is not None
    assert link_of(office, newer, at=AT + timedelta(hours=24)) is None
    assert link_of(office, "nothing", at=AT) is None


def test_a_second_factor_is_asked_for_and_no_code_is_good_twice(
    house: Staffed, office: OfficeBooks
) -> None:
    user = Users(house.store).by_name("wang")
    assert user is not None
    shown = enrolment(login_key(office.settings), user.id, "wang")
    code = pyotp.TOTP(shown.typed)
    Users(house.store).change(
        user.id, second_factor=shown.nonce, recovery_hashes=(recovery_digest("aa-bb"),)
    )

    def entered(at: datetime, told: str) -> bool:
        return log_in(office, name="wang", password=PASSWORD, code=told, at=at).token != ""

    assert refused(office, AT, password=PASSWORD) == "code_needed"
    assert refused(office, AT, password=PASSWORD, code="000000x") == "login_refused"
    assert entered(AT, code.at(AT))
    assert refused(office, AT, password=PASSWORD, code=code.at(AT)) == "login_refused"
    # a clock half a minute off is forgiven, an older code is not
    assert entered(AT + timedelta(seconds=60), code.at(AT + timedelta(seconds=90)))
    assert (
        refused(office, AT + timedelta(minutes=9), password=PASSWORD,
                code=code.at(AT + timedelta(minutes=7)))
        == "login_refused"
    )  # fmt: skip
    assert entered(AT + timedelta(minutes=10), "AA-BB")
    later = AT + timedelta(minutes=11)
    assert refused(office, later, password=PASSWORD, code="aa-bb") == "login_refused"
    # a link does not go round it
    token = link_for(house.store, "wang", by="某人", at=later).rpartition("/")[2]
    with pytest.raises(LoginError) as needed:
        enter_by_link(office, token, at=later)
    assert needed.value.cause_code == "code_needed"
    assert enter_by_link(office, token, code=code.at(later), at=later)


def test_a_password_is_long_uncommon_and_not_ones_name() -> None:
    for weak in (
        "kurz",
        "aaaaaaaaaaaa",
        "1234567890",
        "password123",
        "wang-2026-11",
        "王科员王科员ab",
        "x" * 201,
    ):
        with pytest.raises(InputError) as raised:
            check_password(weak, name="wang", display_name="王科员")
        assert raised.value.cause_code == "password_weak" and weak not in str(raised.value)
    check_password(PASSWORD, name="wang", display_name="王科员")


def test_a_chosen_password_ends_the_other_sessions(house: Staffed) -> None:
    login = house.enter(Role.AUDITOR)
    here, there = house.inside(login), house.inside(login)
    form = {"new": PASSWORD, "again": PASSWORD}
    assert here.post("/account/password", data={**form, "again": "x"}).status_code == 422
    assert here.post("/account/password", data=form).status_code == 303
    assert here.get("/account").status_code == 200
    assert there.get("/account").headers["location"] == "/login?next=/account"
    outside = house.browser()
    wrong = outside.post("/login", data={"name": login, "password": "falsch falsch"})
    assert wrong.status_code == 401 and "falsch" not in wrong.text
    right = outside.post("/login", data={"name": login, "password": PASSWORD})
    assert (right.status_code, right.headers["location"]) == (303, "/audit")
    cookie = right.headers["set-cookie"]
    assert re.search(f"{COOKIE}=[^;]+; HttpOnly; Path=/; SameSite=strict", cookie)
    # and ended by hand in the list
    number = re.search(r"/account/sessions/(\d+)/end", here.get("/account").text)
    assert number and here.post(number[0]).status_code == 303
    assert outside.get("/account").status_code == 303
    assert here.post("/logout").status_code == 303
    assert here.get("/account").status_code == 303


def test_a_second_factor_is_enrolled_on_the_page(house: Staffed) -> None:
    browser = house.inside(house.enter(Role.AUDITOR))
    page = browser.post("/account/second-factor").text
    nonce, typed = (
        re.search(r'name="nonce" value="([0-9a-f]+)"', page),
        re.search(r"<b>([A-Z2-7]{32})</b>", page),
    )
    assert nonce and typed and "<svg" in page and "style=" not in page
    wrong = browser.post(
        "/account/second-factor/confirmation", data={"nonce": nonce[1], "code": "000000"}
    )
    assert wrong.status_code == 422
    told = browser.post(
        "/account/second-factor/confirmation",
        data={"nonce": nonce[1], "code": pyotp.TOTP(typed[1]).now()},
    )
    assert len(re.findall(r"<li>[0-9a-f]{6}-[0-9a-f]{6}-[0-9a-f]{6}</li>", told.text)) == 8
    assert "已启用" in browser.get("/account").text


def test_who_has_to_choose_a_password_does_nothing_before(house: Staffed) -> None:
    add_person(
        house.store, name="neu", display_name="新来的", role="administrator", by="某人", at=AT
    )
    browser = house.browser()
    path = link_for(house.store, "neu", by="某人", at=datetime.now(UTC))
    assert browser.post(path).headers["location"] == "/account"
    assert browser.get("/users").status_code == 403
    assert browser.get("/v1/users").json()["code"] == "password_due"
    browser.post("/account/password", data={"new": PASSWORD, "again": PASSWORD})
    assert browser.get("/users").status_code == 200


@pytest.mark.parametrize(
    "told",
    [
        "//evil.example", "https://evil.example", "/\\evil.example", "\\\\evil.example", "evil", "",
        "javascript:alert(1)", "/\tx", "/a\r\nSet-Cookie: x=1", "///evil.example", "/ /evil", "http:/x",
        "/" + "a" * 2_000,
    ],
)  # fmt: skip
def test_a_log_in_leads_nowhere_else(house: Staffed, told: str) -> None:
    assert own_path(told, "/start") == "/start"
    login = house.enter(Role.AUDITOR)
    browser = house.inside(login)
    led = browser.get("/login", params={"next": told}).headers["location"]
    assert led == "/audit"


@given(st.text("/\\.:ab?#@\t %", max_size=12))
def test_an_own_path_stays_on_this_host(told: str) -> None:
    from urllib.parse import urljoin, urlsplit

    led = urljoin("http://127.0.0.1/login", own_path(told).replace("\\", "/"))
    assert urlsplit(led).netloc == "127.0.0.1"


def test_who_is_not_known_is_led_to_the_log_in_and_on_to_what_they_asked(house: Staffed) -> None:
    outside = house.browser()
    led = outside.get("/products?a=1")
    assert (led.status_code, led.headers["location"]) == (303, "/login?next=/products%3Fa%3D1")
    assert 'value="/products?a=1"' in outside.get(led.headers["location"]).text
    assert outside.post("/users").headers["location"] == "/login"
    told = outside.get("/v1/products")
    assert told.status_code == 401 and told.json()["code"] == "login_required"
    assert told.headers["www-authenticate"].startswith("Bearer")
    assert told.headers["content-type"] == "application/problem+json"
    assert outside.get("/healthz").status_code == outside.get("/login").status_code == 200
    outside.cookies.set(COOKIE, "made up")
    assert outside.get("/v1/products").status_code == 401


def test_the_interface_says_who_asks(house: Staffed) -> None:
    login = house.enter(Role.LOAN_OFFICER)
    user = Users(house.store).by_name(login)
    assert user is not None
    Users(house.store).change(user.id, password_hash=KNOWN)
    outside = house.browser()
    assert outside.post("/v1/session", json={"name": login, "password": "x"}).status_code == 401
    told = outside.post("/v1/session", json={"name": login, "password": PASSWORD})
    assert told.status_code == 201
    here = outside.get("/v1/session").json()
    assert here == told.json()
    assert (here["role"], here["institution"], here["purpose"]) == (
        "loan_officer", "institution:C1402610305001", "贷款审批",
    )  # fmt: skip
    assert "decide" in here["acts"] and "office" not in here["acts"]
    assert outside.delete("/v1/session").status_code == 204
    assert outside.get("/v1/session").status_code == 401


def test_the_pages_are_whole(house: Staffed) -> None:
    login = house.enter(Role.ADMINISTRATOR)
    house.enter(Role.CLERK)
    outside = house.browser()
    link = link_for(house.store, login, by="某人", at=datetime.now(UTC))
    for path in ("/login", "/login?next=/products", link, "/login/link/nothing"):
        assert Outline(outside.get(path).text).wrong == [], path
    inside = house.inside(login)
    for method, path in (
        ("GET", "/account"), ("POST", "/account/second-factor"), ("GET", "/users"),
        ("POST", "/users/clerk/link"), ("GET", "/products"), ("GET", "/rates"),
    ):  # fmt: skip
        told = inside.request(method, path).text
        assert Outline(told).wrong == [], path
        assert "钱管理" in told and "管理员" in told


def test_a_link_says_who_it_is_for_and_where_they_will_begin(house: Staffed) -> None:
    for role, words in ((Role.CREDIT_OFFICE, "“今日工作”"), (Role.LOAN_OFFICER, "“今日办理”")):
        link = link_for(house.store, house.enter(role), by="某人", at=datetime.now(UTC))
        text = Outline(house.browser().get(link).text).text
        assert PEOPLE[role] in text and role.term in text and words in text
    # of one that cannot be used nobody is named
    text = Outline(house.browser().get("/login/link/nothing").text).text
    assert "登录后先到" not in text and "请管理员再发一个" in text

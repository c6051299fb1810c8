"""For which purpose somebody asks: chosen on a page, kept in the log-in, and what it opens."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from outline import Outline
from staffed import INSTITUTION, Staffed, staffed
from starlette.testclient import TestClient

from api.security import Role, policy_of
from api.security.consented import purposes_for, sees_by_consent
from api.security.known import COOKIE, asker_of
from api.security.roles import read_roles
from graph.errors import SettingsError
from graph.operations import Channel, Sessions, Users
from graph.time import today, utc_now
from queries.consent import AskedConsent, register_consent
from queries.scope import Scope

MAN, WOMAN = (f"person:{letter * 32}" for letter in "ab")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Staffed]:
    with staffed(tmp_path / "data") as opened:
        yield opened


def seen(house: Staffed, browser: TestClient) -> Scope:
    """What the next request of a browser sees."""
    token = browser.cookies[COOKIE]
    found = house.services.known_by(token)
    assert found is not None
    return house.services.consented(found.asker, at=utc_now())


def opened(house: Staffed, subject: str, purpose: str, *items: str) -> None:
    asked = AskedConsent(
        subject, INSTITUTION, purpose, items, from_on=today(), sensitive_tick=True,
        onward_tick=True, channel=Channel.ONLINE,
    )  # fmt: skip
    register_consent(house.store, asked, by="窗口张三", at=utc_now())


def test_another_purpose_opens_other_consents_with_the_next_answer(house: Staffed) -> None:
    opened(house, MAN, "credit_approval", "credit", "land")
    opened(house, WOMAN, "post_loan", "credit")
    officer = house.inside(house.enter(Role.LOAN_OFFICER))
    assert dict(seen(house, officer).grants) == {MAN: {"credit", "land"}}
    page = officer.get("/account").text
    assert Outline(page).wrong == []
    assert '<option value="credit_approval" selected>' in page and "查询用途" in page
    chosen = officer.post(
        "/account/purpose",
        data={"purpose": "post_loan"},
        headers={"referer": "http://127.0.0.1/products?as_of=2026-01-31"},
    )
    assert (chosen.status_code, chosen.headers["location"]) == (303, "/products?as_of=2026-01-31")
    assert dict(seen(house, officer).grants) == {WOMAN: {"credit"}}
    assert seen(house, officer).said == "信贷员（用途：贷后管理；按权限只显示可查看的信息）"
    assert officer.get("/v1/session").json()["purpose"] == "贷后管理"
    assert '<option value="post_loan" selected>' in officer.get("/account").text
    # another log-in of the same officer asks for the usual purpose
    other = house.inside("loan-officer")
    assert dict(seen(house, other).grants) == {MAN: {"credit", "land"}}


@pytest.mark.parametrize(
    "referer",
    ["", "http://127.0.0.1/consents/search", "http://[",
     "http://127.0.0.1//elsewhere.example"],
)  # fmt: skip
def test_it_leads_to_a_page_of_ours_that_can_be_asked_for(house: Staffed, referer: str) -> None:
    officer = house.inside(house.enter(Role.LOAN_OFFICER))
    told = {"referer": referer, "origin": "http://127.0.0.1"} if referer else {}
    chosen = officer.post("/account/purpose", data={"purpose": "financing"}, headers=told)
    assert (chosen.status_code, chosen.headers["location"]) == (303, "/lending-desk")


def test_only_what_a_role_may_ask_for_is_chosen(house: Staffed) -> None:
    officer = house.inside(house.enter(Role.LOAN_OFFICER))
    for purpose, status in (("curiosity", 400), ("", 400), ("statutory_duty", 400)):
        assert officer.post("/account/purpose", data={"purpose": purpose}).status_code == status
    inspector = house.inside(house.enter(Role.INSPECTOR))
    assert "查询用途" not in inspector.get("/account").text
    refused = inspector.post("/account/purpose", data={"purpose": "credit_approval"})
    assert refused.status_code == 403
    # who becomes something else asks for what that asks for
    user = Users(house.store).by_name("inspector")
    assert user is not None
    assert asker_of(user, purpose="credit_approval").scope.purpose == "履行法定职责"
    [session] = Sessions(house.store).all_of(user.id)
    assert session.purpose is None


def test_the_file_says_who_sees_by_consent() -> None:
    by_consent = {role for role in Role if policy_of(role).opened_to == "institution"}
    assert by_consent == {Role.LOAN_OFFICER, Role.MANAGER, Role.CLIENT}
    for role in by_consent:
        assert policy_of(role).purpose in policy_of(role).purposes


def test_who_uses_this_machine_sees_by_no_consent() -> None:
    from api.security import local_asker

    assert not sees_by_consent(local_asker()) and purposes_for(local_asker()) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("purposes: [credit_approval,", "purposes: [curiosity,"),
        ("purposes: [credit_approval, post_loan", "purposes: [post_loan"),
        ("opened_to: institution", "opened_to: nobody"), ("opened_to: nobody", "opened_to: institution"),
        ("opened_to: nobody", "opened_to: everybody"),
    ],
)  # fmt: skip
def test_a_role_without_its_purposes_does_not_load(before: str, after: str) -> None:
    import api.security

    text = (Path(api.security.__file__).parent / "roles.yaml").read_text(encoding="utf-8")
    with pytest.raises(SettingsError):
        read_roles(text.replace(before, after, 1))

"""What gives rights takes two persons: by pages, by the interface, by commands; without an engine."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest
from staffed import Staffed, staffed
from starlette.testclient import TestClient
from typer.testing import CliRunner

from api.command_line import app as commands
from api.security.people import list_people
from api.security.rights import confirm_change, is_alone
from api.security.role import Role
from graph.errors import InputError
from graph.operations import (
    Clients,
    OfficeBooks,
    OperationsStore,
    RightsActor,
    RightsChanges,
    Trail,
    Users,
)
from graph.settings import Settings
from graph.time import utc_now

CLERK = {"name": "neu", "display_name": "新经办", "role": "clerk", "department": "税务局"}
BANK = {"name": "样例农商行", "acts": ["look", "ask"], "purposes": ["credit_approval"], "by": ""}
HERE = RightsActor("local:ops", "本机操作员")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Staffed]:
    with staffed(tmp_path / "data") as opened:
        yield opened


@pytest.fixture
def two(house: Staffed) -> tuple[TestClient, TestClient]:
    """Two administrators, inside."""
    house.enter(Role.ADMINISTRATOR, name="erste")
    house.enter(Role.ADMINISTRATOR, name="zweite")
    return house.inside("erste"), house.inside("zweite")


def names(house: Staffed) -> set[str]:
    return {one.name for one in list_people(house.store)}


def confirmed(browser: TestClient, number: int) -> Any:
    return browser.post(f"/v1/rights-changes/{number}/confirmation")


def test_one_puts_forward_and_another_confirms(
    house: Staffed, two: tuple[TestClient, TestClient]
) -> None:
    one, other = two
    asked = one.post("/v1/users", json=CLERK)
    assert asked.status_code == 202, asked.text
    change = asked.json()
    assert (change["state"], change["by"], change["about"]) == ("waiting", "erste", "neu")
    assert "新经办" in change["said"] and "税务局" in change["said"]
    assert "neu" not in names(house)
    refused = confirmed(one, change["number"])
    assert (refused.status_code, refused.json()["code"]) == (400, "second_person")
    assert one.post("/v1/users", json=CLERK).json()["code"] == "change_waits"
    [listed] = other.get("/v1/rights-changes?waiting=true").json()
    assert listed == change and "新经办" in other.get("/users").text
    made = confirmed(other, change["number"]).json()
    assert (made["user"]["name"], made["user"]["made_by"]) == ("neu", "erste")
    assert (made["change"]["state"], made["change"]["decided_by"]) == ("confirmed", "zweite")
    inside = house.browser()
    assert inside.post(made["path"]).status_code == 303
    assert confirmed(other, change["number"]).json()["code"] == "change_decided"
    assert confirmed(other, 999).status_code == 404


@pytest.mark.parametrize(
    ("before", "asked", "waits"),
    [
        ({}, {"role": "manager"}, True),
        ({}, {"institution": "institution:other"}, True),
        ({"divisions": ["610305"]}, {"divisions": []}, True),
        ({"divisions": ["610305"]}, {"divisions": ["610305", "610322"]}, True),
        ({"divisions": ["610305"]}, {"divisions": ["6103"]}, True),
        ({}, {"issuer": "https://elsewhere.example", "external_id": "7"}, True),
        ({}, {"role": "administrator"}, True),
        ({"divisions": ["610305", "610322"]}, {"divisions": ["610305"]}, False),
        ({"divisions": ["610305"]}, {"divisions": ["610305104"]}, False),
        ({}, {"divisions": ["610305"]}, False),
        ({}, {"role": "loan_officer"}, False),
        ({}, {"person_key": "person:x"}, False),
    ],
)
def test_what_widens_waits_and_what_narrows_does_not(
    house: Staffed,
    two: tuple[TestClient, TestClient],
    before: dict[str, Any],
    asked: dict[str, Any],
    waits: bool,
) -> None:
    one, other = two
    officer = house.enter(Role.LOAN_OFFICER)
    held = Users(house.store).by_name(officer)
    assert held is not None
    if before:
        Users(house.store).change(held.id, divisions=tuple(before["divisions"]))
    answer = one.patch(f"/v1/users/{officer}", json=asked)
    assert answer.status_code == (202 if waits else 200), answer.text
    if waits:
        user = Users(house.store).by_name(officer)
        assert user is not None and user.role == "loan_officer" and user.external_id is None
        assert confirmed(other, answer.json()["number"]).status_code == 200
    user = Users(house.store).by_name(officer)
    assert user is not None
    for name, value in asked.items():
        assert (getattr(user, name) or []) == (tuple(value) if isinstance(value, list) and value else value)  # fmt: skip


def test_ending_needs_nobody_and_the_rule_outlives_the_second_administrator(
    house: Staffed, two: tuple[TestClient, TestClient]
) -> None:
    one, _ = two
    assert one.post("/v1/users/zweite/end").json()["is_active"] is False
    asked = one.post("/v1/users", json=CLERK)
    assert asked.status_code == 202
    assert confirmed(one, asked.json()["number"]).json()["code"] == "second_person"
    office = OfficeBooks(house.services.settings, house.store)
    confirm_change(office, asked.json()["number"], actor=HERE, at=utc_now())
    assert "neu" in names(house)


def test_nobody_gets_in_as_the_one_who_confirms(
    house: Staffed, two: tuple[TestClient, TestClient]
) -> None:
    one, other = two
    link = one.post("/v1/users/zweite/link")
    assert link.status_code == 202
    number = link.json()["number"]
    assert confirmed(other, number).json()["code"] == "own_change"
    assert one.post("/v1/users/erste/link").status_code == 201
    officer = house.enter(Role.LOAN_OFFICER)
    assert one.post(f"/v1/users/{officer}/link").status_code == 201
    factor = one.post("/v1/users/zweite/second-factor/end").json()
    assert confirmed(other, factor["number"]).json()["code"] == "own_change"
    answer = other.post(f"/v1/rights-changes/{number}/refusal", json={"why": "我自己来"}).json()
    assert (answer["change"]["state"], answer["change"]["why"]) == ("refused", "我自己来")
    made = one.post(f"/v1/rights-changes/{factor['number']}/refusal", json={}).json()
    assert made["change"]["decided_by"] == "erste"


def test_what_cannot_be_done_is_not_put_forward(
    house: Staffed, two: tuple[TestClient, TestClient]
) -> None:
    one, _ = two
    for more, code in (
        ({"role": "king"}, "user_role"), ({"display_name": "erste"}, "user_taken"),
        ({"name": "a b"}, "user_name"), ({"department": ""}, "user_incomplete"),
    ):  # fmt: skip
        assert one.post("/v1/users", json={**CLERK, **more}).json()["code"] == code
    assert one.get("/v1/rights-changes").json() == []
    assert "neu" not in names(house)


def test_a_change_is_over_after_seven_days(
    house: Staffed, two: tuple[TestClient, TestClient]
) -> None:
    one, _ = two
    number = one.post("/v1/users", json=CLERK).json()["number"]
    office, later = OfficeBooks(house.services.settings, house.store), utc_now() + timedelta(days=7)
    with pytest.raises(InputError) as raised:
        confirm_change(office, number, actor=HERE, at=later)
    assert raised.value.cause_code == "change_lapsed"
    before = later - timedelta(minutes=5)
    assert confirm_change(office, number, actor=HERE, at=before).user is not None


def test_two_who_confirm_at_once_do_it_once(
    house: Staffed, two: tuple[TestClient, TestClient]
) -> None:
    one, _ = two
    number = one.post("/v1/users", json=CLERK).json()["number"]
    office = OfficeBooks(house.services.settings, house.store)
    told: list[str] = []
    ready = Barrier(4)

    def confirming(name: str) -> None:
        ready.wait()
        try:
            confirm_change(office, number, actor=RightsActor(f"local:{name}", name), at=utc_now())
            told.append("done")
        except InputError as error:
            told.append(error.cause_code)

    threads = [Thread(target=confirming, args=(f"操作员{each}",)) for each in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["change_decided"] * 3 + ["done"]


def test_what_fails_leaves_the_change_as_it_was(
    house: Staffed, two: tuple[TestClient, TestClient]
) -> None:
    one, other = two
    number = one.post("/v1/users", json=CLERK).json()["number"]
    # somebody of that name was entered in the meantime by whoever keeps this machine
    house.enter(Role.AUDITOR, name="neu")
    assert confirmed(other, number).json()["code"] == "user_taken"
    assert RightsChanges(house.store).get(number).outcome is None


def test_alone_it_is_in_force_and_said(house: Staffed) -> None:
    house.enter(Role.ADMINISTRATOR, name="erste")
    only = house.inside("erste")
    assert is_alone(house.store) and "尚无第二位管理员" in only.get("/users").text
    second = {**CLERK, "name": "zweite", "display_name": "第二位", "role": "administrator"}
    assert only.post("/v1/users", json=second).status_code == 201
    [change] = only.get("/v1/rights-changes").json()
    assert (change["state"], change["kind"]) == ("alone", "new_user")
    newest = Trail(house.store).after(0, limit=1_000)
    [entry] = [one for one in newest if one.way == "POST /v1/users"]
    assert entry.thing == f"change={change['number']} 尚无第二位管理员"
    assert not is_alone(house.store)
    assert only.post("/v1/users", json=CLERK).status_code == 202
    entries = [one.thing for one in Trail(house.store).after(0, limit=1_000)]
    assert entries[-1] == "change=2"


def test_clients_take_two_persons_as_well(
    house: Staffed, two: tuple[TestClient, TestClient]
) -> None:
    one, other = two
    asked = one.post("/v1/clients", json={**BANK, "by": "erste", "divisions": ["610305"]})
    assert asked.status_code == 202, asked.text
    assert one.get("/v1/clients").json() == [] and "样例农商行" in other.get("/clients").text
    client = confirmed(other, asked.json()["number"]).json()["client"]
    assert (client["made_by"], client["divisions"]) == ("erste", ["610305"])
    path = f"/v1/clients/{client['id']}"
    # a secret of one's own needs nobody, of another's it does; who confirms is told it
    assert one.post(f"{path}/secrets", json={"by": "erste"}).json()["secret"].startswith("xns_")
    secret = other.post(f"{path}/secrets", json={"by": "zweite"})
    assert secret.status_code == 202 and "xns_" not in secret.text
    assert confirmed(one, secret.json()["number"]).json()["secret"].startswith("xns_")
    for told, waits in (
        ({"acts": ["ask"]}, False), ({"acts": ["ask", "decide"]}, True),
        ({"purposes": ["credit_approval", "post_loan"]}, True), ({"divisions": ["610305104"]}, False),
        ({"divisions": ["610305"]}, True), ({"is_everywhere": True}, True),
    ):  # fmt: skip
        answer = one.patch(path, json={"by": "erste", **told})
        assert answer.status_code == (202 if waits else 200), answer.text
        if waits:
            before = Clients(house.store).get(client["id"])
            assert confirmed(other, answer.json()["number"]).status_code == 200
            assert Clients(house.store).get(client["id"]) != before
    held = Clients(house.store).get(client["id"])
    assert (held.acts, held.divisions) == (("ask", "decide"), None)


def test_the_pages_lead_through_it(house: Staffed, two: tuple[TestClient, TestClient]) -> None:
    one, other = two
    assert one.post("/users", data=CLERK).headers["location"] == "/users"
    shown = other.get("/users").text
    path = re.search(r'action="(/rights-changes/\d+)/confirmation"', shown)
    assert path and "另一位管理员确认" in shown
    link = other.post(f"{path[1]}/confirmation")
    assert re.search(r"http://127\.0\.0\.1/login/link/[\w-]+", link.text) and "新经办" in link.text
    form = {**BANK, "acts": ["ask"], "purposes": "贷款审批"}
    form.pop("by")
    assert one.post("/clients", data=form).headers["location"] == "/clients"
    path = re.search(r'action="(/rights-changes/\d+)/refusal"', other.get("/clients").text)
    assert path
    assert (
        other.post(f"{path[1]}/refusal", data={"why": "未签合同"}).headers["location"] == "/clients"
    )
    assert "已退回" in one.get("/clients").text and "未签合同" in one.get("/clients").text


def test_commands_put_forward_and_confirm(
    house: Staffed, two: tuple[TestClient, TestClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = two
    monkeypatch.setenv("XINNONG_DATA", str(house.services.settings.data))
    run = CliRunner()
    asked = ["users", "add", "neu", "--shown", "新经办", "--role", "auditor"]
    added = run.invoke(commands, asked).output
    assert "待确认" in added and "/login/link/" not in added
    refused = run.invoke(commands, ["users", "confirm", "1"])
    assert refused.exit_code != 0 and "neu" not in names(house)
    assert confirmed(other, 1).json()["user"]["name"] == "neu"
    number = one.post("/v1/users", json={**CLERK, "name": "neu2", "display_name": "新二"}).json()[
        "number"
    ]
    told = run.invoke(commands, ["users", "confirm", str(number)]).output
    assert "/login/link/" in told and "neu2" in names(house)
    listed = run.invoke(commands, ["users", "changes", "--json"]).output
    assert '"confirmed"' in listed
    key = run.invoke(commands, ["clients", "add", "某行", "--purpose", "贷款审批", "--by", "张三"])
    assert "待确认" in key.output and "xns_" not in key.output
    put = run.invoke(commands, ["clients", "refuse", "3", "--why", "重复", "--by", "张三"])
    assert "已退回" in put.output, put.output
    with OperationsStore(Settings(data=house.services.settings.data)) as store:
        ways = [one.thing for one in Trail(store).after(0, limit=1_000) if "confirm" in one.way]
    assert "change=2" in ways

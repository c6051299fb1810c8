"""Consents at the window, over the interface and by the subject itself; no number stands anywhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from starlette.testclient import TestClient
from world import World

from api.app import create_app
from api.pages.own_view import OPENING
from api.security import local_asker
from graph.connection import Graph
from graph.identifiers import person_key
from graph.log import FactLog
from graph.operations import OwnLinks, RepairCases
from graph.projection import project
from graph.secrets import make_secrets
from graph.settings import Settings
from graph.time import today, utc_now
from queries.scope import Scope

ID, CHILD, CODE = "110101199003070732", "11010120190601001X", "91610305MA6TEST018"
BANK = "institution:bank"
PDF = b"%PDF-1.7 signed"
KNOWN = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def subject(office: Settings) -> str:
    return person_key(ID, make_secrets(office.secrets_file).identity_key)


@pytest.fixture(scope="module")
def client(office: Settings, subject: str) -> Iterator[TestClient]:
    world = World(FactLog(office.log_dir))
    me, other, loan = (subject, "Person"), ("person:b", "Person"), ("loan:1", "Loan")
    penalty = ("penalty:1", "Penalty")
    world.node("FinancialInstitution", BANK, name="凤翔农商银行")
    world.node("Person", subject, name="许春英", birth_on=date(1990, 3, 7))
    world.node("Person", other[0], name="李他人", birth_on=date(1985, 1, 1))
    world.node("Loan", loan[0], principal_fen=1_234_500, loan_no="JK-我的")
    world.node("Loan", "loan:2", principal_fen=999, loan_no="JK-别人的")
    world.tie("BORROWED", me, loan)
    world.tie("BORROWED", other, ("loan:2", "Loan"))
    world.tie("GUARANTEES", me, other, amount_fen=10_000)
    world.node("Penalty", penalty[0], document_no="罚〔2026〕9号", decided_on=today())
    world.tie("PENALISED_BY", me, penalty)
    world.commit(KNOWN)
    with Graph(office) as graph:
        project(FactLog(office.log_dir), graph)
    with TestClient(
        create_app(office, answers_for=local_asker()), "http://127.0.0.1", follow_redirects=True
    ) as opened:
        yield opened


def form(**more: Any) -> dict[str, Any]:
    told = {
        "subject": ID, "institution": BANK, "institution_name": "凤翔农商银行", "purpose": "credit_approval",
        "items": ["credit", "land"], "from_on": today().isoformat(), "mode": "continuous",
        "channel": "window", "sensitive_tick": "yes", "onward_tick": "yes", "by": "张三",
    }  # fmt: skip
    return told | more


def body(**more: Any) -> dict[str, Any]:
    told = form(**more)
    ticks = {name: told[name] == "yes" for name in ("sensitive_tick", "onward_tick")}
    return told | ticks | {"channel": more.get("channel", "online")}


def test_a_consent_is_registered_printed_and_revoked_at_the_window(
    client: TestClient, office: Settings, subject: str
) -> None:
    blank = client.get("/consents?purpose=post_loan").text
    assert "贷后管理" in blank and 'value="income"' not in blank and 'value="credit"' in blank
    refused = client.post("/consents", data=form())
    assert refused.status_code == 422 and "扫描件" in refused.text
    receipt = client.post("/consents", data=form(), files={"scan": ("签字.pdf", PDF)})
    assert receipt.status_code == 200 and "授权回执" in receipt.text and "许春英" in receipt.text
    assert "个人信息保护法 第十六条" in receipt.text and ID not in receipt.text
    number = int(re.search(r"/consents/(\d+)$", str(receipt.url))[1])  # type: ignore[index]
    scan = client.get(f"/consents/{number}/scan")
    assert (scan.content, scan.headers["content-type"]) == (PDF, "application/pdf")
    [kept] = (office.data / "consent_scans").iterdir()
    assert kept.stat().st_mode & 0o077 == 0 and kept.parent.stat().st_mode & 0o077 == 0
    assert "有效" in client.post("/consents/search", data={"subject": ID}).text
    ended = client.post(f"/consents/{number}/revocation", data={"by": "李四", "reason": "本人申请"})
    assert "已撤回" in ended.text and "本人申请" in ended.text
    assert client.get(f"/v1/consents/{number}").json()["state"] == "revoked"
    wrong = client.post("/consents", data=form(), files={"scan": ("病毒.exe", b"MZ")})
    assert wrong.status_code == 422 and "PDF" in wrong.text


def test_the_interface_says_what_is_wrong_and_never_who(client: TestClient) -> None:
    made = client.post("/v1/consents", json=body())
    assert made.status_code == 201, made.text
    told = made.json()
    assert (told["state"], told["state_label"]) == ("in_force", "有效")
    assert [(one["code"], one["is_sensitive"], one["is_open"]) for one in told["items"]] == [
        ("credit", True, True), ("land", False, True),
    ]  # fmt: skip
    for more, status, code in (
        ({"subject": "110101199003070733"}, 400, "subject_unclear"),
        ({"subject": CHILD}, 400, "guardian_missing"),
        ({"items": ["income"], "purpose": "post_loan"}, 400, "class_not_needed"),
        ({"purpose": "curiosity"}, 400, "purpose_unknown"),
        ({"replaces": 999}, 404, "consent_unknown"),
        ({"channel": "pigeon"}, 422, "request_malformed"),
    ):
        answer = client.post("/v1/consents", json=body(**more))
        assert (answer.status_code, answer.json()["code"]) == (status, code), more
        assert str(more.get("subject", "~")) not in answer.text
    again = client.post("/v1/consents", json=body(items=["land"], replaces=told["number"])).json()
    assert client.get(f"/v1/consents/{told['number']}").json()["state"] == "replaced"
    revoked = client.post(
        f"/v1/consents/{again['number']}/revocation", json={"how": "线上", "by": "李四"}
    )
    assert revoked.json()["state"] == "revoked"
    found = client.post("/v1/consents/search", json={"subject": ID}).json()
    assert {told["number"], again["number"]} <= {one["number"] for one in found["rows"]}
    assert client.get("/v1/consents/purposes").json()["longest_days"] == 365


def test_a_paper_waits_for_a_second_person(client: TestClient) -> None:
    data = form(channel="paper")
    receipt = client.post("/consents", data=data, files={"scan": ("签字.pdf", PDF)})
    assert "待复核" in receipt.text and "复核人" in receipt.text
    path = receipt.url.path
    alone = client.post(f"{path}/confirmation", data={"by": "张三"})
    assert alone.status_code == 400 and "另一人" in alone.text
    assert "有效" in client.post(f"{path}/confirmation", data={"by": "李四"}).text


def test_an_institution_sees_and_registers_its_own(client: TestClient) -> None:
    own = client.post("/v1/consents", json=body()).json()["number"]
    before = client.app.state.asker  # type: ignore[attr-defined]
    officer = before.seeing(
        Scope("别行", institution="institution:other", open_classes=frozenset())
    )
    try:
        client.app.state.asker = officer  # type: ignore[attr-defined]
        assert client.get(f"/v1/consents/{own}").status_code == 404
        assert client.get("/v1/consents").json()["total"] == 0
        assert client.post("/v1/consents", json=body()).status_code == 403
        for act, told in (
            ("revocation", {"how": "窗口"}),
            ("confirmation", {}),
            ("use", {"reason": "x"}),
        ):
            answer = client.post(f"/v1/consents/{own}/{act}", json={"by": "张三", **told})
            assert answer.status_code == 404, act
        seeing = replace(officer.scope, institution=BANK)
        client.app.state.asker = officer.seeing(seeing)  # type: ignore[attr-defined]
        assert client.get(f"/v1/consents/{own}").json()["state"] == "in_force"
    finally:
        client.app.state.asker = before  # type: ignore[attr-defined]


def opened(client: TestClient) -> TestClient:
    """A browser of the subject's own, with its view open."""
    OPENING.forget()
    path = client.post("/v1/own-links", json={"subject": ID, "by": "张三"}).json()["path"]
    mine = TestClient(client.app, "http://127.0.0.1", follow_redirects=True)
    assert "请输入本人的身份证号" in mine.get(path).text
    assert "平台保存的信息" in mine.post(path, data={"number": ID}).text
    return mine


def test_a_subject_sees_what_is_held_and_nothing_of_others(client: TestClient) -> None:
    client.post("/v1/consents", json=body())
    told = opened(client).get("/mine").text
    for word in ("许春英", "JK-我的", "信贷", "凤翔农商银行", "撤回", "每年可以免费"):
        assert word in told, word
    for word in ("李他人", "JK-别人的", ID, "person:b"):
        assert word not in told, word


def test_a_link_opens_once_to_whom_it_is_for(client: TestClient, subject: str) -> None:
    OPENING.forget()
    path = client.post("/v1/own-links", json={"subject": ID, "by": "张三"}).json()["path"]
    for wrong in ("110101198001010013", "", subject, "abc"):
        refused = client.post(path, data={"number": wrong})
        assert refused.status_code == 403 and "许春英" not in refused.text
    stranger = TestClient(client.app, "http://127.0.0.1", follow_redirects=True)
    assert stranger.get("/mine").status_code == 404
    assert stranger.post(path, data={"number": ID}).status_code == 200
    assert stranger.get(path).status_code == 404
    assert stranger.post(path, data={"number": ID}).status_code == 404
    assert "已经退出" in stranger.post("/mine/closing").text
    assert stranger.get("/mine").status_code == 404
    path = client.post("/v1/own-links", json={"subject": ID, "by": "张三"}).json()["path"]
    for _ in range(5):
        client.post(path, data={"number": "x"})
    assert client.post(path, data={"number": ID}).status_code == 404
    assert client.post("/mine/links/nothing", data={"number": ID}).status_code == 404
    OPENING.forget()


def test_a_view_is_over_after_half_an_hour_and_a_link_after_a_week(
    client: TestClient, subject: str
) -> None:
    from datetime import timedelta

    links, now = OwnLinks(client.app.state.services.store), utc_now()  # type: ignore[attr-defined]
    token = links.make(subject, by="张三", at=now)
    assert links.waits(token, at=now + timedelta(days=7, seconds=-1))
    assert not links.waits(token, at=now + timedelta(days=7))
    secret = links.open(token, subject, at=now)
    assert links.view(secret, at=now + timedelta(minutes=29)).subject == subject
    from graph.errors import NotFoundError

    with pytest.raises(NotFoundError):
        links.view(secret, at=now + timedelta(minutes=30))


def test_a_subject_revokes_objects_and_gets_two_free_reports(
    client: TestClient, subject: str
) -> None:
    number = client.post("/v1/consents", json=body()).json()["number"]
    other = client.post("/v1/consents", json=body(subject="person:b")).json()["number"]
    mine = opened(client)
    assert mine.post(f"/mine/consents/{other}/revocation").status_code == 404
    assert mine.post(f"/mine/consents/{number}/revocation").status_code == 200
    assert client.get(f"/v1/consents/{number}").json()["state"] == "revoked"
    assert client.get(f"/v1/consents/{other}").json()["state"] == "in_force"
    asked = {"kind": "correction", "about": "电话", "said": f"号码 {ID} 不对"}
    told = mine.post("/mine/requests", data=asked).text
    assert "更正：电话" in told and ID not in told
    assert mine.post("/mine/requests", data=asked | {"kind": "revenge"}).status_code == 400
    place = re.search(r"/consents/requests/(\d+)", client.get("/consents").text)
    assert place is not None
    client.post(place[0], data={"answer": "已更正", "by": "李四"})
    assert "已更正" in mine.get("/mine").text
    # of a public record the room of repair is told, and freezes it
    mine.post(
        "/mine/requests",
        data={"kind": "objection", "about": "Penalty:penalty:1", "said": "不是我"},
    )
    cases = RepairCases(client.app.state.services.store).about("penalty:1")  # type: ignore[attr-defined]
    assert [case.kind for case in cases] == ["objection"]
    for place_, words in ((1, "免费。"), (2, "免费。"), (3, "已超过每年 2 次")):
        report = mine.post("/mine/reports").text
        assert f"今年第 {place_} 次" in report and words in report

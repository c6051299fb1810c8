"""Sector monitoring by command, by route and on its pages: the same warnings, told once."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from starlette.testclient import TestClient
from typer.testing import CliRunner

from api.cli import app
from graph.settings import Settings
from queries.monitoring import NOTICE, load_monitoring


def said_by(district: Settings, monkeypatch: pytest.MonkeyPatch, *words: str) -> Any:
    """What a command says, as JSON."""
    monkeypatch.setenv("XINNONG_DATA", str(district.data))
    told = CliRunner().invoke(app, ["monitoring", *words, "--json"])
    assert told.exit_code == 0, told.output
    return json.loads(told.stdout)


def subscribed(client: TestClient, name: str, **more: Any) -> int:
    body = {"name": name, "begins_on": "2026-01-01", "reason": "行业监测", "by": "样本主任", **more}
    answer = client.post("/v1/monitoring/subscriptions", json=body)
    assert answer.status_code == 201, answer.text
    return int(answer.json()["kept"]["subscriber"])


def test_the_same_warnings_on_every_way_in(
    client: TestClient, district: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = client.get("/v1/monitoring/warnings", params={"subject_class": "Enterprise"}).json()
    assert told["total"] == sum(told["counts"].values()) > 0
    assert {one["label"] for one in told["warnings"]} == {"Enterprise"}
    assert all(one["evidence"] and one["notice"] == NOTICE for one in told["warnings"])
    said = said_by(district, monkeypatch, "warnings", "--class", "Enterprise")
    assert (said["total"], said["warnings"]) == (told["total"], told["warnings"])
    shown = client.get("/monitoring", params={"subject_class": "Enterprise"}).text
    assert f"预警（{told['total']}）" in shown and NOTICE in shown
    for one in told["warnings"][:20]:
        assert one["after"] in shown
    rules = client.get("/v1/monitoring/rules").json()["rules"]
    assert (
        {*rules}
        == {*said_by(district, monkeypatch, "rules")["rules"]}
        == {*load_monitoring().rules}
    )


def test_filters_cut_and_what_is_none_is_said(client: TestClient) -> None:
    def total(**given: Any) -> int:
        return int(client.get("/v1/monitoring/warnings", params=given).json()["total"])

    every = total()
    assert every == sum(total(rule=code) for code in load_monitoring().rules)
    assert total(since="2100-01-01T00:00:00+08:00") == 0
    for given in (
        {"industry": "制造"},
        {"subject_class": "Firm"},
        {"area": "61030"},
        {"rule": "gossip"},
    ):
        answer = client.get("/v1/monitoring/warnings", params=given)
        assert (answer.status_code, answer.json()["code"]) == (400, "subscription_wrong")
        assert "填写有误" in client.get("/monitoring", params=given).text


def test_an_inbox_is_read_once_by_whichever_way(
    client: TestClient, district: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = subscribed(client, "接口甲", rules=["adverse_record"])
    told = client.get(f"/v1/monitoring/inboxes/{number}", params={"limit": 1000}).json()
    assert told["total"] == len(told["items"]) > 1 and told["last_read"] is None
    said = said_by(district, monkeypatch, "inbox", "接口甲", "--limit", "1000")
    assert said["items"] == told["items"]
    names = [item["warning"]["id"] for item in told["items"]]
    noted = [
        client.post(f"/v1/monitoring/inboxes/{number}/read", json={"warnings": names[:1]}).json()
        for _ in "ab"
    ]
    assert noted == [{"noted": 1}, {"noted": 0}]
    page = client.get(f"/monitoring/inboxes/{number}").text
    assert f"待阅预警（{told['total'] - 1}）" in page
    shown = re.findall(r'name="warning" value="([0-9a-f]{64})"', page)
    assert shown == names[1 : len(shown) + 1]
    after = client.post(
        f"/monitoring/inboxes/{number}/read", data={"warning": shown}, follow_redirects=True
    )
    assert f"待阅预警（{told['total'] - 1 - len(shown)}）" in after.text
    # the command lists what is left, and it is read
    left = said_by(district, monkeypatch, "inbox", "接口甲", "--read", "--limit", "1000")
    assert left["total"] == told["total"] - 1 - len(shown)
    assert said_by(district, monkeypatch, "inbox", "接口甲")["total"] == 0
    assert client.get("/v1/monitoring/inboxes/999999").json()["code"] == "subscriber_unknown"


def test_a_subscription_is_set_up_and_ended_in_the_browser(client: TestClient) -> None:
    form = {
        "name": "网页甲", "by": "样本主任", "reason": "行业监测", "industries": "C、0514", "areas": "610305",
        "classes": ["Enterprise", "Cooperative"], "rules": ["adverse_record"], "quiet_from": "22:00",
        "quiet_to": "07:00", "digest_at": "09:00",
    }  # fmt: skip
    wrong = client.post("/monitoring/subscriptions", data={**form, "quiet_to": ""})
    assert (
        wrong.status_code == 422 and "起止时间要同时填写" in wrong.text and "网页甲" in wrong.text
    )
    page = client.post("/monitoring/subscriptions", data=form, follow_redirects=True).text
    assert (
        "22:00 至 07:00 免打扰；每天 09:00 汇总" in page and "C、0514；企业、农民专业合作社" in page
    )
    [mine] = [
        one
        for one in client.get("/v1/monitoring/subscriptions").json()["subscriptions"]
        if one["kept"]["name"] == "网页甲"
    ]
    assert mine["wanted"]["sector"]["industries"] == ["C", "0514"]
    number = mine["kept"]["number"]
    ended = client.post(
        f"/monitoring/subscriptions/{number}/ending", data={"by": "样本主任", "why": "调岗"},
        follow_redirects=True,
    )  # fmt: skip
    assert "结束：调岗" in ended.text
    again = client.post(
        f"/v1/monitoring/subscriptions/{number}/ending", json={"by": "样本乙", "why": "再次"}
    ).json()["subscriptions"]
    assert again[0]["kept"]["ended_because"] == "调岗"


def test_a_subscription_by_command(
    district: Settings, monkeypatch: pytest.MonkeyPatch, client: TestClient
) -> None:
    assert client.get("/monitoring/subscriptions").status_code == 200
    made = said_by(
        district, monkeypatch, "subscribe", "命令甲", "--by", "样本主任", "--reason", "监测", "--industry", "C",
        "--quiet", "22:00-07:00", "--digest", "09:00", "--from", "2026-01-01", "--to", "2030-12-31",
    )  # fmt: skip
    assert made["wanted"]["quiet_from"] == "22:00:00" and made["kept"]["ends_on"] == "2030-12-31"
    number = str(made["kept"]["number"])
    ended = said_by(district, monkeypatch, "end", number, "--by", "样本主任", "--why", "调岗")
    assert ended["ended_by"] == "样本主任"
    listed = said_by(district, monkeypatch, "subscriptions")["subscriptions"]
    assert number in {str(one["kept"]["number"]) for one in listed}

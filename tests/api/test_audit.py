"""The audit by page, route and command: the same in all three; over a store, without an engine."""

from __future__ import annotations

import getpass
import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from outline import Outline
from starlette.testclient import TestClient
from typer.testing import CliRunner

from api.app import create_app
from api.audit_writer import TrailWriter
from api.command_line import app as commands
from api.security import local_asker
from graph.operations import AuditNote, OperationsStore, Trail
from graph.settings import Settings
from graph.time import utc_now

MAN, WIFE = "person:" + "a" * 32, "person:" + "b" * 32
FIRM = "org:91610305MA92001956"


class Family:
    """A graph in which the man has a wife, and nobody else is known."""

    def conflicts(self, key: str) -> dict[str, str]:
        return {WIFE: "配偶"} if key == MAN else {}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[OperationsStore]:
    settings = Settings(data=tmp_path / "data", audit_heads=tmp_path / "away")
    with OperationsStore(settings) as opened:
        trail, now = Trail(opened), utc_now()
        for days, key in ((2, FIRM), (1, WIFE), (0, MAN)):
            trail.append([
                AuditNote(at=now - timedelta(days=days), who="user:7", name="样本甲",
                          role="loan_officer", act="ask", way="GET /v1/parties/{key}",
                          items=("credit",), purpose="贷前审查", subjects=frozenset({key}), status=200,
                          document=f"2026112{days}-000001-000001"),
            ])  # fmt: skip
        yield opened


@pytest.fixture
def client(store: OperationsStore) -> Iterator[TestClient]:
    app = create_app(store.settings, answers_for=local_asker())
    app.state.services = SimpleNamespace(
        store=store, settings=store.settings, reader=lambda *_, **__: Family()
    )
    with TrailWriter(store) as writer:
        app.state.trail = writer
        yield TestClient(app, "http://127.0.0.1", follow_redirects=True)


@pytest.fixture
def told(store: OperationsStore, monkeypatch: pytest.MonkeyPatch) -> Any:
    """What a command prints as JSON, and its exit status."""
    monkeypatch.setenv("XINNONG_DATA", str(store.settings.data))
    monkeypatch.setenv("XINNONG_AUDIT_HEADS", str(store.settings.audit_heads))

    def asked(*words: str, status: int = 0) -> Any:
        done = CliRunner().invoke(commands, ["audit", *words, "--json"])
        assert done.exit_code == status, done.output
        return json.loads(done.stdout)

    return asked


def whole(client: TestClient, method: str, path: str, **more: Any) -> Outline:
    page = Outline(client.request(method, path, **more).text)
    assert not page.wrong
    # who uses this machine goes by the name of the account
    shown = page.text.replace(getpass.getuser(), "")
    shown = re.sub("[0-9a-f]{8,}|[0-9A-Z]{18}", "", shown)
    assert {*re.findall(r"[A-Za-z][A-Za-z_]{3,}", shown)} <= {"English"}, shown
    return page


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"who": "样本甲"}, {1, 2, 3}),
        ({"who": "user:7", "subject": WIFE}, {2}),
        ({"subject": FIRM, "act": "ask"}, {1}),
        ({"number": "20261120-000001-000001"}, {3}),
        ({"subject": "person:" + "c" * 32}, set()),
    ],
)
def test_a_search_is_the_same_by_page_route_and_command(
    client: TestClient, told: Any, wanted: dict[str, str], found: set[int]
) -> None:
    ours = {"act": "ask"} | wanted  # what is asked here is entered too, as another act
    by_route = client.post("/v1/audit/search", json=ours).json()
    assert {one["entry"] for one in by_route["entries"]} == found
    assert by_route["total"] == len(found)
    page = whole(client, "POST", "/audit", data=ours)
    assert {
        int(link.rpartition("/")[2]) for link in page.links if re.fullmatch(r"/audit/\d+", link)
    } == found
    options = [part for name, value in ours.items() for part in (f"--{name}", value)]
    by_command = told("search", *options)
    assert by_command["entries"] == by_route["entries"]


def test_whoever_reads_on_reads_each_entry_once_though_each_search_is_entered(
    client: TestClient, told: Any
) -> None:
    first = client.post("/v1/audit/search", json={"limit": 2}).json()
    read, page = [], first
    while True:
        read += [one["entry"] for one in page["entries"]]
        if page["next"] is None:
            break
        assert page["next"] == read[-1]
        page = client.post("/v1/audit/search", json={"limit": 2, "before": page["next"]}).json()
    assert read == sorted(set(read), reverse=True) and read[-1] == 1 and len(read) > 2
    # what was entered meanwhile is counted, and moved nothing
    assert page["total"] > first["total"] >= len(read)
    assert [one["entry"] for one in told("search", "--before", "3", "--limit", "1")["entries"]] == [
        2
    ]
    shown = whole(client, "POST", "/audit", data={"before": "3"})
    links = [link for link in shown.links if re.fullmatch(r"/audit/\d+", link)]
    assert (
        links == ["/audit/2", "/audit/1"]
        and "回到最新" in shown.text
        and "更早的" not in shown.text
    )


def test_one_entry_names_bodies_and_marks_persons(client: TestClient, told: Any) -> None:
    firm = client.get("/v1/audit/1").json()
    assert (firm["parties"], firm["act_label"], firm["role_label"]) == ([FIRM], "查询", "信贷员")
    [mark] = client.get("/v1/audit/2").json()["parties"]
    assert mark.startswith("mark:")
    assert told("show", "2")["parties"] == [mark]
    page = whole(client, "GET", "/audit/2")
    assert "个人和农户只记标记" in page.text
    assert "信贷" in page.text
    assert client.get("/v1/audit/999").status_code == 404


def test_a_name_or_a_number_is_no_subject_and_is_not_repeated(client: TestClient) -> None:
    for path, how in (("/v1/audit/search", "json"), ("/audit", "data")):
        answer = client.post(path, **{how: {"subject": "610322199001011234"}})  # type: ignore[arg-type]
        assert answer.status_code in (400, 422)
        assert "请填写主体编号" in answer.text
    assert (
        "1990" not in client.post("/v1/audit/search", json={"subject": "610322199001011234"}).text
    )


def test_who_looks_into_the_audit_is_in_it(client: TestClient, store: OperationsStore) -> None:
    client.post("/v1/audit/search", json={"subject": MAN})
    last = Trail(store).last()
    assert last is not None
    assert (last.act, last.way, last.name) == ("audit", "POST /v1/audit/search", local_asker().name)


def test_the_chain_is_checked_and_what_is_wrong_is_said(
    client: TestClient, told: Any, store: OperationsStore
) -> None:
    assert client.get("/v1/audit/check").json()["problem"] is None
    assert "完整" in whole(client, "GET", "/audit/heads").text
    assert told("verify")["problem"] is None
    with closing(sqlite3.connect(store.settings.operations_file)) as raw, raw:
        raw.execute("DROP TRIGGER audit_entries_unchanged")
        raw.execute("UPDATE audit_entries SET name = '样本乙' WHERE number = 3")
    raw.close()
    assert client.get("/v1/audit/check").json()["problem"]["number"] == 3
    assert "第3条被改动" in whole(client, "GET", "/audit/heads").text
    assert told("verify", status=1)["problem"]["kind"] == "changed"


def test_a_head_is_signed_and_laid_down_in_the_second_place(
    client: TestClient, told: Any, store: OperationsStore
) -> None:
    by_command = told("head")
    assert by_command["number"] == 4, "of the command itself"
    by_route = client.post("/v1/audit/heads").json()
    # the answer of the command is entered as well, before it is printed
    assert by_route["number"] == 5
    client.post("/audit/heads")
    away = store.settings.audit_heads
    assert away is not None
    laid = sorted(int(path.stem.rpartition("-")[2]) for path in away.iterdir())
    assert laid == [head["number"] for head in client.get("/v1/audit/heads").json()]


def test_an_alert_is_shown_looked_into_and_raised_once(client: TestClient, told: Any) -> None:
    made = client.post(
        "/v1/audit/watches",
        json={"subject": MAN, "who": "user:7", "why": "本行员工", "by": "样本审计"},
    )
    assert made.status_code == 201
    listed = {"subject": FIRM, "why": "公众关注", "by": "样本审计"}
    assert "已登记" not in whole(client, "POST", "/audit/watches", data=listed).text
    rules = {one["alert"]["rule"] for one in client.get("/v1/audit/alerts").json()["alerts"]}
    assert rules >= {"own_relative", "watch_list"}
    before = client.get("/v1/audit/alerts").json()["total"]
    page = whole(client, "GET", "/audit/alerts")
    assert "配偶" in page.text
    assert "公众关注" in page.text
    # nor as an address writes it
    assert MAN.removeprefix("person:") not in page.text
    number = client.get("/v1/audit/alerts").json()["alerts"][0]["alert"]["number"]
    refused = client.post(f"/audit/alerts/{number}/finding", data={"by": "样本审计", "finding": ""})
    assert refused.status_code == 422
    client.post(f"/audit/alerts/{number}/finding", data={"by": "样本审计", "finding": "系正常受理"})
    assert "系正常受理" in whole(client, "GET", "/audit/alerts").text
    assert client.get("/v1/audit/alerts", params={"is_open": "true"}).json()["total"] == before - 1
    first = client.get("/v1/audit/watches").json()[0]["number"]
    client.post(f"/v1/audit/watches/{first}/end", json={"by": "样本审计"})
    assert len(client.get("/v1/audit/watches").json()) == 1


def test_entries_are_written_into_a_file_of_the_owners(
    told: Any, store: OperationsStore, tmp_path: Path
) -> None:
    file = tmp_path / "entries.jsonl"
    done = CliRunner().invoke(commands, ["audit", "export", str(file)])
    assert done.exit_code == 0, done.output
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    # the command itself as well: it is entered before it begins
    assert [line["entry"] for line in lines] == [1, 2, 3, 4]
    assert lines[3]["way"] == "xinnong audit export"
    assert file.stat().st_mode & 0o077 == 0


def test_what_is_younger_than_five_years_is_cut_by_nobody(
    store: OperationsStore, told: Any
) -> None:
    done = CliRunner().invoke(commands, ["audit", "cut", "2026-01-01", "--by", "样本审计"])
    assert done.exit_code != 0
    assert told("cut", "2020-01-01", "--by", "样本审计") is None

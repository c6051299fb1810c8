"""Subjects that no register knows, by command, by route and on the page."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest
from starlette.testclient import TestClient
from typer.testing import CliRunner

from api.cli import app
from api.pages.rendering import page
from api.pages.unknown_subjects import _templates as templates_of
from graph.settings import Settings
from queries.basis import Basis
from queries.unknown_subjects import (
    DepartmentSubjects,
    SubjectRecord,
    UnknownSubject,
    UnknownSubjects,
)


def subject(n: int) -> UnknownSubject:
    code = f"91610305MA9PK{n:03d}XX"
    record = SubjectRecord("Permit", f"permit:{n}", None, "甲局", date(2026, 1, 5))
    return UnknownSubject(f"org:{code}", None, code, "Enterprise", "市场监督管理", (record,) * 7)


def shown(found: UnknownSubjects, *, start: int = 0, department: str = "") -> str:
    basis = Basis(date(2026, 11, 29), datetime(2026, 11, 20, tzinfo=UTC), 9)
    answer = page(
        "unknown_subjects.html",
        here="/unknown-subjects",
        found=found,
        stated=basis,
        department=department,
        shown=found.subjects[start : start + 50],
        total=len(found.subjects),
        start=start,
        step=50,
        templates=templates_of({each.kind for each in found.subjects}),
    )
    return bytes(answer.body).decode()


def test_the_page_has_both_remedies_and_is_cut_into_pages() -> None:
    some = tuple(map(subject, range(120)))
    found = UnknownSubjects(some, (DepartmentSubjects("甲局", some),), {"SocialOrganisation": 3})

    first, last = shown(found), shown(found, start=100, department="甲局")

    assert all(line in first for line in found.remedies)
    assert '<a href="/templates/enterprise/enterprise">企业</a>' in first
    assert "1001 未查询到主体" in first and "社会组织" in first
    assert "第 1 至 50 个，共 120 个" in first and "下一页" in first and "上一页" not in first
    assert "第 101 至 120 个，共 120 个" in last and "下一页" not in last
    assert "无文号（甲局，2026-01-05）" in first and "另有 2 条" in first
    assert first.count('<a href="/parties/org') == 50


def test_nobody_waits_is_said() -> None:
    assert "没有待登记的主体" in shown(UnknownSubjects((), ()))


def test_command_and_route_say_the_same(
    client: TestClient, district: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = client.get("/v1/unknown-subjects")
    assert answer.status_code == 200
    monkeypatch.setenv("XINNONG_DATA", str(district.data))
    said = CliRunner().invoke(app, ["unknown-subjects", "--json"])
    assert said.exit_code == 0, said.output
    assert json.loads(said.stdout) == answer.json()["found"]
    assert "待登记主体" in client.get("/unknown-subjects").text

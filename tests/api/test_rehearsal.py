"""Of whom a service asks after its start; what is asked, `test_consent_channels` sees on an engine."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from starlette.testclient import TestClient

import api.app
import api.rehearsal
from api.app import create_app
from api.metrics import Metrics
from api.party_file import QUESTIONS
from api.rehearsal import Rehearsal, one_of_each
from api.security import Asker, local_asker
from api.services import Services
from graph.settings import Settings
from queries.canonical_keys import At
from queries.library import rehearse
from queries.scope import ADMINISTRATOR, Scope

#: Whoever asks is let see everything, of no store and no graph.
SERVICES: Any = SimpleNamespace(
    store=None, graph=None, consented=lambda who, at: who,
    reader=lambda _: SimpleNamespace(moment=None),
)  # fmt: skip


def test_of_scopes_that_ask_in_the_same_words_one_is_taken_and_the_most_used_first() -> None:
    opened = {"person:a": frozenset({"credit"})}
    office = Scope("信用办", open_classes=frozenset({"identity"}))
    near = Scope("甲镇", divisions=("610322104",), open_classes=frozenset(), grants=opened)
    far = Scope("乙镇", divisions=("610322105",), open_classes=frozenset(), grants=opened)
    assert one_of_each([office, near, ADMINISTRATOR, far]) == [near, office, ADMINISTRATOR]
    assert one_of_each([]) == []


def test_whoever_waits_for_an_answer_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    metrics, asked = Metrics(), list[str]()
    first = threading.Event()

    def rehearse(*_: Any, **__: Any) -> Any:
        for name in ("loans", "guarantees", "ring"):
            asked.append(name)
            first.set()
            yield name

    monkeypatch.setattr(api.rehearsal, "rehearse", rehearse)
    monkeypatch.setattr(api.rehearsal, "askers", lambda _: [ADMINISTRATOR])
    monkeypatch.setattr(api.rehearsal, "_PATIENCE_S", 600.0)
    assert not metrics.is_answering
    metrics.running.inc()
    rehearsal = Rehearsal(SERVICES, is_answering=lambda: metrics.is_answering)
    rehearsal.start()
    assert first.wait(60)
    assert not rehearsal.wait(0.3) and asked == ["loans"]
    metrics.running.dec()
    assert rehearsal.wait(60) and asked == ["loans", "guarantees", "ring"]


def test_what_an_officer_does_first_is_asked_first() -> None:
    graph: Any = SimpleNamespace(read_many=lambda *_, **__: [])
    moment = At(date(2026, 1, 1), datetime(2026, 1, 1, tzinfo=UTC), 1)
    first = {"find_party", *QUESTIONS}
    asked = [*rehearse(graph, moment=moment, scope=ADMINISTRATOR, first=first)]
    of_keys = ["decision_records", "known_party", "merged_keys", "same_as"]
    assert sorted(asked[:4]) == of_keys
    assert {*asked[4 : 4 + len(first)]} == first
    # each once, and whatever else can be asked of a party after them
    assert len({*asked}) == len(asked) > 4 + len(first)


def test_who_listens_for_ever_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api.rehearsal, "rehearse", lambda *_, **__: iter(["loans", "ring"]))
    monkeypatch.setattr(api.rehearsal, "askers", lambda _: [ADMINISTRATOR])
    monkeypatch.setattr(api.rehearsal, "_PATIENCE_S", 0.05)
    rehearsal = Rehearsal(SERVICES, is_answering=lambda: True)
    rehearsal.start()
    assert rehearsal.wait(60)


def test_closing_waits_for_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api.rehearsal, "_PATIENCE_S", 600.0)
    rehearsal = Rehearsal(SERVICES, is_answering=lambda: True)
    waiting = threading.Thread(target=rehearsal._let_others_go_first, daemon=True)
    waiting.start()
    rehearsal.close()
    waiting.join(60)
    assert not waiting.is_alive()


@pytest.mark.parametrize("asker", [local_asker(), None])
def test_a_service_that_starts_asks_before_anybody_waits(
    office: Settings, monkeypatch: pytest.MonkeyPatch, asker: Asker | None
) -> None:
    """For whom it answers it begins with a borrower's page, and for all who may log in with questions."""
    seen: list[Any] = []
    # no other test starts either (`conftest.asked_by_tests_only`)
    monkeypatch.setattr(Services, "warm", lambda _, scope: seen.append(scope))
    monkeypatch.setattr(api.app, "Rehearsal", Rehearsal)
    monkeypatch.setattr(Rehearsal, "start", lambda self: seen.append(self._services))
    app = create_app(office, answers_for=asker)
    with TestClient(app, "http://127.0.0.1"):
        began_with = [ADMINISTRATOR] if asker else []
        assert seen == [*began_with, app.state.services]

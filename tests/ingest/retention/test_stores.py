"""Rows of the stores end by their rules: each table has one, and none goes a day too early."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from api.decision_jobs import _KEPT as JOBS_KEPT
from api.events.sender import KEPT as EVENTS_KEPT
from graph.errors import OperationsError
from graph.operations import (
    IdempotencyKeys,
    LoginAttempts,
    OperationsStore,
    RetentionTurns,
    claim,
    release,
)
from graph.operations.audit import KEPT_YEARS
from graph.operations.retention import refuse_undeclared
from graph.operations.tables import every_table
from graph.settings import Settings
from ingest.correction.quarantine import KEEP
from ingest.delivery.inbox import _EXPIRES
from ingest.retention import daily_turn, due, retain
from ingest.retention.stores import declared_tables, ended_before
from queries.lawful import retention_rules

AT = datetime(2026, 11, 29, 4, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[OperationsStore]:
    with OperationsStore(Settings(data=tmp_path / "data")) as made:
        yield made


def test_every_table_and_every_column_has_its_rule() -> None:
    tables = every_table().tables
    assert declared_tables().keys() == tables.keys()
    for rule in retention_rules().stores.values():
        assert rule.column is None or rule.column in tables[rule.tables[0]].c
        assert len(rule.clause) > 5
    with pytest.raises(OperationsError):
        refuse_undeclared({"sessions": "sessions"})


def test_what_its_room_sweeps_is_said_as_it_is_swept() -> None:
    days = {name: rule.days for name, rule in retention_rules().stores.items()}
    assert days["deliveries"] == EVENTS_KEPT.days and days["jobs"] == JOBS_KEPT.days
    assert days["quarantine"] == KEEP.days and days["uploads"] == _EXPIRES.days
    assert days["service_log"] == Settings.model_fields["log_keep_days"].default
    assert retention_rules().stores["audit"].months == 12 * KEPT_YEARS


def test_months_count_whole_days_in_china() -> None:
    sessions = retention_rules().stores["sessions"]
    assert ended_before(sessions, AT) == datetime(2026, 5, 28, 16, tzinfo=UTC)


@pytest.mark.each_store
def test_rows_that_ended_go_and_others_stay(store: OperationsStore) -> None:
    keys, attempts = IdempotencyKeys(store), LoginAttempts(store)
    for number, age in enumerate((0, 29, 31, 400)):
        keys.begin("client", f"key-{number}", "ab", at=AT - timedelta(days=age))
    attempts.begin("old", at=AT - timedelta(days=200))
    settings = store.settings
    look = due(settings, at=AT, store=store)
    assert look.rows == {"idempotency_keys": 2, "login_attempts": 1} and look.facts == {}
    assert any("法律未定" in line for line in look.kept)
    told = retain(settings, at=AT, store=store)
    assert told.turn.rows == look.rows and told.turn.tombstone is None
    assert due(settings, at=AT, store=store).rows == {}
    assert retain(settings, at=AT, store=store).turn.rows == {}


@pytest.mark.each_store
def test_a_day_has_one_turn_whoever_comes_first(store: OperationsStore) -> None:
    turns = RetentionTurns(store)
    assert claim(store, "retention")
    assert daily_turn(store.settings, store, at=AT) is None and turns.last() is None
    release(store, "retention")
    first = daily_turn(store.settings, store, at=AT)
    assert first is not None and first == turns.last()
    assert daily_turn(store.settings, store, at=AT + timedelta(hours=11)) is None
    assert daily_turn(store.settings, store, at=AT + timedelta(hours=13)) is not None
    assert len(turns.all()) == 2

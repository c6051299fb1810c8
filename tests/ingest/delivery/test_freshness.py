"""Freshness says when each source was last heard, and what about it is open."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from roll import Roll, roll_source

import ingest.delivery.freshness
from graph.operations import Ledger, OperationsStore
from graph.settings import Settings
from ingest.comparing.list_part import ListPart
from ingest.delivery.freshness import Freshness, freshness
from ingest.withdrawal import withdraw

pytestmark = pytest.mark.each_store

NOW = datetime(2026, 3, 9, 12, tzinfo=UTC)


@pytest.fixture
def roll(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Roll:
    source = roll_source(0.2)
    monkeypatch.setattr(ingest.delivery.freshness, "source_names", lambda: ("roll",))
    monkeypatch.setattr(ingest.delivery.freshness, "load_source", lambda _: source)
    return Roll(tmp_path, source)


def state(roll: Roll) -> Freshness:
    with OperationsStore(Settings(data=roll.folder)) as store:
        ledger = Ledger(store)
        (found,) = freshness(roll.log, ledger.deliveries(), NOW)
    return found


def test_a_source_that_never_sent_anything_has_its_line(roll: Roll) -> None:
    found = state(roll)
    assert (found.title, found.department, found.batches) == ("花名册", "信用办", 0)
    assert (found.last_at, found.age_days, found.stale_suspected) == (None, None, 0)


def test_what_is_open_is_told(roll: Roll) -> None:
    roll.take([("a", "东村", "甲"), ("b", "东村", "乙")])
    assert (state(roll).age_days, state(roll).last_file) == (7, "list1.csv")
    # half of the village is missing: more than a fifth
    roll.take([("a", "东村", "甲")])
    assert (state(roll).age_days, state(roll).stale_suspected) == (6, 2)
    roll.take([("c", "西村", "丙")], ListPart("三月", 2, 3))
    assert state(roll).missing_parts == ("三月 第 1、3 份",)
    roll.take([("a", "东村", "甲")], ListPart("三月", 1, 3))
    assert state(roll).missing_parts == ("三月 第 3 份",)
    roll.take([("b", "东村", "乙")], ListPart("三月", 3, 3))
    assert (state(roll).missing_parts, state(roll).stale_suspected) == ((), 0)


def test_a_refused_file_is_open_until_a_batch_comes(roll: Roll) -> None:
    at = datetime(2026, 3, 2, 5, tzinfo=UTC)
    roll.take([("a", "东村", "甲")])
    with OperationsStore(Settings(data=roll.folder)) as store:
        Ledger(store).failed("roll", "0" * 64, file_name="坏.xlsx", code="file_broken", at=at)
    assert (state(roll).failed_file, state(roll).failed_code) == ("坏.xlsx", "file_broken")
    roll.take([("a", "东村", "甲"), ("b", "东村", "乙")])
    assert state(roll).failed_file is None


def test_what_was_withdrawn_did_not_come(roll: Roll) -> None:
    settings = Settings(data=roll.folder)
    roll.take([("a", "东村", "甲"), ("b", "东村", "乙")])
    before = state(roll)
    roll.take([("a", "东村", "甲")], ListPart("三月", 1, 2))
    assert state(roll).missing_parts == ("三月 第 2 份",)
    withdraw("2", reason="送错了", by="李四", settings=settings, into_graph=False)
    assert state(roll) == before
    withdraw("1", reason="送错了", by="李四", settings=settings, into_graph=False)
    assert (state(roll).batches, state(roll).last_at) == (0, None)

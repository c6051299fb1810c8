"""Single subjects that are watched: what came since, to their owner alone, until it is noted as seen."""

from __future__ import annotations

from datetime import timedelta

import pytest
from monitored import FIRST, Office, firm, listed

from graph.errors import NotFoundError
from graph.operations import Subscriptions
from queries.monitoring import (
    end_subscription,
    is_watched,
    note_seen,
    subscriptions,
    unwatch,
    watch,
    watch_news,
    watched,
)

A, B = "org:w001", "org:w002"


def news(office: Office, owner: str) -> list[str]:
    found = watch_news(office.reader(), office.store, owner)
    assert found is not None
    return [one.id for one in found.warnings]


def test_what_came_since_is_new_until_it_is_noted(office: Office) -> None:
    a, b = firm(office, A), firm(office, B)
    listed(office, a, "（2026）1号")
    office.world.commit(FIRST)
    at = FIRST + timedelta(hours=1)
    for _ in range(2):
        watch(office.store, "关注甲", A, at=at)
    assert [one.subject for one in watched(office.store, "关注甲")] == [A]
    # what was there before is not new, and what is of another is not theirs
    assert news(office, "关注甲") == []
    listed(office, a, "（2026）2号"), listed(office, b, "（2026）3号")
    office.world.commit(FIRST + timedelta(days=1))
    [one] = news(office, "关注甲")
    assert news(office, "关注乙") == [] and not is_watched(office.store, "关注乙", A)
    assert note_seen(office.reader(), office.store, "关注甲", [one, "0" * 64]) == 1
    assert note_seen(office.reader(), office.store, "关注甲", [one]) == 0
    assert news(office, "关注甲") == []


def test_a_watch_ends_and_stands_in_no_list_of_subscriptions(office: Office) -> None:
    firm(office, A)
    office.world.commit(FIRST)
    before = len(subscriptions(office.store))
    watch(office.store, "关注丙", A, at=FIRST)
    assert len(subscriptions(office.store)) == before and is_watched(office.store, "关注丙", A)
    for _ in range(2):
        unwatch(office.store, "关注丙", A, at=FIRST)
    assert watched(office.store, "关注丙") == () and news(office, "关注丙") == []
    watch(office.store, "关注丙", A, at=FIRST)
    assert len(watched(office.store, "关注丙")) == 1
    number = Subscriptions(office.store).all()[-1].number
    with pytest.raises(NotFoundError):
        end_subscription(office.store, number, by="样本主任", why="不需要")

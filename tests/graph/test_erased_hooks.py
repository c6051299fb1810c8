"""Who is lawfully deleted stands in no subscription's list, and the subscription goes on about the others."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from graph.operations import Hooks, OperationsStore
from graph.operations.erasure import erase_named, named
from graph.settings import Settings

AT = datetime(2026, 11, 1, tzinfo=UTC)
GONE, STAYS = "person:" + "1" * 32, "person:" + "2" * 32


@pytest.fixture
def store(tmp_path: Path) -> Iterator[OperationsStore]:
    with OperationsStore(Settings(data=tmp_path)) as opened:
        yield opened


@pytest.mark.each_store
def test_a_list_of_subjects_loses_who_was_deleted(store: OperationsStore) -> None:
    hooks = Hooks(store)
    both, alone, all_ = (
        hooks.add("https://bank.example/hook", title=title, owner="user:1", by="张三", at=AT,
                  subjects=subjects).id
        for title, subjects in (("两个", [GONE, STAYS]), ("一个", [GONE]), ("全部", None))
    )  # fmt: skip
    [told] = erase_named(store, [GONE])
    assert (told.table, told.column, told.rows, told.fate) == ("hooks", "subjects", 2, "remove")
    assert named(store, [GONE]) == []
    left = {one.id: one for one in hooks.all()}
    assert left[both].subjects == (STAYS,) and left[both].state == "active"
    assert left[both].wants("fact.changed", STAYS) and not left[both].wants("fact.changed", GONE)
    # an empty list is about nobody; only none at all is about everybody
    assert left[alone].subjects == () and not left[alone].wants("fact.changed", STAYS)
    assert left[all_].subjects is None and left[all_].wants("fact.changed", STAYS)
    # nothing of it is said in what was done with them
    assert GONE not in repr([hooks.acts(one) for one in left])
    assert erase_named(store, [GONE]) == []

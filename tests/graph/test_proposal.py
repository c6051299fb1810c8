"""What was let pass last of a subject is in force; what waits, and what came before, is not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from graph.operations import OperationsStore, Proposals
from graph.settings import Settings

BEGUN = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def proposals(tmp_path: Path) -> Iterator[Proposals]:
    with OperationsStore(Settings(data=tmp_path)) as store:
        yield Proposals(store)


def test_the_last_one_let_pass_is_in_force(proposals: Proposals) -> None:
    put = {
        (subject, text): proposals.put(subject, text, b"", by="甲", at=BEGUN).id
        for subject in ("card:own", "farm_loan")
        for text in (b"one", b"two", b"three")
    }
    assert proposals.last_passed("card:own") is None and proposals.passed() == {}
    # the second one is let pass first, the third one waits
    passing = (("card:own", b"two"), ("farm_loan", b"one"), ("card:own", b"one"))
    for days, each in enumerate(passing):
        proposals.approve(put[each], by="乙", at=BEGUN + timedelta(days))
    for subject in ("card:own", "farm_loan"):
        last = proposals.last_passed(subject)
        assert last is not None and last.text == b"one"
        assert proposals.passed()[subject] == last
    assert proposals.last_passed("risk:policy") is None

"""Decisions as they were kept once are made again by the rules of their day, byte for byte."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from graph.operations import DecisionArchive, OperationsStore
from graph.settings import Settings
from queries.eligibility import packaged
from queries.eligibility.decisions.record import replay

pytestmark = pytest.mark.each_store

#: Four decisions on each of the ten products, and the text of their rules, as 0.3.0 kept them.
KEPT = json.loads(
    gzip.decompress((Path(__file__).parent / "decisions_of_0_3_0.json.gz").read_bytes())
)
AT = datetime(2026, 5, 20, 8, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[OperationsStore]:
    with OperationsStore(Settings(data=tmp_path)) as opened:
        yield opened


def test_every_decision_of_an_older_release_is_made_again_the_same(store: OperationsStore) -> None:
    archive = DecisionArchive(store)
    for text in KEPT["rules"].values():
        archive.keep_text(text.encode())
    verdicts = set()
    for record in KEPT["records"]:
        told = json.loads(record)
        name = archive.keep(
            record.encode(),
            party=told["party"],
            product=told["product"]["id"],
            verdict=told["verdict"],
            decided_at=AT,
        )
        found = replay(archive, name)
        assert (found.same, found.differs) == (True, ()), (told["product"], told["verdict"])
        verdicts.add(told["verdict"])
    assert len(KEPT["records"]) == 40 and verdicts == {"符合", "不符合", "待补充"}


def test_no_version_that_decided_anything_was_changed() -> None:
    for record in KEPT["records"]:
        told = json.loads(record)["product"]
        product = packaged()[told["id"]]
        version = product.version(told["version"])
        # that a product is offered no more is said of it, and changes none of its rules
        begun = version.model_copy(update={"retired_on": None})
        assert product.hash(begun) == told["hash"], told

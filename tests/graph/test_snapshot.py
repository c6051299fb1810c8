"""Snapshots against plain Python over the same facts, and refreshed ones against fresh ones."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from breadth import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from world import World

from graph.errors import NotFoundError
from graph.log import FactLog
from graph.schema import SCHEMA
from graph.snapshot import Snapshot, refresh_snapshot, take_snapshot

DAY = date(2026, 3, 1)


def speak(world: World, chance: random.Random, month: int, said: list[tuple[str, str]]) -> None:
    """One batch: descriptions, ties, places, and the end of some earlier facts."""
    people = [(f"p{n}", "Person") for n in range(6)] + [("f0", "Enterprise"), ("f1", "Cooperative")]

    def span() -> dict[str, Any]:
        begin = chance.choice([None, date(2026, 1, 1), date(2026, 6, 1)])
        return {"valid_from": begin, "valid_to": chance.choice([None, None, date(2026, 2, 1)])}

    for key, label in chance.sample(people, 4):
        name = chance.choice([None, f"{key}在{month}月", key])
        said.append((label, world.node(label, key, name=name, **span())))
    for _ in range(chance.randrange(6)):
        a, b = chance.sample(people, 2)
        kind = chance.choice(["GUARANTEES", "SPOUSE_OF", "HOLDS_SHARES_IN"])
        said.append((kind, world.tie(kind, a, b, discriminator=str(world.count), **span())))
    for person in chance.sample(people, 3):
        village = (f"village{chance.randrange(3)}", "Village")
        said.append(("LOCATED_IN", world.tie("LOCATED_IN", person, village, **span())))
    for ended in chance.sample(said, min(len(said), chance.randrange(4))):
        world.close(*ended)
        said.remove(ended)
    world.commit(datetime(2026, month, 1, tzinfo=UTC), source=f"s{chance.randrange(2)}m{month}")


def expected(log: FactLog, known_at: datetime) -> dict[str, Any]:
    """The same in plain Python, fact by fact."""
    rows = {
        kind.kind: log.read(kind.kind, as_of=DAY, known_at=known_at).to_pylist()
        for kind in SCHEMA.kinds
    }
    told: list[tuple[datetime, str, str, str | None]] = []
    for node in SCHEMA.nodes.values():
        if not node.describes and SCHEMA.superlabel(node) == "Party":
            told += [(r["known_from"], r["key"], r["label"], r["name"]) for r in rows[node.kind]]
    ties: dict[str, list[tuple[str, str, str]]] = {}
    for tie in SCHEMA.relationships.values():
        starts = SCHEMA.common_label(tie.sources) == "Party"
        ends = SCHEMA.common_label(tie.targets) == "Party"
        for row in rows[tie.kind]:
            if starts:
                told.append((row["known_from"], row["from_key"], row["from_label"], None))
            if ends:
                told.append((row["known_from"], row["to_key"], row["to_label"], None))
            if starts and ends:
                found = row["fact_id"], row["from_key"], row["to_key"]
                ties.setdefault(tie.kind, []).append(found)
    told.sort(key=lambda item: item[0])
    labels: dict[str, str] = {}
    names: dict[str, str | None] = {}
    for _, key, label, name in told:
        labels.setdefault(key, label)
        names[key] = name if name is not None else names.get(key)
    where: dict[str, str] = {}
    for row in rows["LOCATED_IN"]:
        where[row["from_key"]] = min(row["to_key"], where.get(row["from_key"], "～"))
    order = sorted(labels, key=lambda key: (where.get(key, "～"), key))
    return {
        "parties": [(key, labels[key], names[key]) for key in order],
        "ties": {kind: found for kind, found in ties.items() if found},
    }


def content(snapshot: Snapshot) -> dict[str, Any]:
    keys = snapshot.keys.to_pylist()
    columns = keys, snapshot.labels.to_pylist(), snapshot.names.to_pylist()
    return {
        "parties": list(zip(*columns, strict=True)),
        "ties": {
            kind: [
                (fact_id, keys[source], keys[target])
                for fact_id, source, target in zip(
                    ties.table["fact_id"].to_pylist(), ties.source, ties.target, strict=True
                )
            ]
            for kind, ties in snapshot.ties.items()
            if len(ties.source)
        },
    }


@settings(max_examples=examples(6))
@given(st.randoms(use_true_random=False))
def test_fresh_and_refreshed_equal_plain_python(
    tmp_path_factory: pytest.TempPathFactory, chance: random.Random
) -> None:
    log = FactLog(tmp_path_factory.mktemp("world"))
    world, said = World(log), list[tuple[str, str]]()
    refreshed = None
    for month in (1, 2, 3):
        speak(world, chance, month, said)
        fresh = take_snapshot(log, DAY)
        refreshed = refresh_snapshot(refreshed, log) if refreshed else fresh
        assert content(fresh) == expected(log, fresh.known_at)
        assert content(refreshed) == content(fresh)
        assert (refreshed.id, refreshed.position, refreshed.datasets) == (
            fresh.id, fresh.position, fresh.datasets,
        )  # fmt: skip
        for kind, ties in fresh.ties.items():
            assert refreshed.ties[kind].table.equals(ties.table)
            assert ties.source.dtype == np.int32
    earlier = take_snapshot(log, DAY, datetime(2026, 2, 1, tzinfo=UTC))
    assert content(earlier) == expected(log, earlier.known_at)
    assert content(refresh_snapshot(earlier, log)) == content(refreshed)


def test_refresh_over_another_log_reads_it_afresh(tmp_path: Path) -> None:
    logs = [FactLog(tmp_path / name) for name in ("one", "two")]
    for log in logs:
        world = World(log)
        world.node("Person", f"person:{log.folder.name}", name="样例")
        world.commit(datetime(2026, 1, 1, tzinfo=UTC), source=log.folder.name)
    moved = refresh_snapshot(take_snapshot(logs[0], DAY), logs[1])
    assert moved.keys.to_pylist() == ["person:two"]


def test_facts_are_texts_and_unknown_parties_are_refused(tmp_path: Path) -> None:
    world = World(FactLog(tmp_path))
    world.tie("GUARANTEES", ("a", "Person"), ("b", "Person"), discriminator="合同1")
    world.commit(datetime(2026, 1, 1, tzinfo=UTC))
    snapshot = take_snapshot(world.log, DAY)
    assert snapshot.facts("GUARANTEES")["discriminator"].to_pylist() == ["合同1"]
    assert snapshot.facts("GUARANTEES").equals(world.log.read("GUARANTEES", as_of=DAY))
    assert (snapshot.index("b"), snapshot.name(1)) == (1, None)
    with pytest.raises(NotFoundError):
        snapshot.index("c")
    with pytest.raises(NotFoundError):
        take_snapshot(world.log, DAY, datetime(2025, 1, 1, tzinfo=UTC))

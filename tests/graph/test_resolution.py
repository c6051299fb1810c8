"""Judged identities: ties stand where they belong at every known time, in every reader alike."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from world import World

from graph.log import FactLog
from graph.log_view import FactsAt
from graph.resolution import Resolution, redirects
from graph.snapshot import take_snapshot

TODAY = date(2026, 9, 1)
P, Q, C, D = (("provisional:p", "Person"), ("provisional:q", "Person"),
              ("person:c", "Person"), ("person:d", "Person"))  # fmt: skip
FIRM = ("org:f", "Enterprise")


def on(month: int) -> datetime:
    return datetime(2026, month, 1, 8, 0, 0, 125000, tzinfo=UTC)


def row(source: str, target: str, **more: Any) -> dict[str, Any]:
    return {"from_key": source, "to_key": target, "to_label": "Person", "certainty": 1.0,
            "valid_from": None, "valid_to": None, **more}  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([row("p", "c")], {"p": "c"}),
        ([row("p", "q"), row("q", "c")], {"p": "c", "q": "c"}),
        ([row("p", "c"), row("p", "c")], {"p": "c"}),  # two sources agree
        ([row("p", "c"), row("p", "d")], {}),  # two targets: nobody knows which
        ([row("a", "b"), row("b", "a"), row("x", "a")], {}),  # a circle has no end
        ([row("p", "c", certainty=0.99)], {}),
        ([row("p", "c", valid_from=date(2026, 1, 1))], {}),
        ([row("p", "p")], {}),
    ],
)
def test_redirects(rows: list[dict[str, Any]], expected: dict[str, str]) -> None:
    found = redirects(rows)
    assert {key: stays for key, (stays, _) in found.items()} == expected


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from("abcdef")), max_size=12))
def test_a_redirect_never_leads_to_a_key_that_is_given_up(pairs: list[tuple[str, str]]) -> None:
    found = redirects([row(*pair) for pair in pairs])
    assert not {stays for stays, _ in found.values()} & set(found)
    assert found == redirects([row(*pair) for pair in reversed(pairs)])


def write(log: FactLog) -> None:
    """Known month by month: ties; a judgement; more ties; a closed tie; undone; judged otherwise."""
    world = World(log)
    world.node("Person", C[0], name="张建国")
    world.node("Person", P[0], name="张老三")
    world.node("Enterprise", FIRM[0], name="样本果业有限公司")
    early = world.tie("GUARANTEES", P, FIRM, discriminator="1", amount_fen=1)
    world.tie("GUARANTEES", C, FIRM, discriminator="2", amount_fen=2)
    world.commit(on(1), "guarantee")
    same = world.tie("SAME_AS", P, C, judged_by="王")
    world.tie("SAME_AS", Q, C, certainty=0.9)
    world.commit(on(2), "identity")
    late = world.tie("GUARANTEES", P, FIRM, discriminator="3", amount_fen=3)
    world.tie("LEGAL_REPRESENTATIVE_OF", Q, FIRM)
    world.commit(on(3), "loan")
    world.close("GUARANTEES", early)
    world.commit(on(4), "guarantee")
    world.close("SAME_AS", same)
    world.commit(on(5), "identity")
    world.tie("SAME_AS", P, D)
    world.commit(on(6), "identity")
    world.close("GUARANTEES", late)
    world.commit(on(7), "loan")


#: month -> contract -> who is seen to guarantee
SEEN = {
    1: {"1": "provisional:p", "2": "person:c"},
    2: {"1": "person:c", "2": "person:c"},
    3: {"1": "person:c", "2": "person:c", "3": "person:c"},
    4: {"2": "person:c", "3": "person:c"},
    5: {"2": "person:c", "3": "provisional:p"},
    6: {"2": "person:c", "3": "person:d"},
    7: {"2": "person:c"},
}


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> FactLog:
    made = FactLog(tmp_path_factory.mktemp("resolved") / "log")
    write(made)
    return made


@pytest.mark.parametrize("month", SEEN)
def test_snapshot_at_every_known_time(log: FactLog, month: int) -> None:
    snapshot = take_snapshot(log, TODAY, on(month))
    ties = snapshot.ties["GUARANTEES"]
    seen = {
        fact["discriminator"]: snapshot.keys[int(number)].as_py()
        for fact, number in zip(ties.table.to_pylist(), ties.source, strict=True)
    }
    assert seen == SEEN[month]
    # what was said keeps its source, wherever it stands
    assert set(ties.table["source"].to_pylist()) <= {"guarantee", "loan"}


def test_the_old_key_answers_and_is_no_party_of_its_own(log: FactLog) -> None:
    merged = take_snapshot(log, TODAY, on(3))
    assert P[0] not in merged.keys.to_pylist()
    assert merged.index(P[0]) == merged.index(C[0])
    assert merged.redirects == {P[0]: C[0]}
    assert merged.name(merged.index(P[0])) == "张建国"
    # a hint below one merges nobody
    assert merged.index(Q[0]) != merged.index(C[0])
    apart = take_snapshot(log, TODAY, on(5))
    assert apart.name(apart.index(P[0])) == "张老三"
    assert apart.redirects == {}


def test_the_log_itself_keeps_what_was_said(log: FactLog) -> None:
    said = log.history("GUARANTEES")
    assert set(said["from_key"].to_pylist()) == {P[0], C[0]}
    assert "~" not in "".join(said["fact_id"].to_pylist())


def replayed(reading: Resolution) -> dict[str, dict[str, Any]]:
    """What a graph holds after every batch was written to it: the history, made step by step."""
    written: dict[str, dict[str, Any]] = {}
    for batch in reading.batches:
        news = reading.facts(batch, "GUARANTEES").to_pylist()
        moved = reading.moved(batch).get("GUARANTEES")
        for fact in [*news, *(moved.to_pylist() if moved is not None else ())]:
            assert fact["fact_id"] not in written
            written[fact["fact_id"]] = {**fact, "known_to": None}
        for closed in reading.closures(batch).to_pylist():
            if closed["kind"] == "GUARANTEES":
                written[closed["fact_id"]]["known_to"] = batch.known_at
    return written


@pytest.mark.parametrize("seed", range(12))
def test_stands_are_the_fact_through_the_redirects(tmp_path: Path, seed: int) -> None:
    """At every known time each held fact stands once, at the ends that the redirects then give."""
    chance = random.Random(seed)
    log = FactLog(tmp_path / "log")
    world = World(log)
    people = [(key, "Person") for key in "abcd"]
    held: list[tuple[str, str]] = []
    for month in range(1, 7):
        for _ in range(chance.randrange(4)):
            kind = chance.choice(["SAME_AS", "GUARANTEES"])
            ends = chance.choice(people), chance.choice(people)
            held.append((kind, world.tie(kind, *ends, discriminator=str(month))))
        if held and chance.random() < 0.6:
            world.close(*held.pop(chance.randrange(len(held))))
        world.commit(on(month))
    reading = Resolution(log)
    whole = reading.history("GUARANTEES").to_pylist()
    assert replayed(reading) == {fact["fact_id"]: fact for fact in whole}
    for month in range(1, 7):
        moved = redirects(log.read("SAME_AS", known_at=on(month)).to_pylist())
        expected = sorted(
            (fact["fact_id"], *(moved.get(fact[end], (fact[end],))[0]
                                for end in ("from_key", "to_key")))
            for fact in log.read("GUARANTEES", known_at=on(month)).to_pylist()
        )  # fmt: skip
        at_the_time = FactsAt(log, TODAY, on(month)).table("GUARANTEES").to_pylist()
        in_hindsight = [fact for fact in whole if fact["known_from"] <= on(month)
                        and (fact["known_to"] is None or on(month) < fact["known_to"])]  # fmt: skip
        for stands in (at_the_time, in_hindsight):
            assert expected == sorted(
                (fact["fact_id"].split("~")[0], fact["from_key"], fact["to_key"]) for fact in stands
            )

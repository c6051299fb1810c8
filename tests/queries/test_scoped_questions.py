"""Asked through a scope, every question answers what it answers everybody over the world cut to it.

`SCOPES=all` goes through every scope and more parties; a run of the suite through the two that ask most.
`PAIRS=2000 SEED=41` and `--sweeps` looks at so many pairs of one of the two hundred worlds and a random scope, each by
some questions in turn; a run of the suite at none.  Each scope is a test of its own: `-k "random_scope
and 700"` asks one of them again.
"""

from __future__ import annotations

import os
import random
from datetime import date, datetime
from typing import Any

import pyarrow as pa
import pytest
from asking import ask
from breadth import at_landing
from conftest import DAYS, INSTANTS, WORLDS, Worlds
from recorded import RECORDED
from reference import COLUMNS, Reference

from bench.scope.cut import Ground
from graph.errors import NotFoundError
from graph.information import InformationClass
from graph.log import FactLog
from graph.schema import SCHEMA
from queries.canonical_keys import At, CanonicalKeys
from queries.scope import Scope

EVERY = os.environ.get("SCOPES") == "all"
#: How many parties each question is asked about.
LOOKS = 8 if EVERY else 4
#: Pairs of a world and a random scope, worlds that one scope looks at, questions that a pair is asked.
PAIRS, SEED = int(os.environ.get("PAIRS", "0")), os.environ.get("SEED", "suite")
WORLDS_A_SCOPE, ASKED = max(1, min(PAIRS, 100)), 4
#: Questions about a key itself: of somebody of whom nothing is seen they answer nothing.
OF_KEYS = {"same_as", "known_party", "merged_keys", "decision_records"}
CLASSES = sorted(item.value for item in InformationClass if not item.is_public)


class Around(Scope):
    """A reader who works where the keys of divisions begin so: the worlds' have no codes."""

    areas = tuple(f"w{number:02d}" for number in range(0, WORLDS // 10, 2))
    sees_everything = False


def _scopes() -> dict[str, Scope]:
    chance = random.Random(15)
    keys = [f"w{n:03d}:{who}" for n in range(WORLDS)
            for who in ("p0", "p1", "p2", "p3", "p4", "f0", "f1", "h0", "coop", "shop")]  # fmt: skip
    grants = {
        key: frozenset(chance.sample(CLASSES, chance.randrange(1, len(CLASSES))))
        for key in [*keys, *RECORDED]
        if chance.random() < 0.7
    }
    return {
        "public": Scope("公众", open_classes=frozenset()),
        "open": Scope("有些类别", open_classes=frozenset({"credit", "guarantee", "identity"})),
        "granted": Scope("经同意", open_classes=frozenset({"household"}), grants=grants),
        "around": Around("片区"),
        "both": Around("片区、经同意", open_classes=frozenset({"identity"}), grants=grants),
    }


def _random_scope(seed: str) -> Scope:
    """Some of the worlds or all of them, classes that are open, and who opened which."""
    chance = random.Random(f"scope {seed}")
    share = chance.choice((0.0, 0.3, 0.8))
    opened = frozenset(item for item in CLASSES if chance.random() < share)
    most = chance.choice((0.0, 0.5, 0.9))
    grants = {
        f"w{n:03d}:{who}": frozenset(chance.sample(CLASSES, chance.randrange(1, len(CLASSES))))
        for n in range(WORLDS)
        for who in ("p0", "p1", "p2", "p3", "p4", "f0", "f1", "h0", "coop", "shop")
        if chance.random() < most
    }
    tens = range(WORLDS // 10)
    areas = tuple(f"w{ten:02d}" for ten in chance.sample(tens, len(tens) // 2))
    around = type("SomeWorlds", (Scope,), {"areas": areas, "sees_everything": False})
    made: Scope = chance.choice((Scope, around))("随机", open_classes=opened, grants=grants)
    return made


class Seen:
    """What is left of a log for a scope: one fact at a time, by the definition."""

    def __init__(self, log: FactLog, scope: Scope, as_of: date, known_at: datetime) -> None:
        self._log = log
        ground = Ground(log, as_of, known_at)
        self._tables: dict[str, pa.Table] = {}
        for item in SCHEMA.kinds:
            kind = item.kind
            is_tie = kind in SCHEMA.relationships and kind not in SCHEMA.identities
            table = ground.whole.held(kind) if is_tie else log.read(kind, known_at=known_at)
            rows = table.to_pylist()
            kept = [
                scope.sees(kind, ground.subjects(kind, row), ground.places)
                and not (kind in SCHEMA.identities and row["certainty"] >= 1
                         and row["from_key"] not in ground.whole.moved)
                for row in rows
            ]  # fmt: skip
            self._tables[kind] = table.filter(pa.array(kept, pa.bool_()))

    def read(
        self, kind: str, *, as_of: date | None = None, known_at: datetime | None = None
    ) -> pa.Table:
        """Facts of a kind, as a log reads them."""
        table = self._tables[kind]
        if as_of is None:
            return table
        rows = [
            (row["valid_from"] is None or row["valid_from"] <= as_of)
            and (row["valid_to"] is None or as_of < row["valid_to"])
            for row in table.select(["valid_from", "valid_to"]).to_pylist()
        ]
        return table.filter(pa.array(rows, pa.bool_()))

    def history(self, kind: str) -> pa.Table:
        """What a key is called by its kind is no fact."""
        return self._log.history(kind)


@pytest.mark.parametrize(
    "which", sorted(_scopes()) if EVERY else at_landing(["granted"], ["both", "granted"])
)
def test_a_scope_sees_the_world_cut_to_it(which: str, worlds: Worlds) -> None:
    scope, chance = _scopes()[which], random.Random(which)
    as_of, known_at = DAYS[2], INSTANTS[2]
    reference = Reference(Seen(worlds.log, scope, as_of, known_at), as_of, known_at)  # type: ignore[arg-type]
    keys = CanonicalKeys(worlds.graph, At(as_of, known_at, 3), scope)
    told: dict[str, int] = {}
    unknown = 0
    for question in sorted(COLUMNS):
        for _ in range(LOOKS):
            given = _given(question, worlds, chance)
            try:
                found = ask(
                    worlds.graph, question, scope=scope, keys=keys, as_of=as_of,
                    known_at=known_at, **given,
                )  # fmt: skip
            except NotFoundError:
                assert question not in OF_KEYS
                assert reference.known_party(reference.standing(given["key"])) == []
                unknown += 1
                continue
            rows = [tuple(row[name] for name in COLUMNS[question]) for row in found.rows]
            expected = _expected(reference, question, given)
            assert sorted(rows, key=repr) == sorted(expected, key=repr), (question, given)
            told[question] = told.get(question, 0) + bool(rows)
    # a comparison of nothing with nothing proves nothing
    assert sum(map(bool, told.values())) >= (4 if which == "public" else 8), told
    # where credit and guarantees are open, something is seen of everybody
    assert unknown or which == "open"


@pytest.mark.skipif(not PAIRS, reason="PAIRS says how many pairs are looked at")
@pytest.mark.timeout(0)  # four hundred questions on a machine that does something else besides
@pytest.mark.parametrize("serial", range(0, PAIRS, WORLDS_A_SCOPE))
def test_a_world_through_a_random_scope_is_what_is_left_of_it(serial: int, worlds: Worlds) -> None:
    """Each pair is asked some questions; all of them are asked in turn."""
    questions = sorted(COLUMNS)
    turn, told = serial * ASKED, 0
    chance = random.Random(f"{SEED}/{serial}")
    scope = _random_scope(f"{SEED}/{serial}")
    as_of, known_at = chance.choice(DAYS), chance.choice(INSTANTS)
    reference = Reference(Seen(worlds.log, scope, as_of, known_at), as_of, known_at)  # type: ignore[arg-type]
    keys = CanonicalKeys(worlds.graph, At(as_of, known_at, 3), scope)
    numbers = chance.sample(range(WORLDS), min(WORLDS_A_SCOPE, PAIRS - serial))
    for number in numbers:
        for _ in range(ASKED):
            question, turn = questions[turn % len(questions)], turn + 1
            given = _given(question, worlds, chance, number)
            try:
                found = ask(
                    worlds.graph, question, scope=scope, keys=keys, as_of=as_of,
                    known_at=known_at, **given,
                )  # fmt: skip
            except NotFoundError:
                assert question not in OF_KEYS
                assert reference.known_party(reference.standing(given["key"])) == []
                continue
            rows = [tuple(row[name] for name in COLUMNS[question]) for row in found.rows]
            expected = _expected(reference, question, given)
            assert sorted(rows, key=repr) == sorted(expected, key=repr), (serial, question, given)
            told += bool(rows)
    print(f"{len(numbers)} pairs from {serial}, {told} of their answers with rows, seed {SEED}")
    # a comparison of nothing with nothing proves nothing
    assert told > len(numbers) * ASKED // 50


def _given(
    question: str, worlds: Worlds, chance: random.Random, number: int | None = None
) -> dict[str, Any]:
    number = chance.randrange(WORLDS) if number is None else number
    world = f"w{number:03d}"
    if question == "find_party":
        return {"text": f"世界{number:03d}号"}
    if question == "neighbourhood":
        return {"key": chance.choice(worlds.parties[number]), "hops": 2}
    key = {
        "village_summary": f"{world}:village",
        "cooperative_members": f"{world}:coop",
        "same_controller": f"{world}:f0",
        "shared_address": f"{world}:f1",
        "shared_agent": f"{world}:f0",
        "same_as": f"{world}:p4",
        "adverse_records": chance.choice(RECORDED),
    }.get(question)
    return {"key": key or chance.choice(worlds.parties[number])}


def _expected(reference: Reference, question: str, given: dict[str, Any]) -> list[Any]:
    if question == "find_party":
        return list(reference.find_party(given["text"]))
    key = given["key"] if question == "same_as" else reference.standing(given["key"])
    return list(getattr(reference, question)(key))

"""The same proof for the questions of the library, in one real graph.

    python -m bench.scope.questions --worlds 100 --seed 1

Every world is put into the graph twice, whole and cut down to a scope by the definition, apart by the
end of their keys.  Through the scope, a question about a party of the whole world must answer what it
answers the administrator about the same party of the cut one.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from bench.scope.answers import plain
from bench.scope.cut import Ground
from bench.scope.memory_log import Row, table_of
from bench.scope.random_world import DAYS, INSTANTS, random_scope, random_world
from graph.connection import Graph, connect
from graph.engine import stop_engine
from graph.errors import XinnongError
from graph.log import FactLog
from graph.moment import Moment
from graph.projection import project
from graph.schema import SCHEMA
from graph.settings import Settings
from graph.vocabulary import Node
from queries.library import ask, library
from queries.scope import ADMINISTRATOR, Scope

#: Texts by which parties of two worlds would be taken for alike.
_SHARED = ("name", "address", "phone_key")
_DAY = DAYS[2]
#: Parties asked about in each world, by every question.
LOOKS = 2


def main() -> None:
    """Run and print; ends with 1 where anything differs."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--worlds", type=int, default=100)
    parser.add_argument("--seed", default="1")
    given = parser.parse_args()
    begun = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data=Path(folder), engine_heap_mb=768)
        log = FactLog(settings.log_dir)
        scopes = write_pairs(log, given.worlds, given.seed)
        with connect(settings, owned=True) as graph:
            project(log, graph)
            print(f"{given.worlds} worlds in the graph after {time.perf_counter() - begun:.0f} s")
            compared = said = differences = 0
            for name, question, one, other in answers(graph, log, scopes):
                compared += 1
                said += bool(other[1])
                if one != other:
                    differences += 1
                    if differences <= 20:
                        print(f"  {name}: {question}\n    {one}\n    {other}")
        stop_engine(settings)
    print(f"{compared:,} answers compared ({said:,} say something) in "
          f"{time.perf_counter() - begun:.0f} s, seed {given.seed}")  # fmt: skip
    print(f"{differences} differences")
    raise SystemExit(differences > 0)


def write_pairs(log: FactLog, worlds: int, seed: str) -> dict[str, Scope]:
    """Write every world twice, `~w0` whole and `~c0` cut; returns the scope of each."""
    told: dict[tuple[datetime, str], dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    ended: dict[datetime, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    scopes = {}
    first = INSTANTS[0] - timedelta(days=1)
    for number in range(worlds):
        memory, scope = random_world(f"{seed}/{number}"), random_scope(f"{seed}/{number}")
        whole, cut = f"~w{number}", f"~c{number}"
        for batch in memory.batches():
            for kind in batch.kinds:
                for row in memory.facts(batch, kind).to_pylist():
                    # judged before anything is told: a tie stands in one place from its first day
                    at = first if kind in SCHEMA.identities else batch.known_at
                    told[at, row["source"]][kind].append(renamed(row, whole))
            closed = memory.closures(batch).to_pylist()
            for item in closed:
                if item["kind"] not in SCHEMA.identities:
                    ended[batch.known_at][item["kind"]].append(item["fact_id"] + whole)
        ground = Ground(_Judged(memory), _DAY, INSTANTS[-1])
        for kind, rows in _left(ground, scope):
            for row in rows:
                at = first if kind in SCHEMA.identities else row["known_from"]
                told[at, row["source"]][kind].append(renamed(row, cut))
        scopes[whole] = scope
    _write(log, told, ended)
    return scopes


class _Judged(FactLog):
    """A world in which a judgement stands from the beginning and is never taken back."""

    def __init__(self, log: FactLog) -> None:
        super().__init__(Path("/nowhere"))
        self._log = log

    def read(self, kind: str, **moment: Any) -> pa.Table:
        """As the log reads; judgements whether or not they were ended."""
        if kind not in SCHEMA.identities:
            return self._log.read(kind, **moment)
        return pa.concat_tables([self._log.facts(batch, kind) for batch in self._log.batches()])


def _left(ground: Ground, scope: Scope) -> Iterator[tuple[str, list[Row]]]:
    for kind in SCHEMA.kinds:
        rows = ground.rows(kind)
        if isinstance(kind, Node):
            # in the graph what is said of a key stays with it, given up or not
            rows = ground.whole.log.read(kind.kind, known_at=ground.whole.known_at).to_pylist()
        yield (
            kind.kind,
            [
                row
                for row in rows
                if scope.sees(kind.kind, ground.subjects(kind.kind, row), ground.places)
            ],
        )


def renamed(row: Row, end: str) -> Row:
    """The same fact in a world of its own."""
    keys: tuple[str, ...] = ("fact_id", "key", "from_key", "to_key", "discriminator", *_SHARED)
    return {
        name: f"{value}{end}" if name in keys and value else value for name, value in row.items()
    }


def _write(log: FactLog, told: Any, ended: Any) -> None:
    entities: dict[str, dict[str, str]] = defaultdict(dict)
    for kinds in told.values():
        for kind, rows in kinds.items():
            for row in rows:
                for key, label in (("key", "label"), ("from_key", "from_label"), ("to_key", "to_label")):  # fmt: skip
                    if key in row:
                        entities[row[label]][row[key]] = row[label]
                if kind == "LegalArrangement":
                    entities[kind][row["key"]] = kind
    # a tie needs both its ends: every entity is mentioned once, by a word that is taken back
    mentions = {
        label: [
            {"fact_id": f"{key}/mention", "key": key, "label": label, "certainty": 1.0, "row": 1,
             "valid_from": date(1999, 1, 1), "valid_to": date(2000, 1, 1), "source": "mention",
             "batch": "mention"}
            for key in keys
        ]
        for label, keys in entities.items()
    }  # fmt: skip
    _commit(log, datetime(2025, 1, 1, tzinfo=UTC), "mention", mentions, {})
    gone = {label: [str(row["fact_id"]) for row in rows] for label, rows in mentions.items()}
    _commit(log, datetime(2025, 1, 2, tzinfo=UTC), "mention", {}, gone)
    before: datetime | None = None
    place = 0
    for (instant, source), kinds in sorted(told.items()):
        place = place + 1 if instant == before else 0
        closed = ended.pop(instant, {})
        _commit(log, instant + timedelta(seconds=place), source, kinds, closed)
        before = instant


def _commit(
    log: FactLog, at: datetime, source: str, kinds: Any, closed: dict[str, list[str]]
) -> None:
    batch = f"{source.replace('/', '-')}-{at:%Y%m%d%H%M%S}"
    with log.append(
        source=source, batch=batch, file_name="world.csv", content_sha256=batch, known_at=at
    ) as pending:
        for kind, rows in kinds.items():
            filled = [{**row, "known_from": at, "batch": batch} for row in rows]
            pending.assert_facts(kind, table_of(kind, filled))
        pending.close_facts({kind: pa.array(ids) for kind, ids in closed.items()})


def answers(
    graph: Graph, log: FactLog, scopes: dict[str, Scope]
) -> Iterator[tuple[str, str, Any, Any]]:
    """(world, question, answer through the scope, administrator's answer of the cut world)."""
    moment = Moment.of(log.batches(), as_of=_DAY)
    for end, scope in scopes.items():
        mine = Scope(
            scope.name, scope.divisions, None, "", scope.open_classes,
            {key + end: classes for key, classes in scope.grants.items()},
        )  # fmt: skip
        chance = random.Random(end)  # noqa: S311 - repeatable, no secret
        cut = end.replace("w", "c")
        for name, question in library().items():
            for key, other in _asked(name, chance):
                given = {
                    item.name: {"key": key + end, "other": other + end, "text": f"的名称0{end}"}[item.name]
                    for item in question.parameters
                    if item.name in ("key", "other", "text")
                }  # fmt: skip
                theirs = {each: value.replace(end, cut) for each, value in given.items()}
                one = _answer(graph, name, moment, mine, given)
                left = _answer(graph, name, moment, ADMINISTRATOR, theirs)
                yield end, f"{name} {given}", _under(one, end, cut), left


def _answer(graph: Graph, name: str, moment: Moment, scope: Scope, given: dict[str, Any]) -> Any:
    try:
        answer = ask(graph, name, moment=moment, scope=scope, of_known=True, **given)
    except XinnongError as error:
        return "refused", error.cause_code
    return "rows", sorted(repr(plain(row)) for row in answer.rows)


def _under(answer: Any, end: str, cut: str) -> Any:
    told, rows = answer
    return (told, sorted(row.replace(end, cut) for row in rows)) if told == "rows" else answer


def _asked(question: str, chance: random.Random) -> Iterable[tuple[str, str]]:
    whose = {
        "village_summary": ["division:610305100201"],
        "cooperative_members": ["org:coop"],
        "same_as": ["person:4"],
        "household_members": ["household:0", "person:1"],
        "household_exposure": ["household:0", "person:1"],
        "find_party": ["person:0"],
        "records": ["person:0", "person:1", "org:0"],
    }.get(question)
    people = [*(f"person:{n}" for n in range(5)), "org:0", "org:1", "org:shop", "household:1"]
    for _ in range(LOOKS):
        key, other = chance.sample(people, 2)
        yield chance.choice(whose) if whose else key, other


if __name__ == "__main__":
    main()

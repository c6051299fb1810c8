"""A copy of many small batches says what they say, whatever happens to it, and never more."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from breadth import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from world import World

import graph.compacting
from graph.compacted import COMPACTED, INDEX, compacted
from graph.compacting import compact, compact_if_worth
from graph.erasing import ErasureOrder, erase_rows
from graph.errors import LogError
from graph.log import FactLog

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
KINDS = ("Person", "Village")
ORDER = ErasureOrder("ordered", "判决1号", "张三", "李四", ("ab" * 32,))


@pytest.fixture(autouse=True)
def quick_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing here is about power that fails."""
    for module in ("graph.log", "graph.sealed", "graph.log_head", "graph.compacting"):
        monkeypatch.setattr(f"{module}.sync", lambda path: None)


def at(number: int) -> datetime:
    return BEGAN + timedelta(days=number)


def say(world: World, number: int, rows: int, *, closes: str | None = None) -> str:
    """One batch more: persons, and now and then a village; returns the first fact."""
    if closes:
        world.close("Person", closes)
    said = [
        world.node("Person", f"person:{(number + row) % 5:032x}", name=f"第{number}批第{row}人")
        for row in range(rows)
    ]
    if number % 3 == 0:
        world.node("Village", "division:610305101201", name=f"第{number}村")
    world.commit(at(number))
    return said[0]


def told(log: FactLog) -> list[Any]:
    """All that can be asked of a log."""
    batches = log.batches()
    moments = [None, batches[len(batches) // 2].known_at]
    found: list[Any] = [[(batch.hash, batch.folder.name) for batch in batches]]
    for kind in KINDS:
        for moment in moments:
            found.append(log.history(kind, known_at=moment).to_pylist())
            found.append(log.read(kind, known_at=moment, coded=True).to_pylist())
        found.append(pa.concat_tables(log.held(kind, rows=2)).to_pylist())
        found.append(
            [row for some in log.held(kind, rows=3, columns=["name"]) for row in some.to_pylist()]
        )
        found.append([log.facts(batch, kind).to_pylist() for batch in batches])
    return found


@pytest.fixture
def log(tmp_path: Path) -> FactLog:
    """Six batches, of which two are large and each closes what the one before said."""
    world = World(FactLog(tmp_path / "log"))
    before = None
    for number, rows in enumerate((2, 1, 9, 3, 2, 9)):
        before = say(world, number, rows, closes=before)
    return world.log


@pytest.fixture
def nine_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(graph.compacting, "SMALL_ROWS", 9)


def copies(log: FactLog) -> list[str]:
    folder = log.folder / COMPACTED
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


@settings(max_examples=examples(10))
@given(
    st.lists(st.tuples(st.integers(1, 4), st.booleans()), min_size=2, max_size=8),
    st.sets(st.integers(0, 7)),
    st.integers(2, 5),
)
def test_a_copy_says_what_the_batches_say(
    batches: list[tuple[int, bool]], compacts_after: set[int], large: int
) -> None:
    with tempfile.TemporaryDirectory() as place, pytest.MonkeyPatch.context() as patch:
        patch.setattr(graph.compacting, "SMALL_ROWS", large)
        plain, gathered = World(FactLog(Path(place, "a"))), World(FactLog(Path(place, "b")))
        open_: list[str] = []
        for number, (rows, closes) in enumerate(batches):
            closed = open_.pop() if closes and open_ else None
            open_.append(say(plain, number, rows, closes=closed))
            say(gathered, number, rows, closes=closed)
            if number in compacts_after:
                assert compact(gathered.log) == number + 1
        assert told(gathered.log) == told(plain.log)
        assert gathered.log.verify() == []


def test_small_batches_are_read_from_one_file_and_large_ones_where_they_lie(
    log: FactLog, nine_is_large: None
) -> None:
    before = told(log)
    assert compact(log) == 6
    (folder,) = (log.folder / COMPACTED).iterdir()
    assert {path.name for path in folder.iterdir()} == {
        INDEX, "Person.parquet", "Village.parquet", "closures.parquet",
    }  # fmt: skip
    found = compacted(log.folder)
    assert found is not None and set(found.ranges["Person"]) == {1, 2, 4, 5}
    assert told(log) == before
    # nobody opens the small ones any more
    shutil.move(log.folder / log.batches()[0].folder.name / "Person.parquet", log.folder / "away")
    assert log.history("Person").to_pylist() == before[1]


def test_what_comes_after_is_seen_and_gathered_with_the_next_copy(log: FactLog) -> None:
    compact(log)
    world = World(log)
    world.count = 1_000
    say(world, 10, 2)
    assert "第10批第0人" in log.read("Person")["name"].to_pylist()
    first = copies(log)
    assert compact_if_worth(log) is None and copies(log) == first
    assert compact(log) == 7
    assert len(copies(log)) == 1 and copies(log) != first
    assert "第10批第0人" in log.read("Person")["name"].to_pylist()


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("again", [False, True])
@pytest.mark.parametrize(
    "step", ["write_sealed", "sync", "seal_of", "rename", "rmtree", "last_deletion"]
)
@pytest.mark.parametrize("count", [1, 3])
def test_a_kill_between_any_two_steps_loses_nothing(
    log: FactLog, step: str, count: int, again: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if again:
        compact(log)
        world = World(log)
        world.count = 1_000
        say(world, 10, 2)
    before, left = told(log), iter(range(count - 1, -1, -1))
    with monkeypatch.context() as patch:
        where = Path if step == "rename" else shutil if step == "rmtree" else graph.compacting
        real = getattr(where, step)

        def killed(*given: Any, **named: Any) -> Any:
            if next(left, 0) == 0:
                raise Killed
            return real(*given, **named)

        patch.setattr(where, step, killed)
        with suppress(Killed):
            compact(log)
    assert told(FactLog(log.folder)) == before
    assert compact(log) == len(log.batches())
    assert told(log) == before and len(copies(log)) == 1 and log.verify() == []


def test_no_copy_has_what_was_deleted(log: FactLog) -> None:
    compact(log)
    gone = pa.array([f"person:{1:032x}"])

    def which(name: str, table: pa.Table) -> pa.Array | None:
        return pc.is_in(table["key"], value_set=gone).combine_chunks() if name == "Person" else None

    stays = [row for row in log.history("Person").to_pylist() if row["key"] != gone[0].as_py()]
    copy = shutil.copytree(log.folder / COMPACTED, log.folder.parent / "kept")
    assert erase_rows(log, which, ORDER, at=at(20)) is not None
    assert copies(log) == [] and log.history("Person").to_pylist() == stays
    # one that somebody put back is no answer
    shutil.copytree(copy, log.folder / COMPACTED)
    assert compacted(log.folder) is None
    assert log.history("Person").to_pylist() == stays
    assert compact(log) == 6 and log.history("Person").to_pylist() == stays
    assert len(copies(log)) == 1


@pytest.mark.parametrize("name", [INDEX, "Person.parquet", "closures.parquet"])
def test_a_damaged_copy_is_passed_over_and_told(log: FactLog, name: str) -> None:
    before = told(log)
    compact(log)
    (path,) = (log.folder / COMPACTED).glob(f"*/{name}")
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    assert told(log) == before
    assert any(COMPACTED in problem for problem in log.verify())


def test_a_manifest_that_is_altered_is_told_although_a_copy_has_it(log: FactLog) -> None:
    before = told(log)
    compact(log)
    manifest = log.batches()[1].folder / "manifest.json"
    manifest.write_text(manifest.read_text().replace("world", "other"))
    # what is answered is what was written
    assert log.history("Person").to_pylist() == before[1]
    assert log.verify() != []


def test_other_batches_in_the_place_of_lost_ones_are_read_themselves(log: FactLog) -> None:
    compact(log)
    for batch in log.batches()[3:]:
        shutil.rmtree(batch.folder)
    with pytest.raises(LogError):
        log.batches()
    assert log.accept_loss() == 3
    world = World(log)
    world.count = 2_000
    for number in (3, 4, 5):
        say(world, number + 40, 2)
    names = log.read("Person")["name"].to_pylist()
    assert len(log.batches()) == 6
    assert "第43批第0人" in names and not [name for name in names if name.startswith("第3批")]
    plain = shutil.copytree(log.folder, log.folder.parent / "plain")
    shutil.rmtree(plain / COMPACTED)
    assert told(FactLog(plain)) == told(log)


def test_an_empty_log_has_nothing_to_gather(tmp_path: Path) -> None:
    assert compact(FactLog(tmp_path / "log")) is None


def test_a_copy_of_a_log_that_is_lost_wholly_is_none(log: FactLog) -> None:
    compact(log)
    for batch in log.batches():
        shutil.rmtree(batch.folder)
    assert log.accept_loss() == 6
    assert log.batches() == [] and len(log.history("Person")) == 0

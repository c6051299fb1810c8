"""The log keeps what it was told, whole; and says so when it is not."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from world import World

import graph.log
from graph import sealed
from graph.errors import LogError
from graph.facts import arrow_schema
from graph.log import Batch, FactLog

VILLAGE = "division:610305101201"


@pytest.fixture
def log(tmp_path: Path) -> FactLog:
    """Three batches: two villages, a renaming that closes one, a third."""
    world = World(FactLog(tmp_path / "log"))
    old = world.node("Village", VILLAGE, name="样一村")
    world.node("Village", f"{VILLAGE[:-1]}2", name="样二村")
    world.commit(datetime(2026, 1, 1, tzinfo=UTC))
    world.close("Village", old)
    world.node("Village", VILLAGE, name="新一村")
    world.commit(datetime(2026, 2, 1, tzinfo=UTC))
    world.node("Village", f"{VILLAGE[:-1]}3", name="样三村")
    world.commit(datetime(2026, 3, 1, tzinfo=UTC))
    return world.log


def names(log: FactLog, month: int | None = None) -> set[str]:
    known_at = datetime(2026, month, 15, tzinfo=UTC) if month else None
    return set(log.read("Village", known_at=known_at)["name"].to_pylist())


def test_every_past_state_is_still_there(log: FactLog) -> None:
    assert log.verify() == []
    assert names(log, 1) == {"样一村", "样二村"}
    assert names(log, 2) == {"新一村", "样二村"}
    assert names(log) == {"新一村", "样二村", "样三村"}


@pytest.mark.parametrize("rows", [1, 2, 100])
def test_what_is_held_comes_whole_or_in_pieces(log: FactLog, rows: int) -> None:
    pieces = list(log.held("Village", rows=rows))
    assert all(len(piece) <= rows for piece in pieces)
    assert pa.concat_tables(pieces) == log.read("Village")
    assert list(log.held("Loan", rows=rows)) == []


@given(st.lists(st.integers(1, 9), min_size=1, max_size=12), st.integers(1, 12))
def test_small_batches_are_looked_at_together(sizes: list[int], rows: int) -> None:
    with TemporaryDirectory() as folder:
        world, number = World(FactLog(Path(folder))), 0
        for month, size in enumerate(sizes, start=1):
            for _ in range(size):
                number += 1
                world.node("Village", f"division:{610305101000 + number}", name=f"样{number}村")
            world.commit(datetime(2026, month, 1, tzinfo=UTC))
        pieces = list(world.log.held("Village", rows=rows, columns=["name"]))
    told = [name for piece in pieces for name in piece["name"].to_pylist()]
    assert told == [f"样{n}村" for n in range(1, number + 1)]
    lengths = [len(piece) for piece in pieces]
    assert max(lengths) <= rows
    # each begins where the one before could hold no more of its batch
    assert all(one + other > rows for one, other in pairwise(lengths)) or max(sizes) > rows


def test_a_file_of_few_rows_is_opened_once_and_again_when_it_is_another(
    log: FactLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = log.read("Village")
    opened: list[Path] = []
    real = pq.ParquetFile

    def counted(path: Path, **told: Any) -> Any:
        opened.append(path)
        return real(path, **told)

    monkeypatch.setattr(sealed.pq, "ParquetFile", counted)
    assert log.read("Village") == before
    assert pa.concat_tables(log.held("Village", rows=9)) == before
    assert opened == []
    (batch, *_) = log.batches()
    path = batch.folder / "Village.parquet"
    content = path.read_bytes()
    path.write_bytes(content[:-20] + b"x" * 20)
    with pytest.raises(LogError):
        log.read("Village")
    path.write_bytes(content)
    assert log.read("Village") == before
    assert opened == [path]


def test_facts_are_written_in_pieces_as_in_one(log: FactLog, tmp_path: Path) -> None:
    whole = log.facts(log.batches()[0], "Village")
    moment = datetime(2026, 4, 1, tzinfo=UTC)
    files = []
    for name, facts in {"one": whole, "two": (whole.slice(0, 1), whole.slice(1))}.items():
        with FactLog(tmp_path / name).append(
            source="s", batch="b", file_name="f", content_sha256="0", known_at=moment
        ) as pending:
            pending.assert_facts("Village", facts)
        (batch,) = FactLog(tmp_path / name).batches()
        assert FactLog(tmp_path / name).facts(batch, "Village").schema == arrow_schema("Village")
        files.append((batch.folder / "Village.parquet").read_bytes())
    assert files[0] == files[1]
    with FactLog(tmp_path / "none").append(
        source="s", batch="b", file_name="f", content_sha256="0"
    ) as pending:
        pending.assert_facts("Village", iter(()))
    assert FactLog(tmp_path / "none").batches()[0].kinds == ()


def append_a_byte(batch: Batch) -> None:
    with (batch.folder / "Village.parquet").open("ab") as stream:
        stream.write(b"x")


def remove_a_file(batch: Batch) -> None:
    (batch.folder / "Village.parquet").unlink()


def change_the_manifest(batch: Batch) -> None:
    file = batch.folder / "manifest.json"
    file.write_text(file.read_text(encoding="utf-8").replace("world.csv", "other.csv"), "utf-8")


@pytest.mark.parametrize(
    ("harm", "told"),
    [
        (append_a_byte, ["00000002-world-20260201/Village.parquet: 内容被改动 / altered"]),
        (remove_a_file, ["00000002-world-20260201/Village.parquet: 缺失 / missing"]),
        # the batch itself reads well; the next one remembers another
        (change_the_manifest, ["00000003-world-20260301: 与上一批的校验链不符 / chain broken"]),
    ],
)
def test_harm_is_named(log: FactLog, harm: Callable[[Batch], None], told: list[str]) -> None:
    harm(log.batches()[1])
    assert log.verify() == told


def test_batches_that_changed_places_are_noticed(log: FactLog) -> None:
    first, second = (batch.folder for batch in log.batches()[:2])
    for folder, position in ((first, 2), (second, 1)):
        stated = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        stated["position"] = position
        (folder / "manifest.json").write_text(json.dumps(stated), encoding="utf-8")
        folder.rename(folder.with_name(f"{position:08d}-moved{position}"))
    assert len([problem for problem in log.verify() if "chain broken" in problem]) == 3


def test_a_lost_batch_is_an_error_everywhere(log: FactLog) -> None:
    shutil.rmtree(log.batches()[1].folder)
    for ask in (log.batches, log.verify, lambda: log.read("Village")):
        with pytest.raises(LogError) as caught:
            ask()
        assert caught.value.cause_code == "log_gap"


def test_a_manifest_that_is_no_manifest(log: FactLog) -> None:
    (log.batches()[0].folder / "manifest.json").write_text("{", encoding="utf-8")
    with pytest.raises(LogError, match="restore it from backup"):
        log.batches()


def test_an_exception_in_the_middle_leaves_nothing(log: FactLog) -> None:
    facts = log.facts(log.batches()[0], "Village")
    with pytest.raises(ZeroDivisionError), log.append(
        source="world", batch="broken", file_name="f.csv", content_sha256="0"
    ) as pending:  # fmt: skip
        pending.assert_facts("Village", facts)
        assert (pending.folder / "Village.parquet").exists()
        raise ZeroDivisionError
    assert len(log.batches()) == 3 and log.verify() == []
    assert not pending.folder.exists()


def test_known_time_only_moves_forward(log: FactLog) -> None:
    world = World(log)
    world.node("Village", f"{VILLAGE[:-1]}4", name="样四村")
    with pytest.raises(LogError) as caught:
        world.commit(datetime(2026, 3, 1, tzinfo=UTC), source="late")
    assert caught.value.cause_code == "known_at_not_later"
    assert len(log.batches()) == 3


def test_a_full_disk_changes_nothing(log: FactLog, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pq, "write_table", full)
    world = World(log)
    world.node("Village", f"{VILLAGE[:-1]}4", name="样四村")
    with pytest.raises(LogError, match="nothing was changed") as caught:
        world.commit(datetime(2026, 4, 1, tzinfo=UTC))
    assert caught.value.cause_code == "log_unwritable"
    assert len(log.batches()) == 3 and log.verify() == []


def write_batches(folder: Path, writer: int) -> None:
    for number in range(5):
        with FactLog(folder).append(
            source=f"writer{writer}", batch=f"writer{writer}-{number}", file_name="f.csv",
            content_sha256=f"{writer}{number}",
        ) as pending:  # fmt: skip
            pending.counts.update(rows_in=writer)


def test_writers_take_turns(tmp_path: Path) -> None:
    folder = tmp_path / "log"
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=write_batches, args=(folder, n)) for n in (1, 2, 3)]
    for one in writers:
        one.start()
    for one in writers:
        one.join(60)
    log = FactLog(folder)
    assert [one.exitcode for one in writers] == [0, 0, 0]
    assert log.verify() == [] and len(log.batches()) == 15
    known = [batch.known_at for batch in log.batches()]
    assert known == sorted(set(known))


def as_before(log: FactLog) -> None:
    """Make the log one of an earlier version: no hashes of footers, no note of its head."""
    (log.folder / "head.json").unlink()
    previous = ""
    for folder in sorted(log.folder.glob("0*")):
        stated = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        stated["previous"] = previous
        for each in stated["files"].values():
            del each["footer"]
        text = json.dumps(stated, ensure_ascii=False, indent=1, sort_keys=True).encode()
        (folder / "manifest.json").write_bytes(text)
        previous = hashlib.sha256(text).hexdigest()


@pytest.mark.parametrize("before", [False, True])
def test_no_changed_byte_is_read(
    log: FactLog, before: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each byte of a file of facts, in turn: whoever reads is told, or nothing of it counted.

    Read as files of few rows are, in one piece, and as large files are, by turns.
    """
    if before:
        as_before(log)
    (batch, *_) = log.batches()
    path = batch.folder / "Village.parquet"
    content, refused = path.read_bytes(), 0
    # the first village was renamed later: of what is held, this file tells the second alone
    reads = (
        (lambda: log.facts(batch, "Village"), ["样一村", "样二村"]),
        (lambda: next(log.held("Village", rows=2)), ["样二村"]),
    )
    for place in range(0, len(content), 3):
        changed = bytearray(content)
        changed[place] ^= 1 << place % 8
        path.write_bytes(changed)
        monkeypatch.setattr(sealed, "_FEW_ROWS", 256 if place % 4 == 2 else -1)
        monkeypatch.setattr(sealed, "_SMALL_BYTES", place % 2 * len(content) * 2)
        for read, told in reads:
            try:
                assert read()["name"].to_pylist() == told
            except LogError as error:
                assert error.cause_code == "log_damaged" and str(path) in error.message_zh
                refused += 1
    assert refused > len(content) // 3
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(LogError, match="damaged or missing"):
        log.facts(batch, "Village")
    path.unlink()
    with pytest.raises(LogError, match="damaged or missing"):
        log.read("Village")


@pytest.mark.parametrize("place", [0, 1, 2])
def test_an_altered_manifest_is_read_by_nobody(log: FactLog, place: int) -> None:
    """The last one too: nothing comes after it that remembers it, but the note beside the log."""
    change_the_manifest(log.batches()[place])
    for ask in (log.batches, lambda: log.read("Village")):
        with pytest.raises(LogError) as caught:
            ask()
        assert caught.value.cause_code == "log_damaged"
    assert len(log.verify()) == 1


def test_nothing_is_committed_in_the_place_of_a_lost_batch(log: FactLog) -> None:
    shutil.move(log.batches()[2].folder, log.folder.parent / "lost")
    world = World(log)
    world.count = 10
    world.node("Village", f"{VILLAGE[:-1]}5", name="样五村")
    for ask in (log.batches, lambda: world.commit(datetime(2026, 4, 1, tzinfo=UTC))):
        with pytest.raises(LogError) as caught:
            ask()
        assert caught.value.cause_code == "log_tail_lost"
        assert "--accept-loss" in caught.value.message_zh
    assert ["最后的批次丢失" in told for told in log.verify()] == [True]
    # put back, all is well; given up, the log goes on without it
    shutil.move(log.folder.parent / "lost", log.folder / "00000003-world-20260301")
    assert log.verify() == [] and log.accept_loss() == 0
    shutil.rmtree(log.batches()[2].folder)
    assert log.accept_loss() == 1 and log.verify() == []
    world.commit(datetime(2026, 4, 1, tzinfo=UTC))
    assert names(log) == {"新一村", "样二村", "样五村"}


@pytest.mark.parametrize("where", [["log.read_head"], ["log.load", "batch.load"]])
def test_what_another_commits_while_the_log_is_read_is_not_lost(
    log: FactLog, monkeypatch: pytest.MonkeyPatch, where: list[str]
) -> None:
    world = World(FactLog(log.folder))
    real, months = getattr(graph.log, where[0].partition(".")[2]), iter(range(4, 9))

    def put(step: Any, patch: pytest.MonkeyPatch) -> None:
        for name in where:
            patch.setattr(f"graph.{name}", step)

    def meanwhile(*asked: Any) -> Any:
        told = real(*asked)
        with monkeypatch.context() as undisturbed:
            put(real, undisturbed)
            world.commit(datetime(2026, next(months), 1, tzinfo=UTC))
        return told

    for ask in (log.batches, log.verify):
        put(meanwhile, monkeypatch)
        told = ask()
        put(real, monkeypatch)
        assert told == [] if ask == log.verify else len(told) >= 3
    assert len(log.batches()) > 4


def test_the_note_of_the_head_is_a_witness_and_no_truth(log: FactLog) -> None:
    """A kill after the commit leaves it a batch behind; damaged or absent, it stops nobody."""
    note = log.folder / "head.json"
    before = note.read_bytes()
    world = World(log)
    world.commit(datetime(2026, 4, 1, tzinfo=UTC))
    note.write_bytes(before)
    assert len(log.batches()) == 4 and log.verify() == []
    note.write_bytes(before.replace(b'"position": 3', b'"position": 9'))
    assert len(log.batches()) == 4
    assert ["head.json" in told for told in log.verify()] == [True]
    world.commit(datetime(2026, 5, 1, tzinfo=UTC))
    assert log.verify() == []
    as_before(log)
    assert len(log.batches()) == 5 and log.verify() == []

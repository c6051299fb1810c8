"""The child process: a Java runtime with a Neo4j in it, and nothing else.

Started by `graph.engine.supervisor` as `python -m graph.engine.host CONFIGURATION`.  It lives in
a session of its own, so that Ctrl-C in a terminal does not reach it, and ends by SIGTERM, when
nobody has been connected for a while, or, where it belongs to one process, when that process is
gone (it watches the other end of a pipe, which closes even after kill -9).
"""

from __future__ import annotations

import json
import os
import select
import signal
import sys
import threading
import time
import traceback
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import jpype
import psutil

from graph.cypher import PROJECTION_READ, migrations
from graph.engine.host_configuration import JAVA_OPTIONS, PREPARED, HostConfiguration

__all__ = ["main"]

_POLL_S = 1.0
_DATABASE = "neo4j"
_AVAILABLE_MS = 10_000

#: The thread of Java that makes the fastest code of what runs often, and how it is put after others.
_OPTIMISER, _AFTER_OTHERS = "C2 CompilerThre", 10


def main(configuration_file: str) -> None:
    """Run the engine until it is told to stop."""
    stopping = threading.Event()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    configuration = HostConfiguration(
        **json.loads(Path(configuration_file).read_text(encoding="utf-8"))
    )
    if configuration.marker_file is not None:
        # a folder that is moved is still where this process stands (`home.wipe_unfinished_import`)
        os.chdir(configuration.home)
    management = None
    try:
        _start_java(configuration)
        if configuration.marker_file is not None:
            # until here SIGTERM ends it at once: nothing is lost, and half a store is worth nothing
            _import(configuration, Path(configuration.marker_file))
        signal.signal(signal.SIGTERM, lambda *_: stopping.set())
        management = _start(configuration)
    finally:
        if management is None:
            traceback.print_exc()
            sys.stderr.flush()
            os._exit(1)  # what of Neo4j runs already would keep the process for ever
    if configuration.only_records:
        _rehearse(management.database(_DATABASE))
        management.shutdown()
        # Java writes what it recorded when it ends by its own word
        jpype.JClass("java.lang.Runtime").getRuntime().halt(0)
    try:
        _announce(configuration)
        _wait(configuration, stopping)
    finally:
        Path(configuration.state_file).unlink(missing_ok=True)
        management.shutdown()
    # JPype's own teardown may hang on Neo4j's remaining threads; the store is closed by now
    os._exit(0)


def _start_java(configuration: HostConfiguration) -> None:
    jpype.startJVM(
        configuration.libjvm,
        f"-Xmx{configuration.heap_mb}m",
        "-XX:+ExitOnOutOfMemoryError",
        *JAVA_OPTIONS,
        *configuration.options,
        classpath=configuration.jars,
        interrupt=False,
    )
    _optimise_last()


def _optimise_last() -> None:
    """Whoever asks goes before what makes answers faster later: for some minutes after a start that would
    take one processor whole, and a question is planned in code that is not compiled yet either way."""
    for thread in Path("/proc/self/task").glob("*"):  # Linux tells; elsewhere there is none
        with suppress(OSError):  # one that ended meanwhile
            if (thread / "comm").read_text(encoding="utf-8").startswith(_OPTIMISER):
                os.setpriority(os.PRIO_PROCESS, int(thread.name), _AFTER_OTHERS)


def _import(configuration: HostConfiguration, marker: Path) -> None:
    """Fill the store with what standard input tells; Java is there while that is still written."""
    # who was killed in the middle hands over half of it, which is no JSON
    arguments = json.loads(sys.stdin.buffer.read())
    if said := _administer(Path(configuration.home), arguments):
        raise RuntimeError(f"the import ended with {said}")
    marker.unlink()


def _start(configuration: HostConfiguration) -> jpype.JObject:
    path = jpype.JClass("java.nio.file.Path")
    builder = jpype.JClass("org.neo4j.dbms.api.DatabaseManagementServiceBuilder")
    home = Path(configuration.home)
    _set_first_password(home, Path(configuration.secrets_file))
    management = (
        builder(path.of(str(home)))
        .loadPropertiesFromFile(path.of(str(home / "conf" / "neo4j.conf")))
        .build()
    )
    # over a damaged store it starts all the same, and refuses every question for ever
    database = management.database(_DATABASE)
    if not database.isAvailable(_AVAILABLE_MS):
        management.shutdown()
        raise RuntimeError(f"the database {_DATABASE} does not become available")
    # the first question loads what all of them need, for seconds on a busy machine: nobody waits
    # for it under a time limit of his own
    database.executeTransactionally(PROJECTION_READ)
    return management


def _rehearse(database: jpype.JObject) -> None:
    """What follows a first load, so that it is recorded too."""
    for statement in migrations():
        database.executeTransactionally(statement)


def _set_first_password(home: Path, secrets_file: Path) -> None:
    done = home / PREPARED
    if done.exists():
        return
    password = json.loads(secrets_file.read_text(encoding="utf-8"))["engine_password"]
    # one in sixty-four passwords begins like an option
    if said := _administer(home, ["dbms", "set-initial-password", "--", password]):
        raise RuntimeError(f"setting the first password ended with {said}")
    done.touch()


def _administer(home: Path, arguments: Sequence[str]) -> int:
    """The administration tool, in this very Java: another would take seconds to start."""
    path = jpype.JClass("java.nio.file.Path")
    context = jpype.JClass("org.neo4j.cli.ExecutionContext")(
        path.of(str(home)), path.of(str(home / "conf"))
    )
    return int(jpype.JClass("org.neo4j.cli.AdminTool").execute(context, *arguments))


def _announce(configuration: HostConfiguration) -> None:
    """Write the state file: how other commands find this engine.  Never the password."""
    state = {
        "pid": os.getpid(),
        "created": psutil.Process().create_time(),
        "port": configuration.port,
        "version": configuration.version,
        "shared": configuration.owner_fd is None,
        "folder": configuration.folder,
    }
    aside = Path(configuration.state_file + ".new")
    aside.write_text(json.dumps(state), encoding="utf-8")
    aside.replace(configuration.state_file)


def _wait(configuration: HostConfiguration, stopping: threading.Event) -> None:
    me = psutil.Process()
    last_seen = time.monotonic()
    while not stopping.is_set():
        if configuration.owner_fd is not None:
            readable, _, _ = select.select([configuration.owner_fd], [], [], _POLL_S)
            if readable and not os.read(configuration.owner_fd, 1):
                return
            continue
        stopping.wait(_POLL_S)
        if _has_client(me, configuration.port):
            last_seen = time.monotonic()
        elif time.monotonic() - last_seen > configuration.idle_minutes * 60:
            return


def _has_client(me: psutil.Process, port: int) -> bool:
    return any(
        link.status == psutil.CONN_ESTABLISHED and link.laddr.port == port
        for link in me.net_connections("tcp")
    )


if __name__ == "__main__":
    main(sys.argv[1])

"""A Neo4j of our own with Graph Data Science in it: a peer to measure against, nothing else.

GDS is under its own licence (GPL): its jars are fetched from Maven Central by whoever runs the
bench, held to the hashes in `gds-2.26.0.txt`, and are neither shipped nor part of the engine that
Xinnong starts.  `python -m bench.risk.gds_engine` makes that list anew (for maintainers).
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from pydantic import SecretStr

from graph.connection import Graph, connect
from graph.engine.home import host_configuration, prepare_home
from graph.engine.jar import Jar
from graph.engine.pin import resolve
from graph.engine.provision import held, jars, pinned, read_pins
from graph.errors import EngineError
from graph.progress import Progress
from graph.secrets import make_secrets
from graph.settings import Settings

__all__ = ["VERSION", "configure", "gds_jars", "with_gds"]

VERSION = "2.26.0"
_PINS = Path(__file__).with_name(f"gds-{VERSION}.txt")
_DEADLINE_S = 120.0


def gds_jars(engine_version: str) -> tuple[Jar, ...]:
    """What GDS needs beyond the engine's own jars; of what both carry the engine's version counts."""
    own = {(jar.group, jar.artifact) for jar in pinned(engine_version)}
    pins = read_pins(_PINS.read_text(encoding="utf-8"))
    return tuple(jar for jar in pins if (jar.group, jar.artifact) not in own)


def configure(home: Path, paths: Sequence[Path]) -> None:
    """Let the engine find the procedures: their jars in `plugins`, and leave to look inside."""
    with (home / "conf" / "neo4j.conf").open("a", encoding="utf-8") as stream:
        stream.write("dbms.security.procedures.unrestricted=gds.*\n")
    plugins = home / "plugins"
    plugins.mkdir(exist_ok=True)
    for path in paths:
        if path.name.startswith("proc") and not (plugins / path.name).exists():
            (plugins / path.name).symlink_to(path.resolve())


@contextmanager
def with_gds(settings: Settings, progress: Progress | None = None) -> Iterator[Graph]:
    """A connection to the store of `settings` in an engine with GDS, stopped at the end.

    Raises `EngineError` where a jar cannot be had or the engine does not start.
    """
    own = jars(settings, progress=progress)
    more = held(
        gds_jars(settings.engine_version), settings.cache / f"gds-{VERSION}", progress=progress
    )
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    settings.engine_dir.mkdir(parents=True, exist_ok=True)
    prepare_home(settings, port)
    configure(settings.engine_dir, more)
    # the engine watches this pipe: it ends with us, however we end
    ours, theirs = os.pipe(), settings.engine_dir / "engine.json"
    configuration = host_configuration(settings, (*own, *more), port, owner_fd=ours[0])
    handed, log = (settings.engine_dir / name for name in ("host.json", "host.log"))
    handed.write_text(json.dumps(asdict(configuration)), encoding="utf-8")
    with log.open("wb") as stream, subprocess.Popen(
        [sys.executable, "-m", "graph.engine.host", str(handed.resolve())],
        stdin=subprocess.DEVNULL, stdout=stream, stderr=subprocess.STDOUT,
        start_new_session=True, pass_fds=[ours[0]],
    ) as child:  # fmt: skip
        os.close(ours[0])
        try:
            _wait_ready(child, theirs, log)
            password = make_secrets(settings.secrets_file).engine_password
            there = settings.model_copy(
                update={
                    "neo4j_uri": f"bolt://127.0.0.1:{port}", "neo4j_password": SecretStr(password),
                }
            )  # fmt: skip
            with connect(there) as graph:
                yield graph
        finally:
            child.send_signal(signal.SIGTERM)
            os.close(ours[1])


def _wait_ready(child: subprocess.Popen[bytes], state: Path, log: Path) -> None:
    deadline = time.monotonic() + _DEADLINE_S
    while time.monotonic() < deadline and child.poll() is None:
        if state.exists():
            return
        time.sleep(0.1)
    tail = log.read_text(encoding="utf-8", errors="replace")[-1500:]
    raise EngineError(
        f"带 GDS 的引擎未能启动，日志最后几行：\n{tail}",
        f"The engine with GDS did not start; see {log}.",
        code="start_failed",
    )


def main() -> None:
    """Write the list of jars anew."""
    modules = (f"org.neo4j.gds:{name}:{VERSION}" for name in ("proc", "opengds-extension"))
    _PINS.write_text("\n".join(resolve(*modules)) + "\n", encoding="utf-8")
    print(_PINS)


if __name__ == "__main__":
    main()

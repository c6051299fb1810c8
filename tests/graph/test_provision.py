"""Fetching the engine's jars: cut off, refused for a while, never there."""

from __future__ import annotations

import hashlib
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from graph.engine import ahead, fetching, provision
from graph.engine.jar import Jar
from graph.engine.provision import held
from graph.errors import EngineError
from graph.settings import Settings

CONTENT = b"a jar" * 1_000
JAR = Jar("org.example", "sample", "1.0", "", hashlib.sha256(CONTENT).hexdigest())

#: What the repository does at the first, second, ... request; the last goes on for ever.
Repository = Callable[..., Counter[str]]


@pytest.fixture
def repository(monkeypatch: pytest.MonkeyPatch) -> Iterator[Repository]:
    """Start a repository that answers as told; what is returned counts the requests."""
    running: list[tuple[ThreadingHTTPServer, threading.Thread]] = []

    def serve(*ways: str) -> Counter[str]:
        asked: Counter[str] = Counter()

        class Answers(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                way = ways[min(asked[self.path], len(ways) - 1)]
                asked[self.path] += 1
                self.send_response(503 if way == "busy" else 200)
                body = b"" if way == "busy" else CONTENT
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body[: len(body) // 2] if way == "cut" else body)

            def log_message(self, *_: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        running.append((server, thread))
        address = f"http://127.0.0.1:{server.server_address[1]}"
        monkeypatch.setattr("jgo.constants.MAVEN_CENTRAL_URL", address)
        monkeypatch.setattr(fetching, "_PAUSES_S", (0.01, 0.01))
        return asked

    yield serve
    for server, thread in running:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.mark.parametrize("ways", [("cut", "whole"), ("busy", "cut", "whole")])
def test_a_jar_that_did_not_come_is_asked_for_again(
    repository: Repository, tmp_path: Path, ways: tuple[str, ...]
) -> None:
    asked = repository(*ways)
    [path] = held([JAR], tmp_path)
    assert path.read_bytes() == CONTENT
    assert asked == {f"/{JAR.path}": len(ways)}
    # what is there is not fetched again
    held([JAR], tmp_path)
    assert asked.total() == len(ways)


@pytest.mark.parametrize("way", ["cut", "busy"])
def test_a_jar_that_never_comes_is_said(repository: Repository, tmp_path: Path, way: str) -> None:
    asked = repository(way)
    with pytest.raises(EngineError) as refused:
        held([JAR], tmp_path)
    assert refused.value.cause_code == "fetch_failed" and "sample-1.0.jar" in str(refused.value)
    assert asked.total() == 3
    assert list(tmp_path.iterdir()) == []


def test_another_jar_than_pinned_is_thrown_away(repository: Repository, tmp_path: Path) -> None:
    repository("whole")
    other = Jar("org.example", "sample", "1.0", "", "00" * 32)
    with pytest.raises(EngineError) as refused:
        held([other], tmp_path)
    assert refused.value.cause_code == "jar_altered"
    assert list(tmp_path.iterdir()) == []


def test_another_process_fetches_meanwhile(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XINNONG_CACHE", str(tmp_path))
    monkeypatch.setattr(provision, "pinned", lambda _: (JAR,))
    repository("busy")
    ahead.main("fetch")  # what cannot be fetched is said by whoever needs it
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    repository("whole")
    ahead.main("fetch")
    assert [path.read_bytes() for path in tmp_path.rglob("*.jar")] == [CONTENT]


def test_it_is_ended_with_what_it_was_beside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A repository that takes every call and answers none: nobody waits for it."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{silent.getsockname()[1]}")
        monkeypatch.setenv("no_proxy", "")
        settings = Settings(cache=tmp_path)
        monkeypatch.setenv("XINNONG_CACHE", str(tmp_path))
        with pytest.raises(KeyboardInterrupt), ahead.fetching_beside(settings):
            line, _ = silent.accept()  # it is at it
            raise KeyboardInterrupt
        with line:
            while line.recv(1 << 16):  # what it asked; then its end is gone
                pass
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_nothing_is_fetched_for_an_engine_of_somebody_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def started(*_: object, **__: object) -> None:
        raise AssertionError("a process")

    monkeypatch.setattr("graph.engine.ahead.subprocess.Popen", started)
    for settings in (Settings(neo4j_uri="bolt://127.0.0.1:1"), Settings(engine_jars=tmp_path)):
        with ahead.fetching_beside(settings), ahead.archiving_beside(settings):
            pass

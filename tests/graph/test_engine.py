"""The life of the engine: found again, shared, killed, orphaned; and the door to it."""

from __future__ import annotations

import importlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from pydantic import SecretStr
from waiting import PATIENCE, until

import graph.connection
from graph.connection import connect
from graph.engine import (
    begin_engine,
    engine_status,
    ensure_engine,
    leave_engine,
    stop_engine,
    supervisor,
)
from graph.engine.home import (
    folder_identity,
    import_marker,
    wipe_unfinished_import,
)
from graph.engine.host import _optimise_last
from graph.errors import EngineError, GraphUnavailableError, InputError
from graph.secrets import make_secrets
from graph.settings import Settings

OWNER = """
import sys
from pathlib import Path
from graph.engine import engine_status, ensure_engine
from graph.settings import Settings
settings = Settings(data=Path(sys.argv[1]), engine_heap_mb=512)
ensure_engine(settings, owned=True)
print(engine_status(settings).pid, flush=True)
sys.stdin.read()
"""


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    made = Settings(data=tmp_path_factory.mktemp("engine"), engine_heap_mb=512)
    yield made
    stop_engine(made)


def test_a_killed_engine_is_started_again_and_whole(settings: Settings) -> None:
    with connect(settings) as graph:
        graph.write("UNWIND range(1, 1000) AS n MERGE (:Loan {key: 'loan:' + n})")
        first = engine_status(settings)
        assert first.running and ensure_engine(settings).uri == first.uri
        os.kill(int(first.pid or 0), signal.SIGKILL)
        found = graph.read("MATCH (l:Loan) RETURN count(l) AS n").rows
        assert found == [{"n": 1000}]
        assert engine_status(settings).pid != first.pid


@pytest.mark.skipif(sys.platform != "linux", reason="threads are named by /proc")
def test_whoever_asks_goes_before_what_is_made_faster() -> None:
    done, named = threading.Event(), threading.Event()

    def compile_() -> None:
        # as Java calls its own
        comm = Path(f"/proc/self/task/{threading.get_native_id()}/comm")
        comm.write_text("C2 CompilerThread0", encoding="utf-8")
        named.set()
        done.wait(PATIENCE)

    compiler = threading.Thread(target=compile_)
    compiler.start()
    try:
        assert named.wait(PATIENCE)
        _optimise_last()
        assert os.getpriority(os.PRIO_PROCESS, compiler.native_id or 0) > 0
        assert os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) == 0
    finally:
        done.set()
        compiler.join()


def test_two_commands_at_once_share_one(settings: Settings) -> None:
    stop_engine(settings)
    pair = [
        subprocess.Popen(
            [sys.executable, "-c", OWNER.replace("owned=True", "owned=False")
             .replace("sys.stdin.read()", ""), str(settings.data)],
            stdout=subprocess.PIPE, text=True,
        )
        for _ in range(2)
    ]  # fmt: skip
    pids = {child.communicate(timeout=PATIENCE)[0].strip() for child in pair}
    assert pids == {str(engine_status(settings).pid)}


@pytest.mark.sweep
def test_an_owner_killed_leaves_no_orphan(tmp_path: Path) -> None:
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER, str(tmp_path)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert owner.stdout is not None
    pid = int(owner.stdout.readline())
    assert psutil.pid_exists(pid)
    owner.kill()
    owner.communicate()
    until(lambda: not psutil.pid_exists(pid))
    assert not engine_status(Settings(data=tmp_path)).running


def hosts(settings: Settings) -> list[psutil.Process]:
    """The engine processes of this data folder, whether they answer or not."""
    handed = str((settings.engine_dir / "host.json").resolve())
    return [
        process
        for process in psutil.process_iter(["cmdline"])
        if handed in (process.info["cmdline"] or ())
    ]


def test_a_command_killed_while_its_engine_starts(tmp_path: Path) -> None:
    """The engine it left behind, not announced yet, holds the store: the next must not meet it."""
    own = Settings(data=tmp_path, engine_heap_mb=512)
    command = subprocess.Popen(
        [sys.executable, "-c", OWNER.replace("owned=True", "owned=False"), str(tmp_path)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    locked = own.engine_dir / "data" / "databases" / "store_lock"
    until(locked.exists, by=command, pause=0.005)
    command.kill()
    command.communicate()
    [left] = hosts(own)
    assert not engine_status(own).running
    ensure_engine(own)
    [now] = hosts(own)
    assert now.pid == engine_status(own).pid and now.pid != left.pid
    assert stop_engine(own) and hosts(own) == []


def test_one_that_was_begun_is_the_one_that_is_used(settings: Settings) -> None:
    ensure_engine(settings)
    stop_engine(settings)
    assert begin_engine(settings)
    until(lambda: hosts(settings) != [], pause=0.005)
    [begun] = hosts(settings)
    # what has begun is not begun again
    assert begin_engine(settings)
    ensure_engine(settings)
    assert engine_status(settings).pid == begun.pid
    assert leave_engine(settings) and hosts(settings) == []


def test_one_that_was_begun_and_is_not_wanted_is_given_up(settings: Settings) -> None:
    """Who stops while it comes up does not wait until it has come up."""
    ensure_engine(settings)
    stop_engine(settings)
    begin_engine(settings)
    until(lambda: hosts(settings) != [], pause=0.005)
    leave_engine(settings)
    assert hosts(settings) == [] and not (settings.engine_dir / "engine.json").exists()
    # and the next who wants it has it
    assert ensure_engine(settings).supervised


def test_a_first_start_is_not_begun_beside(tmp_path: Path) -> None:
    """It has more to do than to start, and jars to fetch that it tells of."""
    new = Settings(data=tmp_path, engine_heap_mb=512)
    assert not begin_engine(new)
    assert not new.engine_dir.exists()
    (new.engine_dir / "data" / "databases" / "neo4j").mkdir(parents=True)
    assert not begin_engine(new.model_copy(update={"cache": tmp_path / "no jars"}))
    assert not begin_engine(new.model_copy(update={"neo4j_uri": "bolt://127.0.0.1:1"}))
    assert hosts(new) == [] and not (new.engine_dir / ".lock").exists()


def test_an_engine_that_is_closing_is_waited_for(settings: Settings) -> None:
    """It is announced no longer and still holds the store."""
    ensure_engine(settings)
    closing = engine_status(settings).pid
    assert closing
    os.kill(closing, signal.SIGTERM)
    announced = settings.engine_dir / "engine.json"
    until(lambda: not announced.exists(), pause=0.005)
    assert stop_engine(settings) and hosts(settings) == []


def test_the_door_reads_within_limits(settings: Settings) -> None:
    with connect(settings) as graph:
        rows = graph.read("UNWIND range(1, 9) AS n RETURN n", max_rows=5)
        assert (len(rows.rows), rows.truncated) == (5, True)
        for text, code in (
            ("CREATE (:Loan {key: 'x'})", "read_only"),
            ("RETURN nonsense", "query_refused"),
        ):
            with pytest.raises(InputError) as refused:
                graph.read(text)
            assert refused.value.cause_code == code
        with pytest.raises(GraphUnavailableError) as late:
            graph.read("UNWIND range(1, 1000000000) AS n RETURN sum(n % 7) AS s", timeout_s=1)
        assert late.value.cause_code == "query_timeout"


@pytest.mark.parametrize("half_done", ["sending", "receiving"])
def test_an_interrupt_amid_a_message_is_no_refusal(
    half_done: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It comes through as what it is, and the next question is answered."""
    socket_class = importlib.import_module("neo4j._sync.io._bolt._bolt_socket").BoltSocket
    send, receive, stopped = socket_class.sendall, socket_class.recv_into, []

    def half_sent(self: object, data: bytearray) -> object:
        if len(data) < 1000 or stopped:
            return send(self, data)
        stopped.append("sending")
        send(self, bytes(data)[: len(data) // 2])
        raise KeyboardInterrupt

    def half_received(self: object, buffer: memoryview, nbytes: int) -> object:
        if nbytes < 1000 or stopped:
            return receive(self, buffer, nbytes)
        stopped.append("receiving")
        receive(self, buffer, nbytes // 2)
        raise KeyboardInterrupt

    with connect(settings) as door:
        if half_done == "sending":
            monkeypatch.setattr(socket_class, "sendall", half_sent)
        else:
            monkeypatch.setattr(socket_class, "recv_into", half_received)
        asked = {"text": "x" * 9_999}
        with pytest.raises(KeyboardInterrupt):
            door.read("RETURN $text AS text", asked)
        assert stopped == [half_done]
        assert door.read("RETURN $text AS text", asked).rows == [asked]


@pytest.mark.sweep
def test_a_restart_that_fails_is_tried_again(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A service that does not wait is not left without its engine for ever."""
    start, failed = graph.connection.ensure_engine, []

    def at_first_not(*given: object, **more: object) -> object:
        if not failed:
            failed.append(True)
            raise EngineError("内存不足。", "Too little memory.", code="no_memory")
        return start(*given, **more)  # type: ignore[arg-type]

    with connect(settings, waits=False) as door:
        os.kill(engine_status(settings).pid or 0, signal.SIGKILL)
        monkeypatch.setattr(graph.connection, "ensure_engine", at_first_not)
        told = set()
        while True:
            try:
                assert door.read("RETURN 1 AS n").rows == [{"n": 1}]
                break
            except GraphUnavailableError as error:
                told.add(error.cause_code)
                time.sleep(0.05)
    assert (told, failed) == ({"graph_restarting"}, [True])


def test_a_wrong_password_is_said(settings: Settings) -> None:
    uri = ensure_engine(settings).uri
    wrong = Settings(data=settings.data, neo4j_uri=uri, neo4j_password=SecretStr("wrong-password"))
    with pytest.raises(GraphUnavailableError) as refused:
        connect(wrong)
    assert refused.value.cause_code == "graph_auth"


def test_nobody_answers(tmp_path: Path) -> None:
    absent = Settings(data=tmp_path, neo4j_uri="bolt://127.0.0.1:9")
    with pytest.raises(GraphUnavailableError) as refused:
        connect(absent)
    assert refused.value.cause_code == "graph_unreachable"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"engine_heap_mb": 10_000_000}, "no_memory"),
        ({"engine_jars": Path("/nowhere")}, "jar_missing"),
        ({"engine_port": 1}, "port_taken"),
    ],
)
def test_what_cannot_start_says_why(tmp_path: Path, changed: dict, code: str) -> None:
    if code == "port_taken":
        blocker = socket.socket()
        blocker.bind(("127.0.0.1", 0))
        blocker.listen()
        changed = {"engine_port": blocker.getsockname()[1]}
    with pytest.raises(EngineError) as refused:
        ensure_engine(Settings(data=tmp_path, **changed))
    assert refused.value.cause_code == code
    assert not engine_status(Settings(data=tmp_path)).running
    if code == "port_taken":
        blocker.close()


@pytest.mark.sweep
def test_a_port_taken_between_choice_and_start_is_chosen_again(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose, chosen = supervisor._choose_port, []
    blocker = socket.socket()

    def choose_and_lose(given: Settings) -> int:
        chosen.append(choose(given))
        if len(chosen) == 1:
            blocker.bind(("127.0.0.1", chosen[0]))
            blocker.listen()
        return chosen[-1]

    monkeypatch.setattr(supervisor, "_choose_port", choose_and_lose)
    own = settings.model_copy(update={"data": tmp_path})
    with blocker:
        endpoint = ensure_engine(own, owned=True)
        assert endpoint.uri.endswith(f":{chosen[1]}") and chosen[0] != chosen[1]
    stop_engine(own)


def test_an_altered_jar_is_refused(settings: Settings, tmp_path: Path) -> None:
    jars = tmp_path / "jars"
    jars.mkdir()
    for path in (settings.cache / f"neo4j-{settings.engine_version}").glob("*.jar"):
        os.link(path, jars / path.name)
    victim = next(jars.glob("neo4j-kernel-*.jar"))
    content = victim.read_bytes()
    victim.unlink()
    victim.write_bytes(content[:-1] + b"x")
    with pytest.raises(EngineError) as refused:
        ensure_engine(Settings(data=tmp_path / "data", cache=tmp_path / "cache", engine_jars=jars))
    assert refused.value.cause_code == "jar_altered"
    assert victim.name in refused.value.message_zh


def test_a_copied_folder_has_no_engine_yet(settings: Settings, tmp_path: Path) -> None:
    """The copy's state file names the original's engine, which is not the copy's to write into."""
    with connect(settings):
        copy = Settings(data=tmp_path / "copy")
        shutil.copytree(settings.data, copy.data, ignore=shutil.ignore_patterns("data", ".lock"))
        assert (copy.engine_dir / "engine.json").exists()
        assert engine_status(settings).running and not engine_status(copy).running
        # nor does stopping the copy's end it
        stop_engine(copy)
        assert engine_status(settings).running


def _engine_of(settings: Settings, **changed: object) -> None:
    """A state file as an engine would write it, were this process one."""
    settings.engine_dir.mkdir(parents=True)
    state = {"pid": os.getpid(), "created": psutil.Process().create_time(), "version": "0",
             "folder": folder_identity(settings.engine_dir)} | changed  # fmt: skip
    (settings.engine_dir / "engine.json").write_text(json.dumps(state), encoding="utf-8")


def test_an_engine_is_known_by_its_folder_wherever_that_is_moved(tmp_path: Path) -> None:
    first = Settings(data=tmp_path / "first")
    with socket.create_server(("127.0.0.1", 0)) as listening:
        _engine_of(first, port=listening.getsockname()[1])
        assert engine_status(first).running
        moved, copy = Settings(data=tmp_path / "moved"), Settings(data=tmp_path / "copy")
        first.data.rename(moved.data)
        assert engine_status(moved).running
        shutil.copytree(moved.data, copy.data)
        assert not engine_status(copy).running
        # a state file of an older version says no folder: its process was started with another file
        older = Settings(data=tmp_path / "older")
        _engine_of(older, port=listening.getsockname()[1], folder=None)
        text = (older.engine_dir / "engine.json").read_text("utf-8")
        state = {name: told for name, told in json.loads(text).items() if name != "folder"}
        (older.engine_dir / "engine.json").write_text(json.dumps(state), encoding="utf-8")
        assert not engine_status(older).running


def test_a_copied_marker_ends_nobody_elses_import(tmp_path: Path) -> None:
    original, copy = Settings(data=tmp_path / "original"), Settings(data=tmp_path / "copy")
    original.engine_dir.mkdir(parents=True)
    with subprocess.Popen(
        [sys.executable, "-c", "import time; time.sleep(120)"], cwd=original.engine_dir
    ) as running:
        created = psutil.Process(running.pid).create_time()
        import_marker(original).write_text(f"{running.pid} {created}", encoding="utf-8")
        shutil.copytree(original.data, copy.data)
        wipe_unfinished_import(copy)
        assert running.poll() is None and not import_marker(copy).exists()
        wipe_unfinished_import(original)
        # whoever ends it waits for it, so that nothing is left of it
        assert not psutil.pid_exists(running.pid)


def test_a_password_may_begin_like_an_option_and_is_handed_over_nowhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[list[str]] = []

    class Watched(subprocess.Popen):  # type: ignore[type-arg]
        def __init__(self, arguments: list[str], **named: object) -> None:
            started.append(arguments)
            super().__init__(arguments, **named)  # type: ignore[call-overload]

    monkeypatch.setattr(subprocess, "Popen", Watched)
    settings = Settings(data=tmp_path, engine_heap_mb=256)
    make_secrets(settings.secrets_file)
    stated = json.loads(settings.secrets_file.read_text(encoding="utf-8"))
    stated["engine_password"] = "-H" + stated["engine_password"]
    settings.secrets_file.write_text(json.dumps(stated), encoding="utf-8")
    with connect(settings, owned=True) as graph:
        assert graph.read("RETURN 1 AS n").rows == [{"n": 1}]
    stop_engine(settings)
    assert started and stated["engine_password"] not in str(started)
    for name in ("host.json", "host.log", "engine.json", "conf/neo4j.conf"):
        told = settings.engine_dir / name
        assert not told.exists() or stated["engine_password"] not in told.read_text("utf-8"), name


def test_what_goes_to_the_graph_is_packed_by_compiled_code() -> None:
    # two packages of one version: where they part, the driver packs in Python and says nothing
    assert importlib.import_module("neo4j._codec.packstream").RUST_AVAILABLE

"""The `xinnong` command.  Each command calls one public function and prints its answer.

Answers go to standard output, a table for people or JSON (`--json`) for programs; progress and
logs go to standard error.  Exit status: 0 done, 1 refused or failed (the message says what to
do), 2 wrong usage, 130 stopped by Ctrl-C.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from graph.settings import Settings

__all__ = ["app", "main"]

app = typer.Typer(
    help="信农：农村与企业信用知识图谱 / rural and enterprise credit graph",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
engine_app = typer.Typer(help="自带的图数据库引擎 / the default engine", no_args_is_help=True)
app.add_typer(engine_app, name="engine")

Json = Annotated[bool, typer.Option("--json", help="输出 JSON / print JSON")]


def main() -> None:
    """Entry point: turns every error of ours into a message and an exit status."""
    from graph.errors import XinnongError

    for stream in (sys.stdout, sys.stderr):
        # a GBK console must not stop a command for one character that it cannot show
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        app(standalone_mode=False)
    except XinnongError as error:
        print(f"✗ {error.message_zh}\n  {error.message_en}", file=sys.stderr)
        sys.exit(1)
    except typer.Exit as stop:
        sys.exit(stop.exit_code)
    except (KeyboardInterrupt, typer.Abort):
        print("已停止 / stopped", file=sys.stderr)
        sys.exit(130)
    except Exception as error:
        usage = getattr(error, "format_message", None)
        if usage is None:
            raise
        print(usage(), file=sys.stderr)
        sys.exit(getattr(error, "exit_code", 2))


@app.command()
def init() -> None:
    """建立数据目录和密钥 / make the data folder and the secrets."""
    from graph.secrets import make_secrets

    settings = _settings()
    settings.data.mkdir(parents=True, exist_ok=True)
    make_secrets(settings.secrets_file)
    print(f"数据目录 {settings.data}；密钥 {settings.secrets_file}（请妥善备份）")


@app.command()
def sample(
    folder: Path, persons: int = 10_000, seed: int = 20260401, as_json: Json = False
) -> None:
    """写出样本区的部门文件 / write the files of the sample district."""
    from graph.errors import InputError
    from ingest.sample import write_district

    try:
        truth = write_district(folder, persons=persons, seed=seed, progress=_say)
    except ValueError:
        raise InputError(
            "人数应在 1,000 到 1,000,000 之间。", "persons: from 1,000 to 1,000,000.", code="size"
        ) from None
    _print(
        vars(truth),
        as_json,
        lambda: _table(
            "样本文件",
            ["文件", "行数", "预期退回"],
            [(name, rows, truth.quarantined.get(name, 0)) for name, rows in truth.rows.items()],
        ),
    )


@app.command()
def ingest(
    source: str,
    files: list[Path],
    known_at: Annotated[str, typer.Option(help="接收时间 ISO 8601 / when received")] = "",
    as_json: Json = False,
) -> None:
    """导入一个来源的文件 / take in files of a source."""
    import ingest as room
    from graph.time import parse_instant

    settings = _settings()
    _fetch_engine(settings)
    with _Progress() as step:
        report = room.ingest(
            source,
            files,
            settings=settings,
            known_at=parse_instant(known_at) if known_at else None,
            progress=step,
        )

    def people() -> None:
        _table(
            "导入结果",
            ["文件", "读入", "接收", "未变", "退回"],
            [
                (b.file_name, b.rows_in, b.accepted, b.unchanged, b.quarantined)
                for b in report.batches
            ],
        )
        errors = [(b, f) for b in report.batches for f in b.findings if f.severity == "error"]
        if errors:
            _table(
                "退回的行（前 50 条）",
                ["文件", "行", "列", "情况", "怎么办"],
                [
                    (b.file_name, f.row, f.column or "", f.value_class or f.code, f.message_zh)
                    for b, f in errors[:50]
                ],
            )

    _print(report.as_dict(), as_json, people)


@app.command()
def ask(
    name: str, given: Annotated[list[str] | None, typer.Argument()] = None, as_json: Json = False
) -> None:
    """提问：xinnong ask loans key=… / ask a question."""
    from graph.connection import connect
    from queries import ask as ask_question

    with connect(_settings()) as graph:
        answer = ask_question(graph, name, **_pairs(given or []))
    columns = answer.question.columns

    def people() -> None:
        _table(
            answer.question.title,
            [item.term.split(" / ")[0] for item in columns],
            [tuple(row[item.name] for item in columns) for row in answer.rows],
        )
        _basis(answer.basis.as_dict())

    _print(answer.as_dict(), as_json, people)


@app.command()
def questions(as_json: Json = False) -> None:
    """列出所有可问的问题 / list the questions."""
    from queries import library

    rows = [
        (
            item.name,
            item.title,
            item.question.split(" / ")[0],
            " ".join(
                p.name
                for p in item.parameters
                if p.default is None and p.name not in ("as_of", "known_at")
            ),
        )
        for item in library().values()
    ]
    _print(
        [row[0] for row in rows],
        as_json,
        lambda: _table("查询目录", ["名称", "题目", "回答什么", "参数"], rows),
    )


@app.command()
def risk(key: str, as_of: str = "", as_json: Json = False) -> None:
    """一个主体的风险及来由 / risk of one party and why."""
    from graph.log import FactLog
    from graph.snapshot import take_snapshot
    from graph.time import parse_date, today
    from queries import assess, explain

    day = parse_date(as_of) if as_of else today()
    answer = explain(assess(take_snapshot(FactLog(_settings().log_dir), day)), key)

    def people() -> None:
        print(f"{answer.name or '（未具名）'}  风险 {answer.score:.4%}")
        for fact in answer.own_facts:
            print(f"自身：{fact.reason}")
        print(f"—— {answer.notice} ——")
        for path in answer.paths:
            print(f"{path.probability:8.4%}  {path.sentence}")
        _basis(answer.basis.as_dict())

    _print(answer.as_dict(), as_json, people)


@app.command()
def decide(
    product: str,
    key: str,
    supplied: Annotated[list[str] | None, typer.Argument()] = None,
    as_json: Json = False,
) -> None:
    """首贷判定 / decide a product for a party."""
    from graph.connection import connect
    from queries.eligibility import decide as decide_product

    with connect(_settings()) as graph:
        decision = decide_product(graph, product, key, supplied=_pairs(supplied or []))

    def people() -> None:
        _table(
            f"{decision.title}：{decision.verdict.value}",
            ["条件", "结果", "事实", "下一步"],
            [(c.wording, c.verdict.value, c.value, c.next_step or "") for c in decision.conditions],
        )
        _basis(decision.basis.as_dict())

    _print(decision.as_dict(), as_json, people)


@app.command()
def serve(port: int = 8000, host: str = "127.0.0.1") -> None:
    """启动服务（登录上线前仅限本机）/ start the server, loopback only."""
    import uvicorn

    from api.app import create_app
    from graph.errors import SettingsError

    if host not in ("127.0.0.1", "localhost", "::1"):
        raise SettingsError(
            "尚未启用登录，服务只能绑定本机地址 127.0.0.1。",
            "Without authentication the server binds to loopback only.",
            code="loopback_only",
        )
    settings = _settings()
    _refuse_taken(host, port)
    _fetch_engine(settings)
    print(f"打开 http://{host}:{port} （仅限本机；按 Ctrl-C 停止）", flush=True)
    try:
        uvicorn.run(create_app(settings), host=host, port=port, log_level="warning")
    finally:
        from graph.engine import stop_engine

        stop_engine(settings)


@app.command()
def demo(persons: int = 5_000, port: int = 8000) -> None:
    """样本区演示：生成、导入、启动服务 / the sample district, ingested and served."""
    import ingest as room
    from graph.log import FactLog
    from ingest.sample import steps, write_district

    settings = _settings()
    folder = settings.data / "district"
    if not (folder / "truth.json").exists():
        _say("生成样本区文件 / writing the sample district")
        write_district(folder, persons=persons, progress=_say)
    _fetch_engine(settings)
    taken = {batch.source for batch in FactLog(settings.log_dir).batches()}
    with _Progress() as step:
        for source, path in steps(folder):
            if source not in taken:
                room.ingest(source, [path], settings=settings, into_graph=False, progress=step)
        room.project_log(settings, progress=step)
    serve(port=port)


@app.command()
def export(
    graphml: Annotated[Path, typer.Option(help="GraphML 文件 / file to write")],
    as_of: str = "",
) -> None:
    """导出 GraphML（供 Gephi、yEd）/ export for graph tools."""
    from graph.log import FactLog
    from graph.snapshot import take_snapshot
    from graph.time import parse_date, today
    from queries.export import write_graphml

    day = parse_date(as_of) if as_of else today()
    count = write_graphml(take_snapshot(FactLog(_settings().log_dir), day), graphml)
    print(f"已写出 {count} 条关系：{graphml}")


@app.command()
def check(as_json: Json = False) -> None:
    """检查日志、图和引擎是否完好 / check log, graph and engine."""
    from graph.connection import connect
    from graph.log import FactLog
    from graph.projection import projected_to

    settings = _settings()
    log = FactLog(settings.log_dir)
    problems = log.verify()
    count = len(log.batches())
    with connect(settings) as graph:
        held = projected_to(graph)
        version = graph.server_version()
    position = held.position if held else 0
    if position != count:
        problems.append(
            f"图落后于日志：{position} / {count}。请运行 xinnong ingest 任一文件以补齐。"
        )
    result = {"batches": count, "graph_position": position, "neo4j": version, "problems": problems}
    _print(
        result,
        as_json,
        lambda: _table(
            "检查",
            ["项目", "结果"],
            [
                ("日志批次", count),
                ("图已到", position),
                ("Neo4j", version),
                ("问题", "无" if not problems else "\n".join(problems)),
            ],
        ),
    )
    if problems:
        raise typer.Exit(1)


@engine_app.command("start")
def engine_start(as_json: Json = False) -> None:
    """启动引擎 / start the engine."""
    from graph.engine import ensure_engine

    settings = _settings()
    _fetch_engine(settings)
    endpoint = ensure_engine(settings)
    _print(
        {"uri": endpoint.uri, "version": endpoint.version},
        as_json,
        lambda: print(f"引擎已就绪：{endpoint.uri}（Neo4j {endpoint.version}）"),
    )


@engine_app.command("status")
def engine_state(as_json: Json = False) -> None:
    """引擎状态 / status of the engine."""
    from graph.engine import engine_status

    status = engine_status(_settings())
    _print(
        vars(status),
        as_json,
        lambda: print(
            f"运行中：{status.uri}，内存 {status.memory_mb} MB" if status.running else "未运行"
        ),
    )


@engine_app.command("stop")
def engine_stop() -> None:
    """停止引擎 / stop the engine."""
    from graph.engine import stop_engine

    print("引擎已停止" if stop_engine(_settings()) else "引擎没有在运行")


def _settings() -> Settings:
    from graph.settings import Settings

    return Settings()


def _fetch_engine(settings: Settings) -> None:
    """Fetch the engine's jars with a progress bar, before anything needs the engine."""
    from graph.engine.provision import jars

    if settings.neo4j_uri:
        return
    with _Progress() as step:
        jars(
            settings,
            progress=lambda done, total, _name: step(f"下载图数据库引擎 {done}/{total}", None),
        )


def _refuse_taken(host: str, port: int) -> None:
    import socket

    from graph.errors import SettingsError

    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host if host != "::1" else "127.0.0.1", port))
        except OSError:
            raise SettingsError(
                f"端口 {port} 已被占用。请换一个：--port {port + 1}。",
                f"Port {port} is taken: choose another with --port.",
                code="port_taken",
            ) from None


class _Progress:
    """A spinner with a count on standard error."""

    def __enter__(self) -> Callable[[str, int | None], None]:
        from rich.console import Console
        from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

        self._bar = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            TimeElapsedColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self._bar.start()
        task = self._bar.add_task("", total=None)
        counts: dict[str, int] = {}

        def step(what: str, count: int | None) -> None:
            counts[what] = counts.get(what, 0) + (count or 0)
            tail = f" {counts[what]:,}" if counts[what] else ""
            self._bar.update(task, description=what + tail)

        return step

    def __exit__(self, *_: object) -> None:
        self._bar.stop()


def _pairs(given: list[str]) -> dict[str, Any]:
    pairs = {}
    for item in given:
        name, found, value = item.partition("=")
        if not found:
            raise typer.BadParameter(f"参数写作 名称=值，收到 {name}")
        pairs[name] = value
    return pairs


def _print(answer: Any, as_json: bool, people: Callable[[], Any]) -> None:
    if as_json:
        print(json.dumps(answer, ensure_ascii=False, default=_json))
    else:
        people()


def _json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, (date, datetime)) else str(value)


def _basis(basis: dict[str, Any]) -> None:
    print(" ".join(f"{name}={value}" for name, value in basis.items() if value), file=sys.stderr)


def _table(title: str, columns: list[str], rows: list[tuple[Any, ...]]) -> None:
    from rich.console import Console
    from rich.table import Table

    from api.pages.wording import show

    table = Table(title=title)
    for column in columns:
        table.add_column(column)
    for row in rows:
        table.add_row(*map(show, row))
    Console().print(table)


def _say(what: str) -> None:
    print(f"· {what}", file=sys.stderr)

"""The default graph engine."""

from __future__ import annotations

import typer

from api.acts import Act
from api.terminal import Bar, Json, answer_with, fetch_engine, open_settings

__all__ = ["commands"]

commands = typer.Typer(
    name="engine", help="自带的图数据库引擎 / the default engine", no_args_is_help=True
)


@commands.command("start")
def engine_start(as_json: Json = False) -> None:
    """启动引擎 / start the engine."""
    from graph.engine import ensure_engine

    settings = open_settings(Act.KEEP)
    fetch_engine(settings)
    endpoint = ensure_engine(settings)
    answer_with(
        {"uri": endpoint.uri, "version": endpoint.version},
        as_json,
        lambda: print(f"引擎已就绪：{endpoint.uri}（Neo4j {endpoint.version}）"),
    )


@commands.command("prepare")
def engine_prepare(as_json: Json = False) -> None:
    """下载引擎并整理其类文件，以后启动约快一半 / fetch it and archive its classes: it starts sooner."""
    from graph.engine import archive_classes

    settings = open_settings(Act.KEEP)
    if settings.neo4j_uri:
        print(f"使用的是 {settings.neo4j_uri}，自带的引擎不需要准备")
        return
    fetch_engine(settings)
    with Bar() as progress:
        archive = archive_classes(settings, progress=progress)
    answer_with(
        {"version": settings.engine_version, "archive_bytes": archive.path.stat().st_size},
        as_json,
        lambda: print(f"引擎已备好（Neo4j {settings.engine_version}），启动约快一半"),
    )


@commands.command("status")
def engine_state(as_json: Json = False) -> None:
    """引擎状态 / status of the engine."""
    from graph.engine import engine_status

    status = engine_status(open_settings(Act.KEEP))
    answer_with(
        status,
        as_json,
        lambda: print(
            f"运行中：{status.uri}，内存 {status.memory_mb} MB" if status.running else "未运行"
        ),
    )


@commands.command("stop")
def engine_stop() -> None:
    """停止引擎 / stop the engine."""
    from graph.engine import stop_engine

    print("引擎已停止" if stop_engine(open_settings(Act.KEEP)) else "引擎没有在运行")

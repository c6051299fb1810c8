"""Whether everything is in order."""

from __future__ import annotations

import typer

from api.terminal import Json, answer_with, open_settings, table

__all__ = ["commands"]

commands = typer.Typer()


@commands.command()
def check(as_json: Json = False) -> None:
    """检查日志、图和引擎是否完好 / check log, graph and engine."""
    from graph.connection import connect
    from graph.log import FactLog
    from graph.projection import projected_to

    settings = open_settings()
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
    answer_with(
        result,
        as_json,
        lambda: table(
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

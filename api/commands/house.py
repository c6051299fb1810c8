"""Whether everything is in order."""

from __future__ import annotations

from typing import Annotated

import typer

from api.terminal import Bar, Json, answer_with, open_settings, table

__all__ = ["commands"]

commands = typer.Typer()


@commands.command()
def check(
    mend: Annotated[
        bool, typer.Option("--mend", help="先让图追上日志 / bring the graph up to the log first")
    ] = False,
    as_json: Json = False,
) -> None:
    """检查日志、图、密钥和引擎是否完好 / check log, graph, secrets and engine."""
    from graph.catch_up import catch_up
    from graph.connection import connect
    from graph.log import FactLog
    from graph.projection import projected_to, same_history
    from graph.secrets import secrets_problems

    settings = open_settings()
    log = FactLog(settings.log_dir)
    problems = log.verify() + secrets_problems(settings.secrets_file)
    if mend:
        with Bar() as step:
            catch_up(settings, progress=step)
    count = len(log.batches())
    with connect(settings) as graph:
        held = projected_to(graph)
        version = graph.server_version()
    position = held.position if held else 0
    if held and not same_history(log.batches(), held):
        problems.append(
            "图不是由现在这份日志生成的：日志最后的批次丢失或被改动，或图属于另一个数据目录。"
            "请从备份恢复 log 目录，或核对 XINNONG_DATA 与 XINNONG_NEO4J_URI。"
        )
    elif position != count:
        problems.append(f"图落后于日志：{position} / {count}。请运行 xinnong check --mend 补齐。")
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

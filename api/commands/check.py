"""Whether everything is in order."""

from __future__ import annotations

from typing import Annotated

import typer

from api.acts import Act
from api.terminal import Bar, Json, answer_with, open_settings, say, table

__all__ = ["commands"]

commands = typer.Typer()


@commands.command()
def check(
    repair: Annotated[
        bool, typer.Option("--repair", help="先让图追上日志 / bring the graph up to the log first")
    ] = False,
    mend: Annotated[bool, typer.Option("--mend", hidden=True)] = False,  # its name until 0.5.0
    accept_loss: Annotated[
        bool,
        typer.Option(
            "--accept-loss",
            help="日志最后丢失的批次确实找不回来，今后不再等待它们 / give up batches lost for good",
        ),
    ] = False,
    as_json: Json = False,
) -> None:
    """检查日志、图、运行库、密钥和引擎是否完好 / check log, graph, stores, secrets and engine."""
    from api.examination import examine, give_up

    settings = open_settings(Act.KEEP)
    if accept_loss:
        say(f"不再等待 {give_up(settings)} 批，图已由现有日志重建 / given up, the graph is rebuilt")
    with Bar() as step:
        found = examine(settings, repair=repair or mend, progress=step)
    for told in found.notes:
        say(told)
    answer_with(
        found,
        as_json,
        lambda: table(
            "检查",
            ["项目", "结果"],
            [
                ("日志批次", found.batches),
                ("图已到", found.graph_position),
                ("Neo4j", found.neo4j),
                ("问题", "无" if not found.problems else "\n".join(found.problems)),
            ],
        ),
    )
    if found.problems:
        raise typer.Exit(1)

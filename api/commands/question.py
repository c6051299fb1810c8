"""Questions to the graph."""

from __future__ import annotations

from typing import Annotated

import typer

from api.terminal import Json, answer_with, basis, open_settings, pairs, table

__all__ = ["commands"]

commands = typer.Typer()


@commands.command()
def ask(
    name: Annotated[str, typer.Argument(help="查询名称，见 xinnong questions / question")],
    given: Annotated[list[str] | None, typer.Argument(help="参数：名称=值 / parameters")] = None,
    as_json: Json = False,
) -> None:
    """提问：xinnong ask loans key=… / ask a question."""
    from graph.connection import connect
    from queries import ask as ask_question

    with connect(open_settings()) as graph:
        answer = ask_question(graph, name, **pairs(given or []))
    columns = answer.question.columns

    def people() -> None:
        from api.wording import answered

        table(
            answer.question.title,
            [item.term.split(" / ")[0].removesuffix("（分）") for item in columns],
            [tuple(answered(row[item.name], item.name) for item in columns) for row in answer.rows],
        )
        basis(answer.basis.as_dict())

    answer_with(answer.as_dict(), as_json, people)


@commands.command()
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
    answer_with(
        [row[0] for row in rows],
        as_json,
        lambda: table("查询目录", ["名称", "题目", "回答什么", "参数"], rows),
    )

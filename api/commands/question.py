"""Questions to the graph."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from api.acts import Act
from api.arguments import kept_out_of_the_process_list
from api.terminal import (
    AsOf,
    Json,
    KnownAt,
    answer_with,
    basis,
    pairs,
    permitted,
    reading,
    say,
    table,
)

__all__ = ["commands"]

commands = typer.Typer()

_TYPED = "find_party"


@commands.command()
def search(
    text: Annotated[
        str,
        typer.Argument(
            help="名称（可只写一部分、拼音、首字母）、代码、借据号、村名；不写则在提示后输入 / what to find"
        ),
    ] = "",
    as_of: AsOf = "",
    known_at: KnownAt = "",
    as_json: Json = False,
) -> None:
    """查找主体：xinnong search 许春英；查身份证号、电话时不带参数 / find a party."""
    from api.wording import LABELS, MATCHES, who

    wanted = kept_out_of_the_process_list(text) or typer.prompt(
        "名称、代码、证件号码或电话（输入时不显示）", hide_input=sys.stdin.isatty(), err=True
    )
    with reading(as_of, known_at, graph=True) as reader:
        answer = reader.search(wanted)

    def people() -> None:
        table(
            f"查找主体（{len(answer.rows)} 个）",
            ["名称", "类别", "乡镇", "村", "年龄", "证件号码（脱敏）", "怎样找到", "主体编号"],
            [
                (
                    who(row["name"], row["key"]),
                    "、".join(LABELS[each] for each in row["labels"] if each != "Party"),
                    *(row[name] for name in ("town", "village", "age", "masked")),
                    MATCHES[row["match"]],
                    row["key"],
                )
                for row in answer.rows
            ],
        )
        for note in answer.notes:
            say(note)
        if not answer.rows:
            say("没有找到。请核对名称或代码；新近登记的主体可能尚未导入。")
        basis(answer.basis)

    answer_with(answer.typed(), as_json, people)


@commands.command()
def ask(
    name: Annotated[str, typer.Argument(help="查询名称，见 xinnong questions / question")],
    given: Annotated[list[str] | None, typer.Argument(help="参数：名称=值 / parameters")] = None,
    show: Annotated[
        bool,
        typer.Option(
            "--show", help="不提问，只显示可粘贴到 Neo4j Browser 的查询 / print the Cypher"
        ),
    ] = False,
    as_json: Json = False,
) -> None:
    """提问：xinnong ask loans key=… / ask a question."""
    told = pairs(given or [])
    if name == _TYPED and "text" in told:
        kept_out_of_the_process_list(told["text"])
    day, instant = told.pop("as_of", ""), told.pop("known_at", "")
    with reading(day, instant, graph=True) as reader:
        if show:
            print(reader.show(name, **told))
            return
        answer = reader.ask(name, **told)
    columns = answer.question.columns

    def people() -> None:
        from api.wording import answered

        table(
            answer.question.title,
            [item.term.split(" / ")[0].removesuffix("（分）") for item in columns],
            [tuple(answered(row[item.name], item.name) for item in columns) for row in answer.rows],
        )
        for note in answer.notes:
            say(note)
        basis(answer.basis)

    answer_with(answer.typed(), as_json, people)


@commands.command()
def questions(as_json: Json = False) -> None:
    """列出所有可问的问题 / list the questions."""
    permitted(Act.LOOK)
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

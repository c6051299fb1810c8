"""Risk of a party, and the whole graph for other tools."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.terminal import Json, answer_with, basis, open_settings

__all__ = ["commands"]

commands = typer.Typer()


@commands.command()
def risk(key: str, as_of: str = "", as_json: Json = False) -> None:
    """一个主体的风险及来由 / risk of one party and why."""
    from graph.log import FactLog
    from graph.snapshot import take_snapshot
    from graph.time import parse_date, today
    from queries import assess, explain

    day = parse_date(as_of) if as_of else today()
    answer = explain(assess(take_snapshot(FactLog(open_settings().log_dir), day)), key)

    def people() -> None:
        print(f"{answer.name or '（未具名）'}  风险 {answer.score:.4%}")
        for fact in answer.own_facts:
            print(f"自身：{fact.reason}")
        print(f"—— {answer.notice} ——")
        for path in answer.paths:
            print(f"{path.probability:8.4%}  {path.sentence}")
        basis(answer.basis.as_dict())

    answer_with(answer.as_dict(), as_json, people)


@commands.command()
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
    count = write_graphml(take_snapshot(FactLog(open_settings().log_dir), day), graphml)
    print(f"已写出 {count} 条关系：{graphml}")

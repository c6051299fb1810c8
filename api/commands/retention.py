"""Retention: what has ended by law, and its deletion; small batches gathered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from api.acts import Act
from api.terminal import Bar, Json, answer_with, open_settings, table

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["commands"]

commands = typer.Typer()


@commands.command()
def retention(
    look: Annotated[
        bool, typer.Option("--look/--run", help="只查看，或停机办理 / only look, or carry it out")
    ] = True,
    as_json: Json = False,
) -> None:
    """保存期限届满的信息：查看，或依法删除（停机办理）/ what has ended by law."""
    if look:
        _look(as_json)
    else:
        _run(as_json)


def _look(as_json: bool) -> None:
    from graph.time import utc_now
    from ingest.retention import due

    told = due(open_settings(Act.KEEP), at=utc_now())

    def people() -> None:
        table("事实日志中已届满的", ["类别", "条数"], _kinds(told.facts))
        table("运行库中已届满的", ["类别", "行"], _rules(told.rows))
        print("法律没有确定期限、因而不自动删除的：")
        for line in told.kept:
            print(f"  {line}")
        print(f"依据 {told.rules}。没有删除任何内容；要办理，请停止服务后加 --run。")

    answer_with(told, as_json, people)


def _run(as_json: bool) -> None:
    from graph.time import utc_now
    from ingest.retention import retain

    with Bar() as step:
        told = retain(open_settings(Act.KEEP), at=utc_now(), progress=step)

    def people() -> None:
        number = told.turn.tombstone
        table(
            "已从事实日志删除" + (f"（删除记录第 {number} 号）" if number else ""),
            ["类别", "条数"],
            _kinds(told.turn.facts),
        )
        table("已从运行库删除", ["类别", "行"], _rules(told.turn.rows))
        left = [(item.place, item.count) for item in told.traces if not item.why]
        if left:
            table("仍能找到的地方，请逐处处理后再运行 xinnong erase --verify", ["位置", "处"], left)

    answer_with(told, as_json, people)
    if any(not item.why for item in told.traces):
        raise typer.Exit(1)


@commands.command()
def compact(as_json: Json = False) -> None:
    """把历次小批次合读为一份副本，可在服务运行时进行 / gather what small batches said."""
    from graph.compacting import compact as gathered

    settings = open_settings(Act.KEEP)
    with Bar() as step:
        position = gathered(settings.log_dir, progress=step)
    answer_with(
        {"position": position},
        as_json,
        lambda: print("日志是空的。" if position is None else f"已合到第 {position} 批。"),
    )


def _kinds(facts: Mapping[str, int]) -> list[tuple[str, int]]:
    from graph.schema import SCHEMA

    return [(SCHEMA.kind(kind).term, count) for kind, count in facts.items()]


def _rules(rows: Mapping[str, int]) -> list[tuple[str, int]]:
    from queries.lawful import retention_rules

    return [(retention_rules().stores[name].title, count) for name, count in rows.items()]

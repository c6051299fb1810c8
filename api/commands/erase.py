"""Lawful deletion: what would go, carried out by two persons, what was deleted, and whether it is gone."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.acts import Act
from api.terminal import Bar, Json, answer_with, open_settings, table

__all__ = ["commands"]

commands = typer.Typer()


@commands.command()
def erase(
    key: Annotated[
        str, typer.Argument(help="主体的键，由 xinnong search 查得 / key of a party")
    ] = "",
    ground: Annotated[
        str, typer.Option(help="法定理由的代码，不写则只看会删除什么 / code of the legal ground")
    ] = "",
    reason: Annotated[str, typer.Option(help="情况和文号 / why, by which paper")] = "",
    by: Annotated[str, typer.Option(help="办理人 / who carries it out")] = "",
    second: Annotated[str, typer.Option(help="复核人 / who confirms it")] = "",
    listed: Annotated[
        bool, typer.Option("--list", help="列出历次依法删除 / every deletion")
    ] = False,
    verify: Annotated[
        bool,
        typer.Option("--verify", help="逐库查找已删除的内容是否还在 / look for what was deleted"),
    ] = False,
    backups: Annotated[
        list[Path] | None,
        typer.Option("--backup", help="与 --verify 同用：再查这份备份，可写多次 / a backup too"),
    ] = None,
    as_json: Json = False,
) -> None:
    """依法删除一个主体凭同意取得的信息（停机，两人办理）；不写理由只查看 / delete lawfully."""
    if listed:
        _list(as_json)
    elif verify:
        _verify(backups or [], as_json)
    elif not key:
        raise typer.BadParameter("请写主体的键，或用 --list、--verify / name a party")
    elif not ground:
        _preview(key, as_json)
    else:
        _erase(key, ground, reason, by, second, as_json)


def _preview(key: str, as_json: bool) -> None:
    from ingest.erasure import grounds, would_erase

    told = would_erase(open_settings(Act.KEEP), key)

    def people() -> None:
        table("会从事实日志中删除", ["类别", "条数"], _kinds(told.facts))
        print("没有删除任何内容。要删除，请加 --ground，并写明 --reason、--by、--second：")
        for code, one in grounds().items():
            print(f"  {code}：{one.term}（{one.clause}）")

    answer_with(told, as_json, people)


def _erase(key: str, ground: str, reason: str, by: str, second: str, as_json: bool) -> None:
    from graph.time import utc_now
    from ingest.erasure import erase as carried_out

    settings = open_settings(Act.KEEP)
    with Bar() as step:
        told = carried_out(
            settings, key, ground=ground, reason=reason, by=by, second=second,
            at=utc_now(), progress=step,
        )  # fmt: skip

    def people() -> None:
        number = (
            "日志中没有需要删除的内容" if told.number is None else f"删除记录第 {told.number} 号"
        )
        table(f"已依法删除（{number}）", ["类别", "条数"], _kinds(told.facts))
        if told.deleted:
            rows = [(item.table, item.column, item.rows) for item in told.deleted]
            table("运行库中已删除", ["表", "列", "行"], rows)
        if told.kept:
            kept = [(item.table, item.column, item.rows, item.why) for item in told.kept]
            table("运行库中依法留存", ["表", "列", "行", "理由"], kept)
        _traces(told.traces)
        print(
            "备份在下一次轮换（xinnong backups）前仍含已删除的内容；从旧备份恢复后须再次办理。"
            "已导出的文件请按台账收回。"
        )

    answer_with(told, as_json, people)


def _list(as_json: bool) -> None:
    from ingest.erasure import deletions

    told = deletions(open_settings(Act.KEEP))

    def people() -> None:
        table(
            f"依法删除共 {len(told)} 次",
            ["号", "时间", "理由", "情况", "办理", "复核", "删除行数"],
            [
                (item.number, f"{item.at:%Y-%m-%d %H:%M}", item.ground, item.reason, item.by,
                 item.second, item.erased)
                for item in told
            ],
        )  # fmt: skip

    answer_with(told, as_json, people)


def _verify(backups: list[Path], as_json: bool) -> None:
    from ingest.erasure import verify_backups, verify_erased

    settings = open_settings(Act.KEEP)
    told = (*verify_erased(settings), *verify_backups(settings, backups))
    answer_with(told, as_json, lambda: _traces(told))
    if any(not item.why for item in told):
        raise typer.Exit(1)


def _traces(found: tuple[object, ...]) -> None:
    from ingest.erasure import Trace

    told = [item for item in found if isinstance(item, Trace)]
    if any(not item.why for item in told):
        rows = [(item.place, item.count) for item in told if not item.why]
        table("仍能找到的地方，请逐处处理后再运行 --verify", ["位置", "处"], rows)
    else:
        print("已逐库查找：没有发现仍在的内容。")


def _kinds(facts: dict[str, int]) -> list[tuple[str, int]]:
    from graph.schema import SCHEMA

    return [(SCHEMA.kind(kind).term, count) for kind, count in facts.items()]

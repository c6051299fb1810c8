"""Backups: made, read again, and put back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.acts import Act
from api.terminal import Bar, Json, answer_with, open_settings, say, table

if TYPE_CHECKING:
    from graph.backup import Backup, TurnOfBackups

__all__ = ["commands"]

commands = typer.Typer()

Folder = Annotated[Path, typer.Argument(help="备份所在的目录，每份一个 / folder of one backup")]
Secrets = Annotated[
    Path | None,
    typer.Option(
        help="密钥所在的目录，应与备份分开保管；不写为“备份目录.secrets” / folder of its secrets"
    ),
]


@commands.command()
def backup(
    folder: Folder,
    secrets: Secrets = None,
    verify: Annotated[
        bool, typer.Option("--verify", help="只核对已有的备份 / only read one that is there again")
    ] = False,
    as_json: Json = False,
) -> None:
    """备份日志、运行库和密钥，可在服务运行时进行 / back up log, store and, apart, secrets."""
    from graph.backup import back_up, secrets_beside, verify_backup
    from graph.time import utc_now

    settings = open_settings(Act.KEEP)
    beside = secrets or secrets_beside(folder)
    with Bar() as step:
        if verify:
            there = beside if secrets or beside.exists() else None
            found = verify_backup(folder, secrets=there, progress=step)
        else:
            found = back_up(settings, folder, secrets=beside, at=utc_now(), progress=step)
    _show("备份完整" if verify else "已备份", found, as_json)
    if not verify:
        say(f"请把 {found.secrets} 移到另一处保管：它与备份放在一起，等于没有分开")


@commands.command()
def backups(
    folder: Annotated[Path, typer.Argument(help="存放历次备份的目录 / folder of the backups")],
    keep: Annotated[int, typer.Option(help="保留最新的几份 / newest that stay")] = 7,
    days: Annotated[
        int | None, typer.Option(help="另外，超过多少天的不保留 / none that is older")
    ] = None,
    look: Annotated[
        bool, typer.Option("--look", help="只列出，不备份也不删除 / only list")
    ] = False,
    as_json: Json = False,
) -> None:
    """轮换备份：新备份核对完整后，删除到期的和仍含已删除内容的 / a backup a turn."""
    from graph.backup import next_turn
    from graph.time import utc_now

    settings = open_settings(Act.KEEP)
    with Bar() as step:
        told = next_turn(
            settings, folder, at=utc_now(), keep=keep, days=days, look=look, progress=step
        )
    answer_with(told, as_json, lambda: _show_turns(told))
    if told.made is not None:
        say(f"请把 {told.made.secrets} 移到另一处保管：它与备份放在一起，等于没有分开")


def _show_turns(told: TurnOfBackups) -> None:
    rows = [
        (turn.folder.name, f"{turn.made_at:%Y-%m-%d %H:%M}", turn.position,
         "是" if turn.holds_deleted else "", "保留" if turn in told.kept else "删除")
        for turn in sorted((*told.kept, *told.removed), key=lambda turn: turn.made_at, reverse=True)
    ]  # fmt: skip
    title = "下一次轮换" if told.made is None else f"已备份到 {told.made.folder}，较早的备份"
    table(title, ["目录", "生成时间", "日志批次", "仍含已删除的内容", "去留"], rows)


@commands.command()
def restore(folder: Folder, secrets: Secrets = None, as_json: Json = False) -> None:
    """把备份恢复到空的数据目录 / restore a backup into an empty data folder."""
    from graph.backup import restore as put_back
    from graph.backup import secrets_beside

    settings = open_settings(Act.KEEP)
    with Bar() as step:
        found = put_back(settings, folder, secrets=secrets or secrets_beside(folder), progress=step)
    _show("已恢复", found, as_json)
    say("图由日志重新生成：请运行 xinnong check --repair")


def _show(title: str, found: Backup, as_json: bool) -> None:
    answer_with(
        found,
        as_json,
        lambda: table(
            title,
            ["项目", "结果"],
            [
                ("目录", found.folder),
                ("生成时间", found.made_at),
                ("日志批次", found.position),
                ("文件", found.files),
                ("字节", found.size),
                ("备份编号", found.digest),
            ],
        ),
    )

"""Backups: made, read again, and put back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.acts import Act
from api.terminal import Bar, Json, answer_with, open_settings, say, table

if TYPE_CHECKING:
    from graph.backup import Backup

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

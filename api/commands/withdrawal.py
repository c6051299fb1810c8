"""A batch taken back: the wrong file came, and afterwards it is as if it had not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from api.acts import Act
from api.commands.data import show_concerned
from api.terminal import Bar, Json, answer_with, fetch_engine, open_settings, say, table

if TYPE_CHECKING:
    from ingest import Withdrawal

__all__ = ["commands"]

commands = typer.Typer()

_TITLES = {
    "possible": "试运行，没有写入任何内容",
    "withdrawn": "已撤销",
    "already": "这一批此前已经撤销，未作任何改动",
}


@commands.command()
def withdraw(
    batch: Annotated[
        str, typer.Argument(help="批次名或第几批，如 12 / name or position of the batch")
    ],
    reason: Annotated[str, typer.Option(help="为什么撤销，永久保留 / why, kept for ever")] = "",
    by: Annotated[
        str, typer.Option(help="撤销人；不写为登录名 / who withdraws, the login if not given")
    ] = "",
    dry_run: Annotated[bool, typer.Option(help="只看会改动什么，不写入 / write nothing")] = False,
    wait: Annotated[float, typer.Option(help="同一来源正在导入时等几秒 / seconds")] = 600.0,
    as_json: Json = False,
) -> None:
    """撤销送错的一批，如同没有收到 / withdraw a batch that was delivered by mistake."""
    import getpass

    import ingest as room

    settings = open_settings(Act.RECEIVE)
    if dry_run:
        found = room.preview_withdrawal(batch, settings=settings)
    else:
        fetch_engine(settings)
        with Bar() as step:
            found = room.withdraw(
                batch,
                reason=reason,
                by=by or getpass.getuser(),
                settings=settings,
                wait_s=wait,
                progress=step,
            )
    answer_with(found, as_json, lambda: _show(found))


def _show(found: Withdrawal) -> None:
    from graph.schema import SCHEMA

    kinds = sorted({*found.leaves, *found.returns})
    print(f"第 {found.batch.position} 批 {found.batch.file_name}：{_TITLES[found.state]}")
    table(
        "改动",
        ["事实", "不再成立", "恢复"],
        [
            (SCHEMA.kind(kind).term, found.leaves.get(kind, 0), found.returns.get(kind, 0))
            for kind in kinds
        ],
    )
    if found.released:
        say(f"该批退回的 {found.released} 行不再等待更正")
    if found.reopened:
        lost = (
            f"，其中 {found.without_text} 行的原文已删除，须重新报送" if found.without_text else ""
        )
        say(f"该批更正过的 {found.reopened} 行重新成为待更正{lost}")
    if found.made:
        said = found.made.notes
        say(f"{said['by']} 撤销，记为第 {found.made.position} 批，原因：{said['reason']}")
    show_concerned(found.decisions)

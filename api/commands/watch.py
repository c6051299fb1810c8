"""A drop folder, watched."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from api.acts import Act
from api.terminal import fetch_engine, open_settings, say

__all__ = ["commands"]

commands = typer.Typer()


@commands.command()
def watch(
    folder: Annotated[Path, typer.Argument(help="投放目录 / the drop folder")],
    settle: Annotated[float, typer.Option(help="几秒不变才算写完 / seconds unchanged")] = 2.0,
    once: Annotated[bool, typer.Option(help="处理完现有文件即退出 / stop when empty")] = False,
) -> None:
    """导入投放目录中到达的文件 / take in what arrives in a folder; Ctrl-C ends it."""
    import watchfiles

    from graph.errors import InputError, XinnongError
    from ingest.delivery.drop_folder import DropFolder
    from ingest.pipeline import bring_up

    if not folder.is_dir():
        raise InputError(
            f"没有目录 {folder}。请先建立它。",
            f"There is no folder {folder}.",
            code="folder_missing",
        )
    settings = open_settings(Act.RECEIVE)
    fetch_engine(settings)
    dropped = DropFolder(folder, settings, settle_s=settle)
    say(f"正在看守 {folder}，按 Ctrl-C 结束")
    behind = True
    with _stopped_by_ctrl_c() as stopping:
        # what changes wakes it up; once a second it looks anyway, to see what has stopped changing
        for _ in watchfiles.watch(
            folder, rust_timeout=1_000, yield_on_timeout=True, stop_event=stopping
        ):
            try:
                for arrived in dropped.take():
                    behind |= arrived.report is not None
                    say(f"{arrived.name}：{arrived.message_zh}")
                    if stopping.is_set():
                        break
                if behind and not stopping.is_set():
                    bring_up(settings)
                    behind = False
            except XinnongError as error:
                # a full disk or a stopped engine is put right while the watch goes on
                say(error.message_zh)
            if stopping.is_set() or (once and not behind and dropped.is_empty()):
                break
    if stopping.is_set():
        raise KeyboardInterrupt


@contextmanager
def _stopped_by_ctrl_c() -> Iterator[threading.Event]:
    """The first Ctrl-C ends the watch after the file at hand; a second one at once.

    An interrupt that came in the middle of somebody else's code could be lost there, and the
    watch would go on.
    """
    stopping = threading.Event()

    def stop(*_: object) -> None:
        stopping.set()
        signal.signal(signal.SIGINT, before)

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield stopping
    finally:
        signal.signal(signal.SIGINT, before)

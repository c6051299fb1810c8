"""The server, and the demonstration of everything."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.acts import Act
from api.terminal import Bar, fetch_engine, open_settings, opened, say

if TYPE_CHECKING:
    from fastapi import FastAPI

    from graph.settings import Settings

__all__ = ["commands"]

commands = typer.Typer()

#: New things after which Python asks whether they are garbage, of itself.
_OFTEN = 700

Port = Annotated[int, typer.Option(min=1, max=65535, help="端口 / port")]


@commands.command()
def serve(
    port: Port = 8000,
    host: Annotated[
        str, typer.Option(help="监听地址，仅限本机 / address, loopback only")
    ] = "127.0.0.1",
) -> None:
    """补齐图，启动服务，登录后使用 / bring the graph up, start the server."""
    from graph.errors import SettingsError

    if host not in ("127.0.0.1", "localhost", "::1"):
        raise SettingsError(
            "服务只能绑定本机地址 127.0.0.1：对外请由反向代理加密后转到本机。",
            "The server binds to loopback only: put a proxy with TLS before it.",
            code="loopback_only",
        )
    settings = open_settings(Act.KEEP)
    _refuse_taken(host, port)
    with _engine_beside(settings) as begun:
        _serve(settings, host, port, begun=begun)


def _serve(
    settings: Settings,
    host: str,
    port: int,
    *,
    begun: bool,
    welcome: Callable[[], None] | None = None,
) -> None:
    """Serve until it is stopped.

    Args:
        begun: whether the engine comes up meanwhile.
        welcome: said once the service answers.
    """
    made = cache(lambda: _loaded(settings))
    if begun:
        made()
    from api.logs import logging_to
    from api.security.first_start import has_people
    from api.server import run_until_stopped
    from graph.catch_up import catch_up

    fetch_engine(settings)
    with Bar() as step:
        # a first start imports the log, on the other processor as well
        catch_up(settings, progress=step, meanwhile=made)
    app = made()
    # what cannot be opened is said here, and not by the server with a traceback
    with opened(Act.KEEP) as services:
        services.open_store()
        if not has_people(services.office.store):
            say("还没有用户：请在另一个窗口运行 xinnong init，取得管理员的登录链接 / no users yet")

    def ready() -> None:
        # what is printed before the service answers leads whoever is quick to an error
        if welcome is not None:
            welcome()
        print(f"打开 http://{host}:{port} （仅限本机；按 Ctrl-C 停止）", flush=True)

    with logging_to(settings):
        run_until_stopped(app, host=host, port=port, stop_s=settings.stop_s, ready=ready)


def _loaded(settings: Settings) -> FastAPI:
    """The service, loaded and made.  All of it stays as long as it lives: it is gone through for garbage
    neither meanwhile nor later; what comes after it is, as often as Python does of itself (`api.cli`)."""
    from queries.collector import collector_at_rest

    gc.set_threshold(_OFTEN)
    with collector_at_rest():
        from api.app import create_app

        app = create_app(settings)
        gc.freeze()
    return app


@contextmanager
def _engine_beside(settings: Settings) -> Iterator[bool]:
    """The engine comes up on one processor while the block loads the service on another; whether it
    does.  It is left at the end, whatever that is."""
    from api.interrupt import ending
    from graph.engine import begin_engine, leave_engine

    begun = begin_engine(settings)
    try:
        yield begun
    finally:
        ending()
        # another server of this folder keeps it
        leave_engine(settings)


@commands.command()
def demo(
    persons: Annotated[int, typer.Option(help="样本区的人数 / persons of the district")] = 5_000,
    port: Port = 8000,
) -> None:
    """样本区演示：生成、导入、启动服务 / the sample district, ingested and served."""
    settings = open_settings(Act.KEEP)
    _refuse_taken("127.0.0.1", port)
    with _engine_beside(settings) as begun:
        _demonstrate(settings, persons, port, begun=begun)


def _demonstrate(settings: Settings, persons: int, port: int, *, begun: bool) -> None:
    import ingest as room
    from api.security import local_asker
    from api.security.first_start import demonstration_client, demonstration_links
    from graph.engine.ahead import archiving_beside, fetching_beside
    from graph.time import utc_now
    from ingest.sample import steps

    folder = settings.data / "district"
    with fetching_beside(settings):
        if not (folder / "truth.json").exists():
            say("生成样本区文件 / writing the sample district")
            _write_whole(folder, persons)
        with opened(Act.KEEP) as services:
            taken = [(batch.source, batch.file_name) for batch in services.deliveries().batches]
        # of the last one a workbook may be half in, one table of two: taken in again it changes nothing
        whole = {*taken} - {*taken[-1:]}
        with Bar() as step:
            for source, path in steps(folder):
                if (source, path.name) not in whole:
                    room.ingest(source, [path], settings=settings, into_graph=False, progress=step)
        with opened(Act.PEOPLE) as services:
            office, by = services.office, local_asker().name
            links = demonstration_links(office.store, by=by, at=utc_now())
            client = demonstration_client(office.store, office.settings, by=by, at=utc_now())
        _work_at_the_office()

    def welcome() -> None:
        print("演示用户的一次性登录链接（点一下即登录，各用一次）：")
        for role, shown, leads_to in links:
            print(f"  {role.term}（{shown}）：http://127.0.0.1:{port}{leads_to}", flush=True)
        print(f"演示客户端（接口说明 http://127.0.0.1:{port}/docs ，密钥只显示这一次）：")
        print(f"  CLIENT={client.client}\n  SECRET={client.secret}", flush=True)
        # whoever shows it once shows it again
        beside.enter_context(archiving_beside(settings))

    # a minute may have passed
    _refuse_taken("127.0.0.1", port)
    with ExitStack() as beside:
        _serve(settings, "127.0.0.1", port, begun=begun, welcome=welcome)


def _work_at_the_office() -> None:
    """What the district's households opened to its main bank, and what its office did since: once."""
    from api.who_asks import local_scope
    from graph.time import utc_now
    from ingest.sample.consents import households_of, register_sample
    from ingest.sample.office import plant_all

    with opened(Act.KEEP) as services:
        reader = services.reader(local_scope())
        if made := register_sample(services.office, households_of(reader), at=utc_now()):
            say(f"登记样本授权 {made} 份 / {made} consents of the sample")
        say("办理样本区的融资等业务 / the sample office works")
        plant_all(services.office, reader, at=utc_now())


def _write_whole(folder: Path, persons: int) -> None:
    """Write the district aside and put it in place: one cut short is no district."""
    import shutil

    from ingest.sample import write_district, write_public_records, write_registers

    aside = folder.with_name(f".{folder.name}")
    for left in (aside, folder):
        shutil.rmtree(left, ignore_errors=True)
    write_district(aside, persons=persons, progress=say)
    write_registers(aside)
    write_public_records(aside)
    aside.rename(folder)


def _refuse_taken(host: str, port: int) -> None:
    import socket

    from graph.errors import SettingsError

    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host if host != "::1" else "127.0.0.1", port))
        except OSError:
            raise SettingsError(
                f"端口 {port} 已被占用。请换一个：--port {port + 1}。",
                f"Port {port} is taken: choose another with --port.",
                code="port_taken",
            ) from None

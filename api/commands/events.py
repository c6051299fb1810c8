"""Events and subscriptions from the terminal: list, replay, who is sent what, send now."""

from __future__ import annotations

from typing import Annotated

import typer

from api.acts import Act
from api.terminal import Json, answer_with, opened, table

__all__ = ["commands"]

commands = typer.Typer(
    name="events", help="事件和推送 / events and subscriptions", no_args_is_help=True
)
By = Annotated[str, typer.Option("--by", help="办理人姓名或工号 / who acts")]
HookId = Annotated[str, typer.Argument(help="订阅编号，见 events hooks / subscription")]


@commands.command("list")
def listed(
    after: Annotated[int, typer.Option(min=0, help="从哪个位置之后 / behind a cursor")] = 0,
    limit: Annotated[int, typer.Option(min=1, max=200, help="最多几条 / at most")] = 50,
    as_json: Json = False,
) -> None:
    """发生了什么：主体、种类、位置 / what happened, by key and kind."""
    from api.events.desk import events_after
    from api.security import local_asker

    with opened(Act.NOTIFY) as services:
        found = events_after(services.office, local_asker(), after, most=limit)

    def people() -> None:
        table(
            f"读到第 {found.cursor} 号，共到第 {found.last} 号",
            ["位置", "时间", "事件", "主体", "关于", "涉及的信息"],
            [
                (one.cursor, one.at, one.kind_label, one.subject, one.about,
                 "、".join(one.kind_labels))
                for one in found.events
            ],
        )  # fmt: skip

    answer_with(found, as_json, people)


@commands.command()
def hooks(as_json: Json = False) -> None:
    """谁订阅了什么，发送得怎样 / subscriptions and how they fare."""
    from api.events.desk import EVENT_KINDS, hooks_of
    from api.security import local_asker

    with opened(Act.NOTIFY) as services:
        found = hooks_of(services.office, local_asker())

    def people() -> None:
        table(
            f"共 {len(found)} 项订阅",
            ["编号", "名称", "地址", "事件", "状态", "等待", "停止重试"],
            [
                (one.id, one.title, one.url,
                 "、".join(EVENT_KINDS[kind] for kind in one.kinds) or "全部", one.state_label,
                 one.counts.get("waiting", 0), one.counts.get("dead", 0))
                for one in found
            ],
        )  # fmt: skip

    answer_with(found, as_json, people)


@commands.command()
def subscribe(
    url: Annotated[str, typer.Argument(help="接收地址，https / where to")],
    title: Annotated[str, typer.Option(help="名称或用途 / what for")],
    by: By,
    kind: Annotated[
        list[str] | None, typer.Option(help="事件种类，可多次；不写为全部 / kinds of events")
    ] = None,
    division: Annotated[
        list[str] | None, typer.Option(help="区划代码，可多次 / codes of divisions")
    ] = None,
    as_json: Json = False,
) -> None:
    """新增订阅，显示一次签名密钥 / subscribe; the secret is shown once."""
    from api.events.desk import subscribe as add
    from api.security import local_asker
    from graph.time import utc_now

    with opened(Act.NOTIFY) as services:
        made = add(
            services.office, local_asker(), url, title=title, by=by, at=utc_now(),
            kinds=kind or (), divisions=division,
        )  # fmt: skip
    answer_with(
        made, as_json,
        lambda: print(f"已订阅，编号 {made.hook.id}。签名密钥只显示这一次：{made.secret}"),
    )  # fmt: skip


@commands.command()
def change(
    hook: HookId,
    act: Annotated[str, typer.Argument(help="rotate、pause、resume 或 end / what to do")],
    by: By,
    as_json: Json = False,
) -> None:
    """更换密钥、暂停、恢复、停用 / rotate, pause, resume or end."""
    from api.events.desk import HookSecret, change_hook
    from api.security import local_asker
    from graph.time import utc_now

    if act not in ("rotate", "pause", "resume", "end"):
        raise typer.BadParameter("应为 rotate、pause、resume 或 end 之一")
    with opened(Act.NOTIFY) as services:
        told = change_hook(services.office, local_asker(), hook, act, by=by, at=utc_now())

    def people() -> None:
        if isinstance(told, HookSecret):
            print(f"新的签名密钥只显示这一次：{told.secret}")
        else:
            print(f"{told.title}：{told.state_label}")

    answer_with(told, as_json, people)


@commands.command()
def deliveries(
    hook: HookId,
    state: Annotated[
        str, typer.Option(help="waiting、acknowledged、dead 或 beyond / in one state")
    ] = "",
    limit: Annotated[int, typer.Option(min=1, max=200, help="最多几条 / at most")] = 50,
    as_json: Json = False,
) -> None:
    """一项订阅的发送记录 / deliveries of a subscription."""
    from api.events.desk import deliveries_of
    from api.security import local_asker

    with opened(Act.NOTIFY) as services:
        found = deliveries_of(
            services.office, local_asker(), hook, states=[state] if state else (), most=limit
        )

    def people() -> None:
        table(
            f"最近 {len(found)} 条",
            ["位置", "事件", "主体", "结果", "次数", "情况"],
            [
                (one.event.cursor, one.event.kind_label, one.event.subject, one.state_label,
                 one.tries, one.problem or "")
                for one in found
            ],
        )  # fmt: skip

    answer_with(found, as_json, people)


@commands.command()
def replay(
    hook: HookId,
    after: Annotated[int, typer.Option(min=0, help="从哪个位置之后 / behind which cursor")],
    by: By,
    as_json: Json = False,
) -> None:
    """从一个位置起重放 / send again from a cursor."""
    from api.events.desk import replay_hook
    from api.security import local_asker
    from graph.time import utc_now

    with opened(Act.NOTIFY) as services:
        told = replay_hook(services.office, local_asker(), hook, after, by=by, at=utc_now())
    answer_with(told, as_json, lambda: print(f"{told.title}：将从第 {after} 号之后重放。"))


@commands.command()
def again(
    hook: HookId,
    cursor: Annotated[int, typer.Argument(min=1, help="位置 / cursor of the event")],
    by: By,
    as_json: Json = False,
) -> None:
    """重发一条停止重试的 / send a dead delivery again."""
    from api.events.desk import send_again
    from api.security import local_asker
    from graph.time import utc_now

    with opened(Act.NOTIFY) as services:
        told = send_again(services.office, local_asker(), hook, cursor, by=by, at=utc_now())
    answer_with(told, as_json, lambda: print(f"第 {cursor} 号将重发。"))

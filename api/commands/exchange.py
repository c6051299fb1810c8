"""Exchange with other systems: what waits, queueing, sending, taking in, and what was refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from api.acts import Act
from api.terminal import Bar, Json, answer_with, opened, table
from api.who_asks import local_scope

if TYPE_CHECKING:
    from ingest.exchange import ItemState

__all__ = ["commands"]

commands = typer.Typer(
    name="exchange",
    help="与其他系统交换：排队、报送、接收、退回 / exchange with other systems",
    no_args_is_help=True,
)
By = Annotated[str, typer.Option("--by", help="经办人姓名或工号 / who acts")]
Name = Annotated[str, typer.Argument(help="交换约定的名称，见 xinnong exchange status / contract")]
Item = Annotated[str, typer.Argument(help="报送记录的编号 / identifier of an item")]
Reason = Annotated[str, typer.Option(help="理由 / why")]


@commands.command()
def status(as_json: Json = False) -> None:
    """每个单位：是否已连接，多少待上报、已处理、退回 / how things stand with each partner."""
    from ingest.exchange import STATES, overview

    with opened(Act.OFFICE) as services:
        found = overview(services.office.settings, services.office.store)

    def people() -> None:
        table(
            f"交换约定（{len(found)} 个）",
            ["名称", "约定", "方向", "连接", *STATES.values(), "未答复批次"],
            [
                (one.name, one.title, one.direction_label, one.end_label, *one.counts.values(), len(one.open_requests))
                for one in found
            ],
        )  # fmt: skip

    answer_with(found, as_json, people)


@commands.command()
def queue(
    name: Name,
    by: By,
    reason: Annotated[
        str, typer.Option(help="大批撤回的理由；平时不写 / why much may be withdrawn")
    ] = "",
    as_json: Json = False,
) -> None:
    """把对方缺的、变更的和应撤回的排入待上报，不发送 / fill the outbox; nothing is sent."""
    from ingest.exchange import enqueue

    with opened(Act.OFFICE) as services:
        office = services.office
        found = enqueue(
            services.reader(local_scope()), office.settings, office.store, name,
            by=by, reason=reason,
        )  # fmt: skip

    def people() -> None:
        print(
            f"应有 {found.shared} 条：新增 {found.new}，更新 {found.updates}，撤回 {found.withdrawals}；"
            f"其中缺必填内容、待补充 {found.incomplete}；不再送出 {found.closed}。"
        )

    answer_with(found, as_json, people)


@commands.command()
def send(name: Name, by: By, as_json: Json = False) -> None:
    """发送待上报的；先查询没有答复的批次 / send what waits; lost answers are asked for first."""
    from ingest.exchange import send

    with opened(Act.OFFICE) as services, Bar() as step:
        office = services.office
        found = send(office.settings, office.store, name, by=by, progress=step)

    def people() -> None:
        print(
            f"有答复的批次 {found.requests}：接收 {found.accepted} 条，退回 {found.refused} 条；"
            f"没有答复的批次 {found.unanswered}。"
        )
        if found.problem:
            print(found.problem)

    answer_with(found, as_json, people)


@commands.command()
def receive(name: Name, by: By, as_json: Json = False) -> None:
    """接收对方的数据，按普通导入处理 / take in what a partner has, by the ordinary ingest."""
    from ingest.exchange import receive

    with opened(Act.OFFICE) as services, Bar() as step:
        office = services.office
        found = receive(office.settings, office.store, name, by=by, progress=step)

    def people() -> None:
        print(
            f"接收 {found.pages} 页 {found.rows} 行：采纳 {found.accepted}，不变 {found.unchanged}，"
            f"隔离 {found.quarantined}。"
        )
        if found.problem:
            print(found.problem)

    answer_with(found, as_json, people)


@commands.command()
def items(
    name: Name,
    state: Annotated[
        str,
        typer.Option(
            help="状态代码：waiting、sent、accepted、refused、deferred、closed / state code"
        ),
    ] = "",
    as_json: Json = False,
) -> None:
    """报送记录和对方的答复 / items, and what the partner said."""
    from ingest.exchange import contract_items

    with opened(Act.OFFICE) as services:
        found = contract_items(services.reader(local_scope()), services.office.store, name, state)

    def people() -> None:
        table(
            f"报送记录（{len(found)} 条）",
            ["编号", "表", "文号", "版本", "操作", "状态", "代码", "对方答复"],
            [
                (one.id, one.template_label, one.document_no or "", one.version, one.action_label, one.state_label, one.code or "", one.message or "")
                for one in found
            ],
        )  # fmt: skip

    answer_with(found, as_json, people)


@commands.command("again")
def again(item: Item, by: By, reason: Reason, as_json: Json = False) -> None:
    """原样重发一条退回的或者延期的 / send again, unchanged, what was refused or put off."""
    from ingest.exchange import send_item_again

    with opened(Act.OFFICE) as services:
        kept = send_item_again(services.office.store, item, by=by, reason=reason)
    answer_with(kept, as_json, lambda: _say(kept))


@commands.command("hand-over")
def hand_over(
    number: Annotated[str, typer.Argument(help="批号 / number of a request")],
    by: By,
    reason: Reason,
    as_json: Json = False,
) -> None:
    """对方丢失的一批，下次按原批号重新送出 / hand over again, under its number."""
    from ingest.exchange import hand_over_again

    with opened(Act.OFFICE) as services:
        office = services.office
        kept = hand_over_again(office.settings, office.store, number, by=by, reason=reason)
    answer_with(kept, as_json, lambda: print(f"{kept.title}：下次报送时按原批号送出。"))


@commands.command("put-off")
def put_off(item: Item, by: By, reason: Reason, as_json: Json = False) -> None:
    """暂缓一条待上报的或者退回的 / hold back what has not left."""
    from ingest.exchange import put_off_item

    with opened(Act.OFFICE) as services:
        kept = put_off_item(services.office.store, item, by=by, reason=reason)
    answer_with(kept, as_json, lambda: _say(kept))


def _say(kept: ItemState) -> None:
    print(f"{kept.template_label} 第 {kept.version} 版：{kept.state_label}")

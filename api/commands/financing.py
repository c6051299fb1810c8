"""The financing loop: applications in hand, one demand with its history, reminders."""

from __future__ import annotations

from typing import Annotated

import typer

from api.acts import Act
from api.terminal import Json, answer_with, opened, table
from api.who_asks import local_scope

__all__ = ["commands"]

commands = typer.Typer(
    name="financing",
    help="融资办理：在办申请、办理历史、催办 / applications for credit and what becomes of them",
    no_args_is_help=True,
)


@commands.command("list")
def listed(
    limit: Annotated[int, typer.Option(min=1, max=200, help="最多几件 / at most")] = 50,
    offset: Annotated[int, typer.Option(min=0, help="从第几件起 / from")] = 0,
    as_json: Json = False,
) -> None:
    """在办的融资申请，超时限的在前 / applications in hand, what is overdue first."""
    from api.financing import desk_for
    from graph.time import utc_now

    with opened(Act.FINANCE) as services:
        desk = desk_for(services, local_scope())
        found = desk.inbox(at=utc_now(), limit=limit, offset=offset)

    def people() -> None:
        table(
            f"在办 {found.total} 件，超时限 {found.overdue} 件",
            ["申请", "需求", "机构", "申请人", "金额（分）", "进度", "下一步", "期限"],
            [
                (one.case, one.demand, one.institution, one.subject, one.amount_fen,
                 one.state_label, one.waiting.title if one.waiting else "",
                 one.waiting.on if one.waiting else "")
                for one in found.rows
            ],
        )  # fmt: skip

    answer_with(found, as_json, people)


@commands.command()
def show(
    number: Annotated[int, typer.Argument(min=1, help="需求编号 / number of the demand")],
    as_json: Json = False,
) -> None:
    """一项融资需求和全部办理历史 / one demand with its whole history."""
    from api.financing import desk_for
    from graph.time import utc_now
    from ingest.financing import WORDS

    with opened(Act.FINANCE) as services:
        file = desk_for(services, local_scope()).look(number, at=utc_now())

    def people() -> None:
        states = {**WORDS["states"], **WORDS["demand_states"]}
        table(
            f"{file.demand.subject}：{file.demand.amount_fen} 分，{file.demand.months} 个月，"
            f"{states[file.demand.state]}",
            ["时间", "申请", "事项", "其后进度", "办理人", "编号", "原因"],
            [
                (act.at, act.case_number, WORDS["acts"][act.act], states[act.state], act.by,
                 act.reference, act.reason)
                for act in file.acts
            ],
        )  # fmt: skip

    answer_with(file, as_json, people)


@commands.command()
def remind(
    by: Annotated[str, typer.Option("--by", help="办理人姓名或工号 / who acts")],
    as_json: Json = False,
) -> None:
    """对超时限的申请登记催办，每一步只登记一次 / note a reminder of what is overdue, once a step."""
    from api.financing import desk_for
    from graph.time import utc_now

    with opened(Act.FINANCE) as services:
        told = desk_for(services, local_scope()).remind(by=by, at=utc_now())
    answer_with({"reminded": told}, as_json, lambda: print(f"已登记催办 {told} 件。"))


@commands.command()
def exchange(as_json: Json = False) -> None:
    """与已配置的融资平台和银行后台交换一轮 / one round with every connected partner."""
    from api.financing import desk_for
    from graph.time import utc_now
    from ingest.financing.round import exchange_round

    with opened(Act.FINANCE) as services:
        desk = desk_for(services, local_scope())
        rounds = exchange_round(services.office, at=utc_now())
        desk.carry_out(into_graph=False)

    def people() -> None:
        table(
            f"已连接 {len(rounds)} 个对接方",
            ["对接方", "移交", "接收", "办理", "待人工查看", "情况"],
            [
                (one.title, sum(one.handed.values()), sum(one.received.values()),
                 one.applied.get("applied", 0), len(one.to_look_at), one.problem or "正常")
                for one in rounds
            ],
        )  # fmt: skip

    answer_with(rounds, as_json, people)

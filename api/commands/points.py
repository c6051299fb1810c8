"""Credit points: who takes part, what each has and why, joining, leaving, letting somebody see."""

from __future__ import annotations

from typing import Annotated

import typer

from api.acts import Act
from api.terminal import (
    AsOf,
    Json,
    Key,
    KnownAt,
    answer_with,
    basis,
    day_of,
    instant_of,
    opened,
    permitted,
    table,
)
from api.who_asks import local_scope

__all__ = ["commands"]

commands = typer.Typer(
    name="points",
    help="信用积分：自愿参加，只激励，逐项说明 / credit points, by application only",
    no_args_is_help=True,
)
By = Annotated[str, typer.Option("--by", help="办理人姓名或工号 / who acts")]
Number = Annotated[int, typer.Argument(min=1, help="编号 / number")]


@commands.command("list")
def listed(
    limit: Annotated[int, typer.Option(min=1, max=200, help="最多几个 / at most")] = 50,
    offset: Annotated[int, typer.Option(min=0, help="从第几个起 / from")] = 0,
    as_of: AsOf = "",
    known_at: KnownAt = "",
    as_json: Json = False,
) -> None:
    """参加积分的主体和各自的积分 / who takes part."""
    from queries.points import participants

    with opened(Act.OFFICE) as services:
        reader = services.reader(local_scope(), as_of=day_of(as_of), known_at=instant_of(known_at))
        found = participants(reader, services.office.store, limit=limit, offset=offset)

    def people() -> None:
        table(
            f"参加的主体共 {found.total} 个。{found.notice}",
            ["编号", "主体", "名称", "积分", "计分项", "未定分值"],
            [
                (one.participant, one.party, one.name, _said(one.points), one.counted, one.not_scored)
                for one in found.rows
            ],
        )  # fmt: skip
        basis(found.basis)

    answer_with(found, as_json, people)


@commands.command()
def show(key: Key, as_of: AsOf = "", known_at: KnownAt = "", as_json: Json = False) -> None:
    """一个参加主体的积分，逐项说明 / points of a participant, line by line."""
    from queries.points import points_of

    with opened(Act.OFFICE) as services:
        reader = services.reader(local_scope(), as_of=day_of(as_of), known_at=instant_of(known_at))
        told = points_of(reader, services.office.store, key)

    def people() -> None:
        table(
            f"{told.name or told.party}：{_said(told.points)}（{told.title or '没有适用的规则'}）",
            ["事项", "规则", "分值", "计分", "结果", "说明", "至"],
            [
                (line.title, line.rule_label, _said(line.value), _said(line.points), line.state_label,
                 line.why, line.until)
                for line in told.lines
            ],
        )  # fmt: skip
        print(told.notice)
        basis(told.basis)

    answer_with(told, as_json, people)


@commands.command()
def rules(as_json: Json = False) -> None:
    """积分规则：分值、来源、起止 / what gives how many, from when."""
    permitted(Act.LOOK)
    from graph.schema.public_record import LEVELS
    from queries.points import load_points

    book = load_points()

    def people() -> None:
        for item in book.configurations:
            rows = [("基础分", item.base)]
            rows += [(f"{LEVELS[level]}级荣誉", value) for level, value in item.honours.items()]
            rows += [(line.title, line) for line in item.negatives]
            table(
                f"{item.title}，自 {item.begins}",
                ["事项", "分值", "来源"],
                [(title, _said(value.points), value.source) for title, value in rows],
            )

    answer_with(book, as_json, people)


@commands.command()
def join(
    key: Key,
    application: Annotated[str, typer.Option(help="申请书编号或申请方式 / by which paper")],
    by: By,
    as_json: Json = False,
) -> None:
    """受理参加申请 / note an application."""
    from queries.points import join_points

    with opened(Act.OFFICE) as services:
        kept = join_points(
            services.reader(local_scope()), services.office.store, key,
            application=application, by=by,
        )  # fmt: skip
    answer_with(kept, as_json, lambda: print(f"已受理，编号 {kept.number}。"))


@commands.command()
def leave(
    number: Number,
    by: By,
    why: Annotated[str, typer.Option(help="情况 / why")],
    as_json: Json = False,
) -> None:
    """退出积分 / end that a subject takes part."""
    from queries.points import leave_points

    with opened(Act.OFFICE) as services:
        kept = leave_points(services.office.store, number, by=by, why=why)
    answer_with(kept, as_json, lambda: print(f"已退出：{kept.number}"))


@commands.command()
def share(
    number: Number,
    institution: Annotated[str, typer.Option(help="机构编号 / institution")],
    purpose: Annotated[str, typer.Option(help="用途 / purpose")],
    until_on: Annotated[str, typer.Option("--until", help="截止日期 / last day")],
    by: By,
    as_json: Json = False,
) -> None:
    """登记对一家机构的查看同意 / let an institution see."""
    from queries.points import share_points

    with opened(Act.OFFICE) as services:
        kept = share_points(
            services.reader(local_scope()), services.office.store, number, institution,
            purpose=purpose, until_on=day_of(until_on), by=by,
        )  # fmt: skip
    answer_with(kept, as_json, lambda: print(f"已登记同意，编号 {kept.number}。"))


@commands.command("end-share")
def end_share(number: Number, by: By, as_json: Json = False) -> None:
    """撤回查看同意 / an institution may see no more."""
    from queries.points import end_points_share

    with opened(Act.OFFICE) as services:
        kept = end_points_share(services.office.store, number, by=by)
    answer_with(kept, as_json, lambda: print(f"已撤回：{kept.number}"))


def _said(points: float | None) -> str:
    return "未定" if points is None else f"{points:g}"

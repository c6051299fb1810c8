"""Sector monitoring: rules, warnings, subscriptions, and what somebody has to read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from api.acts import Act
from api.terminal import (
    AsOf,
    Json,
    KnownAt,
    answer_with,
    basis,
    instant_of,
    opened,
    permitted,
    table,
)
from api.who_asks import local_scope

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from queries.monitoring import Running, SectorWarning

__all__ = ["commands"]

commands = typer.Typer(
    name="monitoring",
    help="行业信用监测：规则、预警、订阅、待阅 / sector monitoring",
    no_args_is_help=True,
)

Industries = Annotated[
    list[str], typer.Option("--industry", help="行业代码或门类字母，可写几次 / industry")
]
Classes = Annotated[
    list[str], typer.Option("--class", help="主体类别，如 Enterprise，可写几次 / class of subject")
]
Areas = Annotated[list[str], typer.Option("--area", help="区划代码，可写几次 / division")]
Rules = Annotated[list[str], typer.Option("--rule", help="规则代码，可写几次 / rule")]
By = Annotated[str, typer.Option("--by", help="办理人姓名或工号 / who acts")]
Subscriber = Annotated[str, typer.Argument(help="订阅人姓名或工号 / who subscribes")]


@commands.command()
def rules(as_json: Json = False) -> None:
    """监测规则：什么情况产生预警、依据、自何时 / what raises a warning, and why we may look."""
    permitted(Act.LOOK)
    from queries.monitoring import load_monitoring

    book = load_monitoring()

    def people() -> None:
        table(
            f"监测规则（{book.version}）",
            ["代码", "规则", "什么情况产生预警", "依据", "自"],
            [
                (code, one.title, one.raised_by, one.ground, one.in_force_from)
                for code, one in book.rules.items()
            ],
        )

    answer_with(book, as_json, people)


@commands.command()
def warnings(
    industry: Industries = [],  # noqa: B006 - typer copies it
    subject_class: Classes = [],  # noqa: B006 - typer copies it
    area: Areas = [],  # noqa: B006 - typer copies it
    rule: Rules = [],  # noqa: B006 - typer copies it
    since: Annotated[str, typer.Option(help="此时点以后知悉的 / came since")] = "",
    limit: Annotated[int, typer.Option(min=1, max=1_000, help="最多几条 / at most")] = 100,
    as_of: AsOf = "",
    known_at: KnownAt = "",
    as_json: Json = False,
) -> None:
    """行业预警：事件、前后情况、依据 / warnings that stand, what came last first."""
    from graph.time import parse_date, parse_instant
    from queries.monitoring import wanted, warning_list

    chosen = wanted(
        sector={"industries": industry, "classes": subject_class, "areas": area}, rules=rule
    )
    with opened(Act.OFFICE) as services:
        reader = services.reader(
            local_scope(),
            as_of=parse_date(as_of) if as_of else None,
            known_at=instant_of(known_at),
        )
        found = warning_list(
            reader, chosen.sector, rules=chosen.rules,
            since=parse_instant(since) if since else None, limit=limit,
        )  # fmt: skip
    assert found is not None

    def people() -> None:
        _show(f"预警（共 {found.total} 条）", list(found.warnings))
        if found.total > len(found.warnings):
            print(f"另有 {found.total - len(found.warnings)} 条，请用筛选缩小。")
        basis(found.basis)

    answer_with(found, as_json, people)


@commands.command()
def subscriptions(as_json: Json = False) -> None:
    """全部订阅 / who is told of what, and when."""
    from queries.monitoring import subscriptions as every

    with opened(Act.OFFICE) as services:
        found = every(services.office.store)
    answer_with({"subscriptions": found}, as_json, lambda: _list(found))


@commands.command()
def subscribe(
    name: Subscriber,
    by: By,
    reason: Annotated[str, typer.Option(help="理由 / why")],
    industry: Industries = [],  # noqa: B006 - typer copies it
    subject_class: Classes = [],  # noqa: B006 - typer copies it
    area: Areas = [],  # noqa: B006 - typer copies it
    rule: Rules = [],  # noqa: B006 - typer copies it
    begins_on: Annotated[str, typer.Option("--from", help="自哪一天，不写为现在 / first day")] = "",
    ends_on: Annotated[str, typer.Option("--to", help="到哪一天（含）/ last day")] = "",
    quiet: Annotated[str, typer.Option(help="免打扰时段，如 22:00-07:00 / quiet hours")] = "",
    digest_at: Annotated[
        str, typer.Option("--digest", help="每天汇总时间，如 09:00 / digest")
    ] = "",
    as_json: Json = False,
) -> None:
    """设立订阅：行业、类别、区域、规则不写为全部 / have somebody told."""
    from queries.monitoring import Running, wanted
    from queries.monitoring import subscribe as set_up

    begin, _, end = quiet.partition("-")
    chosen = wanted(
        sector={"industries": industry, "classes": subject_class, "areas": area},
        rules=rule, quiet_from=begin or None, quiet_to=end or None, digest_at=digest_at or None,
    )  # fmt: skip
    with opened(Act.OFFICE) as services:
        kept = set_up(
            services.office.store, name, chosen,
            begins_on=_day(begins_on), ends_on=_day(ends_on), reason=reason, by=by,
        )  # fmt: skip
    made = Running(kept, chosen)
    answer_with(made, as_json, lambda: _list([made]))


@commands.command()
def end(
    number: Annotated[int, typer.Argument(help="订阅编号 / number", min=1, max=2**31 - 1)],
    by: By,
    why: Annotated[str, typer.Option(help="理由 / why")],
    as_json: Json = False,
) -> None:
    """结束订阅，此前知悉的仍待阅 / end a subscription."""
    from queries.monitoring import end_subscription

    with opened(Act.OFFICE) as services:
        kept = end_subscription(services.office.store, number, by=by, why=why)
    answer_with(kept, as_json, lambda: print(f"订阅 {kept.number} 已由 {kept.ended_by} 结束"))


@commands.command()
def inbox(
    name: Subscriber,
    read: Annotated[
        bool, typer.Option("--read", help="列出以后标记已阅 / note what was listed as read")
    ] = False,
    limit: Annotated[int, typer.Option(min=1, max=1_000, help="最多几条 / at most")] = 100,
    as_json: Json = False,
) -> None:
    """订阅人的待阅预警；不加 --read 只看不标记 / what is new for one who subscribes."""
    from queries.monitoring import inbox as to_read
    from queries.monitoring import mark_read, subscriber

    with opened(Act.OFFICE) as services:
        reader = services.reader(local_scope())
        store = services.office.store
        found = to_read(reader, store, subscriber(store, name), limit=limit)
        assert found is not None

        def people() -> None:
            _show(f"{found.name} 待阅预警（共 {found.total} 条）", [i.warning for i in found.items])
            if found.held:
                print(f"另有 {found.held} 条待免打扰时段结束或汇总时送达。")
            basis(found.basis)

        answer_with(found, as_json, people)
        # only after it was printed: who is cut off in between sees it again
        if read and found.items:
            mark_read(reader, store, found.subscriber, [i.warning.id for i in found.items])


def _show(title: str, found: list[SectorWarning]) -> None:
    table(
        title,
        ["规则", "主体", "此前", "现在", "知悉时间", "批次"],
        [
            (one.title, one.name or one.subject, one.before, one.after, one.came_at, one.position)
            for one in found
        ],
    )


def _list(found: Sequence[Running]) -> None:
    rows = [
        (
            one.kept.number, one.kept.name, "、".join(one.wanted.sector.industries),
            "、".join(one.wanted.sector.classes), "、".join(one.wanted.sector.areas),
            "、".join(one.wanted.rules), one.kept.begins_at, one.kept.ends_on,
            f"{one.wanted.quiet_from:%H:%M}-{one.wanted.quiet_to:%H:%M}" if one.wanted.quiet_from else "",
            f"{one.wanted.digest_at:%H:%M}" if one.wanted.digest_at else "", one.kept.ended_at,
        )
        for one in found
    ]  # fmt: skip
    table(
        "订阅",
        ["编号", "订阅人", "行业", "类别", "区域", "规则", "自", "至", "免打扰", "汇总", "已结束"],
        rows,
    )


def _day(text: str) -> date | None:
    from graph.time import parse_date

    return parse_date(text) if text else None

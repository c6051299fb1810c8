"""Measures against dishonesty and incentives: the catalogue, what goes too far, applying and lifting."""

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
    pairs,
    permitted,
    table,
)
from api.who_asks import local_scope

if TYPE_CHECKING:
    from queries.measures import Admission, MeasureRequest

__all__ = ["commands"]

commands = typer.Typer(
    name="measures",
    help="惩戒和激励措施：目录、越权、适用、解除 / measures and incentives",
    no_args_is_help=True,
)
By = Annotated[str, typer.Option("--by", help="办理人姓名或工号 / who acts")]
Given = Annotated[
    list[str],
    typer.Argument(
        help="名称=值：measure、subject、role、record（或 document_no、document_authority、decided_on）、"
        "authority、officer、begins_on、ends_on、told_on、remedy、responsibility / name=value"
    ),
]


@commands.command()
def catalogue(
    area: Annotated[str, typer.Option(help="领域，中文或代码 / area")] = "",
    as_json: Json = False,
) -> None:
    """措施目录：领域、对象、依据、机关、期限 / the catalogue of lawful measures."""
    permitted(Act.LOOK)
    from queries.measures import load_measures
    from queries.measures.catalogue import SURE

    book = load_measures()
    found = [item for item in book.measures if not area or item.area == book.area_of(area)]

    def people() -> None:
        table(
            f"惩戒措施目录（{len(found)} 项）",
            ["编号", "领域", "措施", "对象", "依据", "类", "核实"],
            [
                (one.id, book.areas[one.area], one.title, one.target, one.clause, one.group, SURE[one.sure])
                for one in found
            ],
        )  # fmt: skip

    answer_with(found, as_json, people)


@commands.command()
def overreach(as_of: AsOf = "", known_at: KnownAt = "", as_json: Json = False) -> None:
    """越权和不当的措施，以及待核实的 / measures that go too far, and those still to be checked."""
    from graph.time import parse_date
    from queries.measures import OverreachAnswer, measure_register

    day = parse_date(as_of) if as_of else None
    with opened(Act.OFFICE) as services:
        reader = services.reader(local_scope(), as_of=day, known_at=instant_of(known_at))
        found = OverreachAnswer.of(measure_register(reader, services.office.store))

    def people() -> None:
        table(
            f"实施中的惩戒措施 {found.in_force} 项，其中不当 {len(found.findings)} 项",
            ["实施单位和编号", "对象", "措施", "问题", "依法怎样办"],
            [
                (one.statement.id, one.statement.name, one.statement.title, one.title, one.instead)
                for one in found.findings
            ],
        )
        if found.to_check:
            print(f"待核实 {len(found.to_check)} 项：{'、'.join(one.id for one in found.to_check)}")
        basis(found.basis)

    answer_with(found, as_json, people)


@commands.command()
def check(given: Given, as_json: Json = False) -> None:
    """逐项核对能否适用一项措施，不写入 / check every clause, write nothing."""
    from queries.measures import check_measure

    asked = _request(given)
    with opened(Act.OFFICE) as services:
        answer = check_measure(services.reader(local_scope()), asked)
    answer_with(answer, as_json, lambda: _show(answer))


@commands.command()
def propose(given: Given, by: By, as_json: Json = False) -> None:
    """提出一项措施，各项都成立才收下 / put a measure forward; every clause must hold."""
    from queries.measures import propose_measure

    asked = _request(given)
    with opened(Act.OFFICE) as services:
        kept, answer = propose_measure(
            services.reader(local_scope()), services.office.store, asked, by=by
        )

    def people() -> None:
        _show(answer)
        print(f"已提出，待另一人批准：{kept.id}")

    answer_with(kept, as_json, people)


@commands.command()
def approve(
    measure: Annotated[str, typer.Argument(help="编号 / identifier")],
    by: By,
    as_json: Json = False,
) -> None:
    """批准一项措施（须由另一人，各项重新核对）/ let a measure pass, by another person."""
    from queries.measures import approve_measure

    with opened(Act.OFFICE) as services:
        kept, _ = approve_measure(
            services.reader(local_scope()), services.office.store, measure, by=by
        )
    answer_with(kept, as_json, lambda: print(f"已由 {kept.approved_by} 批准：{kept.id}"))


@commands.command()
def lift(
    measure: Annotated[str, typer.Argument(help="编号 / identifier")],
    by: By,
    why: Annotated[str, typer.Option(help="理由 / why")],
    as_json: Json = False,
) -> None:
    """解除一项措施，或者撤回待批准的 / lift a measure."""
    from queries.measures import lift_measure

    with opened(Act.OFFICE) as services:
        kept = lift_measure(services.office.store, measure, by=by, why=why)
    answer_with(kept, as_json, lambda: print(f"已由 {kept.lifted_by} 解除：{kept.id}"))


@commands.command()
def incentives(as_json: Json = False) -> None:
    """激励目录和谁享受了哪项 / incentives, and who used which."""
    from queries.measures import load_incentives, measure_register, used_incentives

    with opened(Act.OFFICE) as services:
        reader = services.reader(local_scope())
        used = used_incentives(reader, measure_register(reader, services.office.store))

    def people() -> None:
        book = load_incentives()
        table(
            f"激励措施（现有使用 {len(used.uses)} 次）",
            ["编号", "类别", "激励", "面向", "使用次数", "主体数"],
            [
                (one.id, book.kinds[one.kind], one.title, one.for_whom, used.counts[one.id], used.subjects[one.id])
                for one in book.incentives
            ],
        )  # fmt: skip
        table(
            "使用情况",
            ["激励", "主体", "提供单位", "自"],
            [
                (use.incentive, use.statement.name, use.statement.said.authority, use.statement.said.begins_on)
                for use in used.uses
            ],
        )  # fmt: skip
        basis(used.basis)

    answer_with(used, as_json, people)


@commands.command("use")
def use(
    incentive: Annotated[str, typer.Argument(help="激励编号 / incentive")],
    subject: Annotated[str, typer.Argument(help="主体编号 / party key")],
    ground: Annotated[str, typer.Option(help="依据，如 A 级纳税人 / ground")],
    provider: Annotated[str, typer.Option(help="提供单位 / who provides it")],
    by: By,
    as_json: Json = False,
) -> None:
    """登记一次激励 / note that an incentive was given."""
    from queries.measures import use_incentive

    with opened(Act.OFFICE) as services:
        kept = use_incentive(
            services.reader(local_scope()), services.office.store, incentive, subject,
            ground=ground, provider=provider, by=by,
        )  # fmt: skip
    answer_with(kept, as_json, lambda: print(f"已登记：{kept.id}"))


def _request(given: list[str]) -> MeasureRequest:
    from queries.measures import MeasureRequest

    return MeasureRequest.of(pairs(given))


def _show(answer: Admission) -> None:
    from queries.measures import VERDICTS

    table(
        f"核对结果：{VERDICTS[answer.verdict]}",
        ["项", "内容", "结论", "情况", "怎样办", "依据"],
        [
            (one.number, one.title, VERDICTS[one.verdict], one.reason, one.remedy, one.basis)
            for one in answer.clauses
        ],
    )

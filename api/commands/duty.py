"""The data catalogue and the list of duties."""

from __future__ import annotations

from typing import Annotated

import typer

from api.acts import Act
from api.terminal import AsOf, Json, KnownAt, answer_with, basis, instant_of, opened, table
from api.who_asks import local_scope

__all__ = ["commands"]

commands = typer.Typer(
    name="duties",
    help="信用信息目录和责任清单：谁报什么、何时报、报得怎样 / who owes what by when",
    no_args_is_help=True,
)


@commands.command("list")
def listed(
    state: Annotated[str, typer.Option(help="状态代码，如 overdue / state")] = "",
    as_of: AsOf = "",
    known_at: KnownAt = "",
    as_json: Json = False,
) -> None:
    """责任清单：各项的目录类别、期限、最近一次和完整率 / every item"""
    from graph.time import parse_date
    from ingest.duties import Duties
    from ingest.duties.desk import DutyDesk

    day = parse_date(as_of) if as_of else None
    with opened(Act.OFFICE) as services:
        reader = services.reader(local_scope(), as_of=day, known_at=instant_of(known_at))
        every = DutyDesk(services.office, reader).duties()
    found = Duties(every.basis, every.catalogue, every.of(state))

    def people() -> None:
        table(
            f"责任清单（{len(found.items)} 项；{found.catalogue.title}）",
            ["责任单位", "事项", "目录类别", "期限", "状态", "最近一次", "完整率"],
            [
                (
                    one.department, one.title, "、".join(one.place_labels), one.due, one.state_label,
                    one.last_on,
                    "无" if one.completeness is None
                    else f"{one.completeness:.1%}（{one.taken}/{one.rows_in}）",
                )
                for one in found.items
            ],
        )  # fmt: skip
        for note in found.catalogue.notes:
            print(note)
        basis(found.basis)

    answer_with(found, as_json, people)


@commands.command()
def departments(as_of: AsOf = "", known_at: KnownAt = "", as_json: Json = False) -> None:
    """各部门按权力清单应报的行政行为 / what departments owe by the power list"""
    from graph.time import parse_date
    from ingest.duties.desk import DutyDesk

    day = parse_date(as_of) if as_of else None
    with opened(Act.OFFICE) as services:
        reader = services.reader(local_scope(), as_of=day, known_at=instant_of(known_at))
        found = DutyDesk(services.office, reader).departments()
    assert found is not None

    def people() -> None:
        table(
            f"各部门应报的行政行为（{found.month}）",
            ["部门", "类别", "台账", "应报送", "已报送", "逾期未报送"],
            [
                (
                    one.department_name, one.act_class_label, one.status_label, one.due,
                    one.reported, one.overdue,
                )
                for one in found.departments
            ],
        )  # fmt: skip
        basis(found.basis)

    answer_with(found, as_json, people)


@commands.command()
def item(
    source: Annotated[str, typer.Argument(help="来源，如 credit_list / source")],
    of_table: Annotated[str, typer.Argument(metavar="TABLE", help="表，如 listing / table")],
    as_of: AsOf = "",
    known_at: KnownAt = "",
    as_json: Json = False,
) -> None:
    """一项的各字段：目录类别和填写率 / one item, field by field"""
    from graph.time import parse_date
    from ingest.duties.desk import DutyDesk

    day = parse_date(as_of) if as_of else None
    with opened(Act.OFFICE) as services:
        reader = services.reader(local_scope(), as_of=day, known_at=instant_of(known_at))
        found = DutyDesk(services.office, reader).item(source, of_table)

    def people() -> None:
        table(
            f"{found.duty.title}：{found.duty.state_label}；{found.duty.due}",
            ["字段", "必填", "目录类别", "敏感级别", "填写率"],
            [
                (
                    one.title, "是" if one.required else "", "、".join(one.places), one.sensitivity,
                    "无" if one.ratio is None else f"{one.ratio:.1%}（{one.filled}/{one.facts}）",
                )
                for one in found.fields
            ],
        )  # fmt: skip
        basis(found.basis)

    answer_with(found, as_json, people)

"""Grades of others: how many of which, who is to be inspected first, what is amiss, and one party's."""

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
    table,
)
from api.who_asks import local_scope

__all__ = ["commands"]

commands = typer.Typer(
    name="supervision",
    help="评价与分级监管：等级、检查计划、核查 / grades of others and graded supervision",
    no_args_is_help=True,
)
Limit = Annotated[int, typer.Option(min=1, max=200, help="最多几行 / at most")]
Offset = Annotated[int, typer.Option(min=0, help="从第几行起 / from")]


@commands.command()
def due(
    sector: Annotated[str, typer.Option(help="领域代码，如 market / sector")] = "",
    grade: Annotated[str, typer.Option(help="等级 A 至 D / grade")] = "",
    state: Annotated[str, typer.Option(help="overdue、soon、later 或 unstated / how near")] = "",
    limit: Limit = 50,
    offset: Offset = 0,
    as_of: AsOf = "",
    known_at: KnownAt = "",
    as_json: Json = False,
) -> None:
    """检查计划，先到期的在前 / who is to be inspected, what is due first at the top."""
    from queries.supervision import inspection_plan

    with opened(Act.OFFICE) as services:
        reader = services.reader(local_scope(), as_of=day_of(as_of), known_at=instant_of(known_at))
        found = inspection_plan(
            reader, sector=sector, grade=grade, state=state, limit=limit, offset=offset
        )

    def people() -> None:
        table(
            f"检查计划 {found.total} 项。{found.notice}",
            ["下次检查", "状态", "主体", "名称", "领域", "等级", "理由", "定级单位", "上次检查"],
            [
                (one.due_on, one.state_label, one.party, one.name, one.sector_label, one.grade_label,
                 one.reason, one.authority, one.last_inspected_on)
                for one in found.rows
            ],
        )  # fmt: skip
        basis(found.basis)

    answer_with(found, as_json, people)


@commands.command()
def findings(
    kind: Annotated[str, typer.Option(help="sector_a_with_d、no_event 或 lapsed / kind")] = "",
    limit: Limit = 50,
    offset: Offset = 0,
    as_of: AsOf = "",
    known_at: KnownAt = "",
    as_json: Json = False,
) -> None:
    """等级核查：D 与 A 并存、变动没有事件、已过有效期 / what is amiss with grades."""
    from queries.supervision import grade_findings

    with opened(Act.OFFICE) as services:
        reader = services.reader(local_scope(), as_of=day_of(as_of), known_at=instant_of(known_at))
        found = grade_findings(reader, kind, limit=limit, offset=offset)

    def people() -> None:
        table(
            f"等级核查 {found.total} 项，不改动任何等级",
            ["问题", "主体", "名称", "种类或领域", "等级", "说明"],
            [
                (one.kind_label, one.party, one.name, one.grade.scheme_label, one.grade.grade_label, one.why)
                for one in found.rows
            ],
        )  # fmt: skip
        basis(found.basis)

    answer_with(found, as_json, people)


@commands.command()
def grades(as_of: AsOf = "", known_at: KnownAt = "", as_json: Json = False) -> None:
    """有效等级，按种类计数 / how many subjects have which grade."""
    from queries.supervision import grade_counts

    with opened(Act.OFFICE) as services:
        reader = services.reader(local_scope(), as_of=day_of(as_of), known_at=instant_of(known_at))
        found = grade_counts(reader)

    def people() -> None:
        table(
            f"有效等级。{found.notice}",
            ["类别", "种类或领域", "等级", "主体数"],
            [(one.kind, one.scheme_label, one.grade_label, one.subjects) for one in found.counts],
        )
        basis(found.basis)

    answer_with(found, as_json, people)


@commands.command()
def party(key: Key, as_of: AsOf = "", known_at: KnownAt = "", as_json: Json = False) -> None:
    """一个主体的等级沿革 / the grades of one party."""
    from queries.supervision import party_grades

    with opened(Act.OFFICE) as services:
        reader = services.reader(local_scope(), as_of=day_of(as_of), known_at=instant_of(known_at))
        told = party_grades(reader, key)

    def people() -> None:
        table(
            f"{told.name or told.party}：等级沿革。{told.notice}",
            ["日期", "种类或领域", "版本", "等级", "状态", "评定单位", "理由", "有效至"],
            [
                (one.decided_on, one.scheme_label, one.edition_label, one.grade_label, one.state_label,
                 one.authority, one.reason, one.valid_to_on)
                for one in told.grades
            ],
        )  # fmt: skip
        basis(told.basis)

    answer_with(told, as_json, people)

"""Typical cases: put forward, let pass, take back."""

from __future__ import annotations

from typing import Annotated

import typer

from api.acts import Act
from api.terminal import Json, answer_with, basis, opened, table
from api.who_asks import local_scope

__all__ = ["commands"]

commands = typer.Typer(
    name="typical",
    help="典型案例：提出、批准、撤下 / typical cases",
    no_args_is_help=True,
)
By = Annotated[str, typer.Option("--by", help="办理人姓名或工号 / who acts")]
Number = Annotated[int, typer.Argument(min=1, help="案例编号 / number")]


@commands.command("list")
def listed(as_json: Json = False) -> None:
    """全部案例和状态 / every case and what has become of it"""
    from queries.typical_cases import case_board

    with opened(Act.OFFICE) as services:
        found = case_board(services.reader(local_scope()), services.office.store)

    def people() -> None:
        table(
            f"典型案例（{len(found.cases)} 个）",
            ["编号", "类别", "标题", "单位", "状态", "公开到", "提出", "批准"],
            [
                (
                    one.number, one.kind_label, one.title, one.record.name if one.record else None,
                    one.state_label, one.until, one.proposed_by, one.approved_by,
                )
                for one in found.cases
            ],
        )  # fmt: skip
        basis(found.basis)

    answer_with(found, as_json, people)


@commands.command()
def propose(
    kind: Annotated[str, typer.Argument(help="good 诚信典型，bad 失信案例 / kind")],
    subject: Annotated[str, typer.Argument(help="单位全称或统一社会信用代码 / organisation")],
    document_no: Annotated[str, typer.Argument(help="所依据记录的文书号 / document")],
    title: Annotated[str, typer.Option(help="标题 / title")],
    story: Annotated[str, typer.Option(help="案例内容 / story")],
    reason: Annotated[str, typer.Option(help="公开的理由 / why")],
    by: By,
    until: Annotated[str, typer.Option(help="公开到哪天 / last day")] = "",
    as_json: Json = False,
) -> None:
    """提出一个案例，待另一人批准 / put a case forward"""
    from queries.typical_cases import CaseRequest, propose_case

    asked = CaseRequest.of(
        {"kind": kind, "subject": subject, "document_no": document_no, "title": title,
         "story": story, "reason": reason, "until": until}
    )  # fmt: skip
    with opened(Act.OFFICE) as services:
        made = propose_case(services.reader(local_scope()), services.office.store, asked, by=by)
    answer_with(made, as_json, lambda: print(f"已提出，待另一人批准：{made.number}"))


@commands.command()
def approve(number: Number, by: By, as_json: Json = False) -> None:
    """批准一个案例（须由另一人）/ let a case pass, by another person"""
    from queries.typical_cases import approve_case

    with opened(Act.OFFICE) as services:
        made = approve_case(services.reader(local_scope()), services.office.store, number, by=by)
    answer_with(made, as_json, lambda: print(f"已由 {made.approved_by} 批准：{made.number}"))


@commands.command()
def withdraw(
    number: Number,
    by: By,
    because: Annotated[str, typer.Option(help="理由 / why")],
    as_json: Json = False,
) -> None:
    """撤下一个案例 / take a case back"""
    from queries.typical_cases import withdraw_case

    with opened(Act.OFFICE) as services:
        made = withdraw_case(services.office.store, number, by=by, because=because)
    answer_with(made, as_json, lambda: print(f"已由 {made.ended_by} 撤下：{made.number}"))

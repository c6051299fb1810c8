"""The working-day calendar: see a year, change days, enter a year."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.acts import Act
from api.terminal import Json, answer_with, opened, table

__all__ = ["commands"]

commands = typer.Typer(
    name="calendar", help="工作日历：查看、修改、录入新年度 / working days", no_args_is_help=True
)

By = Annotated[str, typer.Option("--by", help="办理人姓名 / who acts")]
Reason = Annotated[str, typer.Option(help="依据，如放假通知的文号 / on what it is based")]


@commands.command()
def show(
    year: Annotated[int, typer.Argument(min=1, max=9999, help="年份 / year")],
    as_json: Json = False,
) -> None:
    """某年的放假日、调休上班日和修改记录 / one year as it is in force"""
    from api.day_lines import DAY_WORDS
    from queries.working_days import calendar_year

    with opened(Act.OFFICE) as services:
        found = calendar_year(services.office.store, year)

    def people() -> None:
        table(
            f"{year} 年工作日 {found.working_days} 天（日历 {found.version}）",
            ["日期", "性质"],
            [(day.on, DAY_WORDS[day.kind]) for day in found.named],
        )
        table(
            "修改记录",
            ["编号", "修改", "办理人", "时间", "依据"],
            [
                (
                    edit.number,
                    "\n".join(f"{day.on} {DAY_WORDS[day.kind]}" for day in edit.days),
                    edit.user,
                    edit.at,
                    edit.reason,
                )
                for edit in found.edits
            ],
        )

    answer_with(found, as_json, people)


@commands.command()
def change(
    days: Annotated[
        list[str], typer.Argument(help="日期=放假|上班|按星期，可多个 / day=kind, several")
    ],
    by: By = "",
    reason: Reason = "",
    as_json: Json = False,
) -> None:
    """修改个别日期 / change single days"""
    from api.day_lines import read_days
    from queries.working_days import change_days

    told = read_days("\n".join(item.replace("=", " ", 1) for item in days))
    with opened(Act.OFFICE) as services:
        made = change_days(services.office.store, told, by=by, reason=reason)
    answer_with(
        made, as_json, lambda: print(f"已修改 {len(made.days)} 天（第 {made.number} 号）。")
    )


@commands.command("open-year")
def open_a_year(
    year: Annotated[int, typer.Argument(min=1, max=9999, help="年份 / year")],
    file: Annotated[
        Path, typer.Argument(help="每行一天：2027-01-01 放假 / one day a line", exists=True)
    ],
    by: By = "",
    reason: Reason = "",
    as_json: Json = False,
) -> None:
    """按放假通知录入一个新年度 / enter a whole year from its notice"""
    from api.day_lines import read_days
    from queries.working_days import open_year

    told = read_days(file.read_text(encoding="utf-8-sig"))
    with opened(Act.OFFICE) as services:
        made = open_year(services.office.store, year, told, by=by, reason=reason)
    answer_with(
        made,
        as_json,
        lambda: print(f"{year} 年已录入，{len(made.days)} 天（第 {made.number} 号）。"),
    )

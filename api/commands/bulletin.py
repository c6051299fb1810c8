"""Bulletins: write, sign, list, and save as a workbook."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.acts import Act
from api.terminal import AsOf, Json, KnownAt, answer_with, instant_of, opened, table
from api.who_asks import local_scope

if TYPE_CHECKING:
    from queries.bulletins import Bulletin

__all__ = ["commands"]

commands = typer.Typer(
    name="bulletin", help="通报：编制、签发、查看、导出 / bulletins", no_args_is_help=True
)

By = Annotated[str, typer.Option("--by", help="办理人姓名 / who acts")]
Number = Annotated[str, typer.Argument(help="通报编号 / identifier of a bulletin")]


@commands.command()
def write(
    period: Annotated[str, typer.Argument(help="月份 2026-03 或季度 2026-Q1 / month or quarter")],
    by: By = "",
    remarks: Annotated[str, typer.Option(help="点评 / remarks")] = "",
    why: Annotated[str, typer.Option(help="更正原因 / what is corrected")] = "",
    as_of: AsOf = "",
    known_at: KnownAt = "",
    as_json: Json = False,
) -> None:
    """编制一期通报并固定 / write and freeze a bulletin"""
    from graph.time import parse_date
    from ingest.department_rates import DepartmentRates

    day = parse_date(as_of) if as_of else None
    with opened(Act.OFFICE) as services:
        reader = services.reader(local_scope(), as_of=day, known_at=instant_of(known_at))
        made = DepartmentRates(services.office, reader).write(
            period, by=by, remarks=remarks, why=why
        )
    answer_with(made, as_json, lambda: _tell([made]))


@commands.command()
def sign(number: Number, by: By = "", as_json: Json = False) -> None:
    """签发，须由另一人 / sign, by another person"""
    from queries.bulletins import sign_bulletin

    with opened(Act.OFFICE) as services:
        made = sign_bulletin(services.office.store, number, by=by)
    answer_with(made, as_json, lambda: _tell([made]))


@commands.command("list")
def list_all(as_json: Json = False) -> None:
    """各期通报 / all editions"""
    from queries.bulletins import bulletins

    with opened(Act.OFFICE) as services:
        found = bulletins(services.office.store)
    answer_with(found, as_json, lambda: _tell(found))


@commands.command()
def save(
    number: Number,
    file: Annotated[Path, typer.Argument(help="写到这个 .xlsx 文件 / workbook to write")],
) -> None:
    """导出为表格 / save as a workbook"""
    from api.bulletin_workbook import workbook
    from ingest.department_rates import DepartmentRates

    with opened(Act.OFFICE) as services:
        shown = DepartmentRates(services.office, services.reader(local_scope())).bulletin(number)
    assert shown is not None
    file.write_bytes(workbook(*shown))
    print(f"已写入 {file}")


def _tell(found: list[Bulletin]) -> None:
    table(
        "通报",
        ["编号", "期", "版", "标题", "编制", "签发", "更正"],
        [
            (
                item.id, item.period, item.edition, item.title, item.written_by,
                item.signed_by or "草稿", item.corrects,
            )
            for item in found
        ],
    )  # fmt: skip

"""Rates of departments (双公示), the rows behind them, and what an inspector found."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from api.acts import Act
from api.terminal import AsOf, Json, KnownAt, answer_with, basis, instant_of, opened, table
from api.who_asks import local_scope

if TYPE_CHECKING:
    from ingest.department_rates import DepartmentRates
    from queries.indicators import Rate, Rows

__all__ = ["commands"]

commands = typer.Typer(
    name="rates", help="双公示各率和各件、瞒报认定 / rates of departments", no_args_is_help=True
)

Period = Annotated[
    str,
    typer.Argument(help="月份 2026-03 或季度 2026-Q1；不写为最近有数据的月份 / month or quarter"),
]
Department = Annotated[str, typer.Option(help="部门编号，如 org:11… / key of a department")]
ActClass = Annotated[str, typer.Option(help="行政行为类别，如 penalty / class of decisions")]
Channel = Annotated[
    Literal["credit_platform", "market_supervision"],
    typer.Option(help="渠道：信用信息平台、市场监管公示系统 / whose clock runs"),
]
Count = Annotated[int, typer.Option(min=1, help="最多列出几件 / rows to list")]
By = Annotated[str, typer.Option("--by", help="认定人姓名 / who found it")]


@contextmanager
def _asking(as_of: str, known_at: str) -> Iterator[DepartmentRates]:
    from graph.time import parse_date
    from ingest.department_rates import DepartmentRates

    day = parse_date(as_of) if as_of else None
    with opened(Act.OFFICE) as services:
        reader = services.reader(local_scope(), as_of=day, known_at=instant_of(known_at))
        yield DepartmentRates(services.office, reader)


@commands.command()
def show(
    period: Period = "",
    channel: Channel = "credit_platform",
    as_of: AsOf = "",
    known_at: KnownAt = "",
    as_json: Json = False,
) -> None:
    """各部门各类别的上报率、合规率、及时率、入库率 / rates by department and class"""
    with _asking(as_of, known_at) as asked:
        book = asked.book_of(channel)
        found = asked.rates(period or asked.newest(book), book)

    def people() -> None:
        table(
            f"双公示 {found.first_month} 至 {found.last_month}",
            ["部门", "类别", "状态", "产生", "不报送", "已报送", "退回", "迟报", "入库", "台账外", "上报率",
             "合规率", "及时率", "入库率", "瞒报"],
            [
                (
                    line.department_name, line.act_class_label,
                    line.status_label + "".join(f" {month}" for month in line.missing),
                    *(line.counts[name] for name in (
                        "produced", "excluded", "reported", "refused", "late", "entered", "outside")),
                    _said(line.reporting), _said(line.compliance), _said(line.timeliness),
                    _said(line.entry), line.concealed,
                )
                for line in (*found.lines, *found.totals)
            ],
        )  # fmt: skip
        for notice in found.notices:
            print(notice)
        if found.unplaced:
            print(f"另有 {found.unplaced} 行被退回，读不出部门、类别或决定日期，没有计入。")
        basis(found.basis)

    answer_with(found, as_json, people)


@commands.command()
def history(
    period: Annotated[str, typer.Argument(help="到哪个月，如 2026-03 / the last month")] = "",
    department: Department = "",
    as_of: AsOf = "",
    known_at: KnownAt = "",
    as_json: Json = False,
) -> None:
    """近十三个月的上报率、合规率、及时率、入库率 / the four rates by month"""
    with _asking(as_of, known_at) as asked:
        book = asked.book
        found = asked.history(
            period or asked.newest(book), department=department or None, book=book
        )

    def people() -> None:
        table(
            f"双公示走势，{found.department_name}",
            ["月份", "产生", *(item.label for item in found.rates)],
            [
                (month, found.produced[place],
                 *(_said(item.rates[place]) for item in found.rates))
                for place, month in enumerate(found.months)
            ],
        )  # fmt: skip
        if found.missing:
            print(f"台账未报：{'、'.join(dict.fromkeys(found.missing))}。")
        basis(found.basis)

    answer_with(found, as_json, people)


@commands.command()
def rows(
    measure: Annotated[str, typer.Argument(help="统计项，如 unreported、late / what is counted")],
    period: Period = "",
    department: Department = "",
    act_class: ActClass = "",
    count: Count = 100,
    as_of: AsOf = "",
    known_at: KnownAt = "",
    as_json: Json = False,
) -> None:
    """一个数字背后的各件 / the decisions behind a number"""
    with _asking(as_of, known_at) as asked:
        found = asked.rows(
            period or asked.newest(), measure, department=department or None,
            act_class=act_class or None, limit=count, offset=0,
        )  # fmt: skip
    answer_with(found, as_json, lambda: _tell(found))


@commands.command()
def due(
    kind: Annotated[
        str, typer.Argument(help="near 临近、overdue 逾期、late 迟报 / which list")
    ] = "near",
    department: Department = "",
    act_class: ActClass = "",
    count: Count = 100,
    as_of: AsOf = "",
    known_at: KnownAt = "",
    as_json: Json = False,
) -> None:
    """临近期限、逾期未报送和迟报的各件 / decisions that want somebody to act"""
    with _asking(as_of, known_at) as asked:
        found = asked.attention(
            kind, department=department or None, act_class=act_class or None, limit=count
        )
    answer_with(found, as_json, lambda: _tell(found))


@commands.command()
def conceal(
    department: Annotated[str, typer.Argument(help="部门编号 / key of the department")],
    act_class: Annotated[str, typer.Argument(help="行政行为类别 / class")],
    document_no: Annotated[str, typer.Argument(help="决定书文号 / document number")],
    decided_on: Annotated[str, typer.Argument(help="决定日期 / day of the decision")],
    evidence: Annotated[str, typer.Option(help="查到之处 / where it was found")] = "",
    by: By = "",
    as_json: Json = False,
) -> None:
    """登记检查中查实的瞒报 / enter what an inspector found"""
    from graph.time import parse_date
    from queries.indicators.concealed import conceal as enter

    with opened(Act.OFFICE) as services:
        made = enter(
            services.office.store, department, act_class, document_no, parse_date(decided_on),
            evidence=evidence, by=by,
        )  # fmt: skip
    answer_with(made, as_json, lambda: print(f"已登记第 {made.number} 号瞒报认定。"))


@commands.command()
def withdraw(
    number: Annotated[int, typer.Argument(min=1, help="认定编号 / number")],
    why: Annotated[str, typer.Option(help="原因 / why")] = "",
    by: By = "",
    as_json: Json = False,
) -> None:
    """撤销一项瞒报认定 / take a finding back"""
    from queries.indicators.concealed import take_back

    with opened(Act.OFFICE) as services:
        made = take_back(services.office.store, number, why=why, by=by)
    answer_with(made, as_json, lambda: print(f"已撤销第 {made.number} 号认定。"))


def _said(rate: Rate) -> str:
    if rate.value is None:
        return "—"
    return f"{rate.value:.1%} ({rate.numerator}/{rate.denominator})"


def _tell(found: Rows) -> None:
    table(
        f"{found.title}（{found.total} 件）",
        ["部门", "类别", "文号", "决定日期", "截止日", "报送日期", "状态", "记录"],
        [
            (
                row.department_name, row.act_class_label, row.document_no, row.decided_on, row.due_on,
                row.arrived_on, row.state_label, row.document or row.refused_row or row.ledger,
            )
            for row in found.rows
        ],
    )  # fmt: skip
    if found.total > len(found.rows):
        print(f"只列出前 {len(found.rows)} 件。")
    basis(found.basis)

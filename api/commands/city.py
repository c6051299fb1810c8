"""City-monitoring indicators: shown, marked by hand, taken back."""

from __future__ import annotations

from typing import Annotated

import typer

from api.acts import Act
from api.terminal import AsOf, Json, KnownAt, answer_with, basis, instant_of, opened, table
from api.who_asks import local_scope

__all__ = ["commands"]

commands = typer.Typer(
    name="city",
    help="城市信用监测指标：能算的算，其余凭材料填报 / city-monitoring indicators",
    no_args_is_help=True,
)
By = Annotated[str, typer.Option("--by", help="填报人姓名或工号 / who acts")]


@commands.command()
def show(
    period: Annotated[
        str,
        typer.Argument(
            help="月份 2026-03 或季度 2026-Q1；不写为最近有数据的月份 / month or quarter"
        ),
    ] = "",
    as_of: AsOf = "",
    known_at: KnownAt = "",
    as_json: Json = False,
) -> None:
    """各项指标：计算的、填报的、没有填报的 / every indicator"""
    from graph.time import parse_date
    from ingest.city_monitoring import city_monitoring

    day = parse_date(as_of) if as_of else None
    with opened(Act.OFFICE) as services:
        reader = services.reader(local_scope(), as_of=day, known_at=instant_of(known_at))
        found = city_monitoring(services.office, reader, period)
    assert found is not None

    def people() -> None:
        lines = []
        for row in found.rows:
            told = [
                f"{one.label} {one.state_label if one.value is None else f'{one.value:.1%}（{one.numerator}/{one.denominator}）' if one.unit == 'ratio' else int(one.value)}"
                for one in row.figures
            ]
            if row.mark:
                told.append(f"{row.mark.mark_label}：{row.mark.evidence}（{row.mark.by}）")
            lines.append((row.level, row.group, row.title, row.how_label, "；".join(told)))
        table(f"{found.title} {found.period}", ["一级", "二级", "三级", "情况", "结果"], lines)
        print(f"另有 {found.unnamed} 项三级指标的名称没有取得；分值没有取得，不计总分。")
        basis(found.basis)

    answer_with(found, as_json, people)


@commands.command()
def mark(
    indicator: Annotated[str, typer.Argument(help="指标编号 / indicator")],
    period: Annotated[str, typer.Argument(help="月份或季度 / period")],
    result: Annotated[str, typer.Argument(help="done、partly、not_done 或 counted / mark")],
    evidence: Annotated[str, typer.Option(help="依据材料 / evidence")],
    by: By,
    value: Annotated[float | None, typer.Option(help="数值，只用于 counted / value")] = None,
    as_json: Json = False,
) -> None:
    """手工填报一项 / mark by hand what nobody can compute"""
    from ingest.city_monitoring import period_named
    from queries.city_monitoring import mark_indicator

    with opened(Act.OFFICE) as services:
        made = mark_indicator(
            services.office.store, indicator, period_named(period), result, value=value,
            evidence=evidence, by=by,
        )  # fmt: skip
    answer_with(made, as_json, lambda: print(f"已填报：{made.number}"))


@commands.command()
def unmark(
    number: Annotated[int, typer.Argument(min=1, help="填报编号 / number")],
    by: By,
    because: Annotated[str, typer.Option(help="理由 / why")],
    as_json: Json = False,
) -> None:
    """撤销一项填报 / take a mark back"""
    from queries.city_monitoring import unmark_indicator

    with opened(Act.OFFICE) as services:
        made = unmark_indicator(services.office.store, number, by=by, because=because)
    answer_with(made, as_json, lambda: print(f"已撤销：{made.number}"))

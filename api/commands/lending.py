"""How credit reaches the district."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from api.terminal import AsOf, Json, KnownAt, answer_with, basis, reading, table

if TYPE_CHECKING:
    from queries.lending import Figure

__all__ = ["commands"]

commands = typer.Typer()

By = Annotated[str, typer.Option(help="district, town, village, institution 或 product / grouping")]


@commands.command()
def lending(
    by: By = "district",
    period: Annotated[str, typer.Option(help="年、季或月：2026、2026Q1、2026-03 / period")] = "",
    as_of: AsOf = "",
    known_at: KnownAt = "",
    as_json: Json = False,
) -> None:
    """普惠信贷指标：建档、评级、授信、首贷、信用贷款 / who is reached by credit."""
    from queries.lending import INDICATORS, Period, lending_table

    with reading(as_of, known_at) as reader:
        told = lending_table(reader, by, Period.of(period, reader.moment.as_of))  # type: ignore[arg-type]
    basis(told.basis)

    def people() -> None:
        groups = [*told.rows, told.whole]
        table(
            f"普惠信贷指标，{told.period.begins} 至 {told.period.ends}",
            ["指标", *((row.name or row.key or "未登记") for row in groups)],
            [
                (term, *(_said(row.figure(code)) for row in groups))
                for code, (term, _) in INDICATORS.items()
            ],
        )

    answer_with(told, as_json, people)


@commands.command("lending-history")
def lending_history(
    by: By = "district",
    key: Annotated[str, typer.Option(help="哪一组，如乡镇的编号 / key of the group")] = "",
    as_of: AsOf = "",
    known_at: KnownAt = "",
    as_json: Json = False,
) -> None:
    """普惠信贷走势：近十三个月，每月末一列 / the same figures, month by month."""
    from queries.lending import lending_history as history

    with reading(as_of, known_at) as reader:
        told = history(reader, by, key or None)  # type: ignore[arg-type]
    assert told is not None
    basis(told.basis)

    def people() -> None:
        table(
            f"普惠信贷走势，{told.name or told.key or '未登记'}",
            ["指标", *(f"{day:%Y-%m}" for day in told.days)],
            [
                (item.label, *("—" if value is None else _value(value, item.unit)
                               for value in item.values))
                for item in told.indicators
            ],
        )  # fmt: skip

    answer_with(told, as_json, people)


def _said(figure: Figure) -> str:
    return "—（无分母）" if figure.value is None else _value(figure.value, figure.unit)


def _value(value: float, unit: str) -> str:
    from api.wording import money, percent

    if unit == "ratio":
        return percent(value)
    return money(int(value)) if unit == "fen" else f"{value:.0f}"

"""How credit reaches the district."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from api.terminal import AsOf, Json, KnownAt, answer_with, basis, reading, table

if TYPE_CHECKING:
    from queries.lending import Figure

__all__ = ["commands"]

commands = typer.Typer()


@commands.command()
def lending(
    by: Annotated[
        str, typer.Option(help="district, town, village, institution 或 product / grouping")
    ] = "district",
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


def _said(figure: Figure) -> str:
    from api.wording import money, percent

    if figure.value is None:
        return "—（无分母）"
    if figure.unit == "ratio":
        return percent(figure.value)
    return money(int(figure.value)) if figure.unit == "fen" else f"{figure.value:.0f}"

"""First-loan decisions."""

from __future__ import annotations

from typing import Annotated

import typer

from api.terminal import Json, answer_with, basis, open_settings, pairs, table

__all__ = ["commands"]

commands = typer.Typer()


@commands.command()
def decide(
    product: str,
    key: str,
    supplied: Annotated[list[str] | None, typer.Argument()] = None,
    as_json: Json = False,
) -> None:
    """首贷判定 / decide a product for a party."""
    from graph.connection import connect
    from queries.eligibility import decide as decide_product

    with connect(open_settings()) as graph:
        decision = decide_product(graph, product, key, supplied=pairs(supplied or []))

    def people() -> None:
        table(
            f"{decision.title}：{decision.verdict.value}",
            ["条件", "结果", "事实", "下一步"],
            [(c.wording, c.verdict.value, c.value, c.next_step or "") for c in decision.conditions],
        )
        basis(decision.basis.as_dict())

    answer_with(decision.as_dict(), as_json, people)

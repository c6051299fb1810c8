"""Loan products: what there is, and how a new version is published by two persons."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.acts import Act
from api.terminal import AsOf, Json, answer_with, day_of, opened, table

if TYPE_CHECKING:
    from queries.eligibility import Product
    from queries.eligibility.rules.publish import Proposed

__all__ = ["commands"]

commands = typer.Typer()
By = Annotated[str, typer.Option("--by", help="办理人姓名或工号 / who acts")]


@commands.command()
def products(
    check: Annotated[
        bool, typer.Option("--check", help="只列应复核的规则 / list the rules due for review")
    ] = False,
    as_of: AsOf = "",
    as_json: Json = False,
) -> None:
    """产品和版本；--check 列出应复核的规则 / products, their versions, and rules due for review."""
    from queries.eligibility.decisions.answer import product_answer

    with opened(Act.LOOK) as services:
        found = services.publishing.products()
    if check:
        _due(found.values(), day_of(as_of), as_json)
        return
    rows = [
        (item.id, item.title, version.version, version.effective_from, item.hash(version)[:12])
        for item in found.values()
        for version in item.versions
    ]
    answer_with(
        [product_answer(item) for item in found.values()],
        as_json,
        lambda: table("产品", ["编号", "名称", "版本", "生效", "内容校验"], rows),
    )


def _due(products: Iterable[Product], day: date, as_json: bool) -> None:
    """Say which rules are due; exit 1 where there are any, so that a timer can tell."""
    from queries.eligibility.rules.review import due_for_review

    due = due_for_review(products, day)

    def people() -> None:
        if not due:
            print(f"截至 {day}，没有应复核的规则")
            return
        rows = [
            (f"{one.title} {one.version}", one.wording, one.source, one.valid_from or "—",
             one.valid_until or "长期", one.checked_on or "—", one.why)
            for one in due
        ]  # fmt: skip
        heads = ["产品", "规则", "依据和出处", "施行", "失效", "核对", "为何复核"]
        table(f"截至 {day} 应复核的规则：{len(due)} 条", heads, rows)

    answer_with(due, as_json, people)
    if due:
        raise typer.Exit(1)


@commands.command()
def propose(
    file: Annotated[Path, typer.Argument(help="产品文件 / the product's YAML")],
    cases: Annotated[Path, typer.Argument(help="用例文件，须全部通过 / its golden cases")],
    by: By,
    as_json: Json = False,
) -> None:
    """提出产品新版本（用例须全部通过）/ put a new version forward."""
    from graph.plain_yaml import yaml_text

    with opened(Act.RULE) as services:
        found = services.publishing.propose_product(
            file.stem, yaml_text(file), yaml_text(cases), by=by
        )
    _say(found, as_json)


@commands.command()
def approve(
    proposal: Annotated[str, typer.Argument(help="提案编号 / identifier of the proposal")],
    by: By,
    as_json: Json = False,
) -> None:
    """批准产品新版本（须由另一人）/ let a new version pass, by another person."""
    with opened(Act.RULE) as services:
        found = services.publishing.approve_product(proposal, by=by)
    _say(found, as_json)


def _say(found: Proposed, as_json: bool) -> None:
    from queries.eligibility.decisions.answer import proposed_answer

    put = found.proposal

    def people() -> None:
        state = f"已由 {put.approved_by} 批准" if put.approved_by else "待另一人批准"
        print(f"{found.product.title}：{state}（提案 {put.id}）")
        for line in found.changes:
            print(f"  {line}")

    answer_with(proposed_answer(found), as_json, people)

"""First-loan decisions: made, kept, made again, and tried against a changed product."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.acts import Act
from api.terminal import (
    AsOf,
    Json,
    Key,
    KnownAt,
    answer_with,
    basis,
    instant_of,
    opened,
    reading,
    table,
)

if TYPE_CHECKING:
    from queries.eligibility import Decision

__all__ = ["commands"]

commands = typer.Typer()


@commands.command()
def decide(
    product: Annotated[str, typer.Argument(help="产品名称，见 xinnong products / product")],
    key: Key,
    supplied: Annotated[
        list[str] | None,
        typer.Argument(
            help="柜面材料：名称=值@日期#编号#出具单位#核验人；本机其他用户能看到 / facts given on paper"
        ),
    ] = None,
    papers: Annotated[
        Path | None,
        typer.Option(
            allow_dash=True,
            help="柜面材料的文件，每行一项；- 为标准输入 / papers from a file, one a line; - is stdin",
        ),
    ] = None,
    as_of: AsOf = "",
    known_at: KnownAt = "",
    institution: Annotated[
        str,
        typer.Option(
            help="申请的机构的键，如 institution:…，用于本机构首贷 / institution that is asked"
        ),
    ] = "",
    first_loan_asof: Annotated[
        str, typer.Option(help="以哪一天判断是否首贷，如 2026-01-31 / day of the first-loan test")
    ] = "",
    as_json: Json = False,
) -> None:
    """首贷判定并存档，材料用 --papers：any_loan=否@2026-03-01#报告号#征信中心#张三 / decide and keep."""
    from api.arguments import papers_brought
    from api.security import local_asker
    from api.who_asks import local_scope
    from graph.time import parse_date
    from queries.eligibility.decisions.answer import decision_answer

    brought = papers_brought(supplied or [], papers)
    with opened(Act.DECIDE, graph=True) as services:
        reader = services.reader(
            local_scope(),
            as_of=parse_date(as_of) if as_of else None,
            known_at=instant_of(known_at),
        )
        decision = reader.decide(
            product,
            key,
            supplied=brought,
            institution=institution or None,
            first_loan_asof=parse_date(first_loan_asof) if first_loan_asof else None,
        )
        name = services.keep(decision, by=local_asker().name)
    answer_with(decision_answer(decision, name), as_json, lambda: _for_people(decision, name))


@commands.command()
def replay(
    decision: Annotated[str, typer.Argument(help="判定编号 / identifier of a kept decision")],
    with_log: Annotated[
        bool, typer.Option("--log/--no-log", help="同时核对日志 / check the log as well")
    ] = True,
    as_json: Json = False,
) -> None:
    """按存档的规则和事实重做判定，逐字节比对 / make a kept decision again, byte for byte."""
    with reading() as reader:
        found = reader.replay(decision, with_log=with_log)
    gaps = found.gaps
    answer = {"id": found.id, "same": found.same, "differs": found.differs, "gaps": gaps}

    def people() -> None:
        print("重做结果与存档逐字节一致" if found.same else f"重做结果不同：{found.differs}")
        if found.gaps is not None:
            print("当时的数据仍给出同样的事实" if not found.gaps else "数据给出的事实有出入：")
        for gap in found.gaps or ():
            print(f"  {gap.fact}：当时 {gap.then}，现在 {gap.now}")

    answer_with(answer, as_json, people)
    if not found.whole:
        raise typer.Exit(1)


@commands.command()
def shadow(
    file: Annotated[Path, typer.Argument(help="改动后的产品文件 / the changed product")],
    version: Annotated[str, typer.Option(help="文件中的哪个版本；不写为最后一个 / version")] = "",
    as_json: Json = False,
) -> None:
    """用改动后的产品重看历次判定，不写任何东西 / try a changed product over past decisions."""
    from graph.plain_yaml import yaml_text
    from queries.eligibility.decisions.answer import shadow_answer
    from queries.eligibility.rules.product import read_product

    product = read_product(file.stem, yaml_text(file))
    changed = product.version(version) if version else product.versions[-1]
    with opened(Act.RULE) as services:
        found = services.publishing.shadow(product, changed.version)

    def people() -> None:
        rows = [
            (g.by, g.value, g.decisions, g.flips,
             "、".join(f"{a.value}→{b.value} {n}" for (a, b), n in g.turns.items()))
            for g in found.groups
        ]  # fmt: skip
        table(
            f"{product.title} {changed.version}：{found.decisions} 份判定，{len(found.flips)} 份会变，"
            f"{found.lacking} 份缺少新规则所需的事实",
            ["分组", "值", "判定", "会变", "怎样变"],
            rows,
        )

    answer_with(shadow_answer(found), as_json, people)


def _for_people(decision: Decision, name: str) -> None:
    from api.condition_words import failed, unknown
    from api.wording import fact, source
    from queries.eligibility.facts.catalogue import catalogue

    specs = catalogue().facts
    table(
        f"{decision.product.title}：{decision.verdict.value}",
        ["条件", "结果", "事实", "来源"],
        [
            (
                against + f"（要求：{item.condition.wording}）"
                if (against := failed(item))
                else item.condition.wording,
                item.verdict.value,
                "；".join(
                    unknown(specs[seen.id], seen.fact)
                    if seen.fact.value is None
                    else fact(seen.fact.value, specs[seen.id])
                    for seen in item.seen
                ),
                "；".join(
                    source(seen.fact.said_by) for seen in item.seen if seen.fact.value is not None
                ),
            )
            for item in decision.conditions
        ],
    )
    for step in decision.next_steps:
        print(f"→ {step.text}（最快{'当日' if step.days == 0 else f' {step.days} 天'}）")
    for term in decision.amount.terms:
        print(f"额度 {term}")
    print(f"判定编号 {name}")
    basis(decision.basis)

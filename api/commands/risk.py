"""Risk of a party, and the whole graph for other tools."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.terminal import AsOf, Json, Key, KnownAt, answer_with, basis, reading, table

if TYPE_CHECKING:
    from queries.risk import RiskAnswer, WhatIfAnswer

__all__ = ["commands"]

commands = typer.Typer()


@commands.command()
def risk(
    key: Key,
    as_of: AsOf = "",
    known_at: KnownAt = "",
    without: Annotated[
        list[str] | None,
        typer.Option(
            help="假设去掉的关系或事实的编号，可多次 / fact id to leave out, as a hypothesis"
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """一个主体的风险及来由 / risk of one party and why."""
    from queries.risk import sort_fact_ids

    with reading(as_of, known_at) as reader:
        if without:
            ties, facts = sort_fact_ids(reader.risk_run(), without)
            told = reader.what_if(key, without_ties=ties, without_facts=facts)
        else:
            answer = reader.risk(key)
    if without:
        answer_with(told, as_json, lambda: _tell_hypothesis(told))
    else:
        answer_with(answer, as_json, lambda: _tell(answer))


def _tell(answer: RiskAnswer) -> None:
    from api.wording import LABELS, LEAST_SHARE, percent, show, who

    own, linked = answer.own, answer.linked
    print(answer.name or "（未具名）")
    print(f"自身：{own.level}" + (f"（模型值 {percent(own.value)}）" if own.value else ""))
    for fact in own.facts:
        note = f"（{fact.note}）" if fact.note else ""
        print(f"  {fact.reason}{note}  〔{fact.evidence['fact_id']}〕")
    for left_out in answer.unused:
        reason = f"：{left_out.reason}" if left_out.reason else ""
        print(f"  未使用：{LABELS[left_out.kind]}，{show(left_out.why)}{reason}")
    place = "" if linked.rank is None else f"，全区第 {linked.rank} 位，共 {linked.of} 个主体"
    print(f"关联：{linked.level}（模型值 {percent(linked.value)}{place}）  {linked.sentence}")
    print(f"—— {linked.notice} ——")
    for part in linked.contributions:
        if part.share < LEAST_SHARE:
            continue
        without = "" if part.without is None else f"；若无此关系则为 {percent(part.without)}"
        print(
            f"  {part.share:6.1%} 经由{who(part.name, part.party)}（{'、'.join(part.ties)}）{without}"
        )
    for path in linked.paths:
        print(f"{percent(path.probability):>9}  {path.sentence}")
        for tie in (tie for hop in path.hops for tie in hop.ties):
            print(f"          {tie.term} {tie.weight:.0%}（{tie.measure}）  〔{tie.fact_id}〕")
    if answer.basis.truncated:
        print("影响路径较多，只列出已找到的；等级和排位不受影响。")
    for silent in answer.unused_ties:
        print(f"未计入：与{silent.other_name or '（未具名）'}的{silent.term}，{show(silent.why)}")
    print(answer.standing)
    basis(answer.basis)


def _tell_hypothesis(told: WhatIfAnswer) -> None:
    print(f"—— {told.notice} ——")
    print(f"{told.name or '（未具名）'}  模型值 {told.before:.4%} → {told.after:.4%}")
    table(
        f"其他受影响的主体（共 {told.change_count} 个主体变化）",
        ["主体", "现在", "假设"],
        [(item.name, f"{item.before:.4%}", f"{item.after:.4%}") for item in told.changes],
    )
    basis(told.basis)


@commands.command()
def adverse(key: Key, as_of: AsOf = "", known_at: KnownAt = "", as_json: Json = False) -> None:
    """一个主体自身的不利记录，查了哪些来源、截至哪天 / own adverse records, and how far one looked."""
    from api.record_words import adverse_said, adverse_sentence

    with reading(as_of, known_at, graph=True) as reader:
        found = reader.adverse(key)

    def people() -> None:
        for row in found.answer.rows:
            print(adverse_said(row))
        print(adverse_sentence(found))
        basis(found.answer.basis)

    told = found.typed(adverse_sentence(found))
    answer_with(told, as_json, people)


@commands.command()
def export(
    graphml: Annotated[Path, typer.Option(help="GraphML 文件 / file to write")],
    as_of: AsOf = "",
    known_at: KnownAt = "",
) -> None:
    """导出 GraphML（供 Gephi、yEd）/ export for graph tools."""
    with reading(as_of, known_at) as reader:
        count = reader.export(graphml)
        stated = reader.basis
    print(f"已写出 {count} 条关系：{graphml}")
    basis(stated)

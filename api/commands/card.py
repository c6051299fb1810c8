"""The farmer's scorecard: what is in force, what local loans would make of it, and another one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.acts import Act
from api.terminal import AsOf, Json, KnownAt, answer_with, basis, opened, reading, table

if TYPE_CHECKING:
    from queries.eligibility.scorecard import Card
    from queries.eligibility.scorecard.calibrate import Calibration
    from queries.eligibility.scorecard.card_publish import ProposedCard

__all__ = ["commands"]

commands = typer.Typer()


@commands.command()
def card(
    calibrate: Annotated[
        bool, typer.Option("--calibrate", help="按本地贷款测算分级，与现行分级并列 / propose bands")
    ] = False,
    write: Annotated[
        Path | None, typer.Option(help="把建议的评分卡写成文件 / write the proposed card")
    ] = None,
    propose: Annotated[
        Path | None, typer.Option(help="提出一张评分卡（文件）/ put a card forward")
    ] = None,
    approve: Annotated[
        str, typer.Option(help="批准一份提案，须由另一人 / let a proposal pass, by another person")
    ] = "",
    by: Annotated[str, typer.Option("--by", help="办理人姓名或工号 / who acts")] = "",
    as_of: AsOf = "",
    known_at: KnownAt = "",
    as_json: Json = False,
) -> None:
    """信用评分卡：现行项目和分级；按本地贷款测算分级，两人办理 / the scorecard and its bands."""
    from graph.plain_yaml import yaml_text

    if (calibrate or write is not None) and propose is None and not approve:
        _calibrate(as_of, known_at, write, as_json)
        return
    does = Act.LOOK if propose is None and not approve else Act.RULE
    with opened(does) as services:
        if propose is not None:
            _say(services.publishing.propose_card(yaml_text(propose), by=by), as_json)
        elif approve:
            _say(services.publishing.approve_card(approve, by=by), as_json)
        else:
            _show(services.publishing.card(), as_json)


def _show(shown: Card, as_json: bool) -> None:
    def people() -> None:
        table(
            f"{shown.title}（版本 {shown.name}）",
            ["项目", "满分", "计分"],
            [(item.term, item.most, item.why or "是") for item in shown.items],
        )
        bands = "，".join(f"{grade} {least}" for grade, least in shown.grades.items())
        print(f"各级起点（百分制）：{bands}；更低的不评级")

    answer_with(shown.model_dump(mode="json"), as_json, people)


def _calibrate(as_of: str, known_at: str, write: Path | None, as_json: bool) -> None:
    with reading(as_of, known_at) as reader:
        found = reader.card_calibration()
        groups = reader.grades(found.proposed) if found.proposed else ()
        stated = reader.basis
    basis(stated)
    alike = [row for row in groups if row.by != "village"]
    if write is not None and found.proposed:
        write.write_text(found.text(), encoding="utf-8")
    answer = {
        "card": found.card.name,
        "households": found.households,
        "borrowers": found.borrowers,
        "coverage": found.coverage,
        "bands": found.bands,
        "merged": found.merged,
        "why_not": found.why_not or None,
        "groups": alike,
        "proposed": found.text() or None,
    }

    def people() -> None:
        _bands(found)
        if alike:
            table(
                "按建议的分级，各人群的等级（性别和年龄不参与评分）",
                ["分组", "值", "户主", "等级"],
                [
                    (r.by, r.value, r.householders,
                     " ".join(f"{name} {count}" for name, count in r.scored.items()))
                    for r in alike
                ],
            )  # fmt: skip
        if write is not None and found.proposed:
            print(f"建议已写入 {write}。核对后用 xinnong card --propose {write} --by 姓名 提出")
        print("这是测算，现行评分卡没有改动。")

    answer_with(answer, as_json, people)


def _bands(found: Calibration) -> None:
    def start(points: float | None) -> str:
        return "不设" if points is None else f"{points:g}"

    table(
        f"现行和建议的分级：户主 {found.households} 户，其中贷款有分类、能计分的 {found.borrowers} 户",
        [
            "等级",
            "现行起点",
            "建议起点",
            "现行户数",
            "建议户数",
            "借款户",
            "不良户",
            "不良率（95%）",
        ],
        [
            (
                band.grade,
                start(band.published),
                start(band.proposed) if found.proposed else "—",
                band.households_published,
                band.households_proposed,
                band.borrowers,
                band.bad,
                "—"
                if band.bad_low is None or band.bad_high is None
                else f"{band.bad_low:.1%} 至 {band.bad_high:.1%}",
            )
            for band in found.bands
        ],
    )
    letters = found.bands[:-1]
    graded = sum(band.households_published for band in letters)
    local = sum(band.households_proposed for band in letters)
    print(f"能得到等级的：现行 {graded} 户，建议 {local} 户；其余不评级或资料不全。")
    if found.proposed and not found.tells_apart:
        print("各级不良率的区间互相重叠：本地贷款还不能证明等级之间有差别，批准前请慎重。")
    for one in found.coverage:
        if not one.used:
            print(f"建议不计分：{one.term}（{one.why}）")
    for grade, why in found.merged.items():
        print(f"建议不设 {grade} 级：{why}")
    if found.why_not:
        print(found.why_not)


def _say(found: ProposedCard, as_json: bool) -> None:
    put = found.proposal

    def people() -> None:
        state = f"已由 {put.approved_by} 批准" if put.approved_by else "待另一人批准"
        print(f"{found.card.title} {found.card.version}：{state}（提案 {put.id}）")
        for line in found.changes:
            print(f"  {line}")

    answer = {
        "proposal": put.id,
        "proposed_by": put.proposed_by,
        "approved_by": put.approved_by,
        "version": found.card.version,
        "changes": list(found.changes),
    }
    answer_with(answer, as_json, people)

"""The risk policy held against what happened, and another one put forward by two persons."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.acts import Act
from api.terminal import AsOf, Json, KnownAt, answer_with, basis, opened, reading, table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from queries.risk.calibration import Calibration, Judged, ProposedPolicy

__all__ = ["commands"]

commands = typer.Typer()


@commands.command()
def calibrate(
    write: Annotated[
        Path | None, typer.Option(help="把建议的风险政策写成文件 / write the proposed policy")
    ] = None,
    propose: Annotated[
        Path | None, typer.Option(help="提出一份风险政策（文件）/ put a policy forward")
    ] = None,
    approve: Annotated[
        str, typer.Option(help="批准一份提案，须由另一人 / let a proposal pass, by another person")
    ] = "",
    by: Annotated[str, typer.Option("--by", help="办理人姓名或工号 / who acts")] = "",
    as_of: AsOf = "",
    known_at: KnownAt = "",
    as_json: Json = False,
) -> None:
    """用以往的违约检验风险政策，拟合参数；两人办理发布 / the risk policy against past defaults."""
    if propose is not None or approve:
        with opened(Act.RULE) as services:
            if propose is not None:
                text = propose.read_text(encoding="utf-8")
                _say(services.publishing.propose_policy(text, by=by), as_json)
            else:
                _say(services.publishing.approve_policy(approve, by=by), as_json)
        return
    with reading(as_of, known_at) as reader:
        found, names = reader.calibration(), reader.division_names()
    if write is not None and found.proposed is not None:
        write.write_text(found.text(), encoding="utf-8")
    answer_with(found, as_json, lambda: _tell(found, names, write))


def _tell(found: Calibration, names: Mapping[str, str], write: Path | None) -> None:
    table(
        f"各年的在贷户和其后 {found.rules.horizon_months} 个月的结果",
        ["起始日", "截至", "户数", "违约", "起始时已违约", "结果未知", "用途"],
        [
            (y.scored_on, y.until, y.parties, y.defaults, y.in_default, y.unknown, y.role)
            for y in found.years
        ],
    )
    for title, judged in (("现行政策", found.present), ("拟合后的政策", found.fitted)):
        if judged is not None:
            _judged(title, judged, names)
    fitted = [value for value in found.values if not value.why_not]
    if fitted:
        table(
            "拟合的参数",
            ["参数", "现行", "拟合", "95% 区间", "有关的违约"],
            [
                (
                    v.name,
                    f"{v.before:g}",
                    f"{v.value:.4g}",
                    f"{v.low:.4g} 至 {v.high:.4g}",
                    v.defaults,
                )
                for v in fitted
            ],
        )
    for value in found.values:
        if value.why_not:
            print(f"{value.name} 不动：{value.why_not}")
    for line in found.why_not:
        print(line)
    if write is not None and found.proposed is not None:
        print(f"建议已写入 {write}。核对后用 xinnong calibrate --propose {write} --by 姓名 提出")
    print("这是测算，现行风险政策没有改动。")
    basis(found.basis)


def _judged(title: str, judged: Judged, names: Mapping[str, str]) -> None:
    print(
        f"{title} {judged.policy}：AUC {judged.auc.value:.3f}"
        f"（{judged.auc.low:.3f} 至 {judged.auc.high:.3f}），KS {judged.ks:.3f}，"
        f"Brier {judged.brier:.4f}，只看自身的 AUC {judged.auc_own.value:.3f}，"
        f"关联增益 {judged.lift.value:+.3f}（{judged.lift.low:+.3f} 至 {judged.lift.high:+.3f}）"
        + ("" if judged.psi is None else f"，PSI {judged.psi:.3f}")
    )
    table(
        f"{title}：预测与实际（按预测从低到高）",
        ["组", "户数", "违约", "预测", "实际", "95% 区间", "相符"],
        [
            (n, b.parties, b.defaults, f"{b.foretold:.2%}", f"{b.observed:.2%}",
             f"{b.low:.2%} 至 {b.high:.2%}", "是" if b.agrees else "否")
            for n, b in enumerate(judged.bins, 1)
        ],
    )  # fmt: skip
    if judged.split is not None:
        linked, unlinked = judged.split.linked, judged.split.unlinked
        print(
            f"自身没有不利记录的：有关联影响 {linked.parties} 户，违约 {linked.observed:.2%}"
            f"（{linked.low:.2%} 至 {linked.high:.2%}）；没有关联影响 {unlinked.parties} 户，"
            f"违约 {unlinked.observed:.2%}（{unlinked.low:.2%} 至 {unlinked.high:.2%}）。"
        )
    from api.wording import GROUPS

    table(
        f"{title}：各人群（性别和年龄不参与评分）",
        ["分组", "值", "户数", "违约", "预测", "实际", "95% 区间"],
        [
            (GROUPS[r.by], names.get(r.value, r.value), r.parties, r.defaults, f"{r.foretold:.2%}",
             f"{r.observed:.2%}", f"{r.low:.2%} 至 {r.high:.2%}")
            for r in judged.groups
        ],
    )  # fmt: skip
    print(judged.why_no_probability or "总体和各组的预测与实际相符。")


def _say(found: ProposedPolicy, as_json: bool) -> None:
    put = found.proposal

    def people() -> None:
        state = f"已由 {put.approved_by} 批准" if put.approved_by else "待另一人批准"
        print(f"风险政策 {found.policy.version}：{state}（提案 {put.id}）")
        for line in found.changes:
            print(f"  {line}")

    answer = {
        "proposal": put.id,
        "proposed_by": put.proposed_by,
        "approved_by": put.approved_by,
        "version": found.policy.version,
        "changes": list(found.changes),
    }
    answer_with(answer, as_json, people)

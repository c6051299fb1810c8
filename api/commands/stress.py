"""Money under stress: who loses what when some fail, and who could still pay what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.terminal import AsOf, Json, answer_with, pairs, snapshot_of, table

if TYPE_CHECKING:
    from queries.risk.stress import ClearingStress, DistressStress

__all__ = ["commands"]

commands = typer.Typer(
    name="stress",
    help="压力情形推演：倒闭传染、代偿清算 / losses by contagion, clearing of debts",
    no_args_is_help=True,
)

Count = Annotated[int, typer.Option(min=1, help="最多列出多少个主体 / rows to list")]


@commands.command()
def distress(
    failed: Annotated[
        list[str] | None, typer.Argument(help="假设倒闭的主体编号 / who is assumed to fail")
    ] = None,
    shock: Annotated[
        list[str] | None,
        typer.Option(help="部分冲击：净资产损失几成，编号=0.3，可多次 / part of a buffer gone"),
    ] = None,
    net_assets: Annotated[
        list[str] | None,
        typer.Option(help="假设的净资产，编号=分，可多次 / net assets in fen, key=fen"),
    ] = None,
    as_of: AsOf = "",
    count: Count = 100,
    as_json: Json = False,
) -> None:
    """假设一些主体倒闭，谁的净资产损失多少 / losses of buffers (DebtRank)."""
    from queries.risk import distress_stress
    from queries.structure.guarantees import read_guarantees

    snapshot = snapshot_of(as_of)
    told = distress_stress(
        snapshot,
        failed=failed or (),
        shocks=_parts(shock),
        buffers_fen=read_guarantees(snapshot).net_assets,
        supplied_fen=_fen(net_assets),
    )

    def people() -> None:
        from api.wording import money, percent

        rows = [
            (item.name, money(item.buffer_fen), _range(money, item.loss_low_fen, item.loss_high_fen),
             _range(percent, item.share_low, item.share_high))
            for item in told.losses[:count]
        ]  # fmt: skip
        _tell(
            told,
            f"假设情形下受影响的主体（共 {len(told.losses)} 个）",
            ["主体", "净资产", "损失", "占净资产"],
            rows,
        )

    answer_with(told.as_dict(count), as_json, people)


@commands.command()
def clearing(
    cash: Annotated[
        list[str] | None,
        typer.Option(help="假设的可用资金，编号=分，可多次 / money at hand in fen, key=fen"),
    ] = None,
    keep_external: Annotated[
        float | None,
        typer.Option(min=0, max=1, help="违约者变卖自有资金的收回比例 / kept of own money"),
    ] = None,
    keep_claims: Annotated[
        float | None, typer.Option(min=0, max=1, help="违约者变卖债权的收回比例 / kept of claims")
    ] = None,
    as_of: AsOf = "",
    count: Count = 100,
    as_json: Json = False,
) -> None:
    """全部担保同时代偿，谁还能还多少 / who pays what when all guarantees are called."""
    from queries.risk import clearing_stress

    told = clearing_stress(
        snapshot_of(as_of),
        cash_fen=_fen(cash),
        keep_external=keep_external,
        keep_claims=keep_claims,
    )

    def people() -> None:
        from api.wording import money

        rows = [
            (item.name, money(item.cash_fen), money(item.owed_fen),
             _range(money, item.paid_low_fen, item.paid_high_fen))
            for item in told.payments[:count]
        ]  # fmt: skip
        sure = "唯一解" if told.certified else "解不唯一，列出的是最多能还的"
        _tell(
            told,
            f"全部担保同时代偿时的还款（共 {len(told.payments)} 个债务人，{sure}）",
            ["主体", "可用资金", "应还", "能还"],
            rows,
        )

    answer_with(told.as_dict(count), as_json, people)


def _fen(given: list[str] | None) -> dict[str, int]:
    """`key=fen` options; raises `typer.BadParameter` for an amount that is no whole number."""
    try:
        return {key: int(text) for key, text in pairs(given or []).items()}
    except ValueError as error:
        raise typer.BadParameter("金额写作 编号=整数分") from error


def _parts(given: list[str] | None) -> dict[str, float]:
    """`key=share` options; raises `typer.BadParameter` for what is no number."""
    try:
        return {key: float(text) for key, text in pairs(given or []).items()}
    except ValueError as error:
        raise typer.BadParameter("冲击写作 编号=比例，如 0.3") from error


def _range(say: Any, low: float, high: float) -> str:
    return str(say(low)) if low == high else f"{say(low)} ～ {say(high)}"


def _tell(
    told: DistressStress | ClearingStress, title: str, columns: list[str], rows: list[Any]
) -> None:
    print(f"—— {told.notice} ——")
    for line in told.assumptions:
        print(f"假设：{line}")
    table(title, columns, rows)
    if told.unknown:
        print(f"另有 {len(told.unknown)} 笔贷款或担保未采集金额，未计入。")
    held = told.basis
    print(f"截至 {held.as_of}，依据第 {held.position} 批以前的数据，规则 {held.policy}。")

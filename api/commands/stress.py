"""Money under stress: who loses what when some fail, and who could still pay what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from api.terminal import AsOf, Json, KnownAt, answer_with, basis, pairs, reading, table

if TYPE_CHECKING:
    from queries.risk.stress import ClearingStress, DistressStress

__all__ = ["commands"]

commands = typer.Typer(
    name="stress",
    help="压力情形推演：倒闭传染、代偿清算、贷款损失、大额风险暴露 / losses, clearing, exposures",
    no_args_is_help=True,
)

Shocks = Annotated[
    list[str] | None,
    typer.Option(help="部分冲击：净资产损失几成，编号=0.3，可多次 / part of a buffer gone"),
]
Count = Annotated[int, typer.Option(min=1, help="最多列出多少个主体 / rows to list")]


@commands.command()
def distress(
    failed: Annotated[
        list[str] | None, typer.Argument(help="假设倒闭的主体编号 / who is assumed to fail")
    ] = None,
    shock: Shocks = None,
    net_assets: Annotated[
        list[str] | None,
        typer.Option(help="假设的净资产，编号=分，可多次 / net assets in fen, key=fen"),
    ] = None,
    as_of: AsOf = "",
    known_at: KnownAt = "",
    count: Count = 100,
    as_json: Json = False,
) -> None:
    """假设一些主体倒闭，谁的净资产损失多少 / losses of buffers (DebtRank)."""
    with reading(as_of, known_at) as reader:
        told = reader.distress(
            failed=failed or (), shocks=_parts(shock), supplied_fen=_fen(net_assets)
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

    answer_with(told.first(count), as_json, people)


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
    known_at: KnownAt = "",
    count: Count = 100,
    as_json: Json = False,
) -> None:
    """全部担保同时代偿，谁还能还多少 / who pays what when all guarantees are called."""
    with reading(as_of, known_at) as reader:
        told = reader.clearing(
            cash_fen=_fen(cash), keep_external=keep_external, keep_claims=keep_claims
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

    answer_with(told.first(count), as_json, people)


@commands.command()
def losses(
    by: Annotated[
        Literal["institution", "village", "security", "purpose"],
        typer.Option(help="按放款机构、所在村、担保方式或用途 / grouped by"),
    ] = "institution",
    failed: Annotated[
        list[str] | None, typer.Option(help="假设倒闭的主体编号，可多次 / who fails")
    ] = None,
    shock: Shocks = None,
    loss_given_failure: Annotated[
        float | None, typer.Option(min=0, max=1, help="违约后的损失比例 / loss given failure")
    ] = None,
    as_of: AsOf = "",
    known_at: KnownAt = "",
    count: Count = 100,
    as_json: Json = False,
) -> None:
    """按机构、村、担保方式或用途，贷款可能损失多少 / what may be lost of the loans."""
    from queries.money.losses import GROUPINGS

    with reading(as_of, known_at) as reader:
        told = reader.losses(
            by,
            failed=failed or (),
            shocks=_parts(shock),
            loss_given_failure=loss_given_failure,
        )

    def people() -> None:
        from api.wording import money

        print(f"—— {told.notice} ——")
        if not told.calibrated:
            print("按分值折算的数只用于各组之间比较：分值在校准前不称概率，合计也不是损失预测。")
        table(
            f"可能的损失，按{GROUPINGS[by]}（共 {len(told.groups)} 组）",
            [
                GROUPINGS[by],
                "笔数",
                "余额",
                "预期损失" if told.calibrated else "按分值折算",
                "情形下损失",
            ],
            [
                (
                    item.name or item.key or "未登记",
                    item.loans,
                    money(item.balance_fen),
                    money(item.by_score_fen),
                    "—"
                    if item.stressed_low_fen is None or item.stressed_high_fen is None
                    else _range(money, item.stressed_low_fen, item.stressed_high_fen),
                )
                for item in [*told.groups[:count], told.whole]
            ],
        )
        if told.whole.unknown:
            print(f"另有 {told.whole.unknown} 笔贷款未采集余额，未计入。")
        basis(told.basis)

    answer_with(told, as_json, people)


@commands.command()
def exposures(
    lender: Annotated[str, typer.Argument(help="放款机构编号 / key of the institution")],
    tier1_fen: Annotated[
        int | None, typer.Option(min=1, help="一级资本净额（分） / net tier-1 capital in fen")
    ] = None,
    capital_fen: Annotated[
        int | None, typer.Option(min=1, help="资本净额（分） / net capital in fen")
    ] = None,
    as_of: AsOf = "",
    known_at: KnownAt = "",
    count: Count = 100,
    as_json: Json = False,
) -> None:
    """大额风险暴露和关联客户 / large exposures and connected clients."""
    with reading(as_of, known_at) as reader:
        told = reader.exposures(lender, tier1_fen=tier1_fen, capital_fen=capital_fen)

    def people() -> None:
        from api.wording import money, percent

        def checked(checks: Any) -> str:
            return "\n".join(
                f"{c.title}：{c.verdict.value}"
                + (f"（{percent(c.ratio)}，限 {percent(c.most)}）" if c.ratio is not None else "")
                + (f"，请补充{c.lacking}" if c.lacking else "")
                for c in checks
            )

        table(
            f"{told.lender_name or lender} 的客户（共 {len(told.clients)} 个）",
            ["客户", "贷款余额", "限额"],
            [(c.name or c.party, money(c.balance.known), checked(c.checks))
             for c in told.clients[:count]],
        )  # fmt: skip
        table(
            f"关联客户（共 {len(told.groups)} 组）",
            ["成员", "贷款余额", "因为", "限额"],
            [
                (
                    "、".join(told.names[key] or key for key in group.members),
                    money(group.balance.known),
                    "\n".join(
                        f"{told.names.get(c.a) or c.a} → {told.names.get(c.b) or c.b}："
                        f"{_GROUNDS[c.ground]}"
                        + ("" if c.ratio is None else f" {percent(c.ratio)}")
                        for c in group.connections
                    ),
                    checked(group.checks),
                )
                for group in told.groups
            ],
        )
        for item in told.open[:count]:
            print(
                f"{told.names[item.a] or item.a} 与 {told.names[item.b] or item.b} 是否关联"
                f"（{_GROUNDS[item.ground]}）待补充：{item.lacking}"
            )
        print(told.not_counted)
        basis(told.basis)

    answer_with(told.first(count), as_json, people)


_GROUNDS = {
    "control": "控制",
    "operator": "经营者",
    "sales": "收入依存",
    "guarantee": "担保依存",
}


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
    basis(told.basis)

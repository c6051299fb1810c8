"""Ownership, guarantee rings, hints, and the guarded insert of a guarantee."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.acts import Act
from api.terminal import (
    AsOf,
    Json,
    Key,
    KnownAt,
    answer_with,
    basis,
    day_of,
    open_settings,
    reading,
    table,
)

if TYPE_CHECKING:
    from queries.structure import ProposalCheck

__all__ = ["commands"]

commands = typer.Typer(
    name="structure", help="股权、担保圈和关联提示 / ownership, rings, hints", no_args_is_help=True
)


@commands.command()
def owners(
    key: Key,
    rule: Annotated[str, typer.Option(help="受益所有人标准的名称 / named rule")] = "",
    as_of: AsOf = "",
    known_at: KnownAt = "",
    as_json: Json = False,
) -> None:
    """股权穿透、控制人和受益所有人 / look-through, controllers, beneficial owners."""
    from queries.structure import CONTROL_REASONS, DOUBTS, UNDISCLOSED, Owners

    with reading(as_of, known_at) as reader:
        found = Owners.of(reader.structure().ownership, key, rule=rule or None)
    through, control, beneficial = found.through, found.control, found.beneficial

    def people() -> None:
        rows = [
            (o.name, f"{o.share:.4%}", f"{o.direct:.4%}" + ("（推算）" if o.is_derived else ""))
            for o in through.owners
        ]
        rows += [
            (f"未知（{u.name or u.firm}：{DOUBTS[u.why]}）", f"{u.share:.4%}", "")
            for u in through.unknown
        ]
        table(f"{through.name or key} 的最终所有人", ["所有人", "穿透比例", "直接持股"], rows)
        for named in through.named[:_LISTED]:
            print(named.sentence)
        _more(through.named, "名股东的出资比例待补充")
        table(
            f"控制人：{control.verdict.value}"
            + (f"（{CONTROL_REASONS[control.why]}）" if control.why else ""),
            ["控制人", "表决权", "最终"],
            [(c.name, f"{c.votes:.2%}", c.is_last) for c in control.controllers[:_LISTED]],
        )
        _more(control.controllers, "个控制人，--json 列出全部")
        table(
            f"受益所有人（{beneficial.rule.basis}）",
            ["姓名", "比例", "依据", "结论", "路径"],
            [
                (
                    o.name,
                    f"{o.share:.4%}",
                    o.ground,
                    o.verdict.value,
                    "\n".join(path.sentence for path in o.paths),
                )
                for o in beneficial.owners[:_LISTED]
            ],
        )
        _more(beneficial.owners, "人，--json 列出全部")
        for item in beneficial.declared:
            print(f"申报：{item.sentence}{'（受益所有）' if item.is_beneficial else ''}")
        for said in beneficial.differences:
            print(said)
        if beneficial.undisclosed and beneficial.undisclosed.reason:
            why = beneficial.undisclosed.reason
            print(f"未披露所有人：{UNDISCLOSED.get(why, why)}")
        if beneficial.without_paths:
            print(f"其中 {beneficial.without_paths} 人待补充，未列出持股路径。")
        for doubt in through.doubts:
            print(f"{doubt.name or doubt.firm}：{DOUBTS[doubt.kind]}")
        basis(found.basis)

    answer_with(found, as_json, people)


@commands.command()
def bods(
    key: Key,
    publisher: Annotated[str, typer.Option(help="公示机构的名称 / who publishes")] = "",
    as_of: AsOf = "",
    known_at: KnownAt = "",
) -> None:
    """按受益所有权数据标准（BODS 0.4）输出股权声明 / ownership statements, BODS 0.4."""
    import json

    with reading(as_of, known_at) as reader:
        said = reader.bods(key, **({"publisher": publisher} if publisher else {}))
        stated = reader.basis
    basis(stated)
    print(json.dumps(said, ensure_ascii=False, indent=2))


@commands.command()
def guarantees(as_of: AsOf = "", known_at: KnownAt = "", as_json: Json = False) -> None:
    """全区担保圈、担保链、互保、联保和星形担保 / patterns among all guarantees."""
    with reading(as_of, known_at) as reader:
        found = reader.structure().overview

    def people() -> None:
        from api.wording import money

        def names(keys: Any) -> str:
            return "、".join(found.names.get(key) or key for key in keys)

        table(
            "担保圈",
            ["成员", "圈内担保", "债务", "名义覆盖", "有效覆盖"],
            [
                (
                    names(ring.members),
                    money(ring.inside.known),
                    money(ring.debt.known),
                    _percent(ring.nominal_ratio),
                    _percent(ring.effective_ratio),
                )
                for ring in found.rings
            ],
        )
        table(
            "担保链",
            ["级数", "经过", "末端债务"],
            [
                (c.link_count, " → ".join(names(s) for s in c.stations), money(c.end_debt.known))
                for c in found.chains
            ],
        )
        table(
            "一人担保多户",
            ["担保人", "户数", "其中企业"],
            [(names([s.guarantor]), len(s.borrowers), len(s.clients)) for s in found.stars],
        )
        basis(found.basis)

    answer_with(found, as_json, people)


@commands.command()
def hints(key: Key, as_of: AsOf = "", known_at: KnownAt = "", as_json: Json = False) -> None:
    """关联提示：同一控制人、同住所、同电话、同登记经办人、换壳、代持 / hints about a party."""
    with reading(as_of, known_at) as reader:
        found = reader.structure().hint_answer(key)

    def people() -> None:
        print(f"—— {found.notice} ——")
        for item in found.hints:
            print(f"{item.certainty:.0%}  {item.sentence}（{item.expires_on} 前有效）")
        basis(found.basis)

    answer_with(found, as_json, people)


@commands.command()
def guarantee(
    guarantor: Annotated[str, typer.Argument(help="担保人的键 / key of the guarantor")],
    borrower: Annotated[str, typer.Argument(help="借款人的键 / key of the borrower")],
    loan: Annotated[str, typer.Argument(help="贷款的键 / key of the loan")],
    lender_code: Annotated[str, typer.Option(help="金融机构编码 / code of the lender")],
    contract_no: Annotated[str, typer.Option(help="担保合同号 / contract number")],
    amount_fen: Annotated[int, typer.Option(help="担保金额（分）/ amount in fen")],
    signed_on: Annotated[str, typer.Option(help="签订日期；不写为今天 / signed on")] = "",
    expires_on: Annotated[str, typer.Option(help="到期日期 / expires on")] = "",
    kind: Annotated[
        str, typer.Option(help="一般 general、连带 joint_and_several、联保 joint_group / kind")
    ] = "joint_and_several",
    relation: Annotated[str, typer.Option(help="担保人与借款人的关系 / relation of the two")] = "",
    accept_open: Annotated[
        list[str] | None,
        typer.Option(help="哪些待补充的限额由办理人负责 / open limits that one answers for"),
    ] = None,
    check_only: Annotated[
        bool, typer.Option("--check", help="只核对，不写入 / check only")
    ] = False,
    as_json: Json = False,
) -> None:
    """核对一笔拟提供的担保，未突破限额才写入 / check a guarantee, insert it within limits."""
    from graph.time import parse_date
    from ingest.guarded_guarantee import insert_guarantee
    from queries.structure import GuaranteeProposal

    proposal = GuaranteeProposal(
        lender_code=lender_code,
        contract_no=contract_no,
        guarantor=guarantor,
        borrower=borrower,
        loan=loan,
        amount_fen=amount_fen,
        kind=kind,  # type: ignore[arg-type]
        signed_on=day_of(signed_on),
        expires_on=parse_date(expires_on) if expires_on else None,
        relation=relation or None,
    )
    if check_only:
        with reading() as reader:
            check = reader.check_guarantee(proposal)
        answer_with(check, as_json, lambda: _show_check(check))
        return
    done = insert_guarantee(open_settings(Act.GUARANTEE), proposal, accept_open=accept_open or ())

    def people() -> None:
        if done.check:
            _show_check(done.check)
        print(_STATES[done.state])

    answer_with(done, as_json, people)
    if done.state in ("refused", "open"):
        raise typer.Exit(1)


_STATES = {
    "inserted": "已写入。",
    "already": "此前已写入，未作改动。",
    "refused": "未写入：突破限额。",
    "open": "未写入：有限额待补充。补齐事实，或用 --accept-open 说明由谁负责的限额。",
}


def _show_check(check: ProposalCheck) -> None:
    table(
        f"核对结果：{check.verdict.value}",
        ["限额", "结论", "情况", "依据"],
        [(o.title, o.verdict.value, o.reason, o.basis) for o in check.outcomes],
    )
    basis(check.basis)


#: Rows of one table on a terminal.
_LISTED = 50


def _more(items: Sequence[Any], what: str) -> None:
    if len(items) > _LISTED:
        print(f"另有 {len(items) - _LISTED} {what}。")


def _percent(ratio: float | None) -> str:
    return "—" if ratio is None else f"{ratio:.0%}"

"""Who is whom: candidates, the review queue, judgements, clusters."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import typer

from api.acts import Act
from api.terminal import Json, answer_with, open_settings, table

__all__ = ["commands"]

commands = typer.Typer()
_identity = typer.Typer(help="主体核对：谁与谁是同一主体 / who is whom", no_args_is_help=True)
commands.add_typer(_identity, name="identity")

User = Annotated[str, typer.Option("--user", help="核对人姓名 / who judges")]
Note = Annotated[str, typer.Option("--note", help="依据说明 / ground")]
By = Annotated[
    Literal["rules", "splink"],
    typer.Option(
        help="查找方式：rules 规则；splink 统计匹配，适合大文件，须安装 xinnong[er]"
        " / the way to search; splink: for large files, an extra"
    ),
]
IntoGraph = Annotated[
    bool, typer.Option("--graph/--no-graph", help="同时更新图数据库 / also update the graph")
]


@_identity.command()
def candidates(by: By = "rules", as_json: Json = False) -> None:
    """查找疑似同一主体的记录，更新核对队列 / search for candidates, renew the queue."""
    from ingest.identity import refresh

    found = refresh(open_settings(Act.JUDGE), by=by)
    answer = {
        "weighed_by": found.weighed_by,
        "candidates": len(found.candidates),
        "compared": found.compared,
        "left_out": found.left_out,
    }

    def people() -> None:
        print(
            f"比较 {found.compared} 对，{len(found.candidates)} 对进入核对队列。"
            f"可能性的依据：{found.weighed_by}"
        )
        for block, count in found.left_out.items():
            print(f"未能比较：{count} 条记录（按 {block} 分组过大，且没有村）。")

    answer_with(answer, as_json, people)


@_identity.command()
def review(
    limit: Annotated[int, typer.Option(help="最多列几对 / at most")] = 20,
    offset: Annotated[int, typer.Option(help="从第几对起 / from")] = 0,
    as_json: Json = False,
) -> None:
    """待核对的记录对，附理由 / pairs that wait, with reasons."""
    from ingest.identity import review as waiting

    pairs = waiting(open_settings(Act.JUDGE), limit=limit, offset=offset)

    def people() -> None:
        if not pairs:
            print("没有待核对的记录。运行 xinnong identity candidates 重新查找。")
            return
        table(
            "疑似同一主体（仅供核对，不作任何认定）",
            ["可能性", "一方", "另一方", "理由"],
            [
                (
                    f"{item.pair.probability:.0%}",
                    f"{item.one.name or '（无姓名）'}\n{item.one.key}",
                    f"{item.other.name or '（无姓名）'}\n{item.other.key}",
                    "\n".join(map(_reason, item.pair.reasons)),
                )
                for item in pairs
            ],
        )

    answer_with(pairs, as_json, people)


@_identity.command()
def judge(
    one: Annotated[str, typer.Argument(help="一方的键 / key of one")],
    other: Annotated[str, typer.Argument(help="另一方的键 / key of the other")],
    verdict: Annotated[str, typer.Argument(help="same 同一 / different 不同")],
    user: User,
    note: Note = "",
    graph: IntoGraph = True,
    as_json: Json = False,
) -> None:
    """核对一对记录：同一或不同 / judge a pair."""
    from ingest.identity import judge as decide

    words = {"same": "same", "different": "different", "同一": "same", "不同": "different"}
    if verdict not in words:
        raise typer.BadParameter("结论写 same（同一）或 different（不同）")
    chosen: Any = words[verdict]
    _tell(
        decide(open_settings(Act.JUDGE), one, other, chosen, user=user, note=note), graph, as_json
    )


@_identity.command()
def undo(
    number: Annotated[
        int, typer.Argument(help="核对的编号，见 clusters / number of the judgement")
    ],
    user: User,
    note: Note = "",
    graph: IntoGraph = True,
    as_json: Json = False,
) -> None:
    """撤销一次核对 / take a judgement back."""
    from ingest.identity import take_back

    _tell(take_back(open_settings(Act.JUDGE), number, user=user, note=note), graph, as_json)


@_identity.command()
def clusters(as_json: Json = False) -> None:
    """已合并的主体、相互矛盾的核对和全部核对记录 / clusters, conflicts, judgements."""

    from ingest.identity import judgements_in_force

    judgements, found = judgements_in_force(open_settings(Act.JUDGE))
    answer = {
        "clusters": found.clusters,
        "conflicts": found.conflicts,
        "judgements": judgements,
    }

    def people() -> None:
        table(
            "同一主体",
            ["保留编号", "并入的编号"],
            [
                (item.canonical, "\n".join(key for key in item.members if key != item.canonical))
                for item in found.clusters
            ],
        )
        if found.conflicts:
            table(
                "矛盾（涉及的记录暂不合并）",
                ["一方", "另一方", "原因", "判为同一的核对", "判为不同的核对"],
                [
                    (item.one, item.other, _GROUNDS[item.ground], list(item.path), item.against)
                    for item in found.conflicts
                ],
            )
        table(
            "核对记录",
            ["编号", "一方", "另一方", "结论", "核对人", "时间", "说明"],
            [
                (j.number, j.one, j.other, _VERDICTS[j.verdict], j.user, j.at, j.note)
                for j in judgements
            ],
        )

    answer_with(answer, as_json, people)


_GROUNDS = {"identifiers": "证件号码不同", "judged_different": "已判为不同"}
_VERDICTS = {"same": "同一", "different": "不同", "open": "撤销"}


def _reason(reason: dict[str, Any]) -> str:
    note = f"（{reason['note']}）" if reason["note"] else ""
    return f"{'+' if reason['bits'] > 0 else '-' if reason['bits'] < 0 else '·'} {reason['text']}{note}"


def _tell(judged: Any, into_graph: bool, as_json: bool) -> None:
    if into_graph:
        from graph.catch_up import catch_up

        catch_up(open_settings(Act.JUDGE))
    answer = judged

    def people() -> None:
        made = answer["judgement"]
        print(f"第 {made['number']} 号核对：{_VERDICTS[made['verdict']]}，核对人 {made['user']}。")
        for key, stays in answer["merged_into"].items():
            print(f"{key} 并入 {stays}")
        for item in answer["conflicts"]:
            print(f"矛盾：{item['one']} 与 {item['other']}（{_GROUNDS[item['ground']]}），"
                  f"涉及第 {item['path']} 号核对，暂不合并。")  # fmt: skip

    answer_with(answer, as_json, people)

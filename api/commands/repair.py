"""Repair, objection, annulment of public records: cases, their acts, and what used a record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.acts import Act
from api.terminal import Json, answer_with, open_settings, table

if TYPE_CHECKING:
    from ingest.repair import CaseFile

__all__ = ["commands"]

commands = typer.Typer()
_repair = typer.Typer(
    help="信用修复、异议和撤销 / repair, objection, annulment", no_args_is_help=True
)
commands.add_typer(_repair, name="repair")

Number = Annotated[int, typer.Argument(help="件号 / number of the case")]
By = Annotated[str, typer.Option("--by", help="办理人姓名 / who acts")]
Stated = Annotated[
    list[str] | None,
    typer.Argument(
        help="填写内容 名称=值；证据写 conditions.corrected=…，材料写 documents=proof / name=value"
    ),
]


@_repair.command(name="list")
def every(
    limit: Annotated[int, typer.Option(min=1, help="最多几件 / at most")] = 50,
    offset: Annotated[int, typer.Option(min=0, help="从第几件起 / from")] = 0,
    as_json: Json = False,
) -> None:
    """办理件和时限，逾期的在前 / cases and clocks, overdue ones first."""
    from ingest.repair import cases

    found = cases(open_settings(Act.OFFICE), limit=limit, offset=offset)

    def people() -> None:
        table(
            f"办理件 {found.total}，逾期 {found.overdue}",
            ["件号", "事项", "状态", "时限", "经办人"],
            [(f.case.number, f.title, f.state, "\n".join(map(_clock, f.clocks)), f.case.acts[-1].by)
             for f in found.cases],
        )  # fmt: skip

    answer_with(found, as_json, people)


@_repair.command()
def show(number: Number, as_json: Json = False) -> None:
    """一件：记录、适用规定、经过和下一步 / one case."""
    from ingest.repair import case_of

    _tell(case_of(open_settings(Act.OFFICE), number), as_json)


@_repair.command()
def records(
    document_no: Annotated[str, typer.Argument(help="文书号 / document number")],
    as_json: Json = False,
) -> None:
    """按文书号查找记录 / records of a document."""
    from ingest.repair import records_of

    found = records_of(open_settings(Act.OFFICE), document_no)

    def people() -> None:
        table(
            "记录",
            ["类别", "记录编号", "文号", "机关", "文书日期", "等级"],
            [(r.kind, r.key, r.document_no, r.authority, r.begins, r.credit_class) for r in found],
        )

    answer_with({"records": found}, as_json, people)


@_repair.command(name="open")
def begin(
    kind: Annotated[
        str, typer.Argument(help="repair 修复 / objection 异议 / annulment 撤销 / shield 屏蔽 / expiry 期满未纠正")
    ],
    record_kind: Annotated[str, typer.Argument(help="Penalty 处罚 / ListEntry 名单")],
    record: Annotated[str, typer.Argument(help="记录编号 / record key")],
    by: By,
    stated: Stated = None,
    as_json: Json = False,
) -> None:  # fmt: skip
    """申请或登记一件 / open a case."""
    from ingest.repair import KINDS, open_case

    if kind not in KINDS:
        raise typer.BadParameter(f"事项写：{'、'.join(KINDS)}")
    chosen: Any = kind
    _tell(
        open_case(
            open_settings(Act.OFFICE), chosen, record_kind, record, by=by, stated=_given(stated)
        ),
        as_json,
    )


@_repair.command()
def act(
    number: Number,
    step: Annotated[str, typer.Argument(help="步骤，见 show / act")],
    by: By,
    stated: Stated = None,
    as_json: Json = False,
) -> None:
    """办理一步 / act on a case."""
    from ingest.repair import act_on

    _tell(act_on(open_settings(Act.OFFICE), number, step, by=by, stated=_given(stated)), as_json)


@_repair.command()
def withdrawn(
    record: Annotated[str, typer.Argument(help="记录编号 / record key")], as_json: Json = False
) -> None:
    """使用过该记录的判定、通报和导出 / what used a record."""
    from ingest.repair import withdrawals_of

    found = withdrawals_of(open_settings(Act.OFFICE), record)

    def people() -> None:
        table(
            "使用过该记录的",
            ["类别", "名称", "时间", "引用"],
            [(u.kind_label, u.title or u.name, u.at, u.cited) for u in found],
        )

    answer_with({"record": record, "used_by": found}, as_json, people)


@_repair.command(name="carry-out")
def carry(as_json: Json = False) -> None:
    """把中断的办理结果写入 / carry out what an interrupted run left."""
    from ingest.pipeline import bring_up
    from ingest.repair import carry_out

    settings = open_settings(Act.OFFICE)
    done = carry_out(settings)
    if done:
        bring_up(settings)
    answer_with({"carried_out": done}, as_json, lambda: print(f"写入 {done} 条。"))


def _given(stated: list[str] | None) -> dict[str, Any]:
    from api.terminal import pairs

    found: dict[str, Any] = {}
    for name, value in pairs(stated or []).items():
        part, dot, inner = name.partition(".")
        if dot:
            found.setdefault(part, {})[inner] = value
        else:
            found[part] = value.split(",") if part == "documents" else value
    return found


def _clock(clock: Any) -> str:
    on = clock.on or "工作日历缺该年"
    return f"{clock.title} {on}{'（逾期）' if clock.overdue else ''}"


def _tell(found: CaseFile, as_json: bool) -> None:
    def people() -> None:
        print(f"第 {found.case.number} 件 {found.title}：{found.state}")
        for clock in found.clocks:
            print(_clock(clock))
        if found.flag:
            print(found.flag)
        table(
            "经过",
            ["时间", "步骤", "办理人", "状态", "说明"],
            [(a.at, a.act, a.by, a.state, a.reason) for a in found.case.acts],
        )
        for move in found.moves:
            asked = "、".join(f"{item.name}（{item.title}）" for item in move.fields)
            print(f"下一步 {move.act} {move.title}：{asked}")

    answer_with(found, as_json, people)

"""Wrong codes: what was found, a real code confirmed on evidence, the correction file of a round."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.acts import Act
from api.terminal import (
    AsOf,
    Json,
    answer_with,
    day_of,
    fetch_engine,
    open_settings,
    opened,
    table,
)
from api.who_asks import local_scope

__all__ = ["commands"]

commands = typer.Typer()
By = Annotated[str, typer.Option("--by", help="办理人姓名或工号 / who acts")]
Round = Annotated[str, typer.Argument(help="轮次，如 2023 / round")]
_codes = typer.Typer(
    name="code-errors", help="重错码 / wrong and repeated codes", no_args_is_help=True
)
commands.add_typer(_codes)


@commands.command("confirm-code")
def confirm(
    code: Annotated[str, typer.Argument(help="统一社会信用代码 / unified social credit code")],
    by: Annotated[str, typer.Option(help="确认人 / who confirms it")],
    evidence: Annotated[str, typer.Option(help="依据，如营业执照副本原件 / on what evidence")],
    kind: Annotated[str, typer.Option(help="差错种类 / kind of error")] = "CHECK_DIGIT",
    reason: Annotated[str, typer.Option(help="原因 / why it is right")] = "",
    as_json: Json = False,
) -> None:
    """确认一个看似有误却属实的代码，此前因此退回的行随即收入 / confirm a real code on evidence."""
    from ingest.code_errors import confirm as confirm_code
    from ingest.readmission import waiting_for

    settings = open_settings(Act.OFFICE)
    if waiting_for(settings, code):  # rows come in at once, and the graph follows
        fetch_engine(settings)
    with opened(Act.OFFICE) as services:
        found = confirm_code(services.office, code, kind, by=by, reason=reason, evidence=evidence)
    answer_with(
        found,
        as_json,
        lambda: print(f"已确认 {found.code}；此前因此退回的行收入 {found.accepted} 行"),
    )


@_codes.command("show")
def show(
    kind: Annotated[str, typer.Option(help="只看一种 / one kind")] = "",
    registrar: Annotated[str, typer.Option(help="只看一个登记管理部门 / one registrar")] = "",
    state: Annotated[str, typer.Option(help="状态：open、confirmed 或 pilot / state")] = "",
    as_of: AsOf = "",
    as_json: Json = False,
) -> None:
    """重错码率、各登记管理部门待办和每个代码 / rates, worklists and every code."""
    from ingest.code_errors import find_code_errors
    from queries.code_errors import kinds

    with opened(Act.OFFICE) as services:
        found = find_code_errors(
            services.office, services.reader(local_scope(), as_of=day_of(as_of))
        )
    assert found is not None
    chosen = found.of(kind, registrar, state)
    terms = {item.code: item.term for item in kinds().kinds}

    def people() -> None:
        codes, rows = found.codes, found.records
        print(
            f"按代码 {codes.numerator} / {codes.denominator}；按行 {rows.numerator} / {rows.denominator}"
        )
        heads = ["种类", "代码", "行", "已确认", "试点码"]
        told = [(x.term, x.codes, x.records, x.confirmed, x.pilot) for x in found.kinds]
        table("各种类（未确认的）", heads, told)
        table(
            f"{len(chosen)} 条",
            ["种类", "代码", "名称", "由谁处理", "状态", "行"],
            [
                (terms[x.kind], x.code or "（原文已删除）", "、".join(x.names), x.registrar,
                 {"open": "待处理", "confirmed": "已确认", "pilot": "试点码"}[x.state],
                 "、".join(f"{ref.batch}:{ref.row}" for ref in x.rows[:3]))
                for x in chosen
            ],
        )  # fmt: skip

    answer_with({**vars(found), "errors": chosen, "total": len(chosen)}, as_json, people)


@_codes.command("enter-round")
def enter_round(
    name: Round,
    allowed: Annotated[list[int], typer.Option("--allow", help="允许的标识位，可多次 / operation")],
    notice: Annotated[str, typer.Option(help="通知文号 / notice")],
    by: By,
    as_json: Json = False,
) -> None:
    """登记一轮纠错允许的数据操作标识位 / enter which operations a round takes."""
    from ingest.code_errors import enter_round as enter

    with opened(Act.OFFICE) as services:
        found = enter(services.office, name, allowed, notice=notice, by=by)
    answer_with(
        found, as_json, lambda: print(f"已登记 {found.round}：{found.allowed}（{found.notice}）")
    )


@_codes.command("choose")
def choose_for(
    name: Round,
    item: Annotated[str, typer.Argument(help="行编号 / line")],
    operation: Annotated[int, typer.Argument(help="0 新赋码 1 删除 2 保持不变 / operation")],
    by: By,
    new_code: Annotated[str, typer.Option(help="新代码 / new code")] = "",
    note: Annotated[str, typer.Option(help="情况说明 / note")] = "",
    as_json: Json = False,
) -> None:
    """填报汇总表一行的处理 / say what is to be done with a line."""
    from ingest.code_errors import choose

    with opened(Act.OFFICE) as services:
        found = choose(
            services.office,
            services.reader(local_scope()),
            name,
            item,
            operation,
            new_code=new_code,
            note=note,
            by=by,
        )
    answer_with(found, as_json, lambda: print(f"已填报；还有 {len(found.problems)} 处待办"))


@_codes.command("round")
def round_(name: Round, as_json: Json = False) -> None:
    """一轮纠错：各行、已填的处理、不能报出的原因 / a round, and what keeps its file."""
    from queries.code_errors import read_round

    with opened(Act.OFFICE) as services:
        found = read_round(services.reader(local_scope()), services.office.store, name)

    def people() -> None:
        table(
            f"{name}（{found.rule.notice}）：{len(found.lines)} 行",
            ["行编号", "代码", "名称", "处理", "结果"],
            [
                (x.item, x.code, x.name, x.choice.operation if x.choice else "未填",
                 found.results[x.item].outcome if x.item in found.results else "")
                for x in found.lines
            ],
        )  # fmt: skip
        for each in found.problems:
            print(f"第 {each.number} 行：{each.message_zh}" if each.number else each.message_zh)

    answer_with(found, as_json, people)


@_codes.command("return")
def send(
    name: Round,
    by: By,
    out: Annotated[Path, typer.Option(help="写到哪个目录 / folder to write into")] = Path(),
    as_json: Json = False,
) -> None:
    """生成纠错回传标准格式表，全部通过才生成 / write the correction file, whole or not at all."""
    from ingest.code_errors import return_bytes, send_back

    with opened(Act.OFFICE) as services:
        kept = send_back(services.office, services.reader(local_scope()), name, by=by)
    path = out / f"纠错回传标准格式表-{name}.xlsx"
    path.write_bytes(return_bytes(kept))
    answer_with(
        kept, as_json, lambda: print(f"{path}（{kept.counts['total']} 行，校验码 {kept.id}）")
    )

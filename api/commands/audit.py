"""The audit: search, check, heads, alerts, and the lawful end of what was kept long enough."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from api.acts import Act
from api.terminal import Json, answer_with, opened, say, table

__all__ = ["commands"]

commands = typer.Typer(
    name="audit",
    help="审计：谁查阅了谁、办理了什么；校验、日首、预警 / who looked at whom; check, heads, alerts",
    no_args_is_help=True,
)
By = Annotated[str, typer.Option("--by", help="审计人姓名或工号 / who acts")]
Number = Annotated[int, typer.Argument(min=1, help="编号 / number")]
FromOn = Annotated[str, typer.Option("--from", help="自哪一天 / first day")]
ToOn = Annotated[str, typer.Option("--to", help="到哪一天 / last day")]
_WRONG = 1


@commands.command()
def search(
    who: Annotated[str, typer.Option(help="查阅人编号或姓名 / who")] = "",
    subject: Annotated[str, typer.Option(help="主体编号 / key of a party")] = "",
    from_on: FromOn = "",
    to_on: ToOn = "",
    act: Annotated[str, typer.Option(help="事项代码，如 ask、decide / act")] = "",
    number: Annotated[str, typer.Option(help="打印件或导出件编号 / number of a print")] = "",
    before: Annotated[
        int, typer.Option(min=0, help="只看早于这一条的，即上一次的 next / older than this entry")
    ] = 0,
    limit: Annotated[int, typer.Option(min=1, max=200, help="最多几条 / at most")] = 50,
    offset: Annotated[int, typer.Option(min=0, help="从第几条起 / from")] = 0,
    as_json: Json = False,
) -> None:
    """查找审计记录，新的在前 / entries, newest first."""
    from api.audit_book import AuditBook, Wanted
    from graph.time import parse_date

    wanted = Wanted(
        who, subject, parse_date(from_on) if from_on else None,
        parse_date(to_on) if to_on else None, act, number,
    )  # fmt: skip
    with opened(Act.AUDIT) as services:
        found = AuditBook(services).search(
            wanted, before=before or None, limit=limit, offset=offset
        )

    def people() -> None:
        table(
            f"审计记录共 {found.total} 条",
            ["编号", "时间", "查阅人", "角色", "事项", "途径", "主体数", "用途", "结果"],
            [
                (one.entry, one.at, one.name, one.role_label, one.act_label, one.way, one.subjects,
                 one.purpose, one.status or "")
                for one in found.entries
            ],
        )  # fmt: skip
        if found.next:
            print(f"还有更早的：加上 --before {found.next} 再查。")

    answer_with(found, as_json, people)


@commands.command()
def show(number: Number, as_json: Json = False) -> None:
    """一条审计记录和它涉及的主体 / one entry, with whom it is about."""
    from api.audit_book import AuditBook

    with opened(Act.AUDIT) as services:
        found = AuditBook(services).entry(number)

    def people() -> None:
        rows = [(name, getattr(found, name)) for name in found.__dataclass_fields__]
        table(f"第 {number} 条", ["项目", "内容"], [(name, str(value)) for name, value in rows])

    answer_with(found, as_json, people)


@commands.command()
def verify(as_json: Json = False) -> None:
    """校验审计链：改动、缺失、调换、日首不符都会指出 / whether the chain is whole."""
    from api.audit_book import AuditBook

    with opened(Act.AUDIT) as services:
        found = AuditBook(services).check()

    def people() -> None:
        if found.problem is None:
            print(
                f"完整：{found.entries} 条（第 {found.first} 至第 {found.last} 条），"
                f"与 {found.heads} 个日首、另存的 {found.elsewhere} 个日首一致。"
            )
        else:
            print(f"✗ {found.problem.said}请保留现场，用备份和另存的日首核对。")

    answer_with(found, as_json, people)
    if found.problem is not None:
        raise typer.Exit(_WRONG)


@commands.command()
def head(as_json: Json = False) -> None:
    """签署到最后一条，存入另存目录，并打印可手抄留存的日首 / sign the last entry."""
    from api.audit_book import AuditBook

    with opened(Act.AUDIT) as services:
        found = AuditBook(services).seal()

    def people() -> None:
        if found is None:
            print("还没有审计记录。")
            return
        rows = [
            ("日期", found.ended_on), ("最后一条", found.number), ("校验值", found.hash),
            ("签署时间", found.at), ("公钥", found.key), ("签名", found.signature),
        ]  # fmt: skip
        table("审计日首（请打印或抄录，另处保管）", ["项目", "内容"], rows)

    answer_with(found, as_json, people)


@commands.command()
def export(
    file: Annotated[Path, typer.Argument(help="写到哪个文件，每条一行 JSON / file to write")],
    from_on: FromOn = "",
    to_on: ToOn = "",
) -> None:
    """导出审计记录，一行一条 JSON / write entries as lines of JSON."""
    from api.audit_book import AuditBook, Wanted
    from graph.encoding import encode
    from graph.private import close_to_others
    from graph.time import parse_date

    wanted = Wanted(
        from_on=parse_date(from_on) if from_on else None,
        to_on=parse_date(to_on) if to_on else None,
    )
    count = 0
    close_to_others()
    with opened(Act.AUDIT) as services, file.open("x", encoding="utf-8") as stream:
        for line in AuditBook(services).every(wanted):
            stream.write(json.dumps(encode(line), ensure_ascii=False) + "\n")
            count += 1
    say(f"{count} 条写入 {file}")


@commands.command()
def alerts(
    limit: Annotated[int, typer.Option(min=1, max=200, help="最多几条 / at most")] = 50,
    is_open: Annotated[bool, typer.Option("--open", help="只看未核查的 / open ones")] = False,
    as_json: Json = False,
) -> None:
    """异常查阅预警，新的在前；可放入定时任务 / unusual reading."""
    from api.audit_book import AuditBook

    with opened(Act.AUDIT) as services:
        found = AuditBook(services).alerts(is_open=True if is_open else None, limit=limit)

    def people() -> None:
        table(
            f"预警共 {found.total} 条",
            ["编号", "日期", "规则", "情形", "记录", "核查"],
            [
                (line.alert.number, line.alert.happened_on, line.title, line.alert.said,
                 f"{line.alert.first}–{line.alert.last}", line.alert.finding or "未核查")
                for line in found.alerts
            ],
        )  # fmt: skip

    answer_with(found, as_json, people)


@commands.command()
def watch(
    subject: Annotated[str, typer.Argument(help="主体编号 / key of a party")],
    why: Annotated[str, typer.Option(help="理由 / why")],
    by: By,
    who: Annotated[
        str, typer.Option(help="查阅人编号：该主体就是这位查阅人 / the reader who it is")
    ] = "",
    as_json: Json = False,
) -> None:
    """登记重点主体，或者登记查阅人本人是哪个主体 / watch a subject."""
    from api.audit_book import AuditBook

    with opened(Act.AUDIT) as services:
        kept = AuditBook(services).watch(subject, why=why, by=by, who=who)
    answer_with(kept, as_json, lambda: print(f"已登记，编号 {kept.number}。"))


@commands.command("end-watch")
def end_watch(number: Number, by: By, as_json: Json = False) -> None:
    """不再关注 / end one."""
    from api.audit_book import AuditBook

    with opened(Act.AUDIT) as services:
        kept = AuditBook(services).end_watch(number, by=by)
    answer_with(kept, as_json, lambda: print(f"已撤销：{kept.number}"))


@commands.command()
def cut(
    before: Annotated[str, typer.Argument(help="清理这一天以前的，须满五年 / days before it")],
    by: By,
    as_json: Json = False,
) -> None:
    """清理保存满五年的记录，留下签名的说明 / end what was kept for five years."""
    from api.audit_book import AuditBook
    from graph.time import parse_date

    with opened(Act.AUDIT) as services:
        kept = AuditBook(services).cut(parse_date(before), by=by)

    def people() -> None:
        print("没有可以清理的。" if kept is None else f"已清理到第 {kept.number} 条，并已签名。")

    answer_with(kept, as_json, people)

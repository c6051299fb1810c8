"""Data in: folders, sample files, department files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.acts import Act
from api.terminal import (
    Bar,
    Json,
    SourceName,
    answer_with,
    fetch_engine,
    open_settings,
    opened,
    permitted,
    say,
    table,
)

if TYPE_CHECKING:
    from ingest import BatchReport, Preview
    from ingest.comparing.concerned import Concerned
    from ingest.comparing.list_part import ListPart
    from ingest.report import RefusedFile

__all__ = ["commands", "show_concerned"]

commands = typer.Typer()

_MOST = 50  # lines shown of what was found


@commands.command()
def init(
    address: Annotated[
        str, typer.Option(help="服务的地址，写在链接前面 / address of the service")
    ] = "http://127.0.0.1:8000",
) -> None:
    """建立数据目录、密钥和首任管理员 / make the data folder, the secrets, the administrator."""
    from api.security import local_asker
    from api.security.first_start import first_administrator
    from graph.private import private_folder
    from graph.secrets import make_secrets
    from graph.signing import Signer
    from graph.time import utc_now

    settings = open_settings(Act.RECEIVE)
    private_folder(settings.data)
    make_secrets(settings.secrets_file)
    Signer(settings.data)
    print(f"数据目录 {settings.data}；密钥 {settings.secrets_file}（请妥善备份）")
    with opened(Act.PEOPLE) as services:
        path = first_administrator(services.office.store, by=local_asker().name, at=utc_now())
    if path is not None:
        print(f"管理员的一次性登录链接（24 小时内用一次；先运行 xinnong serve）：{address}{path}")


@commands.command()
def sample(
    folder: Annotated[Path, typer.Argument(help="写到哪个目录 / folder to write into")],
    persons: Annotated[int, typer.Option(help="人数，1,000 到 1,000,000 / persons")] = 10_000,
    seed: Annotated[int, typer.Option(help="同一种子写出同样的文件 / seed")] = 20260401,
    as_json: Json = False,
) -> None:
    """写出样本区的部门文件 / write the files of the sample district."""
    permitted(Act.LOOK)
    from graph.errors import InputError
    from ingest.sample import write_district

    try:
        truth = write_district(folder, persons=persons, seed=seed, progress=say)
    except ValueError:
        raise InputError(
            "人数应在 1,000 到 1,000,000 之间。", "persons: from 1,000 to 1,000,000.", code="size"
        ) from None
    answer_with(
        truth,
        as_json,
        lambda: table(
            "样本文件",
            ["文件", "行数", "预期退回"],
            [(name, rows, truth.quarantined.get(name, 0)) for name, rows in truth.rows.items()],
        ),
    )


@commands.command()
def ingest(
    source: SourceName,
    files: Annotated[list[Path], typer.Argument(help="要导入的文件 / files to take in")],
    known_at: Annotated[str, typer.Option(help="接收时间 ISO 8601 / when received")] = "",
    form: Annotated[
        Path | None, typer.Option(help="本县表格的 YAML / the county's form", exists=True)
    ] = None,
    part: Annotated[str, typer.Option(help="名单的第几份，如 2/3 / part of a list")] = "",
    list_name: Annotated[str, typer.Option("--list", help="分份名单的名称 / its name")] = "",
    dry_run: Annotated[bool, typer.Option(help="只看会改动什么，不写入 / write nothing")] = False,
    wait: Annotated[float, typer.Option(help="同一来源正在导入时等几秒 / seconds")] = 600.0,
    as_json: Json = False,
) -> None:
    """导入一个来源的文件 / take in files of a source."""
    import ingest as room
    from graph.time import past_instant

    settings = open_settings(Act.RECEIVE)
    received = past_instant(known_at) if known_at else None
    stated = _part(part, list_name)
    if dry_run:
        with Bar() as step:
            seen = room.preview(
                source,
                files,
                settings=settings,
                known_at=received,
                part=stated,
                form=form,
                progress=step,
            )
        answer_with(seen, as_json, lambda: _show_preview(seen))
        _tell_refused(seen.refused)
        return
    fetch_engine(settings)
    with Bar() as step:
        report = room.ingest(
            source,
            files,
            settings=settings,
            known_at=received,
            form=form,
            part=stated,
            wait_s=wait,
            progress=step,
        )
    answer_with(report, as_json, lambda: _show_batches("导入结果", report.batches))
    _tell_refused(report.refused)


def _tell_refused(refused: Sequence[RefusedFile]) -> None:
    """Say which of several files could not be taken; the command then ends as one that failed."""
    for item in refused:
        say(f"未接收 {item.file_name}：{item.message_zh}")
    if refused:
        raise typer.Exit(1)


def _part(text: str, name: str) -> ListPart | None:
    if not text:
        return None
    from ingest.comparing.list_part import ListPart

    number, slash, of = text.partition("/")
    if not (slash and number.isdigit() and of.isdigit()):
        raise typer.BadParameter("名单的份数写作 第几份/共几份，例如 2/3")
    return ListPart(name or "名单", int(number), int(of))


def _show_batches(title: str, batches: Sequence[BatchReport]) -> None:
    from ingest.finding import grouped

    table(
        title,
        ["批次", "文件", "读入", "接收", "未变", "退回", "结束", "疑似过期"],
        [
            (
                b.position, b.file_name, b.rows_in, b.accepted, b.unchanged, b.quarantined,
                sum(b.ended.values()) + sum(b.succeeded.values()), b.stale_suspected,
            )
            for b in batches
        ],
    )  # fmt: skip
    for batch in batches:
        for found in batch.findings:
            if found.row is None:
                say(f"{batch.file_name}：{found.message_zh}")
    warned = [
        (batch.file_name, each.where(), each.first.column or "", each.first.said)
        for batch in batches
        for each in grouped(f for f in batch.findings if f.severity == "warning" and f.row)
    ]
    if warned:
        table(
            f"提示：这些行已接收，请核对（共 {len(warned)} 种{'，前 50 种' if len(warned) > _MOST else ''}）",
            ["文件", "行", "列", "情况和办法"],
            list(warned[:_MOST]),
        )
    errors = [(b, f) for b in batches for f in b.findings if f.severity == "error"]
    if errors:
        table(
            "退回的行（前 50 条）",
            ["文件", "行", "列", "情况", "怎么办"],
            [
                (b.file_name, f.row, f.column or "", f.value_class or f.code, f.said)
                for b, f in errors[:_MOST]
            ],
        )
        sources = "、".join(dict.fromkeys(batch.source for batch, _ in errors))
        say(f"更正后重报：xinnong quarantine export {sources}")


def _show_preview(seen: Preview) -> None:
    _show_batches("试运行：没有写入任何内容", seen.batches)
    for batch in seen.batches:
        new = "、".join(f"{kind} {count}" for kind, count in batch.asserted.items()) or "无"
        say(f"{batch.file_name}：新写入 {new}；不再成立 {batch.closed}")
    show_concerned(seen.decisions)


def show_concerned(decisions: Sequence[Concerned]) -> None:
    """Print the kept decisions that a change concerns, and which of them it would turn."""
    if decisions:
        table(
            "涉及的已存判定",
            ["判定", "主体", "产品", "当时结论", "今日结论", "变动之后", "是否翻转"],
            [
                (
                    item.decision.id[:12],
                    item.decision.party,
                    item.decision.product,
                    item.decision.verdict,
                    item.before,
                    item.after,
                    "记录中没有重新判定所需的内容，不能断言" if item.flips is None else item.flips,
                )
                for item in decisions
            ],
        )

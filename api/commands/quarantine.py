"""Refused rows: what waits, for whom, and the workbook in which it is put right."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from api.acts import Act
from api.terminal import Json, KnownAt, SourceName, answer_with, instant_of, opened, table

__all__ = ["commands"]

commands = typer.Typer()
_quarantine = typer.Typer(name="quarantine", help="退回的行 / refused rows", no_args_is_help=True)
commands.add_typer(_quarantine)


@_quarantine.command("list")
def list_rows(
    source: SourceName,
    limit: Annotated[int, typer.Option(help="最多列几行 / rows at most")] = 50,
    as_json: Json = False,
) -> None:
    """列出一个来源待更正的行（内容已遮蔽）/ open rows of a source, values masked."""
    from ingest import load_source, masked

    declared = load_source(source)
    with opened(Act.RECEIVE) as services:
        came = services.deliveries()
    kept, rows = came.quarantine, came.open_rows(source)
    lines: list[dict[str, Any]] = []
    for item in rows[:limit]:
        spec = {field.title: field for field in declared.tables[item.table].fields}
        cells = kept.cells(item.batch.batch).get(item.row, {})
        lines += [
            {
                "batch": item.batch.batch,
                "file_name": item.batch.file_name,
                "row": item.row,
                "column": finding.column,
                "code": finding.code,
                "shown": masked(spec[finding.column], cells.get(spec[finding.column].name))
                if finding.column in spec
                else None,
                "message_zh": finding.said,
            }
            for finding in item.findings
        ]
    answer_with(
        {"open_rows": len(rows), "findings": lines},
        as_json,
        lambda: table(
            f"{declared.title}：待更正 {len(rows)} 行",
            ["文件", "行", "列", "原值（遮蔽）", "怎么办"],
            [
                (x["file_name"], x["row"], x["column"] or "", x["shown"] or "", x["message_zh"])
                for x in lines
            ],
        ),
    )


@_quarantine.command("export")
def export(
    source: SourceName,
    out: Annotated[Path, typer.Option(help="写到哪个目录 / folder to write into")] = Path(),
) -> None:
    """写出错误明细，更正后原样导入 / write the error workbook to be corrected and ingested."""
    from ingest import load_source

    with opened(Act.RECEIVE) as services:
        written = services.deliveries().export(load_source(source), out)
    for path, count in written.items():
        print(f"{path}（{count} 行）")
    if written:
        print(f"含个人信息，只交给报送单位。更正后：xinnong ingest {source} 错误明细.xlsx")
    else:
        print("没有待更正的行")


@commands.command()
def worklist(
    department: Annotated[str, typer.Option(help="只看一个部门 / one department")] = "",
    source: Annotated[str, typer.Option(help="只看一个来源 / one source")] = "",
    warnings: Annotated[bool, typer.Option(help="也列提示 / also warnings")] = False,
    lines: Annotated[bool, typer.Option(help="逐行 JSON / JSON lines")] = False,
    known_at: KnownAt = "",
    as_json: Json = False,
) -> None:
    """各部门待更正清单 / what each department has to put right."""
    from graph.encoding import encode
    from graph.time import day_of
    from ingest import by_department

    with opened(Act.RECEIVE) as services:
        tasks = services.deliveries(known_at=instant_of(known_at)).worklist(
            department=department or None, source=source or None, warnings=warnings
        )
    if lines:
        for task in tasks:
            print(json.dumps(encode(task), ensure_ascii=False))
        return
    loads = by_department(tasks)
    answer_with(
        {"departments": loads, "tasks": tasks},
        as_json,
        lambda: table(
            "待更正",
            ["部门", "行数", "最早收到", "问题和怎么办"],
            [
                (
                    x.department,
                    x.rows,
                    day_of(x.oldest),
                    "\n".join(x.messages[:3]),
                )
                for x in loads
            ],
        ),
    )

"""What the sources declare: their list, their templates, the manual's pages, the masking list."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.acts import Act
from api.terminal import Json, SourceName, answer_with, permitted, table

__all__ = ["commands"]

commands = typer.Typer()


@commands.command()
def sources(as_json: Json = False) -> None:
    """列出数据来源 / list the sources."""
    permitted(Act.LOOK)
    from ingest import in_order, load_source, source_names

    found = [load_source(name) for name in in_order(source_names())]
    answer_with(
        [item.model_dump(exclude={"forms"}, mode="json") for item in found],
        as_json,
        lambda: table(
            "数据来源",
            ["来源", "名称", "提供部门", "表", "依赖"],
            [
                (s.name, s.title, s.department, "、".join(s.tables), "、".join(s.needs))
                for s in found
            ],
        ),
    )


@commands.command()
def template(
    source: SourceName,
    out: Annotated[Path, typer.Option(help="写到哪个目录 / folder to write into")] = Path(),
) -> None:
    """写出一个来源的 Excel 填报模板 / write the Excel templates of a source."""
    permitted(Act.LOOK)
    from ingest import load_source, write_templates

    for path in write_templates(load_source(source), out):
        print(path)


@commands.command()
def dictionary(
    folder: Annotated[Path, typer.Argument(help="写到哪个目录 / folder to write into")],
) -> None:
    """写出数据字典和来源目录两页 / write the manual's pages of sources and fields."""
    permitted(Act.LOOK)
    from ingest import load_source, source_names, write_pages

    for path in write_pages([load_source(name) for name in source_names()], folder):
        print(path)


@commands.command()
def masking(source: SourceName, as_json: Json = False) -> None:
    """哪些字段对外遮蔽、怎样遮蔽 / which fields are masked, and how."""
    permitted(Act.LOOK)
    from ingest import load_source, masking_list

    rows = [
        (name, spec.title, str(spec.sensitivity), rule)
        for name, spec, rule in masking_list(load_source(source))
    ]
    columns = ["表", "列名", "敏感级别", "遮蔽方式"]
    answer_with(
        [dict(zip(("table", "title", "sensitivity", "rule"), row, strict=True)) for row in rows],
        as_json,
        lambda: table("遮蔽清单", columns, rows),
    )

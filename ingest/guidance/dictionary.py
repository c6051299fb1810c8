"""The pages of the manual that follow from the catalogues: sources, and every field of them.

They are written by `xinnong dictionary` and compared with the catalogues in a test, so that the
manual cannot say anything else than the gate does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from graph.information import InformationClass
from graph.schema import SCHEMA
from ingest.catalogue.editions import place_title
from ingest.catalogue.field import FieldSpec
from ingest.catalogue.source import Expected, Source
from ingest.guidance.masking import masking_rule
from ingest.guidance.wording import (
    allowed,
    field_rule,
    file_title,
    row_rule,
    type_wording,
)

__all__ = ["dictionary_page", "sources_page", "write_pages"]

_COMPLETENESS = {"increment": "增量", "snapshot": "全量"}
_MADE = "本页由 `xinnong dictionary` 按来源目录生成，请勿手改。"


def write_pages(sources: Sequence[Source], folder: Path) -> list[Path]:
    """Write both pages into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    pages = {"sources.md": sources_page(sources), "dictionary.md": dictionary_page(sources)}
    for name, text in pages.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    return [folder / name for name in pages]


def sources_page(sources: Sequence[Source]) -> str:
    """Who sends what, on what ground, how often and how long it is kept."""
    lines = ["# 数据来源 · Sources", "", _MADE, ""]
    lines += _table(
        (
            "来源",
            "名称",
            "提供部门",
            "法律依据",
            "目录类别",
            "方式",
            "应有行数",
            "保存期限",
            "依赖",
        ),
        [
            (
                f"`{source.name}`",
                f"{source.title} / {source.title_en}",
                source.department,
                source.legal_basis,
                "、".join(
                    dict.fromkeys(
                        place_title(place) for t in source.tables for place in source.places(t)
                    )
                ),
                "、".join(
                    dict.fromkeys(_COMPLETENESS[source.completeness_of(t)] for t in source.tables)
                ),
                "；".join(dict.fromkeys(_expected(source.expected_of(t)) for t in source.tables)),
                "；".join(dict.fromkeys(source.kept(table) for table in source.tables)),
                "、".join(f"`{need}`" for need in source.needs),
            )
            for source in sources
        ],
    )
    return "\n".join(lines) + "\n"


def dictionary_page(sources: Sequence[Source]) -> str:
    """Every field of every source."""
    lines = ["# 数据字典 · Data dictionary", "", _MADE, ""]
    lines.append("敏感级别按 JR/T 0171-2020；“遮蔽”是对无关人员显示的方式。")
    lines += ["", *_classes()]
    for source in sources:
        lines += ["", f"## {source.title}（`{source.name}`）", ""]
        lines.append(f"{source.department}；{source.legal_basis}")
        for name, table in source.tables.items():
            key = "、".join(spec.title for spec in table.fields if spec.name in table.key)
            lines += ["", f"### {file_title(source, name)}（`{name}`）", ""]
            lines.append(f"主键：{key or '无'}。文件名：{'、'.join(table.files) or '不限'}。")
            lines += [f"- {row_rule(check, table)}" for check in table.checks]
            lines.append("")
            lines += _table(
                (
                    "字段",
                    "列名",
                    "也可写作",
                    "类型",
                    "必填",
                    "可填的值",
                    "要求",
                    "示例",
                    "级别",
                    "遮蔽",
                ),
                [_field(spec) for spec in table.fields],
            )
    return "\n".join(lines) + "\n"


def _classes() -> Iterator[str]:
    """Which class of information each kind of fact is of, and on what terms it may be looked at."""
    yield "## 信息类别 · Classes of information"
    yield ""
    yield (
        "每一种事实属于一个信息类别。公开的类别谁都可以看；其余的，须由法律规定对该岗位开放，"
        "或由信息主体同意向该机构、为该用途开放。"
    )
    yield ""
    yield from _table(
        ("类别", "名称", "是否公开", "依据", "包括"),
        [
            (
                f"`{item.value}`",
                item.term,
                "公开" if item.is_public else "须有依据或同意",
                item.basis,
                "、".join(f"{kind.term}（`{kind.kind}`）" for kind in SCHEMA.kinds
                         if kind.information is item),
            )
            for item in InformationClass
        ],
    )  # fmt: skip


def _field(spec: FieldSpec) -> tuple[str, ...]:
    return (
        f"`{spec.name}`",
        spec.title,
        "、".join(spec.aliases),
        type_wording(spec),
        "是" if spec.required else "",
        "、".join(allowed(spec)),
        field_rule(spec),
        spec.example,
        str(spec.sensitivity),
        masking_rule(spec),
    )


def _expected(said: Expected) -> str:
    parts = []
    if said.min is not None:
        parts.append(f"至少 {said.min}")
    if said.max is not None:
        parts.append(f"至多 {said.max}")
    if said.max_fall_ratio is not None:
        parts.append(f"降幅不超过 {said.max_fall_ratio:.0%}")
    return "，".join(parts)


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield f"|{'---|' * len(heads)}"
    for row in rows:
        cells = [cell.replace("|", "\\|") for cell in row]
        yield f"| {' | '.join(cells)} |"

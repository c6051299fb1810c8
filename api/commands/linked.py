"""Linked dishonesty: a party's own, linked and former matters apart, the district's lists, case files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.acts import Act
from api.terminal import AsOf, Json, Key, KnownAt, answer_with, basis, instant_of, opened, table
from api.who_asks import local_scope

if TYPE_CHECKING:
    from datetime import date

    from queries.linked_dishonesty import NearbyHint
    from queries.linked_dishonesty.lists import ResemblanceRow, RingRow

__all__ = ["commands"]

commands = typer.Typer(
    name="linked",
    help="关联失信：自身、关联、历史分列，全区名单，案卷 / linked dishonesty",
    no_args_is_help=True,
)

#: Rows of one table on a terminal.
_LISTED = 100


@commands.command()
def party(key: Key, as_of: AsOf = "", known_at: KnownAt = "", as_json: Json = False) -> None:
    """一个主体：自身记录、关联提示、惩戒措施、历史关系 / own, linked, measures, former ties."""
    from queries.linked_dishonesty import party_links

    with opened(Act.OFFICE) as services:
        reader = services.reader(local_scope(), as_of=_day(as_of), known_at=instant_of(known_at))
        found = party_links(reader, services.office.store, key)

    def people() -> None:
        print(f"—— {found.notice} ——")
        table(
            "自身记录",
            ["名单", "文书号", "机关", "列入", "公示截止"],
            [(o.label, o.number, o.authority, o.listed_on, o.published_until) for o in found.own],
        )
        table(
            "关联提示",
            ["层级", "经过", "自", "失效"],
            [(o.distance, o.sentence, o.since, o.expires_on) for o in found.linked[:_LISTED]],
        )
        if len(found.linked) > _LISTED:
            print(f"另有 {len(found.linked) - _LISTED} 条，--json 列出全部。")
        table(
            "惩戒措施",
            ["实施单位和编号", "措施", "自", "至"],
            [(o.id, o.title, o.said.begins_on, o.said.ends_on) for o in found.measures],
        )
        table(
            "历史关系",
            ["关系", "对方", "自", "至"],
            [(o.what, o.other_name, o.since, o.until) for o in found.historical],
        )
        basis(found.basis)

    answer_with(found, as_json, people)


@commands.command()
def lists(
    name: Annotated[
        str,
        typer.Argument(
            help="名单：linked、rings、re_registration、same_controller、nominee、shared_agent / which list"
        ),
    ] = "linked",
    town: Annotated[str, typer.Option(help="乡镇编码 / town")] = "",
    tie: Annotated[str, typer.Option(help="关系种类 / tie")] = "",
    nearest: Annotated[int, typer.Option(help="最多几层 / at most so many ties", min=0)] = 0,
    since: Annotated[str, typer.Option(help="关系起始不早于 / since")] = "",
    dishonest: Annotated[
        bool, typer.Option("--dishonest", help="只列涉及失信主体的 / with a dishonest subject only")
    ] = False,
    as_of: AsOf = "",
    known_at: KnownAt = "",
    as_json: Json = False,
) -> None:
    """全区名单：关联主体、担保圈、换壳、同一控制人、代持 / the district's lists."""
    from queries.linked_dishonesty import ListFilter, linked_lists

    cut = ListFilter(town, tie, nearest, _day(since), dishonest)
    with opened(Act.OFFICE) as services:
        reader = services.reader(local_scope(), as_of=_day(as_of), known_at=instant_of(known_at))
        found = linked_lists(reader, name, cut, limit=_LISTED)  # type: ignore[arg-type]
    assert found is not None

    def people() -> None:
        print(f"—— {found.notice} ——")
        rows = [_row(one) for one in found.rows]
        table(f"{found.title}（共 {found.total} 条）", ["情况", "失效"], rows)
        if found.total > len(found.rows):
            print(f"另有 {found.total - len(found.rows)} 条，请用筛选缩小。")
        basis(found.basis)

    answer_with(found, as_json, people)


@commands.command("case")
def case_file(
    key: Key,
    purpose: Annotated[str, typer.Option(help="查阅目的 / purpose")],
    by: Annotated[str, typer.Option("--by", help="查阅人姓名或工号 / who reads it")],
    to: Annotated[Path, typer.Option("--to", help="写到这个 XLSX 文件 / the file to write")],
) -> None:
    """导出一个主体的案卷（编号、目的、查阅人、时间）/ export a case file."""
    from api.case_workbook import case_workbook
    from queries.linked_dishonesty import file_case

    with opened(Act.OFFICE) as services:
        made = file_case(
            services.reader(local_scope()), services.office.store, key, purpose=purpose, by=by
        )
    to.write_bytes(case_workbook(made))
    print(f"{made.kept.name} 已写入 {to}")


def _row(one: NearbyHint | RingRow | ResemblanceRow) -> tuple[str, date]:
    """What a row of a list says, and until when."""
    from queries.linked_dishonesty.lists import ResemblanceRow, RingRow

    if isinstance(one, ResemblanceRow):
        return one.hint.sentence, one.hint.expires_on
    if isinstance(one, RingRow):
        told = zip(one.names, one.members, strict=True)
        return "、".join(name or key for name, key in told), one.expires_on
    return one.sentence, one.expires_on


def _day(text: str) -> date | None:
    from graph.time import parse_date

    return parse_date(text) if text else None

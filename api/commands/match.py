"""Who is this, and is it on a list: one by its name, many by a sheet."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.acts import Act
from api.terminal import (
    AsOf,
    Json,
    KnownAt,
    answer_with,
    basis,
    day_of,
    instant_of,
    obeyed_by_none,
    opened,
    table,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ingest.matching import MatchAnswer
    from ingest.screening import AskedRow, ListsAsked, Screened

__all__ = ["commands"]

commands = typer.Typer()

Sheet = Annotated[
    Path,
    typer.Argument(
        exists=True,
        dir_okay=False,
        help="名单：xlsx 或 csv，要有“名称”“证件号码”两列之一 / a sheet",
    ),
]
Out = Annotated[
    Path | None, typer.Option("--out", help="把结果写成工作簿，行序不变 / write a workbook")
]


@commands.command()
def match(
    name: Annotated[str, typer.Argument(help="姓名或单位名称，或统一社会信用代码 / name or code")] = "",
    town: Annotated[str, typer.Option(help="乡镇 / town")] = "",
    village: Annotated[str, typer.Option(help="村 / village")] = "",
    age: Annotated[int | None, typer.Option(min=0, max=150, help="周岁 / age")] = None,
    birth: Annotated[str, typer.Option(help="出生日期 / date of birth")] = "",
    file: Annotated[
        Path | None,
        typer.Option(
            exists=True, dir_okay=False,
            help="名单（xlsx、csv）；有身份证号码的用它，命令行上的字其他用户能看到 / a sheet",
        ),
    ] = None,
    out: Out = None,
    as_of: AsOf = "",
    known_at: KnownAt = "",
    as_json: Json = False,
) -> None:  # fmt: skip
    """这是谁：可能的主体，由高到低，逐条说明理由 / who is this, scored, with reasons."""
    from api.matching import identity_key
    from api.who_asks import local_scope
    from graph.time import parse_date
    from ingest.matching import SaidOf, match_all, subject_of
    from ingest.screening import AskedRow, match_sheet, read_rows

    with opened(Act.ASK, graph=True) as services:
        key = identity_key(services)
        if file is not None:
            rows = read_rows(file, key)
        else:
            is_code = name.isascii() and sum(map(str.isdigit, name)) > len(name) // 2
            said = SaidOf(
                name="" if is_code else name, number=name if is_code else "", town=town,
                village=village, age=age, birth_on=parse_date(birth) if birth else None,
            )  # fmt: skip
            rows = [AskedRow(1, "", said.name, subject_of(said, key))]
        reader = services.reader(local_scope(), as_of=day_of(as_of), known_at=instant_of(known_at))
        answer = match_all(reader, [row.subject for row in rows if row.subject is not None])
    if out is not None:
        out.write_bytes(match_sheet(rows, answer, {"数据截至": str(answer.basis.as_of)}))
    answer_with(answer, as_json, lambda: _matches(rows, answer))


@commands.command()
def screen(
    file: Sheet,
    ground: Annotated[
        str,
        typer.Option(
            "--ground", help="依据和事由：文件、条款、项目 / by which clause and for what"
        ),
    ],
    out: Out = None,
    as_json: Json = False,
) -> None:
    """名单核验：谁现在在依法可用的名单上，未查到与未核验分开 / who is on a list today."""
    from api.matching import identity_key
    from api.who_asks import local_scope
    from graph.errors import InputError
    from ingest.screening import not_screened, read_rows, screen_all, screen_sheet

    if not ground.strip():
        raise InputError(
            "请写明查询的依据和事由。", "Say by which clause and for what.", code="ground_missing"
        )
    with opened(Act.ASK, graph=True) as services:
        rows = read_rows(file, identity_key(services))
        reader = services.reader(local_scope())
        subjects = [row.subject for row in rows if row.subject is not None]
        results, lists = screen_all(reader, services.office.store, subjects)
        found = iter(results)
        told = [
            next(found) if row.subject else not_screened(row.ref, row.name, row.fault)
            for row in rows
        ]
        stands_on = reader.basis
    cover = {"用途": ground, "数据截至": str(stands_on.as_of)}
    if out is not None:
        out.write_bytes(screen_sheet(rows, told, lists, cover))

    def people() -> None:
        _screened(rows, told, lists)
        basis(stands_on)

    answer_with({"results": told, "lists": lists.sentence, "basis": stands_on}, as_json, people)


def _matches(rows: Sequence[AskedRow], answer: MatchAnswer) -> None:
    matches = iter(answer.matches)
    for row in rows:
        if row.subject is None:
            print(obeyed_by_none(f"{row.number} {row.name}：未查。{row.fault}"))
            continue
        one = next(matches)
        table(
            f"{row.name or row.subject.shown}：{one.outcome_label}",
            ["主体", "名称", "乡镇", "村", "年龄", "把握", "得分", "理由"],
            [
                (each.key, each.name, each.town, each.village, each.age, each.band_label, each.score,
                 "；".join(f"{reason.text}（{reason.bits:+g}）" for reason in each.reasons if reason.bits))
                for each in one.candidates
            ],
        )  # fmt: skip
        for fault in one.faults:
            print(obeyed_by_none(f"  {fault}"))
    print(answer.notice)
    basis(answer.basis)


def _screened(rows: Sequence[AskedRow], told: Sequence[Screened], lists: ListsAsked) -> None:
    from ingest.screening import SCREEN_NOTICE

    table(
        lists.sentence,
        ["行", "名称", "号码", "结果", "说明", "名单"],
        [
            (row.number, one.name, one.shown, one.state_label, one.why,
             "；".join(f"{each.label} {each.case_no or ''}" for each in one.entries))
            for row, one in zip(rows, told, strict=True)
        ],
    )  # fmt: skip
    print(SCREEN_NOTICE)

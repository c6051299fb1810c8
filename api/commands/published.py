"""What is published of organisations, as the public page and its interface say it."""

from __future__ import annotations

from collections import Counter
from typing import Annotated

import typer

from api.acts import Act
from api.terminal import Json, answer_with, basis, opened, table
from api.who_asks import local_scope

__all__ = ["commands"]

commands = typer.Typer(
    name="published",
    help="公示信息：公开了哪些，一个组织的公示记录 / what is published",
    no_args_is_help=True,
)


@commands.command()
def counts(as_json: Json = False) -> None:
    """各类公示记录的条数 / how many records are published"""
    from queries.published import KINDS, published

    with opened(Act.LOOK) as services:
        told = published(services.reader(local_scope()))
    found = Counter(one.kind for one in told.notices)
    answer = {"counts": {kind: found[kind] for kind in KINDS}, "basis": told.basis}

    def people() -> None:
        table(
            f"公示信息（{len(told.notices)} 条）",
            ["类别", "条数"],
            [(KINDS[kind].term, found[kind]) for kind in KINDS],
        )
        basis(told.basis)

    answer_with(answer, as_json, people)


@commands.command()
def find(
    text: Annotated[
        str, typer.Argument(help="名称全称或统一社会信用代码 / the whole name, or the code")
    ],
    as_json: Json = False,
) -> None:
    """一个组织的公示记录，只按全称或代码查 / records of one organisation"""
    from queries.published import published

    with opened(Act.LOOK) as services:
        told = published(services.reader(local_scope()))
    notices = told.of(text)
    answer = {"notices": notices, "basis": told.basis}

    def people() -> None:
        table(
            f"公示记录（{len(notices)} 条）",
            ["类别", "内容", "文书号", "机关", "自", "至"],
            [
                (one.kind_label, one.what, one.document_no, one.authority, one.since, one.until)
                for one in notices
            ],
        )
        basis(told.basis)

    answer_with(answer, as_json, people)

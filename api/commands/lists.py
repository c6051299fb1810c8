"""Lists, red and black: the catalogue of rules, and the entries that may be used."""

from __future__ import annotations

from typing import Annotated

import typer

from api.terminal import AsOf, Json, KnownAt, answer_with, basis, reading, table

__all__ = ["commands"]

commands = typer.Typer()


@commands.command()
def lists(as_of: AsOf = "", known_at: KnownAt = "", as_json: Json = False) -> None:
    """名单目录：依据、期限、移出、认定机关和有效记录数 / lists with their rules."""
    from queries.public_lists import list_states

    with reading(as_of, known_at) as reader:
        found, stated = list_states(reader), reader.basis

    def people() -> None:
        table(
            "名单目录",
            ["代码", "名单", "依据", "期限", "认定机关", "核实", "有效记录"],
            [(i.code, i.title, i.rule, i.term, i.authority, i.sure, i.entries) for i in found],
        )
        basis(stated)

    answer_with({"lists": found, "basis": stated}, as_json, people)


@commands.command(name="list-entries")
def entries(
    list_kind: Annotated[
        str, typer.Option("--list", help="名单代码，不写为全部 / code of a list")
    ] = "",
    limit: Annotated[int, typer.Option(min=1, max=200, help="最多几条 / at most")] = 50,
    offset: Annotated[int, typer.Option(min=0, help="从第几条起 / from")] = 0,
    as_of: AsOf = "",
    known_at: KnownAt = "",
    as_json: Json = False,
) -> None:
    """有效的名单记录和列入经过 / entries in force and how they came about."""
    from queries.public_lists import list_entries

    with reading(as_of, known_at) as reader:
        found, stated = list_entries(reader, list_kind, limit=limit, offset=offset), reader.basis

    def people() -> None:
        table(
            f"有效记录 {found.total} 条",
            ["名单", "文号", "机关", "认定日期", "截止日期", "当事人"],
            [(e.list_kind, e.document_no, e.authority, e.begins, e.until, e.party) for e in found.entries],
        )  # fmt: skip
        basis(stated)

    answer_with({"total": found.total, "entries": found.entries, "basis": stated}, as_json, people)

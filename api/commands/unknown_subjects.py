"""Subjects of public records that no register knows."""

from __future__ import annotations

import typer

from api.terminal import AsOf, Json, KnownAt, answer_with, basis, reading, say, table

__all__ = ["commands"]

commands = typer.Typer()


@commands.command("unknown-subjects")
def unknown(as_of: AsOf = "", known_at: KnownAt = "", as_json: Json = False) -> None:
    """待登记主体：有公共信用记录而登记库中没有 / subjects that no register knows."""
    from graph.schema import SCHEMA
    from queries.unknown_subjects import unknown_subjects

    with reading(as_of, known_at) as reader:
        found = unknown_subjects(reader)
        stated = reader.basis
    basis(stated)

    def people() -> None:
        table(
            f"待登记主体 {len(found.subjects)} 个",
            ["报送部门", "名称", "代码", "登记机关", "记录", "文号"],
            [
                (
                    each.department,
                    one.name,
                    one.code,
                    one.registrar,
                    len(one.records),
                    "；".join(r.document_no or r.record_key for r in one.records[:3]),
                )
                for each in found.departments
                for one in each.subjects
            ],
        )
        for kind, count in found.without_register.items():
            say(f"{SCHEMA.kind(kind).term} {count} 个有记录；这类主体没有登记库，无法核对。")
        for line in found.remedies:
            say(line)

    answer_with(found, as_json, people)

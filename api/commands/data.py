"""Data in: folders, sample files, department files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.terminal import Bar, Json, answer_with, fetch_engine, open_settings, say, table

__all__ = ["commands"]

commands = typer.Typer()


@commands.command()
def init() -> None:
    """建立数据目录和密钥 / make the data folder and the secrets."""
    from graph.secrets import make_secrets

    settings = open_settings()
    settings.data.mkdir(parents=True, exist_ok=True)
    make_secrets(settings.secrets_file)
    print(f"数据目录 {settings.data}；密钥 {settings.secrets_file}（请妥善备份）")


@commands.command()
def sample(
    folder: Path, persons: int = 10_000, seed: int = 20260401, as_json: Json = False
) -> None:
    """写出样本区的部门文件 / write the files of the sample district."""
    from graph.errors import InputError
    from ingest.sample import write_district

    try:
        truth = write_district(folder, persons=persons, seed=seed, progress=say)
    except ValueError:
        raise InputError(
            "人数应在 1,000 到 1,000,000 之间。", "persons: from 1,000 to 1,000,000.", code="size"
        ) from None
    answer_with(
        vars(truth),
        as_json,
        lambda: table(
            "样本文件",
            ["文件", "行数", "预期退回"],
            [(name, rows, truth.quarantined.get(name, 0)) for name, rows in truth.rows.items()],
        ),
    )


@commands.command()
def ingest(
    source: str,
    files: list[Path],
    known_at: Annotated[str, typer.Option(help="接收时间 ISO 8601 / when received")] = "",
    form: Annotated[
        Path | None, typer.Option(help="本县表格的 YAML / the county's form", exists=True)
    ] = None,
    as_json: Json = False,
) -> None:
    """导入一个来源的文件 / take in files of a source."""
    import ingest as room
    from graph.time import parse_instant

    settings = open_settings()
    fetch_engine(settings)
    with Bar() as step:
        report = room.ingest(
            source,
            files,
            settings=settings,
            known_at=parse_instant(known_at) if known_at else None,
            form=form,
            progress=step,
        )

    def people() -> None:
        table(
            "导入结果",
            ["文件", "读入", "接收", "未变", "退回"],
            [
                (b.file_name, b.rows_in, b.accepted, b.unchanged, b.quarantined)
                for b in report.batches
            ],
        )
        errors = [(b, f) for b in report.batches for f in b.findings if f.severity == "error"]
        if errors:
            table(
                "退回的行（前 50 条）",
                ["文件", "行", "列", "情况", "怎么办"],
                [
                    (b.file_name, f.row, f.column or "", f.value_class or f.code, f.message_zh)
                    for b, f in errors[:50]
                ],
            )
            print(f"更正后重报：xinnong quarantine export {source}")

    answer_with(report.as_dict(), as_json, people)

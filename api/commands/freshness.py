"""How fresh the data of each source is."""

from __future__ import annotations

import typer

from api.acts import Act
from api.terminal import Json, KnownAt, answer_with, instant_of, opened, table

__all__ = ["commands"]

commands = typer.Typer()


@commands.command()
def freshness(known_at: KnownAt = "", as_json: Json = False) -> None:
    """各来源数据的新旧和待办 / when each source was last heard"""
    with opened(Act.RECEIVE) as services:
        found = services.deliveries(known_at=instant_of(known_at)).freshness()
    answer_with(
        found,
        as_json,
        lambda: table(
            "数据新旧",
            ["部门", "来源", "最近一批", "距今天数", "最近一批退回", "疑似过期", "缺的份", "未通过的文件"],
            [
                (
                    item.department, item.title, item.last_at, item.age_days, item.quarantined,
                    item.stale_suspected, "；".join(item.missing_parts), item.failed_file,
                )
                for item in found
            ],
        ),
    )  # fmt: skip

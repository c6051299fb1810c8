"""The catalogue of questions, from the headers of the `.cypher` files."""

from __future__ import annotations

from api.manual import table
from queries import library
from queries.question import Question

__all__ = ["TITLE", "render"]

TITLE = "查询目录 / Questions"


def render() -> str:
    """Each question: what it asks, its parameters, its columns, its legal basis."""
    return "\n".join(_one(item) for item in library().values())


def _one(item: Question) -> str:
    parameters = table(
        ["参数", "类型", "含义", "默认"],
        [(f"`{p.name}`", p.type, p.term, p.default or "—") for p in item.parameters],
    )
    columns = table(["列", "类型", "含义"], [(f"`{c.name}`", c.type, c.term) for c in item.columns])
    return (
        f"## {item.title} `{item.name}`\n\n{item.question}\n\n依据：{item.basis}；"
        f"最多 {item.rows} 行。\n\n{parameters}\n{columns}"
    )

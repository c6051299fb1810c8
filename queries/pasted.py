"""A question as one can paste it into Neo4j Browser: a `:param` line for each value, then the text."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

from graph.statement import Statement

__all__ = ["pasted"]


def pasted(statement: Statement) -> str:
    """The lines; values that the text does not name are left out."""
    used = dict.fromkeys(re.findall(r"\$(\w+)", statement.text))
    told = [f":param {name} => {_literal(statement.parameters[name])};" for name in used]
    return "\n".join([*told, "", f"{statement.text};"])


def _literal(value: Any) -> str:
    """A value as Cypher writes it."""
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case datetime():
            return f"datetime('{value.isoformat()}')"
        case date():
            return f"date('{value.isoformat()}')"
        case str():
            return "'" + value.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n") + "'"
        case dict():
            told = (
                f"`{name.replace('`', '``')}`: {_literal(each)}" for name, each in value.items()
            )
            return "{" + ", ".join(told) + "}"
        case list() | tuple():
            return "[" + ", ".join(map(_literal, value)) + "]"
    return repr(value)

"""How a page is made: templates that refuse what they do not know, and escape what they do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from api.pages.wording import LABELS, STATES, VALUES, fact, money, percent, show, source
from graph.schema import SCHEMA
from queries.structure.shares import DOUBTS

__all__ = ["page"]

_environment = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=select_autoescape(default=True),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_environment.filters |= {
    "fact": fact,
    "money": money,
    "percent": percent,
    "show": show,
    "source": source,
}
_environment.globals |= {
    "DOUBTS": DOUBTS,
    "LABELS": LABELS,
    "SCHEMA": SCHEMA,
    "STATES": STATES,
    "VALUES": VALUES,
}


def page(name: str, status: int = 200, **values: Any) -> HTMLResponse:
    """A template, filled."""
    return HTMLResponse(_environment.get_template(name).render(**values), status_code=status)

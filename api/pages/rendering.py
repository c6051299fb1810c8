"""How a page is made: templates that refuse what they do not know, and escape what they do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from api.acts import Act
from api.carrying import Leading, along
from api.condition_words import failed, hint_said, lacking, unknown
from api.pages.dating import Dating
from api.pages.exporting import export_link, exported
from api.pages.naming import Naming
from api.pages.navigation import entry_of
from api.pages.start import entries_for, start_of
from api.record_words import adverse_said, adverse_sentence, record_said
from api.security import Asker, may
from api.security.consented import purposes_for
from api.security.shown_to import shown_to
from api.watermark import watermark
from api.wording import (
    GRADES,
    GROUPS,
    LABELS,
    LEAST_SHARE,
    MATCHES,
    STATES,
    fact,
    instant,
    money,
    percent,
    points,
    said,
    show,
    source,
    version,
    who,
)
from graph.schema import SCHEMA
from queries.codes import ADVERSE
from queries.search import SEARCHED_KINDS
from queries.structure.control import CONTROL_REASONS
from queries.structure.declared import UNDISCLOSED
from queries.structure.shares import DOUBTS

__all__ = ["PATIENCE", "filled", "page", "see_other", "waiting"]

#: How long a page waits for its answer before it says so, in seconds.
PATIENCE = 1.0

_ACCEPTED = 202
_SEE_OTHER = 303
#: How often a page that waits asks again, in seconds.
_AGAIN = 2

_environment = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=select_autoescape(default=True),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    extensions=[Dating, Leading, Naming],
)
_environment.filters |= {
    "adverse": adverse_said,
    "adverse_sentence": adverse_sentence,
    "fact": fact,
    "failed": failed,
    "hint": hint_said,
    "instant": instant,
    "lacking": lacking,
    "money": money,
    "percent": percent,
    "record": record_said,
    "said": said,
    "show": show,
    "source": source,
    "unknown": unknown,
    "version": version,
}


def _searches(asker: Asker | None) -> bool:
    """Whether somebody may look for parties, so that the head of a page has the field for it."""
    return asker is not None and may(Act.ASK, asker)


_environment.globals |= {
    "ADVERSE": ADVERSE,
    "SEARCHED_KINDS": SEARCHED_KINDS,
    "searches": _searches,
    "CONTROL_REASONS": CONTROL_REASONS,
    "UNDISCLOSED": UNDISCLOSED,
    "DOUBTS": DOUBTS,
    "GRADES": GRADES,
    "GROUPS": GROUPS,
    "LABELS": LABELS,
    "LEAST_SHARE": LEAST_SHARE,
    "MATCHES": MATCHES,
    "SCHEMA": SCHEMA,
    "export_link": export_link,
    "STATES": STATES,
    "points": points,
    "purposes_for": purposes_for,
    "start_of": start_of,
    "watermark": watermark,
    "who": who,
    "here": "",
}


def page(template: str, status: int = 200, /, *, here: str = "", **values: Any) -> HTMLResponse:
    """A template, filled; `here` is the entry of the navigation that it belongs to."""
    asker = shown_to()
    text = filled(template, here=here, asker=asker, menu=entries_for(asker), **values)
    return exported(text, status, _called(here)) or HTMLResponse(text, status_code=status)


def _called(here: str) -> str:
    """What a file with the tables of a page is called: as its entry in the menu, and as nobody."""
    entry = entry_of(here)
    return entry.title if entry else "表格"


def filled(template: str, /, **values: Any) -> str:
    """A template as text: of what is no page."""
    return _environment.get_template(template).render(**values)


def see_other(path: str) -> RedirectResponse:
    """Where a form leads once it is done: a page that may be loaded again at no harm."""
    return RedirectResponse(along(path), _SEE_OTHER)


def waiting(request: Request, doing: str, *, here: str = "") -> HTMLResponse:
    """What stands in for a page while its answer is being reckoned; it asks again by itself."""
    again = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    answer = page("waiting.html", _ACCEPTED, here=here, doing=doing, again=again, seconds=_AGAIN)
    answer.headers["Retry-After"] = str(_AGAIN)
    return answer

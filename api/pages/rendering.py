"""How a page is made: templates that refuse what they do not know, and escape what they do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from api.acts import Act
from api.carrying import Leading, along
from api.condition_words import failed, hint_said, lacking, unknown
from api.languages import Language
from api.pages.dating import Dating
from api.pages.english.cutting import WRITTEN
from api.pages.english.saying import in_english, written
from api.pages.english.speaking import message_of, spoken
from api.pages.english.translating import Translating
from api.pages.exporting import export_query, exported
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

__all__ = ["PATIENCE", "environment", "filled", "page", "see_other", "waiting"]

#: How long a page waits for its answer before it says so, in seconds.
PATIENCE = 1.0

_ACCEPTED = 202
_SEE_OTHER = 303
#: How often a page that waits asks again, in seconds.
_AGAIN = 2

_FILTERS: Final[Mapping[str, Callable[..., Any]]] = {
    "adverse": adverse_said,
    "adverse_sentence": adverse_sentence,
    "fact": fact,
    "failed": failed,
    "hint": hint_said,
    "instant": instant,
    "lacking": lacking,
    "message": message_of,
    "money": money,
    "percent": percent,
    "record": record_said,
    "said": said,
    "show": show,
    "source": source,
    "unknown": unknown,
    "version": version,
    WRITTEN: written,
}


def _searches(asker: Asker | None) -> bool:
    """Whether somebody may look for parties, so that the head of a page has the field for it."""
    return asker is not None and may(Act.ASK, asker)


_GLOBALS: Final[Mapping[str, Any]] = {
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
    "export_query": export_query,
    "STATES": STATES,
    "points": points,
    "purposes_for": purposes_for,
    "start_of": start_of,
    "watermark": watermark,
    "who": who,
    "here": "",
    "spoken": spoken,
}


@cache
def environment(language: Language) -> Environment:
    """What fills templates in a language."""
    in_it: dict[str, Any] = {"finalize": in_english} if language == "en" else {}
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=[*([Translating] if language == "en" else []), Dating, Leading, Naming],
        **in_it,
    )
    made.filters |= _FILTERS
    made.globals |= _GLOBALS
    return made


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
    return environment(spoken()).get_template(template).render(**values)


def see_other(path: str) -> RedirectResponse:
    """Where a form leads once it is done: a page that may be loaded again at no harm."""
    return RedirectResponse(along(path), _SEE_OTHER)


def waiting(request: Request, doing: str, *, here: str = "") -> HTMLResponse:
    """What stands in for a page while its answer is being reckoned; it asks again by itself."""
    again = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    answer = page("waiting.html", _ACCEPTED, here=here, doing=doing, again=again, seconds=_AGAIN)
    answer.headers["Retry-After"] = str(_AGAIN)
    return answer

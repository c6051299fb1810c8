"""Pages of decisions that were kept: found by subject, product, verdict, keeper and period, and the A4
form of each, as it was kept."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Path
from fastapi.responses import HTMLResponse

from api.acts import Act
from api.admission import Day
from api.condition_words import failed_by
from api.dependencies import Reading
from api.needs import EVERY_CLASS, needs
from api.pages.exporting import rows_shown
from api.pages.navigation import Entry
from api.pages.papers import documents_of
from api.pages.rendering import page
from graph.errors import NotFoundError
from graph.time import instant_on
from queries.eligibility import Verdict
from queries.eligibility.decisions.kept_rules import read_rules
from queries.eligibility.decisions.record import case_from
from queries.reader import Reader
from queries.search import is_personal

__all__ = ["ENTRIES", "router"]

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

_HERE = "/decisions"
ENTRIES = (
    Entry("信贷", 80, _HERE, "判定存档", "按主体、产品、结论和时间查存档的判定书，随时重印"),
)

#: Decisions on the page of those kept.
_SHOWN = 100
#: What a guarantee was checked by is kept beside decisions, and is no form of a product.
_GUARANTEE = "guarantee"
_VERDICTS = tuple(item.value for item in Verdict)

DecisionId = Annotated[str, Path(pattern="^[0-9a-f]{64}$")]


@dataclass(frozen=True)
class _Sought:
    """What the form says; empty: any.  `text` is who it is about, as typed."""

    text: str = ""
    product: str = ""
    verdict: str = ""
    kept_by: str = ""
    since: date | None = None
    until: date | None = None

    @property
    def by_columns(self) -> dict[str, Any]:
        """As the archive takes it: days as they are counted in the office."""
        after = None if self.until is None else self.until + timedelta(1)
        return {
            "product": self.product or None,
            "verdict": self.verdict or None,
            "kept_by": self.kept_by or None,
            "since": None if self.since is None else _begin(self.since),
            "before": None if after is None else _begin(after),
        }


@router.get(_HERE)
@needs(Act.DECIDE, *EVERY_CLASS)
def latest(reader: Reading) -> HTMLResponse:
    """The latest decisions that were kept, to be opened and printed again."""
    return _list(reader, _Sought(), reader.kept_decisions())


@router.post(_HERE)
@needs(Act.DECIDE, *EVERY_CLASS)
def search(
    reader: Reading,
    text: Annotated[str, Form(max_length=100)] = "",
    product: Annotated[str, Form(max_length=64)] = "",
    verdict: Annotated[Literal["", "符合", "待补充", "不符合"], Form()] = "",
    kept_by: Annotated[str, Form(max_length=64)] = "",
    since: Annotated[Day | None, Form()] = None,
    until: Annotated[Day | None, Form()] = None,
) -> HTMLResponse:
    """Those that fit; POST, so that no name or identity stands in a URL."""
    sought = _Sought(text.strip(), product, verdict, kept_by.strip(), since, until)
    parties = None
    if sought.text:
        parties = {row["key"] for row in reader.search(sought.text).rows}
    return _list(reader, sought, reader.kept_decisions(parties=parties, **sought.by_columns))


@router.get("/decisions/{decision_id}")
@needs(Act.DECIDE, *EVERY_CLASS)
def form(reader: Reading, decision_id: DecisionId) -> HTMLResponse:
    """A kept decision as a form to print and sign, in the words of its own rules."""
    found = reader.kept_decision(decision_id)
    if found.product == _GUARANTEE:
        raise NotFoundError(
            "这是一次担保核对的记录，没有判定书。",
            "That is the record of a guarantee that was checked: it has no form.",
            code="decision_unknown",
        )
    record = json.loads(found.record)
    rules = read_rules(reader.rules_text(record["rules"]))
    places = reader.division_names()
    facts = rules.version.in_time(
        case_from(found.record).facts, date.fromisoformat(record["as_of"])
    )
    return page(
        "decision_form.html",
        here=_HERE,
        stated=reader.basis,
        id=found.id,
        decided_at=found.decided_at,
        kept_by=found.kept_by,
        record=record,
        name=reader.name(found.party),
        masked=reader.masked(found.party),
        places=places,
        institutions=reader.institution_names(),
        specs=rules.known.facts,
        against={one.id: failed_by(one, facts, places) for one in rules.version.conditions},
        documents=documents_of(record, rules.known.facts),
        DEFINITIONS={item.id: item for item in rules.defined},
    )


def _list(reader: Reader, sought: _Sought, found: Iterable[Any]) -> HTMLResponse:
    decided = [item for item in found if item.product != _GUARANTEE]
    shown = decided[: -rows_shown(_SHOWN) - 1 : -1]
    # an identity is not written back into the page
    typed = "" if is_personal(sought.text) else sought.text
    return page(
        "kept.html",
        here=_HERE,
        stated=reader.basis if decided else None,
        decisions=shown,
        total=len(decided),
        names=reader.names(item.party for item in shown),
        titles={name: item.title for name, item in reader.products.items()},
        verdicts=_VERDICTS,
        sought=sought,
        typed=typed,
        is_sought=sought != _Sought(),
    )


def _begin(day: date) -> datetime:
    return instant_on(day, time.min)

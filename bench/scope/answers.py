"""Everything that is answered from tables, as plain values that can be compared."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any

import numpy as np
import pyarrow as pa

from bench.scope.random_world import VILLAGES
from graph.errors import XinnongError
from graph.log_view import LogView
from graph.schema import SCHEMA
from graph.snapshot import Snapshot, take_snapshot
from queries.eligibility import decide_all, packaged
from queries.eligibility.decisions.decide import Case, Strata, facts_of, strata_of
from queries.eligibility.decisions.prospects import prospects
from queries.eligibility.facts.gather import gather
from queries.eligibility.facts.paper import Paper, read_papers
from queries.eligibility.facts.records import Records, records_from_log
from queries.eligibility.scorecard import rate, read_places
from queries.eligibility.scorecard.calibrate import calibrate
from queries.export import to_networkx
from queries.money import book_losses, large_exposures
from queries.names import division_names, institution_names
from queries.risk import RiskRun, assess, explain
from queries.structure import Structure, read_structure

__all__ = ["Answers", "answers_of", "content", "plain"]

#: What was answered, by its name: `risk/person:1`, say.
Answers = dict[str, Any]

_CONSENT = {"consent": {"value": True, "reference": "样本授权1号"}}


def answers_of(view: LogView, as_of: date, known_at: datetime, institution: str) -> Answers:
    """Every answer at one moment.  One that is refused is answered by its code."""
    found: Answers = {}

    def answer(name: str, make: Callable[[], Any]) -> None:
        try:
            found[name] = plain(make())
        except XinnongError as error:
            found[name] = ("refused", error.cause_code)

    snapshot = take_snapshot(view, as_of, known_at)
    answer("snapshot", lambda: content(snapshot))
    run, held = assess(snapshot), read_structure(snapshot)
    keys = snapshot.keys.to_pylist()
    answer("risk", lambda: (run.score, run.linked, run.strongest))
    _of_structure(held, keys, answer)
    _of_money(run, held, institution, answer)
    for key in [*keys, "person:nobody"]:
        answer(f"risk/{key}", lambda key=key: explain(run, key))  # type: ignore[misc]
    answer("export", lambda: sorted(to_networkx(snapshot).edges(keys=True, data=True), key=repr))
    _of_eligibility(view, keys, as_of, known_at, institution, answer)
    answer("names/divisions", lambda: division_names(view, as_of, known_at))
    answer("names/institutions", lambda: institution_names(view, as_of, known_at))
    return found


Answer = Callable[[str, Callable[[], Any]], None]


def content(snapshot: Snapshot) -> Any:
    """Everything that a snapshot holds."""
    return {
        "parties": (snapshot.keys, snapshot.labels, snapshot.names),
        "facts": {kind.kind: snapshot.facts(kind.kind) for kind in SCHEMA.kinds},
        "ends": {kind: (ties.source, ties.target) for kind, ties in snapshot.ties.items()},
        "redirects": snapshot.redirects,
        "former_offices": snapshot.former_offices,
        "secured": snapshot.secured,
        "id": snapshot.id,
    }


def _of_structure(held: Structure, keys: list[str], answer: Answer) -> None:
    answer("structure/overview", lambda: held.overview)
    answer("structure/hints", lambda: held.hints)
    for key in [*keys, "org:nobody"]:
        answer(f"structure/owners/{key}", lambda key=key: held.owners(key))  # type: ignore[misc]
        answer(f"structure/standing/{key}", lambda key=key: held.guarantee_position(key))  # type: ignore[misc]


def _of_money(run: RiskRun, held: Structure, institution: str, answer: Answer) -> None:
    for by in ("institution", "village", "purpose"):
        answer(f"money/losses/{by}", lambda by=by: book_losses(run, by))  # type: ignore[misc]
    answer(
        "money/exposures",
        lambda: large_exposures(held.snapshot, held.ownership, held.net, institution),
    )


def _of_eligibility(
    view: LogView,
    keys: list[str],
    as_of: date,
    known_at: datetime,
    institution: str,
    answer: Answer,
) -> None:
    products = packaged()
    found = prospects(view, as_of, known_at, products)
    answer("prospects/summary", found.summary)
    for code in VILLAGES:
        answer(
            f"prospects/{code}",
            lambda code=code: found.village(f"division:{code}", most=9),  # type: ignore[misc]
        )
    answer("places", lambda: read_places(view, as_of, known_at, 1))
    answer("scorecard", lambda: calibrate(view, as_of, known_at))
    records = records_from_log(view, as_of, known_at)
    papers = read_papers(_CONSENT, as_of)
    gathered = gather(records, pa.array(keys, pa.string()), institution=institution, before=as_of)
    for place, key in enumerate(keys):
        case = Case(
            party=key, facts=gathered.facts(place), hints=gathered.hints(place), papers=papers,
            strata=Strata(None, None, None, None), institution=institution,
            first_loan_asof=as_of, as_of=as_of, known_at=known_at, position=1, log_hash="",
        )  # fmt: skip
        answer(f"facts/{key}", lambda case=case: (case.facts, case.hints))  # type: ignore[misc]
        answer(f"decisions/{key}", lambda case=case: tuple(_told(case)))  # type: ignore[misc]
        answer(f"rating/{key}", lambda case=case: rate(case))  # type: ignore[misc]
    # one party at a time reads as everybody does, and only what its papers open
    for key in keys[:1]:
        answer(f"facts_of/{key}", lambda key=key: _alone(records, key, papers, institution, as_of))  # type: ignore[misc]


def _alone(
    records: Records, key: str, papers: Mapping[str, Paper], institution: str, day: date
) -> Any:
    told, gathered = facts_of(records, key, papers, institution=institution, before=day)
    return told, gathered.hints(0), strata_of(records, gathered, key)


def _told(case: Case) -> Iterator[Any]:
    if case.facts["party_kind"].value is None:
        return
    for one in decide_all(case, packaged().values()):
        yield (
            one.product.id, one.verdict, one.conditions, one.settled_by, one.next_steps,
            one.amount, one.first_loan, one.hints,
        )  # fmt: skip


def plain(value: Any) -> Any:
    """Nested values that `==` compares: of dataclasses their public fields, of arrays the items."""
    match value:
        # most of what is compared is one of these
        case Enum() | str() | date() | None | int():
            return value
        case float():
            return repr(value)
        case pa.Table():
            return value.to_pylist()
        case pa.Array() | pa.ChunkedArray():
            return value.to_pylist()
        case np.ndarray():
            # what is no number is as equal as text is
            return [repr(item) for item in value.tolist()]
        case Mapping():
            return {plain(key): plain(item) for key, item in value.items()}
        case Set():
            return sorted((plain(item) for item in value), key=repr)
        case list() | tuple():
            return [plain(item) for item in value]
    if is_dataclass(value):
        return {
            item.name: plain(getattr(value, item.name))
            for item in fields(value)
            if not item.name.startswith("_")
        }
    return repr(value)

"""First-loan prospects of a village, and the conflicts of whoever appraises."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query

from api.acts import Act
from api.admission import Whole
from api.dependencies import Key, Reading
from api.needs import EVERY_CLASS, asked, needs
from graph.time import Instant
from queries.basis import Basis
from queries.coded import with_codes
from queries.eligibility.decisions.prospects import Prospect, ProspectCount
from queries.eligibility.rules.first_loan import Said
from queries.library import answers
from queries.typed_answer import QuestionAnswer

__all__ = ["router"]

router = APIRouter(prefix="/v1", tags=["v1"])


@with_codes
@dataclass(frozen=True)
class ProspectsAnswer:
    """By village and product: units with nothing, and with one thing, in the way."""

    as_of: date
    known_at: Instant
    units: int
    rows: tuple[ProspectCount, ...]
    basis: Basis
    first_loan: Said = Said.UNKNOWN


@dataclass(frozen=True)
class Visit(Prospect):
    """A prospect, and why the assessor named must leave it to somebody else."""

    conflict: str | None = None


@dataclass(frozen=True)
class VisitSheet:
    """Whom to visit in a village, the nearest first."""

    village: str
    rows: tuple[Visit, ...]
    basis: Basis


@router.get("/prospects", summary="首贷培植汇总 / prospects by village and product")
@needs(Act.ASK, *EVERY_CLASS)
def summary(reader: Reading) -> ProspectsAnswer:
    """Households and firms without a known loan; that none is known does not say there is none."""
    found = reader.prospects()
    return ProspectsAnswer(found.as_of, found.known_at, found.units, found.summary(), reader.basis)


@router.get("/prospects/{village}", summary="一个村的走访名单 / a village's visit sheet")
@needs(Act.ASK, *EVERY_CLASS)
def village(
    village: str,
    reader: Reading,
    product: Annotated[str | None, Query(max_length=64)] = None,
    most: Annotated[Whole, Query(ge=0, le=20)] = 1,
    assessor: Annotated[str | None, Query(max_length=128)] = None,
) -> VisitSheet:
    """The nearest first; with `assessor`, whom that person must leave to somebody else."""
    conflicts = reader.conflicts(assessor) if assessor else {}
    found = reader.prospects().village(village, product=product, most=most)
    rows = (
        Visit(
            **vars(one.shown_by(reader.shown)),
            conflict=conflicts.get(one.applicant) or conflicts.get(one.unit),
        )
        for one in found
    )
    return VisitSheet(village, tuple(rows), reader.basis)


@router.get(
    "/assessors/{key}/conflicts",
    summary="评议回避 / an assessor's conflicts",
    response_model=answers("assessor_conflicts"),
)
@needs(Act.ASK, *asked("assessor_conflicts"))
def conflicts(key: Key, reader: Reading) -> QuestionAnswer:
    """Relatives in the household, spouse, either side of a guarantee."""
    return reader.ask("assessor_conflicts", key=key).typed()

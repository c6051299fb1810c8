"""Who is this: one or many, scored, with reasons."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Request
from pydantic import Field

from api.acts import Act
from api.dependencies import Asking, Body, Reading, Serving
from api.matching import MOST_AT_ONCE, SubjectBody, count_subjects, note_asked, read_subjects
from api.needs import asked, needs
from ingest.matching import KINDS, MatchAnswer, match_all, match_policy

__all__ = ["router"]

router = APIRouter(prefix="/v1/match", tags=["match"])


class MatchBatch(Body):
    """一批要找的主体."""

    queries: list[SubjectBody] = Field(title="要找的主体", min_length=1, max_length=MOST_AT_ONCE)


@dataclass(frozen=True)
class MatchRules:
    """By which weights and bands it is matched, for who wants to check a score."""

    policy: str
    bands: dict[str, str]
    findings: dict[str, float]
    kinds: dict[str, str]
    most_at_once: int


@router.post("", summary="这是谁 / who is this")
@needs(Act.ASK, *asked("find_party", "party_card"))
def match(
    body: SubjectBody, request: Request, reader: Reading, services: Serving, asker: Asking
) -> MatchAnswer:
    """Candidates for one subject, the surest first, each with its reasons.

    Only an identical number makes one `sure`.  Every other is for looking up: its records are not
    records of whoever was asked for.
    """
    subjects = read_subjects(services, [body])
    count_subjects(asker, subjects)
    note_asked(request, subjects)
    return match_all(reader, subjects)


@router.post("/batch", summary="这些是谁 / who are these")
@needs(Act.ASK, *asked("find_party", "party_card"))
def batch(
    body: MatchBatch, request: Request, reader: Reading, services: Serving, asker: Asking
) -> MatchAnswer:
    """The same for up to 200, in the order asked; `ref` comes back unchanged."""
    subjects = read_subjects(services, body.queries)
    count_subjects(asker, subjects)
    note_asked(request, subjects)
    return match_all(reader, subjects)


@router.get("/rules", summary="查找的规则 / rules of matching")
@needs(Act.LOOK)
def rules() -> MatchRules:
    """Bands and weights in force."""
    policy = match_policy()
    return MatchRules(
        policy.name,
        {str(name): rule.wording for name, rule in policy.bands.items()},
        dict(policy.findings),
        {str(name): term for name, term in KINDS.items()},
        MOST_AT_ONCE,
    )
